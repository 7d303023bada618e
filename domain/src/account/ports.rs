//! What is read of accounts beside their live state. `store/` implements it over the rows.

use super::AccountRow;
use crate::id::{AccountId, ConversationId, TenantId, UserId};
use crate::journal::BoxFuture;
use crate::refusal::Fault;

/// The most accounts of one page.
pub const PAGE: u16 = 100;

/// An account in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The account.
    pub row: AccountRow,
    /// Its newest conversation.
    pub conversation: Option<ConversationId>,
}

/// Accounts of a tenant.
pub trait Accounts: Send + Sync + 'static {
    /// Those after `after` (`None`: from the newest), newest first, at most `limit` (1 to [`PAGE`]).
    fn page(
        &self,
        tenant: TenantId,
        after: Option<AccountId>,
        limit: u16,
    ) -> BoxFuture<'static, Result<Vec<Listed>, Fault>>;

    /// Those a person belongs to.
    fn of_member(&self, tenant: TenantId, user: UserId) -> BoxFuture<'static, Result<Vec<AccountId>, Fault>>;
}
