//! Subscribing, resuming, leaving, and what is hidden.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::stage::{Stage, system};
use crate::support::{Socket, eventually};

/// The `seq` of every event up to the `live` frame, and of that.
async fn caught_up(socket: &mut Socket) -> (Vec<u64>, u64) {
    let mut seqs = Vec::new();
    loop {
        let frame = socket.next().await;
        match frame["t"].as_str().unwrap() {
            "ev" => seqs.push(frame["seq"].as_u64().unwrap()),
            "live" => return (seqs, frame["seq"].as_u64().unwrap()),
            _ => panic!("{frame}"),
        }
    }
}

async fn says(socket: &mut Socket, topic: &str, text: &str) -> u64 {
    let answer = socket.command(topic, "send", json!({ "text": text })).await;
    assert_eq!(answer["t"], "ack", "{answer}");
    answer["seq"].as_u64().unwrap()
}

#[tokio::test]
async fn a_subscription_begins_with_the_state_and_goes_on_with_events() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let (mut visitor, mut manager) = (stage.visitors().await, stage.socket(&stage.manager).await);
    let first = says(&mut visitor, topic, "Do you cook vegan?").await;
    let snap = manager.subscribe(topic).await;
    assert_eq!((snap["epoch"].as_u64(), snap["seq"].as_u64()), (Some(1), Some(first)));
    assert_eq!(snap["state"]["messages"][0]["text"], "Do you cook vegan?");
    assert_eq!(snap["state"]["messages"][0]["seq"], first);
    visitor.subscribe(topic).await;
    let (id, body) = (Uuid::now_v7(), json!({ "text": "Every day." }));
    let ack = manager.command_as(id, topic, "send", body).await;
    for socket in [&mut visitor, &mut manager] {
        let joined = socket.event(topic, "joined").await;
        assert_eq!(joined["seq"], first + 1);
        let sent = socket.event(topic, "message_sent").await;
        assert_eq!(sent["seq"], ack["seq"]);
        assert_eq!(sent["body"], json!({ "text": "Every day." }));
        assert_eq!(sent["by"], stage.manager.id.to_string());
        assert_eq!(sent["id"], id.to_string());
        assert!(sent["at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    }
}

#[tokio::test]
async fn who_leaves_hears_no_more_and_leaving_what_one_has_not_is_nothing() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let (mut visitor, mut manager) = (stage.visitors().await, stage.socket(&stage.manager).await);
    manager.subscribe(topic).await;
    for topic in [topic, &stage.clients_chat] {
        manager.send(&json!({ "t": "unsub", "topic": topic })).await;
    }
    says(&mut visitor, topic, "Anybody?").await;
    // The next thing it hears is what it asks for.
    manager.send(&json!({ "t": "sub", "topic": stage.clients_chat })).await;
    let next = manager.next().await;
    assert_eq!((&next["t"], &next["topic"]), (&json!("snap"), &json!(stage.clients_chat)));
}

#[tokio::test]
async fn a_resume_gets_what_is_missing_and_then_says_that_it_is_complete() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let mut visitor = stage.visitors().await;
    let mut last = 0;
    for n in 0..12 {
        last = says(&mut visitor, topic, &format!("message {n}")).await;
    }
    // From nothing, from the middle, from the end; from memory and once it has been read again.
    for after in [0, 5, last] {
        let mut reader = stage.socket(&stage.manager).await;
        reader.send(&json!({ "t": "sub", "topic": topic, "after": after, "epoch": 1 })).await;
        assert_eq!(caught_up(&mut reader).await, ((after + 1..=last).collect(), last));
        let next = says(&mut visitor, topic, "live").await;
        assert_eq!(reader.event(topic, "message_sent").await["seq"], next);
        last = next;
    }
}

#[tokio::test]
async fn another_epoch_or_a_place_that_is_not_there_yet_starts_from_the_state() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let last = says(&mut stage.visitors().await, topic, "Hello").await;
    for (after, epoch) in [(1, 2), (0, 0), (last + 1, 1), (u64::MAX, 1)] {
        let mut reader = stage.socket(&stage.manager).await;
        reader.send(&json!({ "t": "sub", "topic": topic, "after": after, "epoch": epoch })).await;
        assert_eq!(reader.next().await, json!({ "t": "resync", "topic": topic }), "after {after} of {epoch}");
        let snap = reader.next().await;
        assert_eq!((&snap["t"], &snap["seq"], &snap["epoch"]), (&json!("snap"), &json!(last), &json!(1)));
    }
}

