//! What customers say of how they were served (CSAT).
//!
//! Whoever had an answer is asked once the conversation is resolved, if the business wants to know: one question, five
//! scores, and a comment if they like. The worker brings the question, as the tenant has it at that moment; what is
//! said may be changed until the conversation is opened again. Staff and customer see the same.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::state::Conversation;
use crate::Timestamp;
use crate::entity::{Fact, Job, Seq};
use crate::id::{ConversationId, LabelId, UserId};
use crate::refusal::Refusal;
use crate::tenant::feedback::Question;
use crate::text::{paragraph, text_type};

/// For how many hours somebody who has said something is not asked again in the same conversation.
pub(crate) const REST_HOURS: i64 = 24;

/// How somebody was served: 1 (very bad) to 5 (very good).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Score(u8);

impl Score {
    /// The best.
    pub const BEST: u8 = 5;

    /// Reads a score.
    pub fn parse(score: u8) -> Result<Self, Refusal> {
        if (1..=Self::BEST).contains(&score) {
            Ok(Self(score))
        } else {
            Err(Refusal::invalid("score", format!("A score is 1 to {}.", Self::BEST)))
        }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// What somebody adds to a score: 1 to 1,000 characters after trimming.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Comment(Arc<str>);
text_type!(Comment);

impl Comment {
    /// The most characters.
    pub const MAX: usize = 1_000;

    /// Reads a comment; of nothing but spaces there is none.
    pub fn parse(text: &str) -> Result<Option<Self>, Refusal> {
        let comment = paragraph("comment", text, 0, Self::MAX)?;
        Ok((!comment.is_empty()).then_some(Self(comment)))
    }
}

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// How it was.
    pub score: Score,
    /// In their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Comment>,
}

/// A question that is open, or was answered and can still be answered otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// The entry that asks.
    pub asked: Seq,
    /// When.
    pub at: Timestamp,
    /// What is asked.
    pub question: Question,
    /// What was said.
    pub given: Option<Given>,
}

/// The task that asks the customer of a conversation that was resolved, if the business wants to know.
pub const ASK: &str = "feedback.ask";

/// What the task [`ASK`] needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToAsk {
    /// Which conversation.
    pub conversation: ConversationId,
    /// The entry that resolved it.
    pub rev: Seq,
}

impl ToAsk {
    /// The job.
    pub fn job(self) -> Job {
        Job::new(ASK, json!(self))
    }
}

/// A question and what was said to it, as reports count it. Of two about one question the later entry holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// In which conversation.
    pub conversation: ConversationId,
    /// The entry that asked.
    pub asked: Seq,
    /// When that was.
    pub asked_at: Timestamp,
    /// The entry that resolved what is asked about.
    pub resolved: Seq,
    /// The entry that says this.
    pub rev: Seq,
    /// When that was.
    pub at: Timestamp,
    /// Who answered the conversation.
    pub assignee: Option<UserId>,
    /// What it was about.
    pub labels: Vec<LabelId>,
    /// What was said; nothing yet when it was only asked.
    pub given: Option<Given>,
}

impl Conversation {
    pub(super) fn is_asked(&mut self, asked: Seq, at: Timestamp, question: &Question) {
        self.feedback = Some(Feedback { asked, at, question: question.clone(), given: None });
    }

    pub(super) fn has_said(&mut self, at: Timestamp, given: &Given) {
        if let Some(feedback) = &mut self.feedback {
            feedback.given = Some(given.clone());
        }
        self.rated_at = Some(at);
    }

    /// What reports are to know of what entry `rev` asks or says.
    pub(super) fn kept_feedback(
        &self,
        (asked, asked_at): (Seq, Timestamp),
        rev: Seq,
        at: Timestamp,
        given: Option<Given>,
    ) -> Fact {
        let (conversation, resolved, assignee) = (self.id, self.resolved, self.assignee);
        let labels = self.labels.iter().copied().collect();
        Fact::Feedback(Kept { conversation, asked, asked_at, resolved, rev, at, assignee, labels, given })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_one_to_five_and_comments_may_be_left_out() {
        for score in 1..=5 {
            assert_eq!(Score::parse(score).unwrap().get(), score);
        }
        assert!(Score::parse(0).is_err());
        assert!(Score::parse(6).is_err());
        assert_eq!(Comment::parse(" \n ").unwrap(), None);
        assert_eq!(Comment::parse(" شكراً 🙏\n").unwrap().unwrap().as_str(), "شكراً 🙏");
        assert!(Comment::parse(&"é".repeat(1_000)).is_ok());
        assert!(Comment::parse(&"é".repeat(1_001)).is_err());
    }
}
