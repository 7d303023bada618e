//! What happens to an account. The log keeps these for ever: a field may be added with a default, never renamed.

use serde::{Deserialize, Serialize};

use super::lifecycle::{Lifecycle, Onboarding};
use crate::entity::Seq;
use crate::id::{ConversationId, UserId};
use crate::text::DisplayName;

/// An event of an account. Members see them all: it is their relationship.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum Event {
    /// It began.
    Opened {
        /// What it is called.
        name: DisplayName,
        /// The conversation it came from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
    },
    /// A person belongs to it.
    MemberAdded {
        /// Who.
        user: UserId,
        /// What the person is called.
        name: DisplayName,
    },
    /// A person no longer belongs to it.
    MemberRemoved {
        /// Who.
        user: UserId,
    },
    /// Another member of staff is responsible, or nobody.
    ManagerSet {
        /// Who.
        manager: Option<UserId>,
    },
    /// The relationship took a step.
    Advanced {
        /// From where.
        from: Lifecycle,
        /// To where.
        to: Lifecycle,
        /// How, when it is to onboarding.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        onboarding: Option<Onboarding>,
    },
    /// It is called something else.
    Renamed {
        /// What.
        name: DisplayName,
    },
    /// A conversation belongs to it.
    ConversationLinked {
        /// Which.
        conversation: ConversationId,
        /// As of which entry of the conversation's log.
        rev: Seq,
    },
    /// A conversation no longer belongs to it.
    ConversationUnlinked {
        /// Which.
        conversation: ConversationId,
        /// As of which entry of the conversation's log.
        rev: Seq,
    },
}
