//! The platform, for who operates it (BK-FUL-10): how its parts do, which businesses there are and how much they do, what
//! waits and what is stuck, and the record of what concerns no business. Figures alone: nothing of what is said in
//! conversations is in any answer, and what a job is about is not told.

mod activity;
mod overview;
mod queue;
mod tenants;

use std::collections::BTreeMap;
use std::sync::Arc;

use brigade_domain::journal::BoxFuture;
use brigade_domain::platform::Part;
use brigade_domain::platform::ports;

use crate::Routes;

/// What this feature needs.
#[derive(Clone)]
pub struct Ports {
    /// The businesses.
    pub tenants: Arc<dyn ports::Tenants>,
    /// The work.
    pub queue: Arc<dyn ports::Queue>,
    /// The record.
    pub activity: Arc<dyn ports::Activity>,
    /// This node.
    pub watch: Arc<dyn Watch>,
}

/// How this node and what it leans on do. Implemented by `server/`.
pub trait Watch: Send + Sync + 'static {
    /// Each part, in the order to look at them. It may be some seconds old.
    fn parts(&self) -> BoxFuture<'static, Vec<Part>>;
    /// What is in this node's memory now.
    fn live(&self) -> Live;
}

/// What is in this node's memory, and what it has done since it started. `/metrics` tells the same.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// How long the process runs, in seconds.
    pub uptime_seconds: f64,
    /// Entities in memory, by kind.
    pub entities: BTreeMap<&'static str, usize>,
    /// Sockets open.
    pub sockets: usize,
    /// Requests under way.
    pub requests: usize,
    /// Commands that wait or are under way.
    pub commands_waiting: usize,
    /// Commands committed.
    pub commands_committed: u64,
    /// Commands turned away because too many waited.
    pub commands_shed: u64,
    /// Commits that failed.
    pub commits_broken: u64,
    /// Sockets closed because their reader was too slow.
    pub sockets_closed_slow: u64,
    /// Sockets cut because their reader did not even take the goodbye.
    pub sockets_cut: u64,
    /// Connections to the database.
    pub connections: u32,
    /// Those of them that nobody uses at the moment.
    pub connections_idle: usize,
}

/// The routes of this feature.
pub fn routes() -> Routes {
    Routes::new().with(overview::routes()).with(tenants::routes()).with(queue::routes()).with(activity::routes())
}
