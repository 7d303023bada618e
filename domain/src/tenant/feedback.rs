//! What a business asks its customers once a conversation is resolved ([`crate::chat::feedback`]).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::text::{line, text_type};

/// One question, on one line of at most 200 characters, that can be answered with bad or good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Question(Arc<str>);
text_type!(Question);

impl Question {
    /// The most characters.
    pub const MAX: usize = 200;

    /// Reads a question.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        line("question", text, Self::MAX).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_one_line() {
        assert_eq!(Question::parse(" How was it? ").unwrap().as_str(), "How was it?");
        assert!(Question::parse(&"؟".repeat(200)).is_ok());
        for text in ["", "  ", "a\nb", &"?".repeat(201)] {
            assert!(Question::parse(text).is_err(), "{text:?}");
        }
    }
}
