//! Invitations: read and accepted by whoever has the letter, and sent for the staff and for clients.

use actix_web::HttpRequest;
use brigade_domain::actor::{Party, Role};
use brigade_domain::id::{AccountId, ConversationId, InvitationId, TenantId, UserId};
use brigade_domain::identity::mail::Letter;
use brigade_domain::identity::mail::wording::{Names, Occasion, Words};
use brigade_domain::identity::password::Policy;
use brigade_domain::identity::ports::{
    Acceptance, Begun, Invitation, InvitationFor, Invitee, NewInvitation, TenantView,
};
use brigade_domain::identity::{Cause, Secret};
use brigade_domain::language::Language;
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::text::{DisplayName, Email};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::email::{OneTime, link};
use super::me::MeView;
use super::password::require;
use super::sign_in::{Opened, open_session, prove};
use super::{device, second_step, token};
use crate::envelope::Data;
use crate::guard::{Anybody, Public, cookie};
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![preview, accept]
}

/// Whose invitation it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Inviter {
    name: String,
}

/// An invitation, as its reader sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Preview {
    /// `client` or `staff`.
    kind: &'static str,
    tenant: Inviter,
    email: String,
    name: String,
    /// Whether somebody with this address is known here: then a password of theirs is asked for.
    existing_user: bool,
}

/// Reads an invitation without using it. `TOKEN_EXPIRED` when it was used, taken back or is older than 7 days.
#[utoipa::path(post, path = "/v1/invitations/preview", tag = "identity", request_body = OneTime,
    responses((status = 200, body = Preview)))]
async fn preview(who: Public, app: App, Body(body): Body<OneTime>) -> Answer<Data<Preview>> {
    let invitation = app.identity.invitations.open(token::hash(body.token.expose()), who.at()).await?;
    Ok(Data::new(Preview {
        kind: match invitation.offer {
            InvitationFor::Client { .. } => "client",
            InvitationFor::Staff(_) => "staff",
        },
        tenant: Inviter { name: invitation.tenant_name },
        email: invitation.email.to_string(),
        name: invitation.name.to_string(),
        existing_user: invitation.existing.is_some(),
    }))
}

/// Accepting. Somebody new chooses a name and a password; somebody known is signed in or shows theirs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accept {
    #[schema(value_type = String)]
    token: Secret,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<Secret>,
    /// For somebody known who uses two-step sign-in: the six digits of their app, or a recovery code.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    code: Option<Secret>,
}

/// Accepts an invitation and signs in. The address counts as verified, because the mail reached it.
/// `SECOND_FACTOR_REQUIRED` when the password is right and a `code` is needed as well.
#[utoipa::path(post, path = "/v1/invitations/accept", tag = "identity", request_body = Accept,
    responses((status = 200, body = MeView)))]
async fn accept(who: Anybody, app: App, req: HttpRequest, Body(body): Body<Accept>) -> Answer<Data<MeView>> {
    let hash = token::hash(body.token.expose());
    let invitation = app.identity.invitations.open(hash, who.at()).await?;
    let invitee = match invitation.existing {
        None => newcomer(&app, &invitation, body.name, body.password).await?,
        Some(user) => acquaintance(&app, &who, &req, &invitation, user, (body.password, body.code)).await?,
    };
    let acceptance = Acceptance { token: hash, invitee, account: AccountId::from_uuid(Uuid::now_v7()) };
    let accepted = app.identity.invitations.accept(acceptance, who.cause()).await?;

    let replaces = who.who().filter(|_| who.is_by_cookie()).map(|known| known.session);
    let (value, hash) = token::make("");
    // Whoever has the letter reads the mail that another letter would go to.
    let begun = Begun::SignIn { known_device: true };
    let mut session = open_session(&app, who.context(), (accepted.user, begun), hash, replaces);
    session.tenant = Some(accepted.tenant);
    let opened = Opened { id: session.id, cookie: value };
    app.identity.sessions.begin(session, who.cause()).await?;
    let known = device::keep_or_make(app.config(), cookie::read(&req, cookie::DEVICE), &invitation.email);
    Ok(opened.answer(&app).await?.cookie(cookie::set(cookie::DEVICE, known, device::LIFETIME)))
}

