//! Commands: what an acknowledgement means, repeats, and the same over HTTP.

use brigade_domain::actor::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use super::stage::{Stage, path_of};
use crate::support::TestApp;

#[tokio::test]
async fn an_acknowledgement_means_that_it_is_in_the_database() {
    let stage = Stage::set().await;
    let mut visitor = stage.visitors().await;
    for n in 0..10 {
        let id = Uuid::now_v7();
        let ack = visitor.command_as(id, &stage.visitor.topic, "send", json!({ "text": format!("{n}") })).await;
        let sql = format!("select seq from event_log where request_id = '{id}' and kind = 'message_sent'");
        assert_eq!(stage.app.database.sql(&sql), ack["seq"].to_string());
    }
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_happens_once() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let (mut visitor, mut manager) = (stage.visitors().await, stage.socket(&stage.manager).await);
    manager.subscribe(topic).await;
    let (id, body) = (Uuid::now_v7(), json!({ "text": "Only once" }));
    let first = visitor.command_as(id, topic, "send", body.clone()).await;
    assert_eq!(first["t"], "ack");
    // From the same socket, from another one, after other things happened, and over HTTP.
    assert_eq!(visitor.command_as(id, topic, "send", body.clone()).await, first);
    manager.command(topic, "resolve", json!({})).await;
    assert_eq!(stage.visitors().await.command_as(id, topic, "send", body.clone()).await, first);
    let posted = json!({ "id": id, "type": "send", "body": body });
    let path = format!("{}/commands", path_of(topic));
    let answer = stage.visitor.ask(&stage.app, reqwest::Method::POST, &path, Some(&posted)).await;
    assert_eq!(answer.data()["seq"], first["seq"]);
    let count = format!("select count(*) from event_log where request_id = '{id}' and kind = 'message_sent'");
    assert_eq!(stage.app.database.sql(&count), "1");
    assert!(
        stage.app.database.sql("select status from conversations order by id").contains("resolved"),
        "not reopened"
    );
}

