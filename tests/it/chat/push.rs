//! Notices on devices on which no page is open: sealed for the browser, once for each thing, and only while that is still needed.

use std::time::Duration;

use brigade_domain::actor::Role;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use super::notices::{give, told_is};
use super::visitor_says;
use crate::live::stage::Stage;
use crate::support::{ALLOW_PUSH, PASSWORD, Person, PushService, Socket, TestApp, eventually};

const DEVICES: &str = "/v1/notices/devices";
const SETTINGS: &str = "/v1/notices/settings";
const LONG: Duration = Duration::from_secs(40);

async fn devices(person: &Person) -> Vec<Value> {
    person.get(DEVICES).await.data()["devices"].as_array().unwrap().clone()
}

/// The manager has a conversation, and is told of it in a browser.
async fn set() -> (Stage, PushService, Value) {
    let stage = Stage::with(&[ALLOW_PUSH]).await;
    let service = PushService::start().await;
    give(&stage.manager, &stage.visitor.conversation, "assign", json!({ "to": stage.manager.id })).await;
    let device = stage.manager.post(DEVICES, service.browser()).await.data().clone();
    (stage, service, device)
}

async fn choose(person: &Person, change: Value) {
    let mut wanted = person.get(SETTINGS).await.data().clone();
    wanted.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    person.ask(Method::PUT, SETTINGS, Some(&wanted)).await.data();
}

/// Waits until this says so.
async fn holds(app: &TestApp, what: &str, sql: &str) {
    eventually(what, LONG, async || (app.database.sql(sql) == "t").then_some(())).await;
}

/// Waits until nothing waits to be pushed.
async fn nothing_waits(app: &TestApp) {
    holds(app, "nothing waits", "select count(*) = 0 from push_deliveries").await;
}

#[tokio::test]
async fn what_is_told_is_pushed_sealed_and_signed_once_and_names_whom_it_is_about() {
    let (stage, service, device) = set().await;
    visitor_says(&stage.app, &stage.visitor, "My secret words").await;
    told_is(&stage.manager, &[("answered", 1, false)]).await;
    let notice = stage.manager.get("/v1/notices").await.data()[0].clone();
    let pushed = service.gets(1).await[0].clone();
    let name = notice["name"].as_str().unwrap();
    let expected = json!({
        "title": format!("Tenant {}", stage.tenant.slug), "body": format!("A new message from {name}."), "tag": notice["id"],
        "url": format!("/inbox?c={}", stage.visitor.conversation), "at": notice["at"],
    });
    assert_eq!(pushed.payload, expected);
    let header = |name: &str| pushed.headers[name].as_str();
    assert_eq!((header("content-encoding"), header("ttl"), header("topic").len()), ("aes128gcm", "86400", 32));
    assert_eq!(pushed.key, stage.manager.get(DEVICES).await.data()["public_key"].as_str().unwrap());
    assert_eq!(pushed.claims["aud"], format!("http://{}", service.address));
    assert_eq!(pushed.claims["sub"], stage.app.origin());
    let left = pushed.claims["exp"].as_i64().unwrap() - Timestamp::now().as_second();
    assert!((3_600..86_400).contains(&left), "{left}");

    // More of the same takes its place; what is told is told once.
    visitor_says(&stage.app, &stage.visitor, "Hello?").await;
    let all = service.gets(2).await;
    nothing_waits(&stage.app).await;
    assert_eq!(all[1].payload["body"], format!("2 new messages from {name}."));
    assert_eq!((&all[1].payload["tag"], &all[1].headers["topic"]), (&notice["id"], &pushed.headers["topic"]));
    let kept = devices(&stage.manager).await;
    assert_eq!((kept.len(), &kept[0]["id"], kept[0]["reached_at"].is_string()), (1, &device["id"], true));
    assert_eq!(service.pushed().len(), 2);
    // Neither the browser's address nor its keys are anywhere to be read.
    let endpoint = "select count(*) from push_devices where encode(sealed, 'escape') like '%/send/%'";
    assert_eq!(stage.app.database.sql(endpoint), "0");
}

