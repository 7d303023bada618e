//! Who asks. Every request and every socket resolves to one [`Actor`]; rules take it as an argument,
//! so a rule that needs authority cannot be called without saying whose.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::id::{AccountId, ApiKeyId, InvalidId, TenantId, UserId, VisitorId};
use crate::refusal::{Code, Refusal};

/// The kinds of actor (BK-GUARD-13 to -18), and support beside them. Everything finer is a [`Role`] within a tenant (C46).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// Nobody signed in: a site visitor.
    Anonymous,
    /// A customer of the tenant.
    Client,
    /// Staff who talk to customers.
    AccountManager,
    /// Staff who also manage the tenant.
    Admin,
    /// Operates the platform.
    SuperAdmin,
    /// Who operates the platform, let in by a business for some hours: looks, and changes nothing
    /// ([`crate::support`]).
    Support,
    /// Brigade itself: workers and scheduled jobs.
    System,
}

/// What a membership in a tenant makes a person there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A customer: belongs to accounts.
    Client,
    /// Answers customers.
    AccountManager,
    /// Manages the tenant, its people and keys.
    Admin,
}

/// What a program holding an API key or a bearer token may do, beside the role of its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// What a public key (`pk_…`) may do: read the site configuration, start a site chat.
    Site,
    /// What a secret key (`sk_…`) may do: act on the tenant's data as its staff would.
    Tenant,
}

/// The one who said or did something, as the log remembers it: a prefixed id, or `system`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Party {
    /// A signed-in person.
    User(UserId),
    /// An anonymous site visitor.
    Visitor(VisitorId),
    /// A program with a tenant's secret key.
    Key(ApiKeyId),
    /// Brigade itself.
    System,
}

impl Party {
    /// The person, if it is one.
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::Visitor(_) | Self::Key(_) | Self::System => None,
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Visitor(id) => id.fmt(f),
            Self::Key(id) => id.fmt(f),
            Self::System => f.write_str("system"),
        }
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Party {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text.get(..4) {
            Some("usr_") => text.parse().map(Self::User),
            Some("vis_") => text.parse().map(Self::Visitor),
            Some("key_") => text.parse().map(Self::Key),
            _ if text == "system" => Ok(Self::System),
            _ => Err(InvalidId { expected: "usr, vis or key" }),
        }
    }
}

impl Serialize for Party {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Party {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Somebody who asks for something, in one tenant, with what they may do there.
///
/// Resolved at the edge from a session, a bearer token, an API key or a visitor's token, and from
/// memberships read at that moment; never from anything the client says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who it is.
    pub party: Party,
    /// Which of the six kinds.
    pub kind: ActorKind,
    /// The tenant this actor acts in. A super admin outside any tenant has none.
    pub tenant: Option<TenantId>,
    /// Roles in that tenant.
    pub roles: SmallVec<[Role; 2]>,
    /// Accounts of that tenant this person is a member of.
    pub accounts: SmallVec<[AccountId; 2]>,
    /// The scope, when a program acts with a key.
    pub scope: Option<Scope>,
    /// The name others see; never an e-mail address.
    pub name: String,
}

impl Actor {
    /// Brigade itself acting within a tenant.
    pub fn system(tenant: TenantId) -> Self {
        Self {
            party: Party::System,
            kind: ActorKind::System,
            tenant: Some(tenant),
            roles: SmallVec::new(),
            accounts: SmallVec::new(),
            scope: None,
            name: String::new(),
        }
    }

    /// Brigade itself doing what somebody of the staff has asked for before: with its authority, under their name. Whether
    /// they still are of the staff is asked by whoever makes this.
    pub fn on_behalf(tenant: TenantId, user: UserId, name: String) -> Self {
        Self { party: Party::User(user), name, ..Self::system(tenant) }
    }

    /// A site visitor of a tenant.
    pub fn visitor(tenant: TenantId, visitor: VisitorId) -> Self {
        Self { party: Party::Visitor(visitor), kind: ActorKind::Anonymous, ..Self::system(tenant) }
    }

    /// Whether this actor works for `tenant` (account manager, admin, or its secret key).
    pub fn is_staff_of(&self, tenant: TenantId) -> bool {
        self.tenant == Some(tenant)
            && matches!(self.kind, ActorKind::AccountManager | ActorKind::Admin | ActorKind::System)
    }

    /// Whether this actor manages `tenant`.
    pub fn is_admin_of(&self, tenant: TenantId) -> bool {
        self.tenant == Some(tenant) && matches!(self.kind, ActorKind::Admin | ActorKind::System)
    }

    /// Whether this actor sees in `tenant` what its staff see: those, and support that was let in. Never whether they may
    /// do something: ask [`Self::is_staff_of`].
    pub fn sees_as_staff_of(&self, tenant: TenantId) -> bool {
        self.is_staff_of(tenant) || (self.tenant == Some(tenant) && self.kind == ActorKind::Support)
    }

    /// Refuses who may only look. Asked before every command, every signal and every request that changes something,
    /// whatever they are: support changes nothing.
    pub fn may_change(&self) -> Result<(), Refusal> {
        if self.kind == ActorKind::Support { Err(Code::SupportMayOnlyLook.into()) } else { Ok(()) }
    }

    /// Whether this actor is a member of the account.
    pub fn is_member_of(&self, account: AccountId) -> bool {
        self.accounts.contains(&account)
    }
}
