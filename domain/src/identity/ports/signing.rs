//! With what a business's own site signs who its visitor is ([`crate::chat::identity`]).

use std::time::Duration;

use crate::Timestamp;
use crate::id::TenantId;
use crate::identity::{Cause, Secret};
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};

/// How long the secret before counts beside the new one.
pub const SECRET_OVERLAP: Duration = Duration::from_hours(24);

/// A tenant's secret, as its admins see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecretState {
    /// How often it was made, replaced or ended.
    pub rev: u32,
    /// When the one that counts was made; `None` when there is none.
    pub made_at: Option<Timestamp>,
    /// Until when the one before counts too.
    pub previous_until: Option<Timestamp>,
}

/// A tenant's secret for signing, of which there is at most one, and for a day the one before.
pub trait IdentitySecrets: Send + Sync + 'static {
    /// How it stands.
    fn state(&self, tenant: TenantId) -> BoxFuture<'static, Result<SecretState, Fault>>;

    /// Keeps a new one; the one before counts for [`SECRET_OVERLAP`] more. [`crate::refusal::Code::Conflict`] when it is not at `rev`.
    fn renew(
        &self,
        tenant: TenantId,
        rev: u32,
        secret: Secret,
        cause: Cause,
    ) -> BoxFuture<'static, Result<SecretState, Rejection>>;

    /// Ends it and the one before, at once. [`crate::refusal::Code::NotFound`] when there is none.
    fn end(&self, tenant: TenantId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Those that count now.
    fn current(&self, tenant: TenantId, at: Timestamp) -> BoxFuture<'static, Result<Vec<Secret>, Fault>>;
}
