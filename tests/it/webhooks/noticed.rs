//! The admins are told that a webhook was switched off: each once, until it happens again.

use std::time::Duration;

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Business, Hook};
use crate::chat::visitor_says;
use crate::support::receiver::Manner;
use crate::support::{Person, Receiver, Socket, Visitor, eventually};

const LONG: Duration = Duration::from_secs(20);

/// What somebody was told of webhooks: customers who wait are told of too.
async fn told(person: &Person) -> Vec<Value> {
    let told = person.get("/v1/notices").await.data().as_array().unwrap().clone();
    told.into_iter().filter(|notice| notice["kind"] == "webhook_off").collect()
}

async fn one_of(person: &Person) -> Value {
    let told = told(person).await;
    assert_eq!(told.len(), 1, "{told:?}");
    told.into_iter().next().unwrap()
}

async fn turn_off(person: &Person, kind: &str) {
    let mut wanted = person.get("/v1/notices/settings").await.data().clone();
    wanted["off"] = json!([kind]);
    person.ask(Method::PUT, "/v1/notices/settings", Some(&wanted)).await.data();
}

/// Says something, and waits until the webhook is switched off for it.
async fn until_off(business: &Business, hook: &Hook, visitor: &Visitor, state: &str) {
    visitor_says(&business.app, visitor, "Hello").await;
    let is_off = async || (business.listed(hook).await["state"] == state).then_some(());
    eventually("it is switched off", LONG, is_off).await;
}

#[tokio::test]
async fn every_admin_is_told_once_which_webhook_was_switched_off_and_again_when_it_is_again() {
    let business = Business::open().await;
    let app = &business.app;
    let second = app.client_as(&business.tenant, Role::Admin).await;
    let manager = app.client_as(&business.tenant, Role::AccountManager).await;
    let elsewhere = app.tenant().await;
    let foreign = app.client_as(&elsewhere, Role::Admin).await;
    let receiver = Receiver::start().await;
    // Two are on their way when it is switched off: it answers neither before both were said.
    receiver.answer(Manner { after: Duration::from_millis(800), ..Manner::status(410) });
    let hook = business.hook(&receiver, &["message.sent"]).await;
    let visitor = app.visitor(&business.tenant).await;
    // Of customers who wait they want to hear nothing, so that what they hear is of this.
    turn_off(&second, "waiting").await;
    let mut socket = Socket::open(app, &second).await;
    socket.subscribe(&format!("tenant:{}", business.tenant.id)).await;
    visitor_says(app, &visitor, "Is anybody there?").await;
    until_off(&business, &hook, &visitor, "gone").await;
    let signal = socket.expect_where("that there is something new", |frame| frame["body"]["for"] == json!(second.id));
    assert_eq!(signal.await["type"], "noticed");
    for admin in [&business.admin, &second] {
        let notice = one_of(admin).await;
        let expected = json!({
            "webhook": hook.id, "name": receiver.url(), "by": null, "times": 1, "read": false, "conversation": null,
        });
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&notice[field], value, "{field}");
        }
    }
    for other in [&manager, &foreign] {
        assert!(told(other).await.is_empty());
    }

    // What was read stays so, whatever is still tried, until it is switched off anew.
    business.admin.post("/v1/notices/read", json!({ "until": "2100-01-01T00:00:00Z" })).await.data();
    let before = one_of(&business.admin).await;
    business.no_pause();
    visitor_says(app, &visitor, "Hello?").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let after = one_of(&business.admin).await;
    assert_eq!((&after["at"], &after["read"]), (&before["at"], &json!(true)));
    assert_eq!(business.switch(&hook, true).await.data()["state"], "on");
    until_off(&business, &hook, &visitor, "gone").await;
    for admin in [&business.admin, &second] {
        let notice = one_of(admin).await;
        assert_eq!((&notice["times"], &notice["read"]), (&json!(1), &json!(false)));
        assert!(notice["at"].as_str() > before["at"].as_str(), "{notice}");
    }
}

#[tokio::test]
async fn one_that_failed_for_days_is_told_of_too_but_not_to_who_does_not_want_it_and_not_what_an_admin_switches_off() {
    let business = Business::open().await;
    let app = &business.app;
    let muted = app.client_as(&business.tenant, Role::Admin).await;
    turn_off(&muted, "webhook_off").await;
    let receiver = Receiver::start().await;
    receiver.answer(Manner::status(500));
    let hook = business.hook(&receiver, &["message.sent"]).await;
    for on in [false, true] {
        business.switch(&hook, on).await.data();
    }
    let visitor = app.visitor(&business.tenant).await;
    visitor_says(app, &visitor, "Hello").await;
    business.newest_is(&hook, |delivery| delivery["status"] == 500).await;
    assert!(told(&business.admin).await.is_empty(), "it is still on");
    app.database
        .sql("update webhook_endpoints set failing_since = now() - interval '5 days 1 minute' where failing_since is not null");
    business.no_pause();
    eventually("it is switched off", LONG, async || (business.listed(&hook).await["state"] == "failing").then_some(()))
        .await;
    assert_eq!(one_of(&business.admin).await["webhook"], hook.id.as_str());
    assert!(told(&muted).await.is_empty(), "they do not want to know");
}
