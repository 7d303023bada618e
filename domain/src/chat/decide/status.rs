//! Who answers a conversation, and whether it is done.

use serde_json::json;

use crate::chat::event::Event;
use crate::chat::state::Conversation;
use crate::entity::Decision;
use crate::id::UserId;

impl Conversation {
    pub(super) fn assign(&self, to: Option<UserId>) -> Decision<Event> {
        if self.assignee == to {
            return Decision::nothing();
        }
        let details = json!({ "conversation": self.audit_id(), "from": self.assignee, "to": to });
        Decision::from(Event::Assigned { to }).with_audit("conversation.assigned", details)
    }

    pub(super) fn resolve(&self) -> Decision<Event> {
        let details = json!({ "conversation": self.audit_id() });
        let decision = Decision::from(Event::Resolved {}).with_audit("conversation.resolved", details);
        match self.waiting_since {
            Some(_) => decision.with_job(self.queue(None, 1)),
            None => decision,
        }
    }
}
