//! Who is writing and who is looking: for the others who may know, now or never.

use serde_json::{Value, json};

use super::stage::Stage;

fn typing(topic: &str) -> Value {
    signal(topic, "typing")
}

fn signal(topic: &str, kind: &str) -> Value {
    json!({ "t": "eph", "topic": topic, "type": kind, "body": { "on": true } })
}

#[tokio::test]
async fn who_looks_and_who_writes_a_note_is_for_the_staff_and_no_customer_hears_of_it() {
    let stage = Stage::set().await;
    for topic in [&stage.visitor.topic, &stage.clients_chat] {
        let (mut manager, mut admin) = (stage.socket(&stage.manager).await, stage.socket(&stage.admin).await);
        let mut customer =
            if topic == &stage.clients_chat { stage.socket(&stage.client).await } else { stage.visitors().await };
        for socket in [&mut manager, &mut admin, &mut customer] {
            socket.subscribe(topic).await;
        }
        for kind in ["looking", "noting", "typing"] {
            manager.send(&signal(topic, kind)).await;
            let heard = admin.expect("eph").await;
            assert_eq!((&heard["type"], &heard["by"]), (&json!(kind), &json!(stage.manager.id)));
        }
        // The three went out in this order: the customer's first is the last.
        assert_eq!(customer.expect("eph").await["type"], "typing");
        for kind in ["looking", "noting"] {
            customer.send(&signal(topic, kind)).await;
            assert_eq!(customer.expect("err").await["code"], "FORBIDDEN", "{kind}");
        }
        // Nothing of it came to anybody: the next thing each hears is what it asks for.
        for socket in [&mut manager, &mut admin, &mut customer] {
            socket.send(&json!({ "t": "sub", "topic": topic })).await;
            assert_eq!(socket.next().await["t"], "snap");
        }
    }
}

#[tokio::test]
async fn typing_reaches_the_others_and_not_oneself_and_is_kept_nowhere() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let (mut visitor, mut manager) = (stage.visitors().await, stage.socket(&stage.manager).await);
    let mut second = stage.socket(&stage.manager).await;
    for socket in [&mut visitor, &mut manager, &mut second] {
        socket.subscribe(topic).await;
    }
    let before = stage.app.database.sql("select count(*), max(seq) from event_log");
    visitor.send(&typing(topic)).await;
    for socket in [&mut manager, &mut second] {
        let signal = socket.expect("eph").await;
        let expected =
            json!({ "t": "eph", "topic": topic, "type": "typing", "body": { "on": true }, "by": stage.visitor.id });
        assert_eq!(signal, expected);
    }
    manager.send(&typing(topic)).await;
    assert_eq!(visitor.expect("eph").await["by"], stage.manager.id.to_string());
    assert_eq!(second.expect("eph").await["by"], stage.manager.id.to_string(), "another device is another reader");
    // Neither heard itself: the next thing each hears is what it asks for.
    for socket in [&mut visitor, &mut manager] {
        socket.send(&json!({ "t": "sub", "topic": topic })).await;
        assert_eq!(socket.next().await["t"], "snap");
    }
    assert_eq!(stage.app.database.sql("select count(*), max(seq) from event_log"), before);
}

#[tokio::test]
async fn a_signal_that_is_refused_says_so_and_costs_no_subscription() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let (mut visitor, mut manager) = (stage.visitors().await, stage.socket(&stage.manager).await);
    visitor.subscribe(topic).await;
    manager.subscribe(topic).await;
    let refused = [
        (json!({ "t": "eph", "topic": topic, "type": "dancing", "body": {} }), "UNKNOWN_COMMAND"),
        (json!({ "t": "eph", "topic": topic, "type": "t".repeat(65), "body": {} }), "TOO_LARGE"),
        (json!({ "t": "eph", "topic": topic, "type": "typing", "body": { "on": "x".repeat(3_000) } }), "TOO_LARGE"),
        (json!({ "t": "eph", "topic": "nothing", "type": "typing", "body": {} }), "INVALID_INPUT"),
    ];
    for (frame, code) in &refused {
        visitor.send(frame).await;
        let answer = visitor.expect("err").await;
        assert_eq!(answer["code"], *code, "{frame}: {answer}");
    }
    manager.command(topic, "send", json!({ "text": "Yes?" })).await;
    assert_eq!(visitor.event(topic, "message_sent").await["body"]["text"], "Yes?");
}

#[tokio::test]
async fn nobody_signals_into_a_conversation_they_may_not_see() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let stranger = stage.app.visitor(&stage.tenant).await;
    let foreigner = stage.app.client_as(&stage.elsewhere, brigade_domain::actor::Role::Admin).await;
    let mut manager = stage.socket(&stage.manager).await;
    manager.subscribe(topic).await;
    let mut sockets = vec![
        crate::support::Socket::open_visitor(&stage.app, &stranger).await,
        stage.socket(&stage.client).await,
        stage.socket(&foreigner).await,
    ];
    for socket in &mut sockets {
        socket.send(&typing(topic)).await;
        // What follows on the same socket is answered after it.
        socket.send(&json!({ "t": "sub", "topic": topic })).await;
        assert_eq!(socket.expect("err").await["code"], "NOT_FOUND");
    }
    manager.send(&json!({ "t": "sub", "topic": topic })).await;
    assert_eq!(manager.next().await["t"], "snap", "no signal came before");
}
