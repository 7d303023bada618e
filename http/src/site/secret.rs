//! The secret with which a business's own server signs who a visitor is.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brigade_domain::Timestamp;
use brigade_domain::identity::Secret;
use brigade_domain::identity::ports::SecretState;
use rand::RngExt as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::envelope::{Data, Done};
use crate::guard::{AdminPerson, TenantAdmin};
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![look, renew, end]
}

/// With what a business's own server signs who a visitor is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IdentitySecretView {
    /// How often it was made, replaced or ended: 0 when there has never been one.
    rev: u32,
    /// Null when there is none, and nobody can be identified.
    #[schema(value_type = Option<String>, format = DateTime)]
    made_at: Option<Timestamp>,
    /// Until then the secret before counts too.
    #[schema(value_type = Option<String>, format = DateTime)]
    previous_until: Option<Timestamp>,
    /// The secret: only in the answer that makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl IdentitySecretView {
    fn of(state: &SecretState, secret: Option<&Secret>) -> Self {
        let SecretState { rev, made_at, previous_until } = *state;
        Self { rev, made_at, previous_until, secret: secret.map(|secret| secret.expose().to_owned()) }
    }
}

/// Whether the business's own site can say who a visitor is.
#[utoipa::path(get, path = "/v1/tenant/identity-secret", tag = "tenant", responses((status = 200, body = IdentitySecretView)))]
async fn look(who: TenantAdmin, app: App) -> Answer<Data<IdentitySecretView>> {
    let state = app.identity.identity_secrets.state(who.tenant()).await?;
    Ok(Data::new(IdentitySecretView::of(&state, None)))
}

/// Which one is replaced.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RenewIdentitySecret {
    /// Which one was seen: when it was changed since, this is a `CONFLICT`.
    rev: u32,
}

/// Makes the secret, or a new one in its place: then the one before counts for 24 hours more. Shown this once.
#[utoipa::path(post, path = "/v1/tenant/identity-secret", tag = "tenant", request_body = RenewIdentitySecret,
    responses((status = 200, body = IdentitySecretView)))]
async fn renew(who: AdminPerson, app: App, Body(body): Body<RenewIdentitySecret>) -> Answer<Data<IdentitySecretView>> {
    let bytes: [u8; 32] = rand::rng().random();
    let secret = Secret::new(format!("idsec_{}", URL_SAFE_NO_PAD.encode(bytes)));
    let state = app.identity.identity_secrets.renew(who.tenant(), body.rev, secret.clone(), who.cause()).await?;
    Ok(Data::new(IdentitySecretView::of(&state, Some(&secret))))
}

/// Ends the secret, and the one before, at once: nobody is identified any more. Who was stays so.
#[utoipa::path(delete, path = "/v1/tenant/identity-secret", tag = "tenant", responses((status = 200, body = Done)))]
async fn end(who: AdminPerson, app: App) -> Answer<Data<Done>> {
    app.identity.identity_secrets.end(who.tenant(), who.cause()).await?;
    Ok(Data::done())
}
