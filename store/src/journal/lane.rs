//! The committer lanes: gather what waits, commit it together, answer each.
//!
//! Each lane has one connection and one transaction under way. What arrives meanwhile is the next group, so groups grow
//! with the load and an idle server answers at once. One lane does it all while it keeps up, for large groups cost
//! PostgreSQL the least; the next one helps when its predecessor has been at its groups for [`PATIENCE`], be it the disk,
//! a lock, or many tenants. (An entity has one commit under way and waits for it; a second lane cannot overtake the first.)

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use brigade_domain::id::TenantId;
use brigade_domain::journal::{BoxFuture, Commit, CommitError};
use brigade_domain::refusal::Fault;
use parking_lot::Mutex;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::sync::{mpsc, oneshot};

use super::Noted;
use super::group::{self, Failure, Manner, Outcome};
use crate::Db;
use crate::db::DEADLINE;
use crate::error::{Error, constraint, fault, is_disconnected, is_rivalry, refusal};

/// The most lines of one group, unless a single commit has more.
const MAX_LINES: usize = 4096;
/// The most bytes of bodies of one group, unless a single commit has more.
const MAX_BYTES: usize = 2 << 20;
/// The most bytes that wait for all lanes together; beyond, commits are turned away before anything is done.
const MAX_WAITING: usize = 128 << 20;
/// A lane that has been at what it gathered for longer is passed over.
const PATIENCE: Duration = Duration::from_millis(20);
/// Plans are made anew after so many groups.
const REPLAN_EVERY: u32 = 256;
/// After a repeated command was met, so many groups are asked for more: repeats come in swarms, after a restart.
const RECALL_FOR: u32 = 64;
/// The constraint that meets a command that was done before.
const REQUEST_ONCE: &str = "event_log_request_once";
/// The constraint that meets a commit ahead of its log.
const WITHOUT_HOLES: &str = "event_log_without_holes";
/// How a lane's statements are planned: once for all group sizes, always by index. A plan made while a table was
/// small would otherwise read all of it, and go on doing so when it has grown.
const PLANNING: [(&str, &str); 5] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
];

/// A commit that waits for its lane.
struct Waiting {
    commit: Commit,
    bytes: usize,
    since: Instant,
    reply: oneshot::Sender<Outcome>,
}

/// Since when a lane has been at what it gathered; `None` while it has nothing to do.
#[derive(Clone, Default)]
struct Clock(Arc<Mutex<Option<Instant>>>);

impl Clock {
    fn begin(&self) {
        *self.0.lock() = Some(Instant::now());
    }

    fn end(&self) {
        *self.0.lock() = None;
    }

    fn busy(&self) -> Duration {
        self.0.lock().map_or(Duration::ZERO, |since| since.elapsed())
    }
}

/// The way to the lanes. Cheap to clone; the lanes end with the last clone.
#[derive(Clone)]
pub(super) struct Lanes {
    lanes: Arc<[(mpsc::UnboundedSender<Waiting>, Clock)]>,
    waiting: Arc<AtomicUsize>,
}

impl Lanes {
    pub(super) fn start(db: &Db, noted: &Noted) -> Self {
        let waiting = Arc::new(AtomicUsize::new(0));
        let lane = |_| {
            let (sender, receiver) = mpsc::unbounded_channel();
            let (connect, clock) = (db.connect_options().clone().options(PLANNING), Clock::default());
            db.spawn(Lane::new(receiver, connect, waiting.clone(), clock.clone(), noted.clone()).run());
            (sender, clock)
        };
        Self { lanes: (0..db.lanes()).map(lane).collect(), waiting: waiting.clone() }
    }

    /// Hands the commit to a lane at once; the future waits for the answer, at most [`DEADLINE`].
    pub(super) fn commit(&self, commit: Commit) -> BoxFuture<'static, Outcome> {
        if !group::is_whole(&commit) {
            let error = "the lines do not continue the log";
            return Box::pin(async move { Err(CommitError::Broken(Fault::internal("commit", error))) });
        }
        let bytes = size(&commit);
        if self.waiting.load(Ordering::Relaxed) > MAX_WAITING {
            return Box::pin(async { Err(away("too much waits to be written")) });
        }
        self.waiting.fetch_add(bytes, Ordering::Relaxed);
        let (reply, answer) = oneshot::channel();
        if let Some((lane, _)) = pick(&self.lanes, |(_, clock)| clock.busy()) {
            // A lane that is gone drops the commit and with it `reply`.
            let _ = lane.send(Waiting { commit, bytes, since: Instant::now(), reply });
        }
        Box::pin(async move {
            match tokio::time::timeout(DEADLINE, answer).await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_)) => Err(away("the committer has stopped")),
                Err(elapsed) => Err(away(elapsed)),
            }
        })
    }
}

/// The first lane that keeps up; when none does, the one that has been busy for the shortest time.
fn pick<L>(lanes: &[L], busy: impl Fn(&L) -> Duration) -> Option<&L> {
    lanes.iter().find(|lane| busy(lane) < PATIENCE).or_else(|| lanes.iter().min_by_key(|lane| busy(lane)))
}

