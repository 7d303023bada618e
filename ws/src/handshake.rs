//! `GET /v1/live`: checked, upgraded, handed to a session.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use brigade_domain::identity::ports::Credential;
use brigade_domain::refusal::{Code, Refusal};

use crate::config::LiveConfig;
use crate::connection::Handover;
use crate::hub::Hub;
use crate::outbox::Outbox;
use crate::session::Session;

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

/// The handshake.
pub async fn live(request: HttpRequest, live: web::Data<Live>) -> HttpResponse {
    match upgrade(&request, &live) {
        Ok(response) => response,
        Err(refusal) => (live.config.reject)(&request, refusal),
    }
}

fn upgrade(request: &HttpRequest, live: &Live) -> Result<HttpResponse, Refusal> {
    if live.hub.is_draining() {
        return Err(Refusal::of(Code::Draining).retry_after(std::time::Duration::from_secs(1)));
    }
    let bearer = bearer(request);
    check_origin(request, &live.config.origins, bearer.is_some())?;
    check_protocol(request)?;
    check_empty(request)?;
    let credential = bearer.or_else(|| cookie(request, &live.config.cookie));
    let not_websocket = |error| Refusal::new(Code::InvalidInput, format!("This address speaks WebSocket: {error}"));
    let mut response = actix_http::ws::handshake(request.head()).map_err(not_websocket)?;
    response.insert_header((header::SEC_WEBSOCKET_PROTOCOL, PROTOCOL));
    let session = Session::new(
        live.hub.next_id(),
        live.hub.clone(),
        Outbox::new(live.hub.limits().outbox_bytes),
        (live.config.address_of)(request),
        credential,
    );
    let mut response = response.finish().map_into_boxed_body();
    response.extensions_mut().insert(Handover(session));
    Ok(response.into())
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

/// What follows the request is the socket's; a body would be in its way.
fn check_empty(request: &HttpRequest) -> Result<(), Refusal> {
    let has_body =
        [header::CONTENT_LENGTH, header::TRANSFER_ENCODING].iter().any(|name| request.headers().contains_key(name));
    if has_body { Err(Refusal::new(Code::InvalidInput, "A request for a socket has no body.")) } else { Ok(()) }
}

fn bearer(request: &HttpRequest) -> Option<Credential> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(|token| Credential::from_bearer(token.trim()))
}

fn cookie(request: &HttpRequest, name: &str) -> Option<Credential> {
    request.cookie(name).map(|cookie| Credential::Cookie(cookie.value().into()))
}
