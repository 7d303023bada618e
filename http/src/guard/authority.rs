//! Who may call a handler, as the type of its first argument.
//!
//! | authority | who has it |
//! |---|---|
//! | [`Public`] | everybody; no credential is looked at |
//! | [`Anybody`] | everybody; a valid credential is known |
//! | [`SignedIn`] | a person, with a session or an access token |
//! | [`Enrolling`] | the same, also who has to set up two-step sign-in before anything else |
//! | [`Person`] | a person with a place in a tenant, staff or client: for what is theirs alone |
//! | [`Participant`] | anybody with a place in a tenant: staff, client, site visitor, secret key |
//! | [`Staff`] | account managers, admins and secret keys of a tenant |
//! | [`StaffOrSupport`] | the same, and support that the business lets look |
//! | [`ParticipantOrSupport`] | anybody with a place in a tenant, and support that it lets look |
//! | [`AdminOrSupport`] | admins and secret keys of a tenant, and support that it lets look |
//! | [`TenantAdmin`] | admins and secret keys of a tenant |
//! | [`AdminPerson`] | admins of a tenant, signed in as a person: for what a leaked key must not do |
//! | [`Leaving`] | everybody, to end that they are here: also support that may not look any more |
//! | [`SuperAdmin`] | who operates the platform |
//! | [`SiteKey`] | a site with its tenant's public key |
//! | [`Operator`] | monitoring: from an operator network, or a super admin |
//!
//! Support is let in by those that name it and by [`Anybody`] and [`Leaving`], which ask for nothing; all others refuse it,
//! and the guard refuses it every request that changes something before any is asked.

use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use brigade_domain::Timestamp;
use brigade_domain::actor::{Actor, ActorKind, Party};
use brigade_domain::id::{SessionId, TenantId, UserId};
use brigade_domain::identity::{Authenticated, Cause, SiteTenant};
use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::support::Looking;
use serde::Serialize;

use super::Context;

/// The kinds of authority, as the OpenAPI document names them (`x-access`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// See [`Public`].
    Public,
    /// See [`Anybody`].
    Anybody,
    /// See [`SignedIn`].
    SignedIn,
    /// See [`Enrolling`].
    Enrolling,
    /// See [`Person`].
    Person,
    /// See [`Participant`].
    Participant,
    /// See [`Staff`].
    Staff,
    /// See [`StaffOrSupport`].
    StaffOrSupport,
    /// See [`ParticipantOrSupport`].
    ParticipantOrSupport,
    /// See [`AdminOrSupport`].
    AdminOrSupport,
    /// See [`Leaving`].
    Leaving,
    /// See [`TenantAdmin`].
    TenantAdmin,
    /// See [`AdminPerson`].
    AdminPerson,
    /// See [`SuperAdmin`].
    SuperAdmin,
    /// See [`SiteKey`].
    SiteKey,
    /// See [`Operator`].
    Operator,
}

impl Access {
    /// Whether a request without any credential is let in.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Public | Self::Anybody | Self::Leaving)
    }

    /// Whether credentials of people and programs are looked at.
    pub(super) const fn identifies(self) -> bool {
        !matches!(self, Self::Public | Self::SiteKey)
    }
}

/// What the guard found out about one request. Only the guard makes one.
#[derive(Debug, Clone)]
pub struct Visit {
    pub(super) context: Rc<Context>,
    pub(super) who: Option<Authenticated>,
    pub(super) site: Option<SiteTenant>,
    pub(super) by_cookie: bool,
    pub(super) from_operator_network: bool,
}

impl Visit {
    /// Request id, address and time.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// When the request was taken in: the handler's only clock.
    pub fn at(&self) -> Timestamp {
        self.context.at
    }

    /// Who causes what follows, for the audit log.
    pub fn cause(&self) -> Cause {
        Cause {
            by: self.who.as_ref().map(|who| who.actor.party),
            at: self.context.at,
            ip: Some(self.context.ip),
            request_id: Some(self.context.request_id.clone()),
            device: Some(self.context.user_agent.clone()),
        }
    }

    /// Which session asks, if one does.
    pub fn session(&self) -> Option<SessionId> {
        self.who.as_ref().map(|who| who.session)
    }

    /// Which look it is, when it is support that asks.
    pub fn looking(&self) -> Option<Looking> {
        self.who.as_ref().and_then(|who| who.support)
    }

    /// Whether a browser's cookie, and not a program's token, says who it is.
    pub const fn is_by_cookie(&self) -> bool {
        self.by_cookie
    }

    /// The site visitor who asks, if it is one.
    pub(super) fn visitor(&self) -> Option<Party> {
        self.who.as_ref().filter(|who| who.actor.kind == ActorKind::Anonymous).map(|who| who.actor.party)
    }

    /// Whose credential it is, whatever else they have to do first.
    fn identified(&self) -> Result<&Authenticated, Refusal> {
        self.who.as_ref().ok_or_else(|| Code::AuthRequired.into())
    }

    /// Who has nothing to do first, and is here to look if it is support.
    fn complete(&self) -> Result<&Authenticated, Refusal> {
        self.identified()?.complete()
    }

