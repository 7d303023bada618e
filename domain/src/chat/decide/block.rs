//! Blocking a visitor, and letting them write again.

use serde_json::json;

use super::{Asker, Ruling};
use crate::chat::block::{Block, Blocked, Reason};
use crate::chat::event::Event;
use crate::chat::state::Conversation;
use crate::entity::{Decision, Fact, Seq};
use crate::refusal::{Code, Refusal};
use crate::text::DisplayName;

impl Conversation {
    /// Who is blocked already stays so, for the first reason; the address can be added.
    pub(super) fn block(&self, asker: &Asker<'_>, reason: &Reason, with_email: bool) -> Ruling {
        let (Some(visitor), None) = (self.visitor, self.account) else {
            return Err(Refusal::new(Code::Conflict, "Only visitors of the site can be blocked. This is a client."));
        };
        let email = match (with_email, self.address()) {
            (false, _) => None,
            (true, Some(email)) => Some(email.clone()),
            (true, None) => return Err(Refusal::invalid("email", "This visitor has left no address to block.")),
        };
        if self.blocked.as_ref().is_some_and(|block| email.is_none() || block.email == email) {
            return Ok(Decision::nothing());
        }
        let mut decision = Decision::from(Event::VisitorBlocked { reason: reason.clone(), email: email.clone() });
        if self.blocked.is_none() {
            decision.events.push(Event::WritingAllowed { on: false });
        }
        let details = json!({ "conversation": self.audit_id(), "visitor": visitor, "address": email.is_some() });
        let block = Block { by: asker.party(), at: asker.at, reason: reason.clone(), email };
        let name = self.called().cloned().unwrap_or_else(DisplayName::nameless);
        let rev = self.seq + decision.events.len() as Seq;
        let blocked = Blocked { conversation: self.id, visitor, name, rev, block };
        Ok(decision.with_fact(Fact::Blocked(blocked)).with_audit("conversation.visitor_blocked", details))
    }

    pub(super) fn unblock(&self) -> Decision<Event> {
        if self.blocked.is_none() {
            return Decision::nothing();
        }
        let details = json!({ "conversation": self.audit_id(), "visitor": self.visitor });
        Decision::from(Event::WritingAllowed { on: true })
            .with_fact(Fact::Unblocked(self.id))
            .with_audit("conversation.visitor_unblocked", details)
    }
}