#[tokio::test]
async fn what_was_read_elsewhere_or_was_before_ones_eyes_is_not_pushed() {
    let (stage, service, _) = set().await;
    let app = &stage.app;
    visitor_says(app, &stage.visitor, "One").await;
    told_is(&stage.manager, &[("answered", 1, false)]).await;
    stage.manager.post("/v1/notices/read", json!({ "until": "2100-01-01T00:00:00Z" })).await.data();
    nothing_waits(app).await;
    let socket = Socket::open(app, &stage.manager).await;
    visitor_says(app, &stage.visitor, "Two").await;
    told_is(&stage.manager, &[("answered", 1, false)]).await;
    holds(
        app,
        "they are seen",
        "select count(*) = 1 from push_deliveries where there_at > now() - interval '5 seconds' and next_at > now()",
    )
    .await;
    app.database.sql("update push_deliveries set told_at = now() - interval '6 minutes'");
    nothing_waits(app).await;
    assert!(service.pushed().is_empty(), "{:?}", service.pushed());
    // Who leaves soon after they were told is told where they are.
    visitor_says(app, &stage.visitor, "Three").await;
    told_is(&stage.manager, &[("answered", 2, false)]).await;
    drop(socket);
    assert_eq!(service.gets(1).await.len(), 1);
}

#[tokio::test]
async fn quiet_hours_and_what_one_does_not_want_hold_for_devices_too_and_a_test_comes_at_once() {
    let (stage, service, device) = set().await;
    let app = &stage.app;
    choose(&stage.manager, json!({ "unpushed": ["answered"] })).await;
    visitor_says(app, &stage.visitor, "One").await;
    told_is(&stage.manager, &[("answered", 1, false)]).await;
    assert_eq!(app.database.sql("select count(*) from push_deliveries"), "0");

    let now = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    let clock = |hours: i64| {
        let at = now.checked_add(SignedDuration::from_hours(hours)).unwrap();
        format!("{:02}:{:02}", at.hour(), at.minute())
    };
    let quiet = json!({ "unpushed": [], "zone": "Etc/UTC", "quiet": { "from": clock(-1), "to": clock(8) } });
    choose(&stage.manager, quiet).await;
    visitor_says(app, &stage.visitor, "Two").await;
    holds(
        app,
        "it waits for the end",
        "select count(*) = 1 from push_deliveries where next_at > now() + interval '7 hours'",
    )
    .await;
    let id = device["id"].as_str().unwrap();
    stage.manager.post(&format!("{DEVICES}/{id}/test"), json!({})).await.data();
    assert_eq!(service.gets(1).await[0].payload["tag"], "test");
    choose(&stage.manager, json!({ "quiet": null })).await;
    app.database.sql("update push_deliveries set next_at = now()");
    assert_eq!(service.gets(2).await[1].payload["body"].as_str().unwrap().split(' ').next(), Some("2"));
}

#[tokio::test]
async fn a_service_that_is_busy_is_asked_again_one_that_refuses_is_not_and_who_is_gone_goes() {
    let (stage, service, device) = set().await;
    let app = &stage.app;
    let test = async || {
        let path = format!("{DEVICES}/{}/test", device["id"].as_str().unwrap());
        stage.manager.post(&path, json!({})).await.data();
    };
    service.answer("503 Busy\r\nretry-after: 600");
    test().await;
    service.gets(1).await;
    let patient =
        "select count(*) = 1 from push_deliveries where attempts = 1 and next_at > now() + interval '9 minutes'";
    holds(app, "it waits as it was asked to", patient).await;
    assert!(devices(&stage.manager).await[0]["failed_at"].is_string());
    service.answer("201 Created");
    app.database.sql("update push_deliveries set next_at = now()");
    service.gets(2).await;
    nothing_waits(app).await;
    assert!(devices(&stage.manager).await[0]["failed_at"].is_null());
    service.answer("400 No");
    test().await;
    service.gets(3).await;
    nothing_waits(app).await;
    assert_eq!(devices(&stage.manager).await.len(), 1, "it may take the next");
    service.answer("410 Gone");
    test().await;
    service.gets(4).await;
    holds(app, "the device is gone", "select count(*) = 0 from push_devices").await;
    let audited = "select count(*) from audit_log where event_type = 'user.push_device_removed' and metadata::jsonb ->> 'gone' = 'true'";
    assert_eq!(app.database.sql(audited), "1");
    assert_eq!(service.pushed().len(), 4);
}

