//! Drafts: what a person has begun to write in a conversation and not sent, kept for their other devices.
//!
//! A draft is its writer's alone: every method of [`Drafts`] takes whose it is, and there is none that reads another's.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::text::MessageText;
use crate::Timestamp;
use crate::entity::{Audience, Seq};
use crate::id::{AccountId, ConversationId, TenantId, UserId};
use crate::journal::BoxFuture;
use crate::refusal::{Code, Fault, Refusal, Rejection};
use crate::text::{text_type, untrimmed};

/// The most drafts a person has in a tenant.
pub const MOST: u16 = 500;

/// Drafts that nobody has touched for so many days are taken away.
pub const KEPT_DAYS: i32 = 90;

/// So many characters of a draft are shown in a list.
pub const WORDS: u16 = 120;

/// What is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftKind {
    /// A message that everybody is to see.
    Send,
    /// A note among the staff.
    Note,
}

impl DraftKind {
    /// The name in the database and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Note => "note",
        }
    }

    /// Whether somebody on that side can write it: customers write no notes.
    pub fn check(self, audience: Audience) -> Result<(), Refusal> {
        match (self, audience) {
            (Self::Send, Audience::Staff | Audience::Customer) | (Self::Note, Audience::Staff) => Ok(()),
            (Self::Note, Audience::Customer) => {
                Err(Refusal::new(Code::Forbidden, "Only the staff write notes. Keep it as a message."))
            }
        }
    }
}

/// A text as far as it was written: as long as a message can be, spaces at its ends and all. Of the control characters only line feed and tab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DraftText(Arc<str>);
text_type!(DraftText);

impl DraftText {
    /// Reads what was written. Of nothing but spaces there is no draft.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.trim().is_empty() {
            return Err(Refusal::invalid("text", "There is nothing in it. Remove the draft instead."));
        }
        untrimmed("text", text, 1, MessageText::MAX).map(Self)
    }
}

/// What somebody has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// What it is to become.
    pub kind: DraftKind,
    /// As far as it was written.
    pub text: DraftText,
    /// The newest entry that was seen when it was begun.
    pub since: Seq,
}

/// A draft that is kept. As JSON it is what who was late is told with the refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptDraft {
    /// Which version: greater with every change, also over a removal.
    pub rev: u64,
    /// What it is.
    #[serde(flatten)]
    pub draft: Draft,
    /// When it was last changed.
    pub at: Timestamp,
}

/// Another of the writer's devices was quicker; `kept` is what is there now.
pub fn overtaken(kept: Option<&KeptDraft>) -> Refusal {
    let text = "This draft was changed on another device meanwhile. Choose which of the two to keep.";
    Refusal::new(Code::Conflict, text).with_details(json!({ "draft": kept }))
}

/// A draft in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Where.
    pub conversation: ConversationId,
    /// What it is to become.
    pub kind: DraftKind,
    /// Its first [`WORDS`] characters.
    pub words: String,
    /// When it was last changed.
    pub at: Timestamp,
}

/// Where a draft is, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Desk {
    /// Whose.
    pub user: UserId,
    /// In which conversation.
    pub conversation: ConversationId,
}

/// Which conversations a person sees now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// All of the tenant.
    Tenant,
    /// Those of these accounts.
    Accounts(Vec<AccountId>),
}

/// What people have begun to write. Whether the person may see the conversation is asked before.
pub trait Drafts: Send + Sync + 'static {
    /// What is kept, if anything is.
    fn find(&self, tenant: TenantId, desk: Desk) -> BoxFuture<'static, Result<Option<KeptDraft>, Fault>>;

    /// Keeps a draft in place of the one of `rev` (0: there is none). When it is another by now, that is refused as
    /// [`overtaken`], unless it is the very same. [`Code::Conflict`] too, without a `draft` in its details, when there are
    /// [`MOST`] already.
    fn keep(
        &self,
        tenant: TenantId,
        desk: Desk,
        rev: u64,
        draft: Draft,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<KeptDraft, Rejection>>;

    /// Takes the draft of `rev` away; nothing is to do when there is none. Refused as [`overtaken`] when it is another by
    /// now.
    fn remove(&self, tenant: TenantId, desk: Desk, rev: u64) -> BoxFuture<'static, Result<(), Rejection>>;

    /// All that `user` has begun where they see the conversation, newest first.
    fn list(&self, tenant: TenantId, user: UserId, sight: Sight) -> BoxFuture<'static, Result<Vec<Begun>, Fault>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_kept_as_it_was_written() {
        for text in ["x", " Dear Ada,\n\n", "👩🏽‍🍳 مرحبا\t", &"🦀".repeat(4_000)] {
            assert_eq!(DraftText::parse(text).unwrap().as_str(), text);
        }
        for text in
            ["", " \n\t ", "a\u{0}b", "a\rb", "a\u{85}b", &"a".repeat(4_001), &format!(" {}", "a".repeat(4_000))]
        {
            assert_eq!(DraftText::parse(text).unwrap_err().details.unwrap()["field"], "text", "{text:?}");
        }
    }

    #[test]
    fn notes_are_the_staffs() {
        assert_eq!(DraftKind::Note.check(Audience::Customer).unwrap_err().code, Code::Forbidden);
        for (kind, audience) in [
            (DraftKind::Send, Audience::Customer),
            (DraftKind::Send, Audience::Staff),
            (DraftKind::Note, Audience::Staff),
        ] {
            assert!(kind.check(audience).is_ok());
            assert_eq!(serde_json::from_value::<DraftKind>(json!(kind.as_str())).unwrap(), kind);
        }
        assert!(serde_json::from_value::<DraftKind>(json!("edit")).is_err());
    }
}
