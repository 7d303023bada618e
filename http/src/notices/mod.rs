//! What the staff are told, each person for themselves.

mod push;
mod settings;

use std::sync::Arc;

use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::id::{AccountId, ConversationId, NoticeId, PermissionId, WebhookId};
use brigade_domain::notices::ports::{Notice, NoticeSettings, Notices, Subject, WhatRead};
use brigade_domain::notices::push::Devices;
use brigade_domain::notices::{Kind, MOST};
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::webhooks::address::Policy;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::settings::unsubscribe_link;
use crate::envelope::{Data, Done};
use crate::guard::Person;
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

/// What this feature needs.
#[derive(Clone)]
pub struct Ports {
    /// What was told.
    pub notices: Arc<dyn Notices>,
    /// How people are told.
    pub settings: Arc<dyn NoticeSettings>,
    /// Devices that are told while no page is open on them.
    pub devices: Arc<dyn Devices>,
    /// Where push services may be.
    pub push_policy: Policy,
}

/// The routes of this feature.
pub fn routes() -> Routes {
    Routes::new().with(routes![list, read]).with(settings::routes()).with(push::routes())
}

/// One thing that I was told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notice)]
pub(crate) struct NoticeView {
    /// `ntc_…`
    #[schema(value_type = String)]
    id: NoticeId,
    /// `assigned`, `mentioned`, `answered`, `waiting`, `due`, `accepted`, `entrusted`, `held_back`, `webhook_off` or
    /// `support_came`.
    #[schema(value_type = String)]
    kind: Kind,
    /// The conversation it is about, or the account's newest: `cnv_…`
    #[schema(value_type = Option<String>)]
    conversation: Option<ConversationId>,
    /// The account it is about: `acc_…`
    #[schema(value_type = Option<String>)]
    account: Option<AccountId>,
    /// The webhook it is about: `whk_…`
    #[schema(value_type = Option<String>)]
    webhook: Option<WebhookId>,
    /// The permission under which support looks: `per_…`
    #[schema(value_type = Option<String>)]
    permission: Option<PermissionId>,
    /// What that is called: the customer, the account, the address of the webhook, who of support looks.
    name: String,
    /// How often it happened since it was last read.
    times: u32,
    /// Who did it.
    #[schema(value_type = Option<String>)]
    by: Option<Party>,
    /// What they are called, if it is one of the staff or of support.
    by_name: Option<String>,
    /// The beginning of the note that goes with it, of the newest message, or of what support is to look at.
    words: Option<String>,
    /// Of what is due: when.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    /// Of support: until when it may look, or when that was over.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// When it happened last.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    read: bool,
}

impl From<Notice> for NoticeView {
    fn from(notice: Notice) -> Self {
        let Notice { id, kind, subject, name, times, by, words, due_at, until, at, read } = notice;
        let (conversation, account, webhook, permission) = match subject {
            Subject::Conversation(conversation) => (Some(conversation), None, None, None),
            Subject::Account(account, conversation) => (conversation, Some(account), None, None),
            Subject::Webhook(webhook) => (None, None, Some(webhook), None),
            Subject::Support(permission) => (None, None, None, Some(permission)),
        };
        let (by, by_name) = by.map_or((None, None), |(by, name)| (Some(by), name));
        Self {
            id,
            kind,
            conversation,
            account,
            webhook,
            permission,
            name,
            times,
            by,
            by_name,
            words,
            due_at,
            until,
            at,
            read,
        }
    }
}

/// What I was told, newest first: 200 at most, of the last 30 days. Clients are told nothing here.
#[utoipa::path(get, path = "/v1/notices", tag = "notices", responses((status = 200, body = Vec<NoticeView>)))]
async fn list(who: Person, app: App) -> Answer<Data<Vec<NoticeView>>> {
    let notices = app.notices.notices.list(who.tenant(), who.user()).await?;
    Ok(Data::new(notices.into_iter().map(NoticeView::from).collect()))
}

/// What I have read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadNotices {
    /// What happened after this I have not seen: the newest `at` of those that were shown.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// Only these: `ntc_…`, at most 200.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    ids: Option<Vec<NoticeId>>,
    /// Only what is about this conversation: `cnv_…`
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    conversation: Option<ConversationId>,
}

/// Marks what I was told as read, on all of my devices. Without `ids` and `conversation`: all of it.
#[utoipa::path(post, path = "/v1/notices/read", tag = "notices", request_body = ReadNotices,
    responses((status = 200, body = Done)))]
async fn read(who: Person, app: App, Body(body): Body<ReadNotices>) -> Answer<Data<Done>> {
    let what = match (body.ids, body.conversation) {
        (Some(_), Some(_)) => {
            return Err(Refusal::new(Code::InvalidInput, "Name notices, or a conversation, not both.").into());
        }
        (Some(ids), None) if ids.len() > usize::from(MOST) => {
            return Err(Refusal::invalid("ids", format!("At most {MOST} at once.")).into());
        }
        (Some(ids), None) => WhatRead::Some(ids),
        (None, Some(conversation)) => WhatRead::Conversation(conversation),
        (None, None) => WhatRead::All,
    };
    app.notices.notices.read(who.tenant(), who.user(), what, body.until, who.at()).await?;
    Ok(Data::done())
}
