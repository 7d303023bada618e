//! Matters: what a customer comes with, from the first message until the conversation is resolved. Reports count these.
//!
//! A conversation that is opened again by its customer is a new matter. Notes are no answers, and what routing or Brigade
//! itself does is none either; taking a message away changes nothing of what happened.

use serde::{Deserialize, Serialize};

use super::due::Dues;
use super::event::{Event, Kind, Side};
use super::state::Conversation;
use crate::Timestamp;
use crate::actor::Party;
use crate::entity::{Decision, Fact, Seq};
use crate::id::{ConversationId, LabelId, UserId};

/// Who did something, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// When; never before the matter began.
    pub at: Timestamp,
    /// Who.
    pub by: Party,
}

/// A matter that a customer has come with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// When.
    pub since: Timestamp,
    /// Whether the staff have answered since.
    pub answered: bool,
    /// The message it began with, which names it; 0 in states that were kept before matters were counted.
    #[serde(default)]
    pub seq: Seq,
    /// The first answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Done>,
    /// How many messages the customer has written.
    #[serde(default)]
    pub messages: u32,
    /// When the first answer was due, as far as it was said before there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_due: Option<Timestamp>,
    /// When the solution is due, as it was last said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution_due: Option<Timestamp>,
}

/// What reports know of a matter that is not over.
type Milestones = (Seq, Option<Done>, Option<Timestamp>, Option<Timestamp>);

impl Matter {
    /// What a message of `side` makes of the matter there is.
    pub(super) fn after(known: Option<Self>, side: Side, seq: Seq, done: Done) -> Option<Self> {
        match side {
            Side::Customer => {
                let begun = Self {
                    since: done.at,
                    answered: false,
                    seq,
                    first: None,
                    messages: 0,
                    answer_due: None,
                    resolution_due: None,
                };
                let matter = known.unwrap_or(begun);
                Some(Self { messages: matter.messages.saturating_add(1), ..matter })
            }
            Side::Staff => known.map(|matter| {
                // Of one that was answered before matters were counted nobody knows who did.
                let first = if matter.answered { matter.first } else { Some(matter.not_before(done)) };
                Self { answered: true, first, ..matter }
            }),
        }
    }

    /// What it makes of it that this is due. That nothing is due any more is said with the answer and with the end, and
    /// takes nothing away from when it was.
    pub(super) fn due(self, dues: &Dues) -> Self {
        let (answer, resolution) = (dues.answer.map(|due| due.at), dues.resolution.map(|due| due.at));
        let answer_due = if self.answered { self.answer_due } else { answer.or(self.answer_due) };
        Self { answer_due, resolution_due: resolution.or(self.resolution_due), ..self }
    }

    /// Clocks of two machines differ.
    fn not_before(&self, done: Done) -> Done {
        Done { at: done.at.max(self.since), ..done }
    }

    const fn milestones(&self) -> Milestones {
        (self.seq, self.first, self.answer_due, self.resolution_due)
    }
}

/// What is known of a matter: kept beside the log, whole each time, so that kept twice it is the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatterRow {
    /// Where.
    pub conversation: ConversationId,
    /// The message it began with.
    pub seq: Seq,
    /// The entry up to which this is known.
    pub rev: Seq,
    /// A visitor's or a client's.
    pub kind: Kind,
    /// When it began.
    pub began_at: Timestamp,
    /// The first answer.
    pub answered: Option<Done>,
    /// Its end.
    pub resolved: Option<Done>,
    /// Who answers it, at its end: who did.
    pub assignee: Option<UserId>,
    /// What it is about, in the order of their ids.
    pub labels: Vec<LabelId>,
    /// How many messages the customer has written.
    pub messages: u32,
    /// When the first answer was due.
    pub answer_due: Option<Timestamp>,
    /// When the solution was due.
    pub resolution_due: Option<Timestamp>,
}

