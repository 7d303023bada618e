//! Which logs have grown and are to be read for those who want to be told. Kept in memory only: what a server that was
//! killed has left is found by comparing (see [`super::relay::behind`]).

use std::collections::HashSet;
use std::sync::Arc;

use brigade_domain::entity::{EntityKey, EntityKind};
use parking_lot::Mutex;

/// So many entities are remembered; beyond, all are compared.
const MOST: usize = 100_000;

#[derive(Debug, Default)]
struct Known {
    keys: HashSet<EntityKey>,
    lost: bool,
}

/// Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Touched(Arc<Mutex<Known>>);

impl Touched {
    /// Something was committed to these entities, or may have been.
    pub(crate) fn note(&self, keys: impl Iterator<Item = EntityKey>) {
        let mut known = self.0.lock();
        for key in keys {
            match key.entity.kind {
                EntityKind::Conversation | EntityKind::Account if known.keys.len() < MOST => {
                    known.keys.insert(key);
                }
                EntityKind::Conversation | EntityKind::Account => known.lost = true,
                EntityKind::Tenant => {}
            }
        }
    }

    /// All of them; they are forgotten here.
    pub(crate) fn take(&self) -> HashSet<EntityKey> {
        std::mem::take(&mut self.0.lock().keys)
    }

    /// Whether some were not remembered since this was last asked.
    pub(crate) fn lost_some(&self) -> bool {
        std::mem::take(&mut self.0.lock().lost)
    }
}
