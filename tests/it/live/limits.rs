//! How much is too much. Every refusal is typed, says which limit it was, and nobody else notices.

use brigade_domain::actor::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use super::raw::Raw;
use super::stage::Stage;
use crate::support::{Person, Socket, TestApp};

fn send(topic: &str) -> Value {
    json!({ "t": "cmd", "id": Uuid::now_v7(), "topic": topic, "type": "send", "body": { "text": "x" } })
}

#[tokio::test]
async fn commands_have_a_rate_and_visitors_a_lower_one() {
    let stage = Stage::with(&[("limits.commands_per_minute", "12"), ("limits.visitor_commands_per_minute", "4")]).await;
    let (topic, manager) = (&stage.visitor.topic, stage.socket(&stage.manager).await);
    for (mut socket, limit) in [(manager, 12), (stage.visitors().await, 4)] {
        assert_eq!(socket.welcome["limits"]["commands_per_minute"], limit);
        let mut answers = Vec::new();
        for _ in 0..limit + 3 {
            answers.push(socket.command(topic, "send", json!({ "text": "x" })).await);
        }
        let done = answers.iter().filter(|answer| answer["t"] == "ack").count();
        assert_eq!(done, limit, "{answers:?}");
        let refused = answers.last().unwrap();
        assert_eq!((&refused["code"], &refused["details"]["limit"]), (&json!("RATE_LIMITED"), &json!(limit)));
        let wait = refused["retry_after"].as_f64().unwrap();
        assert!((1.0..=60.0).contains(&wait), "{refused}");
        assert!(refused["id"].is_string(), "it says which command: {refused}");
    }
    // What was refused was not done.
    let sent = stage.app.database.sql("select count(*) from event_log where kind = 'message_sent'");
    assert_eq!(sent, "16");
}

#[tokio::test]
async fn a_tenant_that_is_flooded_is_slowed_down_and_its_neighbour_is_not() {
    let stage = Stage::with(&[("limits.tenant_commands_per_minute", "6")]).await;
    let topic = &stage.visitor.topic;
    let (mut manager, mut visitor) = (stage.socket(&stage.manager).await, stage.visitors().await);
    for socket in [&mut manager, &mut visitor] {
        for _ in 0..3 {
            assert_eq!(socket.command(topic, "send", json!({ "text": "x" })).await["t"], "ack");
        }
    }
    let refused = manager.command(topic, "send", json!({ "text": "one too many" })).await;
    assert_eq!((&refused["code"], &refused["details"]["of"]), (&json!("RATE_LIMITED"), &json!("tenant")));
    assert_eq!(refused["details"]["limit"], 6);
    assert!(refused["retry_after"].as_f64().unwrap() >= 1.0);

    let neighbour = stage.app.tenant().await;
    let theirs = stage.app.visitor(&neighbour).await;
    let mut other = Socket::open_visitor(&stage.app, &theirs).await;
    assert_eq!(other.command(&theirs.topic, "send", json!({ "text": "Hello" })).await["t"], "ack");
}

#[tokio::test]
async fn who_types_much_can_still_send_and_signals_have_a_rate_of_their_own() {
    let stage = Stage::with(&[("limits.visitor_commands_per_minute", "4")]).await;
    let (topic, mut visitor) = (&stage.visitor.topic, stage.visitors().await);
    visitor.subscribe(topic).await;
    let typing = json!({ "t": "eph", "topic": topic, "type": "typing", "body": { "on": true } });
    for _ in 0..120 {
        visitor.send(&typing).await;
    }
    let answer = visitor.command(topic, "send", json!({ "text": "There I am" })).await;
    assert_eq!(answer["t"], "ack", "{answer}");
    visitor.send(&typing).await;
    let refused = visitor.expect("err").await;
    assert_eq!((&refused["code"], &refused["details"]["limit"]), (&json!("RATE_LIMITED"), &json!(120)));
}

#[tokio::test]
async fn who_goes_on_and_on_is_closed_with_4429_and_told_when_to_come_back() {
    let app = TestApp::with(&[("limits.commands_per_minute", "5")]).await;
    let tenant = app.tenant().await;
    let (person, visitor) = (app.client_as(&tenant, Role::Admin).await, app.visitor(&tenant).await);
    let mut raw = Raw::greeted(&app, &person).await;
    for _ in 0..230 {
        raw.say(&send(&visitor.topic)).await;
    }
    let (answers, closed) = raw.ends().await;
    assert_eq!(closed.code, 4429);
    let wait: u64 = closed.reason.strip_prefix("retry_after_ms=").unwrap().parse().unwrap();
    assert!((1_000..=60_000).contains(&wait), "{closed:?}");
    let refused = answers.iter().filter(|answer| answer["code"] == "RATE_LIMITED").count();
    assert!((200..=230).contains(&refused), "{refused}");
}

