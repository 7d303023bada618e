//! Verification of an address: a link that comes by mail.

use brigade_domain::identity::Secret;
use brigade_domain::identity::mail::Letter;
use brigade_domain::identity::ports::Purpose;
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::text::Email;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{throttle, token};
use crate::envelope::{Data, Done};
use crate::guard::{Public, SignedIn};
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![verify, resend]
}

/// The token of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneTime {
    #[schema(value_type = String)]
    pub(super) token: Secret,
}

/// Says that the mail arrived. `TOKEN_EXPIRED` when the token was used or is older than 24 hours.
#[utoipa::path(post, path = "/v1/auth/email/verify", tag = "identity", request_body = OneTime,
    responses((status = 200, body = Done)))]
async fn verify(who: Public, app: App, Body(body): Body<OneTime>) -> Answer<Data<Done>> {
    app.identity.one_time.verify_email(token::hash(body.token.expose()), who.cause()).await?;
    Ok(Data::done())
}

/// Nothing to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Sends the link again; earlier ones stop working.
#[utoipa::path(post, path = "/v1/auth/email/resend", tag = "identity", request_body = Nothing,
    responses((status = 200, body = Done)))]
async fn resend(who: SignedIn, app: App, _body: Body<Nothing>) -> Answer<Data<Done>> {
    let me = app.identity.profiles.me(who.user(), None).await?.ok_or(Code::AuthRequired)?;
    if me.email_verified {
        return Err(Refusal::new(Code::Conflict, "Your address is confirmed already.").into());
    }
    let email = Email::parse("email", &me.email)?;
    throttle::mail(&app, who.context(), &email).await?;
    let (secret, hash) = token::make("");
    let letter = Letter::VerifyEmail { name: me.name, link: link(&app, "verify", &secret) };
    app.identity.one_time.issue(who.user(), Purpose::VerifyEmail, hash, letter, email, who.cause()).await?;
    Ok(Data::done())
}

/// A link into our pages. The token is behind the `#`: browsers do not send that, so it is in no log (14.2.1).
pub(super) fn link(app: &App, page: &str, token: &str) -> String {
    format!("{}/{page}#token={token}", app.config().origin())
}
