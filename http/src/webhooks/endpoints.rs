//! Endpoints and their secrets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brigade_domain::Timestamp;
use brigade_domain::id::WebhookId;
use brigade_domain::identity::Secret;
use brigade_domain::refusal::Refusal;
use brigade_domain::webhooks::address::EndpointUrl;
use brigade_domain::webhooks::event::{EventType, Events};
use brigade_domain::webhooks::ports::{Description, Endpoint, Wanted};
use rand::RngExt as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::envelope::{Data, Done};
use crate::guard::{AdminPerson, TenantAdmin};
use crate::input::{At, Body};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![list, events, create, change, rotate, remove]
}

/// A place that webhooks are sent to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookView {
    #[schema(value_type = String)]
    id: WebhookId,
    /// How often its settings were changed, from 1 on.
    rev: u32,
    url: String,
    description: String,
    /// The types of events it is told of.
    events: Vec<String>,
    /// `on`, `off`, or switched off by us: `failing` (nothing had arrived for five days) or `gone` (it answered 410).
    #[schema(value_type = String)]
    state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Nothing has arrived since. Null when the last delivery arrived.
    #[schema(value_type = Option<String>, format = DateTime)]
    failing_since: Option<Timestamp>,
    /// Until then the secret before signs too.
    #[schema(value_type = Option<String>, format = DateTime)]
    previous_secret_until: Option<Timestamp>,
    /// How many deliveries wait.
    waiting: u64,
    /// How many events were left out because 10,000 deliveries waited.
    dropped: u64,
    /// The secret: only in the answer that makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl WebhookView {
    fn of(endpoint: Endpoint, secret: Option<&Secret>) -> Self {
        Self {
            id: endpoint.id,
            rev: endpoint.rev,
            url: endpoint.url,
            description: endpoint.description,
            events: endpoint.events,
            state: endpoint.state.as_str(),
            created_at: endpoint.created_at,
            failing_since: endpoint.failing_since,
            previous_secret_until: endpoint.previous_until,
            waiting: endpoint.waiting,
            dropped: endpoint.dropped,
            secret: secret.map(|secret| secret.expose().to_owned()),
        }
    }
}

/// Where webhooks are sent to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhooksView {
    /// Whether events are found. False for some moments after a large business made its first webhook.
    ready: bool,
    /// The oldest first.
    items: Vec<WebhookView>,
}

/// Where webhooks are sent to.
#[utoipa::path(get, path = "/v1/tenant/webhooks", tag = "webhooks", responses((status = 200, body = WebhooksView)))]
async fn list(who: TenantAdmin, app: App) -> Answer<Data<WebhooksView>> {
    let (endpoints, ready) = app.webhooks.webhooks.list(who.tenant()).await?;
    let items = endpoints.into_iter().map(|endpoint| WebhookView::of(endpoint, None)).collect();
    Ok(Data::new(WebhooksView { ready, items }))
}

/// An event that there is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventView {
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    name: &'static str,
    /// What it means.
    #[schema(value_type = String)]
    about: &'static str,
}

/// The events there are.
#[utoipa::path(get, path = "/v1/tenant/webhooks/events", tag = "webhooks",
    responses((status = 200, body = Vec<EventView>)))]
async fn events(_who: TenantAdmin) -> Answer<Data<Vec<EventView>>> {
    let view = |event: &EventType| EventView { name: event.as_str(), about: event.about().trim() };
    Ok(Data::new(EventType::ALL.iter().map(view).collect()))
}

/// A webhook to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateWebhook {
    /// `https://…`, at port 443 or 8443 of a server that everybody can reach.
    url: String,
    /// What it is for: at most 200 characters.
    #[serde(default)]
    description: String,
    /// The types of events it is told of: at least one.
    events: Vec<String>,
}

/// Makes a webhook, which is told of what happens from then on; 10 at most. Its secret is shown this once.
#[utoipa::path(post, path = "/v1/tenant/webhooks", tag = "webhooks", request_body = CreateWebhook,
    responses((status = 200, body = WebhookView)))]
async fn create(who: AdminPerson, app: App, Body(body): Body<CreateWebhook>) -> Answer<Data<WebhookView>> {
    let wanted = wanted(&app, &body.url, &body.description, &body.events, true)?;
    let (id, secret) = (WebhookId::from_uuid(Uuid::now_v7()), fresh_secret());
    let made = app.webhooks.webhooks.create(who.tenant(), id, wanted, secret.clone(), who.cause()).await?;
    Ok(Data::new(WebhookView::of(made, Some(&secret))))
}

/// What a webhook is to become.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeWebhook {
    /// Which one was seen: when it was changed since, this is a `CONFLICT`.
    rev: u32,
    /// As when it is made.
    url: String,
    /// As when it is made.
    #[serde(default)]
    description: String,
    /// As when it is made.
    events: Vec<String>,
    /// Whether anything is sent. What waits when it is switched off waits until it is on again; what happens meanwhile is
    /// not sent.
    on: bool,
}

/// Changes a webhook, switches it on or off.
#[utoipa::path(put, path = "/v1/tenant/webhooks/{id}", tag = "webhooks", request_body = ChangeWebhook,
    params(("id" = String, Path, description = "`whk_…`")), responses((status = 200, body = WebhookView)))]
async fn change(
    who: AdminPerson,
    app: App,
    At(id): At<WebhookId>,
    Body(body): Body<ChangeWebhook>,
) -> Answer<Data<WebhookView>> {
    let wanted = wanted(&app, &body.url, &body.description, &body.events, body.on)?;
    let changed = app.webhooks.webhooks.change(who.tenant(), id, body.rev, wanted, who.cause()).await?;
    Ok(Data::new(WebhookView::of(changed, None)))
}

/// Gives a webhook a new secret, shown this once. For 24 hours each delivery is signed with the old one too.
#[utoipa::path(post, path = "/v1/tenant/webhooks/{id}/secret", tag = "webhooks",
    params(("id" = String, Path, description = "`whk_…`")), responses((status = 200, body = WebhookView)))]
async fn rotate(who: AdminPerson, app: App, At(id): At<WebhookId>) -> Answer<Data<WebhookView>> {
    let secret = fresh_secret();
    let changed = app.webhooks.webhooks.rotate(who.tenant(), id, secret.clone(), who.cause()).await?;
    Ok(Data::new(WebhookView::of(changed, Some(&secret))))
}

/// Removes a webhook, with what waits for it and what was sent.
#[utoipa::path(delete, path = "/v1/tenant/webhooks/{id}", tag = "webhooks",
    params(("id" = String, Path, description = "`whk_…`")), responses((status = 200, body = Done)))]
async fn remove(who: AdminPerson, app: App, At(id): At<WebhookId>) -> Answer<Data<Done>> {
    app.webhooks.webhooks.remove(who.tenant(), id, who.cause()).await?;
    Ok(Data::done())
}

fn wanted(app: &App, url: &str, description: &str, events: &[String], on: bool) -> Result<Wanted, Refusal> {
    let url = EndpointUrl::parse(url)?;
    app.webhooks.policy.admit(&url)?;
    Ok(Wanted { url, description: Description::parse(description)?, events: Events::parse(events)?, on })
}

/// 32 bytes of chance, as the Standard Webhooks write them.
fn fresh_secret() -> Secret {
    let bytes: [u8; 32] = rand::rng().random();
    Secret::new(format!("whsec_{}", STANDARD.encode(bytes)))
}