    /// The same, and not support: it is let in by those alone who say so.
    fn authenticated(&self) -> Result<&Authenticated, Refusal> {
        let who = self.complete()?;
        if who.support.is_some() { Err(Code::SupportClosed.into()) } else { Ok(who) }
    }

    fn in_tenant(&self) -> Result<(Arc<Actor>, TenantId), Refusal> {
        Self::place_of(self.authenticated()?)
    }

    fn in_tenant_or_support(&self) -> Result<(Arc<Actor>, TenantId), Refusal> {
        Self::place_of(self.complete()?)
    }

    fn place_of(who: &Authenticated) -> Result<(Arc<Actor>, TenantId), Refusal> {
        let actor = &who.actor;
        let tenant = actor.tenant.ok_or_else(|| Refusal::new(Code::Forbidden, "Choose a business first."))?;
        Ok((Arc::clone(actor), tenant))
    }
}

mod sealed {
    pub trait Sealed {}
}

/// A type that says who may call a handler. Sealed: the list above is the list.
pub trait Authority: sealed::Sealed + Sized + 'static {
    /// Which one it is, for the document and the guard.
    const ACCESS: Access;

    /// The authority, when the visit has it. Called by the guard; nobody else can make a [`Visit`].
    fn grant(visit: Visit) -> Result<Self, Refusal>;
}

macro_rules! authorities {
    ($($name:ident),*) => {$(
        impl sealed::Sealed for $name {}
        impl Deref for $name {
            type Target = Visit;
            fn deref(&self) -> &Visit {
                &self.visit
            }
        }
    )*};
}

authorities!(
    Public,
    Anybody,
    SignedIn,
    Enrolling,
    Person,
    Participant,
    Staff,
    StaffOrSupport,
    ParticipantOrSupport,
    AdminOrSupport,
    Leaving,
    TenantAdmin,
    AdminPerson,
    SuperAdmin,
    SiteKey,
    Operator
);

/// Everybody.
#[derive(Debug)]
pub struct Public {
    visit: Visit,
}

impl Authority for Public {
    const ACCESS: Access = Access::Public;
    fn grant(visit: Visit) -> Result<Self, Refusal> {
        Ok(Self { visit })
    }
}

/// Everybody, and who it is when a valid credential came with the request.
#[derive(Debug)]
pub struct Anybody {
    visit: Visit,
}

impl Anybody {
    /// Who it is, if known; perhaps somebody who has to set up two-step sign-in first.
    pub const fn who(&self) -> Option<&Authenticated> {
        self.visit.who.as_ref()
    }
}

impl Authority for Anybody {
    const ACCESS: Access = Access::Anybody;
    fn grant(visit: Visit) -> Result<Self, Refusal> {
        Ok(Self { visit })
    }
}

/// Everybody, to end that they are here. The one authority under which support may send what changes something, and so for
/// nothing else.
#[derive(Debug)]
pub struct Leaving {
    visit: Visit,
}

impl Leaving {
    /// Who it is, if known.
    pub const fn who(&self) -> Option<&Authenticated> {
        self.visit.who.as_ref()
    }
}

impl Authority for Leaving {
    const ACCESS: Access = Access::Leaving;
    fn grant(visit: Visit) -> Result<Self, Refusal> {
        Ok(Self { visit })
    }
}

/// A person, with a session or an access token.
#[derive(Debug)]
pub struct SignedIn {
    visit: Visit,
    who: Authenticated,
    user: UserId,
}

impl SignedIn {
    /// The person.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// The session and the actor.
    pub const fn who(&self) -> &Authenticated {
        &self.who
    }
}

impl Authority for SignedIn {
    const ACCESS: Access = Access::SignedIn;
    fn grant(visit: Visit) -> Result<Self, Refusal> {
        let who = visit.authenticated()?.clone();
        let user = person(&who)?;
        Ok(Self { visit, who, user })
    }
}

fn person(who: &Authenticated) -> Result<UserId, Refusal> {
    match who.actor.party {
        Party::User(user) => Ok(user),
        Party::Visitor(_) => Err(Code::AuthRequired.into()),
        Party::Key(_) | Party::System => Err(Code::Forbidden.into()),
    }
}

/// A person, with a session or an access token, also one who has to set up two-step sign-in before anything else: for
/// setting it up.
#[derive(Debug)]
pub struct Enrolling {
    visit: Visit,
    who: Authenticated,
    user: UserId,
}

impl Enrolling {
    /// The person.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// The session and the actor.
    pub const fn who(&self) -> &Authenticated {
        &self.who
    }
}

impl Authority for Enrolling {
    const ACCESS: Access = Access::Enrolling;
    fn grant(visit: Visit) -> Result<Self, Refusal> {
        let who = visit.identified()?.clone();
        if let Some(looking) = who.support {
            return Err(if looking.ended { Code::SupportEnded } else { Code::SupportClosed }.into());
        }
        let user = person(&who)?;
        Ok(Self { visit, who, user })
    }
}

