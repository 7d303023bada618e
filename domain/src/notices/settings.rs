//! What somebody wants to be told, how, and when not: a person's own, the same in every business they work for.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use serde::{Deserialize, Serialize};

use super::Kind;
use crate::Timestamp;
use crate::refusal::Refusal;
use crate::tenant::clock::{WallTime, Zone};

/// When what somebody has not read comes by mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailWhen {
    /// Not at all.
    #[serde(rename = "never")]
    Never,
    /// After they were away for a quarter of an hour.
    #[serde(rename = "15_minutes")]
    QuarterHour,
    /// After they were away for an hour.
    #[default]
    #[serde(rename = "hour")]
    Hour,
    /// Once a day, at an hour of theirs.
    #[serde(rename = "daily")]
    Daily,
}

impl MailWhen {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Never, Self::QuarterHour, Self::Hour, Self::Daily];

    /// The name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::QuarterHour => "15_minutes",
            Self::Hour => "hour",
            Self::Daily => "daily",
        }
    }
}

/// Hours in which nobody is to be disturbed, by the clock on their wall; they may go over midnight. When the clock jumps
/// forward, what it skips does not happen; when it is set back, what it shows twice happens twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// From this time of day on.
    pub from: WallTime,
    /// Until this one.
    pub to: WallTime,
}

impl Quiet {
    /// Refuses hours that are none, or have no end.
    pub fn check(self) -> Result<(), Refusal> {
        if self.from == self.to || self.from.time().is_none() || self.to.time().is_none() {
            return Err(Refusal::invalid(
                "quiet",
                "Quiet hours begin and end at different times, from 00:00 to 23:59.",
            ));
        }
        Ok(())
    }

    /// Whether it is quiet.
    pub fn holds(self, at: Timestamp, zone: &Zone) -> bool {
        zone.rules().is_some_and(|rules| self.holds_by(at, &rules))
    }

    fn holds_by(self, at: Timestamp, rules: &TimeZone) -> bool {
        let now = WallTime::of(rules.to_datetime(at).time());
        if self.from < self.to { self.from <= now && now < self.to } else { self.from <= now || now < self.to }
    }

    /// The first moment from `at` on in which it is not quiet.
    pub fn over(self, at: Timestamp, zone: &Zone) -> Timestamp {
        let (Some(rules), Some(to)) = (zone.rules(), self.to.time()) else { return at };
        let mut at = at;
        // Each turn ends at an end of the hours or where the clock changes: of these there are few in a day.
        for _ in 0..8 {
            if !self.holds_by(at, &rules) {
                return at;
            }
            let Some(end) = next(&rules, at, to) else { return at };
            let change = rules.following(at).next().map(|change| change.timestamp());
            at = change.filter(|change| *change < end).unwrap_or(end);
        }
        at
    }
}

/// The next moment after `at` in which the clock shows `time`, also the second time, or would have had it not jumped over it.
fn next(rules: &TimeZone, at: Timestamp, time: Time) -> Option<Timestamp> {
    let today = rules.to_datetime(at).date();
    let on = |date: Date| {
        let shown = || rules.to_ambiguous_timestamp(date.to_datetime(time));
        [shown().compatible().ok(), shown().later().ok()]
    };
    let days = (0..3).filter_map(|days| today.checked_add(days.days()).ok());
    days.flat_map(on).flatten().find(|moment| *moment > at)
}

/// What somebody wants to be told, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// How often they were changed; 0: never, they are as they come.
    pub rev: u32,
    /// What they are not told at all.
    pub off: BTreeSet<Kind>,
    /// What they are told, and not by mail.
    pub unmailed: BTreeSet<Kind>,
    /// What they are told, and not on devices on which no page is open.
    pub unpushed: BTreeSet<Kind>,
    /// When it comes by mail.
    pub mail: MailWhen,
    /// At which hour of the day, where it comes once a day: 0 to 23.
    pub mail_hour: u8,
    /// The zone of their clock; `None`: that of the business.
    pub zone: Option<Zone>,
    /// When nothing is to come.
    pub quiet: Option<Quiet>,
}

/// Who was not there for so many minutes is away.
const AWAY: i64 = 15;

/// The hour of a letter a day, unless another is chosen.
pub const MAIL_HOUR: u8 = 8;

impl Settings {
    /// As they come.
    pub fn usual() -> Self {
        Self { mail_hour: MAIL_HOUR, ..Self::default() }
    }

    /// Refuses what makes no sense.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.mail_hour > 23 {
            return Err(Refusal::invalid("mail_hour", "An hour of the day is 0 to 23."));
        }
        if !self.off.iter().all(|kind| kind.may_be_off()) {
            return Err(Refusal::invalid("off", "That support looks in is always told."));
        }
        self.quiet.map_or(Ok(()), Quiet::check)
    }

    /// When somebody who is away is written to of what they have not read: the oldest of it happened at `oldest`, and they
    /// were last there at `there`. `None`: not at all. `zone`: that of the business.
    pub fn mail_at(&self, zone: &Zone, oldest: Timestamp, there: Option<Timestamp>) -> Option<Timestamp> {
        let zone = self.zone.as_ref().unwrap_or(zone);
        let after = |moment: Timestamp, minutes| moment.checked_add(SignedDuration::from_mins(minutes)).ok();
        let away_since = oldest.max(there.unwrap_or(oldest));
        let at = match self.mail {
            MailWhen::Never => None,
            MailWhen::QuarterHour => after(away_since, AWAY),
            MailWhen::Hour => after(away_since, 60),
            MailWhen::Daily => {
                let hour = Time::new(i8::try_from(self.mail_hour).ok()?, 0, 0, 0).ok()?;
                let at = zone.rules().and_then(|rules| next(&rules, oldest, hour))?;
                // Who is there then sees it without a letter.
                there.and_then(|there| after(there, AWAY)).map_or(Some(at), |away| Some(at.max(away)))
            }
        }?;
        Some(self.quiet.map_or(at, |quiet| quiet.over(at, zone)))
    }
}
