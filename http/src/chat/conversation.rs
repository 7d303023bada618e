//! One conversation: its state, its log, its commands.

use brigade_domain::entity::EntityKey;
use brigade_domain::id::ConversationId;

use crate::entity::{AcceptedView, CommandBody, LogQuery, LogView, SeenView, give, glance, log};
use crate::envelope::Data;
use crate::guard::{Participant, ParticipantOrSupport};
use crate::input::{At, Body, Params};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![read, entries, command]
}

/// A conversation as I see it, with its newest messages.
#[utoipa::path(get, path = "/v1/conversations/{id}", tag = "chat",
    params(("id" = String, Path, description = "`cnv_…`")), responses((status = 200, body = SeenView)))]
async fn read(who: ParticipantOrSupport, app: App, At(id): At<ConversationId>) -> Answer<Data<SeenView>> {
    Ok(Data::new(glance(&app, who.actor(), EntityKey::new(who.tenant(), id)).await?))
}

/// A page of its log, the same lines as over the socket.
#[utoipa::path(get, path = "/v1/conversations/{id}/log", tag = "chat",
    params(("id" = String, Path, description = "`cnv_…`"),
           ("after" = Option<u64>, Query, description = "Entries after this one."),
           ("before" = Option<u64>, Query, description = "The entries just before this one."),
           ("limit" = Option<u16>, Query, description = "1 to 500, 100 if left out.")),
    responses((status = 200, body = LogView)))]
async fn entries(
    who: ParticipantOrSupport,
    app: App,
    At(id): At<ConversationId>,
    Params(query): Params<LogQuery>,
) -> Answer<Data<LogView>> {
    Ok(Data::new(log(&app, who.actor(), EntityKey::new(who.tenant(), id), &query).await?))
}

/// Gives it a command, as over the socket.
#[utoipa::path(post, path = "/v1/conversations/{id}/commands", tag = "chat", request_body = CommandBody,
    params(("id" = String, Path, description = "`cnv_…`")), responses((status = 200, body = AcceptedView)))]
async fn command(
    who: Participant,
    app: App,
    At(id): At<ConversationId>,
    Body(body): Body<CommandBody>,
) -> Answer<Data<AcceptedView>> {
    Ok(Data::new(give(&app, &who, EntityKey::new(who.tenant(), id), body).await?))
}