fn away(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CommitError {
    CommitError::Broken(Fault::unavailable("the database", source))
}

/// About what a commit weighs: its bodies, snapshot and a share for the rest.
fn size(commit: &Commit) -> usize {
    let lines: usize = commit.lines.iter().map(|line| line.body.len() + 128).sum();
    lines + commit.snapshot.as_ref().map_or(0, |snapshot| snapshot.state.len())
}

struct Lane {
    receiver: mpsc::UnboundedReceiver<Waiting>,
    connect: PgConnectOptions,
    connection: Option<PgConnection>,
    waiting: Arc<AtomicUsize>,
    clock: Clock,
    noted: Noted,
    /// Left over from the last group, before what is in the channel.
    held: VecDeque<Waiting>,
    groups: u32,
    /// How many more groups are asked for repeated commands first.
    recalls: u32,
}

impl Lane {
    fn new(
        receiver: mpsc::UnboundedReceiver<Waiting>,
        connect: PgConnectOptions,
        waiting: Arc<AtomicUsize>,
        clock: Clock,
        noted: Noted,
    ) -> Self {
        let held = VecDeque::new();
        Self { receiver, connect, connection: None, waiting, clock, noted, held, groups: 0, recalls: 0 }
    }

    async fn run(mut self) {
        while let Some(batch) = self.gather().await {
            self.clock.begin();
            for (tenant, group) in by_tenant(batch) {
                self.settle(tenant, group).await;
            }
            self.clock.end();
        }
        if let Some(connection) = self.connection.take() {
            // Nothing is under way; the server notices a connection that ends without a word just as well.
            let _ = connection.close().await;
        }
    }

    /// Waits for a first commit and takes what waits with it, an entity once. `None` when nobody can send any more.
    async fn gather(&mut self) -> Option<Vec<Waiting>> {
        let mut entities = HashSet::new();
        let (mut batch, mut again) = (Vec::new(), VecDeque::new());
        let (mut lines, mut bytes) = (0, 0);
        let mut next = match self.held.pop_front() {
            Some(held) => Some(held),
            None => Some(self.receiver.recv().await?),
        };
        while let Some(waiting) = next {
            lines += waiting.commit.lines.len();
            bytes += waiting.bytes;
            if !batch.is_empty() && (lines > MAX_LINES || bytes > MAX_BYTES) {
                again.push_back(waiting);
                break;
            }
            if entities.insert(waiting.commit.key) {
                batch.push(waiting);
            } else {
                again.push_back(waiting);
            }
            next = self.held.pop_front().or_else(|| self.receiver.try_recv().ok());
        }
        again.append(&mut self.held);
        self.held = again;
        Some(batch)
    }

    /// Commits one tenant's group and answers each.
    async fn settle(&mut self, tenant: TenantId, group: Vec<Waiting>) {
        let (group, late): (Vec<_>, Vec<_>) =
            group.into_iter().partition(|waiting| !waiting.reply.is_closed() && waiting.since.elapsed() < DEADLINE);
        // Nobody waits for these any more; nothing of them was done.
        for waiting in late {
            self.answer(waiting, Err(away("it waited too long")));
        }
        if group.is_empty() {
            return;
        }
        let started = Instant::now();
        let commits: Vec<&Commit> = group.iter().map(|waiting| &waiting.commit).collect();
        let lines: usize = commits.iter().map(|commit| commit.lines.len()).sum();
        let outcomes = match self.commit_group(tenant, &commits).await {
            Ok(outcomes) => outcomes,
            Err(failure) if is_unusable(&failure) => vec_of(commits.len(), || broken(&failure)),
            Err(failure) if commits.len() == 1 => vec![Err(explain(failure))],
            // Somebody's rows were refused, and with them everybody's: each on its own, then.
            Err(_) => self.one_by_one(tenant, &commits).await,
        };
        record(started.elapsed(), lines);
        self.noted.note(commits.iter().map(|commit| commit.key));
        for (waiting, outcome) in group.into_iter().zip(outcomes) {
            self.answer(waiting, outcome);
        }
    }

    async fn one_by_one(&mut self, tenant: TenantId, commits: &[&Commit]) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(commits.len());
        for &commit in commits {
            outcomes.push(match self.commit_group(tenant, &[commit]).await {
                Ok(mut alone) => alone.pop().unwrap_or_else(|| Err(away("no outcome"))),
                Err(failure) => Err(explain(failure)),
            });
        }
        outcomes
    }

    /// Commits; when a command turns out to have been done before, asks which and commits the others.
    async fn commit_group(&mut self, tenant: TenantId, commits: &[&Commit]) -> Result<Vec<Outcome>, Failure> {
        let recall = self.recalls > 0;
        self.recalls = self.recalls.saturating_sub(1);
        match self.commit_again(tenant, commits, recall).await {
            Err(Failure::Undone(Error::Sql(error))) if !recall && constraint(&error) == Some(REQUEST_ONCE) => {
                self.recalls = RECALL_FOR;
                self.commit_again(tenant, commits, true).await
            }
            result => result,
        }
    }

    /// Commits; once more on a new connection when the old one turned out to be dead, and once more when PostgreSQL gave
    /// way to a rival. Should the first attempt have been committed after all, the second finds every head moved: a
    /// conflict, after which the entity reads its log again and finds its commands done.
    async fn commit_again(
        &mut self,
        tenant: TenantId,
        commits: &[&Commit],
        recall: bool,
    ) -> Result<Vec<Outcome>, Failure> {
        let fresh = self.connection.is_none();
        match self.commit_once(tenant, commits, recall).await {
            Err(Failure::Undone(Error::Sql(error)) | Failure::Unknown(error))
                if (!fresh && is_disconnected(&error)) || is_rivalry(&error) =>
            {
                self.commit_once(tenant, commits, recall).await
            }
            result => result,
        }
    }

    async fn commit_once(
        &mut self,
        tenant: TenantId,
        commits: &[&Commit],
        recall: bool,
    ) -> Result<Vec<Outcome>, Failure> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.open().await.map_err(|error| Failure::Undone(error.into()))?,
        };
        self.groups = self.groups.wrapping_add(1);
        let manner = Manner { recall, replan: self.groups % REPLAN_EVERY == 1 };
        let result = group::commit(&mut connection, tenant, commits, manner).await;
        // A connection is used again unless its state is in doubt.
        match &result {
            Err(Failure::Unknown(_)) => {}
            Err(Failure::Undone(Error::Sql(error))) if is_disconnected(error) => {}
            _ => self.connection = Some(connection),
        }
        result
    }

    async fn open(&self) -> Result<PgConnection, sqlx::Error> {
        let open = PgConnection::connect_with(&self.connect);
        match tokio::time::timeout(Duration::from_secs(2), open).await {
            Ok(result) => result,
            Err(_) => Err(sqlx::Error::PoolTimedOut),
        }
    }

    fn answer(&self, waiting: Waiting, outcome: Outcome) {
        self.waiting.fetch_sub(waiting.bytes, Ordering::Relaxed);
        // Whoever asked may have gone; what is committed stays committed and is recalled by its key.
        let _ = waiting.reply.send(outcome);
    }
}

