//! The rules of an account: which command is possible, and what is missing when it is not.

use serde_json::{Value, json};

use super::command::{Command, Step};
use super::event::Event;
use super::lifecycle::Lifecycle;
use super::standing::Standing;
use super::state::{Account, MAX_CONVERSATIONS, MAX_MEMBERS, Status};
use crate::actor::{Actor, Party};
use crate::entity::Decision;
use crate::id::{ConversationId, UserId};
use crate::refusal::{Code, Refusal};
use crate::text::DisplayName;

/// What a rule comes to.
type Ruling = Result<Decision<Event>, Refusal>;

impl Account {
    /// Answers a command: what follows, or why not. Authority first, then the state machine.
    pub(super) fn rule(&self, actor: &Actor, command: &Command) -> Ruling {
        let standing = self.standing(actor)?;
        if !standing.may(command) {
            return Err(Refusal::of(Code::Forbidden));
        }
        match (self.status(), command) {
            (Status::Unopened, Command::Open { name, conversation }) => Ok(self.open(name, *conversation)),
            (
                Status::Unopened,
                Command::AddMember { .. }
                | Command::RemoveMember { .. }
                | Command::SetManager { .. }
                | Command::Advance(_)
                | Command::Rename { .. }
                | Command::LinkConversation { .. }
                | Command::UnlinkConversation { .. },
            ) => Err(Refusal::of(Code::NotFound)),
            (Status::Open, Command::Open { conversation, .. }) => self.open_again(*conversation),
            (Status::Open, Command::AddMember { user, name }) => self.add_member(*user, name),
            (Status::Open, Command::RemoveMember { user }) => Ok(self.remove_member(*user)),
            (Status::Open, Command::SetManager { manager }) => self.set_manager(actor, standing, *manager),
            (Status::Open, Command::Advance(step)) => self.advance(*step),
            (Status::Open, Command::Rename { name }) => Ok(self.rename(name)),
            (Status::Open, Command::LinkConversation { conversation }) => self.link(*conversation),
            (Status::Open, Command::UnlinkConversation { conversation }) => Ok(self.unlink(*conversation)),
        }
    }

    fn open(&self, name: &DisplayName, conversation: Option<ConversationId>) -> Decision<Event> {
        let details = json!({ "account": self.id, "conversation": conversation });
        Decision::from(Event::Opened { name: name.clone(), conversation }).with_audit("account.opened", details)
    }

    /// Opening what is open changes nothing when it came from the same conversation, so that a repeat is harmless.
    fn open_again(&self, conversation: Option<ConversationId>) -> Ruling {
        if conversation.is_none_or(|conversation| self.conversations.contains(&conversation)) {
            Ok(Decision::nothing())
        } else {
            Err(Refusal::new(Code::Conflict, "This account was opened for something else. Use a new id."))
        }
    }

    fn add_member(&self, user: UserId, name: &DisplayName) -> Ruling {
        match self.members.get(&user) {
            Some(known) if known == name => return Ok(Decision::nothing()),
            None if self.members.len() >= MAX_MEMBERS => {
                let text = format!("{MAX_MEMBERS} people belong to this account already. Remove somebody first.");
                return Err(Refusal::new(Code::Conflict, text));
            }
            Some(_) | None => {}
        }
        let event = Event::MemberAdded { user, name: name.clone() };
        Ok(Decision::from(event).with_audit("account.member_added", json!({ "account": self.id, "user": user })))
    }

    fn remove_member(&self, user: UserId) -> Decision<Event> {
        if !self.has_member(user) {
            return Decision::nothing();
        }
        let details = json!({ "account": self.id, "user": user });
        Decision::from(Event::MemberRemoved { user }).with_audit("account.member_removed", details)
    }

