//! Between the rules' clock type (jiff) and sqlx's (chrono). PostgreSQL keeps microseconds.

use brigade_domain::Timestamp;
use brigade_domain::refusal::Fault;

/// A `timestamptz`, as sqlx knows it.
pub(crate) type DbTime = chrono::DateTime<chrono::Utc>;

/// For a `timestamptz` parameter. Every [`Timestamp`] lies within the years that chrono knows.
pub(crate) fn to_db(at: Timestamp) -> DbTime {
    DbTime::from_timestamp_micros(at.as_microsecond()).unwrap_or(DbTime::UNIX_EPOCH)
}

/// From a `timestamptz` column.
pub(crate) fn from_db(at: DbTime) -> Result<Timestamp, Fault> {
    Timestamp::from_microsecond(at.timestamp_micros())
        .map_err(|error| Fault::internal("read a time from the database", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_back() {
        let at: Timestamp = "2026-11-21T09:08:07.123456Z".parse().unwrap();
        assert_eq!(from_db(to_db(at)).unwrap(), at);
        assert_eq!(from_db(to_db(Timestamp::MIN)).unwrap().as_microsecond(), Timestamp::MIN.as_microsecond());
    }
}
