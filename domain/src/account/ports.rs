//! What is read of accounts beside their live state. `store/` implements it over the rows.

use super::AccountRow;
use super::lifecycle::Lifecycle;
use crate::id::{AccountId, TenantId, UserId};
use crate::journal::BoxFuture;
use crate::refusal::Fault;

/// The most accounts of one page.
pub const PAGE: u16 = 100;

/// Which accounts are asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Only those this person looks after.
    pub manager: Option<UserId>,
    /// Only those with this in their name, whether large or small.
    pub name: Option<String>,
    /// Only those who stand here.
    pub lifecycle: Option<Lifecycle>,
    /// Those made before this one; `None`: from the newest.
    pub before: Option<AccountId>,
    /// At most so many: 1 to [`PAGE`].
    pub limit: u16,
}

/// Accounts of a tenant.
pub trait Accounts: Send + Sync + 'static {
    /// Those that are asked for, newest first.
    fn page(&self, tenant: TenantId, asked: Asked) -> BoxFuture<'static, Result<Vec<AccountRow>, Fault>>;

    /// Those a person belongs to.
    fn of_member(&self, tenant: TenantId, user: UserId) -> BoxFuture<'static, Result<Vec<AccountId>, Fault>>;
}