#[tokio::test]
async fn a_repeat_is_known_after_the_entity_has_left_memory_and_whatever_the_rules_say_by_then() {
    let stage = Stage::with(&[("limits.entity_idle", "100ms")]).await;
    let topic = &stage.visitor.topic;
    let mut manager = stage.socket(&stage.manager).await;
    let (first, edit) = (Uuid::now_v7(), Uuid::now_v7());
    let sent = manager.command_as(first, topic, "send", json!({ "text": "before" })).await;
    let body = json!({ "seq": sent["seq"], "text": "after" });
    let edited = manager.command_as(edit, topic, "edit", body.clone()).await;
    manager.command(topic, "delete", json!({ "seq": sent["seq"] })).await;
    // Editing a deleted message is refused, but this edit was done.
    for _ in 0..2 {
        assert_eq!(manager.command_as(edit, topic, "edit", body.clone()).await, edited);
        let fresh = manager.command(topic, "edit", body.clone()).await;
        assert_eq!(fresh["code"], "CONFLICT");
        crate::support::eventually("it leaves memory", std::time::Duration::from_secs(10), async || {
            (stage.app.inside.directory.stats().entities() == 0).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn of_two_colleagues_who_answer_at_the_same_instant_one_is_told_of_the_other() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let mut visitor = stage.visitors().await;
    let (mut manager, mut admin) = (stage.socket(&stage.manager).await, stage.socket(&stage.admin).await);
    for round in 1..=20 {
        let asked = visitor.command(topic, "send", json!({ "text": format!("Question {round}") })).await["seq"].clone();
        let answer = |text: &str| json!({ "text": text, "unless_answered_after": asked });
        let both = tokio::join!(
            manager.command(topic, "send", answer("the manager's")),
            admin.command(topic, "send", answer("the admin's"))
        );
        let (done, refused, by) = match both {
            (ack, err) if ack["t"] == "ack" => (ack, err, stage.manager.id),
            (err, ack) => (ack, err, stage.admin.id),
        };
        assert_eq!((&done["t"], &refused["code"]), (&json!("ack"), &json!("CONFLICT")), "{done} {refused}");
        let told = json!({ "reason": "answered_meanwhile", "by": by, "seq": done["seq"] });
        assert_eq!(refused["details"], told);
    }
    let answers = "select count(*) from event_log where kind = 'message_sent' and body::jsonb ->> 'text' like 'the %'";
    assert_eq!(stage.app.database.sql(answers), "20");
    // Who has read it and still wants to, sends: with the same id, too, because nothing was done under it.
    let (id, asked) = (Uuid::now_v7(), manager.command(topic, "send", json!({ "text": "More" })).await["seq"].clone());
    let unread = json!({ "text": "And I", "unless_answered_after": 0 });
    let refused = admin.command_as(id, topic, "send", unread).await;
    assert_eq!(refused["details"]["seq"], asked, "{refused}");
    let read = json!({ "text": "And I", "unless_answered_after": asked });
    assert_eq!(admin.command_as(id, topic, "send", read).await["t"], "ack");
    // Customers guard nothing.
    let guarded = json!({ "text": "x", "unless_answered_after": 0 });
    let refused = visitor.command(topic, "send", guarded).await;
    assert_eq!(
        (&refused["code"], &refused["details"]["field"]),
        (&json!("INVALID_INPUT"), &json!("unless_answered_after"))
    );
}

#[tokio::test]
async fn an_id_that_was_used_for_something_else_is_refused() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let (mut visitor, mut manager) = (stage.visitors().await, stage.socket(&stage.manager).await);
    let id = Uuid::now_v7();
    visitor.command_as(id, topic, "send", json!({ "text": "one" })).await;
    let mut others = vec![
        visitor.command_as(id, topic, "send", json!({ "text": "two" })).await,
        visitor.command_as(id, topic, "react", json!({ "seq": 2, "emoji": "👍", "on": true })).await,
    ];
    // Somebody else's command is another command.
    others.push(manager.command_as(id, topic, "send", json!({ "text": "one" })).await);
    for other in &others {
        assert_eq!((&other["t"], &other["code"]), (&json!("err"), &json!("IDEMPOTENCY_MISMATCH")), "{other}");
    }
    // In another conversation it is another key.
    assert_eq!(manager.command_as(id, &stage.clients_chat, "send", json!({ "text": "one" })).await["t"], "ack");
    assert_eq!(stage.app.database.sql("select count(*) from event_log where kind = 'message_sent'"), "2");
}

#[tokio::test]
async fn what_is_unknown_or_malformed_is_refused_by_name_and_nothing_is_done() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let mut admin = stage.socket(&stage.admin).await;
    let before = stage.app.database.sql("select count(*) from event_log");
    let inbox = format!("{}/inbox", stage.business());
    let cases: [(&str, &str, Value, &str); 9] = [
        (topic, "explode", json!({}), "UNKNOWN_COMMAND"),
        (&inbox, "rename", json!({ "name": "x" }), "UNKNOWN_COMMAND"),
        (topic, "send", json!({}), "INVALID_INPUT"),
        (topic, "send", json!({ "text": "  \n " }), "INVALID_INPUT"),
        (topic, "send", json!({ "text": "x".repeat(4_001) }), "INVALID_INPUT"),
        (topic, "send", json!({ "text": "x", "reply_to": 999 }), "INVALID_INPUT"),
        (topic, "edit", json!({ "seq": 999, "text": "x" }), "NOT_FOUND"),
        (topic, "resolve", json!({ "why": "x" }), "INVALID_INPUT"),
        ("conversation:cnv_tooshort", "send", json!({ "text": "x" }), "INVALID_INPUT"),
    ];
    for (topic, kind, body, code) in cases {
        let answer = admin.command(topic, kind, body.clone()).await;
        assert_eq!(
            (&answer["t"], &answer["code"]),
            (&json!("err"), &json!(code)),
            "{topic} {kind} {body:.40}: {answer}"
        );
    }
    assert_eq!(stage.app.database.sql("select count(*) from event_log"), before);
}

#[tokio::test]
async fn somebody_elses_message_is_not_changed() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let (mut visitor, mut manager) = (stage.visitors().await, stage.socket(&stage.manager).await);
    let sent = visitor.command(topic, "send", json!({ "text": "mine" })).await;
    let answer = manager.command(topic, "edit", json!({ "seq": sent["seq"], "text": "yours" })).await;
    assert_eq!(answer["code"], "FORBIDDEN");
    assert!(answer["message"].as_str().unwrap().contains("Only who wrote"), "{answer}");
    assert_eq!(manager.command(topic, "delete", json!({ "seq": sent["seq"] })).await["code"], "FORBIDDEN");
    let snap = visitor.subscribe(topic).await;
    assert_eq!(snap["state"]["messages"][0]["text"], "mine");
}

#[tokio::test]
async fn who_is_not_in_any_business_can_do_nothing_over_a_socket() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let visitor = app.visitor(&tenant).await;
    let (id, email) = app.somebody("Nobody", false).await;
    let person = crate::support::Person::sign_in(&app, id, &email, crate::support::PASSWORD).await;
    let mut socket = crate::support::Socket::open(&app, &person).await;
    assert_eq!(socket.welcome.get("tenant"), None);
    assert_eq!(socket.command(&visitor.topic, "send", json!({ "text": "x" })).await["code"], "FORBIDDEN");
    socket.send(&json!({ "t": "sub", "topic": visitor.topic })).await;
    assert_eq!(socket.expect("err").await["code"], "FORBIDDEN");
    let _ = Role::Client;
}
