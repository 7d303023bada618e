//! Who I am, what I am called, where I act.

use brigade_domain::Timestamp;
use brigade_domain::actor::{ActorKind, Party, Role};
use brigade_domain::id::{AccountId, ConversationId, SessionId, TenantId, UserId};
use brigade_domain::identity::Authenticated;
use brigade_domain::identity::ports::{self, Begun, BrowserSession, Me};
use brigade_domain::refusal::{Code, Fault, Refusal};
use brigade_domain::support::Looking;
use brigade_domain::text::DisplayName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::sign_in::{Opened, open_session};
use super::token;
use crate::envelope::Data;
use crate::guard::{Anybody, SignedIn, cookie, csrf};
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![me, rename, switch_tenant]
}

/// The person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserView {
    #[schema(value_type = String)]
    id: UserId,
    name: String,
    email: String,
    email_verified: bool,
}

/// A tenant, in short.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TenantView {
    #[schema(value_type = String)]
    id: TenantId,
    name: String,
    slug: String,
}

/// An account of the person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnAccountView {
    #[schema(value_type = String)]
    id: AccountId,
    name: String,
    /// Its conversation, once it has one.
    #[schema(value_type = Option<String>)]
    conversation: Option<ConversationId>,
}

/// A tenant the person has a role in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceView {
    #[schema(value_type = String)]
    id: TenantId,
    name: String,
    /// `client`, `account_manager` or `admin`.
    #[schema(value_type = String)]
    role: Role,
}

/// That I look into a business as the platform's support. `POST /v1/support/leave` ends it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupportLooking)]
pub(crate) struct LookingView {
    /// What the business is called.
    business: String,
    /// Until when at the latest.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// Whether it is over: nothing is open then but leaving.
    ended: bool,
}

/// Who I am.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeView {
    signed_in: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserView>,
    /// Where I act.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<TenantView>,
    /// `anonymous`, `client`, `account_manager`, `admin`, `super_admin`, `support` or `system`.
    #[schema(value_type = String)]
    kind: ActorKind,
    /// My roles there.
    #[schema(value_type = Vec<String>)]
    roles: Vec<Role>,
    /// My accounts there.
    accounts: Vec<OwnAccountView>,
    /// Everywhere I have a role.
    tenants: Vec<PlaceView>,
    /// Which business I look into as the platform's support, or did until it ended that.
    #[serde(skip_serializing_if = "Option::is_none")]
    support: Option<LookingView>,
    /// What has to be done before anything else: `second_step` (the password was right, and the code is still to come) or
    /// `set_up_second_factor` (the business asks for two-step sign-in).
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'static str>,
    /// To be sent as `X-CSRF-Token` with everything that changes something. Empty without a cookie session.
    csrf: String,
}

impl MeView {
    fn nobody() -> Self {
        Self {
            signed_in: false,
            user: None,
            tenant: None,
            kind: ActorKind::Anonymous,
            roles: Vec::new(),
            accounts: Vec::new(),
            tenants: Vec::new(),
            support: None,
            next: None,
            csrf: String::new(),
        }
    }

    /// Nobody yet: the code is still to come.
    pub(super) fn awaiting_code() -> Self {
        Self { next: Some("second_step"), ..Self::nobody() }
    }

    fn of(me: Me, next: Option<&'static str>, csrf: String) -> Self {
        let here = me.tenant.and_then(|id| me.tenants.iter().find(|place| place.id == id));
        let tenant = here.map(|place| TenantView { id: place.id, name: place.name.clone(), slug: place.slug.clone() });
        Self {
            signed_in: true,
            tenant,
            user: Some(UserView { id: me.user, name: me.name, email: me.email, email_verified: me.email_verified }),
            kind: me.kind,
            roles: me.roles.to_vec(),
            accounts: me
                .accounts
                .into_iter()
                .map(|account| OwnAccountView {
                    id: account.id,
                    name: account.name,
                    conversation: account.conversation,
                })
                .collect(),
            tenants: me
                .tenants
                .into_iter()
                .map(|place| PlaceView { id: place.id, name: place.name, role: place.role })
                .collect(),
            support: None,
            next,
            csrf,
        }
    }

