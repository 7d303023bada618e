//! Frames that are wrong, too many of them, too large, of another kind.

use brigade_domain::actor::Role;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use super::raw::Raw;
use crate::support::TestApp;

const ID: &str = "0192f0c1-2345-7abc-8def-0123456789ab";

#[tokio::test]
async fn what_is_not_understood_is_told_and_the_socket_stays_open() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (person, visitor) = (app.client_as(&tenant, Role::Admin).await, app.visitor(&tenant).await);
    let topic = &visitor.topic;
    let wrong = [
        // Not JSON, not an object, not a frame.
        String::new(),
        "hello".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        r#"{"t":"hello"} {"t":"hello"}"#.to_owned(),
        r#"{"t":7}"#.to_owned(),
        r#"{"t":"fly"}"#.to_owned(),
        // A field that is unknown, missing, double, not this frame's, or of the wrong type.
        format!(r#"{{"t":"sub","topic":"{topic}","colour":"blue"}}"#),
        r#"{"t":"sub"}"#.to_owned(),
        format!(r#"{{"t":"sub","topic":"{topic}","topic":"{topic}"}}"#),
        format!(r#"{{"t":"sub","topic":"{topic}","body":{{}}}}"#),
        r#"{"t":"sub","topic":7}"#.to_owned(),
        format!(r#"{{"t":"sub","topic":"{topic}","after":1}}"#),
        format!(r#"{{"t":"sub","topic":"{topic}","epoch":1}}"#),
        format!(r#"{{"t":"sub","topic":"{topic}","after":-1,"epoch":1}}"#),
        format!(r#"{{"t":"cmd","id":"seven","topic":"{topic}","type":"send","body":{{}}}}"#),
        r#"{"t":"sig","type":"presence_watch","body":{"who":"staff"}}"#.to_owned(),
        r#"{"t":"sig","type":"presence_set","body":{"status":"invisible"}}"#.to_owned(),
    ];
    for text in &wrong {
        let mut raw = Raw::greeted(&app, &person).await;
        raw.text(text).await;
        let answer = raw.hears().await;
        assert_eq!((&answer["t"], &answer["code"]), (&json!("err"), &json!("INVALID_INPUT")), "{text}: {answer}");
        assert!(answer["message"].as_str().is_some_and(|message| message.len() > 10), "{answer}");
        raw.say(&json!({ "t": "cmd", "id": ID, "topic": topic, "type": "send", "body": { "text": "still here" } }))
            .await;
        assert_eq!(raw.hears().await["t"], "ack", "{text}");
    }
}

#[tokio::test]
async fn a_refusal_says_which_command_or_topic_it_is_about() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (person, visitor) = (app.client_as(&tenant, Role::Admin).await, app.visitor(&tenant).await);
    let mut raw = Raw::greeted(&app, &person).await;
    raw.say(
        &json!({ "t": "cmd", "id": ID, "topic": visitor.topic, "type": "send", "body": { "text": "x", "bold": true } }),
    )
    .await;
    let answer = raw.hears().await;
    assert_eq!((&answer["id"], &answer["code"]), (&json!(ID), &json!("INVALID_INPUT")));
    assert!(answer["message"].as_str().unwrap().contains("bold"), "{answer}");
    raw.say(&json!({ "t": "cmd", "id": ID, "topic": visitor.topic })).await;
    assert_eq!(raw.hears().await["id"], ID, "what could be read of a malformed command is said");
    let nobodys = "conversation:cnv_01h455vb4pex5vsknk084sn02q";
    raw.say(&json!({ "t": "sub", "topic": nobodys })).await;
    let answer = raw.hears().await;
    assert_eq!((&answer["topic"], &answer["code"]), (&json!(nobodys), &json!("NOT_FOUND")));
    // What is no topic is not repeated.
    raw.say(&json!({ "t": "sub", "topic": "<script>" })).await;
    let answer = raw.hears().await;
    assert_eq!((answer.get("topic"), &answer["code"]), (None, &json!("INVALID_INPUT")));
}

#[tokio::test]
async fn twenty_malformed_frames_in_a_minute_close_the_socket() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (person, visitor) = (app.client_as(&tenant, Role::Admin).await, app.visitor(&tenant).await);
    let good =
        || json!({ "t": "cmd", "id": Uuid::now_v7(), "topic": visitor.topic, "type": "send", "body": { "text": "x" } });
    let mut raw = Raw::greeted(&app, &person).await;
    for _ in 0..19 {
        raw.text("nonsense").await;
        assert_eq!(raw.hears().await["code"], "INVALID_INPUT");
        // Good ones in between are no excuse.
        raw.say(&good()).await;
        assert_eq!(raw.hears().await["t"], "ack");
    }
    raw.text("nonsense").await;
    let (before, closed) = raw.ends().await;
    assert_eq!((before[0]["code"].as_str(), closed.code), (Some("INVALID_INPUT"), 4400));
}

#[tokio::test]
async fn binary_frames_are_not_spoken_here() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let person = app.client_as(&tenant, Role::Admin).await;
    let mut raw = Raw::greeted(&app, &person).await;
    raw.send(Message::binary(br#"{"t":"sub"}"#.to_vec())).await;
    assert_eq!(raw.ends().await.1.code, 1003);
}

#[tokio::test]
async fn a_frame_has_64_kib_however_it_is_cut() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (person, visitor) = (app.client_as(&tenant, Role::Admin).await, app.visitor(&tenant).await);
    let command = |bytes: usize| {
        let frame = |text: &str| {
            format!(r#"{{"t":"cmd","id":"{ID}","topic":"{}","type":"send","body":{{"text":"{text}"}}}}"#, visitor.topic)
        };
        frame(&"x".repeat(bytes - frame("").len()))
    };
    // As large as allowed: understood, and refused for what it says.
    let mut raw = Raw::greeted(&app, &person).await;
    raw.text(&command(65_536)).await;
    let answer = raw.hears().await;
    assert_eq!((&answer["id"], &answer["code"]), (&json!(ID), &json!("INVALID_INPUT")));
    let largest = command(65_536);
    let pieces: Vec<&str> =
        largest.as_bytes().chunks(10_000).map(|piece| std::str::from_utf8(piece).unwrap()).collect();
    raw.pieces(&pieces).await;
    assert_eq!(raw.hears().await["id"], ID);
    // One byte more, in one piece and in several.
    raw.text(&command(65_537)).await;
    assert_eq!(raw.ends().await.1.code, 1009);
    let large = command(65_537);
    for size in [60_000, 1_000] {
        let pieces: Vec<&str> =
            large.as_bytes().chunks(size).map(|piece| std::str::from_utf8(piece).unwrap()).collect();
        let mut raw = Raw::greeted(&app, &person).await;
        raw.pieces(&pieces).await;
        assert_eq!(raw.ends().await.1.code, 1009, "in pieces of {size}");
    }
}

#[tokio::test]
async fn compression_is_not_negotiated_and_pings_are_answered() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let person = app.client_as(&tenant, Role::Admin).await;
    let origin = app.origin();
    let headers = [
        ("origin", &*origin),
        ("cookie", &*person.cookie),
        ("sec-websocket-protocol", "brigade.v1"),
        ("sec-websocket-extensions", "permessage-deflate; client_max_window_bits, x-webkit-deflate-frame"),
    ];
    let mut raw = Raw::connect(&app, "/v1/live", &headers).await.unwrap();
    assert!(!raw.response.headers().contains_key("sec-websocket-extensions"), "{:?}", raw.response);
    assert!(raw.is_open().await);
}
