//! Passwords: hashed and verified off the worker threads, few at a time, and judged for strength.

mod hasher;
mod strength;

pub use hasher::{Hasher, Verified};
pub use strength::require;
pub(crate) use strength::{Strength, judge};
