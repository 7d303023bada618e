//! Keys of tenants and the tokens of site visitors.

use crate::Timestamp;
use crate::id::{ApiKeyId, ConversationId, TenantId, VisitorId};
use crate::identity::{Cause, KeyKind, KeyMode, Origin, TenantKey, TokenHash};
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};
use crate::text::DisplayName;

/// Whose public key a site showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteTenant {
    /// The tenant.
    pub tenant: TenantId,
    /// The key.
    pub key: ApiKeyId,
    /// The tenant's name.
    pub name: String,
    /// The sites that may use it.
    pub origins: Vec<Origin>,
}

impl SiteTenant {
    /// Whether a page of `origin` (as its browser sends it) may use the key.
    pub fn allows(&self, origin: &str) -> bool {
        self.origins.iter().any(|listed| listed.as_str() == origin)
    }
}

/// Public keys to tenants (MAIS-TEN-03 to -06). May be cached for up to two seconds.
pub trait SiteKeys: Send + Sync + 'static {
    /// Whose key this is. Refuses with [`crate::refusal::Code::InvalidTenantKey`] when it is malformed, unknown, revoked
    /// or secret, and with [`crate::refusal::Code::TenantInactive`].
    fn resolve(&self, key: String) -> BoxFuture<'static, Result<SiteTenant, Rejection>>;

    /// Whether any active tenant lists this origin: what a browser's preflight can be answered by.
    fn knows_origin(&self, origin: String) -> BoxFuture<'static, Result<bool, Fault>>;
}

/// A key, as its tenant sees it.
#[derive(Debug, Clone)]
pub struct KeyInfo {
    /// Which.
    pub id: ApiKeyId,
    /// What it was called.
    pub name: String,
    /// What it is for.
    pub kind: KeyKind,
    /// Real use or trying out.
    pub mode: KeyMode,
    /// A public key in full, of a secret one its beginning and end.
    pub shown: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// A key to be kept.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its id, made at the edge.
    pub id: ApiKeyId,
    /// What to call it.
    pub name: DisplayName,
    /// The key. A secret one is kept encrypted, and found by its hash (MAIS-TEN-11).
    pub key: TenantKey,
}

/// A tenant's keys.
pub trait ApiKeys: Send + Sync + 'static {
    /// Those that work, the newest first.
    fn list(&self, tenant: TenantId) -> BoxFuture<'static, Result<Vec<KeyInfo>, Fault>>;

    /// Keeps a new key.
    fn create(&self, tenant: TenantId, key: NewKey, cause: Cause) -> BoxFuture<'static, Result<KeyInfo, Rejection>>;

    /// Replaces the key `old` by one of the same name, kind and mode; `old` stops working at once.
    fn rotate(
        &self,
        tenant: TenantId,
        old: ApiKeyId,
        new: ApiKeyId,
        random: String,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(KeyInfo, TenantKey), Rejection>>;

    /// Ends a key; [`crate::refusal::Code::NotFound`] when there is none.
    fn revoke(&self, tenant: TenantId, key: ApiKeyId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;
}

/// The capability of an anonymous visitor for its one conversation (C57). It ends after 30 days without use.
pub trait VisitorTokens: Send + Sync + 'static {
    /// Keeps a token. The conversation was opened before.
    fn issue(
        &self,
        tenant: TenantId,
        visitor: VisitorId,
        conversation: ConversationId,
        token: TokenHash,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<(), Rejection>>;

    /// To which conversation of `tenant` a token leads; `None` when it leads nowhere any more.
    fn conversation_of(
        &self,
        tenant: TenantId,
        token: TokenHash,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<Option<ConversationId>, Fault>>;

    /// Ends a token of `tenant`, if there is one: the visitor clicked “forget me”.
    fn forget(&self, tenant: TenantId, token: TokenHash, at: Timestamp) -> BoxFuture<'static, Result<(), Rejection>>;
}
