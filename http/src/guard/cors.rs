//! Which other sites' pages may read our answers (BK-GUARD-09, security 16): the ones on the operator's list, and for the
//! site endpoints those of the tenants. Never `*`, never with credentials: cookies are for our own pages.

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use brigade_domain::refusal::{Code, Refusal, Rejection};

use super::Gate;

/// Under these paths the origins of tenants are allowed.
const SITE_PATHS: &str = "/v1/site/";

/// The `Origin` of a foreign page that may read the answer.
pub(super) async fn allowed_origin(req: &ServiceRequest, gate: &Gate) -> Result<Option<HeaderValue>, Rejection> {
    let Some(value) = req.headers().get(header::ORIGIN) else { return Ok(None) };
    let Ok(origin) = value.to_str() else { return Ok(None) };
    if gate.config.origins.iter().any(|own| own == origin) {
        return Ok(None);
    }
    let listed = gate.config.cors_origins.iter().any(|listed| listed == origin)
        || (req.path().starts_with(SITE_PATHS) && gate.site_keys.knows_origin(origin.to_owned()).await?);
    Ok(listed.then(|| value.clone()))
}

/// Whether the browser asks first.
pub(super) fn is_preflight(req: &ServiceRequest) -> bool {
    *req.method() == Method::OPTIONS
        && req.headers().contains_key(header::ORIGIN)
        && req.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a browser that asks first.
pub(super) fn answer_preflight(allowed: Option<&HeaderValue>) -> Result<HttpResponse, Refusal> {
    if allowed.is_none() {
        return Err(Code::OriginRefused.into());
    }
    Ok(HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PATCH, DELETE"))
        .insert_header((
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, x-request-id, x-tenant-key",
        ))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "600"))
        .finish())
}

/// Says on an answer which origin may read it.
pub(super) fn apply(headers: &mut HeaderMap, allowed: Option<&HeaderValue>) {
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after, x-request-id"));
        headers
            .insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    }
}
