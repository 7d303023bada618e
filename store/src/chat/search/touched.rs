//! Which conversations have been written to and are to be looked through again. Kept in memory only: what a server that was
//! killed has left is found by comparing (see [`super::index::behind`]).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use brigade_domain::entity::{EntityKey, EntityKind};
use brigade_domain::id::TenantId;
use parking_lot::Mutex;
use uuid::Uuid;

/// So many conversations are remembered; beyond, all are compared.
const MOST: usize = 100_000;
/// A conversation is looked through when it has been quiet for so long …
const QUIET: Duration = Duration::from_millis(500);
/// … or when so much time has passed since it was first written to.
const LATEST: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy)]
struct Since {
    first: Instant,
    last: Instant,
}

#[derive(Debug, Default)]
struct Known {
    since: HashMap<(TenantId, Uuid), Since>,
    lost: bool,
    /// How many commits were noted.
    counted: u64,
}

impl Known {
    fn touch(&mut self, key: EntityKey, now: Instant) {
        let full = self.since.len() >= MOST;
        match self.since.get_mut(&(key.tenant, key.entity.id)) {
            Some(since) => since.last = now,
            None if full => self.lost = true,
            None => drop(self.since.insert((key.tenant, key.entity.id), Since { first: now, last: now })),
        }
    }
}

/// Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Touched(Arc<Mutex<Known>>);

impl Touched {
    /// Something was committed to these entities, or may have been.
    pub(crate) fn note(&self, keys: impl Iterator<Item = EntityKey>) {
        let (now, mut known) = (Instant::now(), self.0.lock());
        for key in keys {
            known.counted += 1;
            match key.entity.kind {
                EntityKind::Conversation => known.touch(key, now),
                EntityKind::Account | EntityKind::Tenant => {}
            }
        }
    }

    /// At most `count` of those whose time has come; they are forgotten here.
    pub(super) fn due(&self, count: usize) -> Vec<(TenantId, Uuid)> {
        let (now, mut known) = (Instant::now(), self.0.lock());
        let is_due = |since: &Since| now - since.last >= QUIET || now - since.first >= LATEST;
        let due: Vec<_> =
            known.since.iter().filter(|(_, since)| is_due(since)).map(|(key, _)| *key).take(count).collect();
        for key in &due {
            known.since.remove(key);
        }
        due
    }

    /// How many commits were noted so far, of all kinds.
    pub(super) fn counted(&self) -> u64 {
        self.0.lock().counted
    }

    /// Whether some were not remembered since this was last asked.
    pub(super) fn lost_some(&self) -> bool {
        std::mem::take(&mut self.0.lock().lost)
    }
}
