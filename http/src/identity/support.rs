//! Support's looking: a business lets it look, support looks and leaves (decision 0017). What it then may see is said by the
//! authorities of the routes ([`crate::guard`]); that it changes nothing, by the guard.

use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::id::{PermissionId, SessionId, TenantId, UserId};
use brigade_domain::identity::ports::{Begun, BrowserSession};
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::support::Terms;
use brigade_domain::support::ports::{Ended, Invitation, Look, Named, Permission};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::me::MeView;
use super::sign_in::{Opened, open_session};
use super::token;
use crate::envelope::{Data, Done};
use crate::guard::{AdminPerson, Leaving, SuperAdmin, Visit};
use crate::input::{At, Body};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![list, let_in, end, invitations, look_in, leave]
}

/// Somebody, as they are called now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupportPerson)]
pub(crate) struct NamedView {
    #[schema(value_type = String)]
    id: UserId,
    name: String,
}

impl From<Named> for NamedView {
    fn from(Named { user, name }: Named) -> Self {
        Self { id: user, name }
    }
}

/// That somebody of support looked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupportLook)]
pub(crate) struct LookView {
    by: NamedView,
    #[schema(value_type = String, format = DateTime)]
    began_at: Timestamp,
    /// Null while they look.
    #[schema(value_type = Option<String>, format = DateTime)]
    left_at: Option<Timestamp>,
    /// How many conversations they opened; which ones is in the audit log.
    opened: u64,
}

impl From<Look> for LookView {
    fn from(Look { by, began_at, left_at, opened }: Look) -> Self {
        Self { by: by.into(), began_at, left_at, opened }
    }
}

/// A permission for support to look.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupportPermission)]
pub(crate) struct PermissionView {
    #[schema(value_type = String)]
    id: PermissionId,
    /// What it is about.
    about: String,
    given_by: NamedView,
    #[schema(value_type = String, format = DateTime)]
    given_at: Timestamp,
    /// When it is over at the latest.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// When it was over; null while it runs.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// Who ended it; null when its time was over.
    ended_by: Option<NamedView>,
    /// Who looked, the last first, at most 50.
    looks: Vec<LookView>,
}

impl From<Permission> for PermissionView {
    fn from(permission: Permission) -> Self {
        let Permission { id, about, given_by, given_at, until, ended, looks } = permission;
        let (ended_at, ended_by) = match ended {
            None => (None, None),
            Some((at, Ended::ByTime)) => (Some(at), None),
            Some((at, Ended::By(who))) => (Some(at), Some(who.into())),
        };
        let looks = looks.into_iter().map(LookView::from).collect();
        Self { id, about, given_by: given_by.into(), given_at, until, ended_at, ended_by, looks }
    }
}

/// Whether support may look into my business: the permission that runs, if one does, and the last five that have ended.
#[utoipa::path(get, path = "/v1/tenant/support", tag = "tenant", responses((status = 200, body = Vec<PermissionView>)))]
async fn list(who: AdminPerson, app: App) -> Answer<Data<Vec<PermissionView>>> {
    let permissions = app.identity.support.list(who.tenant(), who.at()).await?;
    Ok(Data::new(permissions.into_iter().map(PermissionView::from).collect()))
}

/// For how long, and what it is about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LetIn {
    /// 1 to 72.
    hours: u16,
    /// 1 to 500 characters.
    about: String,
}

/// Lets support look into my business: read conversations, notes and settings, and change nothing. `CONFLICT` while another
/// permission runs.
#[utoipa::path(post, path = "/v1/tenant/support", tag = "tenant", request_body = LetIn,
    responses((status = 200, body = Done)))]
async fn let_in(who: AdminPerson, app: App, Body(body): Body<LetIn>) -> Answer<Data<Done>> {
    let terms = Terms::parse(body.hours, &body.about)?;
    app.identity.support.let_in(who.tenant(), terms, who.cause()).await?;
    Ok(Data::done())
}

/// Ends a permission before its time. Whoever looks is out at once.
#[utoipa::path(delete, path = "/v1/tenant/support/{id}", tag = "tenant",
    params(("id" = String, Path, description = "`per_…`")), responses((status = 200, body = Done)))]
async fn end(who: AdminPerson, app: App, At(id): At<PermissionId>) -> Answer<Data<Done>> {
    app.identity.support.end(who.tenant(), id, who.cause()).await?;
    Ok(Data::done())
}

/// A business that lets support look.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupportInvitation)]
pub(crate) struct InvitationView {
    #[schema(value_type = String)]
    tenant: TenantId,
    name: String,
    slug: String,
    /// What it is about.
    about: String,
    #[schema(value_type = String, format = DateTime)]
    given_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

impl From<Invitation> for InvitationView {
    fn from(Invitation { tenant, name, slug, about, given_at, until }: Invitation) -> Self {
        Self { tenant, name, slug, about, given_at, until }
    }
}

/// The businesses that let support look at this moment.
#[utoipa::path(get, path = "/v1/platform/support", tag = "platform",
    responses((status = 200, body = Vec<InvitationView>)))]
async fn invitations(who: SuperAdmin, app: App) -> Answer<Data<Vec<InvitationView>>> {
    let invitations = app.identity.looks.invitations(who.at()).await?;
    Ok(Data::new(invitations.into_iter().map(InvitationView::from).collect()))
}

/// Looks into a business that lets support look. The session is rotated, and is support's there and nothing else until
/// `POST /v1/support/leave`. `SUPPORT_ENDED` when the business does not let support look, `CONFLICT` without two-step sign-in
/// of one's own.
#[utoipa::path(post, path = "/v1/platform/support/{tenant}/look-in", tag = "platform",
    params(("tenant" = String, Path, description = "`ten_…`")), responses((status = 200, body = MeView)))]
async fn look_in(who: SuperAdmin, app: App, At(tenant): At<TenantId>) -> Answer<Data<MeView>> {
    let user = who.actor().party.user().ok_or(Code::Forbidden)?;
    let replaces = who.session();
    let (opened, session) = fresh(&app, &who, user, replaces)?;
    app.identity.looks.look_in(BrowserSession { tenant: Some(tenant), ..session }, who.cause()).await?;
    opened.answer(&app).await
}

/// Ends looking into a business, also when it has ended that. The session is rotated.
#[utoipa::path(post, path = "/v1/support/leave", tag = "platform", responses((status = 200, body = MeView)))]
async fn leave(who: Leaving, app: App) -> Answer<Data<MeView>> {
    let known = who.who().ok_or(Code::AuthRequired)?;
    let (Party::User(user), Some(_)) = (known.actor.party, known.support) else {
        return Err(Refusal::new(Code::Conflict, "You are not looking into a business.").into());
    };
    let (opened, session) = fresh(&app, &who, user, Some(known.session))?;
    app.identity.looks.leave(session, who.cause()).await?;
    opened.answer(&app).await
}

/// A session under a new cookie: what may be done changes with it.
fn fresh(
    app: &App,
    visit: &Visit,
    user: UserId,
    replaces: Option<SessionId>,
) -> Result<(Opened, BrowserSession), Refusal> {
    if !visit.is_by_cookie() {
        return Err(Refusal::new(Code::Conflict, "Look in from a browser: an access token cannot."));
    }
    let (cookie, hash) = token::make("");
    let session = open_session(app, visit.context(), (user, Begun::Again), hash, replaces);
    Ok((Opened { id: session.id, cookie }, session))
}
