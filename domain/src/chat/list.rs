//! Lists of conversations over HTTP: the inbox page by page, with the resolved ones.

use crate::id::{TenantId, UserId};
use crate::journal::BoxFuture;
use crate::json::Json;
use crate::refusal::Rejection;

/// The most conversations of one page.
pub const PAGE: u16 = 100;

/// Which conversations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Resolved ones instead of open ones.
    pub resolved: bool,
    /// Only those whose customer waits (`true`) or does not (`false`).
    pub waiting: Option<bool>,
    /// Only those this person answers.
    pub assignee: Option<UserId>,
}

/// A stretch of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Inbox lines (the bodies of [`crate::entity::Listing`]), newest activity first.
    pub items: Vec<Json>,
    /// Where the next page begins; `None` on the last. Opaque.
    pub next: Option<String>,
}

/// Conversations of a tenant.
pub trait Conversations: Send + Sync + 'static {
    /// A page after `cursor` (the `next` of the page before), at most `limit` (1 to [`PAGE`]). A cursor of no page of
    /// this list is refused with [`crate::refusal::Code::InvalidInput`].
    fn page(
        &self,
        tenant: TenantId,
        filter: Filter,
        cursor: Option<String>,
        limit: u16,
    ) -> BoxFuture<'static, Result<Page, Rejection>>;
}
