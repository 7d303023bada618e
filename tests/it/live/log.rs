//! The log over HTTP: the same lines as over the socket, in pages, in both directions.

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Stage, path_of};
use crate::support::Socket;

/// Every entry as the socket gives it, without what only frames have.
async fn over_the_socket(mut socket: Socket, topic: &str) -> Vec<Value> {
    socket.send(&json!({ "t": "sub", "topic": topic, "after": 0, "epoch": 1 })).await;
    let mut lines = Vec::new();
    loop {
        let mut frame = socket.next().await;
        if frame["t"] == "live" {
            return lines;
        }
        let fields = frame.as_object_mut().unwrap();
        assert_eq!(fields.remove("t"), Some(json!("ev")));
        assert_eq!(fields.remove("topic"), Some(json!(topic)));
        lines.push(frame);
    }
}

async fn talk(stage: &Stage) {
    let topic = &stage.visitor.topic;
    let (mut visitor, mut manager) = (stage.visitors().await, stage.socket(&stage.manager).await);
    for n in 0..8 {
        visitor.command(topic, "send", json!({ "text": format!("question {n} 🦆") })).await;
        manager.command(topic, "note", json!({ "text": format!("note {n}") })).await;
        manager.command(topic, "send", json!({ "text": format!("answer {n}") })).await;
        manager.command(topic, "resolve", json!({})).await;
    }
}

#[tokio::test]
async fn http_gives_the_same_lines_as_the_socket_to_each_side() {
    let stage = Stage::set().await;
    talk(&stage).await;
    let topic = &stage.visitor.topic;
    let path = format!("{}/log?limit=500", path_of(topic));
    let staff = stage.manager.get(&path).await;
    let visitor = stage.visitor.ask(&stage.app, Method::GET, &path, None).await;
    let manager = stage.socket(&stage.manager).await;
    for (answer, socket) in [(staff, manager), (visitor, stage.visitors().await)] {
        let lines = over_the_socket(socket, topic).await;
        assert_eq!(answer.data()["entries"], json!(lines));
        assert_eq!(answer.data()["head"], lines.len());
        assert_eq!(answer.data()["epoch"], 1);
        assert!(lines.iter().zip(1_u64..).all(|(line, seq)| line["seq"] == seq));
    }
    let hidden = stage.visitor.ask(&stage.app, Method::GET, &path, None).await;
    let hidden = hidden.data()["entries"].as_array().unwrap();
    assert!(!json!(hidden).to_string().contains("note "), "a note reached a customer");
    // Eight notes and the `joined` that only staff know of.
    assert_eq!(hidden.iter().filter(|line| line["type"] == "hidden" && line["body"].is_null()).count(), 9);
}

#[tokio::test]
async fn pages_go_in_both_directions_and_have_bounds() {
    let stage = Stage::set().await;
    talk(&stage).await;
    let path = format!("{}/log", path_of(&stage.visitor.topic));
    let seqs = async |query: &str| {
        let answer = stage.manager.get(&format!("{path}{query}")).await;
        let entries = answer.data()["entries"].as_array().unwrap().clone();
        entries.iter().map(|line| line["seq"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let head = stage.manager.get(&path).await.data()["head"].as_u64().unwrap();
    assert_eq!(seqs("").await, (1..=head.min(100)).collect::<Vec<_>>());
    assert_eq!(seqs("?after=3&limit=4").await, [4, 5, 6, 7]);
    assert_eq!(seqs("?before=8&limit=4").await, [4, 5, 6, 7], "before is told in the same order");
    assert_eq!(seqs("?before=3&limit=100").await, [1, 2]);
    assert_eq!(seqs("?before=1").await, [0; 0]);
    assert_eq!(seqs(&format!("?after={head}")).await, [0; 0]);
    assert_eq!(seqs(&format!("?after={}", u64::MAX)).await, [0; 0]);
    for wrong in ["?limit=0", "?limit=501", "?limit=-1", "?limit=x", "?after=1&before=9", "?after=-1", "?since=1"] {
        let answer = stage.manager.get(&format!("{path}{wrong}")).await;
        assert_eq!((answer.status, answer.code()), (400, "INVALID_INPUT"), "{wrong}");
    }
}

#[tokio::test]
async fn the_logs_of_accounts_and_the_business_are_read_alike() {
    let stage = Stage::set().await;
    for (topic, reader) in [(&stage.account_topic, &stage.client), (&stage.business(), &stage.manager)] {
        let answer = reader.get(&format!("{}/log", path_of(topic))).await;
        let socket = stage.socket(reader).await;
        assert_eq!(answer.data()["entries"], json!(over_the_socket(socket, topic).await), "{topic}");
    }
    // A customer sees of the business what a shop window shows, over HTTP as over the socket.
    let path = format!("{}/log", path_of(&stage.business()));
    let shown = stage.client.get(&path).await;
    assert_eq!(
        shown.data()["entries"],
        json!(over_the_socket(stage.socket(&stage.client).await, &stage.business()).await)
    );
    assert_eq!(shown.data()["entries"][0]["type"], "hidden", "how it was created is nobody's business");
}
