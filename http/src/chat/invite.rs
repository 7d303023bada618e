//! From a conversation to a client, and back (BK-IDN-04 to -06).

use std::sync::Arc;

use brigade_domain::actor::Actor;
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{ConversationId, InvitationId};
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::text::{DisplayName, Email};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::entity::{ask, glance};
use crate::envelope::{Data, Done};
use crate::guard::{Staff, TenantAdmin};
use crate::identity::invitations::invite_client;
use crate::input::{At, Body};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![invite, take_back]
}

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InviteClient {
    email: String,
    name: String,
}

/// An invitation that was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitedClient {
    #[schema(value_type = String)]
    id: InvitationId,
}

/// Invites the visitor of a conversation to become a client: a letter with a link that works for 7 days. On accepting,
/// the conversation and its history belong to the client's account.
#[utoipa::path(post, path = "/v1/conversations/{id}/invitations", tag = "chat", request_body = InviteClient,
    params(("id" = String, Path, description = "`cnv_…`")), responses((status = 200, body = InvitedClient)))]
async fn invite(
    who: Staff,
    app: App,
    At(id): At<ConversationId>,
    Body(body): Body<InviteClient>,
) -> Answer<Data<InvitedClient>> {
    let (email, name) = (Email::parse("email", &body.email)?, DisplayName::parse("name", &body.name)?);
    let entity = EntityKey::new(who.tenant(), id);
    // The same rule as in the conversation, asked before the letter is on its way.
    let seen = glance(&app, who.actor(), entity).await?;
    if !seen.state["account"].is_null() {
        return Err(Refusal::new(Code::Conflict, "This conversation belongs to a client already.").into());
    }
    let invitation = invite_client(&app, who.tenant(), id, email.clone(), name.clone(), who.cause()).await?;
    let inviter = who.actor().party.user();
    let body = json!({ "invitation": invitation, "email": email, "name": name, "inviter": inviter }).to_string();
    let system = Arc::new(Actor::system(who.tenant()));
    // Should this fail, the letter works all the same: accepting needs no word of it in the conversation.
    ask(&app, &system, entity, who.at(), invitation.uuid(), "invite", &body).await?;
    Ok(Data::new(InvitedClient { id: invitation }))
}

/// Takes a conversation back from the account it was handed to: it is its visitor's again.
#[utoipa::path(post, path = "/v1/conversations/{id}/take-back", tag = "chat", request_body = NoBody,
    params(("id" = String, Path, description = "`cnv_…`")), responses((status = 200, body = Done)))]
async fn take_back(
    who: TenantAdmin,
    app: App,
    At(id): At<ConversationId>,
    Body(NoBody {}): Body<NoBody>,
) -> Answer<Data<Done>> {
    let entity = EntityKey::new(who.tenant(), id);
    ask(&app, who.actor(), entity, who.at(), Uuid::now_v7(), "take_back", "{}").await?;
    Ok(Data::done())
}

/// `{}`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoBody {}