macro_rules! in_tenant {
    ($(#[$doc:meta])* $name:ident by $place:ident when $allowed:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name {
            visit: Visit,
            actor: Arc<Actor>,
            tenant: TenantId,
        }

        impl $name {
            /// Who asks.
            pub fn actor(&self) -> &Arc<Actor> {
                &self.actor
            }

            /// In which tenant: the first argument of every repository method.
            pub const fn tenant(&self) -> TenantId {
                self.tenant
            }
        }

        impl Authority for $name {
            const ACCESS: Access = Access::$name;
            fn grant(visit: Visit) -> Result<Self, Refusal> {
                let (actor, tenant) = visit.$place()?;
                let allowed: fn(&Actor, TenantId) -> bool = $allowed;
                if !allowed(&actor, tenant) {
                    return Err(Code::Forbidden.into());
                }
                Ok(Self { visit, actor, tenant })
            }
        }
    };
}

in_tenant! {
    /// Anybody with a place in a tenant. What they may see there is decided per object.
    Participant by in_tenant when |_, _| true
}

in_tenant! {
    /// Account managers, admins and secret keys.
    Staff by in_tenant when |actor, tenant| actor.is_staff_of(tenant)
}

in_tenant! {
    /// Account managers, admins and secret keys, and support that was let in: for what is read.
    StaffOrSupport by in_tenant_or_support when |actor, tenant| actor.sees_as_staff_of(tenant)
}

in_tenant! {
    /// Anybody with a place in a tenant, and support that was let in: for what is read. What they may see there is decided per
    /// object.
    ParticipantOrSupport by in_tenant_or_support when |_, _| true
}

in_tenant! {
    /// Admins and secret keys, and support that was let in: for what is read.
    AdminOrSupport by in_tenant_or_support when |actor, tenant| {
        actor.is_admin_of(tenant) || actor.kind == ActorKind::Support
    }
}

in_tenant! {
    /// Admins and secret keys.
    TenantAdmin by in_tenant when |actor, tenant| actor.is_admin_of(tenant)
}

in_tenant! {
    /// Admins, signed in as a person.
    AdminPerson by in_tenant when |actor, tenant| actor.is_admin_of(tenant) && matches!(actor.party, Party::User(_))
}

/// A person with a place in a tenant. What they may see there is decided per object.
#[derive(Debug)]
pub struct Person {
    visit: Visit,
    actor: Arc<Actor>,
    tenant: TenantId,
    user: UserId,
}

impl Person {
    /// Who asks.
    pub fn actor(&self) -> &Arc<Actor> {
        &self.actor
    }

    /// In which tenant: the first argument of every repository method.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The person.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// Where they are signed in.
    pub fn session(&self) -> Option<SessionId> {
        self.visit.who.as_ref().map(|who| who.session)
    }
}

impl Authority for Person {
    const ACCESS: Access = Access::Person;
    fn grant(visit: Visit) -> Result<Self, Refusal> {
        let (actor, tenant) = visit.in_tenant()?;
        match actor.party {
            Party::User(user) => Ok(Self { visit, actor, tenant, user }),
            Party::Visitor(_) | Party::Key(_) | Party::System => Err(Code::Forbidden.into()),
        }
    }
}

/// Who operates the platform.
#[derive(Debug)]
pub struct SuperAdmin {
    visit: Visit,
    actor: Arc<Actor>,
}

impl SuperAdmin {
    /// Who asks.
    pub const fn actor(&self) -> &Arc<Actor> {
        &self.actor
    }
}

impl Authority for SuperAdmin {
    const ACCESS: Access = Access::SuperAdmin;
    fn grant(visit: Visit) -> Result<Self, Refusal> {
        let actor = Arc::clone(&visit.authenticated()?.actor);
        if actor.kind != ActorKind::SuperAdmin {
            return Err(Code::Forbidden.into());
        }
        Ok(Self { visit, actor })
    }
}

/// A site that showed its tenant's public key.
#[derive(Debug)]
pub struct SiteKey {
    visit: Visit,
    site: SiteTenant,
}

impl SiteKey {
    /// Whose key it is.
    pub const fn site(&self) -> &SiteTenant {
        &self.site
    }

    /// In which tenant: the first argument of every repository method.
    pub const fn tenant(&self) -> TenantId {
        self.site.tenant
    }
}

impl Authority for SiteKey {
    const ACCESS: Access = Access::SiteKey;
    fn grant(mut visit: Visit) -> Result<Self, Refusal> {
        let site = visit.site.take().ok_or_else(|| Refusal::of(Code::TenantKeyRequired))?;
        Ok(Self { visit, site })
    }
}

/// Monitoring.
#[derive(Debug)]
pub struct Operator {
    visit: Visit,
}

impl Authority for Operator {
    const ACCESS: Access = Access::Operator;
    fn grant(visit: Visit) -> Result<Self, Refusal> {
        if visit.from_operator_network {
            return Ok(Self { visit });
        }
        if visit.authenticated()?.actor.kind != ActorKind::SuperAdmin {
            return Err(Code::Forbidden.into());
        }
        Ok(Self { visit })
    }
}
