//! The admins of a business are told that support looks (decision 0017): once for each permission and person, and always.

use brigade_domain::actor::Role;
use brigade_domain::identity::ports::Outbox as _;
use brigade_store::notices::Links;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{let_in, look_in, operator};
use crate::live::stage::Stage;
use crate::support::{Authenticator, Browser, Person, TestApp};

const SETTINGS: &str = "/v1/notices/settings";

/// What somebody was told, newest first; all of it is of support here.
async fn told(person: &Person) -> Vec<Value> {
    let told = person.get("/v1/notices").await.data().as_array().unwrap().clone();
    assert!(told.iter().all(|notice| notice["kind"] == "support_came"), "{told:?}");
    told
}

/// Ends the permission that runs.
async fn end(admin: &Person) {
    let running = admin.get("/v1/tenant/support").await.data()[0]["id"].as_str().unwrap().to_owned();
    admin.ask(Method::DELETE, &format!("/v1/tenant/support/{running}"), None).await.data();
}

async fn leave(browser: &mut Browser) {
    browser.post("/v1/support/leave", json!({})).await.data();
}

#[tokio::test]
async fn both_admins_are_told_at_once_who_looks_why_and_until_when_and_nobody_else() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let second = app.client_as(&stage.tenant, Role::Admin).await;
    let foreign = app.client_as(&stage.elsewhere, Role::Admin).await;
    let permission = let_in(&stage.admin, 4).await;
    assert!(told(&stage.admin).await.is_empty(), "nobody has come");
    let mut socket = stage.socket(&second).await;
    socket.subscribe(&stage.business()).await;
    let (who, mut browser) = operator(app).await;
    look_in(app, &stage.tenant, &who, &mut browser).await;
    let signal = socket.expect_where("that there is something new", |frame| frame["body"]["for"] == json!(second.id));
    assert_eq!(signal.await["type"], "noticed");
    for admin in [&stage.admin, &second] {
        let told = told(admin).await;
        let [notice] = &told[..] else { panic!("{told:?}") };
        let expected = json!({
            "name": "Olu Operator", "by": who.id, "words": "The chat stays empty", "permission": permission["id"],
            "until": permission["until"], "times": 1, "read": false, "conversation": null,
        });
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&notice[field], value, "{field}");
        }
    }
    for other in [&stage.manager, &foreign] {
        assert!(told(other).await.is_empty());
    }
    assert_eq!(app.database.sql("select count(*) from notices"), "2");
    // When it is over, the notice says since when.
    end(&second).await;
    let over = stage.admin.get("/v1/tenant/support").await.data()[0]["ended_at"].clone();
    assert!(over.is_string() && told(&stage.admin).await[0]["until"] == over, "{over}");
}

#[tokio::test]
async fn it_is_told_once_for_a_permission_and_person_and_again_of_another() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let_in(&stage.admin, 1).await;
    let (one, mut ones) = operator(app).await;
    for _ in 0..3 {
        let support = look_in(app, &stage.tenant, &one, &mut ones).await;
        support.get("/v1/conversations").await.data();
        leave(&mut ones).await;
    }
    assert_eq!(told(&stage.admin).await.len(), 1, "however often they come");
    stage.admin.post("/v1/notices/read", json!({ "until": "2100-01-01T00:00:00Z" })).await.data();
    look_in(app, &stage.tenant, &one, &mut ones).await;
    let all = told(&stage.admin).await;
    assert!(all.len() == 1 && all[0]["read"] == true, "what was read stays so: {all:?}");

    let (another, mut anothers) = operator(app).await;
    look_in(app, &stage.tenant, &another, &mut anothers).await;
    let all = told(&stage.admin).await;
    assert_eq!((all.len(), &all[0]["by"], &all[0]["read"]), (2, &json!(another.id), &json!(false)));

    end(&stage.admin).await;
    leave(&mut ones).await;
    let_in(&stage.admin, 1).await;
    look_in(app, &stage.tenant, &one, &mut ones).await;
    let all = told(&stage.admin).await;
    assert_eq!((all.len(), &all[0]["by"]), (3, &json!(one.id)), "it is another permission");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_in_two_browsers_at_the_same_instant_is_told_of_once() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let (_, email) = app.somebody("Olu Operator", true).await;
    let authenticator = Authenticator::of(app, &email).await;
    let mut browsers = [authenticator.sign_in(app, &email).await, authenticator.sign_in(app, &email).await];
    let path = format!("/v1/platform/support/{}/look-in", stage.tenant.id);
    for turn in 1..=5 {
        let_in(&stage.admin, 1).await;
        let [one, other] = &mut browsers;
        let (one, other) = tokio::join!(one.post(&path, json!({})), other.post(&path, json!({})));
        assert_eq!((one.status, other.status), (200, 200), "{one:?} {other:?}");
        assert_eq!(told(&stage.admin).await.len(), turn);
        end(&stage.admin).await;
        for browser in &mut browsers {
            leave(browser).await;
        }
    }
}

#[tokio::test]
async fn an_admin_cannot_turn_it_off_and_gets_it_by_mail_without_what_it_is_about() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let mut wanted = stage.admin.get(SETTINGS).await.data().clone();
    wanted["off"] = json!(["support_came"]);
    let refused = stage.admin.ask(Method::PUT, SETTINGS, Some(&wanted)).await;
    assert_eq!((refused.code(), &refused.body["error"]["details"]["field"]), ("INVALID_INPUT", &json!("off")));
    wanted["off"] = json!(["waiting", "webhook_off"]);
    stage.admin.ask(Method::PUT, SETTINGS, Some(&wanted)).await.data();
    let past_the_server = "update notice_settings set muted = array_append(muted, 'support_came')";
    assert!(app.database.try_sql(past_the_server).unwrap_err().contains("notice_settings_support_told"));

    let_in(&stage.admin, 4).await;
    let (who, mut browser) = operator(app).await;
    look_in(app, &stage.tenant, &who, &mut browser).await;
    assert_eq!(told(&stage.admin).await.len(), 1);
    let letter = written(&stage, app).await;
    assert_eq!(letter.subject, "Olu Operator of the platform’s support came to look into your business.");
    assert!(letter.text.contains("/settings#support") && !letter.text.contains("stays empty"), "{}", letter.text);
}

/// The letter the admin gets after an hour.
async fn written(stage: &Stage, app: &TestApp) -> brigade_domain::identity::mail::Mail {
    let links = Links { origin: app.origin(), unsubscribe: "https://x.example/u".to_owned() };
    let later = Timestamp::now() + SignedDuration::from_mins(61);
    assert!(app.inside.notices.write_to(stage.tenant.id, stage.admin.id, links, later).await.unwrap());
    let sent = app.inside.platform.identity.newest().await.unwrap();
    let mut mails = sent.into_iter().map(|sent| sent.mail);
    mails.find(|mail| mail.to == stage.admin.email && mail.unsubscribe.is_some()).expect("a letter")
}
