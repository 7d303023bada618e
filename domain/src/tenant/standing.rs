//! Who may do what with a tenant: the one table from standing and command to yes or no.

use super::INBOX;
use super::command::Command;
use super::state::{Status, Tenant};
use crate::actor::{Actor, ActorKind};
use crate::entity::Audience;
use crate::refusal::{Code, Refusal};

/// What an actor is to a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Brigade itself.
    System,
    /// Manages it.
    Admin,
    /// Works for it.
    Staff,
    /// The platform's support, which the business lets look: sees what the staff see, and does nothing.
    Support,
    /// A customer of it, or a visitor of its site.
    Customer,
}

impl Standing {
    /// What that may see.
    pub const fn audience(self) -> Audience {
        match self {
            Self::System | Self::Admin | Self::Staff | Self::Support => Audience::Staff,
            Self::Customer => Audience::Customer,
        }
    }

    /// Whether it may give this command at all.
    pub const fn may(self, command: &Command) -> bool {
        match command {
            Command::Create { .. } | Command::Enqueue { .. } | Command::Dequeue { .. } => matches!(self, Self::System),
            Command::SetHours(_)
            | Command::SetGreeting(_)
            | Command::SetFeedback { .. }
            | Command::SetQuestions { .. }
            | Command::SetLook(_)
            | Command::SetTargets(_)
            | Command::Rename { .. }
            | Command::SetLabel { .. }
            | Command::RemoveLabel { .. }
            | Command::SetTeam { .. }
            | Command::RemoveTeam { .. }
            | Command::RemoveStaff { .. }
            | Command::SetRouting { .. }
            | Command::SetCapacity { .. } => matches!(self, Self::System | Self::Admin),
            Command::SetAvailable { .. } => matches!(self, Self::Admin | Self::Staff),
        }
    }
}

impl Tenant {
    /// What `actor` is to this tenant, or [`Code::NotFound`] for everybody whom it does not concern.
    pub fn standing(&self, actor: &Actor) -> Result<Standing, Refusal> {
        if actor.tenant != Some(self.id) {
            return Err(Refusal::of(Code::NotFound));
        }
        let standing = match actor.kind {
            ActorKind::System => return Ok(Standing::System),
            ActorKind::Admin => Some(Standing::Admin),
            ActorKind::AccountManager => Some(Standing::Staff),
            ActorKind::Support => Some(Standing::Support),
            ActorKind::Client | ActorKind::Anonymous => Some(Standing::Customer),
            ActorKind::SuperAdmin => None,
        };
        match self.status() {
            Status::Uncreated => Err(Refusal::of(Code::NotFound)),
            Status::Created => standing.ok_or_else(|| Refusal::of(Code::NotFound)),
        }
    }

    /// What `actor` may see of the tenant itself, or of its inbox.
    pub(super) fn audience_for(&self, actor: &Actor, view: Option<&str>) -> Result<Audience, Refusal> {
        let audience = match self.status() {
            Status::Uncreated => return Err(Refusal::of(Code::NotFound)),
            Status::Created => self.standing(actor)?.audience(),
        };
        match (view, audience) {
            (None, _) | (Some(INBOX), Audience::Staff) => Ok(audience),
            (Some(_), _) => Err(Refusal::of(Code::NotFound)),
        }
    }
}
