//! The outer half of the guard, around everything, also around what does not exist.

use std::rc::Rc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse};
use brigade_domain::refusal::Refusal;

use super::headers::ForOtherSites;
use super::{Context, Gate, PagePolicy, cors, headers, normalise, packed, security_event};
use crate::envelope;

/// Wraps every answer of the server.
pub(crate) async fn frame(
    gate: Gate,
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let peer = req.peer_addr().map(|peer| peer.ip());
    let context = Rc::new(Context::read(peer, req.headers(), &gate.config));
    req.extensions_mut().insert(Rc::clone(&context));
    let method = req.method().clone();

    let (response, allowed) = answer(&gate, req, next, &context).await?;
    let route = response.request().match_pattern().unwrap_or_else(|| "none".to_owned());
    let (response, refusal) = normalise::normalise(response, &context);
    if let Some(refusal) = &refusal {
        security_event::note(refusal, &route, &context);
    }
    let mut response = packed::pack(response, &gate.config).await;
    finish(&mut response, &context);
    cors::apply(response.headers_mut(), allowed.as_ref());
    record(method.as_str(), &route, response.status(), started, &context);
    Ok(response)
}

/// Flood limit, CORS, then the route; and the foreign origin that may read the answer.
async fn answer(
    gate: &Gate,
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    context: &Context,
) -> Result<(ServiceResponse<BoxBody>, Option<HeaderValue>), Error> {
    if let Err(refusal) = gate.limiters.flood(context.ip) {
        return Ok((refuse(req, refusal, context), None));
    }
    let allowed = match cors::allowed_origin(&req, gate).await {
        Ok(allowed) => allowed,
        Err(rejection) => return Ok((refuse(req, rejection.into_refusal(), context), None)),
    };
    if cors::is_preflight(&req) {
        let response = match cors::answer_preflight(allowed.as_ref()) {
            Ok(response) => req.into_response(response),
            Err(refusal) => refuse(req, refusal, context),
        };
        return Ok((response, allowed));
    }
    Ok((next.call(req).await?.map_into_boxed_body(), allowed))
}

fn refuse(req: ServiceRequest, refusal: Refusal, context: &Context) -> ServiceResponse<BoxBody> {
    let mut response: HttpResponse = envelope::refused(&refusal, context);
    response.extensions_mut().insert(refusal);
    req.into_response(response)
}

/// The headers of the guard.
fn finish(response: &mut ServiceResponse<BoxBody>, context: &Context) {
    let (page, for_other_sites) = {
        let extensions = response.response().extensions();
        (extensions.get::<PagePolicy>().cloned(), extensions.get::<ForOtherSites>().is_some())
    };
    let headers = response.headers_mut();
    headers::apply(headers, page.as_ref(), for_other_sites);
    if let Ok(id) = HeaderValue::from_str(&context.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

/// One log line and two measurements a request. Never the query or the body, never who.
fn record(method: &str, route: &str, status: StatusCode, started: Instant, context: &Context) {
    let elapsed = started.elapsed();
    let labels = [
        ("method", method_label(method).to_owned()),
        ("route", route.to_owned()),
        ("status", status.as_u16().to_string()),
    ];
    metrics::counter!("brigade_http_requests_total", &labels).increment(1);
    metrics::histogram!("brigade_http_request_seconds", "route" => route.to_owned()).record(elapsed.as_secs_f64());
    tracing::info!(
        target: "brigade::http",
        {
            request.id = %context.request_id,
            http.method = method_label(method),
            http.route = route,
            http.status = status.as_u16(),
            duration_ms = elapsed.as_secs_f64() * 1000.0,
        },
        "A request was answered."
    );
}

/// A method as a label: made-up ones are one label, so that nobody can fill the memory with them.
fn method_label(method: &str) -> &str {
    match method {
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" => method,
        _ => "other",
    }
}
