//! Who receives changes, and in which form.

use std::sync::Arc;

use brigade_domain::actor::Actor;
use brigade_domain::entity::{Audience, Seq};
use brigade_domain::refusal::Refusal;
use brigade_domain::topic::Topic;
use serde_json::Value;

use crate::batch::{Batch, SharedLine};
use brigade_domain::presence::PresenceStatus;

/// Tells subscribers apart within this process.
pub type SubscriberId = u64;

/// What a subscriber is handed.
#[derive(Debug)]
pub enum Delivery<'a> {
    /// New log entries, the same bytes for everybody of one audience.
    Entries(&'a Batch, Audience),
    /// The state, as this reader sees it, up to and including `seq`.
    Snapshot {
        /// The log's epoch.
        epoch: u32,
        /// What the state includes.
        seq: Seq,
        /// The state.
        state: Value,
    },
    /// A resume is complete up to `seq`.
    Live {
        /// The log's epoch.
        epoch: u32,
        /// The newest entry.
        seq: Seq,
    },
    /// The gap cannot be filled; a snapshot follows.
    Resync,
    /// The subscription is refused or has ended by a rule.
    Refused(Refusal),
    /// A signal of this reader was refused; its subscription stays.
    SignalRefused(Refusal),
    /// The actor is gone (a panic): attach again.
    Lost,
    /// A state-class line of a list: the latest `rev` per key wins.
    State {
        /// Whose line.
        key: &'a str,
        /// Its revision.
        rev: Seq,
        /// Serialised once for all readers.
        line: &'a SharedLine,
    },
    /// Somebody watched came or went. State class: the latest per `who` wins.
    Presence {
        /// Who, as text.
        who: &'a str,
        /// What they are now.
        status: PresenceStatus,
    },
    /// A signal that may be dropped.
    Ephemeral(&'a SharedLine),
}

/// A live reader: in practice one WebSocket session.
///
/// `deliver` is called on the entity's thread, must not block and must not fail: a reader that cannot keep up
/// is the reader's own matter.
pub trait Subscriber: Send + Sync {
    /// Its number.
    fn id(&self) -> SubscriberId;
    /// Takes one delivery on `topic`. Returns false when the reader is gone.
    fn deliver(&self, topic: &Arc<str>, delivery: Delivery<'_>) -> bool;
}

/// Where a reader was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resume {
    /// The last entry it has.
    pub after: Seq,
    /// The epoch it had it from.
    pub epoch: u32,
}

/// A wish to receive a topic.
pub struct Attach {
    /// What.
    pub topic: Topic,
    /// The topic's text, shared by every frame about it.
    pub name: Arc<str>,
    /// Who receives it.
    pub subscriber: Arc<dyn Subscriber>,
    /// With whose authority.
    pub actor: Arc<Actor>,
    /// From where; `None`: from a snapshot.
    pub resume: Option<Resume>,
    /// Whether to say `resync` first (the server noticed the loss).
    pub lost: bool,
}
