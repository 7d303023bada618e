//! What routing does with a conversation, and what it hears of it.

use serde_json::json;

use crate::chat::command::Give;
use crate::chat::event::Event;
use crate::chat::state::{Conversation, Status};
use crate::entity::{Decision, Job, Seq};
use crate::tenant::routing::{return_job, route_job};

impl Conversation {
    /// Routing decided on what it saw some time ago: nothing happens unless somebody still waits here and it is still
    /// `from`'s. What somebody has by hand is never taken away, and whoever was chosen among another team than it is given to
    /// now does not get it.
    ///
    /// Another node may have written what routing saw and this one has not. To find that nothing is to be done would be an
    /// answer from the past; what is decided instead cannot be committed, and is decided again on all there is.
    pub(super) fn give(&self, Give { from, to, team, rev }: Give) -> Decision<Event> {
        let behind = self.seq < rev;
        let as_thought = self.status == Status::Open
            && self.waiting_since.is_some()
            && self.assignee == from
            && self.routed == from
            && (to.is_none() || self.team == team);
        if from == to || !(as_thought || behind) {
            return Decision::nothing();
        }
        let details = json!({ "conversation": self.audit_id(), "from": from, "to": to, "by": "routing" });
        let decision = Decision::events(vec![Event::Assigned { to }, Event::Routed { to }]);
        self.freeing(decision).with_audit("conversation.assigned", details)
    }

    /// A decision after which whoever has it may have room for another, with word of that to routing.
    pub(super) fn freeing(&self, decision: Decision<Event>) -> Decision<Event> {
        match (self.status, self.assignee) {
            (Status::Open, Some(_)) => decision.with_job(route_job()),
            (Status::Open, None) | (Status::Unopened | Status::Snoozed { .. } | Status::Resolved, _) => decision,
        }
    }

    /// It was done, and its customer is back, as of `rev`: whom routing had given it to has it again if they are there.
    pub(super) fn back_to_whom(&self, rev: Seq) -> Option<Job> {
        self.routed.map(|from| return_job(self.id, from, rev))
    }
}
