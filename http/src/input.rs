//! What handlers read of a request, refused in our words when it is not as it should be.
//!
//! | from | use | when it is wrong |
//! |---|---|---|
//! | the JSON body | [`Body`] | `INVALID_INPUT` with the field, `TOO_LARGE`, `UNSUPPORTED_MEDIA_TYPE` |
//! | the bytes of a part of a file | [`Octets`] | `TOO_LARGE`, `UNSUPPORTED_MEDIA_TYPE` |
//! | the query | [`Params`] | `INVALID_INPUT` |
//! | the path | [`At`] | `NOT_FOUND`: a malformed id is one that does not exist |

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use brigade_domain::chat::attachment::PART_BYTES;
use brigade_domain::entity::parse_body;
use brigade_domain::refusal::{Code, Refusal};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use crate::guard::Gate;
use crate::problem::Problem;

/// How many there are to be on a page: as many as asked for, `usual`ly so many. `whole` and `parts` say it: "A page" of
/// "messages".
pub fn page_size(asked: Option<u16>, usual: u16, most: u16, whole: &str, parts: &str) -> Result<u16, Refusal> {
    let limit = asked.unwrap_or(usual);
    if (1..=most).contains(&limit) {
        Ok(limit)
    } else {
        Err(Refusal::invalid("limit", format!("{whole} has 1 to {most} {parts}.")))
    }
}

/// Of a list that was asked for one more than the page has: the page, and where the next begins if there is one.
pub fn page_of<T, N>(mut items: Vec<T>, limit: u16, place: impl FnOnce(&T) -> N) -> (Vec<T>, Option<N>) {
    let more = items.len() > usize::from(limit);
    items.truncate(limit.into());
    let next = items.last().filter(|_| more).map(place);
    (items, next)
}

/// The JSON body. The type must `#[serde(deny_unknown_fields)]` (security 31).
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = Gate::of(req).config.body_bytes;
        let is_json = is(req, "application/json");
        let announced = announced_length(req);
        let payload = payload.take();
        Box::pin(async move {
            if !is_json {
                return Err(Code::UnsupportedMediaType.into());
            }
            if announced.is_some_and(|length| length > limit) {
                return Err(too_large(limit).into());
            }
            let bytes = read(payload, limit).await?;
            let text = std::str::from_utf8(&bytes)
                .map_err(|_| Refusal::new(Code::InvalidInput, "The body is not UTF-8 text."))?;
            Ok(Self(parse_body(text)?))
        })
    }
}

/// A part of a file: `application/octet-stream`, at most [`PART_BYTES`].
#[derive(Debug)]
pub struct Octets(pub Vec<u8>);

impl FromRequest for Octets {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = usize::try_from(PART_BYTES).unwrap_or(usize::MAX);
        let is_octets = is(req, "application/octet-stream");
        let announced = announced_length(req);
        let payload = payload.take();
        Box::pin(async move {
            if !is_octets {
                let text = "A part of a file is sent as application/octet-stream.";
                return Err(Refusal::new(Code::UnsupportedMediaType, text).into());
            }
            if announced.is_some_and(|length| length > limit) {
                return Err(too_large(limit).into());
            }
            read(payload, limit).await.map(Self)
        })
    }
}

fn is(req: &HttpRequest, essence: &str) -> bool {
    req.mime_type().ok().flatten().is_some_and(|mime| mime.essence_str() == essence)
}

fn announced_length(req: &HttpRequest) -> Option<usize> {
    req.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(limit: usize) -> Refusal {
    Refusal::of(Code::TooLarge).with_details(serde_json::json!({ "limit": limit }))
}

async fn read(mut payload: Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Refusal::new(Code::InvalidInput, "The body ended before it was complete."))?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large(limit).into());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The query, `?a=…&b=…`. The type must `#[serde(deny_unknown_fields)]`.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match web::Query::from_query(req.query_string()) {
            Ok(web::Query(params)) => Ok(Self(params)),
            Err(error) => Err(Refusal::new(Code::InvalidInput, error.to_string()).into()),
        })
    }
}

/// What the path names: an id, or a tuple of them in the order of the path.
#[derive(Debug)]
pub struct At<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for At<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let path = web::Path::<T>::from_request(req, payload).into_inner();
        ready(path.map(|path| Self(path.into_inner())).map_err(|_| Code::NotFound.into()))
    }
}
