//! How notices are kept and read. Implemented by `store/`.

use super::Kind;
use crate::Timestamp;
use crate::actor::Party;
use crate::id::{AccountId, ConversationId, NoticeId, TenantId, UserId, WebhookId};
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};

/// What a notice is about, and where it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A conversation.
    Conversation(ConversationId),
    /// An account; the conversation is the newest that belongs to it.
    Account(AccountId, Option<ConversationId>),
    /// A webhook.
    Webhook(WebhookId),
}

/// One thing that somebody was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Which.
    pub id: NoticeId,
    /// What.
    pub kind: Kind,
    /// Of what.
    pub subject: Subject,
    /// What that is called: the customer, the account, the address of the webhook.
    pub name: String,
    /// How often it happened since it was last read.
    pub times: u32,
    /// Who did it, and what they are called if it is one of the staff.
    pub by: Option<(Party, Option<String>)>,
    /// The beginning of the note that goes with it, or of the newest message.
    pub words: Option<String>,
    /// When the first thing is due, of what is due.
    pub due_at: Option<Timestamp>,
    /// When it happened last.
    pub at: Timestamp,
    /// Whether it was read.
    pub read: bool,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhatRead {
    /// Everything.
    All,
    /// These.
    Some(Vec<NoticeId>),
    /// All about this conversation.
    Conversation(ConversationId),
}

/// What people are told.
pub trait Notices: Send + Sync + 'static {
    /// Somebody's own, newest first, at most [`super::MOST`].
    fn list(&self, tenant: TenantId, user: UserId) -> BoxFuture<'static, Result<Vec<Notice>, Fault>>;

    /// They were read, as far as they had happened by `until`, at `at`.
    fn read(
        &self,
        tenant: TenantId,
        user: UserId,
        what: WhatRead,
        until: Timestamp,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<(), Rejection>>;
}
