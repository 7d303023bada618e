//! The binary `brigade` as a library: configuration, the private PostgreSQL, wiring, subcommands, telemetry.
//!
//! | want to … | look at |
//! |---|---|
//! | add a configuration key | [`config`] |
//! | add a subcommand | `cli/` |
//! | know what runs in a server, and how it starts and stops | [`serve`] |
//! | change what the private PostgreSQL does | [`embedded`] |
//! | change the demonstration | [`demo`] |

mod cli;
pub mod config;
pub mod database;
pub mod demo;
pub mod embedded;
mod hex;
mod keys;
pub mod platform;
pub mod serve;
mod telemetry;
mod terminal;

pub use cli::main;