/// Puts `count` messages of about `bytes` into a conversation that nobody has open, behind the server's back.
async fn fill(stage: &Stage, count: u64, bytes: usize) -> u64 {
    eventually("nobody has it open", Duration::from_secs(10), async || {
        (stage.app.inside.directory.stats().entities() == 0).then_some(())
    })
    .await;
    let conversation: brigade_domain::id::ConversationId = stage.visitor.conversation.parse().unwrap();
    let id = conversation.uuid();
    let body = json!({ "text": "x".repeat(bytes) });
    let sql = format!(
        "insert into event_log (tenant_id, entity_id, seq, at, answers, kind, party, body)
         select tenant_id, id, version + n, now(), false, 'message_sent', '{visitor}', '{body}'
         from entities, generate_series(1, {count}) n where id = '{id}';
         update entities set version = version + {count} where id = '{id}' returning version",
        visitor = stage.visitor.id,
    );
    stage.app.database.sql(&sql).lines().last().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_gap_is_filled_up_to_a_bound_and_beyond_it_one_starts_from_the_state() {
    let stage = Stage::with(&[("limits.entity_idle", "200ms")]).await;
    let topic = &stage.visitor.topic;
    let head = fill(&stage, 5_200, 1).await;
    for (after, fills) in [(head - 600, true), (head - 2_000, true), (head - 5_001, false)] {
        let mut reader = stage.socket(&stage.manager).await;
        reader.send(&json!({ "t": "sub", "topic": topic, "after": after, "epoch": 1 })).await;
        if fills {
            assert_eq!(caught_up(&mut reader).await, ((after + 1..=head).collect(), head));
        } else {
            assert_eq!(reader.next().await["t"], "resync");
            assert_eq!(reader.next().await["seq"], head);
        }
    }
}

#[tokio::test]
async fn a_gap_that_weighs_too_much_does_not_close_the_reader_again_and_again() {
    let stage = Stage::with(&[("limits.entity_idle", "200ms")]).await;
    let topic = &stage.visitor.topic;
    let head = fill(&stage, 1_000, 3_000).await;
    for after in [1, head - 250] {
        let mut reader = stage.socket(&stage.manager).await;
        reader.send(&json!({ "t": "sub", "topic": topic, "after": after, "epoch": 1 })).await;
        let snap = reader.expect("snap").await;
        assert_eq!(snap["seq"], head);
        assert!(snap.to_string().len() < 300 * 1024, "{} bytes", snap.to_string().len());
        assert!(snap["state"]["more"] == true, "older ones are read over HTTP");
    }
}

#[tokio::test]
async fn notes_are_for_staff_and_a_place_without_content_for_customers() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let (mut visitor, mut manager) = (stage.visitors().await, stage.socket(&stage.manager).await);
    visitor.subscribe(topic).await;
    manager.subscribe(topic).await;
    let note = manager.command(topic, "note", json!({ "text": "Asks for a discount." })).await;
    let seq = note["seq"].as_u64().unwrap();
    assert_eq!(manager.event(topic, "note_added").await["body"]["text"], "Asks for a discount.");
    manager.command(topic, "react", json!({ "seq": seq, "emoji": "👍", "on": true })).await;
    manager.command(topic, "edit", json!({ "seq": seq, "text": "Asks for 10 %." })).await;
    says(&mut manager, topic, "Of course!").await;
    // Live.
    let mut hidden = Vec::new();
    loop {
        let frame = visitor.next().await;
        assert_eq!(frame["t"], "ev", "{frame}");
        if frame["type"] == "message_sent" {
            break;
        }
        assert!(!frame.to_string().contains("Asks") && !frame.to_string().contains("👍"), "{frame}");
        hidden.push(frame);
    }
    // The first `joined` is known to staff only; the one before the message is for everybody.
    let shown: Vec<_> = hidden.iter().map(|frame| frame["type"].as_str().unwrap()).collect();
    assert_eq!(shown, ["hidden", "hidden", "hidden", "hidden", "joined"]);
    for frame in &hidden[..4] {
        assert_eq!((&frame["body"], frame.get("id")), (&Value::Null, None));
    }
    // From the beginning, and in the state.
    let mut again = stage.visitors().await;
    again.send(&json!({ "t": "sub", "topic": topic, "after": 0, "epoch": 1 })).await;
    let (seqs, head) = caught_up(&mut again).await;
    assert_eq!(seqs, (1..=head).collect::<Vec<_>>(), "the log has no holes");
    let snap = again.subscribe(topic).await;
    assert!(!snap.to_string().contains("Asks"), "{snap}");
    assert_eq!(snap["state"]["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_conversation_that_is_handed_over_ends_for_the_visitor_and_begins_for_the_client() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let (mut visitor, mut client) = (stage.visitors().await, stage.socket(&stage.client).await);
    says(&mut visitor, topic, "I would like to order.").await;
    visitor.subscribe(topic).await;
    client.send(&json!({ "t": "sub", "topic": topic })).await;
    assert_eq!(client.expect("err").await["code"], "NOT_FOUND");
    let to = json!({ "account": stage.account, "name": "Mia" });
    system(&stage.app, &stage.tenant, topic, "hand_over", to).await;
    let refused = visitor.expect("err").await;
    assert_eq!((&refused["topic"], &refused["code"]), (&json!(topic), &json!("NOT_FOUND")));
    let snap = client.subscribe(topic).await;
    assert_eq!(snap["state"]["messages"][0]["text"], "I would like to order.", "with its history");
    system(&stage.app, &stage.tenant, topic, "take_back", json!({})).await;
    let refused = client.expect("err").await;
    assert_eq!((&refused["topic"], &refused["code"]), (&json!(topic), &json!("NOT_FOUND")));
}
