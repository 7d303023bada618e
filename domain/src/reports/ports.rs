//! What reports need of the repository layer.

use serde::{Deserialize, Serialize};

use super::funnel::Reached;
use crate::Timestamp;
use crate::chat::event::Kind;
use crate::id::{ConversationId, LabelId, TenantId, UserId};
use crate::identity::Cause;
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};

/// From (inclusive) to (exclusive).
pub type Moments = (Timestamp, Timestamp);

/// Which matters, beside when they began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Only {
    /// Those of this person: who answered it when it was resolved or, until then, who answers it.
    pub person: Option<UserId>,
    /// Those with this label.
    pub label: Option<LabelId>,
}

/// What a report is asked for.
#[derive(Debug, Clone)]
pub struct Question {
    /// The period.
    pub period: Moments,
    /// What it is compared with.
    pub before: Moments,
    /// Which matters.
    pub only: Only,
    /// Where the days or weeks of the period begin.
    pub slices: Vec<Timestamp>,
    /// Where its hours begin.
    pub hours: Vec<Timestamp>,
    /// Which time counts in spreads.
    pub clock: Clock,
    /// When the business is open, from the first matter on until now, in order.
    pub open: Vec<Moments>,
    /// What was due before and is not done was missed.
    pub now: Timestamp,
}

/// How long something took, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Half of them took no longer.
    pub median: f64,
    /// Nine of ten took no longer.
    pub p90: f64,
}

/// Which time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// While the business is open, by its hours of today: what they were at the time nobody has kept, and a change of them
    /// does not make the days before it incomparable.
    Open,
    /// All of it.
    Always,
}

/// What was due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Done in time.
    pub met: u64,
    /// Done late, or not done though it was due.
    pub missed: u64,
}

/// What customers said of how they were served.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Said {
    /// How many were asked.
    pub asked: u64,
    /// How many of them said something.
    pub rated: u64,
    /// How many said good or very good.
    pub good: u64,
}

/// What matters come to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Figures {
    /// How many began.
    pub matters: u64,
    /// How many of them were answered.
    pub answered: u64,
    /// How many of them were resolved.
    pub resolved: u64,
    /// How many messages customers wrote in those that were resolved.
    pub messages: u64,
    /// From the beginning to the first answer; nothing when there is none.
    pub first: Option<Spread>,
    /// From the beginning to the end; nothing when there is none.
    pub resolution: Option<Spread>,
    /// First answers.
    pub answers_kept: Kept,
    /// Solutions.
    pub resolutions_kept: Kept,
    /// How content customers were.
    pub feedback: Said,
}

/// What somebody did; nobody in particular, or a program, is none.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonFigures {
    /// Who.
    pub person: Option<UserId>,
    /// What they are called, if anything.
    pub name: Option<String>,
    /// How many matters are theirs.
    pub matters: u64,
    /// How many first answers they gave.
    pub answered: u64,
    /// How long customers waited for these.
    pub first: Option<Spread>,
    /// How many they resolved.
    pub resolved: u64,
    /// How long these took from their beginning.
    pub resolution: Option<Spread>,
    /// How content customers were with the matters that are theirs.
    pub feedback: Said,
}

/// The answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// Of the period.
    pub figures: Figures,
    /// Of the time before.
    pub before: Figures,
    /// By slice, of which the first is 0; where nothing began there is none.
    pub slices: Vec<(usize, Figures)>,
    /// How many began, by hour of the period, of which the first is 0.
    pub hours: Vec<(usize, u64)>,
    /// By person, who has most first.
    pub people: Vec<PersonFigures>,
    /// By label, what comes most first; without any label is none. A matter with two labels counts twice.
    pub labels: Vec<(Option<LabelId>, Figures)>,
}

/// A matter, to take along.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Where.
    pub conversation: ConversationId,
    /// The message it began with.
    pub seq: u64,
    /// A visitor's or a client's.
    pub kind: Kind,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was first answered.
    pub answered_at: Option<Timestamp>,
    /// By whom; a program is nobody.
    pub answered_by: Option<String>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// By whom; a program is nobody.
    pub resolved_by: Option<String>,
    /// Who has it.
    pub assignee: Option<String>,
    /// What it is about.
    pub labels: Vec<LabelId>,
    /// How many messages the customer wrote, once it is resolved.
    pub messages: Option<u64>,
    /// Seconds to the first answer while it was open.
    pub first_open: Option<f64>,
    /// Seconds to the end while it was open.
    pub resolution_open: Option<f64>,
    /// When the first answer was due.
    pub answer_due: Option<Timestamp>,
    /// When the solution was due.
    pub resolution_due: Option<Timestamp>,
    /// How its customer was served, 1 to 5, if they said so.
    pub score: Option<u8>,
}

/// Where a page of matters begins.
pub type Place = (Timestamp, ConversationId, u64);

/// Reports of a tenant.
pub trait Reports: Send + Sync + 'static {
    /// When the first matter that is known began.
    fn since(&self, tenant: TenantId) -> BoxFuture<'static, Result<Option<Timestamp>, Fault>>;

    /// The figures.
    fn report(&self, tenant: TenantId, question: Question) -> BoxFuture<'static, Result<Report, Fault>>;

    /// How far the conversations got that began on the site in some time: every step, in its order.
    fn funnel(&self, tenant: TenantId, period: Moments) -> BoxFuture<'static, Result<Vec<Reached>, Fault>>;

    /// The matters that began in some time, at most `limit` behind `after`, in the order they began.
    fn matters(
        &self,
        tenant: TenantId,
        question: Question,
        after: Option<Place>,
        limit: u16,
    ) -> BoxFuture<'static, Result<Vec<Told>, Fault>>;

    /// Puts on the record that matters are taken along; refused when there are more than `most` of them.
    fn take_along(
        &self,
        tenant: TenantId,
        question: Question,
        most: u32,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>>;
}
