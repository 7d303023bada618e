//! How notices are kept and read. Implemented by `store/`.

use super::Kind;
use super::settings::Settings;
use crate::Timestamp;
use crate::actor::Party;
use crate::id::{AccountId, ConversationId, NoticeId, PermissionId, TenantId, UserId, WebhookId};
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
    /// A permission for the platform's support to look.
    Support(PermissionId),
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
    /// What that is called: the customer, the account, the address of the webhook, who of support looks.
    pub name: String,
    /// How often it happened since it was last read.
    pub times: u32,
    /// Who did it, and what they are called if it is one of the staff or of support.
    pub by: Option<(Party, Option<String>)>,
    /// The beginning of the note that goes with it, of the newest message, or of what support is to look at.
    pub words: Option<String>,
    /// When the first thing is due, of what is due.
    pub due_at: Option<Timestamp>,
    /// Until when support may look, or when that was over.
    pub until: Option<Timestamp>,
    /// When it happened last.
    pub at: Timestamp,
    /// Whether it was read.
    pub read: bool,
}

impl Notice {
    /// What it says in a letter: whom it is about, and no word of what was written.
    pub fn in_a_letter(&self) -> String {
        let name = &self.name;
        let who = self.by.as_ref().and_then(|(_, name)| name.as_deref()).unwrap_or("Brigade");
        match self.kind {
            Kind::Assigned => format!("{who} gave you {name}."),
            Kind::Mentioned => format!("{who} mentioned you: {name}."),
            Kind::Answered if self.times > 1 => format!("{} new messages from {name}.", self.times),
            Kind::Answered => format!("A new message from {name}."),
            Kind::Waiting => format!("{name} waits, and nobody has the conversation."),
            Kind::Due => format!("Something {name} waits for is due or was missed."),
            Kind::Accepted => format!("{name} accepted your invitation and is a client now."),
            Kind::Entrusted => format!("{who} made you the account manager of {name}."),
            Kind::HeldBack if self.times > 1 => format!("{} scheduled messages to {name} were held back.", self.times),
            Kind::HeldBack => format!("A scheduled message to {name} was held back."),
            Kind::WebhookOff => format!("A webhook was switched off: {name}"),
            Kind::SupportCame => format!("{name} of the platform’s support came to look into your business."),
        }
    }

    /// Where it leads, below the origin.
    pub fn path(&self) -> String {
        match self.subject {
            Subject::Conversation(conversation) | Subject::Account(_, Some(conversation)) => {
                format!("/inbox?c={conversation}")
            }
            Subject::Account(_, None) => "/inbox".to_owned(),
            Subject::Webhook(_) => "/settings#webhooks".to_owned(),
            Subject::Support(_) => "/settings#support".to_owned(),
        }
    }
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

/// How people are told.
pub trait NoticeSettings: Send + Sync + 'static {
    /// Somebody's own, or as they come.
    fn settings(&self, user: UserId) -> BoxFuture<'static, Result<Settings, Fault>>;

    /// Keeps them for whoever has seen `wanted.rev`; otherwise [`crate::refusal::Code::Conflict`]. Their other pages in
    /// `tenant` hear of it.
    fn keep_settings(
        &self,
        tenant: TenantId,
        user: UserId,
        wanted: Settings,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<Settings, Rejection>>;

    /// Writes to them no more.
    fn unsubscribe(&self, user: UserId, at: Timestamp) -> BoxFuture<'static, Result<(), Rejection>>;
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
