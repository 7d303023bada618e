//! What each member of the staff is told: that something concerns them while they look elsewhere.
//!
//! | want to know … | look in |
//! |---|---|
//! | what there is to tell | [`Kind`] |
//! | who is told what of new lines of a log | [`tell`] |
//! | what people want to be told, how, and when not | [`settings`] |
//! | how it is kept and read | [`ports`] |
//! | what reaches a device on which no page is open | [`push`] |
//!
//! A notice is one thing of one person: ten messages of one customer are one, which counts up until it is read, and is there
//! anew afterwards. It is made from committed lines (docs/decisions/0014), so it can be late, but neither lost nor double.

pub mod ports;
pub mod push;
pub mod settings;
pub mod tell;

use serde::{Deserialize, Serialize};

/// A person keeps at most so many in one tenant: the oldest make room.
pub const MOST: u16 = 200;

/// After so many days one is taken away, read or not.
pub const KEPT_DAYS: i32 = 30;

/// So many characters of a message or note are shown.
pub const WORDS: u16 = 140;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal;)*) => {
        /// What is told.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[doc = $doc])+ #[serde(rename = $text)] $name,)*
        }

        impl Kind {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

kinds! {
    /// A conversation was given to one.
    Assigned = "assigned";
    /// One was meant by name.
    Mentioned = "mentioned";
    /// A customer wrote in a conversation of one's own.
    Answered = "answered";
    /// A customer waits, and nobody has the conversation.
    Waiting = "waiting";
    /// In a conversation of one's own something is due soon, or was missed.
    Due = "due";
    /// Whom one invited has accepted and is a client now.
    Accepted = "accepted";
    /// One is the manager of an account from now on.
    Entrusted = "entrusted";
    /// A message that one has scheduled was not sent.
    HeldBack = "held_back";
    /// A webhook was switched off, because nothing arrived any more.
    WebhookOff = "webhook_off";
    /// Somebody of the platform's support has begun to look into the business (decision 0017).
    SupportCame = "support_came";
}

impl Kind {
    /// Whether what happens again before it is read is counted; otherwise only the last counts.
    pub const fn counts_up(self) -> bool {
        match self {
            Self::Mentioned | Self::Answered | Self::Waiting | Self::HeldBack => true,
            Self::Assigned | Self::Due | Self::Accepted | Self::Entrusted | Self::WebhookOff | Self::SupportCame => {
                false
            }
        }
    }

    /// Whether somebody may choose not to be told it at all. Who reads what customers wrote is every admin's to know, also when
    /// another admin, or whoever sits at an admin's page, would rather they did not. How loudly it is told is still theirs to choose.
    pub const fn may_be_off(self) -> bool {
        match self {
            Self::Assigned
            | Self::Mentioned
            | Self::Answered
            | Self::Waiting
            | Self::Due
            | Self::Accepted
            | Self::Entrusted
            | Self::HeldBack
            | Self::WebhookOff => true,
            Self::SupportCame => false,
        }
    }
}
