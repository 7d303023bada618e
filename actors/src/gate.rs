//! The explicit bound on waiting work.
//!
//! An actix mailbox does not enforce its capacity for every kind of send, so the bound is counted here, before a
//! message is sent. The same counter closes the race of passivation: an entity may only leave memory by turning a
//! count of zero into "closed", after which nothing enters and the directory starts a fresh actor.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const CLOSED: usize = usize::MAX;

/// Counts what is inside one entity.
#[derive(Debug, Default)]
pub(crate) struct Gate(AtomicUsize);

/// Why something may not enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shut {
    /// The bound is reached.
    Full,
    /// The actor has left memory.
    Closed,
}

impl Gate {
    fn enter(&self, bound: usize) -> Result<(), Shut> {
        self.0
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |inside| {
                (inside != CLOSED && inside < bound).then(|| inside + 1)
            })
            .map(drop)
            .map_err(|inside| if inside == CLOSED { Shut::Closed } else { Shut::Full })
    }

    fn leave(&self) {
        // A closed gate stays closed: permits may outlive a panicked actor.
        let _ = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |inside| {
            (inside != CLOSED && inside > 0).then(|| inside - 1)
        });
    }

    /// Closes if nothing is inside.
    pub(crate) fn close_if_empty(&self) -> bool {
        self.0.compare_exchange(0, CLOSED, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Closes whatever is inside: the actor is gone.
    pub(crate) fn close(&self) {
        self.0.store(CLOSED, Ordering::Release);
    }

    pub(crate) fn inside(&self) -> usize {
        match self.0.load(Ordering::Acquire) {
            CLOSED => 0,
            inside => inside,
        }
    }
}

/// One place inside an entity's bound and inside the node's.
#[derive(Debug)]
pub(crate) struct Permit {
    entity: Arc<Gate>,
    node: Arc<Gate>,
}

impl Permit {
    /// Takes a place in both bounds or in neither.
    pub(crate) fn take(
        entity: &Arc<Gate>,
        entity_bound: usize,
        node: &Arc<Gate>,
        node_bound: usize,
    ) -> Result<Self, Shut> {
        node.enter(node_bound)?;
        match entity.enter(entity_bound) {
            Ok(()) => Ok(Self { entity: Arc::clone(entity), node: Arc::clone(node) }),
            Err(shut) => {
                node.leave();
                Err(shut)
            }
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.entity.leave();
        self.node.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_holds_and_a_refused_entry_takes_no_place_in_the_node() {
        let (entity, node) = (Arc::new(Gate::default()), Arc::new(Gate::default()));
        let first = Permit::take(&entity, 1, &node, 10).unwrap();
        assert_eq!(Permit::take(&entity, 1, &node, 10).unwrap_err(), Shut::Full);
        assert_eq!(node.inside(), 1);
        drop(first);
        assert_eq!((entity.inside(), node.inside()), (0, 0));
    }

    #[test]
    fn it_closes_only_when_empty_and_then_for_good() {
        let (entity, node) = (Arc::new(Gate::default()), Arc::new(Gate::default()));
        let inside = Permit::take(&entity, 8, &node, 8).unwrap();
        assert!(!entity.close_if_empty());
        drop(inside);
        assert!(entity.close_if_empty());
        assert_eq!(Permit::take(&entity, 8, &node, 8).unwrap_err(), Shut::Closed);
        assert_eq!(node.inside(), 0);
    }
}
