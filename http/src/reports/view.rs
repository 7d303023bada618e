//! Reports as they are answered.

use brigade_domain::Timestamp;
use brigade_domain::id::{LabelId, UserId};
use brigade_domain::reports::funnel::{Reached, Step};
use brigade_domain::reports::period::{Grain, Span};
use brigade_domain::reports::ports::{Clock, Figures, Kept, PersonFigures, Said, Spread};
use brigade_domain::tenant::label::Color;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// How long something took, in whole seconds.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct SpreadView {
    /// Half of them took no longer.
    pub(super) median: u64,
    /// Nine of ten took no longer.
    pub(super) p90: u64,
}

impl From<Spread> for SpreadView {
    fn from(Spread { median, p90 }: Spread) -> Self {
        Self { median: seconds(median), p90: seconds(p90) }
    }
}

/// Seconds are never below zero, and those of a thousand years are less than 2^53.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "said above; a cast saturates")]
pub(super) fn seconds(seconds: f64) -> u64 {
    seconds.round() as u64
}

/// What was due.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct KeptView {
    /// Done in time.
    pub(super) met: u64,
    /// Done late, or not done though it was due.
    pub(super) missed: u64,
}

impl From<Kept> for KeptView {
    fn from(Kept { met, missed }: Kept) -> Self {
        Self { met, missed }
    }
}

/// What customers said of how they were served.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct SaidView {
    /// How many were asked.
    pub(super) asked: u64,
    /// How many of them said something.
    pub(super) rated: u64,
    /// How many said good or very good.
    pub(super) good: u64,
}

impl From<Said> for SaidView {
    fn from(Said { asked, rated, good }: Said) -> Self {
        Self { asked, rated, good }
    }
}

/// What matters come to.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct FiguresView {
    /// How many began.
    pub(super) matters: u64,
    /// How many of them were answered.
    pub(super) answered: u64,
    /// How many of them were resolved.
    pub(super) resolved: u64,
    /// How many messages customers wrote in those that were resolved.
    pub(super) messages: u64,
    /// From the beginning to the first answer; null when there is none.
    pub(super) first: Option<SpreadView>,
    /// From the beginning to the end; null when there is none.
    pub(super) resolution: Option<SpreadView>,
    /// First answers for which there was a target.
    pub(super) answers_kept: KeptView,
    /// Solutions for which there was a target.
    pub(super) resolutions_kept: KeptView,
    /// How content customers were.
    pub(super) feedback: SaidView,
}

impl From<Figures> for FiguresView {
    fn from(figures: Figures) -> Self {
        Self {
            matters: figures.matters,
            answered: figures.answered,
            resolved: figures.resolved,
            messages: figures.messages,
            first: figures.first.map(SpreadView::from),
            resolution: figures.resolution.map(SpreadView::from),
            answers_kept: figures.answers_kept.into(),
            resolutions_kept: figures.resolutions_kept.into(),
            feedback: figures.feedback.into(),
        }
    }
}

/// Days of the business's calendar, both ends included.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct DaysView {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub(super) from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub(super) to: Date,
}

impl From<Span> for DaysView {
    fn from(Span { from, to }: Span) -> Self {
        Self { from, to }
    }
}

/// A day or a week of the report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SliceView {
    pub(super) days: DaysView,
    pub(super) figures: FiguresView,
}

/// What somebody did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonView {
    /// Who: `usr_…`; null for matters that are nobody's, and for what programs did.
    #[schema(value_type = Option<String>)]
    pub(super) person: Option<UserId>,
    /// What they are called.
    pub(super) name: Option<String>,
    /// How many matters are theirs.
    pub(super) matters: u64,
    /// How many first answers they gave.
    pub(super) answered: u64,
    /// How long customers waited for these.
    pub(super) first: Option<SpreadView>,
    /// How many they resolved.
    pub(super) resolved: u64,
    /// How long these took from their beginning.
    pub(super) resolution: Option<SpreadView>,
    /// How content customers were with the matters that are theirs.
    pub(super) feedback: SaidView,
}

impl From<PersonFigures> for PersonView {
    fn from(figures: PersonFigures) -> Self {
        let PersonFigures { person, name, matters, answered, first, resolved, resolution, feedback } = figures;
        Self {
            person,
            name,
            matters,
            answered,
            first: first.map(SpreadView::from),
            resolved,
            resolution: resolution.map(SpreadView::from),
            feedback: feedback.into(),
        }
    }
}

/// What matters with a label come to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LabelFiguresView {
    /// Which: `lbl_…`; null for matters without any.
    #[schema(value_type = Option<String>)]
    pub(super) label: Option<LabelId>,
    /// What it is called; null when it was removed.
    pub(super) name: Option<String>,
    /// Its colour.
    #[schema(value_type = Option<String>)]
    pub(super) color: Option<Color>,
    pub(super) figures: FiguresView,
}

/// How many got to a step on the way from an enquiry to a client, by how they came.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReachedView {
    /// `opened`, `answered`, `invited`, `client`, and of the client's life `onboarding`, `pack_purchase`, `subscription_applied`,
    /// `weekly_ordering` and `consumption`.
    #[schema(value_type = String)]
    pub(super) step: Step,
    /// How many, in all.
    pub(super) number: u64,
    /// Who came with the chat.
    pub(super) chat: u64,
    /// Who came with an enquiry form.
    pub(super) enquiry: u64,
    /// Who came with a request for access.
    pub(super) access: u64,
    /// Seconds from the first message on, in which half of them got there; null when nobody did, and of `opened`.
    pub(super) median: Option<u64>,
}

impl From<Reached> for ReachedView {
    fn from(Reached { step, number, by_way: [chat, enquiry, access], median }: Reached) -> Self {
        Self { step, number, chat, enquiry, access, median: median.map(seconds) }
    }
}

/// A report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportView {
    /// The zone its days and hours are of.
    pub(super) zone: String,
    /// Its days.
    pub(super) days: DaysView,
    /// The days it is compared with.
    pub(super) days_before: DaysView,
    /// Whether slices are a `day` or a `week` each.
    #[schema(value_type = String)]
    pub(super) grain: Grain,
    /// When the first matter began that is known; null when there is none.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) since: Option<Timestamp>,
    /// Whether the business has opening hours to count in.
    pub(super) has_hours: bool,
    /// Which time counts in spreads: `open` or `always`.
    #[schema(value_type = String)]
    pub(super) clock: Clock,
    /// Whether `people` is everybody; otherwise it is the caller.
    pub(super) everybody: bool,
    /// How many matters can be taken along at once.
    pub(super) most: u32,
    pub(super) figures: FiguresView,
    /// Of the days it is compared with.
    pub(super) figures_before: FiguresView,
    /// Its days or weeks, every one of them.
    pub(super) slices: Vec<SliceView>,
    /// How many matters began: seven days from Monday on, of 24 hours each.
    pub(super) hours: Vec<Vec<u64>>,
    pub(super) people: Vec<PersonView>,
    /// A matter with two labels counts for both.
    pub(super) labels: Vec<LabelFiguresView>,
    /// How far the conversations got until now that began on the site in these days: whoever has them, and whatever they were about.
    pub(super) funnel: Vec<ReachedView>,
}
