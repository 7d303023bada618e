//! A command on its way to an entity, and the one answer it gets.

use std::sync::Arc;
use std::time::{Duration, Instant};

use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::entity::Seq;
use brigade_domain::journal::RequestKey;
use brigade_domain::refusal::{Code, Refusal};
use uuid::Uuid;

use crate::gate::Permit;

/// What an entity answers when a command is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// The last entry the command made, or the entry it found nothing to do at.
    pub seq: Seq,
}

/// The one answer to a command.
pub type Answer = Result<Accepted, Refusal>;

/// A command as it arrives: not yet parsed, because only the entity's feature knows its commands.
#[derive(Debug)]
pub struct Command {
    /// Who asks.
    pub actor: Arc<Actor>,
    /// When it came in, taken once at the edge.
    pub at: Timestamp,
    /// The client's key.
    pub request: RequestKey,
    /// The command's type.
    pub kind: Box<str>,
    /// Its body: JSON text.
    pub body: Box<str>,
}

/// Where answers go. A session implements it once for all its commands.
pub trait Replies: Send + Sync {
    /// The answer to the command with the client's key `id`. Must not block.
    fn reply(&self, id: Uuid, answer: Answer);
}

/// The promise of exactly one answer. Dropped unanswered (a panic, a stopped node) it says so itself.
pub struct Reply {
    to: Option<Arc<dyn Replies>>,
    id: Uuid,
}

impl Reply {
    /// Will answer `id` to `to`.
    pub fn new(to: Arc<dyn Replies>, id: Uuid) -> Self {
        Self { to: Some(to), id }
    }

    /// Answers.
    pub fn send(mut self, answer: Answer) {
        if let Some(to) = self.to.take() {
            to.reply(self.id, answer);
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if let Some(to) = self.to.take() {
            let unknown = Refusal::new(
                Code::Unavailable,
                "It is not known whether this was done. Send it again with the same id; it happens only once.",
            );
            to.reply(self.id, Err(unknown.retry_after(Duration::from_secs(1))));
        }
    }
}

/// A command inside the bound, waiting for its turn.
pub struct Call {
    pub(crate) command: Command,
    pub(crate) reply: Reply,
    pub(crate) waiting_since: Instant,
    /// How often it was decided on a state that turned out to be old.
    pub(crate) attempts: u8,
    /// Held until the answer: counts against the entity's and the node's bound.
    pub(crate) _permit: Permit,
}

impl Call {
    pub(crate) fn answer(self, answer: Answer) {
        self.reply.send(answer);
    }
}
