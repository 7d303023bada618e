//! `/v1/live` as a route of the guard: the handshake passes it like every other request.

use actix_web::{HttpRequest, HttpResponse, web};
use brigade_http::guard::{Limit, Public};
use brigade_http::problem::Answer;
use brigade_http::{Routes, routes};
use brigade_ws::Live;

/// The routes of the live protocol.
pub(crate) fn routes() -> Routes {
    routes![; Limit::Assets => live]
}

/// Opens a socket that speaks `brigade.v1` (docs/PROTOCOL.md).
#[utoipa::path(get, path = "/v1/live", tag = "live",
    responses((status = 101, description = "The socket is open; say hello.")))]
async fn live(_who: Public, request: HttpRequest, live: web::Data<Live>) -> Answer<HttpResponse> {
    Ok(brigade_ws::live(request, live).await)
}
