//! Sessions that end and servers that go. (That sign-out, a new password, a lost role and so on close sockets is in
//! `identity::ending`.)

use std::time::{Duration, Instant};

use brigade_domain::actor::Role;
use serde_json::json;

use super::raw::Raw;
use super::stage::{Stage, system};
use crate::support::{Socket, eventually};

#[tokio::test]
async fn a_visitor_who_wants_to_be_forgotten_is_sent_away_within_five_seconds() {
    let stage = Stage::set().await;
    let mut visitor = stage.visitors().await;
    visitor.subscribe(&stage.visitor.topic).await;
    let clock = Instant::now();
    let forget = reqwest::Client::new().post(stage.app.url("/v1/site/forget"));
    let forget = forget.header("x-tenant-key", &stage.tenant.public_key).header("origin", stage.app.origin());
    let answer = forget.json(&json!({ "token": stage.visitor.token })).send().await.unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
    assert_eq!(visitor.expect("sig").await["type"], "revoked");
    assert_eq!(visitor.closed().await.code, 4403);
    assert!(clock.elapsed() < Duration::from_secs(5));
    let mut raw = Raw::of(&stage.app, None).await;
    raw.say(&json!({ "t": "hello", "token": stage.visitor.token })).await;
    assert_eq!(raw.ends().await.1.code, 4401);
}

#[tokio::test]
async fn a_suspended_business_loses_its_sockets_and_another_keeps_its_own() {
    let stage = Stage::set().await;
    let (mut visitor, mut manager) = (stage.visitors().await, stage.socket(&stage.manager).await);
    let (_person, mut other) = stage.app.ws_as(&stage.elsewhere, Role::Admin).await;
    let clock = Instant::now();
    // As the command line does it, which is another process.
    let id = stage.tenant.id.uuid();
    stage.app.database.sql(&format!("update tenants set status = 'suspended' where id = '{id}'"));
    for socket in [&mut visitor, &mut manager] {
        assert_eq!(socket.closed().await.code, 4403);
    }
    assert!(clock.elapsed() < Duration::from_secs(5), "{:?}", clock.elapsed());
    let elsewhere = format!("tenant:{}", stage.elsewhere.id);
    other.subscribe(&elsewhere).await;
}

#[tokio::test]
async fn a_change_that_does_not_concern_a_session_leaves_it_open() {
    let stage = Stage::set().await;
    let mut client = stage.socket(&stage.client).await;
    client.subscribe(&stage.clients_chat).await;
    // The client becomes a client of another business as well; the account is called something else.
    stage.app.inside.platform.add_member(stage.elsewhere.id, stage.client.id, Role::Client).await.unwrap();
    system(&stage.app, &stage.tenant, &stage.account_topic, "rename", json!({ "name": "Mia B." })).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let answer = client.command(&stage.clients_chat, "send", json!({ "text": "Still here" })).await;
    assert_eq!(answer["t"], "ack", "{answer}");
    // One that does closes it.
    let member = json!({ "user": stage.client.id });
    system(&stage.app, &stage.tenant, &stage.account_topic, "remove_member", member).await;
    let clock = Instant::now();
    assert_eq!(client.closed().await.code, 4403);
    assert!(clock.elapsed() < Duration::from_secs(5));
    let mut again = Socket::open(&stage.app, &stage.client).await;
    again.send(&json!({ "t": "sub", "topic": stage.clients_chat })).await;
    assert_eq!(again.expect("err").await["code"], "NOT_FOUND");
}

#[tokio::test]
async fn a_draining_server_tells_each_socket_when_to_come_back_and_takes_no_new_ones() {
    let stage = Stage::set().await;
    let mut sockets = Vec::new();
    for _ in 0..8 {
        sockets.push(stage.socket(&stage.manager).await);
    }
    let (hub, app) = (stage.app.inside.hub.clone(), &stage.app);
    let draining = tokio::spawn(async move { hub.drain(Duration::from_secs(5)).await });
    let mut waits = std::collections::BTreeSet::new();
    for socket in &mut sockets {
        let closed = socket.closed().await;
        assert_eq!(closed.code, 1001);
        let wait: u64 = closed.reason.strip_prefix("retry_after_ms=").unwrap().parse().unwrap();
        assert!((500..=5_000).contains(&wait), "{wait}");
        waits.insert(wait);
    }
    assert!(waits.len() >= 6, "everybody would come back at once: {waits:?}");
    draining.await.unwrap();
    let origin = app.origin();
    let headers = [("origin", &*origin), ("sec-websocket-protocol", "brigade.v1")];
    let refused = Raw::connect(app, "/v1/live", &headers).await.err().expect("no new ones");
    assert_eq!((refused.status, &refused.body["error"]["code"]), (503, &json!("DRAINING")));
}

#[tokio::test]
async fn a_socket_that_ends_leaves_nothing_behind() {
    let stage = Stage::with(&[("limits.entity_idle", "200ms")]).await;
    let inbox = format!("{}/inbox", stage.business());
    let mut sockets = Vec::new();
    for _ in 0..5 {
        let mut socket = stage.socket(&stage.manager).await;
        for topic in [&stage.visitor.topic, &stage.clients_chat, &stage.business(), &inbox] {
            socket.subscribe(topic).await;
        }
        // What is refused must not make it forget what it has.
        socket.send(&json!({ "t": "eph", "topic": stage.visitor.topic, "type": "dancing", "body": {} })).await;
        socket.expect("err").await;
        sockets.push(socket);
    }
    assert_eq!(stage.app.inside.hub.stats().sessions, 5);
    assert_eq!(stage.app.inside.directory.list_readers(), 5);
    drop(sockets);
    eventually("nothing is left", Duration::from_secs(10), async || {
        let (hub, directory) = (&stage.app.inside.hub, &stage.app.inside.directory);
        let left = (hub.stats().sessions, directory.list_readers(), directory.stats().entities());
        (left == (0, 0, 0)).then_some(())
    })
    .await;
}
