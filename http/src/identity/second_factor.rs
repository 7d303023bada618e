//! My two-step sign-in: setting it up, recovery codes, turning it off.
//!
//! Who has to set it up before anything else reaches what is needed for that, and nothing more.

use actix_web::HttpRequest;
use brigade_domain::Timestamp;
use brigade_domain::id::UserId;
use brigade_domain::identity::ports::Begun;
use brigade_domain::identity::second_factor::{RECOVERY_CODES, RecoveryCode, SecondStep, TotpSecret};
use brigade_domain::identity::{Secret, TokenHash};
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::text::Email;
use rand::RngExt as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::password_routes::confirm as confirm_password;
use super::qr::{QrView, draw};
use super::second_step::{OneCode, demand, prove};
use super::sign_in::begin;
use super::{device, throttle};
use crate::envelope::{Data, Done};
use crate::guard::{Enrolling, SignedIn, Visit, cookie};
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

/// What apps show the codes under.
const ISSUER: &str = "Brigade";

pub(super) fn routes() -> Routes {
    routes![state, set_up, confirm, renew_codes, remove]
}

/// How my two-step sign-in stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FactorView {
    on: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// How many recovery codes were not used.
    recovery_codes: u32,
    /// Whether a business I work for asks for it.
    required: bool,
}

/// How my two-step sign-in stands.
#[utoipa::path(get, path = "/v1/auth/second-factor", tag = "identity", responses((status = 200, body = FactorView)))]
async fn state(who: Enrolling, app: App) -> Answer<Data<FactorView>> {
    let state = app.identity.second_factors.state(who.user()).await?;
    Ok(Data::new(FactorView {
        on: state.since.is_some(),
        since: state.since,
        recovery_codes: state.recovery_codes,
        required: state.required,
    }))
}

/// My password, again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Password {
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// A secret for an app, shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct SetUpView {
    /// To be typed in: 32 letters and digits in groups of four.
    secret: String,
    /// What the QR code says.
    uri: String,
    qr: QrView,
}

/// Begins to set it up: a secret for my app. It counts once a code of it was confirmed, within an hour; asked again, there is
/// another secret.
#[utoipa::path(post, path = "/v1/auth/second-factor", tag = "identity", request_body = Password,
    responses((status = 200, body = SetUpView)))]
async fn set_up(who: Enrolling, app: App, Body(body): Body<Password>) -> Answer<Data<SetUpView>> {
    let email = ask_password(&app, &who, who.user(), body.password).await?;
    let secret = TotpSecret::new(rand::rng().random());
    let uri = secret.uri(ISSUER, email.as_str());
    let view = SetUpView { secret: secret.text(), qr: draw(&uri)?, uri };
    app.identity.second_factors.prepare(who.user(), secret, who.cause()).await?;
    Ok(Data::new(view))
}

/// Recovery codes, shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct CodesView {
    /// Each lets me in once without my app.
    recovery_codes: Vec<String>,
}

/// Turns it on with a code of the app, and answers the recovery codes. Every other session ends, and this one gets a new
/// cookie.
#[utoipa::path(post, path = "/v1/auth/second-factor/confirm", tag = "identity", request_body = OneCode,
    responses((status = 200, body = CodesView)))]
async fn confirm(who: Enrolling, app: App, Body(body): Body<OneCode>) -> Answer<Data<CodesView>> {
    let digits = SecondStep::parse_digits("code", body.expose())?;
    let session = who.who().session;
    let (view, hashes) = recovery_codes(who.user());
    app.identity.second_factors.confirm(who.user(), digits, hashes, session, who.cause()).await?;
    if !who.is_by_cookie() {
        return Ok(Data::new(view));
    }
    let me = app.identity.profiles.me(who.user(), None).await?.ok_or(Code::AuthRequired)?;
    let proven = device::make_proven(app.config(), &Email::parse("email", &me.email)?);
    let opened = begin(&app, who.context(), who.cause(), (who.user(), Begun::Again), Some(session)).await?;
    Ok(opened.cookie_for(&app, Data::new(view)).cookie(cookie::set(cookie::DEVICE, proven, device::LIFETIME)))
}

