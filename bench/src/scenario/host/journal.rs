//! A journal in memory that keeps heads and nothing else: it checks versions as the real one does, and its own
//! memory does not grow with the number of commands.

use std::collections::HashMap;
use std::future::ready;
use std::sync::Arc;

use brigade_domain::actor::Actor;
use brigade_domain::entity::{EntityKey, Seq};
use brigade_domain::id::TenantId;
use brigade_domain::journal::{
    BoxFuture, Commit, CommitError, Journal, Lists, Loaded, LogLine, Range, Remembered, Snapshot,
};
use brigade_domain::refusal::Fault;
use parking_lot::Mutex;
use uuid::Uuid;

/// Enough that two arbiters rarely meet at one.
const SHARDS: usize = 64;

/// The newest position of each entity.
pub(super) struct Heads(Vec<Mutex<HashMap<EntityKey, Seq>>>);

impl Heads {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self((0..SHARDS).map(|_| Mutex::default()).collect()))
    }

    fn shard(&self, key: EntityKey) -> &Mutex<HashMap<EntityKey, Seq>> {
        &self.0[usize::try_from(key.entity.id.as_u128() % SHARDS as u128).unwrap_or_default()]
    }

    /// Commands committed in all.
    pub(super) fn committed(&self) -> u64 {
        self.0.iter().map(|shard| shard.lock().values().sum::<u64>()).sum()
    }
}

/// The journal as the directory takes it.
pub(super) struct InMemory(pub(super) Arc<Heads>);

impl Journal for InMemory {
    fn load(&self, key: EntityKey) -> BoxFuture<'static, Result<Loaded, Fault>> {
        let seq = self.0.shard(key).lock().get(&key).copied().unwrap_or_default();
        // The sum is the number of commands, each of which adds one.
        let snapshot = (seq > 0).then(|| Snapshot { seq, state: format!("{{\"sum\":{seq}}}") });
        Box::pin(ready(Ok(Loaded { epoch: 1, snapshot, lines: Vec::new() })))
    }

    fn commit(&self, commit: Commit) -> BoxFuture<'static, Result<(), CommitError>> {
        let mut shard = self.0.shard(commit.key).lock();
        let head = shard.entry(commit.key).or_default();
        let written = if *head == commit.expected {
            *head += commit.lines.len() as u64;
            Ok(())
        } else {
            Err(CommitError::Conflict)
        };
        drop(shard);
        Box::pin(async move {
            // A commit is never done at once: commands gather behind it, as they do behind a database.
            tokio::task::yield_now().await;
            written
        })
    }

    fn recall(&self, _key: EntityKey, _request: Uuid) -> BoxFuture<'static, Result<Option<Remembered>, Fault>> {
        Box::pin(ready(Ok(None)))
    }

    fn read(&self, _key: EntityKey, _range: Range, _limit: u16) -> BoxFuture<'static, Result<Vec<LogLine>, Fault>> {
        Box::pin(ready(Ok(Vec::new())))
    }

    fn keep(&self, _key: EntityKey, _snapshot: Snapshot) -> BoxFuture<'static, Result<(), Fault>> {
        Box::pin(ready(Ok(())))
    }
}

/// No lists here.
pub(super) struct NoLists;

impl Lists for NoLists {
    fn list(
        &self,
        _tenant: TenantId,
        _view: &str,
        _actor: &Actor,
    ) -> BoxFuture<'static, Result<brigade_domain::journal::ListItems, Fault>> {
        Box::pin(ready(Ok(Vec::new())))
    }
}
