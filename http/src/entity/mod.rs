//! What every entity answers over HTTP alike: its state, its log, its commands. The features mount it under their
//! names.
//!
//! Authority is the entity's own: each of these asks the entity as the caller, so that what is not the caller's looks
//! like what is not there, over HTTP as over the socket.

mod glance;
mod log;

use std::sync::Arc;

use brigade_actors::Command;
use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::entity::{Audience, EntityKey, Seq};
use brigade_domain::id::TenantId;
use brigade_domain::journal::RequestKey;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

pub(crate) use glance::glance;
pub use glance::{SeenView, look};
pub(crate) use log::{LogQuery, LogView, log};

use crate::App;
use crate::guard::Participant;
use crate::problem::Answer;

/// A command, as over the socket.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandBody {
    /// The caller's own key, a UUID: sent twice it happens once.
    #[schema(value_type = String)]
    id: Uuid,
    /// The command's type, such as `send`.
    #[serde(rename = "type")]
    kind: String,
    /// Its body.
    #[schema(value_type = Object)]
    body: Box<RawValue>,
}

/// A command that is committed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AcceptedView {
    /// The key it was sent with.
    #[schema(value_type = String)]
    id: Uuid,
    /// The last entry it made, or the one it found nothing to do at.
    seq: Seq,
}

/// Gives a caller's command to an entity of its tenant.
pub(crate) async fn give(
    app: &App,
    who: &Participant,
    entity: EntityKey,
    command: CommandBody,
) -> Answer<AcceptedView> {
    let CommandBody { id, kind, body } = command;
    let seq = ask(app, who.actor(), entity, who.at(), id, &kind, body.get()).await?;
    Ok(AcceptedView { id, seq })
}

/// Asks an entity for something, with `request` as the key.
pub(crate) async fn ask(
    app: &App,
    actor: &Arc<Actor>,
    entity: EntityKey,
    at: Timestamp,
    request: Uuid,
    kind: &str,
    body: &str,
) -> Answer<Seq> {
    let command = Command {
        request: RequestKey::of(request, actor.party, kind, body),
        actor: Arc::clone(actor),
        at,
        kind: kind.into(),
        body: body.into(),
    };
    Ok(app.directory.ask(entity, command).await?.seq)
}

/// What a caller who may see an entity sees of it.
pub(crate) fn audience(actor: &Actor, tenant: TenantId) -> Audience {
    if actor.sees_as_staff_of(tenant) { Audience::Staff } else { Audience::Customer }
}
