//! A journal in memory that keeps the rules of the real one (version check, request keys) and can be told to wait
//! or to fail.

use std::collections::HashMap;
use std::sync::Arc;

use brigade_domain::actor::Actor;
use brigade_domain::entity::{EntityKey, Seq};
use brigade_domain::id::TenantId;
use brigade_domain::journal::{
    BoxFuture, Commit, CommitError, Journal, Lists, Loaded, LogLine, Range, Remembered, Snapshot,
};
use brigade_domain::refusal::{Code, Fault, Refusal};
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use uuid::Uuid;

#[derive(Default)]
struct Kept {
    logs: HashMap<EntityKey, Vec<LogLine>>,
    snapshots: HashMap<EntityKey, Snapshot>,
    away: bool,
    commits: usize,
    loads: usize,
}

pub(crate) struct Memory {
    kept: Mutex<Kept>,
    gate: Semaphore,
    reading: Semaphore,
}

impl Memory {
    pub(crate) fn new() -> Arc<Self> {
        Self::with(Semaphore::MAX_PERMITS, Semaphore::MAX_PERMITS)
    }

    /// A journal whose commits wait until they are let through.
    pub(crate) fn held() -> Arc<Self> {
        Self::with(0, Semaphore::MAX_PERMITS)
    }

    /// A journal whose pages are read only when they are let through, one for each permit.
    pub(crate) fn slow_to_read() -> Arc<Self> {
        Self::with(Semaphore::MAX_PERMITS, 0)
    }

    fn with(commits: usize, pages: usize) -> Arc<Self> {
        Arc::new(Self { kept: Mutex::default(), gate: Semaphore::new(commits), reading: Semaphore::new(pages) })
    }

    pub(crate) fn let_pages_through(&self) {
        self.reading.add_permits(1_000_000);
    }

    pub(crate) fn let_through(&self) {
        self.gate.add_permits(1_000_000);
    }

    pub(crate) fn set_away(&self, away: bool) {
        self.kept.lock().away = away;
    }

    pub(crate) fn log(&self, key: EntityKey) -> Vec<LogLine> {
        self.kept.lock().logs.get(&key).cloned().unwrap_or_default()
    }

    pub(crate) fn commits(&self) -> usize {
        self.kept.lock().commits
    }

    pub(crate) fn loads(&self) -> usize {
        self.kept.lock().loads
    }

    /// Another node writes.
    pub(crate) fn write_behind(&self, key: EntityKey, line: LogLine) {
        self.kept.lock().logs.entry(key).or_default().push(line);
    }

    fn check_away(&self) -> Result<(), Fault> {
        if self.kept.lock().away { Err(Fault::unavailable("the database", "told to be away")) } else { Ok(()) }
    }

    fn write(&self, commit: Commit) -> Result<(), CommitError> {
        self.check_away().map_err(CommitError::Broken)?;
        if commit.lines.iter().any(|line| line.body.contains("666")) {
            return Err(CommitError::Refused(Refusal::new(Code::Conflict, "A constraint says no.")));
        }
        let mut kept = self.kept.lock();
        let log = kept.logs.entry(commit.key).or_default();
        let known: Vec<_> = commit.lines.iter().filter_map(|line| remembered(log, line.request?.id)).collect();
        if !known.is_empty() {
            return Err(CommitError::Repeated(known));
        }
        if log.len() as Seq != commit.expected {
            return Err(CommitError::Conflict);
        }
        log.extend(commit.lines);
        kept.commits += 1;
        if let Some(snapshot) = commit.snapshot {
            kept.snapshots.insert(commit.key, snapshot);
        }
        Ok(())
    }
}

fn remembered(log: &[LogLine], id: Uuid) -> Option<Remembered> {
    let line = log.iter().rev().find(|line| line.request.is_some_and(|request| request.id == id))?;
    Some(Remembered { request: line.request?, seq: line.seq })
}

/// The journal as a trait object that outlives the test's own handle.
pub(crate) struct Shared(pub(crate) Arc<Memory>);

impl Journal for Shared {
    fn load(&self, key: EntityKey) -> BoxFuture<'static, Result<Loaded, Fault>> {
        let memory = Arc::clone(&self.0);
        Box::pin(async move {
            memory.kept.lock().loads += 1;
            memory.check_away()?;
            let kept = memory.kept.lock();
            let snapshot = kept.snapshots.get(&key).cloned();
            let from = snapshot.as_ref().map_or(0, |snapshot| snapshot.seq);
            let lines = kept.logs.get(&key).into_iter().flatten().filter(|line| line.seq > from).cloned().collect();
            Ok(Loaded { epoch: 1, snapshot, lines })
        })
    }

    fn commit(&self, commit: Commit) -> BoxFuture<'static, Result<(), CommitError>> {
        let memory = Arc::clone(&self.0);
        Box::pin(async move {
            // A commit takes a while, so that commands gather behind it.
            tokio::task::yield_now().await;
            let permit = memory.gate.acquire().await;
            drop(permit);
            memory.write(commit)
        })
    }

    fn recall(&self, key: EntityKey, request: Uuid) -> BoxFuture<'static, Result<Option<Remembered>, Fault>> {
        let memory = Arc::clone(&self.0);
        Box::pin(async move {
            memory.check_away()?;
            Ok(remembered(&memory.log(key), request))
        })
    }

    fn read(&self, key: EntityKey, range: Range, limit: u16) -> BoxFuture<'static, Result<Vec<LogLine>, Fault>> {
        let memory = Arc::clone(&self.0);
        Box::pin(async move {
            tokio::task::yield_now().await;
            let permit = memory.reading.acquire().await;
            drop(permit);
            let log = memory.log(key);
            Ok(match range {
                Range::After(seq) => log.into_iter().filter(|line| line.seq > seq).take(limit.into()).collect(),
                Range::Before(seq) => {
                    let mut before: Vec<_> = log.into_iter().filter(|line| line.seq < seq).collect();
                    before.split_off(before.len().saturating_sub(limit.into()))
                }
            })
        })
    }

    fn keep(&self, key: EntityKey, snapshot: Snapshot) -> BoxFuture<'static, Result<(), Fault>> {
        let memory = Arc::clone(&self.0);
        Box::pin(async move {
            memory.kept.lock().snapshots.insert(key, snapshot);
            Ok(())
        })
    }
}

impl Lists for Shared {
    fn list(
        &self,
        _tenant: TenantId,
        _view: &str,
        _actor: &Actor,
    ) -> BoxFuture<'static, Result<brigade_domain::journal::ListItems, Fault>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}