#[tokio::test]
async fn devices_are_ones_own_ten_at_most_and_go_with_the_session() {
    let (stage, service, device) = set().await;
    let (app, manager) = (&stage.app, &stage.manager);
    let again = async || Person::sign_in(app, manager.id, &manager.email, PASSWORD).await;
    let path = format!("{DEVICES}/{}", device["id"].as_str().unwrap());
    assert_eq!(stage.admin.ask(Method::DELETE, &path, None).await.code(), "NOT_FOUND");
    assert_eq!(stage.admin.post(&format!("{path}/test"), json!({})).await.code(), "NOT_FOUND");
    assert!(devices(&stage.admin).await.is_empty());
    assert_eq!(stage.client.post(DEVICES, service.browser()).await.code(), "FORBIDDEN");

    // The same browser said again is the same device; another address takes its place; another person's too.
    let (phone, browser) = (again().await, service.browser());
    let first = phone.post(DEVICES, browser.clone()).await.data()["id"].clone();
    assert_eq!(phone.post(DEVICES, browser.clone()).await.data()["id"], first);
    assert_ne!(phone.post(DEVICES, service.browser()).await.data()["id"], first);
    assert_eq!(devices(manager).await.len(), 2);
    assert_eq!(devices(&phone).await.iter().filter(|each| each["current"] == true).count(), 1);

    for _ in 0..8 {
        again().await.post(DEVICES, service.browser()).await.data();
    }
    let eleventh = again().await.post(DEVICES, service.browser()).await;
    assert_eq!((eleventh.code(), eleventh.status), ("CONFLICT", 409));
    phone.post("/v1/auth/sign-out", json!({})).await.data();
    assert_eq!(devices(manager).await.len(), 9, "who signs out is told nothing there");
    manager.ask(Method::DELETE, &path, None).await.data();
    assert_eq!(devices(manager).await.len(), 8);
    stage.admin.ask(Method::DELETE, &format!("/v1/tenant/staff/{}", manager.id), None).await.data();
    assert_eq!(app.database.sql("select count(*) from push_devices"), "0", "who works here no more neither");
}

#[tokio::test]
async fn nothing_is_pushed_to_what_is_not_for_everybody_and_what_has_not_the_shape_is_refused() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let service = PushService::start().await;
    let with = |field: &str, value: &str| {
        let mut browser = service.browser();
        browser["endpoint"] = json!("https://push.example/1");
        browser[field] = json!(value);
        browser
    };
    admin.post(DEVICES, with("endpoint", "https://push.example/2")).await.data();
    for (field, value) in [
        ("endpoint", "http://push.example/1"),
        ("endpoint", "https://127.0.0.1/1"),
        ("endpoint", "https://169.254.169.254/latest"),
        ("endpoint", "https://[::ffff:10.0.0.1]/"),
        ("endpoint", "https://localhost/1"),
        ("endpoint", "https://push.example:22/"),
        ("endpoint", "javascript:alert(1)"),
        ("p256dh", "BAAA"),
        ("p256dh", "not base64!"),
        ("auth", "AAAA"),
    ] {
        let answer = admin.post(DEVICES, with(field, value)).await;
        assert_eq!(
            (answer.code(), &answer.body["error"]["details"]["field"]),
            ("INVALID_INPUT", &json!(field)),
            "{value}"
        );
    }
}
