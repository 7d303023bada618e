//! Opening hours: rules of the wall clock, kept with their zone and right across daylight-saving changes (C50).
//!
//! A window opens and closes by what the clock on the wall shows. When the clock jumps forward, what it skips never
//! happens: a window inside the gap does not open that day, and one that begins inside it opens with the jump. When it
//! is set back, what it shows twice happens twice.

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Span, ToSpan};
use serde::{Deserialize, Serialize};

use super::clock::{WallTime, Zone};
use crate::Timestamp;
use crate::refusal::Refusal;

/// The most windows of a day.
pub const MAX_WINDOWS_A_DAY: usize = 6;

/// The most closed dates.
pub const MAX_CLOSED: usize = 400;

/// How many days [`Hours::next_opening`] and [`Hours::after`] look ahead: every closed date could be one of them, then a week follows in
/// which a clock change can swallow one window.
const HORIZON_DAYS: i32 = 800;

/// Open on one day of the week, from (inclusive) to (exclusive). Never across midnight: such hours are two windows,
/// `22:00`–`24:00` and `00:00`–`02:00` of the next day, so that a closed date closes what its date says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// 1 is Monday, 7 is Sunday.
    pub day: u8,
    /// When it opens.
    pub from: WallTime,
    /// When it closes.
    pub to: WallTime,
}

/// When a business is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    zone: Zone,
    /// Sorted, without overlaps.
    week: Vec<Window>,
    /// Sorted, each once.
    closed: Vec<Date>,
}

impl Hours {
    /// Never open: what a business has before it says otherwise.
    pub const fn never(zone: Zone) -> Self {
        Self { zone, week: Vec::new(), closed: Vec::new() }
    }

    /// Hours that were parsed before.
    pub(super) const fn of(zone: Zone, week: Vec<Window>, closed: Vec<Date>) -> Self {
        Self { zone, week, closed }
    }

    /// Opening hours, or what is wrong with them.
    pub fn parse(zone: Zone, mut week: Vec<Window>, mut closed: Vec<Date>) -> Result<Self, Refusal> {
        week.sort_unstable();
        closed.sort_unstable();
        closed.dedup();
        for window in &week {
            check_window(*window)?;
        }
        for pair in week.windows(2) {
            if let [first, second] = pair
                && first.day == second.day
                && second.from < first.to
            {
                let text = format!("Two windows of day {} overlap at {}. Join them.", first.day, second.from);
                return Err(Refusal::invalid("week", text));
            }
        }
        if (1..=7).any(|day| week.iter().filter(|window| window.day == day).count() > MAX_WINDOWS_A_DAY) {
            return Err(Refusal::invalid("week", format!("At most {MAX_WINDOWS_A_DAY} windows a day are possible.")));
        }
        if closed.len() > MAX_CLOSED {
            return Err(Refusal::invalid(
                "closed",
                format!("At most {MAX_CLOSED} closed dates are possible. Remove past ones."),
            ));
        }
        Ok(Self { zone, week, closed })
    }

    /// The zone the windows are read in.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The windows of a week.
    pub fn week(&self) -> &[Window] {
        &self.week
    }

    /// The dates on which it is closed all day.
    pub fn closed(&self) -> &[Date] {
        &self.closed
    }

