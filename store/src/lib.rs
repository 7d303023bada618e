//! The repository layer: PostgreSQL is the only truth, and this is the only crate that speaks to it.
//!
//! | want to … | use |
//! |---|---|
//! | connect | [`Db::connect`] with [`Settings`] |
//! | bring the schema up to date | [`migrate()`] |
//! | keep entities | [`PgJournal`], which implements [`brigade_domain::journal::Journal`] |
//! | run SQL of a feature | [`Db::read`], [`Db::write`] and their `global_` pairs |
//! | put something on the record | [`audit::append`] in the same transaction |
//! | do work later | [`jobs::enqueue`] in the same transaction |
//!
//! Every function takes the tenant first, and row-level security enforces it a second time: a transaction without
//! a tenant sees no rows of any.

pub mod accounts;
pub mod audit;
pub mod chat;
mod check;
mod composite;
mod db;
mod error;
pub mod identity;
pub mod jobs;
mod journal;
mod migrate;
pub mod notices;
pub mod platform;
mod presence;
mod reads;
pub mod reports;
pub mod routing;
mod shared;
pub mod tenants;
mod time;
pub mod webhooks;

pub use check::StartError;
pub use db::{Db, Settings, set_tenant};
pub use error::Error;
pub use journal::PgJournal;
pub use migrate::migrate;
pub use presence::RedisPresence;
pub use reads::PgReads;
pub use shared::RedisLimits;
