//! What passes through a conversation and is never stored: who is writing, who is looking.

use crate::entity::Hearers;

/// A signal of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// A message is being written.
    Typing,
    /// A note among staff is being written.
    Noting,
    /// Somebody of the staff has the conversation before them.
    Looking,
}

impl Signal {
    /// Every signal.
    pub const ALL: [Self; 3] = [Self::Typing, Self::Noting, Self::Looking];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Typing => "typing",
            Self::Noting => "noting",
            Self::Looking => "looking",
        }
    }

    /// The signal of that name, if there is one.
    pub fn of(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|signal| signal.as_str() == kind)
    }

    /// Who hears it.
    pub const fn hearers(self) -> Hearers {
        match self {
            Self::Typing => Hearers::Everybody,
            Self::Noting | Self::Looking => Hearers::Staff,
        }
    }
}
