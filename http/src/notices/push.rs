//! My devices that are told while no page is open on them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brigade_domain::Timestamp;
use brigade_domain::id::DeviceId;
use brigade_domain::notices::push::{Device, Subscription};
use brigade_domain::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::envelope::{Data, Done};
use crate::guard::Person;
use crate::input::{At, Body};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![list, add, remove, test]
}

/// A browser that is told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PushDevice)]
pub(crate) struct DeviceView {
    /// `dvc_…`
    #[schema(value_type = String)]
    id: DeviceId,
    /// Whether it is the one that asks.
    current: bool,
    /// What the browser calls itself.
    device: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When its push service last took something for it.
    #[schema(value_type = Option<String>, format = DateTime)]
    reached_at: Option<Timestamp>,
    /// The last attempt came to nothing, then. Null when it did not, or there was none.
    #[schema(value_type = Option<String>, format = DateTime)]
    failed_at: Option<Timestamp>,
}

impl DeviceView {
    fn of(device: Device, who: &Person) -> Self {
        let Device { id, session, name, created_at, reached_at, failed_at } = device;
        let current = who.session() == Some(session);
        Self { id, current, device: name, created_at, reached_at, failed_at }
    }
}

/// What a browser needs to be told, and where I am told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PushDevices)]
pub(crate) struct DevicesView {
    /// The server's public key (`applicationServerKey`), in base64url.
    public_key: String,
    /// The newest first: 10 at most.
    devices: Vec<DeviceView>,
}

/// Where I am told of this business while no page is open.
#[utoipa::path(get, path = "/v1/notices/devices", tag = "notices", responses((status = 200, body = DevicesView)))]
async fn list(who: Person, app: App) -> Answer<Data<DevicesView>> {
    let port = &app.notices.devices;
    let public_key = URL_SAFE_NO_PAD.encode(port.public_key().await?);
    let devices = port.list(who.tenant(), who.user()).await?;
    let devices = devices.into_iter().map(|device| DeviceView::of(device, &who)).collect();
    Ok(Data::new(DevicesView { public_key, devices }))
}

/// A subscription, as `PushSubscription.toJSON()` says it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddDevice {
    /// `https://…` of the browser's push service.
    endpoint: String,
    /// The browser's public key, in base64url.
    p256dh: String,
    /// The secret it shares with us, in base64url.
    auth: String,
}

/// This browser is told from now on, as long as I am signed in here. The same again changes nothing.
#[utoipa::path(post, path = "/v1/notices/devices", tag = "notices", request_body = AddDevice,
    responses((status = 200, body = DeviceView)))]
async fn add(who: Person, app: App, Body(body): Body<AddDevice>) -> Answer<Data<DeviceView>> {
    if !who.actor().is_staff_of(who.tenant()) {
        return Err(Refusal::new(Code::Forbidden, "Only people who work here are told.").into());
    }
    let session = who.session().ok_or(Code::Forbidden)?;
    let bytes = |field: &str, text: &str| {
        let text = text.trim_end_matches('=');
        URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::invalid(field, "This is not base64url."))
    };
    let (key, auth) = (bytes("p256dh", &body.p256dh)?, bytes("auth", &body.auth)?);
    let to = Subscription::new(&body.endpoint, &key, &auth)?;
    let refused = |refusal: Refusal| Refusal::invalid("endpoint", refusal.message);
    app.notices.push_policy.admit(to.endpoint()).map_err(refused)?;
    let id = DeviceId::from_uuid(Uuid::now_v7());
    let device = app.notices.devices.add(who.tenant(), who.user(), session, id, to, who.cause()).await?;
    Ok(Data::new(DeviceView::of(device, &who)))
}

/// A device of mine is told no more.
#[utoipa::path(delete, path = "/v1/notices/devices/{id}", tag = "notices",
    params(("id" = String, Path, description = "`dvc_…`")), responses((status = 200, body = Done)))]
async fn remove(who: Person, app: App, At(id): At<DeviceId>) -> Answer<Data<Done>> {
    app.notices.devices.remove(who.tenant(), who.user(), id, who.cause()).await?;
    Ok(Data::done())
}

/// Tells a device of mine something now, whatever the hour, to see whether it arrives.
#[utoipa::path(post, path = "/v1/notices/devices/{id}/test", tag = "notices",
    params(("id" = String, Path, description = "`dvc_…`")), responses((status = 200, body = Done)))]
async fn test(who: Person, app: App, At(id): At<DeviceId>) -> Answer<Data<Done>> {
    app.notices.devices.test(who.tenant(), who.user(), id, who.at()).await?;
    Ok(Data::done())
}
