//! Who may do what in a conversation: the one table from standing and command to yes or no (BK-CHAT-02).
//!
//! Seeing comes first: who may not even see the conversation gets `NOT_FOUND`, as if there were none.

use super::command::Command;
use super::event::Side;
use super::signal::Signal;
use super::state::{Conversation, Status};
use crate::actor::{Actor, ActorKind, Party};
use crate::entity::Audience;
use crate::refusal::{Code, Refusal};

/// What an actor is to one conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Brigade itself: opens, invites, hands over. It does not speak.
    System,
    /// Manages the tenant.
    Admin,
    /// Answers customers.
    Staff,
    /// The platform's support, which the business lets look: sees what the staff see, and does nothing.
    Support,
    /// Belongs to the account the conversation is of.
    Member,
    /// The site visitor whose chat it is, until an account takes it over.
    Visitor,
}

impl Standing {
    /// On which side that is.
    pub const fn side(self) -> Side {
        match self {
            Self::System | Self::Admin | Self::Staff | Self::Support => Side::Staff,
            Self::Member | Self::Visitor => Side::Customer,
        }
    }

    /// What that may see.
    pub const fn audience(self) -> Audience {
        match self.side() {
            Side::Staff => Audience::Staff,
            Side::Customer => Audience::Customer,
        }
    }

    /// Whether it may give this command at all. Whose message it is, and when, is asked later.
    pub const fn may(self, command: &Command) -> bool {
        match command {
            Command::Open(_)
            | Command::Identify(_)
            | Command::Invite { .. }
            | Command::HandOver { .. }
            | Command::Wake { .. }
            | Command::Reckon { .. }
            | Command::AskFeedback(_)
            | Command::Release(_)
            | Command::SendScheduled(_)
            | Command::HoldScheduled(_)
            | Command::Give(_) => matches!(self, Self::System),
            Command::Send(_)
            | Command::Edit { .. }
            | Command::Delete { .. }
            | Command::React { .. }
            | Command::Read { .. } => matches!(self, Self::Admin | Self::Staff | Self::Member | Self::Visitor),
            Command::Note(_)
            | Command::Schedule(_)
            | Command::Reschedule(_)
            | Command::Unschedule { .. }
            | Command::SendNow { .. } => matches!(self, Self::Admin | Self::Staff),
            Command::Assign(_)
            | Command::AssignTeam(_)
            | Command::Resolve
            | Command::Reopen
            | Command::Snooze { .. }
            | Command::SetPriority { .. }
            | Command::Block { .. }
            | Command::Unblock
            | Command::Label { .. } => matches!(self, Self::System | Self::Admin | Self::Staff),
            Command::AskTranscript { .. } => matches!(self, Self::Admin | Self::Staff | Self::Member | Self::Visitor),
            Command::GiveFeedback(_) => matches!(self, Self::Member | Self::Visitor),
            Command::LeaveContact { .. } => matches!(self, Self::Visitor),
            Command::TakeBack => matches!(self, Self::System | Self::Admin),
        }
    }

    /// Whether it may send this signal.
    pub const fn may_signal(self, signal: Signal) -> bool {
        match signal {
            Signal::Typing => matches!(self, Self::Admin | Self::Staff | Self::Member | Self::Visitor),
            Signal::Noting | Signal::Looking => matches!(self, Self::Admin | Self::Staff),
        }
    }
}

impl Conversation {
    /// What `actor` is here, or [`Code::NotFound`] for everybody whom it does not concern.
    pub fn standing(&self, actor: &Actor) -> Result<Standing, Refusal> {
        let stranger = || Refusal::of(Code::NotFound);
        if actor.tenant != Some(self.tenant) {
            return Err(stranger());
        }
        let standing = match actor.kind {
            ActorKind::System => return Ok(Standing::System),
            ActorKind::Admin => Some(Standing::Admin),
            ActorKind::AccountManager => Some(Standing::Staff),
            ActorKind::Support => Some(Standing::Support),
            ActorKind::Client => {
                self.account.is_some_and(|account| actor.is_member_of(account)).then_some(Standing::Member)
            }
            ActorKind::Anonymous => {
                let own = self.account.is_none() && self.visitor.map(Party::Visitor) == Some(actor.party);
                own.then_some(Standing::Visitor)
            }
            // Operates the platform and reads nobody's conversations.
            ActorKind::SuperAdmin => None,
        };
        match self.status {
            Status::Unopened => Err(stranger()),
            Status::Open | Status::Snoozed { .. } | Status::Resolved => standing.ok_or_else(stranger),
        }
    }
}
