//! What is wrong, since when, and what is going on.

use std::collections::BTreeMap;

use brigade_domain::Timestamp;
use brigade_domain::platform::ports::{Businesses, Depth, Waiting};
use brigade_domain::platform::{Part, Standing};
use serde::Serialize;
use utoipa::ToSchema;

use super::Live;
use crate::envelope::Data;
use crate::guard::SuperAdmin;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![overview]
}

/// One part of the platform.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlatformPart)]
pub(crate) struct PartView {
    /// Such as `database`.
    name: &'static str,
    /// `well`, `attention` (it works, and somebody should look at it) or `down`.
    #[schema(value_type = String)]
    standing: Standing,
    /// Since when, as far as this node has seen.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// How long asking took, in milliseconds; null when nobody had to be asked.
    ms: Option<f64>,
    /// What there is to know, and what to do.
    note: String,
}

impl From<Part> for PartView {
    fn from(part: Part) -> Self {
        let Part { name, standing, since, ms, note } = part;
        Self { name, standing, since, ms, note }
    }
}

/// What is in the memory of the node that answers, and what it has done since it started.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlatformNode)]
pub(crate) struct NodeView {
    /// Brigade's version.
    version: &'static str,
    /// How long it runs, in seconds.
    uptime: f64,
    /// Entities in memory, by kind.
    entities: BTreeMap<&'static str, usize>,
    /// Sockets open.
    sockets: usize,
    /// Requests under way.
    requests: usize,
    /// Commands that wait or are under way.
    commands_waiting: usize,
    /// Commands committed since the start.
    commands_committed: u64,
    /// Commands turned away since the start because too many waited.
    commands_shed: u64,
    /// Commits that failed since the start.
    commits_broken: u64,
    /// Sockets closed since the start because their reader was too slow.
    sockets_closed_slow: u64,
    /// Sockets cut since the start because their reader did not even take the goodbye.
    sockets_cut: u64,
    /// Connections to the database.
    connections: u32,
    /// Those of them that nobody uses at the moment.
    connections_idle: usize,
}

impl From<Live> for NodeView {
    fn from(live: Live) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            uptime: live.uptime_seconds,
            entities: live.entities,
            sockets: live.sockets,
            requests: live.requests,
            commands_waiting: live.commands_waiting,
            commands_committed: live.commands_committed,
            commands_shed: live.commands_shed,
            commits_broken: live.commits_broken,
            sockets_closed_slow: live.sockets_closed_slow,
            sockets_cut: live.sockets_cut,
            connections: live.connections,
            connections_idle: live.connections_idle,
        }
    }
}

/// What went wrong with jobs of a kind the last time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobFailure)]
pub(crate) struct FailureView {
    /// What went wrong, without what was in the job.
    error: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// The jobs of one kind.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobDepth)]
pub(crate) struct DepthView {
    /// Such as `mail.send`.
    task: String,
    /// Due, and not under way.
    due: u64,
    /// Since when the oldest of those is due.
    #[schema(value_type = Option<String>, format = DateTime)]
    oldest_due: Option<Timestamp>,
    /// Not due yet.
    later: u64,
    /// Under way.
    running: u64,
    /// Of those that wait: which have failed before and are tried again.
    failing: u64,
    /// Tried as often as allowed.
    dead: u64,
    /// The newest failure of those that are here.
    last_failure: Option<FailureView>,
}

impl From<Depth> for DepthView {
    fn from(depth: Depth) -> Self {
        let Depth { task, due, oldest_due, later, running, failing, dead, error } = depth;
        let last_failure = error.map(|(error, at)| FailureView { error, at });
        Self { task, due, oldest_due, later, running, failing, dead, last_failure }
    }
}

/// What waits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlatformQueue)]
pub(crate) struct QueueView {
    /// By kind.
    kinds: Vec<DepthView>,
    /// Letters that no mail server has taken yet.
    letters: u64,
    /// Since when the oldest of those waits.
    #[schema(value_type = Option<String>, format = DateTime)]
    oldest_letter: Option<Timestamp>,
}

/// How many businesses there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlatformTenants)]
pub(crate) struct BusinessesView {
    all: u64,
    suspended: u64,
}

/// The platform at a glance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlatformOverview)]
pub(crate) struct OverviewView {
    /// The worst of its parts.
    #[schema(value_type = String)]
    standing: Standing,
    parts: Vec<PartView>,
    node: NodeView,
    /// Nodes whose work has been heard of in the last twenty seconds; null while the database does not say.
    nodes: Option<u64>,
    /// Null while the database does not say.
    tenants: Option<BusinessesView>,
    /// Null while the database does not say.
    queue: Option<QueueView>,
}

/// How the platform does, and what is going on on this node. Answers also while the database is away.
#[utoipa::path(get, path = "/v1/platform/overview", tag = "platform", responses((status = 200, body = OverviewView)))]
async fn overview(_who: SuperAdmin, app: App) -> Answer<Data<OverviewView>> {
    let parts = app.platform.watch.parts().await;
    let standing = parts.iter().map(|part| part.standing).max().unwrap_or(Standing::Well);
    let is_there = parts.iter().all(|part| part.name != "database" || part.standing != Standing::Down);
    // Each question would wait in vain for what is known to be away.
    let (waiting, businesses) = if is_there { facts(&app).await } else { (None, None) };
    let nodes = waiting.as_ref().map(|waiting| waiting.nodes);
    let queue = waiting.map(|waiting| QueueView {
        kinds: waiting.kinds.into_iter().map(DepthView::from).collect(),
        letters: waiting.letters,
        oldest_letter: waiting.oldest_letter,
    });
    Ok(Data::new(OverviewView {
        standing,
        parts: parts.into_iter().map(PartView::from).collect(),
        node: app.platform.watch.live().into(),
        nodes,
        tenants: businesses.map(|Businesses { all, suspended }| BusinessesView { all, suspended }),
        queue,
    }))
}

async fn facts(app: &App) -> (Option<Waiting>, Option<Businesses>) {
    // What is broken is among the parts, and in the log where it broke.
    (app.platform.queue.waiting().await.ok(), app.platform.tenants.count().await.ok())
}
