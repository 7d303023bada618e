//! My sessions: where I am signed in.

use brigade_domain::Timestamp;
use brigade_domain::id::SessionId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::envelope::{Data, Done};
use crate::guard::SignedIn;
use crate::input::At;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![list, end]
}

/// One of my sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionView {
    #[schema(value_type = String)]
    id: SessionId,
    /// Whether it is this one.
    current: bool,
    /// `browser` or `program`.
    kind: &'static str,
    /// What the browser calls itself.
    device: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// To the minute.
    #[schema(value_type = String, format = DateTime)]
    last_seen_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Where I am signed in, the last used first.
#[utoipa::path(get, path = "/v1/auth/sessions", tag = "identity", responses((status = 200, body = Vec<SessionView>)))]
async fn list(who: SignedIn, app: App) -> Answer<Data<Vec<SessionView>>> {
    let sessions = app.identity.own_sessions.list(who.user(), who.at()).await?;
    let view = sessions.into_iter().map(|session| SessionView {
        current: session.id == who.who().session,
        id: session.id,
        kind: if session.program { "program" } else { "browser" },
        device: session.device,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        expires_at: session.expires_at,
    });
    Ok(Data::new(view.collect()))
}

/// Ends one of my sessions.
#[utoipa::path(delete, path = "/v1/auth/sessions/{id}", tag = "identity",
    params(("id" = String, Path, description = "`ses_…`")), responses((status = 200, body = Done)))]
async fn end(who: SignedIn, app: App, At(session): At<SessionId>) -> Answer<Data<Done>> {
    app.identity.own_sessions.end_own(who.user(), session, who.cause()).await?;
    Ok(Data::done())
}
