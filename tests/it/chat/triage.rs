//! How the staff sort conversations: what is put off comes back by itself, and labels are the business's own.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::live::stage::{Stage, path_of};
use crate::support::Socket;

/// The next line about the visitor's conversation that has this status.
async fn line(socket: &mut Socket, status: &str) -> Value {
    loop {
        let line = socket.expect("st").await["body"].clone();
        if line["status"] == status {
            return line;
        }
    }
}

fn soon() -> Timestamp {
    Timestamp::now() + SignedDuration::from_millis(1_500)
}

#[tokio::test]
async fn what_is_put_off_comes_back_at_its_time_before_the_eyes_of_all_staff_and_of_no_customer() {
    let stage = Stage::set().await;
    let (topic, inbox) = (&stage.visitor.topic, format!("{}/inbox", stage.business()));
    let (mut visitor, mut manager) = (stage.visitors().await, stage.socket(&stage.manager).await);
    visitor.subscribe(topic).await;
    visitor.command(topic, "send", json!({ "text": "Do you cater in June?" })).await;
    manager.subscribe(&inbox).await;
    let until = soon();
    assert_eq!(manager.command(topic, "snooze", json!({ "until": until })).await["t"], "ack");
    let snoozed = line(&mut manager, "snoozed").await;
    assert_eq!(snoozed["snoozed_until"], json!(until));
    assert_eq!(stage.visitors().await.subscribe(topic).await["state"]["status"], "open");

    let back = line(&mut manager, "open").await;
    let woken: Timestamp = back["woken_at"].as_str().unwrap().parse().unwrap();
    assert!(woken >= until - SignedDuration::from_millis(1), "not before its time");
    assert_eq!(back["waiting_since"], snoozed["waiting_since"], "the visitor has waited all the time");

    // The visitor's log has no hole, and nothing to read in those places.
    visitor.command(topic, "send", json!({ "text": "Hello?" })).await;
    let mut seen = Vec::new();
    while seen.last() != Some(&json!("Hello?")) {
        let event = visitor.expect("ev").await;
        seen.push(event["body"]["text"].as_str().map_or(event["type"].clone(), |text| json!(text)));
    }
    assert_eq!(seen, ["joined", "Do you cater in June?", "hidden", "hidden", "Hello?"]);
    stage.app.jobs_done().await;
}

#[tokio::test]
async fn what_was_put_off_anew_comes_back_once_and_then() {
    let stage = Stage::set().await;
    let (topic, inbox) = (&stage.visitor.topic, format!("{}/inbox", stage.business()));
    stage.visitors().await.command(topic, "send", json!({ "text": "Hello" })).await;
    let mut manager = stage.socket(&stage.manager).await;
    let last = soon() + SignedDuration::from_secs(1);
    for until in [soon(), Timestamp::now() + SignedDuration::from_hours(9), last] {
        assert_eq!(manager.command(topic, "snooze", json!({ "until": until })).await["t"], "ack");
    }
    manager.subscribe(&inbox).await;
    let back = line(&mut manager, "open").await;
    assert!(back["woken_at"].as_str().unwrap().parse::<Timestamp>().unwrap() >= last - SignedDuration::from_millis(1));
    stage.app.jobs_done().await;
    assert_eq!(stage.app.database.sql("select count(*) from event_log where kind = 'woken'"), "1");
    assert_eq!(
        stage.app.database.sql("select count(*) from graphile_worker._private_jobs"),
        "0",
        "no other is to come"
    );
}

