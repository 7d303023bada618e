//! Limits that several nodes count together. One node counts in memory and needs none of this.

use std::time::Duration;

use crate::journal::BoxFuture;

/// A count that all nodes share. Implemented by `store/` over Redis, which is never truth: when it is away, each node
/// goes by its own count, and nobody is refused for that.
pub trait SharedLimits: Send + Sync + 'static {
    /// Counts one request of `caller` against `limit`; how long to wait when that was one too many.
    fn take(&self, limit: &'static str, caller: &str, per_minute: u32) -> BoxFuture<'static, Option<Duration>>;

    /// Whether the others can be reached at this moment.
    fn reachable(&self) -> BoxFuture<'static, bool>;
}
