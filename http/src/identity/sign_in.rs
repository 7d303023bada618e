//! Signing in and out.

use std::time::Instant;

use actix_web::HttpRequest;
use brigade_domain::id::{SessionId, UserId};
use brigade_domain::identity::ports::{Begun, BrowserSession, PersonRow};
use brigade_domain::identity::{Cause, Credential, Secret, TokenHash};
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::text::Email;
use serde::Deserialize;
use utoipa::ToSchema;

use super::me::{MeView, fresh_session, session_cookie, view};
use super::password::Verified;
use super::{device, second_step, throttle, token};
use crate::envelope::{Data, Done};
use crate::guard::{Anybody, Context, Leaving, SignedIn, Visit, cookie};
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![sign_in, sign_out, sign_out_everywhere]
}

/// Address and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    email: String,
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// Signs in with a browser: sets the session cookie.
///
/// A wrong address and a wrong password are one answer, `AUTH_INVALID`, and take the same time. Who uses two-step sign-in is
/// not signed in yet: `next` is `second_step`, and `/v1/auth/sign-in/second-step` takes the code within 5 minutes.
#[utoipa::path(post, path = "/v1/auth/sign-in", tag = "identity", request_body = SignIn,
    responses((status = 200, body = MeView)))]
async fn sign_in(who: Anybody, app: App, req: HttpRequest, Body(body): Body<SignIn>) -> Answer<Data<MeView>> {
    let email = Email::parse("email", &body.email)?;
    let device = cookie::read(&req, cookie::DEVICE);
    let person = prove(&app, &who, &email, body.password, device.as_deref()).await?;
    if person.second_factor {
        return second_step::await_code(&app, &who, person.user).await;
    }
    let replaces = who.who().filter(|_| who.is_by_cookie()).map(|known| known.session);
    let begun = Begun::SignIn { known_device: device::known(app.config(), device.as_deref(), &email).is_some() };
    let opened = begin(&app, who.context(), who.cause(), (person.user, begun), replaces).await?;
    let known = device::keep_or_make(app.config(), device, &email);
    let device = cookie::set(cookie::DEVICE, known, device::LIFETIME);
    Ok(opened.answer(&app).await?.cookie(device))
}

/// Checks address and password, counted and in constant time. An old hash is made again.
pub(super) async fn prove(
    app: &App,
    visit: &Visit,
    email: &Email,
    password: Secret,
    device: Option<&str>,
) -> Answer<PersonRow> {
    let started = Instant::now();
    let context = visit.context();
    let attempt = throttle::sign_in(app, context, email, device).await?;
    let person = app.identity.people.find(email).await?;
    let kept = person.as_ref().filter(|person| !person.disabled).and_then(|person| person.password.clone());
    let verified = app.identity.hasher.verify(password.clone(), kept.clone()).await?;
    match (person, kept, verified) {
        (Some(person), Some(kept), Verified::Yes | Verified::Outdated) => {
            attempt.succeeded(app, context).await?;
            if verified == Verified::Outdated {
                let stronger = app.identity.hasher.hash(password).await?;
                app.identity.people.rehash(person.user, kept, stronger).await?;
            }
            Ok(person)
        }
        (person, ..) => {
            app.identity.people.note_failure(person.map(|person| person.user), visit.cause()).await?;
            throttle::floor(app, started).await;
            Err(Refusal::new(Code::AuthInvalid, "Address and password do not match. Check them and try again.").into())
        }
    }
}

/// A session that was just begun.
pub(super) struct Opened {
    pub(super) id: SessionId,
    pub(super) cookie: String,
}

impl Opened {
    /// Who it is now, with the cookie.
    pub(super) async fn answer(self, app: &App) -> Answer<Data<MeView>> {
        let credential = Credential::Cookie(self.cookie.clone().into());
        let who = app.gate.authenticator.authenticate(credential).await?;
        debug_assert_eq!(who.session, self.id);
        let me = view(app, &who, true).await?;
        Ok(Data::new(me).cookie(session_cookie(app, self.cookie)))
    }
}

impl Opened {
    /// Sets the cookie with another answer.
    pub(super) fn cookie_for<T>(self, app: &App, data: Data<T>) -> Data<T> {
        data.cookie(session_cookie(app, self.cookie))
    }
}

/// Begins a browser's session; `replaces` ends (security 11).
pub(super) async fn begin(
    app: &App,
    context: &Context,
    cause: Cause,
    (user, begun): (UserId, Begun),
    replaces: Option<SessionId>,
) -> Answer<Opened> {
    let (cookie, hash) = token::make("");
    let session = open_session(app, context, (user, begun), hash, replaces);
    let id = session.id;
    app.identity.sessions.begin(session, cause).await?;
    Ok(Opened { id, cookie })
}

/// A browser's session to be made, with the lifetimes of the configuration.
pub(super) fn open_session(
    app: &App,
    context: &Context,
    (user, begun): (UserId, Begun),
    token: TokenHash,
    replaces: Option<SessionId>,
) -> BrowserSession {
    let limits = &app.config().sessions;
    BrowserSession {
        id: fresh_session(),
        user,
        tenant: None,
        token,
        device: context.user_agent.clone(),
        begun,
        expires_at: context.at.saturating_add(limits.absolute).unwrap_or(brigade_domain::Timestamp::MAX),
        idle_seconds: i32::try_from(limits.idle.as_secs()).unwrap_or(i32::MAX),
        replaces,
    }
}

/// Signs out here. Also without a session: the cookie is taken away.
#[utoipa::path(post, path = "/v1/auth/sign-out", tag = "identity", responses((status = 200, body = Done)))]
async fn sign_out(who: Leaving, app: App) -> Answer<Data<Done>> {
    if let Some(known) = who.who().filter(|known| matches!(known.actor.party, brigade_domain::actor::Party::User(_))) {
        app.identity.sessions.end(known.session, who.cause()).await?;
    }
    Ok(Data::done().cookie(cookie::clear(cookie::SESSION)))
}

/// Signs out here and everywhere else: every session and access token ends, every socket closes.
#[utoipa::path(post, path = "/v1/auth/sign-out-everywhere", tag = "identity", responses((status = 200, body = Done)))]
async fn sign_out_everywhere(who: SignedIn, app: App) -> Answer<Data<Done>> {
    app.identity.sessions.end_all(who.user(), who.cause()).await?;
    Ok(Data::done().cookie(cookie::clear(cookie::SESSION)))
}