    /// Whether it is open at this moment.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.zone.rules().is_some_and(|rules| self.is_open_in(&rules, at))
    }

    /// The first moment, not before `at`, when it is open: `at` itself when it is open now; `None` when it never is
    /// in the time to come.
    pub fn next_opening(&self, at: Timestamp) -> Option<Timestamp> {
        let rules = self.zone.rules()?;
        if self.week.is_empty() || self.is_open_in(&rules, at) {
            return (!self.week.is_empty()).then_some(at);
        }
        let today = at.to_zoned(rules.clone()).date();
        (0..HORIZON_DAYS).find_map(|days| {
            let date = today.checked_add(Span::new().try_days(days).ok()?).ok()?;
            self.first_opening_on(&rules, date, at)
        })
    }

    /// The first moment at which it will have been open for `span` since `at`; `None` when that is not in the time to
    /// come.
    pub fn after(&self, at: Timestamp, span: SignedDuration) -> Option<Timestamp> {
        let rules = self.zone.rules()?;
        if self.week.is_empty() {
            return None;
        }
        let today = at.to_zoned(rules.clone()).date();
        let mut left = span;
        for days in 0..HORIZON_DAYS {
            let date = today.checked_add(Span::new().try_days(days).ok()?).ok()?;
            for (from, to) in self.stretches_of(&rules, date) {
                let open = to.duration_since(from.max(at));
                if open >= left {
                    return from.max(at).checked_add(left).ok();
                }
                left -= open.max(SignedDuration::ZERO);
            }
        }
        None
    }

    /// When it is open between two moments, in order; what begins where another ends is one with it.
    pub fn stretches(&self, from: Timestamp, until: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let Some(rules) = self.zone.rules().filter(|_| !self.week.is_empty()) else { return Vec::new() };
        let mut joined: Vec<(Timestamp, Timestamp)> = Vec::new();
        let last = until.to_zoned(rules.clone()).date();
        let dates = from.to_zoned(rules.clone()).date().series(Span::new().days(1)).take_while(|date| *date <= last);
        for (begins, ends) in dates.flat_map(|date| self.stretches_of(&rules, date)) {
            let (begins, ends) = (begins.max(from), ends.min(until));
            match joined.last_mut() {
                _ if begins >= ends => {}
                Some(before) if before.1 == begins => before.1 = ends,
                _ => joined.push((begins, ends)),
            }
        }
        joined
    }

    /// When it is open on `date`, in order. Whether it is can change only when the wall clock reaches the edge of a
    /// window, or when the clock is changed: between two such moments the first one says it.
    fn stretches_of(&self, rules: &TimeZone, date: Date) -> Vec<(Timestamp, Timestamp)> {
        let start_of = |date: Date| date.to_zoned(rules.clone()).ok().map(|start| start.timestamp());
        let (Some(start), Some(end)) = (start_of(date), date.tomorrow().ok().and_then(start_of)) else {
            return Vec::new();
        };
        if self.is_closed(date) {
            return Vec::new();
        }
        let edges = self.windows_of(date).flat_map(|window| [window.from.time(), window.to.time()]).flatten();
        let edges = edges.flat_map(|time| moments(rules, date, time).into_iter().flatten());
        let mut edges: Vec<_> = edges.chain(clock_changes(rules, date)).chain([start, end]).collect();
        edges.sort_unstable();
        let pairs = edges.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
        pairs.filter(|&(from, to)| from < to && self.is_open_in(rules, from)).collect()
    }

    fn is_open_in(&self, rules: &TimeZone, at: Timestamp) -> bool {
        let local = at.to_zoned(rules.clone());
        let now = WallTime::of(local.time());
        let open = |window: &Window| window.from <= now && now < window.to;
        !self.is_closed(local.date()) && self.windows_of(local.date()).any(open)
    }

    /// It begins to be open only when the wall clock reaches a window's beginning, or when the clock is changed: those
    /// moments of `date` are looked at, the earliest counts.
    fn first_opening_on(&self, rules: &TimeZone, date: Date, at: Timestamp) -> Option<Timestamp> {
        if self.is_closed(date) {
            return None;
        }
        let begins = self.windows_of(date).filter_map(|window| window.from.time());
        let begins = begins.flat_map(|from| moments(rules, date, from).into_iter().flatten());
        begins.chain(clock_changes(rules, date)).filter(|&moment| moment >= at && self.is_open_in(rules, moment)).min()
    }

    fn is_closed(&self, date: Date) -> bool {
        self.closed.binary_search(&date).is_ok()
    }

    fn windows_of(&self, date: Date) -> impl Iterator<Item = &Window> {
        let day = date.weekday().to_monday_one_offset().unsigned_abs();
        self.week.iter().filter(move |window| window.day == day)
    }
}

/// The moments at which the wall clock shows this: none in a gap, two where it is set back.
fn moments(rules: &TimeZone, date: Date, time: Time) -> [Option<Timestamp>; 2] {
    let local = date.to_datetime(time);
    match rules.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => [offset.to_timestamp(local).ok(), None],
        AmbiguousOffset::Gap { .. } => [None, None],
        AmbiguousOffset::Fold { before, after } => [before.to_timestamp(local).ok(), after.to_timestamp(local).ok()],
    }
}

/// The moments of `date` at which the clock is changed.
fn clock_changes(rules: &TimeZone, date: Date) -> Vec<Timestamp> {
    let start_of = |date: Date| date.to_zoned(rules.clone()).ok().map(|start| start.timestamp());
    let end = date.tomorrow().ok().and_then(start_of);
    // `following` leaves out its own argument, and a change can be the very first moment of a date.
    let before = start_of(date).and_then(|start| start.checked_sub(1.second()).ok());
    let (Some(before), Some(end)) = (before, end) else { return Vec::new() };
    rules.following(before).map(|change| change.timestamp()).take_while(|&moment| moment < end).collect()
}

fn check_window(window: Window) -> Result<(), Refusal> {
    if !(1..=7).contains(&window.day) {
        return Err(Refusal::invalid("week", "A day is a number from 1 (Monday) to 7 (Sunday)."));
    }
    if window.from >= window.to {
        let text = format!(
            "A window opens before it closes; {} to {} does not. Hours across midnight are two windows: until 24:00, and from 00:00 of the next day.",
            window.from, window.to
        );
        return Err(Refusal::invalid("week", text));
    }
    Ok(())
}