#[tokio::test]
async fn a_session_carries_so_many_topics_and_makes_room_by_leaving() {
    let stage = Stage::with(&[("limits.topics_per_session", "2")]).await;
    let mut socket = stage.socket(&stage.manager).await;
    assert_eq!(socket.welcome["limits"]["topics"], 2);
    socket.subscribe(&stage.visitor.topic).await;
    socket.subscribe(&stage.clients_chat).await;
    // Subscribing anew to one it has is not one more.
    socket.subscribe(&stage.visitor.topic).await;
    socket.send(&json!({ "t": "sub", "topic": stage.account_topic })).await;
    let refused = socket.expect("err").await;
    assert_eq!((&refused["code"], &refused["details"]["limit"]), (&json!("RATE_LIMITED"), &json!(2)));
    assert_eq!(refused["topic"], stage.account_topic);
    socket.send(&json!({ "t": "unsub", "topic": stage.clients_chat })).await;
    socket.subscribe(&stage.account_topic).await;
}

#[tokio::test]
async fn a_refused_subscription_takes_no_room() {
    let stage = Stage::with(&[("limits.topics_per_session", "2")]).await;
    let mut socket = stage.visitors().await;
    for _ in 0..5 {
        socket.send(&json!({ "t": "sub", "topic": stage.clients_chat })).await;
        assert_eq!(socket.expect("err").await["code"], "NOT_FOUND");
    }
    socket.subscribe(&stage.visitor.topic).await;
}

/// A socket that is one too many: what it is told.
async fn one_too_many(app: &TestApp, person: &Person) -> (Value, u16) {
    let mut raw = Raw::of(app, Some(person)).await;
    raw.say(&json!({ "t": "hello" })).await;
    let (before, closed) = raw.ends().await;
    (before.into_iter().next().unwrap_or_default(), closed.code)
}

#[tokio::test]
async fn a_person_has_so_many_sessions() {
    let app = TestApp::with(&[("limits.sessions_per_person", "2")]).await;
    let tenant = app.tenant().await;
    let (person, first) = app.ws_as(&tenant, Role::Admin).await;
    let _second = Socket::open(&app, &person).await;
    let (refused, code) = one_too_many(&app, &person).await;
    assert_eq!((code, &refused["code"], &refused["details"]["limit"]), (4409, &json!("RATE_LIMITED"), &json!(2)));
    assert!(refused["retry_after"].as_f64().unwrap() > 0.0);
    // Somebody else is not this person, and room that is made is room.
    let (_other, _socket) = app.ws_as(&tenant, Role::AccountManager).await;
    drop(first);
    crate::support::eventually("there is room again", std::time::Duration::from_secs(20), async || {
        let mut raw = Raw::of(&app, Some(&person)).await;
        raw.say(&json!({ "t": "hello" })).await;
        raw.next().await.is_ok_and(|frame| frame["t"] == "welcome").then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_address_has_so_many_sessions() {
    let app = TestApp::with(&[("limits.sessions_per_address", "2")]).await;
    let tenant = app.tenant().await;
    let (person, first) = app.ws_as(&tenant, Role::Admin).await;
    let (_other, _second) = app.ws_as(&tenant, Role::AccountManager).await;
    let (refused, code) = one_too_many(&app, &person).await;
    assert_eq!((code, &refused["code"], &refused["details"]["limit"]), (4409, &json!("RATE_LIMITED"), &json!(2)));
    drop(first);
    crate::support::eventually("there is room again", std::time::Duration::from_secs(20), async || {
        (app.inside.hub.stats().sessions < 2).then_some(())
    })
    .await;
    drop(Socket::open(&app, &person).await);
}

#[tokio::test]
async fn one_watches_so_many_people_and_forgetting_strangers_makes_no_room() {
    let stage = Stage::set().await;
    let mut socket = stage.socket(&stage.manager).await;
    let strangers = |from: u128, count: u128| -> Vec<String> {
        (from..from + count).map(|n| brigade_domain::id::UserId::from_uuid(Uuid::from_u128(n)).to_string()).collect()
    };
    let sig = |kind: &str, who: Vec<String>| json!({ "t": "sig", "type": kind, "body": { "who": who } });
    socket.send(&sig("presence_watch", strangers(0, 200))).await;
    for _ in 0..200 {
        assert_eq!(socket.expect("sig").await["body"]["status"], "offline");
    }
    // The same again are no more; others are.
    socket.send(&sig("presence_watch", strangers(0, 200))).await;
    for _ in 0..200 {
        socket.expect("sig").await;
    }
    socket.send(&sig("presence_unwatch", strangers(1_000, 200))).await;
    socket.send(&sig("presence_watch", strangers(500, 1))).await;
    let refused = socket.expect("err").await;
    assert_eq!((&refused["code"], &refused["details"]["limit"]), (&json!("RATE_LIMITED"), &json!(200)));
    socket.send(&sig("presence_unwatch", strangers(0, 1))).await;
    socket.send(&sig("presence_watch", strangers(500, 1))).await;
    assert_eq!(socket.expect("sig").await["body"]["who"], strangers(500, 1)[0]);
}
