//! The repository layer: PostgreSQL is the only truth, and this is the only crate that speaks to it.
//!
//! | want to … | use |
//! |---|---|
//! | connect | [`Db::connect`] with [`Settings`] |
//! | bring the schema up to date | [`migrate`] |
//! | run SQL of a feature | [`Db::read`], [`Db::write`] and their `global_` pairs |
//!
//! Every function takes the tenant first, and row-level security enforces it a second time: a transaction without
//! a tenant sees no rows of any.

mod check;
mod db;
mod error;

pub use check::StartError;
pub use db::{Db, Settings, set_tenant};
pub use error::Error;