/// What the events of one command make of a matter.
struct Course<'a> {
    before: &'a Conversation,
    matter: Option<Matter>,
    kind: Kind,
    assignee: Option<UserId>,
    label: Option<(LabelId, bool)>,
    changed: bool,
}

impl Course<'_> {
    fn row(&self, rev: Seq, resolved: Option<Done>) -> Option<MatterRow> {
        let matter = self.matter.filter(|matter| matter.seq > 0)?;
        let mut labels = self.before.labels.clone();
        if let Some((label, on)) = self.label {
            let _changed = if on { labels.insert(label) } else { labels.remove(&label) };
        }
        Some(MatterRow {
            conversation: self.before.id,
            seq: matter.seq,
            rev,
            kind: self.kind,
            began_at: matter.since,
            answered: matter.first,
            resolved: resolved.map(|done| matter.not_before(done)),
            assignee: self.assignee,
            labels: labels.into_iter().collect(),
            messages: matter.messages,
            answer_due: matter.answer_due,
            resolution_due: matter.resolution_due,
        })
    }

    fn goes_on(&mut self, matter: Option<Matter>) {
        self.changed |= matter.map(|matter| matter.milestones()) != self.matter.map(|matter| matter.milestones());
        self.matter = matter;
    }

    /// An event takes effect; what ends is given back.
    fn take(&mut self, event: &Event, side: Side, seq: Seq, done: Done) -> Option<MatterRow> {
        match event {
            Event::MessageSent { .. } => self.goes_on(Matter::after(self.matter, side, seq, done)),
            Event::DueSet(dues) => self.goes_on(self.matter.map(|matter| matter.due(dues))),
            Event::Assigned { to } => (self.assignee, self.changed) = (*to, true),
            Event::LabelChanged { label, on } => (self.label, self.changed) = (Some((*label, *on)), true),
            Event::HandedOver { .. } => (self.kind, self.changed) = (Kind::Account, true),
            Event::TakenBack { .. } => (self.kind, self.changed) = (Kind::Site, true),
            Event::Resolved {} => {
                let row = self.row(seq, Some(done));
                (self.matter, self.changed) = (None, false);
                return row;
            }
            Event::Opened { .. }
            | Event::Joined { .. }
            | Event::NoteAdded { .. }
            | Event::MessageEdited { .. }
            | Event::MessageDeleted { .. }
            | Event::ReactionChanged { .. }
            | Event::ReadUpTo { .. }
            | Event::Routed { .. }
            | Event::TeamAssigned { .. }
            | Event::Reopened {}
            | Event::Snoozed { .. }
            | Event::Woken {}
            | Event::PrioritySet { .. }
            | Event::FeedbackAsked { .. }
            | Event::FeedbackGiven { .. }
            | Event::ContactLeft { .. }
            | Event::Identified(_)
            | Event::VisitorBlocked { .. }
            | Event::AnswersGiven { .. }
            | Event::TranscriptAsked { .. }
            | Event::MessageScheduled { .. }
            | Event::MessageRescheduled { .. }
            | Event::MessageUnscheduled { .. }
            | Event::ScheduledHeld { .. }
            | Event::ScheduledSent { .. }
            | Event::WritingAllowed { .. }
            | Event::Invited { .. } => {}
        }
        None
    }
}

impl Conversation {
    /// A decision, with what reports are to know of it: nothing, for a message in a matter that goes on.
    pub(super) fn counted(&self, side: Side, done: Done, decision: Decision<Event>) -> Decision<Event> {
        let mut course = Course {
            before: self,
            matter: self.matter,
            kind: self.kind,
            assignee: self.assignee,
            label: None,
            changed: false,
        };
        let mut rows = Vec::new();
        let mut rev = self.seq;
        for event in &decision.events {
            rev += 1;
            rows.extend(course.take(event, side, rev, done));
        }
        if course.changed {
            rows.extend(course.row(rev, None));
        }
        let facts = decision.facts.into_iter().chain(rows.into_iter().map(Fact::Matter)).collect();
        Decision { facts, ..decision }
    }
}
