//! Who answers a conversation, whether it is done, and how the staff sort it.

use serde_json::{Value, json};

use super::{Asker, Ruling};
use crate::Timestamp;
use crate::chat::command::{Assign, Note};
use crate::chat::due::Dues;
use crate::chat::event::Event;
use crate::chat::standing::Standing;
use crate::chat::state::Conversation;
use crate::chat::text::MessageText;
use crate::chat::triage::{LONGEST_SNOOZE, MAX_LABELS, Priority};
use crate::entity::{Decision, Job, Seq};
use crate::id::{LabelId, UserId};
use crate::refusal::{Code, Refusal};
use crate::tenant::targets::{Policy, reckon_job};

impl Conversation {
    /// A note for whoever gets it comes first, so that they find it.
    pub(super) fn assign(&self, asker: &Asker<'_>, assign: &Assign) -> Ruling {
        let note = self.note_along(asker, assign.note.as_ref())?;
        let assigned = self.hand_on(assign.to);
        let events = note.into_iter().chain(assigned.events).collect();
        Ok(Decision { events, ..assigned })
    }

    /// What goes along with a conversation that is given to somebody.
    pub(super) fn note_along(&self, asker: &Asker<'_>, note: Option<&MessageText>) -> Result<Vec<Event>, Refusal> {
        match (asker.standing, note) {
            (_, None) => Ok(Vec::new()),
            (Standing::System, Some(_)) => Err(Refusal::new(Code::Forbidden, "Only people write notes.")),
            (_, Some(text)) => {
                let note = Note { text: text.clone(), mentions: Vec::new(), attachments: Vec::new() };
                Ok(self.note(asker, &note)?.events)
            }
        }
    }

    fn hand_on(&self, to: Option<UserId>) -> Decision<Event> {
        if self.assignee == to {
            return Decision::nothing();
        }
        self.passed_on(to, json!({ "conversation": self.audit_id(), "from": self.assignee, "to": to }))
    }

    /// It is somebody else's from now on, or nobody's, and no longer as routing gave it. `details` go to the audit log.
    pub(super) fn passed_on(&self, to: Option<UserId>, details: Value) -> Decision<Event> {
        let mut decision = Decision::from(Event::Assigned { to });
        if self.routed.is_some() {
            decision.events.push(Event::Routed { to: None });
        }
        self.freeing(decision).with_audit("conversation.assigned", details)
    }

    pub(super) fn resolve(&self) -> Decision<Event> {
        let details = json!({ "conversation": self.audit_id() });
        let events: Vec<_> = self.only_due(Dues::default()).into_iter().chain([Event::Resolved {}]).collect();
        let rev = self.seq + events.len() as Seq;
        let decision = self.freeing(Decision::events(events)).with_audit("conversation.resolved", details);
        let mut decision = self.telling_queue(decision, None);
        decision.jobs.extend(self.asking(rev));
        decision
    }

    /// The event that says that this is due and nothing else, if that is news.
    pub(super) fn only_due(&self, due: Dues) -> Option<Event> {
        (self.due != due).then_some(Event::DueSet(due))
    }

    /// A decision, with word of it to the tenant's queue if somebody waits: since when, or that it is over.
    fn telling_queue(&self, decision: Decision<Event>, since: Option<Timestamp>) -> Decision<Event> {
        match self.waiting_since {
            Some(_) => decision.with_job(self.queue(since, 1)),
            None => decision,
        }
    }

    /// Puts it off. Who waits in it leaves the tenant's queue until it is back.
    pub(super) fn snooze(&self, asker: &Asker<'_>, until: Timestamp) -> Ruling {
        if until <= asker.at {
            return Err(Refusal::invalid("until", "This time has passed. Choose a later one."));
        }
        if until.duration_since(asker.at) > LONGEST_SNOOZE {
            return Err(Refusal::invalid("until", "A conversation can be put off by a year at most."));
        }
        let decision = Decision::from(Event::Snoozed { until }).with_job(self.wake_job(until));
        Ok(self.telling_queue(self.freeing(decision), None))
    }

    /// It is back, and so is who waits in it.
    pub(super) fn wake(&self) -> Decision<Event> {
        self.telling_queue(Event::Woken {}.into(), self.waiting_since)
    }

    /// Brigade itself asks when the time has come; one that was put off anew has one such job only.
    fn wake_job(&self, until: Timestamp) -> Job {
        let job = Job::command(self.tenant, self.id, "wake", &json!({ "until": until }));
        Job { run_at: Some(until), key: Some(format!("wake {}", self.id)), ..job }
    }

    pub(super) fn set_priority(&self, priority: Priority) -> Decision<Event> {
        if self.priority == priority {
            return Decision::nothing();
        }
        let decision = Decision::from(Event::PrioritySet { priority });
        // What is more urgent may be due sooner. Without a matter nothing is due.
        if self.matter.is_some() { decision.with_job(reckon_job(self.id, self.seq + 1)) } else { decision }
    }

    /// What is due when, by the tenant's targets as they are.
    pub(super) fn reckon(&self, policy: &Policy) -> Decision<Event> {
        let goals = policy.targets.of(self.priority);
        let answered = self.matter.is_some_and(|matter| matter.answered);
        let answer = if answered { goals.next } else { goals.first };
        let due = Dues {
            answer: self.waiting_since.and_then(|since| policy.due(since, answer)),
            resolution: self.matter.and_then(|matter| policy.due(matter.since, goals.resolution)),
        };
        Decision::events(self.only_due(due).into_iter().collect())
    }

    /// Whether it is a label of the tenant's is the database's to say.
    pub(super) fn label(&self, label: LabelId, on: bool) -> Ruling {
        if self.labels.contains(&label) == on {
            return Ok(Decision::nothing());
        }
        if on && self.labels.len() >= MAX_LABELS {
            let text = format!("A conversation has {MAX_LABELS} labels at most. Take one off first.");
            return Err(Refusal::new(Code::Conflict, text));
        }
        Ok(Event::LabelChanged { label, on }.into())
    }
}