fn by_tenant(batch: Vec<Waiting>) -> HashMap<TenantId, Vec<Waiting>> {
    let mut groups: HashMap<TenantId, Vec<Waiting>> = HashMap::new();
    for waiting in batch {
        groups.entry(waiting.commit.key.tenant).or_default().push(waiting);
    }
    // Rivals on other nodes lock in the same order.
    for group in groups.values_mut() {
        group.sort_unstable_by_key(|waiting| waiting.commit.key.entity.id);
    }
    groups
}

/// Whether trying the same commits one by one can change nothing: it is the database that is away.
fn is_unusable(failure: &Failure) -> bool {
    match failure {
        Failure::Unknown(_) => true,
        Failure::Undone(Error::Sql(error)) => constraint(error).is_none() && crate::error::is_away(error),
        Failure::Undone(_) => false,
    }
}

fn broken(failure: &Failure) -> Outcome {
    Err(match failure {
        Failure::Unknown(error) | Failure::Undone(Error::Sql(error)) => away(error.to_string()),
        Failure::Undone(error) => away(error.to_string()),
    })
}

/// What the failure of a commit on its own says.
fn explain(failure: Failure) -> CommitError {
    match failure {
        Failure::Unknown(error) => away(error),
        // The line before is missing: the log is not as far as the commit thinks.
        Failure::Undone(Error::Sql(error)) if constraint(&error) == Some(WITHOUT_HOLES) => CommitError::Conflict,
        Failure::Undone(Error::Sql(error)) => match refusal(&error) {
            Some(refusal) => CommitError::Refused(refusal),
            None => CommitError::Broken(fault("commit", error)),
        },
        Failure::Undone(Error::Refused(refusal)) => CommitError::Refused(refusal),
        Failure::Undone(Error::Broken(fault)) => CommitError::Broken(fault),
    }
}

fn vec_of<T>(count: usize, make: impl FnMut() -> T) -> Vec<T> {
    std::iter::repeat_with(make).take(count).collect()
}

fn record(took: Duration, lines: usize) {
    metrics::histogram!("brigade_commit_seconds").record(took.as_secs_f64());
    #[expect(clippy::cast_precision_loss, reason = "a group has some thousand lines at most")]
    metrics::histogram!("brigade_commit_lines").record(lines as f64);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_that_is_stuck_is_passed_over() {
        let picked = |busy: &[u64]| {
            let lanes: Vec<_> = busy.iter().enumerate().collect();
            pick(&lanes, |(_, busy)| Duration::from_millis(**busy)).map(|(index, _)| *index)
        };
        assert_eq!(picked(&[0, 0, 0]), Some(0));
        assert_eq!(picked(&[19, 0, 0]), Some(0), "what is under way is waited for: the next group is the larger");
        assert_eq!(picked(&[20, 0, 0]), Some(1));
        assert_eq!(picked(&[500, 20, 3]), Some(2));
        assert_eq!(picked(&[500, 40, 300]), Some(1), "all are stuck: the newest");
    }
}
