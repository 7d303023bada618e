//! Opening hours against a naive look at every minute, and by hand on the nights the clock is changed.

use brigade_domain::Timestamp;
use brigade_domain::tenant::clock::Zone;
use brigade_domain::tenant::hours::{Hours, Window};
use jiff::{SignedDuration, Unit};
use proptest::prelude::*;
use serde_json::json;

fn hours(zone: &str, week: &[(u8, &str, &str)], closed: &[&str]) -> Hours {
    let window =
        |&(day, from, to): &(u8, &str, &str)| Window { day, from: from.parse().unwrap(), to: to.parse().unwrap() };
    let closed = closed.iter().map(|date| date.parse().unwrap()).collect();
    Hours::parse(Zone::parse("zone", zone).unwrap(), week.iter().map(window).collect(), closed).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn opens(hours: &Hours, from: &str) -> String {
    hours.next_opening(at(from)).unwrap().to_string()
}

#[test]
fn an_ordinary_week() {
    let hours = hours(
        "Europe/Berlin",
        &[(1, "09:00", "12:00"), (1, "13:00", "17:30"), (5, "22:00", "24:00"), (6, "00:00", "02:00")],
        &["2026-06-08"],
    );
    // Monday, summer time: 09:00 is 07:00 UTC.
    assert!(!hours.is_open(at("2026-06-01T06:59:59Z")));
    assert!(hours.is_open(at("2026-06-01T07:00:00Z")));
    assert!(hours.is_open(at("2026-06-01T09:59:59.999Z")));
    assert!(!hours.is_open(at("2026-06-01T10:00:00Z")));
    assert_eq!(opens(&hours, "2026-06-01T10:00:00Z"), "2026-06-01T11:00:00Z");
    assert_eq!(opens(&hours, "2026-06-01T12:34:56Z"), "2026-06-01T12:34:56Z", "open now");
    // Across midnight from Friday to Saturday there is no break.
    assert!(hours.is_open(at("2026-06-05T21:59:59Z")) && hours.is_open(at("2026-06-05T22:00:00Z")));
    assert!(!hours.is_open(at("2026-06-06T00:00:00Z")));
    // The next Monday is closed, the one after is not.
    assert_eq!(opens(&hours, "2026-06-06T12:00:00Z"), "2026-06-12T20:00:00Z");
    assert!(!hours.is_open(at("2026-06-08T08:00:00Z")));
}

#[test]
fn the_night_the_clock_jumps_forward() {
    // Sunday 29 March 2026, Berlin: 01:59:59 is followed by 03:00:00 (01:00 UTC).
    let inside = hours("Europe/Berlin", &[(7, "02:10", "02:50")], &[]);
    assert_eq!(opens(&inside, "2026-03-28T12:00:00Z"), "2026-04-05T00:10:00Z", "what is skipped does not happen");
    let into = hours("Europe/Berlin", &[(7, "02:30", "06:00")], &[]);
    assert_eq!(opens(&into, "2026-03-28T12:00:00Z"), "2026-03-29T01:00:00Z", "opens with the jump");
    assert!(!into.is_open(at("2026-03-29T00:59:59Z")) && into.is_open(at("2026-03-29T01:00:00Z")));
    assert!(!into.is_open(at("2026-03-29T04:00:00Z")), "06:00 is 04:00 UTC from now on");
    let after = hours("Europe/Berlin", &[(7, "09:00", "10:00")], &[]);
    assert_eq!(opens(&after, "2026-03-22T12:00:00Z"), "2026-03-29T07:00:00Z");
    assert_eq!(opens(&after, "2026-03-15T12:00:00Z"), "2026-03-22T08:00:00Z");
}

#[test]
fn the_night_the_clock_is_set_back() {
    // Sunday 25 October 2026, Berlin: 02:59:59 is followed by 02:00:00 (01:00 UTC).
    let inside = hours("Europe/Berlin", &[(7, "02:10", "02:50")], &[]);
    assert_eq!(opens(&inside, "2026-10-24T12:00:00Z"), "2026-10-25T00:10:00Z", "what is shown twice happens twice");
    assert!(!inside.is_open(at("2026-10-25T00:50:00Z")));
    assert_eq!(opens(&inside, "2026-10-25T00:50:00Z"), "2026-10-25T01:10:00Z");
    assert_eq!(opens(&inside, "2026-10-25T01:50:00Z"), "2026-11-01T01:10:00Z");
    let before = hours("Europe/Berlin", &[(7, "01:30", "02:15")], &[]);
    assert!(!before.is_open(at("2026-10-25T00:30:00Z")));
    assert_eq!(opens(&before, "2026-10-25T00:30:00Z"), "2026-10-25T01:00:00Z", "set back into the window");
    let across = hours("Europe/Berlin", &[(7, "01:00", "04:00")], &[]);
    assert!(across.is_open(at("2026-10-24T23:00:00Z")) && across.is_open(at("2026-10-25T02:59:59Z")));
    assert!(!across.is_open(at("2026-10-25T03:00:00Z")), "open for four hours of this night");
}

#[test]
fn without_windows_or_with_every_date_closed_it_never_opens() {
    assert_eq!(hours("UTC", &[], &[]).next_opening(at("2026-06-01T00:00:00Z")), None);
    assert!(!Hours::never(Zone::utc()).is_open(at("2026-06-01T00:00:00Z")));
    let dates: Vec<String> =
        (0..400).map(|n| (jiff::civil::date(2026, 6, 1) + jiff::Span::new().days(n)).to_string()).collect();
    let dates: Vec<&str> = dates.iter().map(String::as_str).collect();
    let long = hours("UTC", &[(1, "00:00", "24:00")], &dates);
    assert_eq!(opens(&long, "2026-06-01T00:00:00Z"), "2027-07-12T00:00:00Z");
}

#[test]
fn wrong_hours_are_refused() {
    let week = |windows: serde_json::Value| {
        let windows: Vec<Window> = serde_json::from_value(windows).unwrap();
        Hours::parse(Zone::utc(), windows, Vec::new())
            .map(drop)
            .map_err(|refusal| refusal.details.unwrap()["field"].clone())
    };
    let refused = Err(json!("week"));
    assert_eq!(week(json!([{ "day": 1, "from": "22:00", "to": "02:00" }])), refused, "across midnight");
    assert_eq!(week(json!([{ "day": 1, "from": "09:00", "to": "09:00" }])), refused);
    assert_eq!(week(json!([{ "day": 0, "from": "09:00", "to": "10:00" }])), refused);
    assert_eq!(week(json!([{ "day": 8, "from": "09:00", "to": "10:00" }])), refused);
    assert_eq!(
        week(json!([{ "day": 1, "from": "09:00", "to": "11:00" }, { "day": 1, "from": "10:00", "to": "12:00" }])),
        refused
    );
    assert_eq!(
        week(json!([{ "day": 1, "from": "10:00", "to": "12:00" }, { "day": 1, "from": "09:00", "to": "10:00" }])),
        Ok(())
    );
    let many: Vec<_> =
        (0..7).map(|n| json!({ "day": 1, "from": format!("{n:02}:00"), "to": format!("{n:02}:30") })).collect();
    assert_eq!(week(json!(many)), refused);
    let dates = (0..401).map(|n| jiff::civil::date(2026, 1, 1) + jiff::Span::new().days(n)).collect();
    assert!(Hours::parse(Zone::utc(), Vec::new(), dates).is_err());
}

#[test]
fn a_span_of_open_time_across_the_nights_the_clock_is_changed() {
    let after = |hours: &Hours, from: &str, minutes: i64| {
        hours.after(at(from), SignedDuration::from_mins(minutes)).unwrap().to_string()
    };
    // Berlin, Sundays one to four by the wall: two hours on the night the clock jumps, four when it is set back.
    let night = hours("Europe/Berlin", &[(7, "01:00", "04:00")], &["2026-04-05"]);
    assert_eq!(after(&night, "2026-03-28T12:00:00Z", 120), "2026-03-29T02:00:00Z");
    // The Sunday after it is closed, and the one after that is reached in its first minute.
    assert_eq!(after(&night, "2026-03-28T12:00:00Z", 121), "2026-04-11T23:01:00Z");
    assert_eq!(after(&night, "2026-10-24T12:00:00Z", 240), "2026-10-25T03:00:00Z");
    // From within, from the end, and no time at all.
    assert_eq!(after(&night, "2026-03-29T01:30:00Z", 30), "2026-03-29T02:00:00Z");
    assert_eq!(after(&night, "2026-03-29T01:30:30Z", 1), "2026-03-29T01:31:30Z");
    assert_eq!(hours("UTC", &[], &[]).after(at("2026-06-01T00:00:00Z"), SignedDuration::from_mins(1)), None);
    // A minute a week: what takes years is never.
    let rare = hours("UTC", &[(1, "09:00", "09:01")], &[]);
    assert_eq!(after(&rare, "2026-06-01T00:00:00Z", 10), "2026-08-03T09:01:00Z");
    assert_eq!(rare.after(at("2026-06-01T00:00:00Z"), SignedDuration::from_mins(200)), None);
}

/// The first minute, from `at` on, in which it is open: by looking at each.
fn first_open_minute(hours: &Hours, at: Timestamp, days: i64) -> Option<Timestamp> {
    if hours.is_open(at) {
        return Some(at);
    }
    let start = at.round(jiff::TimestampRound::new().smallest(Unit::Minute).mode(jiff::RoundMode::Ceil)).unwrap();
    (0..days * 24 * 60).map(|minute| start + SignedDuration::from_mins(minute)).find(|&moment| hours.is_open(moment))
}

fn windows() -> impl Strategy<Value = Vec<Window>> {
    let window = (1u8..=7, 0u16..1_440, 1u16..300).prop_map(|(day, from, length)| {
        let text = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60).parse().unwrap();
        Window { day, from: text(from), to: text((from + length).min(1_440)) }
    });
    prop::collection::vec(window, 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn the_next_opening_and_a_span_of_open_time_are_what_a_look_at_every_minute_finds(
        week in windows(),
        // Around a change of the clock in each zone, or just any time.
        (zone, around) in prop::sample::select(vec![
            ("Europe/Berlin", "2026-03-29T01:00:00Z"), ("Europe/Berlin", "2026-10-25T01:00:00Z"),
            ("America/New_York", "2026-03-08T07:00:00Z"), ("America/New_York", "2026-11-01T06:00:00Z"),
            ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"), ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
            ("Africa/Cairo", "2026-04-23T22:00:00Z"), ("Africa/Cairo", "2026-10-29T21:00:00Z"),
            ("Asia/Kathmandu", "2026-07-01T00:00:00Z"), ("Pacific/Apia", "2011-12-30T10:00:00Z"),
        ]),
        seconds in -200_000i64..100_000,
        closed in prop::option::of(-1i32..3),
        span in 1i64..900,
    ) {
        let from = at(around) + SignedDuration::from_secs(seconds);
        let zone = Zone::parse("zone", zone).unwrap();
        let today = from.to_zoned(jiff::tz::TimeZone::get(zone.as_str()).unwrap()).date();
        let closed = closed.map(|days| today + jiff::Span::new().days(days)).into_iter().collect();
        // Overlapping windows are refused; those have nothing to say here.
        if let Ok(hours) = Hours::parse(zone, week, closed) {
            let expected = first_open_minute(&hours, from, 9);
            let found = hours.next_opening(from);
            if expected.is_some() || found.is_some_and(|found| found < from + SignedDuration::from_hours(9 * 24)) {
                prop_assert_eq!(found, expected);
            }
            prop_assert!(found.is_some_and(|found| hours.is_open(found) && found >= from));
            // So much open time has passed at that moment: counted by looking at each minute.
            let from = from.round(Unit::Minute).unwrap();
            let open = |until: Timestamp| {
                let minutes = until.duration_since(from).as_mins();
                let passed = (0..minutes).filter(|&minute| hours.is_open(from + SignedDuration::from_mins(minute))).count();
                i64::try_from(passed).unwrap()
            };
            if let Some(due) = hours.after(from, SignedDuration::from_mins(span))
                && due < from + SignedDuration::from_hours(9 * 24)
            {
                prop_assert_eq!(open(due), span);
                prop_assert!(hours.is_open(due - SignedDuration::from_secs(1)), "and not a moment later");
            } else {
                prop_assert!(open(from + SignedDuration::from_hours(9 * 24)) <= span);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn it_is_open_in_its_stretches_and_never_between_them(start in 0i64..20_000, length in 1i64..6_000, zone in prop::sample::select(vec!["Europe/Berlin", "Australia/Lord_Howe", "UTC"])) {
        // Around the end of summer time in Europe, and of winter in Australia.
        let hours = hours(zone, &[(1, "09:00", "12:00"), (1, "12:00", "17:00"), (6, "22:00", "24:00"), (7, "00:00", "03:30")], &["2026-10-19"]);
        let from = at("2026-10-12T00:00:00Z") + SignedDuration::from_mins(start);
        let until = from + SignedDuration::from_mins(length);
        let stretches = hours.stretches(from, until);
        prop_assert!(stretches.iter().all(|(begins, ends)| begins < ends && *begins >= from && *ends <= until));
        prop_assert!(stretches.windows(2).all(|pair| pair[0].1 < pair[1].0), "{:?}", stretches);
        for minute in 0..length {
            let moment = from + SignedDuration::from_mins(minute);
            let within = stretches.iter().any(|(begins, ends)| *begins <= moment && moment < *ends);
            prop_assert_eq!(within, hours.is_open(moment), "{}", moment);
        }
    }
}