    /// What they are there who look into a business is told by their session alone: they have no place in it.
    fn looking(self, kind: ActorKind, looking: &Looking, business: ports::TenantView) -> Self {
        let ports::TenantView { id, name, slug, .. } = business;
        Self {
            support: Some(LookingView { business: name.clone(), until: looking.until, ended: looking.ended }),
            tenant: (!looking.ended).then_some(TenantView { id, name, slug }),
            kind,
            roles: Vec::new(),
            accounts: Vec::new(),
            ..self
        }
    }
}

/// Who somebody is, read now.
pub(super) async fn view(app: &App, who: &Authenticated, by_cookie: bool) -> Answer<MeView> {
    let Party::User(user) = who.actor.party else { return Ok(MeView::nobody()) };
    let me = app.identity.profiles.me(user, who.actor.tenant).await?;
    let me = me.ok_or(Fault::Internal { what: "find the person of a session", source: None })?;
    let csrf = if by_cookie { csrf::token(app.config(), who.session) } else { String::new() };
    let shown = MeView::of(me, who.second_factor_missing.then_some("set_up_second_factor"), csrf);
    let Some(looking) = &who.support else { return Ok(shown) };
    let business = app.identity.tenants.view(looking.tenant).await?;
    let business = business.ok_or(Fault::Internal { what: "find the business support looks into", source: None })?;
    Ok(shown.looking(who.actor.kind, looking, business))
}

/// Who I am; also when nobody is signed in.
#[utoipa::path(get, path = "/v1/auth/me", tag = "identity", responses((status = 200, body = MeView)))]
async fn me(who: Anybody, app: App) -> Answer<Data<MeView>> {
    match who.who() {
        Some(known) => Ok(Data::new(view(&app, known, who.is_by_cookie()).await?)),
        None => Ok(Data::new(MeView::nobody())),
    }
}

/// What to be called.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rename {
    /// 1 to 200 characters.
    name: String,
}

/// Changes what others call me.
#[utoipa::path(patch, path = "/v1/auth/me", tag = "identity", request_body = Rename,
    responses((status = 200, body = MeView)))]
async fn rename(who: SignedIn, app: App, Body(body): Body<Rename>) -> Answer<Data<MeView>> {
    let name = DisplayName::parse("name", &body.name)?;
    app.identity.profiles.rename(who.user(), name, who.cause()).await?;
    Ok(Data::new(view(&app, who.who(), who.is_by_cookie()).await?))
}

/// Where to act.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Switch {
    /// One of my tenants.
    #[schema(value_type = String)]
    tenant: TenantId,
}

/// Acts in another of my tenants from now on. The session is rotated: what may be done changes with it.
#[utoipa::path(post, path = "/v1/auth/tenant", tag = "identity", request_body = Switch,
    responses((status = 200, body = MeView)))]
async fn switch_tenant(who: SignedIn, app: App, Body(body): Body<Switch>) -> Answer<Data<MeView>> {
    if !who.is_by_cookie() {
        return Err(
            Refusal::new(Code::Conflict, "An access token keeps its business. Use a secret key of the other.").into()
        );
    }
    let (cookie_value, hash) = token::make("");
    let session = open_session(&app, who.context(), (who.user(), Begun::Again), hash, Some(who.who().session));
    let opened = Opened { id: session.id, cookie: cookie_value };
    let session = BrowserSession { tenant: Some(body.tenant), ..session };
    app.identity.sessions.switch_tenant(session, who.cause()).await?;
    opened.answer(&app).await
}

/// A fresh id for a session.
pub(super) fn fresh_session() -> SessionId {
    SessionId::from_uuid(Uuid::now_v7())
}

/// The cookie of a session.
pub(super) fn session_cookie(app: &App, value: String) -> actix_web::cookie::Cookie<'static> {
    let seconds = i64::try_from(app.config().sessions.absolute.as_secs()).unwrap_or(i64::MAX);
    cookie::set(cookie::SESSION, value, seconds)
}
