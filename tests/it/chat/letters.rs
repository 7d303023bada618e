//! What was not read comes by mail to who was away: once, with what is unread at that moment, and as they want it.

use std::time::Duration;

use brigade_domain::identity::mail::Mail;
use brigade_domain::identity::ports::Outbox as _;
use brigade_store::notices::Links;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use super::notices::{give, told_is};
use super::{says, visitor_says};
use crate::live::stage::Stage;
use crate::support::{Person, Socket, eventually};

const SETTINGS: &str = "/v1/notices/settings";
/// The server looks every ten seconds, and sees that somebody is gone after ten more.
const LONG: Duration = Duration::from_mins(3);

fn later(minutes: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_mins(minutes)
}

/// Whether somebody is written to in so many minutes.
async fn written(stage: &Stage, person: &Person, minutes: i64) -> bool {
    let links = Links { origin: stage.app.origin(), unsubscribe: "https://x.example/u".to_owned() };
    let notices = &stage.app.inside.notices;
    notices.write_to(stage.tenant.id, person.id, links, later(minutes)).await.unwrap()
}

/// The letters to somebody, newest first.
async fn letters(stage: &Stage, person: &Person) -> Vec<Mail> {
    let sent = stage.app.inside.platform.identity.newest().await.unwrap();
    // Of signing in from a new device they are told too.
    let digest = |mail: &Mail| mail.to == person.email && mail.unsubscribe.is_some();
    sent.into_iter().map(|sent| sent.mail).filter(digest).collect()
}

/// As if all that is two hours ago. Done again and again it is no longer: what is a month old is told no more.
fn long_ago(stage: &Stage) {
    stage.app.database.sql(
        "update notices set happened_at = least(happened_at, now() - interval '2 hours');
         update notice_digests set next_at = now(), there_at = least(there_at, now() - interval '2 hours')",
    );
}

/// The letter the server writes to the manager by itself as time goes by.
async fn letter_in_time(stage: &Stage) -> Mail {
    eventually("the letter", LONG, async || {
        long_ago(stage);
        tokio::time::sleep(Duration::from_millis(500)).await;
        letters(stage, &stage.manager).await.pop()
    })
    .await
}

async fn settings(person: &Person) -> Value {
    person.get(SETTINGS).await.data().clone()
}

/// Changes some of one's settings.
async fn set(person: &Person, change: Value) -> Value {
    let mut wanted = settings(person).await;
    wanted.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    person.ask(Method::PUT, SETTINGS, Some(&wanted)).await.data().clone()
}

/// The manager answers a conversation, and its visitor has written.
async fn told() -> Stage {
    let stage = Stage::set().await;
    give(&stage.manager, &stage.visitor.conversation, "assign", json!({ "to": stage.manager.id })).await;
    visitor_says(&stage.app, &stage.visitor, "My secret words").await;
    told_is(&stage.manager, &[("answered", 1, false)]).await;
    stage
}

#[tokio::test]
async fn who_was_away_for_an_hour_gets_one_letter_and_nothing_twice() {
    let stage = told().await;
    assert!(!written(&stage, &stage.manager, 59).await, "not yet");
    let there = stage.app.inside.notices.are_there(stage.tenant.id, vec![stage.manager.id], later(30));
    there.await.unwrap();
    assert!(!written(&stage, &stage.manager, 61).await, "they were there meanwhile");
    let (one, two) = tokio::join!(written(&stage, &stage.manager, 95), written(&stage, &stage.manager, 95));
    assert!(one != two, "two servers at once write one letter");
    let mails = letters(&stage, &stage.manager).await;
    let [mail] = mails.as_slice() else { panic!("{}", mails.len()) };
    let link = format!("{}/inbox?c={}", stage.app.origin(), stage.visitor.conversation);
    assert!(mail.text.contains(&link) && mail.html.contains(&link), "{}", mail.text);
    assert!(!mail.text.contains("secret"), "no word of what was written");
    assert!(mail.unsubscribe.is_some());

    // More of the same is the same thing: it was written of, and was not read since.
    visitor_says(&stage.app, &stage.visitor, "Hello?").await;
    told_is(&stage.manager, &[("answered", 2, false)]).await;
    assert!(!written(&stage, &stage.manager, 300).await);
    // Read, and then anew, it is another.
    says(&stage.manager, &stage.visitor.conversation, "Yes").await;
    visitor_says(&stage.app, &stage.visitor, "Thanks").await;
    told_is(&stage.manager, &[("answered", 1, false)]).await;
    assert!(written(&stage, &stage.manager, 300).await);
    assert_eq!(letters(&stage, &stage.manager).await.len(), 2);
}

#[tokio::test]
async fn what_was_read_meanwhile_is_in_no_letter() {
    let stage = told().await;
    stage.manager.post("/v1/notices/read", json!({ "until": "2100-01-01T00:00:00Z" })).await.data();
    assert!(!written(&stage, &stage.manager, 300).await);
    assert_eq!(stage.app.database.sql("select count(*) from notice_digests"), "0");
}

#[tokio::test]
async fn the_server_writes_by_itself_to_who_is_not_there_and_not_to_who_is() {
    let stage = told().await;
    let socket = Socket::open(&stage.app, &stage.manager).await;
    long_ago(&stage);
    eventually("they are seen there", LONG, async || {
        let seen =
            "select count(*) from notice_digests where there_at > now() - interval '1 minute' and next_at > now()";
        (stage.app.database.sql(seen) == "1").then_some(())
    })
    .await;
    assert!(letters(&stage, &stage.manager).await.is_empty());
    drop(socket);
    letter_in_time(&stage).await;
}

