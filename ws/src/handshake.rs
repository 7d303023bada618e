//! `GET /v1/live`: checked, upgraded, handed to a session.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use brigade_domain::identity::ports::Credential;
use brigade_domain::refusal::{Code, Refusal};

use crate::config::LiveConfig;
use crate::hub::Hub;
use crate::outbox::{Outbox, OutboxBody};
use crate::receive;
use crate::session::Session;
use crate::socket::ConnectionSocket;

/// The subprotocol spoken here.
const PROTOCOL: &str = "brigade.v1";

/// The live endpoint of one node.
#[derive(Clone)]
pub struct Live {
    /// What it was wired with.
    pub config: LiveConfig,
    /// The node's sessions.
    pub hub: Hub,
}

/// Mounts `/v1/live`. The guard wraps the whole application, this route included.
pub fn configure(config: &mut web::ServiceConfig, live: &Live) {
    config.app_data(web::Data::new(live.clone())).route("/v1/live", web::get().to(self::live));
}

/// The handshake.
pub async fn live(request: HttpRequest, payload: web::Payload, live: web::Data<Live>) -> HttpResponse {
    match upgrade(&request, payload, &live) {
        Ok(response) => response,
        Err(refusal) => (live.config.reject)(&request, refusal),
    }
}

fn upgrade(request: &HttpRequest, payload: web::Payload, live: &Live) -> Result<HttpResponse, Refusal> {
    if live.hub.is_draining() {
        return Err(Refusal::of(Code::Draining).retry_after(std::time::Duration::from_secs(1)));
    }
    let bearer = bearer(request);
    check_origin(request, &live.config.origins, bearer.is_some())?;
    check_protocol(request)?;
    let credential = bearer.or_else(|| cookie(request, &live.config.cookie));
    let not_websocket =
        |error: actix_web::Error| Refusal::new(Code::InvalidInput, format!("This address speaks WebSocket: {error}"));
    let (response, _, frames) =
        actix_ws::handle_with_protocols(request, payload, &[PROTOCOL]).map_err(not_websocket)?;
    let limits = live.hub.limits();
    let outbox = Outbox::new(limits.outbox_bytes);
    let session = Session::new(
        live.hub.next_id(),
        live.hub.clone(),
        Arc::clone(&outbox),
        (live.config.address_of)(request),
        credential,
        request.conn_data::<ConnectionSocket>().cloned(),
    );
    let frames =
        frames.max_frame_size(limits.frame_bytes).aggregate_continuations().max_continuation_size(limits.frame_bytes);
    match live.hub.open(&session) {
        Ok(()) => drop(actix_rt::spawn(receive::run(session, frames))),
        // A browser shows its page the close code and nothing of a refused handshake.
        Err(refusal) => drop(actix_rt::spawn(receive::turn_away(session, frames, refusal))),
    }
    Ok(response.map_body(|_, signal| BoxBody::new(OutboxBody::new(outbox, signal))))
}

/// A page may connect only from a listed origin (ASVS 4.4.2). Programs have none and show a bearer token instead.
fn check_origin(request: &HttpRequest, allowed: &[String], program: bool) -> Result<(), Refusal> {
    let refused = || Err(Refusal::of(Code::OriginRefused));
    match request.headers().get(header::ORIGIN) {
        None if program => Ok(()),
        None => refused(),
        Some(origin) => match origin.to_str() {
            Ok(origin) if allowed.iter().any(|known| known == origin) => Ok(()),
            _ => refused(),
        },
    }
}

fn check_protocol(request: &HttpRequest) -> Result<(), Refusal> {
    let offered = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let speaks = offered
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|protocol| protocol.trim() == PROTOCOL);
    if speaks { Ok(()) } else { Err(Refusal::new(Code::InvalidInput, format!("Offer the subprotocol {PROTOCOL}."))) }
}

fn bearer(request: &HttpRequest) -> Option<Credential> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(|token| Credential::from_bearer(token.trim()))
}

fn cookie(request: &HttpRequest, name: &str) -> Option<Credential> {
    request.cookie(name).map(|cookie| Credential::Cookie(cookie.value().into()))
}
