//! A tenant's canned replies: the staff read them, admins change them.

use brigade_domain::chat::canned::{KeptReply, Reply, ReplyText, Shortcut};
use brigade_domain::id::ReplyId;
use brigade_domain::refusal::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::envelope::{Data, Done};
use crate::guard::{Staff, TenantAdmin};
use crate::input::{At, Body};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![list, create, change, remove]
}

/// A canned reply.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReplyView {
    #[schema(value_type = String)]
    id: ReplyId,
    /// How often it was changed, from 1 on.
    rev: u32,
    #[schema(value_type = String)]
    shortcut: Shortcut,
    /// With `{{customer.first_name}}` and the like where something is filled in.
    #[schema(value_type = String)]
    text: ReplyText,
}

impl From<KeptReply> for ReplyView {
    fn from(KeptReply { id, rev, reply }: KeptReply) -> Self {
        Self { id, rev, shortcut: reply.shortcut, text: reply.text }
    }
}

/// All canned replies, by their shortcuts: 500 at most.
#[utoipa::path(get, path = "/v1/tenant/replies", tag = "tenant", responses((status = 200, body = Vec<ReplyView>)))]
async fn list(who: Staff, app: App) -> Answer<Data<Vec<ReplyView>>> {
    let replies = app.chat.canned.list(who.tenant()).await?;
    Ok(Data::new(replies.into_iter().map(ReplyView::from).collect()))
}

/// A canned reply to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateReply {
    /// 1 to 32 lower-case letters, digits and hyphens; no two are the same.
    shortcut: String,
    /// 1 to 4,000 characters. `{{customer.name}}`, `{{customer.first_name}}`, `{{agent.name}}`, `{{agent.first_name}}` and
    /// `{{business.name}}` are filled in by whoever sends it, with `{{customer.first_name|friend}}` when that is not known.
    text: String,
}

/// Makes a canned reply.
#[utoipa::path(post, path = "/v1/tenant/replies", tag = "tenant", request_body = CreateReply,
    responses((status = 200, body = ReplyView)))]
async fn create(who: TenantAdmin, app: App, Body(body): Body<CreateReply>) -> Answer<Data<ReplyView>> {
    let (id, reply) = (ReplyId::from_uuid(Uuid::now_v7()), read(&body.shortcut, &body.text)?);
    Ok(Data::new(app.chat.canned.create(who.tenant(), id, reply, who.cause()).await?.into()))
}

/// What a canned reply is to become.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeReply {
    /// Which one was seen: when somebody else has changed it since, this is a `CONFLICT`.
    rev: u32,
    /// As when it is made.
    shortcut: String,
    /// As when it is made.
    text: String,
}

/// Changes a canned reply.
#[utoipa::path(put, path = "/v1/tenant/replies/{id}", tag = "tenant", request_body = ChangeReply,
    params(("id" = String, Path, description = "`rep_…`")), responses((status = 200, body = ReplyView)))]
async fn change(
    who: TenantAdmin,
    app: App,
    At(id): At<ReplyId>,
    Body(body): Body<ChangeReply>,
) -> Answer<Data<ReplyView>> {
    let reply = read(&body.shortcut, &body.text)?;
    Ok(Data::new(app.chat.canned.change(who.tenant(), id, body.rev, reply, who.cause()).await?.into()))
}

/// Removes a canned reply.
#[utoipa::path(delete, path = "/v1/tenant/replies/{id}", tag = "tenant",
    params(("id" = String, Path, description = "`rep_…`")), responses((status = 200, body = Done)))]
async fn remove(who: TenantAdmin, app: App, At(id): At<ReplyId>) -> Answer<Data<Done>> {
    app.chat.canned.remove(who.tenant(), id, who.cause()).await?;
    Ok(Data::done())
}

fn read(shortcut: &str, text: &str) -> Result<Reply, Refusal> {
    Ok(Reply { shortcut: Shortcut::parse(shortcut)?, text: ReplyText::parse(text)? })
}
