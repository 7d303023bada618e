//! The inbox: a list as state, the latest per key winning.

use serde_json::{Value, json};

use super::stage::{Stage, path_of};

fn item<'a>(snap: &'a Value, key: &str) -> Option<&'a Value> {
    snap["state"]["items"].as_array().unwrap().iter().find(|item| item["key"] == key)
}

#[tokio::test]
async fn the_inbox_is_what_is_there_and_then_what_changes() {
    let stage = Stage::set().await;
    let (topic, inbox) = (&stage.visitor.topic, format!("{}/inbox", stage.business()));
    let mut visitor = stage.visitors().await;
    let first = visitor.command(topic, "send", json!({ "text": "Do you deliver?" })).await;
    let mut manager = stage.socket(&stage.manager).await;
    let snap = manager.subscribe(&inbox).await;
    assert_eq!(snap["seq"], 0);
    let shown = item(&snap, &stage.visitor.conversation).unwrap();
    assert_eq!((&shown["rev"], &shown["body"]["preview"]), (&first["seq"], &json!("Do you deliver?")));
    assert_eq!(shown["body"]["id"], stage.visitor.conversation);
    assert_eq!(shown["body"]["status"], "open");
    // Each change is the whole line under a higher revision.
    let mut rev = first["seq"].as_u64().unwrap();
    for text in ["Hello?", "Is anybody there?"] {
        let sent = visitor.command(topic, "send", json!({ "text": text })).await;
        let line = manager.expect("st").await;
        assert_eq!((&line["topic"], &line["key"]), (&json!(inbox), &json!(stage.visitor.conversation)));
        assert_eq!((&line["rev"], &line["body"]["preview"]), (&sent["seq"], &json!(text)));
        assert!(line["rev"].as_u64().unwrap() > rev);
        rev = line["rev"].as_u64().unwrap();
    }
    manager.command(topic, "resolve", json!({})).await;
    assert_eq!(manager.expect("st").await["body"]["status"], "resolved");
    // The same over HTTP.
    let listed = stage.manager.get("/v1/conversations?status=resolved").await;
    assert!(listed.data().to_string().contains(&stage.visitor.conversation), "{listed:?}");
}

#[tokio::test]
async fn the_inbox_of_one_business_is_for_its_staff_only() {
    let stage = Stage::set().await;
    let inbox = format!("{}/inbox", stage.business());
    let other = stage.app.client_as(&stage.elsewhere, brigade_domain::actor::Role::Admin).await;
    for mut socket in [stage.visitors().await, stage.socket(&stage.client).await, stage.socket(&other).await] {
        socket.send(&json!({ "t": "sub", "topic": inbox })).await;
        let refused = socket.expect("err").await;
        assert_eq!((&refused["topic"], &refused["code"]), (&json!(inbox), &json!("NOT_FOUND")));
    }
    // Their own shows nothing of this one.
    let mut socket = stage.socket(&other).await;
    let own = format!("tenant:{}/inbox", stage.elsewhere.id);
    assert_eq!(socket.subscribe(&own).await["state"]["items"], json!([]));
    stage.visitors().await.command(&stage.visitor.topic, "send", json!({ "text": "Hello" })).await;
    socket.send(&json!({ "t": "sub", "topic": format!("tenant:{}", stage.elsewhere.id) })).await;
    assert_eq!(socket.next().await["t"], "snap", "no line of another business came before");
    for unknown in ["archive", "inbox_"] {
        socket.send(&json!({ "t": "sub", "topic": format!("tenant:{}/{unknown}", stage.elsewhere.id) })).await;
        assert_eq!(socket.expect("err").await["code"], "NOT_FOUND");
    }
}

#[tokio::test]
async fn leaving_the_inbox_keeps_the_business_and_the_other_way_round() {
    let stage = Stage::set().await;
    let (business, inbox) = (stage.business(), format!("{}/inbox", stage.business()));
    let mut admin = stage.socket(&stage.admin).await;
    admin.subscribe(&business).await;
    admin.subscribe(&inbox).await;
    assert_eq!(stage.app.inside.directory.list_readers(), 1);
    admin.send(&json!({ "t": "unsub", "topic": inbox })).await;
    admin.command(&business, "rename", json!({ "name": "Balance" })).await;
    assert_eq!(admin.event(&business, "renamed").await["body"]["name"], "Balance");
    assert_eq!(stage.app.inside.directory.list_readers(), 0);
    admin.subscribe(&inbox).await;
    admin.send(&json!({ "t": "unsub", "topic": business })).await;
    stage.visitors().await.command(&stage.visitor.topic, "send", json!({ "text": "Hello" })).await;
    assert_eq!(admin.expect("st").await["key"], stage.visitor.conversation);
    // At once, before the list has been read: nothing may stay behind.
    let mut hasty = stage.socket(&stage.admin).await;
    for _ in 0..20 {
        hasty.send(&json!({ "t": "sub", "topic": inbox })).await;
        hasty.send(&json!({ "t": "unsub", "topic": inbox })).await;
    }
    hasty.command(&business, "rename", json!({ "name": "Again" })).await;
    assert_eq!(stage.app.inside.directory.list_readers(), 1);
    assert!(stage.admin.get(&path_of(&business)).await.data().to_string().contains("Again"));
}
