//! A tenant's settings.

use std::sync::Arc;

use brigade_actors::Command;
use brigade_domain::actor::Actor;
use brigade_domain::entity::EntityKey;
use brigade_domain::id::TenantId;
use brigade_domain::identity::Origin;
use brigade_domain::identity::ports::TenantChange;
use brigade_domain::journal::RequestKey;
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::text::DisplayName;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::envelope::Data;
use crate::guard::{AdminOrSupport, TenantAdmin};
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![read, change]
}

/// A tenant's settings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsView {
    #[schema(value_type = String)]
    id: TenantId,
    name: String,
    slug: String,
    /// `active` or `suspended`.
    status: &'static str,
    /// The sites that may embed the chat.
    #[schema(value_type = Vec<String>)]
    allowed_origins: Vec<Origin>,
    /// Whether passwords need an upper-case letter, a digit and a special character.
    password_composition: bool,
    /// Whether everybody who works here must use two-step sign-in.
    second_factor_required: bool,
    /// Zone, hours and greeting, as the live state has them.
    #[schema(value_type = Object)]
    settings: Value,
}

async fn view(app: &App, tenant: TenantId) -> Answer<Data<SettingsView>> {
    let view = app.identity.tenants.view(tenant).await?.ok_or(Code::NotFound)?;
    Ok(Data::new(SettingsView {
        id: view.id,
        name: view.name,
        slug: view.slug,
        status: if view.active { "active" } else { "suspended" },
        allowed_origins: view.origins,
        password_composition: view.password_composition,
        second_factor_required: view.second_factor_required,
        settings: view.settings,
    }))
}

/// My tenant's settings.
#[utoipa::path(get, path = "/v1/tenant", tag = "tenant", responses((status = 200, body = SettingsView)))]
async fn read(who: AdminOrSupport, app: App) -> Answer<Data<SettingsView>> {
    view(&app, who.tenant()).await
}

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeTenant {
    /// 1 to 200 characters.
    #[serde(default)]
    name: Option<String>,
    /// The whole list: `https://www.example.com`, at most 50.
    #[serde(default)]
    allowed_origins: Option<Vec<String>>,
    #[serde(default)]
    password_composition: Option<bool>,
    /// A person decides it, not a key. `CONFLICT` for who asks it of others and does not use two-step sign-in.
    #[serde(default)]
    second_factor_required: Option<bool>,
}

/// Changes my tenant's settings.
#[utoipa::path(patch, path = "/v1/tenant", tag = "tenant", request_body = ChangeTenant,
    responses((status = 200, body = SettingsView)))]
async fn change(who: TenantAdmin, app: App, Body(body): Body<ChangeTenant>) -> Answer<Data<SettingsView>> {
    let name = body.name.map(|name| DisplayName::parse("name", &name)).transpose()?;
    let origins = body.allowed_origins.map(|origins| read_origins(&origins)).transpose()?;
    if let Some(name) = &name {
        rename(&app, who.actor(), who.tenant(), name, who.at()).await?;
    }
    let change = TenantChange {
        name,
        origins,
        password_composition: body.password_composition,
        second_factor_required: body.second_factor_required,
    };
    app.identity.tenants.change(who.tenant(), change, who.cause()).await?;
    view(&app, who.tenant()).await
}

fn read_origins(texts: &[String]) -> Result<Vec<Origin>, Refusal> {
    if texts.len() > 50 {
        return Err(Refusal::invalid("allowed_origins", "At most 50 sites can be allowed."));
    }
    let mut origins: Vec<Origin> = Vec::with_capacity(texts.len());
    for text in texts {
        let origin = text.parse()?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    Ok(origins)
}

/// The name is part of the tenant's live state: it changes there, under the caller's authority.
async fn rename(
    app: &App,
    actor: &Arc<Actor>,
    tenant: TenantId,
    name: &DisplayName,
    at: brigade_domain::Timestamp,
) -> Answer<()> {
    let body = serde_json::json!({ "name": name }).to_string();
    let command = Command {
        request: RequestKey::of(Uuid::now_v7(), actor.party, "rename", &body),
        actor: Arc::clone(actor),
        at,
        kind: "rename".into(),
        body: body.into(),
    };
    app.directory.ask(EntityKey::new(tenant, tenant), command).await?;
    Ok(())
}
