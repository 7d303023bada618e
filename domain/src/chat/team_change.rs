//! When it was given to a team, moved to another or taken from it, and by whom: for the staff, among their messages.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::actor::Party;
use crate::entity::Seq;
use crate::id::TeamId;

/// How many changes the state keeps, and the most of one page. Older ones are in the log.
pub const KEPT: usize = 50;

/// Somebody gave it to a team, or to none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamChange {
    /// Its place in the log: after the messages before it.
    pub seq: Seq,
    /// Who did it.
    pub by: Party,
    /// When.
    pub at: Timestamp,
    /// The team from then on, also one that is no more; `None` is no team.
    pub team: Option<TeamId>,
}

/// The newest changes, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct TeamChanges(VecDeque<TeamChange>);

impl TeamChanges {
    /// Adds the newest, and lets go of the oldest when there are too many.
    pub(super) fn push(&mut self, change: TeamChange) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(change);
    }

    /// Those above `seq`, oldest first.
    pub(super) fn above(&self, seq: Seq) -> impl Iterator<Item = &TeamChange> {
        self.0.iter().filter(move |change| change.seq > seq)
    }
}
