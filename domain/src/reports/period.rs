//! Which time a report is about: days of the tenant's calendar, of 23, 24 or 25 hours.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan, Unit};
use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::refusal::Refusal;
use crate::tenant::clock::Zone;

/// The most days of a report.
pub const MAX_DAYS: usize = 366;

/// A report of more days shows weeks.
pub const MAX_DAILY: usize = 62;

/// Periods that are asked for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    /// Today and the six days before.
    Last7Days,
    /// Today and the 27 days before.
    Last28Days,
    /// Today and the 89 days before.
    Last90Days,
    /// From the first of this month until today.
    ThisMonth,
    /// The whole month before this one.
    LastMonth,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// By name.
    Named(Named),
    /// From a day to a day, both included.
    Days(Date, Date),
}

impl Choice {
    /// What a query says: a name, or two days; nothing is the last 28 days.
    pub fn parse(named: Option<Named>, from: Option<Date>, to: Option<Date>) -> Result<Self, Refusal> {
        match (named, from, to) {
            (named, None, None) => Ok(Self::Named(named.unwrap_or(Named::Last28Days))),
            (None, Some(from), Some(to)) => Ok(Self::Days(from, to)),
            (Some(_), _, _) => Err(Refusal::invalid("period", "Choose a period by name, or from and to, not both.")),
            (None, Some(_), None) => Err(Refusal::invalid("to", "Say the last day as well.")),
            (None, None, Some(_)) => Err(Refusal::invalid("from", "Say the first day as well.")),
        }
    }

    /// The days that are meant, and those before to compare them with: as many, or of a month, the month before.
    pub fn spans(self, today: Date) -> Result<(Span, Span), Refusal> {
        let back = |date: Date, days: i64| date.saturating_sub(days.days());
        let first_before = |date: Date| back(date.first_of_month(), 1).first_of_month();
        match self {
            Self::Named(Named::Last7Days) => Ok(Span { from: back(today, 6), to: today }.and_before()),
            Self::Named(Named::Last28Days) => Ok(Span { from: back(today, 27), to: today }.and_before()),
            Self::Named(Named::Last90Days) => Ok(Span { from: back(today, 89), to: today }.and_before()),
            Self::Named(Named::ThisMonth) => {
                let from = first_before(today);
                let same_day = from.saturating_add(i64::from(today.day() - 1).days());
                let before = Span { from, to: same_day.min(from.last_of_month()) };
                Ok((Span { from: today.first_of_month(), to: today }, before))
            }
            Self::Named(Named::LastMonth) => {
                let from = first_before(today);
                let before = first_before(from);
                Ok((Span { from, to: from.last_of_month() }, Span { from: before, to: before.last_of_month() }))
            }
            Self::Days(from, to) => {
                let span = Span { from, to };
                if to < from {
                    return Err(Refusal::invalid("to", "The last day comes before the first."));
                }
                if span.days() > MAX_DAYS {
                    return Err(Refusal::invalid("to", format!("A report has {MAX_DAYS} days at most.")));
                }
                if from.year() < 2000 || to.year() > 2999 {
                    return Err(Refusal::invalid("from", "Choose days from the year 2000 on."));
                }
                Ok(span.and_before())
            }
        }
    }
}

/// Days of a calendar, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}

impl Span {
    /// How many.
    pub fn days(&self) -> usize {
        let days = self.from.until((Unit::Day, self.to)).map_or(0, |span| span.get_days());
        usize::try_from(days + 1).unwrap_or(0)
    }

    /// As many days right before come second.
    fn and_before(self) -> (Self, Self) {
        let days = i64::try_from(self.days()).unwrap_or(i64::MAX);
        let before = Self { from: self.from.saturating_sub(days.days()), to: self.from.saturating_sub(1.day()) };
        (self, before)
    }

    /// The moments it is, from (inclusive) to (exclusive).
    pub fn moments(&self, zone: &Zone) -> (Timestamp, Timestamp) {
        let rules = rules(zone);
        (start(&rules, self.from), start(&rules, self.to.saturating_add(1.day())))
    }
}

