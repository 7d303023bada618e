//! The port between the generic actor and the repository layer: an entity's log and what goes with it
//! in the same transaction.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::Timestamp;
use crate::actor::Party;
use crate::entity::{Audit, EntityKey, Fact, Job, Row, Seq};
use crate::refusal::{Fault, Refusal};

/// A boxed future, so that ports can be trait objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The client's own key of a command, with a digest of what was asked, so that a repeat is recognised
/// and the same key for something else is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RequestKey {
    /// The client's key.
    pub id: Uuid,
    /// The first 8 bytes of SHA-256 over author, command type and body.
    pub digest: i64,
}

impl RequestKey {
    /// The key of a command: its digest covers who asks, what, and the body as it was sent.
    pub fn of(id: Uuid, by: Party, kind: &str, body: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [by.to_string().as_str(), kind, body] {
            // Lengths keep neighbouring parts apart.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let bytes: [u8; 32] = hash.finalize().into();
        let mut digest = [0; 8];
        digest.copy_from_slice(&bytes[..8]);
        Self { id, digest: i64::from_be_bytes(digest) }
    }
}

/// One line of a log, as stored and as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Its position.
    pub seq: Seq,
    /// The event's type, such as `message_sent`.
    pub kind: Arc<str>,
    /// The event's body: JSON text.
    pub body: Arc<str>,
    /// Who did it.
    pub by: Party,
    /// When.
    pub at: Timestamp,
    /// The command that caused it: the same on each of its events. The database keeps the digest on the
    /// command's last line only, where it is unique; the id is kept and sent on each.
    pub request: Option<RequestKey>,
}

/// The state at a position: loading starts here instead of at 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last entry that the state includes.
    pub seq: Seq,
    /// The entity, as JSON text.
    pub state: String,
}

/// What loading found.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Changes if the log is ever rebuilt; a client with another epoch starts from a snapshot.
    pub epoch: u32,
    /// The newest snapshot, if any.
    pub snapshot: Option<Snapshot>,
    /// Every line after the snapshot.
    pub lines: Vec<LogLine>,
}

/// Everything one entity commits at once: the events of one or more commands.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Whose log.
    pub key: EntityKey,
    /// The `seq` of the last line this was decided on. Another value in the database: [`CommitError::Conflict`].
    pub expected: Seq,
    /// The new lines: `expected + 1 …` without holes, at least one.
    pub lines: Vec<LogLine>,
    /// The row beside the log.
    pub row: Option<Row>,
    /// The outbox.
    pub jobs: Vec<Job>,
    /// Who did what, for the audit log: one per command that has any.
    pub audit: Vec<(Party, Timestamp, Audit)>,
    /// What is counted, in the order it happened.
    pub facts: Vec<Fact>,
    /// A new snapshot, now and then.
    pub snapshot: Option<Snapshot>,
}

/// An earlier answer to a request key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// The key and digest it was stored with.
    pub request: RequestKey,
    /// The last `seq` that command produced.
    pub seq: Seq,
}

/// Why a commit did not happen. Nothing of it was written, unless it says otherwise.
#[derive(Debug)]
pub enum CommitError {
    /// The log has moved on: reload and decide again.
    Conflict,
    /// These commands were done before: answer them with what is remembered and decide the others again.
    Repeated(Vec<Remembered>),
    /// A constraint of the database says no: the named constraint, as a refusal.
    Refused(Refusal),
    /// Not committed as far as known; after a lost connection it may have been. The same request keys may be
    /// sent again.
    Broken(Fault),
}

/// Which part of a log to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// Ascending, `seq > after`.
    After(Seq),
    /// The lines just before: `seq < before`, returned ascending.
    Before(Seq),
}

/// An entity's log. Implemented by `store/`; in-memory in the actor-host benchmark.
pub trait Journal: Send + Sync + 'static {
    /// The newest snapshot and every line after it. An entity nobody has written to has no lines.
    fn load(&self, key: EntityKey) -> BoxFuture<'static, Result<Loaded, Fault>>;

    /// Commits, durably, or says why not. Concurrent commits of several entities may share a transaction;
    /// each succeeds or fails on its own.
    fn commit(&self, commit: Commit) -> BoxFuture<'static, Result<(), CommitError>>;

    /// Whether this request key was done before.
    fn recall(&self, key: EntityKey, request: Uuid) -> BoxFuture<'static, Result<Option<Remembered>, Fault>>;

    /// A page of the log, ascending, at most `limit` lines (1 to 500).
    fn read(&self, key: EntityKey, range: Range, limit: u16) -> BoxFuture<'static, Result<Vec<LogLine>, Fault>>;

    /// Keeps a snapshot. May be lost without harm: loading then reads more lines.
    fn keep(&self, key: EntityKey, snapshot: Snapshot) -> BoxFuture<'static, Result<(), Fault>>;
}

/// What a list holds: for each item its key, its revision and what is shown.
pub type ListItems = Vec<(String, Seq, crate::json::Json)>;

/// The content of a list topic (`tenant:…/inbox`) at this moment, for its `snap` frame.
/// Implemented by `store/` over the rows.
pub trait Lists: Send + Sync + 'static {
    /// `(key, rev, body)` of everything in the list that the actor may see, at most 500.
    fn list(
        &self,
        tenant: crate::id::TenantId,
        view: &str,
        actor: &crate::actor::Actor,
    ) -> BoxFuture<'static, Result<ListItems, Fault>>;
}
