//! The code after the password.
//!
//! A browser waits for it under a cookie of its own, for 5 minutes and 5 tries; nothing else is open to it. Whoever signs in
//! with one request (a program, somebody who accepts an invitation) sends the code along.

use actix_web::HttpRequest;
use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::id::UserId;
use brigade_domain::identity::Secret;
use brigade_domain::identity::ports::{Begun, Finished, PendingSignIn, PersonRow};
use brigade_domain::identity::second_factor::{PENDING_SECONDS, SecondStep};
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::text::Email;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::me::MeView;
use super::sign_in::{Opened, open_session};
use super::{device, throttle, token};
use crate::envelope::Data;
use crate::guard::{Anybody, Visit, cookie};
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![finish]
}

/// Begins to wait for somebody's code: a cookie, and no session.
pub(super) async fn await_code(app: &App, who: &Anybody, user: UserId) -> Answer<Data<MeView>> {
    let (value, token) = token::make("");
    let lifetime = jiff::SignedDuration::from_secs(PENDING_SECONDS);
    let expires_at = who.at().saturating_add(lifetime).unwrap_or(Timestamp::MAX);
    app.identity.second_steps.await_code(PendingSignIn { token, user, expires_at }, who.cause()).await?;
    Ok(Data::new(MeView::awaiting_code()).cookie(cookie::set(cookie::SECOND_STEP, value, PENDING_SECONDS)))
}

/// A code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneCode {
    /// The six digits of the app, or a recovery code.
    #[schema(value_type = String)]
    code: Secret,
}

impl OneCode {
    /// What was typed.
    pub(super) fn expose(&self) -> &str {
        self.code.expose()
    }
}

/// Signs in with the code that was missing. `AUTH_INVALID` for a wrong one (`details.left` says how many more may be tried),
/// `TOKEN_EXPIRED` when the password has to be entered again.
#[utoipa::path(post, path = "/v1/auth/sign-in/second-step", tag = "identity", request_body = OneCode,
    responses((status = 200, body = MeView)))]
async fn finish(who: Anybody, app: App, req: HttpRequest, Body(body): Body<OneCode>) -> Answer<Data<MeView>> {
    let step = SecondStep::parse("code", body.code.expose())?;
    let waiting = cookie::read(&req, cookie::SECOND_STEP).ok_or_else(too_late)?;
    let waiting = token::hash(&waiting);
    let user = app.identity.second_steps.pending(waiting, who.at()).await?.ok_or_else(too_late)?;
    let me = app.identity.profiles.me(user, None).await?.ok_or_else(too_late)?;
    let email = Email::parse("email", &me.email)?;
    let device = cookie::read(&req, cookie::DEVICE);
    let attempt = count(&app, &who, &step, &email, device.as_deref()).await?;

    let replaces = who.who().filter(|_| who.is_by_cookie()).map(|known| known.session);
    let (value, hash) = token::make("");
    let begun = Begun::SignIn { known_device: device::known(app.config(), device.as_deref(), &email).is_some() };
    let session = open_session(&app, who.context(), (user, begun), hash, replaces);
    let opened = Opened { id: session.id, cookie: value };
    match app.identity.second_steps.finish(waiting, step, session, who.cause()).await? {
        Finished::SignedIn => {}
        Finished::Wrong(left) => return Err(wrong().with_details(json!({ "field": "code", "left": left })).into()),
    }
    if let Some(attempt) = attempt {
        attempt.succeeded(&app, who.context()).await?;
    }
    let known = cookie::set(cookie::DEVICE, device::make_proven(app.config(), &email), device::LIFETIME);
    Ok(opened.answer(&app).await?.cookie(known).cookie(cookie::clear(cookie::SECOND_STEP)))
}

fn too_late() -> Refusal {
    Refusal::new(Code::TokenExpired, "This took too long, or too many codes were tried. Enter your password again.")
}

fn wrong() -> Refusal {
    let text = "This code does not match, or it was used already. Wait for the next one and try again.";
    Refusal::new(Code::AuthInvalid, text).with_details(json!({ "field": "code" }))
}

/// Counts a try, if it is one that could be a guess.
async fn count(
    app: &App,
    visit: &Visit,
    step: &SecondStep,
    email: &Email,
    device: Option<&str>,
) -> Answer<Option<throttle::Attempt>> {
    match step {
        SecondStep::Totp(_) => Ok(Some(throttle::six_digits(app, visit.context(), email, device).await?)),
        SecondStep::Recovery(_) => Ok(None),
    }
}

/// Asks somebody whose password was right for their code, if they use two-step sign-in: `SECOND_FACTOR_REQUIRED` without one.
pub(super) async fn demand(
    app: &App,
    visit: &Visit,
    person: &PersonRow,
    email: &Email,
    code: Option<Secret>,
    device: Option<&str>,
) -> Answer<()> {
    if !person.second_factor {
        return Ok(());
    }
    let code = code.ok_or(Code::SecondFactorRequired)?;
    prove(app, visit, person.user, email, &code, device).await
}

/// Refuses a code that does not count, and uses up one that does.
pub(super) async fn prove(
    app: &App,
    visit: &Visit,
    user: UserId,
    email: &Email,
    code: &Secret,
    device: Option<&str>,
) -> Answer<()> {
    let step = SecondStep::parse("code", code.expose())?;
    let attempt = count(app, visit, &step, email, device).await?;
    let cause = visit.cause().by(Party::User(user));
    if !app.identity.second_factors.prove(user, step, cause).await? {
        return Err(wrong().into());
    }
    if let Some(attempt) = attempt {
        attempt.succeeded(app, visit.context()).await?;
    }
    Ok(())
}
