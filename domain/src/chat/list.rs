//! Lists of conversations over HTTP: the inbox page by page, with the resolved ones.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::due::Urgency;
use super::triage::Priority;
use crate::id::{LabelId, TeamId, TenantId, UserId};
use crate::journal::BoxFuture;
use crate::json::Json;
use crate::refusal::{Fault, Rejection};

/// The most conversations of one page.
pub const PAGE: u16 = 100;

/// Where a listed conversation stands; each has an order of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// In which order open conversations are listed. Those of other places have one order each ([`Place`]).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Newest activity first.
    #[default]
    Newest,
    /// Who has waited longest first; then those in which nobody waits.
    Longest,
    /// The most urgent first, and of those who has waited longest.
    Urgent,
    /// What is due soonest first; then those in which nothing is.
    Due,
}

impl Order {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Longest => "longest",
            Self::Urgent => "urgent",
            Self::Due => "due",
        }
    }
}

/// Who answers a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignee {
    /// Nobody yet.
    Nobody,
    /// This person.
    Person(UserId),
}

impl From<Option<UserId>> for Assignee {
    fn from(assignee: Option<UserId>) -> Self {
        assignee.map_or(Self::Nobody, Self::Person)
    }
}

/// To which team a conversation was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfTeam {
    /// To none, or to one that is no more.
    None,
    /// To one of these.
    AnyOf(BTreeSet<TeamId>),
}

impl OfTeam {
    fn takes(&self, team: Option<TeamId>) -> bool {
        match self {
            Self::None => team.is_none(),
            Self::AnyOf(teams) => team.is_some_and(|team| teams.contains(&team)),
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
    /// Only those answered by this person, or by nobody.
    pub assignee: Option<Assignee>,
    /// Only those given to one of these teams, or to none.
    pub team: Option<OfTeam>,
    /// Only those with this label.
    pub label: Option<LabelId>,
    /// Only those that are so urgent.
    pub priority: Option<Priority>,
    /// Only those in which something is due soon at least, or was missed.
    pub due: Option<Urgency>,
}

impl Filter {
    /// Whether all that stand in the place are meant.
    pub fn is_whole(&self) -> bool {
        *self == Self { place: self.place, ..Self::default() }
    }

    /// Whether conversations of this kind are among them. The pages of the staff decide the same for what arrives live
    /// (web/src/components/inbox-list/criteria.ts); both are tested against `tests/cases/inbox-filters.json`.
    pub fn takes(&self, facet: &Facet) -> bool {
        self.place == facet.place
            && self.waiting.is_none_or(|waiting| waiting == facet.waiting)
            && self.assignee.is_none_or(|assignee| assignee == facet.assignee)
            && self.team.as_ref().is_none_or(|team| team.takes(facet.team))
            && self.label.is_none_or(|label| facet.labels.contains(&label))
            && self.priority.is_none_or(|priority| priority == facet.priority)
            && self.due.is_none_or(|due| facet.due >= Some(due))
    }

    /// How many conversations there are, by what there is of each kind.
    pub fn count(&self, facets: &[Facet]) -> u64 {
        facets.iter().filter(|facet| self.takes(facet)).map(|facet| facet.count).sum()
    }
}

/// Conversations that are alike in all that filters ask for, and how many they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// Where they stand.
    pub place: Place,
    /// Whether their customers wait.
    pub waiting: bool,
    /// Who answers them.
    pub assignee: Assignee,
    /// Their team, if there is such a team.
    pub team: Option<TeamId>,
    /// Their labels.
    pub labels: BTreeSet<LabelId>,
    /// How urgent they are.
    pub priority: Priority,
    /// Whether something is due soon in them, or was missed.
    pub due: Option<Urgency>,
    /// How many they are.
    pub count: u64,
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
        order: Order,
        cursor: Option<String>,
        limit: u16,
    ) -> BoxFuture<'static, Result<Page, Rejection>>;

    /// The teams that `person` is in.
    fn teams_of(&self, tenant: TenantId, person: UserId) -> BoxFuture<'static, Result<BTreeSet<TeamId>, Fault>>;

    /// What there is to do and what was put off, by kind. What is resolved grows without end and is not counted.
    fn facets(&self, tenant: TenantId) -> BoxFuture<'static, Result<Vec<Facet>, Fault>>;
}
