//! How the staff sort conversations among themselves: what is urgent, what they are about, and when to come back to one.
//! Customers see nothing of it.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// The most labels on one conversation.
pub const MAX_LABELS: usize = 20;

/// How far ahead a conversation can be put off.
pub const LONGEST_SNOOZE: SignedDuration = SignedDuration::from_hours(24 * 366);

/// How urgent a conversation is, as the staff see it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// Like any other.
    #[default]
    Normal,
    /// Before the others.
    High,
    /// Now.
    Urgent,
}

impl Priority {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// Whether it is like any other: lists say nothing then.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
    pub(super) fn is_normal(&self) -> bool {
        *self == Self::Normal
    }
}