/// The day it is somewhere.
pub fn today(zone: &Zone, at: Timestamp) -> Date {
    at.to_zoned(rules(zone)).date()
}

/// A moment as the wall clock of a zone shows it, with its distance from UTC, as programs for tables read it.
pub fn local(zone: &Zone, at: Timestamp) -> String {
    at.to_zoned(rules(zone)).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn rules(zone: &Zone) -> TimeZone {
    zone.rules().unwrap_or(TimeZone::UTC)
}

/// A day begins at midnight, or where the clock skips that, right behind.
fn start(rules: &TimeZone, date: Date) -> Timestamp {
    date.to_zoned(rules.clone()).map_or(Timestamp::MAX, |start| start.timestamp())
}

/// One of the days or weeks a period is cut into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Its days.
    pub days: Span,
    /// When it begins; it ends where the next one begins.
    pub start: Timestamp,
}

/// An hour of a period, as the clock on the wall shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// When it begins; it ends where the next one begins.
    pub start: Timestamp,
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    /// 0 to 23.
    pub hour: u8,
}

/// What a slice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// A day.
    Day,
    /// A week from Monday on; the first and the last one may be shorter.
    Week,
}

/// A period cut up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What its slices are.
    pub grain: Grain,
    /// Its days or weeks.
    pub slices: Vec<Slice>,
    /// Its hours.
    pub hours: Vec<Hour>,
}

impl Frame {
    /// Cuts `span` by the calendar and the clock of `zone`.
    pub fn of(span: Span, zone: &Zone) -> Self {
        let rules = rules(zone);
        let grain = if span.days() <= MAX_DAILY { Grain::Day } else { Grain::Week };
        let mut slices: Vec<Slice> = Vec::new();
        let mut hours = Vec::new();
        let mut date = span.from;
        while date <= span.to {
            match slices.last_mut() {
                Some(week) if grain == Grain::Week && date.weekday().to_monday_one_offset() != 1 => week.days.to = date,
                _ => slices.push(Slice { days: Span { from: date, to: date }, start: start(&rules, date) }),
            }
            let next = date.saturating_add(1.day());
            hours.extend(hours_of(&rules, date, start(&rules, next)));
            if next == date {
                break;
            }
            date = next;
        }
        Self { grain, slices, hours }
    }
}

