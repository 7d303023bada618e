//! Passwords: forgotten, reset, changed, judged.

use std::time::Instant;

use actix_web::HttpRequest;
use brigade_domain::identity::Secret;
use brigade_domain::identity::mail::Letter;
use brigade_domain::identity::ports::{Begun, PersonRow, Purpose};
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::text::Email;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::email::link;
use super::me::MeView;
use super::password::{Strength, Verified, judge, require};
use super::sign_in::begin;
use super::{device, throttle, token};
use crate::envelope::{Data, Done};
use crate::guard::{Public, SignedIn, cookie};
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![forgot, reset, change, check_strength]
}

/// An address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forgot {
    email: String,
}

/// Sends a link to set a new password, if somebody has this address. The answer is the same if nobody does.
#[utoipa::path(post, path = "/v1/auth/password/forgot", tag = "identity", request_body = Forgot,
    responses((status = 200, body = Done)))]
async fn forgot(who: Public, app: App, Body(body): Body<Forgot>) -> Answer<Data<Done>> {
    let started = Instant::now();
    let email = Email::parse("email", &body.email)?;
    throttle::mail(&app, who.context(), &email).await?;
    if let Some(person) = app.identity.people.find(&email).await?.filter(|person| !person.disabled) {
        let (secret, hash) = token::make("");
        let letter = Letter::ResetPassword { name: person.name.to_string(), link: link(&app, "reset", &secret) };
        app.identity.one_time.issue(person.user, Purpose::ResetPassword, hash, letter, email, who.cause()).await?;
    }
    throttle::floor(&app, started).await;
    Ok(Data::done())
}

/// The token of the link and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reset {
    #[schema(value_type = String)]
    token: Secret,
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// Sets a new password with the link of the mail. Every session ends. `TOKEN_EXPIRED` when the link was used or is older
/// than 10 minutes; a password that is refused does not use it up.
#[utoipa::path(post, path = "/v1/auth/password/reset", tag = "identity", request_body = Reset,
    responses((status = 200, body = Done)))]
async fn reset(who: Public, app: App, req: HttpRequest, Body(body): Body<Reset>) -> Answer<Data<Done>> {
    let hash = token::hash(body.token.expose());
    let user = app.identity.one_time.peek_reset(hash, who.at()).await?.ok_or(Code::TokenExpired)?;
    let person = app.identity.people.get(user).await?.ok_or(Code::TokenExpired)?;
    let me = app.identity.profiles.me(user, None).await?.ok_or(Code::TokenExpired)?;
    require(&body.password, person.policy, &[person.name.as_str(), &me.email])?;
    let hashed = app.identity.hasher.hash(body.password).await?;
    app.identity.one_time.reset_password(hash, hashed, who.cause()).await?;
    // Whoever reads the mail is who they say: from this browser they have attempts of their own from now on.
    let email = Email::parse("email", &me.email)?;
    let known = device::keep_or_make(app.config(), cookie::read(&req, cookie::DEVICE), &email);
    Ok(Data::done().cookie(cookie::set(cookie::DEVICE, known, device::LIFETIME)))
}

/// The password so far and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    #[schema(value_type = String, format = Password)]
    current: Secret,
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// Changes my password. Every other session ends, and this one gets a new cookie.
#[utoipa::path(post, path = "/v1/auth/password/change", tag = "identity", request_body = Change,
    responses((status = 200, body = MeView)))]
async fn change(who: SignedIn, app: App, Body(body): Body<Change>) -> Answer<Data<MeView>> {
    let attempt = throttle::attempt(&app, who.context(), &format!("change password {}", who.user())).await?;
    let person = app.identity.people.get(who.user()).await?.ok_or(Code::AuthRequired)?;
    confirm(&app, &person, body.current, "current").await?;
    attempt.succeeded(&app, who.context()).await?;
    let me = app.identity.profiles.me(who.user(), None).await?.ok_or(Code::AuthRequired)?;
    require(&body.password, person.policy, &[person.name.as_str(), &me.email])?;
    let hashed = app.identity.hasher.hash(body.password).await?;
    let session = who.who().session;
    app.identity.people.change_password(who.user(), hashed, Some(session), who.cause()).await?;
    if !who.is_by_cookie() {
        return Ok(Data::new(super::me::view(&app, who.who(), false).await?));
    }
    begin(&app, who.context(), who.cause(), (who.user(), Begun::Again), Some(session)).await?.answer(&app).await
}

/// Refuses another password than the one they have, as what was typed into `field`.
pub(super) async fn confirm(app: &App, person: &PersonRow, current: Secret, field: &str) -> Answer<()> {
    match app.identity.hasher.verify(current, person.password.clone()).await? {
        Verified::Yes | Verified::Outdated => Ok(()),
        Verified::No => {
            let refusal = Refusal::new(Code::AuthInvalid, "This is not your current password. Check it and try again.");
            Err(refusal.with_details(json!({ "field": field })).into())
        }
    }
}

/// A password to be judged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Judge {
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// Says how hard a password is to guess. Nothing is kept.
#[utoipa::path(post, path = "/v1/auth/password/check", tag = "identity", request_body = Judge,
    responses((status = 200, body = Strength)))]
async fn check_strength(_who: Public, Body(body): Body<Judge>) -> Answer<Data<Strength>> {
    Ok(Data::new(judge(body.password.expose(), &[])))
}
