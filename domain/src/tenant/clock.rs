//! The clock on the wall: time zones and times of day.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use jiff::civil::Time;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::refusal::Refusal;

/// The rules of all zones, compiled in: the same on every machine, and no file is read.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// An IANA time zone such as `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(Arc<str>);

impl Zone {
    /// Coordinated universal time: what a tenant has before it is created.
    pub fn utc() -> Self {
        Self("UTC".into())
    }

    /// Reads the name of a zone, in any case; keeps it as the database writes it.
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        let known = ZONES.get(text).ok();
        match known.as_ref().and_then(TimeZone::iana_name) {
            Some(name) => Ok(Self(name.into())),
            None => Err(Refusal::invalid(field, "This is not a time zone. Write it like Europe/Berlin.")),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its rules. Names that were ever in the database stay in it, so a parsed zone has some.
    pub(crate) fn rules(&self) -> Option<TimeZone> {
        ZONES.get(&self.0).ok()
    }
}

/// A time on the wall clock in minutes, from `00:00` to `24:00`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WallTime(u16);

impl WallTime {
    const END_OF_DAY: u16 = 24 * 60;

    /// The minute a time of day is in.
    pub(super) fn of(time: Time) -> Self {
        let (hour, minute) = (time.hour().unsigned_abs(), time.minute().unsigned_abs());
        Self(u16::from(hour) * 60 + u16::from(minute))
    }

    /// As a time of day; `24:00` is none.
    pub(super) fn time(self) -> Option<Time> {
        let (hour, minute) = (i8::try_from(self.0 / 60).ok()?, i8::try_from(self.0 % 60).ok()?);
        Time::new(hour, minute, 0, 0).ok()
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Debug for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time of day. Write it like 09:00, at most 24:00")]
pub struct InvalidTime;

impl FromStr for WallTime {
    type Err = InvalidTime;
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let digits =
            |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok());
        let (hour, minute) = text.split_once(':').ok_or(InvalidTime)?;
        let hour: u16 = digits(hour).flatten().ok_or(InvalidTime)?;
        let minute: u16 = digits(minute).flatten().ok_or(InvalidTime)?;
        let minutes = hour * 60 + minute;
        if minute < 60 && minutes <= Self::END_OF_DAY { Ok(Self(minutes)) } else { Err(InvalidTime) }
    }
}

impl Serialize for WallTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WallTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_their_iana_name() {
        assert_eq!(Zone::parse("zone", "europe/berlin").unwrap().as_str(), "Europe/Berlin");
        assert_eq!(Zone::parse("zone", "UTC").unwrap(), Zone::utc());
        assert!(Zone::utc().rules().is_some());
        for text in ["", "Berlin", "Europe/Atlantis", "CET-1CEST", "+01:00", "../../etc/passwd", "Europe/Berlin\0"] {
            assert!(Zone::parse("zone", text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn times_of_day_read_back() {
        for text in ["00:00", "09:05", "23:59", "24:00"] {
            assert_eq!(text.parse::<WallTime>().unwrap().to_string(), text);
        }
        for text in ["", "9:00", "09:60", "24:01", "25:00", "09-00", "+9:00", "09:00:00", "٠٩:٠٠"] {
            assert_eq!(text.parse::<WallTime>(), Err(InvalidTime), "{text:?}");
        }
    }
}
