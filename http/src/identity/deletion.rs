//! Deleting my account: what stands in the way, and asking for it. Signing in takes it back for 14 days.

use actix_web::HttpRequest;
use brigade_domain::Timestamp;
use brigade_domain::identity::ports::DELETION_SECONDS;
use serde::Serialize;
use utoipa::ToSchema;

use super::own_data::Again;
use super::second_factor::ask_again;
use crate::envelope::Data;
use crate::guard::{SignedIn, cookie};
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![outlook, ask]
}

/// Whether I can delete my account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OutlookView {
    possible: bool,
    /// Businesses I am the last admin of: somebody else has to be made one first.
    last_admin_of: Vec<String>,
    /// I operate the platform: whoever runs the server ends that first.
    operator: bool,
    /// For how many days signing in takes it back.
    days: i64,
}

/// That my account will be deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletionView {
    /// When. Signing in before takes it back.
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
}

/// What stands in the way of deleting my account.
#[utoipa::path(get, path = "/v1/auth/deletion", tag = "identity", responses((status = 200, body = OutlookView)))]
async fn outlook(who: SignedIn, app: App) -> Answer<Data<OutlookView>> {
    let outlook = app.identity.deletions.outlook(who.user()).await?;
    Ok(Data::new(OutlookView {
        possible: outlook.last_admin_of.is_empty() && !outlook.operator,
        last_admin_of: outlook.last_admin_of,
        operator: outlook.operator,
        days: DELETION_SECONDS / (24 * 3_600),
    }))
}

/// Asks for my account to be deleted: I am signed out everywhere, and in 14 days it is done. Signing in before takes it back.
/// `CONFLICT` when something stands in the way, `SECOND_FACTOR_REQUIRED` when a `code` is needed as well.
#[utoipa::path(post, path = "/v1/auth/deletion", tag = "identity", request_body = Again,
    responses((status = 200, body = DeletionView)))]
async fn ask(who: SignedIn, app: App, req: HttpRequest, Body(body): Body<Again>) -> Answer<Data<DeletionView>> {
    ask_again(&app, &who, &req, body.password, body.code).await?;
    let due_at = app.identity.deletions.ask(who.user(), who.cause()).await?;
    Ok(Data::new(DeletionView { due_at }).cookie(cookie::clear(cookie::SESSION)))
}
