//! Visitors whom the staff have blocked: they read what was said and write nothing more.
//!
//! A browser that has begun a chat keeps that one, so blocking is the conversation's: there is nothing else to know a
//! visitor by, and nothing else is kept. An e-mail address that was left can be blocked with it: whoever leaves the same
//! one in another chat is blocked there too ([`LOOK`]). What a visitor becomes as a client is not concerned.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::command::Command;
use super::standing::Standing;
use super::state::Conversation;
use crate::Timestamp;
use crate::actor::Party;
use crate::entity::{Job, Seq};
use crate::id::{ConversationId, TenantId, VisitorId};
use crate::journal::BoxFuture;
use crate::refusal::{Code, Fault, Refusal};
use crate::text::{DisplayName, Email, paragraph, text_type};

/// The task that blocks a visitor who has left an address that is blocked.
pub const LOOK: &str = "blocks.look";

/// The most blocked visitors of one page.
pub const PAGE: u16 = 50;

/// Why somebody is blocked, for the staff: 1 to 500 characters after trimming.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reason(Arc<str>);
text_type!(Reason);

impl Reason {
    /// The most characters.
    pub const MAX: usize = 500;

    /// Reads a reason.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        paragraph("reason", text, 1, Self::MAX).map(Self)
    }
}

/// That a visitor is blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// By whom.
    pub by: Party,
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
    /// The address that is blocked too.
    pub email: Option<Email>,
}

/// A blocked visitor, as the list of them has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// Whose chat it is in.
    pub conversation: ConversationId,
    /// Who.
    pub visitor: VisitorId,
    /// What the staff call them.
    pub name: DisplayName,
    /// The entry that says so: what was written before it stays.
    pub rev: Seq,
    /// By whom, since when and why.
    pub block: Block,
}

/// Where a page of the list goes on: after this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// Since when they are blocked.
    pub at: Timestamp,
    /// Their chat.
    pub conversation: ConversationId,
}

/// What the staff and the worker look up of blocked visitors.
pub trait Blocks: Send + Sync + 'static {
    /// Who is blocked, the newest first, at most [`PAGE`].
    fn page(&self, tenant: TenantId, after: Option<After>) -> BoxFuture<'static, Result<Vec<Blocked>, Fault>>;

    /// Whether this address is blocked.
    fn is_blocked(&self, tenant: TenantId, email: Email) -> BoxFuture<'static, Result<bool, Fault>>;
}

/// What the task [`LOOK`] needs. The address is the conversation's to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToLook {
    /// Which conversation.
    pub conversation: ConversationId,
    /// The entry that left the address.
    pub rev: Seq,
}

impl ToLook {
    /// The job.
    pub fn job(self) -> Job {
        Job::new(LOOK, json!(self))
    }
}

impl Conversation {
    /// A blocked visitor reads, and takes away what is their own: nothing else.
    pub(super) fn check_blocked(&self, standing: Standing, command: &Command) -> Result<(), Refusal> {
        let harmless = matches!(command, Command::Read { .. } | Command::Delete { .. });
        if harmless || self.may_write(standing) { Ok(()) } else { Err(stopped()) }
    }

    pub(super) fn is_blocked(&mut self, by: Party, at: Timestamp, reason: &Reason, email: Option<&Email>) {
        self.blocked = Some(Block { by, at, reason: reason.clone(), email: email.cloned() });
    }

    /// Whether somebody may write here at all.
    pub(super) fn may_write(&self, standing: Standing) -> bool {
        standing != Standing::Visitor || self.blocked.is_none()
    }
}

/// What a blocked visitor is told: no reason, nobody's name, and that nothing is lost.
pub const STOPPED: &str =
    "You can read this conversation, but not write in it any more. Nothing you have written is lost.";

/// That somebody is blocked, as they are told.
pub fn stopped() -> Refusal {
    Refusal::new(Code::Forbidden, STOPPED).with_details(json!({ "reason": "blocked" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_said() {
        assert_eq!(Reason::parse(" Spam\nagain ").unwrap().as_str(), "Spam\nagain");
        assert!(Reason::parse(&"م".repeat(500)).is_ok());
        for text in ["", " \n ", "a\u{7}", &"é".repeat(501)] {
            assert!(Reason::parse(text).is_err(), "{text:?}");
        }
    }
}