/// Somebody new: the letter is the proof of the address, the password is for later.
async fn newcomer(
    app: &App,
    invitation: &Invitation,
    name: Option<String>,
    password: Option<Secret>,
) -> Answer<Invitee> {
    let name = match name {
        Some(name) => DisplayName::parse("name", &name)?,
        None => invitation.name.clone(),
    };
    let password = password.ok_or_else(|| Refusal::invalid("password", "Choose a password for next time."))?;
    let policy = Policy { composition: invitation.password_composition };
    require(&password, policy, &[name.as_str(), invitation.email.as_str(), &invitation.tenant_name])?;
    let password = app.identity.hasher.hash(password).await?;
    Ok(Invitee::New { user: UserId::from_uuid(Uuid::now_v7()), name, password })
}

/// Somebody known: signed in as that person, or showing the password (and a code, where they use them), or never having had
/// one.
async fn acquaintance(
    app: &App,
    who: &Anybody,
    req: &HttpRequest,
    invitation: &Invitation,
    user: UserId,
    (password, code): (Option<Secret>, Option<Secret>),
) -> Answer<Invitee> {
    if who.who().is_some_and(|known| known.actor.party == Party::User(user) && !known.second_factor_missing) {
        return Ok(Invitee::Known(user));
    }
    let Some(password) = password else {
        let text = "You have been here before. Sign in, or enter your password, to accept.";
        return Err(Refusal::new(Code::AuthRequired, text).into());
    };
    if invitation.existing_has_password {
        let device = cookie::read(req, cookie::DEVICE);
        let person = prove(app, who, &invitation.email, password, device.as_deref()).await?;
        second_step::demand(app, who, &person, &invitation.email, code, device.as_deref()).await?;
        return Ok(Invitee::Known(user));
    }
    let person = app.identity.people.get(user).await?.ok_or(Code::TokenExpired)?;
    second_step::demand(app, who, &person, &invitation.email, code, None).await?;
    require(&password, person.policy, &[person.name.as_str(), invitation.email.as_str()])?;
    let hashed = app.identity.hasher.hash(password).await?;
    let cause = who.cause().by(Party::User(user));
    app.identity.people.change_password(user, hashed, None, cause).await?;
    Ok(Invitee::Known(user))
}

/// Invites somebody, and answers under which id. For the staff routes and for the chat feature.
pub(super) async fn send(
    app: &App,
    tenant: TenantId,
    offer: InvitationFor,
    email: Email,
    name: DisplayName,
    cause: Cause,
) -> Answer<InvitationId> {
    let view = app.identity.tenants.view(tenant).await?.ok_or(Code::NotFound)?;
    let (secret, token) = token::make("");
    let letter = letter(app, &view, offer, &name, link(app, "invite", &secret)).await?;
    let id = InvitationId::from_uuid(Uuid::now_v7());
    let new = NewInvitation { id, offer, email, name, token, letter };
    app.identity.invitations.invite(tenant, new, cause).await?;
    Ok(id)
}

/// In the words of the business, as they are now: what is changed later is not said in this letter.
async fn letter(
    app: &App,
    business: &TenantView,
    offer: InvitationFor,
    name: &DisplayName,
    link: String,
) -> Answer<Letter> {
    let occasion = match offer {
        InvitationFor::Staff(_) => Occasion::StaffInvitation,
        InvitationFor::Client { .. } => Occasion::ClientInvitation,
    };
    let own = app.identity.wordings.own(business.id, occasion).await?;
    let names = Names { person: name.as_str(), business: &business.name };
    let (words, tenant) = (Words::of((occasion, Language::En), own.as_ref(), names)?, business.name.clone());
    Ok(match offer {
        InvitationFor::Staff(_) => Letter::StaffInvitation { words, tenant, link },
        InvitationFor::Client { .. } => Letter::ClientInvitation { words, tenant, link },
    })
}

/// Invites a visitor to become a client: accepting hands the conversation over to an account of theirs, through the job
/// `invitation.accepted`. The chat feature calls this and then tells the conversation.
pub async fn invite_client(
    app: &App,
    tenant: TenantId,
    conversation: ConversationId,
    email: Email,
    name: DisplayName,
    cause: Cause,
) -> Answer<InvitationId> {
    send(app, tenant, InvitationFor::Client { conversation }, email, name, cause).await
}

/// A role on the staff.
pub(super) fn staff_role(role: Role) -> Result<Role, Refusal> {
    match role {
        Role::AccountManager | Role::Admin => Ok(role),
        Role::Client => Err(Refusal::invalid("role", "Choose account_manager or admin.")),
    }
}
