//! A copy of everything that is known of me: asked for with the password, made by a worker, saved by me alone.

mod archive;
mod copies;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use brigade_domain::Timestamp;
use brigade_domain::chat::attachment::PART_BYTES;
use brigade_domain::id::ExportId;
use brigade_domain::identity::Secret;
use brigade_domain::identity::own_data::Export;
use brigade_domain::refusal::{Code, Fault};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use self::copies::Copies;
use super::second_factor::ask_again;
use crate::envelope::Data;
use crate::guard::{Limit, SignedIn};
use crate::input::{At, Body};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![request, list; Limit::Assets => save]
}

/// My password, and a code where I use two-step sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Again {
    #[schema(value_type = String, format = Password)]
    pub(super) password: Secret,
    /// The six digits of my app, or a recovery code.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(super) code: Option<Secret>,
}

/// A copy of my data.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExportView {
    /// `exp_…`
    #[schema(value_type = String)]
    id: ExportId,
    /// `making` or `ready`.
    state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    requested_at: Timestamp,
    /// How many of `steps` are done; 0 of 0 before it is begun.
    steps_done: u32,
    steps: u32,
    /// How large it is, once it is ready.
    bytes: Option<u64>,
    /// When it is taken away.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl From<Export> for ExportView {
    fn from(export: Export) -> Self {
        Self {
            id: export.id,
            state: if export.bytes.is_some() { "ready" } else { "making" },
            requested_at: export.requested_at,
            steps_done: export.steps.0,
            steps: export.steps.1,
            bytes: export.bytes,
            expires_at: export.expires_at,
        }
    }
}

/// Asks for a copy of everything that is known of me. One at a time and one an hour: `RATE_LIMITED` with `Retry-After`.
/// `SECOND_FACTOR_REQUIRED` when a `code` is needed as well.
#[utoipa::path(post, path = "/v1/auth/exports", tag = "identity", request_body = Again,
    responses((status = 200, body = ExportView)))]
async fn request(who: SignedIn, app: App, req: HttpRequest, Body(body): Body<Again>) -> Answer<Data<ExportView>> {
    ask_again(&app, &who, &req, body.password, body.code).await?;
    let id = ExportId::from_uuid(Uuid::now_v7());
    Ok(Data::new(app.identity.exports.request(who.user(), id, who.cause()).await?.into()))
}

/// My copies that are being made or can be saved, the newest first.
#[utoipa::path(get, path = "/v1/auth/exports", tag = "identity", responses((status = 200, body = Vec<ExportView>)))]
async fn list(who: SignedIn, app: App) -> Answer<Data<Vec<ExportView>>> {
    let exports = app.identity.exports.exports(who.user(), who.at()).await?;
    Ok(Data::new(exports.into_iter().map(Into::into).collect()))
}

/// Saves a copy: a ZIP with a README in it.
#[utoipa::path(get, path = "/v1/auth/exports/{id}/file", tag = "identity",
    params(("id" = String, Path, description = "`exp_…`")),
    responses((status = 200, description = "The copy.", body = Vec<u8>, content_type = "application/zip")))]
async fn save(who: SignedIn, app: App, At(id): At<ExportId>) -> Answer<HttpResponse> {
    let (build, bytes) = app.identity.exports.open(who.user(), id, who.cause()).await?;
    let copies = app.copies.clone();
    let first = copies.part(build, 0).await?.ok_or(Code::NotFound)?;
    let parts = stream::try_unfold((0, Some(first)), move |(offset, had)| {
        let copies = copies.clone();
        async move {
            if offset >= bytes {
                return Ok(None);
            }
            let part = match had {
                Some(part) => Some(part),
                None => copies.part(build, offset).await?,
            };
            let part = part.ok_or_else(|| Fault::internal("read a copy", "it ends before its size"))?;
            Ok::<_, Fault>(Some((actix_web::web::Bytes::from(part), (offset + PART_BYTES, None))))
        }
    });
    let name = format!("attachment; filename=\"brigade-data-{}.zip\"", who.at().strftime("%Y-%m-%d"));
    let disposition = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/zip")))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .no_chunking(bytes)
        .streaming(Box::pin(parts)))
}
