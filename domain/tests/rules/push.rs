//! Which device is told what, when, and what follows.

use std::time::Duration;

use brigade_domain::Timestamp;
use brigade_domain::id::{ConversationId, NoticeId};
use brigade_domain::notices::Kind;
use brigade_domain::notices::ports::{Notice, Subject};
use brigade_domain::notices::push::{self, Fate, Subscription, When};
use brigade_domain::notices::settings::{Quiet, Settings};
use brigade_domain::tenant::clock::Zone;
use brigade_domain::webhooks::ports::{Failure, Outcome};
use jiff::SignedDuration;
use uuid::Uuid;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn zone(name: &str) -> Zone {
    Zone::parse("zone", name).unwrap()
}

fn quiet(from: &str, to: &str) -> Quiet {
    Quiet { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

#[test]
fn a_device_is_told_of_what_is_still_worth_it_and_not_before_ones_eyes() {
    let utc = zone("UTC");
    let told = at("2026-11-22T10:00:00Z");
    let told_when = |settings: &Settings, there: Option<&str>, now: &str| {
        push::when(settings, Kind::Answered, &utc, told, there.map(at), at(now))
    };
    let usual = Settings::usual();
    assert_eq!(told_when(&usual, None, "2026-11-22T10:00:05Z"), When::Now);
    assert_eq!(
        told_when(&usual, Some("2026-11-22T10:00:04Z"), "2026-11-22T10:00:05Z"),
        When::At(at("2026-11-22T10:00:08Z"))
    );
    assert_eq!(told_when(&usual, Some("2026-11-22T10:02:00Z"), "2026-11-22T10:02:11Z"), When::Now, "they have gone");
    assert_eq!(
        told_when(&usual, Some("2026-11-22T10:05:00Z"), "2026-11-22T10:05:01Z"),
        When::Never,
        "they have seen it"
    );
    assert_eq!(told_when(&usual, None, "2026-11-23T10:00:01Z"), When::Never, "it is old");
    let kinds = || [Kind::Answered].into();
    for unwanted in
        [Settings { off: kinds(), ..Settings::usual() }, Settings { unpushed: kinds(), ..Settings::usual() }]
    {
        assert_eq!(told_when(&unwanted, None, "2026-11-22T10:00:05Z"), When::Never);
    }
    let night = Settings { zone: Some(zone("Asia/Tokyo")), quiet: Some(quiet("18:30", "07:00")), ..Settings::usual() };
    assert_eq!(
        told_when(&night, None, "2026-11-22T10:00:05Z"),
        When::At(at("2026-11-22T22:00:00Z")),
        "by one's own clock"
    );
    assert_eq!(told_when(&night, None, "2026-11-22T22:00:00Z"), When::Now);
}

#[test]
fn what_follows_a_push_is_what_its_service_said() {
    let now = at("2026-11-22T10:00:00Z");
    let judged = |attempt, status, seconds: Option<u64>| {
        let retry_after = seconds.map(Duration::from_secs);
        push::judge(attempt, &Outcome::Answered { status, excerpt: String::new(), retry_after }, now, 0)
    };
    let after = |seconds| Fate::Again(now + SignedDuration::from_secs(seconds));
    assert_eq!([200, 201, 202].map(|status| judged(1, status, None)), [Fate::Delivered; 3]);
    assert_eq!([404, 410].map(|status| judged(1, status, None)), [Fate::Gone; 2]);
    assert_eq!([301, 400, 401, 403, 413].map(|status| judged(1, status, None)), [Fate::GivenUp; 5]);
    assert_eq!([429, 500, 503].map(|status| judged(1, status, None)), [after(5); 3]);
    assert_eq!((judged(1, 429, Some(90)), judged(4, 429, Some(90))), (after(90), after(1_800)));
    assert_eq!(judged(1, 503, Some(1_000_000)), after(6 * 3_600));
    assert_eq!((judged(5, 500, None), judged(6, 500, None)), (after(7_200), Fate::GivenUp));
    assert_eq!(push::judge(1, &Outcome::Failed(Failure::Unreachable), now, 0), after(5));
}

#[test]
fn what_is_pushed_fits_whatever_people_are_called() {
    let notice = Notice {
        id: NoticeId::from_uuid(Uuid::nil()),
        kind: Kind::Answered,
        subject: Subject::Conversation(ConversationId::from_uuid(Uuid::nil())),
        name: "👩🏽‍🍳".repeat(200),
        times: 4_000_000_000,
        by: None,
        words: Some("My secret words".to_owned()),
        due_at: None,
        until: None,
        at: at("2026-11-22T10:00:00Z"),
        read: false,
    };
    let said = push::payload(&"مطبخ".repeat(100), &notice);
    assert!(said.len() <= 3_000 && !said.contains("secret"), "{} bytes", said.len());
    let point = [&[4][..], &[7; 64]].concat();
    assert!(Subscription::new("https://push.example/1", &point, &[0; 16]).is_ok());
    assert!(Subscription::new("https://push.example/1", &point[1..], &[0; 16]).is_err());
    assert!(Subscription::new("https://push.example/1", &[3; 65], &[0; 16]).is_err());
    assert!(Subscription::new("https://push.example/1", &point, &[0; 15]).is_err());
    assert!(Subscription::new("ftp://push.example/1", &point, &[0; 16]).is_err());
    let shown = format!("{:?}", Subscription::new("https://push.example/secret", &point, &[0; 16]).unwrap());
    assert_eq!(shown, "Subscription(…)");
}
