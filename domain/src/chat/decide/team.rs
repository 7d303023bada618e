//! Which team a conversation is given to. Who is in it only the tenant knows: whether whoever has the conversation may keep it
//! is looked up by the worker, and decided here on what it found.

use serde_json::json;

use super::{Asker, Ruling};
use crate::chat::command::{AssignTeam, Release};
use crate::chat::event::Event;
use crate::chat::state::{Conversation, Status};
use crate::entity::{Decision, Job, Seq};
use crate::id::{TeamId, UserId};
use crate::tenant::routing::route_job;
use crate::tenant::team::settle_job;

impl Conversation {
    /// Whether it is a team of the tenant's is the database's to say.
    pub(super) fn assign_team(&self, asker: &Asker<'_>, AssignTeam { team, note }: &AssignTeam) -> Ruling {
        let mut events = self.note_along(asker, note.as_ref())?;
        if self.team == *team {
            return Ok(Decision::events(events));
        }
        events.push(Event::TeamAssigned { team: *team });
        let rev = self.seq + events.len() as Seq;
        let details = json!({ "conversation": self.audit_id(), "from": self.team, "to": team });
        let mut decision = Decision::events(events).with_audit("conversation.team_assigned", details);
        decision.jobs.extend(self.after_team(team.zip(self.assignee), rev));
        Ok(decision)
    }

    /// Who has it may have to let go of it; what waits and is nobody's can be somebody else's now.
    fn after_team(&self, held: Option<(TeamId, UserId)>, rev: Seq) -> Option<Job> {
        match (held, self.status, self.assignee, self.waiting_since) {
            (Some((team, holder)), ..) => Some(settle_job(self.id, team, holder, rev)),
            (None, Status::Open, None, Some(_)) => Some(route_job()),
            (None, ..) => None,
        }
    }

    /// Whoever has it is not of its team: it is nobody's, and waits for the team. As with [`Self::give`], a node that has
    /// missed something does not answer from the past.
    pub(super) fn release(&self, Release { from, team, rev }: Release) -> Decision<Event> {
        let as_thought = self.assignee == Some(from) && self.team == Some(team);
        if !as_thought && self.seq >= rev {
            return Decision::nothing();
        }
        self.passed_on(None, json!({ "conversation": self.audit_id(), "from": from, "to": null, "by": "team" }))
    }
}
