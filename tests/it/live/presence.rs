//! Who is there: a lease per connection, several devices, a grace period, and word only to those who look.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::stage::Stage;
use crate::support::Socket;

async fn watch(socket: &mut Socket, who: &[&str]) {
    socket.send(&json!({ "t": "sig", "type": "presence_watch", "body": { "who": who } })).await;
}

/// The next word about `who`.
async fn told(socket: &mut Socket, who: &str) -> Value {
    let frame = socket.expect_where("presence", |frame| frame["t"] == "sig" && frame["body"]["who"] == who).await;
    assert_eq!(frame["type"], "presence");
    frame["body"]["status"].clone()
}

async fn set(socket: &mut Socket, status: &str) {
    socket.send(&json!({ "t": "sig", "type": "presence_set", "body": { "status": status } })).await;
}

#[tokio::test]
async fn several_devices_are_one_person_and_going_is_noticed_after_a_while() {
    let stage = Stage::set().await;
    let mut visitor = stage.visitors().await;
    watch(&mut visitor, &["staff"]).await;
    assert_eq!(told(&mut visitor, "staff").await, "offline");
    let (phone, mut desk) = (stage.socket(&stage.manager).await, stage.socket(&stage.manager).await);
    assert_eq!(told(&mut visitor, "staff").await, "online");
    let manager = stage.manager.id.to_string();
    let mut colleague = stage.socket(&stage.admin).await;
    watch(&mut colleague, &[&manager]).await;
    assert_eq!(told(&mut colleague, &manager).await, "online");
    // One device goes: nothing changes. The other says that nobody looks: away.
    drop(phone);
    set(&mut desk, "away").await;
    assert_eq!(told(&mut colleague, &manager).await, "away");
    set(&mut desk, "online").await;
    assert_eq!(told(&mut colleague, &manager).await, "online");
    // A reconnect within the grace period is not noticed; leaving is, after it.
    drop(desk);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let again = stage.socket(&stage.manager).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let clock = Instant::now();
    drop(again);
    // Nothing was said since: the next word is this one.
    let gone = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            match tokio::time::timeout(Duration::from_secs(9), colleague.next()).await {
                Ok(frame) => return frame,
                Err(_) => assert!(clock.elapsed() < Duration::from_secs(20)),
            }
        }
    });
    let gone = gone.await.expect("word of the leaving");
    assert_eq!(gone["body"], json!({ "who": manager, "status": "offline" }));
    let after = clock.elapsed();
    assert!(after > Duration::from_secs(8) && after < Duration::from_secs(14), "{after:?}");
}

#[tokio::test]
async fn customers_see_the_staff_and_nobody_else() {
    let stage = Stage::set().await;
    let stranger = stage.app.visitor(&stage.tenant).await;
    let mut visitor = stage.visitors().await;
    let client = stage.client.id.to_string();
    let elsewhere = stage.app.client_as(&stage.elsewhere, brigade_domain::actor::Role::Admin).await;
    let foreign = elsewhere.id.to_string();
    let manager = stage.manager.id.to_string();
    let all = [&*stranger.id, &*client, &*foreign, &*manager, "nobody", "usr_1"];
    watch(&mut visitor, &all).await;
    for who in &all[..4] {
        assert_eq!(told(&mut visitor, who).await, "offline", "{who}");
    }
    let _others = (
        Socket::open_visitor(&stage.app, &stranger).await,
        stage.socket(&stage.client).await,
        stage.socket(&elsewhere).await,
    );
    let _manager = stage.socket(&stage.manager).await;
    // Of four who came, it is told of one.
    let next = visitor.expect("sig").await;
    assert_eq!(next["body"], json!({ "who": manager, "status": "online" }));
    // The staff sees customers.
    let mut admin = stage.socket(&stage.admin).await;
    watch(&mut admin, &[&stranger.id, &client, &foreign]).await;
    assert_eq!(told(&mut admin, &stranger.id).await, "online");
    assert_eq!(told(&mut admin, &client).await, "online");
    assert_eq!(told(&mut admin, &foreign).await, "offline", "another business is not seen");
}

#[tokio::test]
async fn who_looks_away_is_told_no_more() {
    let stage = Stage::set().await;
    let manager = stage.manager.id.to_string();
    let mut admin = stage.socket(&stage.admin).await;
    watch(&mut admin, &[&manager]).await;
    assert_eq!(told(&mut admin, &manager).await, "offline");
    admin.send(&json!({ "t": "sig", "type": "presence_unwatch", "body": { "who": [manager] } })).await;
    // Frames of one socket are taken in order: this answer means that the one before has been done.
    admin.subscribe(&stage.business()).await;
    let mut socket = stage.socket(&stage.manager).await;
    set(&mut socket, "away").await;
    socket.subscribe(&stage.business()).await;
    admin.send(&json!({ "t": "sub", "topic": stage.business() })).await;
    assert_eq!(admin.next().await["t"], "snap");
}
