//! The one shape of every JSON answer (C44):
//! `{"success":true,"data":…,"meta":{"timestamp","request_id"}}` or
//! `{"success":false,"error":{"code","message","details"},"meta":…}`.

use actix_web::body::BoxBody;
use actix_web::cookie::Cookie;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Responder};
use brigade_domain::Timestamp;
use brigade_domain::refusal::Refusal;
use serde::Serialize;
use serde_json::Value;

use crate::guard::Context;
use crate::problem::status;

/// When it was answered, and under which id it is found in the logs.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Meta {
    /// When the request was taken in, RFC 3339 in UTC.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
    /// The request's id; also in the `x-request-id` header.
    request_id: String,
}

impl Meta {
    fn of(context: &Context) -> Self {
        Self { timestamp: context.at, request_id: context.request_id.to_string() }
    }
}

/// A successful answer with `data`, and cookies to set.
#[derive(Debug)]
pub struct Data<T> {
    data: T,
    cookies: Vec<Cookie<'static>>,
}

impl<T> Data<T> {
    /// An answer.
    pub const fn new(data: T) -> Self {
        Self { data, cookies: Vec::new() }
    }

    /// Sets a cookie with it.
    #[must_use]
    pub fn cookie(mut self, cookie: Cookie<'static>) -> Self {
        self.cookies.push(cookie);
        self
    }
}

impl Data<Done> {
    /// Done, and there is nothing to tell.
    pub const fn done() -> Self {
        Self::new(Done {})
    }
}

/// `{}`: it was done, and there is nothing more to tell.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Done {}

#[derive(Serialize)]
struct Success<'a, T> {
    #[serde(rename = "success")]
    done: bool,
    data: &'a T,
    meta: Meta,
}

impl<T: Serialize> Responder for Data<T> {
    type Body = BoxBody;

    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        let meta = Meta::of(&Context::of(req));
        let mut response = HttpResponse::Ok();
        for cookie in self.cookies {
            response.cookie(cookie);
        }
        response.json(Success { done: true, data: &self.data, meta })
    }
}

/// The `error` part.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorBody {
    /// A row of the error table, such as `NOT_FOUND`.
    code: &'static str,
    /// For the person: what to do next.
    message: String,
    /// Particulars for the program, such as `field` or `limit`.
    details: Value,
}

/// An unsuccessful answer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Failure {
    /// Always `false`.
    success: bool,
    error: ErrorBody,
    meta: Meta,
}

/// A refusal as an answer, with `Retry-After` in whole seconds when trying again makes sense.
pub(crate) fn refused(refusal: &Refusal, context: &Context) -> HttpResponse {
    let mut response = HttpResponseBuilder::new(status(refusal.code));
    if let Some(after) = refusal.retry_after {
        let seconds = after.as_millis().div_ceil(1000).max(1);
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    if refusal.code.status() == 401 {
        response.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"brigade\"")));
    }
    response.json(Failure {
        success: false,
        error: ErrorBody {
            code: refusal.code.as_str(),
            message: refusal.message.to_string(),
            details: refusal.details.clone().unwrap_or_else(|| Value::Object(serde_json::Map::new())),
        },
        meta: Meta::of(context),
    })
}
