//! The rules of an account: which command is possible, and what is missing when it is not.

use serde_json::{Value, json};

use super::command::{Command, Step};
use super::event::Event;
use super::lifecycle::Lifecycle;
use super::standing::Standing;
use super::state::{Account, MAX_CONVERSATIONS, MAX_MEMBERS, Status};
use crate::actor::{Actor, Party};
use crate::entity::{Decision, Seq};
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
            (Status::Open, Command::LinkConversation { conversation, rev, manager }) => {
                self.link_conversation(*conversation, *rev, *manager)
            }
            (Status::Open, Command::UnlinkConversation { conversation, rev }) => {
                Ok(self.unlink_conversation(*conversation, *rev))
            }
        }
    }

    fn open(&self, name: &DisplayName, conversation: Option<ConversationId>) -> Decision<Event> {
        let details = json!({ "account": self.id, "conversation": conversation });
        let opened = Event::Opened { name: name.clone(), conversation };
        let decision = Decision::from(opened).with_audit("account.opened", details);
        if conversation.is_some() { self.in_conversation(decision) } else { decision }
    }

    /// Opening what is open changes nothing when it came from the same conversation, so that a repeat is harmless.
    fn open_again(&self, conversation: Option<ConversationId>) -> Ruling {
        if conversation.is_none_or(|conversation| self.links.contains_key(&conversation)) {
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
            Standing::Member | Standing::Support => false,
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
            Lifecycle::Conversation if self.conversations().next().is_none() => missing.push("a conversation"),
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

    /// With its first conversation an account gets an account manager, if one is named and it has none, and is in
    /// conversation instead of a visitor (BK-LIFE-03, -12).
    fn link_conversation(&self, conversation: ConversationId, rev: Seq, manager: Option<UserId>) -> Ruling {
        if !self.is_news(conversation, rev) {
            return Ok(Decision::nothing());
        }
        if self.conversations().count() >= MAX_CONVERSATIONS && !self.links.contains_key(&conversation) {
            let text = format!("{MAX_CONVERSATIONS} conversations belong to this account already.");
            return Err(Refusal::new(Code::Conflict, text));
        }
        let mut decision = Decision::from(Event::ConversationLinked { conversation, rev });
        if let (None, Some(_)) = (self.manager, manager) {
            decision.events.push(Event::ManagerSet { manager });
            let details = json!({ "account": self.id, "from": null, "to": manager });
            decision = decision.with_audit("account.manager_set", details);
        }
        Ok(self.in_conversation(decision))
    }

    /// Who has a conversation is a visitor no longer.
    fn in_conversation(&self, mut decision: Decision<Event>) -> Decision<Event> {
        if self.lifecycle != Lifecycle::Visitor {
            return decision;
        }
        let (from, to) = (self.lifecycle, Lifecycle::Conversation);
        decision.events.push(Event::Advanced { from, to, onboarding: None });
        let details = json!({ "account": self.id, "from": from, "to": to, "onboarding": null });
        decision.with_audit("account.advanced", details)
    }

    /// Also for one that never belonged to it: its `link_conversation` may come later, and is then old.
    fn unlink_conversation(&self, conversation: ConversationId, rev: Seq) -> Decision<Event> {
        if self.is_news(conversation, rev) {
            Event::ConversationUnlinked { conversation, rev }.into()
        } else {
            Decision::nothing()
        }
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
