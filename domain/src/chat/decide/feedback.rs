//! Asking customers how they were served, and what they say.

use jiff::SignedDuration;

use super::{Asker, Ruling};
use crate::Timestamp;
use crate::chat::command::{AskFeedback, GiveFeedback};
use crate::chat::event::Event;
use crate::chat::feedback::{REST_HOURS, ToAsk};
use crate::chat::state::{Conversation, Status};
use crate::entity::{Decision, Job, Seq};
use crate::refusal::{Code, Refusal};

impl Conversation {
    /// The job that asks, once entry `rev` has resolved it: only somebody who had an answer has something to say of it.
    pub(super) fn asking(&self, rev: Seq) -> Option<Job> {
        let answered = self.matter.is_some_and(|matter| matter.answered);
        answered.then(|| ToAsk { conversation: self.id, rev }.job())
    }

    /// The worker comes some time after it was resolved: nothing happens if it is not, or was asked already. Another node may
    /// have written what this one has not seen; then what is decided cannot be committed, and is decided again.
    pub(super) fn ask_feedback(&self, asker: &Asker<'_>, ask: &AskFeedback) -> Decision<Event> {
        let as_thought = self.status == Status::Resolved && self.resolved == ask.rev && self.feedback.is_none();
        let behind = self.seq < ask.rev;
        if !(as_thought || behind) || self.has_just_said(asker.at) || self.blocked.is_some() {
            return Decision::nothing();
        }
        let seq = self.seq + 1;
        let kept = self.kept_feedback((seq, asker.at), seq, asker.at, None);
        Decision::from(Event::FeedbackAsked { question: ask.question.clone() }).with_fact(kept)
    }

    fn has_just_said(&self, at: Timestamp) -> bool {
        self.rated_at.is_some_and(|said| at.duration_since(said) < SignedDuration::from_hours(REST_HOURS))
    }

    /// What was said can be said otherwise as long as the question stands.
    pub(super) fn give_feedback(&self, asker: &Asker<'_>, give: &GiveFeedback) -> Ruling {
        let Some(feedback) = self.feedback.as_ref().filter(|feedback| feedback.asked == give.asked) else {
            let text = "This conversation goes on. You are asked again when it is done.";
            return Err(Refusal::new(Code::Conflict, text));
        };
        if feedback.given.as_ref() == Some(&give.given) {
            return Ok(Decision::nothing());
        }
        let question = (feedback.asked, feedback.at);
        let kept = self.kept_feedback(question, self.seq + 1, asker.at, Some(give.given.clone()));
        Ok(Decision::from(Event::FeedbackGiven { asked: give.asked, given: give.given.clone() }).with_fact(kept))
    }
}