#[tokio::test]
async fn quiet_hours_hold_letters_back_and_once_a_day_is_once_a_day() {
    let stage = told().await;
    let now = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    let clock = |hours: i64| {
        let at = now.checked_add(SignedDuration::from_hours(hours)).unwrap();
        format!("{:02}:{:02}", at.hour(), at.minute())
    };
    set(&stage.manager, json!({ "zone": "Etc/UTC", "quiet": { "from": clock(-1), "to": clock(8) } })).await;
    assert!(!written(&stage, &stage.manager, 7 * 60).await, "it is quiet");
    assert!(written(&stage, &stage.manager, 8 * 60 + 1).await);
    says(&stage.manager, &stage.visitor.conversation, "Yes").await;
    told_is(&stage.manager, &[("answered", 1, true)]).await;
    visitor_says(&stage.app, &stage.visitor, "Thanks").await;
    told_is(&stage.manager, &[("answered", 1, false)]).await;
    let hour = now.checked_add(SignedDuration::from_hours(5)).unwrap().hour();
    set(&stage.manager, json!({ "mail": "daily", "mail_hour": hour, "quiet": null })).await;
    assert!(!written(&stage, &stage.manager, 3 * 60).await);
    assert!(written(&stage, &stage.manager, 5 * 60 + 1).await);
}

#[tokio::test]
async fn what_somebody_does_not_want_is_not_told_or_not_written_of() {
    let stage = Stage::set().await;
    give(&stage.manager, &stage.visitor.conversation, "assign", json!({ "to": stage.manager.id })).await;
    set(&stage.manager, json!({ "off": ["assigned"], "unmailed": ["answered"] })).await;
    visitor_says(&stage.app, &stage.visitor, "Hello").await;
    told_is(&stage.manager, &[("answered", 1, false)]).await;
    assert!(!written(&stage, &stage.manager, 300).await, "not by mail");
    give(&stage.admin, &stage.visitor.conversation, "assign", json!({ "to": stage.admin.id })).await;
    give(&stage.admin, &stage.visitor.conversation, "assign", json!({ "to": stage.manager.id })).await;
    visitor_says(&stage.app, &stage.visitor, "Hello?").await;
    told_is(&stage.manager, &[("answered", 1, false)]).await;
    set(&stage.manager, json!({ "unmailed": [], "mail": "never" })).await;
    assert!(!written(&stage, &stage.manager, 300).await, "never");
}

#[tokio::test]
async fn settings_are_ones_own_and_two_pages_agree() {
    let stage = Stage::set().await;
    let mut socket = stage.socket(&stage.manager).await;
    socket.subscribe(&stage.business()).await;
    let usual = settings(&stage.manager).await;
    let expected = json!({
        "rev": 0, "off": [], "unmailed": [], "unpushed": [], "mail": "hour", "mail_hour": 8, "zone": null, "quiet": null
    });
    assert_eq!(usual, expected);
    let quiet = json!({ "from": "22:00", "to": "07:00" });
    let kept = set(&stage.manager, json!({ "off": ["waiting"], "zone": "europe/berlin", "quiet": quiet })).await;
    assert_eq!((&kept["rev"], &kept["zone"], &kept["quiet"]), (&json!(1), &json!("Europe/Berlin"), &quiet));
    socket.expect_where("that there is something new", |frame| frame["body"]["for"] == json!(stage.manager.id)).await;
    assert_eq!(settings(&stage.manager).await, kept);
    assert_eq!(settings(&stage.admin).await, usual, "nobody else's");
    assert_eq!(stage.manager.ask(Method::PUT, SETTINGS, Some(&usual)).await.code(), "CONFLICT");
    for (field, wrong) in [
        ("zone", json!("Berlin")),
        ("quiet", json!({ "from": "07:00", "to": "07:00" })),
        ("quiet", json!({ "from": "07:00", "to": "24:00" })),
        ("mail_hour", json!(24)),
        ("mail", json!("sometimes")),
        ("off", json!(["everything"])),
        ("more", json!(1)),
    ] {
        let mut wanted = kept.clone();
        wanted[field] = wrong;
        let refused = stage.manager.ask(Method::PUT, SETTINGS, Some(&wanted)).await;
        assert_eq!(refused.code(), "INVALID_INPUT", "{field}");
    }
    // From nothing, several at once: one of them.
    let (one, two) = tokio::join!(
        stage.admin.ask(Method::PUT, SETTINGS, Some(&usual)),
        stage.admin.ask(Method::PUT, SETTINGS, Some(&usual))
    );
    assert_eq!([one, two].iter().filter(|answer| answer.status == 200).count(), 1);
}

#[tokio::test]
async fn one_click_in_a_letter_ends_them_and_does_nothing_else() {
    let stage = told().await;
    let link = letter_in_time(&stage).await.unsubscribe.unwrap();
    let click = async |link: &str| {
        // As mail programs do it: no cookie, no origin, a form.
        let http = reqwest::Client::new();
        let form = http.post(link).header("content-type", "application/x-www-form-urlencoded");
        form.body("List-Unsubscribe=One-Click").send().await.unwrap().status().as_u16()
    };
    let (place, token) = link.split_once("token=").unwrap();
    let mut forged = token.to_owned();
    forged.replace_range(0..1, if token.starts_with('A') { "B" } else { "A" });
    for wrong in ["", "AAAA", &forged, &token[..token.len() - 2]] {
        assert_eq!(click(&format!("{place}token={wrong}")).await, 404, "{wrong}");
    }
    assert_eq!(settings(&stage.manager).await["mail"], "hour");
    for _ in 0..2 {
        assert_eq!(click(&link).await, 200);
    }
    assert_eq!(settings(&stage.manager).await["mail"], "never");
    assert_eq!(settings(&stage.admin).await["mail"], "hour");
}
