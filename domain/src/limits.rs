//! Limits that several nodes count together. One node counts in memory and needs none of this.

use std::time::Duration;

use crate::journal::BoxFuture;

/// One thing a request counts against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The limit's name.
    pub limit: &'static str,
    /// Who is counted, as text.
    pub caller: String,
    /// Requests a minute, all of which may come at once.
    pub per_minute: u32,
}

/// A count that all nodes share. Implemented by `store/` over Redis, which is never truth: when it is away, each node
/// goes by its own count, and nobody is refused for that.
pub trait SharedLimits: Send + Sync + 'static {
    /// Counts one request against each of `counts`, up to the first it is one too many for: that limit's name, and how
    /// long to wait. The ones after it are left as they were.
    fn take(&self, counts: Vec<Count>) -> BoxFuture<'static, Option<(&'static str, Duration)>>;

    /// Whether the others can be reached at this moment.
    fn reachable(&self) -> BoxFuture<'static, bool>;
}