#[tokio::test]
async fn what_is_wrong_before_anything_was_said_is_refused_then_and_the_first_message_arrives() {
    // As a program does it that is told of each chat as it is opened.
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let mut manager = stage.socket(&stage.manager).await;
    let nobodys = json!(brigade_domain::id::LabelId::from_uuid(uuid::Uuid::now_v7()));
    for (kind, body, constraint) in [
        ("label", json!({ "label": nobodys, "on": true }), "conversations_label_exists"),
        ("assign", json!({ "to": stage.client.id }), "conversations_assignee_is_staff"),
    ] {
        let refused = manager.command(topic, kind, body).await;
        assert_eq!(
            (&refused["code"], &refused["details"]["constraint"]),
            (&json!("INVALID_INPUT"), &json!(constraint))
        );
    }
    // What was right then and is not any more hinders nothing either.
    let label = stage.label("Menu page").await;
    for (kind, body) in
        [("label", json!({ "label": label, "on": true })), ("assign", json!({ "to": stage.manager.id }))]
    {
        assert_eq!(manager.command(topic, kind, body).await["t"], "ack");
    }
    let mut admin = stage.socket(&stage.admin).await;
    admin.command(&stage.business(), "remove_label", json!({ "label": label })).await;
    let left = stage.admin.ask(Method::DELETE, &format!("/v1/tenant/staff/{}", stage.manager.id), None).await;
    left.data();
    let sent = stage.visitors().await.command(topic, "send", json!({ "text": "Hello?" })).await;
    assert_eq!(sent["t"], "ack", "{sent}");
}

#[tokio::test]
async fn labels_are_the_businesss_own() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    stage.visitors().await.command(topic, "send", json!({ "text": "I cannot eat nuts" })).await;
    let own = stage.label("Allergy").await;
    let foreign = {
        let other = stage.app.client_as(&stage.elsewhere, brigade_domain::actor::Role::Admin).await;
        let mut socket = stage.socket(&other).await;
        let label = brigade_domain::id::LabelId::from_uuid(uuid::Uuid::now_v7());
        let body = json!({ "label": label, "name": "Theirs", "color": "red" });
        socket.command(&format!("tenant:{}", stage.elsewhere.id), "set_label", body).await;
        label
    };
    let mut manager = stage.socket(&stage.manager).await;
    let put_on = async |manager: &mut Socket, label| {
        manager.command(topic, "label", json!({ "label": label, "on": true })).await
    };
    let refused = put_on(&mut manager, foreign).await;
    assert_eq!(
        (&refused["code"], &refused["details"]["constraint"]),
        (&json!("INVALID_INPUT"), &json!("conversations_label_exists"))
    );
    assert!(!refused["message"].as_str().unwrap().contains("Theirs"));
    assert_eq!(put_on(&mut manager, own).await["t"], "ack");
    manager.command(topic, "set_priority", json!({ "priority": "urgent" })).await;
    assert_eq!(manager.subscribe(topic).await["state"]["labels"], json!([own]), "and nothing of the refused one");

    // The list over HTTP is narrowed by both.
    let listed = async |query: String| {
        let answer = stage.manager.get(&format!("/v1/conversations?{query}")).await;
        answer.data()["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect::<Vec<_>>()
    };
    let this = [json!(stage.visitor.conversation)];
    assert_eq!(listed(format!("label={own}")).await, this);
    assert_eq!(listed(format!("label={own}&priority=urgent")).await, this);
    assert!(listed("priority=low".to_owned()).await.is_empty());
    assert!(listed(format!("label={foreign}")).await.is_empty());
    manager.command(topic, "snooze", json!({ "until": Timestamp::now() + SignedDuration::from_hours(1) })).await;
    assert!(listed(format!("label={own}")).await.is_empty());
    assert_eq!(listed(format!("label={own}&status=snoozed")).await, this);
    for wrong in ["label=nonsense", "priority=first", "status=asleep", "label=cnv_01h455vb4pex5vsknk084sn02q"] {
        let answer = stage.manager.get(&format!("/v1/conversations?{wrong}")).await;
        assert_eq!((answer.status, answer.code()), (400, "INVALID_INPUT"), "{wrong}");
    }

    // Removed, it comes to nothing new and hinders nothing.
    let mut admin = stage.socket(&stage.admin).await;
    admin.command(&stage.business(), "remove_label", json!({ "label": own })).await;
    manager.command(topic, "reopen", json!({})).await;
    assert_eq!(manager.command(topic, "send", json!({ "text": "We mind that" })).await["t"], "ack");
    assert_eq!(put_on(&mut manager, own).await["t"], "ack", "it is on already");
    let path = format!("{}/commands", path_of(&stage.clients_chat));
    let body = json!({ "id": uuid::Uuid::now_v7(), "type": "label", "body": { "label": own, "on": true } });
    assert_eq!(stage.manager.post(&path, body).await.code(), "INVALID_INPUT");
}
