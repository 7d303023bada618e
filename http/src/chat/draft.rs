//! What a person has begun to write: theirs alone, on all of their devices.

use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::chat::draft::{Begun, Desk, Draft, DraftKind, DraftText, KeptDraft, Sight};
use brigade_domain::entity::{EntityKey, Seq};
use brigade_domain::id::{ConversationId, TenantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::{audience, glance};
use crate::envelope::{Data, Done};
use crate::guard::Person;
use crate::input::{At, Body, Params};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![list, read, keep, remove]
}

/// What I have begun in a conversation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Draft)]
pub(crate) struct DraftView {
    /// Which version: greater with every change, also over a removal.
    rev: u64,
    /// `send` or `note`.
    #[schema(value_type = String)]
    kind: DraftKind,
    #[schema(value_type = String)]
    text: DraftText,
    /// The newest entry that was seen when it was begun.
    since: Seq,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl From<KeptDraft> for DraftView {
    fn from(KeptDraft { rev, draft: Draft { kind, text, since }, at }: KeptDraft) -> Self {
        Self { rev, kind, text, since, at }
    }
}

/// A conversation in which I have begun something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Begun)]
pub(crate) struct BegunDraftView {
    /// `cnv_…`
    #[schema(value_type = String)]
    conversation: ConversationId,
    /// `send` or `note`.
    #[schema(value_type = String)]
    kind: DraftKind,
    /// Its first 120 characters.
    words: String,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl From<Begun> for BegunDraftView {
    fn from(Begun { conversation, kind, words, at }: Begun) -> Self {
        Self { conversation, kind, words, at }
    }
}

/// All that I have begun and not sent, newest first: 500 at most.
#[utoipa::path(get, path = "/v1/drafts", tag = "chat", responses((status = 200, body = Vec<BegunDraftView>)))]
async fn list(who: Person, app: App) -> Answer<Data<Vec<BegunDraftView>>> {
    let begun = app.chat.drafts.list(who.tenant(), who.user(), sight(who.actor(), who.tenant())).await?;
    let shown = |begun: &Begun| can_write(&who, begun.kind);
    Ok(Data::new(begun.into_iter().filter(shown).map(BegunDraftView::from).collect()))
}

fn sight(actor: &Actor, tenant: TenantId) -> Sight {
    if actor.is_staff_of(tenant) { Sight::Tenant } else { Sight::Accounts(actor.accounts.to_vec()) }
}

/// Whoever is a client by now does not go on with a note from before.
fn can_write(who: &Person, kind: DraftKind) -> bool {
    kind.check(audience(who.actor(), who.tenant())).is_ok()
}

/// What I have begun in this conversation; null when that is nothing.
#[utoipa::path(get, path = "/v1/conversations/{id}/draft", tag = "chat",
    params(("id" = String, Path, description = "`cnv_…`")), responses((status = 200, body = Option<DraftView>)))]
async fn read(who: Person, app: App, At(id): At<ConversationId>) -> Answer<Data<Option<DraftView>>> {
    let desk = desk(&who, &app, id).await?;
    let kept = app.chat.drafts.find(who.tenant(), desk).await?;
    Ok(Data::new(kept.filter(|kept| can_write(&who, kept.draft.kind)).map(DraftView::from)))
}

/// What is to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeepDraft {
    /// Which one was seen, 0 for none: when another device has changed it since, this is a `CONFLICT` with what is kept now as
    /// `draft` in its details.
    rev: u64,
    /// `send` or, by the staff, `note`.
    #[schema(value_type = String)]
    kind: DraftKind,
    /// As far as it was written: 1 to 4,000 characters.
    text: String,
    /// The newest entry that was seen when it was begun.
    since: Seq,
}

/// Keeps what I have begun for my other devices. Nobody else ever sees it. What was not touched for 90 days is taken away.
#[utoipa::path(put, path = "/v1/conversations/{id}/draft", tag = "chat", request_body = KeepDraft,
    params(("id" = String, Path, description = "`cnv_…`")), responses((status = 200, body = DraftView)))]
async fn keep(
    who: Person,
    app: App,
    At(id): At<ConversationId>,
    Body(body): Body<KeepDraft>,
) -> Answer<Data<DraftView>> {
    let desk = desk(&who, &app, id).await?;
    body.kind.check(audience(who.actor(), who.tenant()))?;
    let draft = Draft { kind: body.kind, text: DraftText::parse(&body.text)?, since: body.since };
    Ok(Data::new(app.chat.drafts.keep(who.tenant(), desk, body.rev, draft, who.at()).await?.into()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoveQuery {
    rev: u64,
}

/// Takes it away, on all of my devices.
#[utoipa::path(delete, path = "/v1/conversations/{id}/draft", tag = "chat",
    params(("id" = String, Path, description = "`cnv_…`"),
           ("rev" = u64, Query, description = "Which one was seen: when another device has changed it since, this is a `CONFLICT`.")),
    responses((status = 200, body = Done)))]
async fn remove(
    who: Person,
    app: App,
    At(id): At<ConversationId>,
    Params(query): Params<RemoveQuery>,
) -> Answer<Data<Done>> {
    let desk = desk(&who, &app, id).await?;
    app.chat.drafts.remove(who.tenant(), desk, query.rev).await?;
    Ok(Data::done())
}

/// Where the caller writes. Whether they may see the conversation is the conversation's to say.
async fn desk(who: &Person, app: &App, conversation: ConversationId) -> Answer<Desk> {
    glance(app, who.actor(), EntityKey::new(who.tenant(), conversation)).await?;
    Ok(Desk { user: who.user(), conversation })
}