    /// Admins decide who is responsible. An account manager takes on an account nobody has, or gives up the own.
    fn set_manager(&self, actor: &Actor, standing: Standing, manager: Option<UserId>) -> Ruling {
        let own = |user: Option<UserId>| user.map(Party::User) == Some(actor.party);
        let allowed = match standing {
            Standing::System | Standing::Admin => true,
            Standing::Staff => {
                (own(manager) && (self.manager.is_none() || own(self.manager)))
                    || (manager.is_none() && own(self.manager))
            }
            Standing::Member => false,
        };
        if !allowed {
            let text = "You can take on an account nobody looks after, or give up your own. An admin can do the rest.";
            return Err(Refusal::new(Code::Forbidden, text));
        }
        if self.manager == manager {
            return Ok(Decision::nothing());
        }
        let details = json!({ "account": self.id, "from": self.manager, "to": manager });
        Ok(Decision::from(Event::ManagerSet { manager }).with_audit("account.manager_set", details))
    }

    fn advance(&self, step: Step) -> Ruling {
        let (from, to) = (self.lifecycle, step.to());
        if from == to {
            return Ok(Decision::nothing());
        }
        let missing = self.missing(to);
        if !from.next().contains(&to) || !missing.is_empty() {
            return Err(illegal(from, to, &missing));
        }
        let onboarding = match step {
            Step::Onboarding(how) => Some(how),
            Step::To(_) => None,
        };
        let details = json!({ "account": self.id, "from": from, "to": to, "onboarding": onboarding });
        Ok(Decision::from(Event::Advanced { from, to, onboarding }).with_audit("account.advanced", details))
    }

    /// What is missing before `to`, in order: states on the way, a conversation, an account manager (BK-LIFE-12).
    fn missing(&self, to: Lifecycle) -> Vec<&'static str> {
        let states = self.lifecycle.missing_before(to).unwrap_or_default();
        let mut missing: Vec<_> = states.iter().map(|state| state.as_str()).collect();
        match to {
            Lifecycle::Conversation if self.conversations.is_empty() => missing.push("a conversation"),
            Lifecycle::Onboarding if self.manager.is_none() => missing.push("an account manager"),
            Lifecycle::Visitor
            | Lifecycle::Conversation
            | Lifecycle::Onboarding
            | Lifecycle::PackPurchase
            | Lifecycle::SubscriptionApplied
            | Lifecycle::WeeklyOrdering
            | Lifecycle::Consumption
            | Lifecycle::Paused
            | Lifecycle::Reactivated
            | Lifecycle::Cancelled => {}
        }
        missing
    }

    fn rename(&self, name: &DisplayName) -> Decision<Event> {
        if self.name.as_ref() == Some(name) {
            return Decision::nothing();
        }
        Event::Renamed { name: name.clone() }.into()
    }

    fn link(&self, conversation: ConversationId) -> Ruling {
        if self.conversations.contains(&conversation) {
            return Ok(Decision::nothing());
        }
        if self.conversations.len() >= MAX_CONVERSATIONS {
            let text = format!("{MAX_CONVERSATIONS} conversations belong to this account already.");
            return Err(Refusal::new(Code::Conflict, text));
        }
        Ok(Event::ConversationLinked { conversation }.into())
    }

    fn unlink(&self, conversation: ConversationId) -> Decision<Event> {
        if !self.conversations.contains(&conversation) {
            return Decision::nothing();
        }
        Event::ConversationUnlinked { conversation }.into()
    }
}

/// An illegal step, with what is missing and what would be legal (BK-LIFE-10).
fn illegal(from: Lifecycle, to: Lifecycle, missing: &[&'static str]) -> Refusal {
    let (at, wanted) = (from.as_str(), to.as_str());
    let message = if missing.is_empty() {
        format!("From {at} no way leads to {wanted}.")
    } else {
        format!("From {at} to {wanted} something is missing: {}.", missing.join(", "))
    };
    let allowed: Vec<Value> = from.next().iter().map(|state| json!(state)).collect();
    let details = json!({ "state": from, "to": to, "missing": missing, "allowed": allowed });
    Refusal::new(Code::Conflict, message).with_details(details)
}
