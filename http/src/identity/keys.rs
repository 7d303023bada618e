//! A tenant's API keys (C28).

use brigade_domain::Timestamp;
use brigade_domain::id::ApiKeyId;
use brigade_domain::identity::ports::{KeyInfo, NewKey};
use brigade_domain::identity::{KeyKind, KeyMode, TenantKey};
use brigade_domain::refusal::{Code, Fault};
use brigade_domain::text::DisplayName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::token;
use crate::envelope::{Data, Done};
use crate::guard::{AdminPerson, TenantAdmin};
use crate::input::{At, Body};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![list, create, rotate, revoke]
}

/// A key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyView {
    #[schema(value_type = String)]
    id: ApiKeyId,
    name: String,
    /// `public` or `secret`.
    #[schema(value_type = String)]
    kind: KeyKind,
    /// `live` or `test`.
    #[schema(value_type = String)]
    mode: KeyMode,
    /// A public key in full; of a secret one its beginning and end.
    shown: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// To the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
    /// The whole key: only in the answer that makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl KeyView {
    fn of(info: KeyInfo, key: Option<&TenantKey>) -> Self {
        Self {
            id: info.id,
            name: info.name,
            kind: info.kind,
            mode: info.mode,
            shown: info.shown,
            created_at: info.created_at,
            last_used_at: info.last_used_at,
            key: key.map(|key| key.expose().to_owned()),
        }
    }
}

/// The keys that work, the newest first.
#[utoipa::path(get, path = "/v1/tenant/keys", tag = "tenant", responses((status = 200, body = Vec<KeyView>)))]
async fn list(who: TenantAdmin, app: App) -> Answer<Data<Vec<KeyView>>> {
    let keys = app.identity.keys.list(who.tenant()).await?;
    Ok(Data::new(keys.into_iter().map(|info| KeyView::of(info, None)).collect()))
}

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateKey {
    /// 1 to 200 characters.
    name: String,
    /// `public` or `secret`.
    #[schema(value_type = String)]
    kind: KeyKind,
    /// `live` or `test`.
    #[schema(value_type = String)]
    mode: KeyMode,
}

/// Makes a key. A secret one is shown this once.
#[utoipa::path(post, path = "/v1/tenant/keys", tag = "tenant", request_body = CreateKey,
    responses((status = 200, body = KeyView)))]
async fn create(who: AdminPerson, app: App, Body(body): Body<CreateKey>) -> Answer<Data<KeyView>> {
    let name = DisplayName::parse("name", &body.name)?;
    let tenant = app.identity.tenants.view(who.tenant()).await?.ok_or(Code::NotFound)?;
    let key = TenantKey::compose(body.kind, body.mode, &tenant.slug, &token::key_characters())
        .map_err(|_| Fault::Internal { what: "compose a key", source: None })?;
    let new = NewKey { id: fresh(), name, key: key.clone() };
    let info = app.identity.keys.create(who.tenant(), new, who.cause()).await?;
    Ok(Data::new(KeyView::of(info, Some(&key))))
}

/// Replaces a key by a new one of the same kind; the old one stops working at once.
#[utoipa::path(post, path = "/v1/tenant/keys/{id}/rotate", tag = "tenant",
    params(("id" = String, Path, description = "`key_…`")), responses((status = 200, body = KeyView)))]
async fn rotate(who: AdminPerson, app: App, At(old): At<ApiKeyId>) -> Answer<Data<KeyView>> {
    let (info, key) =
        app.identity.keys.rotate(who.tenant(), old, fresh(), token::key_characters(), who.cause()).await?;
    Ok(Data::new(KeyView::of(info, Some(&key))))
}

/// Ends a key.
#[utoipa::path(delete, path = "/v1/tenant/keys/{id}", tag = "tenant",
    params(("id" = String, Path, description = "`key_…`")), responses((status = 200, body = Done)))]
async fn revoke(who: AdminPerson, app: App, At(key): At<ApiKeyId>) -> Answer<Data<Done>> {
    app.identity.keys.revoke(who.tenant(), key, who.cause()).await?;
    Ok(Data::done())
}

fn fresh() -> ApiKeyId {
    ApiKeyId::from_uuid(Uuid::now_v7())
}