/// Every moment of a day at which the wall clock shows another hour: by quarters, for that is what clocks are set by.
fn hours_of(rules: &TimeZone, date: Date, end: Timestamp) -> Vec<Hour> {
    let mut hours: Vec<Hour> = Vec::with_capacity(25);
    let mut at = start(rules, date);
    while at < end {
        let local = at.to_zoned(rules.clone());
        let weekday = date.weekday().to_monday_one_offset().unsigned_abs();
        let hour = Hour { start: at, weekday, hour: local.hour().unsigned_abs() };
        if hours.last().is_none_or(|last| last.hour != hour.hour) {
            hours.push(hour);
        }
        let Ok(next) = at.checked_add(SignedDuration::from_mins(15)) else { break };
        at = next;
    }
    hours
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::parse("zone", name).unwrap()
    }

    fn spans(choice: Choice) -> (Span, Span) {
        choice.spans(date(2026, 3, 30)).unwrap()
    }

    fn span(from: Date, to: Date) -> Span {
        Span { from, to }
    }

    #[test]
    fn periods_are_compared_with_as_many_days_or_with_the_month_before() {
        let (week, before) = spans(Choice::Named(Named::Last7Days));
        assert_eq!(
            (week, before),
            (span(date(2026, 3, 24), date(2026, 3, 30)), span(date(2026, 3, 17), date(2026, 3, 23)))
        );
        assert_eq!(spans(Choice::Named(Named::Last28Days)).0.days(), 28);
        assert_eq!(spans(Choice::Named(Named::Last90Days)).1.days(), 90);
        let (month, before) = spans(Choice::Named(Named::ThisMonth));
        assert_eq!(month, span(date(2026, 3, 1), date(2026, 3, 30)));
        assert_eq!(before, span(date(2026, 2, 1), date(2026, 2, 28)), "February has no 30th");
        let (last, before) = spans(Choice::Named(Named::LastMonth));
        assert_eq!(
            (last, before),
            (span(date(2026, 2, 1), date(2026, 2, 28)), span(date(2026, 1, 1), date(2026, 1, 31)))
        );
        let (own, before) = spans(Choice::Days(date(2026, 1, 1), date(2026, 1, 3)));
        assert_eq!((own.days(), before), (3, span(date(2025, 12, 29), date(2025, 12, 31))));
    }

    #[test]
    fn a_period_is_in_order_and_a_year_at_most() {
        let of = |from, to| Choice::Days(from, to).spans(date(2026, 3, 30));
        assert!(of(date(2024, 1, 1), date(2024, 12, 31)).is_ok());
        assert!(of(date(2025, 1, 1), date(2026, 1, 2)).is_err());
        assert!(of(date(2026, 1, 2), date(2026, 1, 1)).is_err());
        assert!(of(date(1999, 1, 2), date(1999, 1, 3)).is_err());
        assert!(Choice::parse(Some(Named::LastMonth), Some(date(2026, 1, 1)), None).is_err());
        assert!(Choice::parse(None, Some(date(2026, 1, 1)), None).is_err());
        assert_eq!(Choice::parse(None, None, None).unwrap(), Choice::Named(Named::Last28Days));
    }

    #[test]
    fn days_have_as_many_hours_as_the_clock_shows() {
        let lengths = |from: Date, to: Date, name: &str| {
            let frame = Frame::of(span(from, to), &zone(name));
            let ends =
                frame.slices.iter().skip(1).map(|slice| slice.start).chain([span(from, to).moments(&zone(name)).1]);
            let hours: Vec<_> =
                frame.slices.iter().zip(ends).map(|(slice, end)| end.duration_since(slice.start).as_mins()).collect();
            (hours, frame.hours.len())
        };
        let berlin = lengths(date(2026, 3, 28), date(2026, 3, 30), "Europe/Berlin");
        assert_eq!(berlin, (vec![24 * 60, 23 * 60, 24 * 60], 71));
        let back = lengths(date(2026, 10, 25), date(2026, 10, 25), "Europe/Berlin");
        assert_eq!(back, (vec![25 * 60], 24), "what the clock shows twice is one hour, of two");
        // Half an hour, and a day without a midnight.
        assert_eq!(lengths(date(2026, 4, 5), date(2026, 4, 5), "Australia/Lord_Howe").0, [24 * 60 + 30]);
        let havana = Frame::of(span(date(2026, 3, 8), date(2026, 3, 8)), &zone("America/Havana"));
        assert_eq!((havana.hours.len(), havana.hours[0].hour, havana.hours[0].weekday), (23, 1, 7));
        assert_eq!(Frame::of(span(date(2026, 1, 1), date(2026, 1, 1)), &zone("Asia/Kathmandu")).hours.len(), 24);
    }

    #[test]
    fn long_periods_are_cut_into_weeks_from_monday_on() {
        let frame = Frame::of(span(date(2026, 1, 1), date(2026, 3, 31)), &zone("UTC"));
        assert_eq!(frame.grain, Grain::Week);
        assert_eq!(frame.slices[0].days, span(date(2026, 1, 1), date(2026, 1, 4)));
        assert_eq!(frame.slices[1].days, span(date(2026, 1, 5), date(2026, 1, 11)));
        assert_eq!(frame.slices.last().unwrap().days, span(date(2026, 3, 30), date(2026, 3, 31)));
        assert_eq!(frame.slices.iter().map(|slice| slice.days.days()).sum::<usize>(), 90);
        assert_eq!(Frame::of(span(date(2026, 1, 1), date(2026, 3, 3)), &zone("UTC")).grain, Grain::Day);
    }

    #[test]
    fn moments_are_written_with_their_distance_from_utc() {
        let at = "2026-10-25T01:30:00Z".parse().unwrap();
        assert_eq!(local(&zone("Europe/Berlin"), at), "2026-10-25T02:30:00+01:00");
        assert_eq!(local(&Zone::utc(), at), "2026-10-25T01:30:00+00:00");
    }
}
