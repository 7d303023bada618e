//! What is due when: the next answer and the solution, as far as the business has set itself targets
//! ([`crate::tenant::targets`]). Customers see nothing of it.
//!
//! A matter ([`super::matter`]) begins with a customer's message and ends when the conversation is resolved. The clock of an answer runs
//! while the customer waits, that of the solution as long as there is a matter; putting a conversation off stops
//! neither, for the customer knows nothing of it.

use serde::{Deserialize, Serialize};

pub use crate::tenant::targets::Due;

/// What is due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dues {
    /// The next answer, while the customer waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Due>,
    /// The solution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Due>,
}

impl Dues {
    /// When the first of them is due, and from when on the first is soon.
    pub fn first(self) -> Option<Due> {
        let each = || self.answer.into_iter().chain(self.resolution);
        let (at, warn_at) = (each().map(|due| due.at).min()?, each().map(|due| due.warn_at).min()?);
        Some(Due { at, warn_at })
    }
}

/// How a conversation stands to what is due in it; what was missed is more than due soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Something is due soon.
    Soon,
    /// Something was due and is not done.
    Missed,
}

impl Urgency {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Soon => "soon",
            Self::Missed => "missed",
        }
    }
}
