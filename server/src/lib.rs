//! The binary `brigade` as a library: configuration, wiring, subcommands, telemetry.

pub mod config;
pub mod embedded;
