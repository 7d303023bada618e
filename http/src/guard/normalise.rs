//! Every error in the one shape (BK-GUARD-11): ours, the framework's, and those of what does not exist.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::{StatusCode, header};
use brigade_domain::refusal::{Code, Refusal};

use super::Context;
use crate::envelope;
use crate::problem::Problem;

/// The row of the table for an error of the framework's own.
fn code_of(status: StatusCode) -> Code {
    match status.as_u16() {
        401 => Code::AuthRequired,
        403 => Code::Forbidden,
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        413 => Code::TooLarge,
        415 => Code::UnsupportedMediaType,
        429 => Code::RateLimited,
        503 => Code::Unavailable,
        500..=599 => Code::Internal,
        _ => Code::InvalidInput,
    }
}

/// Why a response is an error: the refusal of ours behind it, or its status.
fn refusal_of(response: &HttpResponse<BoxBody>, context: &Context) -> Refusal {
    if let Some(problem) = response.error().and_then(|error| error.as_error::<Problem>()) {
        if let Some(fault) = problem.fault() {
            let chain = chain(fault);
            tracing::error!(request.id = %context.request_id, error.message = %fault, error.causes = %chain, "A request failed.");
        }
        return problem.refusal();
    }
    if let Some(refusal) = response.extensions().get::<Refusal>() {
        return refusal.clone();
    }
    if let Some(error) = response.error()
        && response.status().is_server_error()
    {
        tracing::error!(request.id = %context.request_id, error.message = %error, "A request failed.");
    }
    Refusal::of(code_of(response.status()))
}

fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |cause| cause.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

/// Rewrites an error into the envelope; answers the refusal that it is.
pub(super) fn normalise(
    response: ServiceResponse<BoxBody>,
    context: &Context,
) -> (ServiceResponse<BoxBody>, Option<Refusal>) {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return (response, None);
    }
    let refusal = refusal_of(response.response(), context);
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut body = envelope::refused(&refusal, context);
    if let Some(allow) = allow {
        body.headers_mut().insert(header::ALLOW, allow);
    }
    (response.into_response(body), Some(refusal))
}