/// My password and a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Both {
    #[schema(value_type = String, format = Password)]
    password: Secret,
    /// The six digits of my app, or a recovery code.
    #[schema(value_type = String)]
    code: Secret,
}

/// Makes new recovery codes; those from before stop working.
#[utoipa::path(post, path = "/v1/auth/second-factor/recovery-codes", tag = "identity", request_body = Both,
    responses((status = 200, body = CodesView)))]
async fn renew_codes(who: SignedIn, app: App, req: HttpRequest, Body(body): Body<Both>) -> Answer<Data<CodesView>> {
    ask_both(&app, &who, &req, body).await?;
    let (view, hashes) = recovery_codes(who.user());
    app.identity.second_factors.renew_codes(who.user(), hashes, who.cause()).await?;
    Ok(Data::new(view))
}

/// Turns it off. Every other session ends, and this one gets a new cookie.
#[utoipa::path(post, path = "/v1/auth/second-factor/remove", tag = "identity", request_body = Both,
    responses((status = 200, body = Done)))]
async fn remove(who: SignedIn, app: App, req: HttpRequest, Body(body): Body<Both>) -> Answer<Data<Done>> {
    ask_both(&app, &who, &req, body).await?;
    let session = who.who().session;
    app.identity.second_factors.remove(who.user(), session, who.cause()).await?;
    if !who.is_by_cookie() {
        return Ok(Data::done());
    }
    let opened = begin(&app, who.context(), who.cause(), (who.user(), Begun::Again), Some(session)).await?;
    Ok(opened.cookie_for(&app, Data::done()))
}

/// Asks for the password again, counted; answers the person's address.
async fn ask_password(app: &App, visit: &Visit, user: UserId, password: Secret) -> Answer<Email> {
    let attempt = throttle::attempt(app, visit.context(), &format!("change second factor {user}")).await?;
    let person = app.identity.people.get(user).await?.ok_or(Code::AuthRequired)?;
    confirm_password(app, &person, password, "password").await?;
    attempt.succeeded(app, visit.context()).await?;
    let me = app.identity.profiles.me(user, None).await?.ok_or(Code::AuthRequired)?;
    Ok(Email::parse("email", &me.email)?)
}

/// Asks for the password again, and for a code where the person uses them: before something that cannot be taken back.
pub(super) async fn ask_again(
    app: &App,
    who: &SignedIn,
    req: &HttpRequest,
    password: Secret,
    code: Option<Secret>,
) -> Answer<()> {
    let email = ask_password(app, who, who.user(), password).await?;
    let person = app.identity.people.get(who.user()).await?.ok_or(Code::AuthRequired)?;
    let device = cookie::read(req, cookie::DEVICE);
    demand(app, who, &person, &email, code, device.as_deref()).await
}

async fn ask_both(app: &App, who: &SignedIn, req: &HttpRequest, both: Both) -> Answer<()> {
    let email = ask_password(app, who, who.user(), both.password).await?;
    let state = app.identity.second_factors.state(who.user()).await?;
    if state.since.is_none() {
        return Err(Refusal::new(Code::Conflict, "Two-step sign-in is off already.").into());
    }
    let device = cookie::read(req, cookie::DEVICE);
    prove(app, who, who.user(), &email, &both.code, device.as_deref()).await
}

fn recovery_codes(owner: UserId) -> (CodesView, Vec<TokenHash>) {
    let codes: Vec<_> = (0..RECOVERY_CODES).map(|_| RecoveryCode::new(rand::rng().random())).collect();
    let hashes = codes.iter().map(|code| code.hash(owner)).collect();
    (CodesView { recovery_codes: codes.iter().map(RecoveryCode::text).collect() }, hashes)
}
