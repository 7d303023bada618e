//! Lists of conversations over HTTP: the inbox page by page, with the resolved ones.

use serde::Deserialize;

use super::triage::Priority;
use crate::id::{LabelId, TenantId, UserId};
use crate::journal::BoxFuture;
use crate::json::Json;
use crate::refusal::Rejection;

/// The most conversations of one page.
pub const PAGE: u16 = 100;

/// Where a listed conversation stands; each has an order of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Something to do: newest activity first.
    #[default]
    Open,
    /// Put off: what comes back next first.
    Snoozed,
    /// Done: newest activity first.
    Resolved,
}

impl Place {
    /// The name on the wire: the status of who stands here.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
        }
    }
}

/// Which conversations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those that stand here.
    pub place: Place,
    /// Only those whose customer waits (`true`) or does not (`false`).
    pub waiting: Option<bool>,
    /// Only those this person answers.
    pub assignee: Option<UserId>,
    /// Only those with this label.
    pub label: Option<LabelId>,
    /// Only those that are so urgent.
    pub priority: Option<Priority>,
}

/// A stretch of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Inbox lines (the bodies of [`crate::entity::Listing`]), in the order of the place.
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
