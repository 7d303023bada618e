//! What handlers return when they cannot answer: a refusal or a fault, made into the one error shape at the end.
//!
//! Handlers use `?` on [`Refusal`], [`Fault`], [`Rejection`] and [`Code`]; nothing else becomes a [`Problem`], so each
//! error is looked at once, where it happens.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};

/// A handler's no. Rendered by the guard, which knows the request id.
#[derive(Debug)]
pub struct Problem(Rejection);

/// What a handler returns.
pub type Answer<T> = Result<T, Problem>;

impl Problem {
    /// What the client is shown.
    pub fn refusal(&self) -> Refusal {
        match &self.0 {
            Rejection::Refused(refusal) => refusal.clone(),
            Rejection::Broken(fault) => shown(fault),
        }
    }

    /// The fault behind it, to be logged.
    pub const fn fault(&self) -> Option<&Fault> {
        match &self.0 {
            Rejection::Refused(_) => None,
            Rejection::Broken(fault) => Some(fault),
        }
    }
}

/// A fault as the outside sees it: its code, and when trying again makes sense.
fn shown(fault: &Fault) -> Refusal {
    let refusal = Refusal::of(fault.code());
    match fault {
        Fault::Unavailable { .. } => refusal.retry_after(std::time::Duration::from_secs(2)),
        Fault::Internal { .. } => refusal,
    }
}

/// The HTTP status of a code.
pub(crate) fn status(code: Code) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status(self.refusal().code)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        // The body is written by `guard::frame`, which every route is inside of.
        HttpResponse::new(self.status_code())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self(Rejection::Refused(refusal))
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Refusal::of(code).into()
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self(Rejection::Broken(fault))
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        Self(rejection)
    }
}
