//! What the operator's page needs of the repository layer.

use super::{Events, Search};
use crate::Timestamp;
use crate::id::{TenantId, UserId};
use crate::identity::Cause;
use crate::identity::ports::AuditLine;
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};

/// The most of a page.
pub const PAGE: u16 = 100;

/// A business, in figures.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantLine {
    /// Which.
    pub id: TenantId,
    /// What people call it.
    pub name: String,
    /// Its short name.
    pub slug: String,
    /// Whether it may be used.
    pub active: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// What it does; `None` as long as it has not been counted.
    pub figures: Option<Figures>,
}

/// How much a business does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// When it was counted.
    pub counted_at: Timestamp,
    /// Who works for it.
    pub people: u64,
    /// Its accounts.
    pub customers: u64,
    /// All there are, resolved ones too.
    pub conversations: u64,
    /// Messages of both sides in the last seven days.
    pub messages: u64,
    /// What its files take, in bytes.
    pub file_bytes: u64,
    /// When the last message was written.
    pub last_message_at: Option<Timestamp>,
}

/// How many businesses there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Businesses {
    /// All of them.
    pub all: u64,
    /// Those that may not be used.
    pub suspended: u64,
}

/// The businesses, as figures.
pub trait Tenants: Send + Sync + 'static {
    /// By short name, those behind `after`, at most `limit`. `now` says which figures are too old.
    fn page(
        &self,
        search: Option<Search>,
        after: Option<String>,
        limit: u16,
        now: Timestamp,
    ) -> BoxFuture<'static, Result<Vec<TenantLine>, Fault>>;

    /// How many there are.
    fn count(&self) -> BoxFuture<'static, Result<Businesses, Fault>>;
}

/// The jobs of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Depth {
    /// Which kind, such as `mail.send`.
    pub task: String,
    /// Due, and not under way.
    pub due: u64,
    /// Since when the oldest of those is due.
    pub oldest_due: Option<Timestamp>,
    /// Not due yet.
    pub later: u64,
    /// Under way.
    pub running: u64,
    /// Of those that wait: which have failed before and are tried again.
    pub failing: u64,
    /// Tried as often as allowed.
    pub dead: u64,
    /// What went wrong the last time, as far as it may be shown, and when.
    pub error: Option<(String, Timestamp)>,
}

/// What waits, and who works on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// By kind.
    pub kinds: Vec<Depth>,
    /// Nodes that have been heard of in the last moments.
    pub nodes: u64,
    /// Letters that no mail server has taken yet.
    pub letters: u64,
    /// Since when the oldest of those waits.
    pub oldest_letter: Option<Timestamp>,
}

/// A job that failed too often. What was to be done with what is not told: it may hold what customers wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The queue's number for it.
    pub id: i64,
    /// Which kind.
    pub task: String,
    /// Whose work it is; `None` is the platform's own.
    pub tenant: Option<TenantId>,
    /// What that business is called.
    pub tenant_name: Option<String>,
    /// How often it was tried.
    pub attempts: u16,
    /// When it was put into the queue.
    pub since: Timestamp,
    /// When it failed the last time.
    pub failed_at: Timestamp,
    /// What went wrong the last time, as far as it may be shown.
    pub error: String,
}

/// The work that waits and the work that is stuck.
pub trait Queue: Send + Sync + 'static {
    /// What waits. It may be some seconds old.
    fn waiting(&self) -> BoxFuture<'static, Result<Waiting, Fault>>;

    /// Dead letters before `before`, the newest first, at most `limit`; all kinds or one.
    fn dead(
        &self,
        task: Option<String>,
        before: Option<i64>,
        limit: u16,
    ) -> BoxFuture<'static, Result<Vec<DeadLetter>, Fault>>;

    /// Has one tried again from now on. Refused when there is no such dead letter.
    fn retry(&self, id: i64, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// The same with all of a kind up to this number; how many there were, at most a thousand at a time.
    fn retry_all(&self, task: String, upto: i64, cause: Cause) -> BoxFuture<'static, Result<u64, Rejection>>;

    /// Puts one away: it is never done. Refused when there is no such dead letter.
    fn put_away(&self, id: i64, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;
}

/// Which lines of the platform's own record.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// Of which events.
    pub events: Events,
    /// Not before this.
    pub from: Option<Timestamp>,
    /// Before this.
    pub to: Option<Timestamp>,
    /// Lines before this one.
    pub before: Option<u64>,
}

/// Lines of the record.
#[derive(Debug, Clone)]
pub struct Lines {
    /// The lines.
    pub lines: Vec<AuditLine>,
    /// What those are called who did it.
    pub names: Vec<(UserId, String)>,
}

/// What concerns no business, or the operator's work.
pub trait Activity: Send + Sync + 'static {
    /// The newest first, at most `limit`.
    fn page(&self, which: Which, limit: u16) -> BoxFuture<'static, Result<Lines, Fault>>;
}
