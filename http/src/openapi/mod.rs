//! The description of the API (OpenAPI 3.1), made from the routes that are mounted, and a page to browse it.
//!
//! Handlers describe what they take and what is under `data`; the envelope, the errors, who may call (`x-access`) and
//! how to sign in are added here, because they are the same for all.

mod document;

use actix_web::{HttpRequest, HttpResponse};

pub use document::document;

use crate::guard::{Limit, PagePolicy, Public};
use crate::problem::Answer;
use crate::{Routes, routes};

/// The document as it is served, made once when the routes are mounted.
#[derive(Clone)]
pub(crate) struct Served(pub(crate) actix_web::web::Bytes);

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![; Limit::Assets => description]
        .page("/docs", browse)
        .page("/docs/browse.js", script)
        .page("/docs/browse.css", style)
}

/// This document.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "operations",
    responses((status = 200, description = "OpenAPI 3.1.", content_type = "application/openapi+json", body = Object)))]
async fn description(_who: Public, req: HttpRequest) -> Answer<HttpResponse> {
    let body = req.app_data::<Served>().map(|served| served.0.clone()).unwrap_or_default();
    Ok(HttpResponse::Ok().content_type("application/openapi+json").body(body))
}

/// A page to browse the document.
async fn browse(_who: Public) -> Answer<HttpResponse> {
    let mut page = HttpResponse::Ok().content_type("text/html; charset=utf-8").body(include_str!("browse.html"));
    page.extensions_mut().insert(PagePolicy::plain());
    Ok(page)
}

async fn script(_who: Public) -> Answer<HttpResponse> {
    Ok(HttpResponse::Ok().content_type("text/javascript; charset=utf-8").body(include_str!("browse.js")))
}

async fn style(_who: Public) -> Answer<HttpResponse> {
    Ok(HttpResponse::Ok().content_type("text/css; charset=utf-8").body(include_str!("browse.css")))
}
