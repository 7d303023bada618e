//! Who a credential stands for, and when that ends. Shared by `http/` and `ws/`.

use std::fmt;
use std::sync::Arc;

use crate::Timestamp;
use crate::actor::{Actor, Party};
use crate::id::{ApiKeyId, ConversationId, SessionId, TenantId, UserId, VisitorId};
use crate::journal::BoxFuture;
use crate::refusal::{Code, Refusal, Rejection};
use crate::support::Looking;

/// What a request or a socket shows to say who it is: the raw secret, as it came over the wire.
///
/// `Debug` never prints the secret.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// The value of the session cookie of a browser.
    Cookie(Box<str>),
    /// A program's access token, from `Authorization: Bearer …`.
    Bearer(Box<str>),
    /// The capability for one site conversation (`vst_…`).
    VisitorToken(Box<str>),
    /// A tenant's secret key (`sk_…`).
    SecretKey(Box<str>),
}

impl Credential {
    /// Reads what followed `Authorization: Bearer `: a secret key, a visitor's token, or an access token, told
    /// apart by their prefixes.
    pub fn from_bearer(token: &str) -> Self {
        match token.get(..4) {
            Some("vst_") => Self::VisitorToken(token.into()),
            Some(prefix) if prefix.starts_with("sk_") => Self::SecretKey(token.into()),
            _ => Self::Bearer(token.into()),
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cookie(_) => "Cookie(…)",
            Self::Bearer(_) => "Bearer(…)",
            Self::VisitorToken(_) => "VisitorToken(…)",
            Self::SecretKey(_) => "SecretKey(…)",
        })
    }
}

/// Who a credential stands for, at the moment it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    /// Who asks, with rights read just now (at most two seconds ago).
    pub actor: Arc<Actor>,
    /// What ends when this credential is revoked. For a visitor's token and a secret key: an id made of theirs.
    pub session: SessionId,
    /// When the credential ends by itself; a socket closes then.
    pub expires_at: Timestamp,
    /// The one conversation a visitor's token is for; `None` for everybody else.
    pub conversation: Option<ConversationId>,
    /// Whether the business they act in asks for two-step sign-in and they do not use it. The actor has no tenant and no
    /// roles then: nothing is open but setting it up.
    pub second_factor_missing: bool,
    /// Whether it is support's, which a business lets look or has let look.
    pub support: Option<Looking>,
}

impl Authenticated {
    /// Refuses who has to set up two-step sign-in first, and support that may not look any more.
    pub fn complete(&self) -> Result<&Self, Refusal> {
        if self.support.is_some_and(|looking| looking.ended) {
            return Err(Code::SupportEnded.into());
        }
        if self.second_factor_missing { Err(Code::SecondFactorSetupRequired.into()) } else { Ok(self) }
    }

    /// Whether `event` ends this credential or changes what it may do: the holder must be resolved again, and its
    /// sockets closed within five seconds.
    pub fn ends_with(&self, event: &SessionEvent) -> bool {
        match *event {
            SessionEvent::Session(session) => self.session == session,
            SessionEvent::User(user) => self.actor.party == Party::User(user),
            SessionEvent::Key(key) => self.actor.party == Party::Key(key),
            SessionEvent::Visitor(visitor) => self.actor.party == Party::Visitor(visitor),
            SessionEvent::Tenant(tenant) => self.actor.tenant == Some(tenant),
        }
    }
}

/// Turns credentials into actors. Shared by `http/` and `ws/`.
///
/// Refuses with [`crate::refusal::Code::AuthRequired`] (no such session, ended, or over),
/// [`crate::refusal::Code::InvalidTenantKey`] (a secret key that is malformed, unknown or revoked) or
/// [`crate::refusal::Code::TenantInactive`]. The answer may be cached for up to two seconds, and is forgotten at once
/// when a [`SessionEvent`] says so.
pub trait Authenticator: Send + Sync + 'static {
    /// Who this is.
    fn authenticate(&self, credential: Credential) -> BoxFuture<'static, Result<Authenticated, Rejection>>;

    /// Who this is now, whatever is cached: for what will last, as a socket does. Without a cache it is the same.
    fn authenticate_anew(&self, credential: Credential) -> BoxFuture<'static, Result<Authenticated, Rejection>> {
        self.authenticate(credential)
    }
}

/// Something ended or changed: whoever was resolved before must be resolved again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionEvent {
    /// One session was signed out, revoked or rotated.
    Session(SessionId),
    /// All sessions of a person: disabled, password changed, memberships changed, signed out everywhere.
    User(UserId),
    /// An API key was revoked or rotated.
    Key(ApiKeyId),
    /// A visitor's token was forgotten, or the conversation was handed over.
    Visitor(VisitorId),
    /// A tenant was suspended or its settings changed.
    Tenant(TenantId),
}

/// What is called with each event. Must return quickly and must not block: hand over to a channel or task.
pub type SessionListener = Arc<dyn Fn(SessionEvent) + Send + Sync>;

/// Tells when credentials end, from this node at once and from other nodes and the command line within two seconds.
pub trait SessionEvents: Send + Sync + 'static {
    /// Calls `listener` with every event from now on, for as long as the process runs.
    fn listen(&self, listener: SessionListener);

    /// Tells everybody on this node. Changes of sessions, people, memberships, keys, visitors' tokens and tenants in the
    /// database are told by themselves, within two seconds on every node; this is for what is not in the database.
    fn publish(&self, event: SessionEvent);
}
