//! What was sent to an endpoint, tests, and sending again.

use brigade_domain::Timestamp;
use brigade_domain::id::{DeliveryId, EventId, WebhookId};
use brigade_domain::webhooks::ports::{Delivery, Failure};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::envelope::Data;
use crate::guard::{AdminPerson, TenantAdmin};
use crate::input::{At, Params, page_size};
use crate::problem::Answer;
use crate::{App, Routes, routes};

/// So many deliveries are on a page, if nothing else is asked for.
const USUAL: u16 = 20;
/// The most.
const MOST: u16 = 100;

pub(super) fn routes() -> Routes {
    routes![list, test, again]
}

/// An event on its way to an endpoint.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryView {
    #[schema(value_type = String)]
    id: DeliveryId,
    /// The event's id, as it is sent (`webhook-id`): the same for every endpoint and every attempt.
    #[schema(value_type = String)]
    event: EventId,
    /// The event's type.
    #[serde(rename = "type")]
    kind: String,
    /// What it is about: `cnv_…` or `acc_…`. Null for a test.
    about: Option<String>,
    /// Which entry of its log. Null for a test.
    seq: Option<u64>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// `waiting`, `delivered`, or `failed`: tried as often as possible.
    #[schema(value_type = String)]
    state: &'static str,
    /// How often it was tried, since it was last asked for.
    attempts: u32,
    /// When it is tried next.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Timestamp>,
    /// When it was last tried.
    #[schema(value_type = Option<String>, format = DateTime)]
    tried_at: Option<Timestamp>,
    /// How long that took, in milliseconds.
    took_ms: Option<u32>,
    /// The status that was answered.
    status: Option<u16>,
    /// How the answer began: at most 1 KiB.
    answer: Option<String>,
    /// Why there was no answer: `forbidden` (not a public address), `unresolved`, `unreachable`, `tls`, `late` or `broken`.
    #[schema(value_type = Option<String>)]
    failure: Option<&'static str>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            event: delivery.event,
            kind: delivery.kind,
            about: delivery.line.map(|(entity, _)| entity.public_id()),
            seq: delivery.line.map(|(_, seq)| seq),
            created_at: delivery.created_at,
            state: delivery.state.as_str(),
            attempts: delivery.attempts,
            next_at: delivery.next_at,
            tried_at: delivery.tried_at,
            took_ms: delivery.took_ms,
            status: delivery.status,
            answer: delivery.answer,
            failure: delivery.failure.map(Failure::as_str),
        }
    }
}

/// Deliveries, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryPage {
    items: Vec<DeliveryView>,
    /// Whether there are older ones.
    more: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageQuery {
    #[serde(default)]
    before: Option<DeliveryId>,
    #[serde(default)]
    limit: Option<u16>,
}

/// What was sent to a webhook in the last 30 days.
#[utoipa::path(get, path = "/v1/tenant/webhooks/{id}/deliveries", tag = "webhooks",
    params(("id" = String, Path, description = "`whk_…`"),
        ("before" = Option<String>, Query, description = "Older than this one: `dlv_…`."),
        ("limit" = Option<u16>, Query, description = "1 to 100; 20 if left out.")),
    responses((status = 200, body = DeliveryPage)))]
async fn list(
    who: TenantAdmin,
    app: App,
    At(id): At<WebhookId>,
    Params(query): Params<PageQuery>,
) -> Answer<Data<DeliveryPage>> {
    let limit = page_size(query.limit, USUAL, MOST, "A page", "deliveries")?;
    let (items, more) = app.webhooks.webhooks.deliveries(who.tenant(), id, query.before, limit).await?;
    Ok(Data::new(DeliveryPage { items: items.into_iter().map(DeliveryView::from).collect(), more }))
}

/// Sends a test to a webhook that is on.
#[utoipa::path(post, path = "/v1/tenant/webhooks/{id}/test", tag = "webhooks",
    params(("id" = String, Path, description = "`whk_…`")), responses((status = 200, body = DeliveryView)))]
async fn test(who: AdminPerson, app: App, At(id): At<WebhookId>) -> Answer<Data<DeliveryView>> {
    let delivery = DeliveryId::from_uuid(Uuid::now_v7());
    Ok(Data::new(app.webhooks.webhooks.test(who.tenant(), id, delivery, who.cause()).await?.into()))
}

/// Sends a delivery again that arrived or was given up, with the event's own id.
#[utoipa::path(post, path = "/v1/tenant/webhooks/{id}/deliveries/{delivery}/again", tag = "webhooks",
    params(("id" = String, Path, description = "`whk_…`"), ("delivery" = String, Path, description = "`dlv_…`")),
    responses((status = 200, body = DeliveryView)))]
async fn again(
    who: AdminPerson,
    app: App,
    At((id, delivery)): At<(WebhookId, DeliveryId)>,
) -> Answer<Data<DeliveryView>> {
    Ok(Data::new(app.webhooks.webhooks.again(who.tenant(), id, delivery, who.cause()).await?.into()))
}
