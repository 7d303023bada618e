//! Programs that act for a person: access tokens of 15 minutes and refresh tokens of 7 days that rotate (C03, C04).

use brigade_domain::Timestamp;
use brigade_domain::identity::Secret;
use brigade_domain::identity::ports::{ProgramSession, Rotation};
use brigade_domain::text::Email;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::me::fresh_session;
use super::sign_in::prove;
use super::{second_step, token};
use crate::envelope::{Data, Done};
use crate::guard::Public;
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

const ACCESS_SECONDS: i64 = 900;
const REFRESH_SECONDS: i64 = 7 * 24 * 3_600;
/// However often it rotates, a family ends after this: 30 days.
const FAMILY_SECONDS: i64 = 30 * 24 * 3_600;

pub(super) fn routes() -> Routes {
    routes![issue, refresh, revoke]
}

/// A pair of tokens.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenView {
    /// Sent as `Authorization: Bearer …`.
    access_token: String,
    /// Traded once for the next pair.
    refresh_token: String,
    /// Seconds until the access token ends.
    expires_in: i64,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    #[schema(value_type = String)]
    refresh_token: Secret,
}

/// Address and password, and a code where the person uses two-step sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Issue {
    email: String,
    #[schema(value_type = String, format = Password)]
    password: Secret,
    /// The six digits of the app, or a recovery code.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    code: Option<Secret>,
}

fn pair(at: Timestamp) -> (TokenView, Rotation) {
    let (access_token, access) = token::make("bat_");
    let (refresh_token, refresh) = token::make("brt_");
    let rotation = Rotation {
        access,
        access_expires_at: later(at, ACCESS_SECONDS),
        refresh,
        refresh_expires_at: later(at, REFRESH_SECONDS),
    };
    (TokenView { access_token, refresh_token, expires_in: ACCESS_SECONDS }, rotation)
}

fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(jiff::SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// Signs in with a program: no cookie, a pair of tokens. `SECOND_FACTOR_REQUIRED` when the password is right and a `code` is
/// needed as well.
#[utoipa::path(post, path = "/v1/auth/tokens", tag = "identity", request_body = Issue,
    responses((status = 200, body = TokenView)))]
async fn issue(who: Public, app: App, Body(body): Body<Issue>) -> Answer<Data<TokenView>> {
    let email = Email::parse("email", &body.email)?;
    let person = prove(&app, &who, &email, body.password, None).await?;
    second_step::demand(&app, &who, &person, &email, body.code, None).await?;
    let (view, first) = pair(who.at());
    let session = ProgramSession {
        id: fresh_session(),
        user: person.user,
        device: who.context().user_agent.clone(),
        first,
        expires_at: later(who.at(), FAMILY_SECONDS),
    };
    app.identity.sessions.begin_program(session, who.cause()).await?;
    Ok(Data::new(view))
}

/// Trades a refresh token for the next pair. A token that comes a second time ends its whole family: one of the two who
/// sent it is a thief.
#[utoipa::path(post, path = "/v1/auth/tokens/refresh", tag = "identity", request_body = Refresh,
    responses((status = 200, body = TokenView)))]
async fn refresh(who: Public, app: App, Body(body): Body<Refresh>) -> Answer<Data<TokenView>> {
    let (view, next) = pair(who.at());
    app.identity.sessions.refresh(token::hash(body.refresh_token.expose()), next, who.cause()).await?;
    Ok(Data::new(view))
}

/// Ends the family of a refresh token, if there is one.
#[utoipa::path(post, path = "/v1/auth/tokens/revoke", tag = "identity", request_body = Refresh,
    responses((status = 200, body = Done)))]
async fn revoke(who: Public, app: App, Body(body): Body<Refresh>) -> Answer<Data<Done>> {
    app.identity.sessions.end_program(token::hash(body.refresh_token.expose()), who.cause()).await?;
    Ok(Data::done())
}
