//! Who may do what with an account: the one table from standing and command to yes or no.

use super::command::Command;
use super::state::{Account, Status};
use crate::actor::{Actor, ActorKind, Party};
use crate::entity::Audience;
use crate::refusal::{Code, Refusal};

/// What an actor is to one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Brigade itself.
    System,
    /// Manages the tenant.
    Admin,
    /// Looks after customers.
    Staff,
    /// The platform's support, which the business lets look: sees what the staff see, and does nothing.
    Support,
    /// Belongs to the account.
    Member,
}

impl Standing {
    /// What that may see.
    pub const fn audience(self) -> Audience {
        match self {
            Self::System | Self::Admin | Self::Staff | Self::Support => Audience::Staff,
            Self::Member => Audience::Customer,
        }
    }

    /// Whether it may give this command at all.
    pub const fn may(self, command: &Command) -> bool {
        match command {
            Command::Open { .. } | Command::LinkConversation { .. } | Command::UnlinkConversation { .. } => {
                matches!(self, Self::System)
            }
            Command::AddMember { .. } | Command::RemoveMember { .. } => matches!(self, Self::System | Self::Admin),
            Command::SetManager { .. } | Command::Advance(_) | Command::Rename { .. } => {
                matches!(self, Self::System | Self::Admin | Self::Staff)
            }
        }
    }
}

impl Account {
    /// What `actor` is to this account, or [`Code::NotFound`] for everybody whom it does not concern.
    pub fn standing(&self, actor: &Actor) -> Result<Standing, Refusal> {
        let stranger = || Refusal::of(Code::NotFound);
        if actor.tenant != Some(self.tenant) {
            return Err(stranger());
        }
        let standing = match (actor.kind, actor.party) {
            (ActorKind::System, _) => return Ok(Standing::System),
            (ActorKind::Admin, _) => Some(Standing::Admin),
            (ActorKind::AccountManager, _) => Some(Standing::Staff),
            (ActorKind::Support, _) => Some(Standing::Support),
            (ActorKind::Client, Party::User(user)) => self.has_member(user).then_some(Standing::Member),
            (ActorKind::Client, Party::Visitor(_) | Party::Key(_) | Party::System)
            | (ActorKind::Anonymous | ActorKind::SuperAdmin, _) => None,
        };
        match self.status() {
            Status::Unopened => Err(stranger()),
            Status::Open => standing.ok_or_else(stranger),
        }
    }
}
