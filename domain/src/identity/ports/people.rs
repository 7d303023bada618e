//! People: found at sign-in, and as they see themselves.

use std::time::Duration;

use smallvec::SmallVec;

use crate::Timestamp;
use crate::actor::{ActorKind, Role};
use crate::id::{AccountId, ConversationId, TenantId, UserId};
use crate::identity::{Cause, Secret, password::Policy};
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};
use crate::text::{DisplayName, Email};

/// A person as sign-in needs them.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// Who.
    pub user: UserId,
    /// What others call them.
    pub name: DisplayName,
    /// The password's hash (argon2id, or bcrypt from elsewhere); `None`: never set one.
    pub password: Option<Secret>,
    /// Whether they may not sign in any more.
    pub disabled: bool,
    /// When the address was verified.
    pub verified_at: Option<Timestamp>,
    /// The strictest password rules of their tenants.
    pub policy: Policy,
    /// Whether the password alone does not sign them in.
    pub second_factor: bool,
}

/// Finds people, and keeps their passwords' hashes.
pub trait People: Send + Sync + 'static {
    /// Who has this address.
    fn find(&self, email: &Email) -> BoxFuture<'static, Result<Option<PersonRow>, Fault>>;

    /// Who this is.
    fn get(&self, user: UserId) -> BoxFuture<'static, Result<Option<PersonRow>, Fault>>;

    /// Replaces the hash of an unchanged password with a stronger one. Ends no session.
    fn rehash(&self, user: UserId, old: Secret, new: Secret) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Sets a new password: every session but `keep` ends.
    fn change_password(
        &self,
        user: UserId,
        hash: Secret,
        keep: Option<crate::id::SessionId>,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Notes a sign-in that failed: of a known person in their audit log, of an unknown one in the platform's.
    fn note_failure(&self, user: Option<UserId>, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;
}

/// Counts attempts over time, durably and for all nodes.
pub trait Throttle: Send + Sync + 'static {
    /// Counts one attempt under each key before it is made; `Some(wait)` when one of them has had `limit` in its
    /// `window` already, and then none is counted. A key is any text; it is kept as a hash.
    fn attempt(
        &self,
        keys: SmallVec<[String; 2]>,
        limit: u32,
        window: Duration,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<Option<Duration>, Rejection>>;

    /// Takes one attempt back: it succeeded.
    fn forgive(&self, keys: SmallVec<[String; 2]>, at: Timestamp) -> BoxFuture<'static, Result<(), Rejection>>;
}

/// An account a person belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPlace {
    /// Which.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Its conversation, if it has one.
    pub conversation: Option<ConversationId>,
}

/// A tenant a person has a role in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantPlace {
    /// Which.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// Its short name.
    pub slug: String,
    /// The strongest role there.
    pub role: Role,
}

/// What a person sees of themselves.
#[derive(Debug, Clone)]
pub struct Me {
    /// Who.
    pub user: UserId,
    /// What others call them.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether it was verified.
    pub email_verified: bool,
    /// The tenant they act in now.
    pub tenant: Option<TenantId>,
    /// What they are there.
    pub kind: ActorKind,
    /// Their roles there.
    pub roles: SmallVec<[Role; 2]>,
    /// Their accounts there.
    pub accounts: Vec<AccountPlace>,
    /// Everywhere they have a role.
    pub tenants: Vec<TenantPlace>,
}

/// People as they see themselves.
pub trait Profiles: Send + Sync + 'static {
    /// Everything about `user`, acting in `tenant`.
    fn me(&self, user: UserId, tenant: Option<TenantId>) -> BoxFuture<'static, Result<Option<Me>, Fault>>;

    /// Changes what others call them.
    fn rename(&self, user: UserId, name: DisplayName, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;
}
