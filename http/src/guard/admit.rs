//! The inner half of the guard: credential → actor → limit → permission → CSRF, for one route. Support that a business lets
//! look is turned away here from everything that changes something, and what it opens is put on record here.

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header;
use brigade_domain::id::ConversationId;
use brigade_domain::identity::{Cause, Credential, SiteTenant};
use brigade_domain::refusal::{Code, Refusal, Rejection};
use brigade_domain::support::Looking;

use super::authority::{Access, Authority, Visit};
use super::{Context, Gate, Limit, address, cookie, csrf};
use crate::problem::Problem;

/// How a credential was sent.
enum Shown {
    Nothing,
    Cookie(Credential),
    Header(Credential),
}

/// Lets a request in as `A`, or says why not.
pub(crate) async fn admit<A: Authority>(req: &HttpRequest, limit: Limit) -> Result<A, Problem> {
    let gate = Gate::of(req);
    let context = Context::of(req);
    let from_operator_network = address::is_trusted(context.ip, &gate.config.operator_networks);
    let mut visit = Visit { context, who: None, site: None, by_cookie: false, from_operator_network };

    if A::ACCESS.identifies() {
        identify::<A>(req, &gate, &mut visit).await?;
    }
    let changes = !is_safe(req.method());
    gate.limiters.count(gate.shared.as_deref(), limit, &visit, changes).await?;
    if A::ACCESS == Access::SiteKey {
        visit.site = Some(site_tenant(req, &gate).await?);
    }
    let forgery = check_forgery(req, &gate, &visit);
    // Of every route, before it is asked whom it is for: support changes nothing but that it is there.
    if let Some(who) = &visit.who
        && who.support.is_some()
        && changes
        && A::ACCESS != Access::Leaving
    {
        who.complete()?;
        return Err(Code::SupportMayOnlyLook.into());
    }
    let opens = visit.looking().map(|looking| (looking, visit.cause()));
    let authority = A::grant(visit)?;
    forgery?;
    if let Some((looking, cause)) = opens.filter(|(looking, _)| !looking.ended) {
        note_openings(req, &gate, looking, &cause).await?;
    }
    Ok(authority)
}

/// Whatever route shows support something of a conversation names it in its path: it is on record before it is read.
async fn note_openings(req: &HttpRequest, gate: &Gate, looking: Looking, cause: &Cause) -> Result<(), Problem> {
    for (_, part) in req.match_info().iter() {
        if let Ok(conversation) = part.parse::<ConversationId>() {
            gate.openings.opened(looking, conversation, cause.clone()).await?;
        }
    }
    Ok(())
}

/// Resolves the credential, if one was shown. One that is not valid is like none where none is needed.
async fn identify<A: Authority>(req: &HttpRequest, gate: &Gate, visit: &mut Visit) -> Result<(), Problem> {
    let (credential, by_cookie) = match shown(req)? {
        Shown::Nothing => return Ok(()),
        Shown::Cookie(credential) => (credential, true),
        Shown::Header(credential) => (credential, false),
    };
    match gate.authenticator.authenticate(credential).await {
        Ok(who) => {
            visit.who = Some(who);
            visit.by_cookie = by_cookie;
            Ok(())
        }
        Err(Rejection::Refused(_)) if A::ACCESS.is_open() || by_cookie => Ok(()),
        Err(rejection) => {
            if matches!(rejection, Rejection::Refused(_)) {
                gate.limiters.unknown(visit.context.ip)?;
            }
            Err(rejection.into())
        }
    }
}

/// Reads the credential of a request: `Authorization`, then `X-Tenant-Key: sk_…`, then the cookie.
fn shown(req: &HttpRequest) -> Result<Shown, Refusal> {
    if let Some(value) = req.headers().get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let token = token
            .filter(|token| !token.is_empty() && token.len() <= 256)
            .ok_or_else(|| Refusal::new(Code::AuthInvalid, "Send the token as Authorization: Bearer …"))?;
        return Ok(Shown::Header(Credential::from_bearer(token)));
    }
    if let Some(key) = tenant_key(req).filter(|key| key.starts_with("sk_")) {
        return Ok(Shown::Header(Credential::SecretKey(key.into())));
    }
    Ok(cookie::read(req, cookie::SESSION)
        .filter(|value| !value.is_empty() && value.len() <= 256)
        .map_or(Shown::Nothing, |value| Shown::Cookie(Credential::Cookie(value.into()))))
}

fn tenant_key(req: &HttpRequest) -> Option<&str> {
    req.headers().get("x-tenant-key").and_then(|key| key.to_str().ok())
}

/// The tenant of the public key, when the page that shows it is one of the tenant's (MAIS-TEN-03 to -06).
async fn site_tenant(req: &HttpRequest, gate: &Gate) -> Result<SiteTenant, Problem> {
    let key = tenant_key(req).ok_or(Code::TenantKeyRequired)?;
    let site = gate.site_keys.resolve(key.to_owned()).await?;
    let origin = req.headers().get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or("null"));
    let allowed =
        origin.is_none_or(|origin| gate.config.origins.iter().any(|own| own == origin) || site.allows(origin));
    if allowed { Ok(site) } else { Err(Code::OriginRefused.into()) }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// The cross-site checks of a request that changes something. Site routes are for other sites; their origin was
/// checked against the tenant's list.
fn check_forgery(req: &HttpRequest, gate: &Gate, visit: &Visit) -> Result<(), Refusal> {
    if is_safe(req.method()) || visit.site.is_some() {
        return Ok(());
    }
    let checked = match &visit.who {
        Some(who) if visit.by_cookie => csrf::check_cookie(req.headers(), &gate.config, who.session),
        _ => csrf::check_other(req.headers(), &gate.config),
    };
    checked.map_err(Refusal::of)
}
