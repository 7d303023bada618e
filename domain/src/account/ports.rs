//! What is read of accounts beside their live state. `store/` implements it over the rows.

use super::AccountRow;
use crate::id::{AccountId, TenantId, UserId};
use crate::journal::BoxFuture;
use crate::refusal::Fault;

/// The most accounts of one page.
pub const PAGE: u16 = 100;

/// Accounts of a tenant.
pub trait Accounts: Send + Sync + 'static {
    /// Those made before `before` (`None`: from the newest), newest first, of one account manager only if `manager` is
    /// given, at most `limit` (1 to [`PAGE`]).
    fn page(
        &self,
        tenant: TenantId,
        manager: Option<UserId>,
        before: Option<AccountId>,
        limit: u16,
    ) -> BoxFuture<'static, Result<Vec<AccountRow>, Fault>>;

    /// Those a person belongs to.
    fn of_member(&self, tenant: TenantId, user: UserId) -> BoxFuture<'static, Result<Vec<AccountId>, Fault>>;
}
