//! The entities' logs: the port [`Journal`] over PostgreSQL.
//!
//! [`lane`] gathers what waits and commits it together, [`group`] is the transaction of one tenant's share of it,
//! [`append`] calls what writes it, [`log`] reads.

mod append;
mod group;
mod lane;
pub(crate) mod log;

use brigade_domain::entity::{EntityKey, Seq};
use brigade_domain::journal::{BoxFuture, Commit, CommitError, Journal, Loaded, LogLine, Range, Remembered, Snapshot};
use brigade_domain::refusal::Fault;
use uuid::Uuid;

use crate::Db;
use crate::error::unruled;
use lane::Lanes;

/// The logs in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PgJournal {
    db: Db,
    lanes: Lanes,
    noted: Noted,
}

/// What those hear of a commit who follow the logs, in memory.
#[derive(Clone, Default)]
pub(crate) struct Noted {
    pub(crate) search: crate::chat::Touched,
    pub(crate) webhooks: crate::webhooks::Touched,
    pub(crate) notices: crate::webhooks::Touched,
}

impl Noted {
    /// Something was committed to these entities, or may have been.
    fn note(&self, keys: impl Iterator<Item = EntityKey> + Clone) {
        self.search.note(keys.clone());
        self.webhooks.note(keys.clone());
        self.notices.note(keys);
    }
}

impl PgJournal {
    /// Starts the committer lanes; they end with the last clone.
    pub fn start(db: Db) -> Self {
        let noted = Noted::default();
        let lanes = Lanes::start(&db, &noted);
        Self { db, lanes, noted }
    }

    /// What it has written to.
    pub(crate) fn noted(&self) -> Noted {
        self.noted.clone()
    }
}

impl Journal for PgJournal {
    fn load(&self, key: EntityKey) -> BoxFuture<'static, Result<Loaded, Fault>> {
        let db = self.db.clone();
        Box::pin(async move { db.read("load an entity", key.tenant, move |tx| Box::pin(log::load(tx, key))).await })
    }

    fn commit(&self, commit: Commit) -> BoxFuture<'static, Result<(), CommitError>> {
        self.lanes.commit(commit)
    }

    fn recall(&self, key: EntityKey, request: Uuid) -> BoxFuture<'static, Result<Option<Remembered>, Fault>> {
        let db = self.db.clone();
        Box::pin(async move {
            db.read("recall a command", key.tenant, move |tx| Box::pin(log::recall(tx, key, request))).await
        })
    }

    fn read(&self, key: EntityKey, range: Range, limit: u16) -> BoxFuture<'static, Result<Vec<LogLine>, Fault>> {
        let db = self.db.clone();
        Box::pin(async move {
            db.read("read a log", key.tenant, move |tx| Box::pin(log::page(tx, key, range, limit))).await
        })
    }

    fn keep(&self, key: EntityKey, snapshot: Snapshot) -> BoxFuture<'static, Result<(), Fault>> {
        let db = self.db.clone();
        Box::pin(async move {
            db.write("keep a snapshot", key.tenant, move |tx| Box::pin(log::keep(tx, key, snapshot)))
                .await
                .map_err(|rejection| unruled(rejection, "keep a snapshot"))
        })
    }
}

/// A position as PostgreSQL's `bigint`. Positions count commits; none will ever reach the sign bit.
pub(crate) fn to_bigint(seq: Seq) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// A position from PostgreSQL's `bigint`; every column that holds one is constrained to be positive.
pub(crate) fn to_seq(value: i64) -> Seq {
    Seq::try_from(value).unwrap_or(0)
}

/// How many, from PostgreSQL's `bigint`: what is counted is never less than none.
pub(crate) fn natural(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
