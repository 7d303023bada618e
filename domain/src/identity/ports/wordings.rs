//! Letters in a business's own words ([`crate::identity::mail::wording`]), kept.

use crate::id::TenantId;
use crate::identity::Cause;
use crate::identity::mail::wording::{Occasion, Wording};
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};

/// A wording that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptWording {
    /// Of which letter.
    pub occasion: Occasion,
    /// How often it was changed since ours was last used, from 1 on.
    pub rev: u32,
    /// How.
    pub wording: Wording,
}

/// A tenant's own wordings.
pub trait Wordings: Send + Sync + 'static {
    /// Those there are.
    fn list(&self, tenant: TenantId) -> BoxFuture<'static, Result<Vec<KeptWording>, Fault>>;

    /// The one of a letter that is about to be written, if there is one.
    fn own(&self, tenant: TenantId, occasion: Occasion) -> BoxFuture<'static, Result<Option<Wording>, Fault>>;

    /// Keeps one in the place of the one at `rev`, 0 when ours is used. [`crate::refusal::Code::Conflict`] when somebody else
    /// has changed it since.
    fn keep(
        &self,
        tenant: TenantId,
        occasion: Occasion,
        rev: u32,
        wording: Wording,
        cause: Cause,
    ) -> BoxFuture<'static, Result<KeptWording, Rejection>>;

    /// Goes back to ours. [`crate::refusal::Code::NotFound`] when that is used already.
    fn remove(&self, tenant: TenantId, occasion: Occasion, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;
}
