//! Logs and older messages over HTTP.

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{command, says, visitor_says};
use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_read_in_both_directions_and_hides_what_is_for_staff() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (manager, visitor) = (app.client_as(&tenant, Role::AccountManager).await, app.visitor(&tenant).await);
    visitor_says(&app, &visitor, "one").await;
    let path = format!("/v1/conversations/{}", visitor.conversation);
    let note = manager.post(&format!("{path}/commands"), command("note", &json!({ "text": "s3cret" }))).await;
    let note = note.data()["seq"].as_u64().unwrap();
    says(&manager, &visitor.conversation, "two").await;

    let staff = manager.get(&format!("{path}/log")).await;
    let entries = staff.data()["entries"].as_array().unwrap().clone();
    let head = staff.data()["head"].as_u64().unwrap();
    assert_eq!(
        entries.iter().map(|entry| entry["seq"].as_u64().unwrap()).collect::<Vec<_>>(),
        (1..=head).collect::<Vec<_>>()
    );
    assert_eq!(staff.data()["epoch"], json!(1));

    let seen = visitor.ask(&app, Method::GET, &format!("{path}/log"), None).await;
    assert!(!seen.body.to_string().contains("s3cret"));
    let hidden: Vec<&Value> =
        seen.data()["entries"].as_array().unwrap().iter().filter(|entry| entry["type"] == "hidden").collect();
    assert!(hidden.iter().any(|entry| entry["seq"] == json!(note) && entry["body"].is_null()));
    assert_eq!(seen.data()["entries"].as_array().unwrap().len(), entries.len(), "no hole");

    let page = manager.get(&format!("{path}/log?before={head}&limit=2")).await;
    let page: Vec<_> =
        page.data()["entries"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap()).collect();
    assert_eq!(page, [head - 2, head - 1]);
    for query in ["after=1&before=2", "limit=0", "limit=501", "after=-1", "from=1"] {
        assert_eq!(manager.get(&format!("{path}/log?{query}")).await.code(), "INVALID_INPUT", "{query}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn older_messages_are_as_they_are_now() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (manager, visitor) = (app.client_as(&tenant, Role::AccountManager).await, app.visitor(&tenant).await);
    let path = format!("/v1/conversations/{}", visitor.conversation);
    let first = visitor_says(&app, &visitor, "frist").await;
    let gone = visitor_says(&app, &visitor, "gone").await;
    let act = async |kind: &str, body: Value| {
        let answer = visitor.ask(&app, Method::POST, &format!("{path}/commands"), Some(&command(kind, &body))).await;
        answer.data();
    };
    act("edit", json!({ "seq": first, "text": "first" })).await;
    act("delete", json!({ "seq": gone })).await;
    manager
        .post(&format!("{path}/commands"), command("react", &json!({ "seq": first, "emoji": "👍", "on": true })))
        .await
        .data();
    let mut last = 0;
    for n in 0..60 {
        last = says(&manager, &visitor.conversation, &n.to_string()).await;
    }

    let state = visitor.ask(&app, Method::GET, &path, None).await;
    let shown = state.data()["state"]["messages"].as_array().unwrap().clone();
    assert_eq!((shown.len(), shown[49]["seq"].as_u64()), (50, Some(last)));
    let before = shown[0]["seq"].as_u64().unwrap();
    let older = visitor.ask(&app, Method::GET, &format!("{path}/messages?before={before}&limit=50"), None).await;
    let messages = older.data()["messages"].as_array().unwrap().clone();
    assert_eq!((messages.len(), &older.data()["more"]), (12, &json!(false)));
    assert_eq!((&messages[0]["text"], &messages[0]["edits"]), (&json!("first"), &json!(1)));
    assert_eq!(messages[0]["reactions"], json!({ "👍": [manager.id] }));
    assert_eq!((&messages[1]["deleted"], &messages[1]["text"]), (&json!(true), &json!("")));
    // The same shape as in the state.
    let fields = |message: &Value| message.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&messages[0]), fields(&shown[0]));

    let edits = visitor.ask(&app, Method::GET, &format!("{path}/messages/{first}/edits"), None).await;
    let texts: Vec<_> =
        edits.data()["versions"].as_array().unwrap().iter().map(|version| version["text"].clone()).collect();
    assert_eq!(texts, [json!("frist"), json!("first")]);
    let edits = visitor.ask(&app, Method::GET, &format!("{path}/messages/{gone}/edits"), None).await;
    assert_eq!(edits.data()["versions"], json!([]), "a deleted message has no past");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_posted_twice_happens_once() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (manager, visitor) = (app.client_as(&tenant, Role::AccountManager).await, app.visitor(&tenant).await);
    let path = format!("/v1/conversations/{}/commands", visitor.conversation);
    let mut send = command("send", &json!({ "text": "once" }));
    let first = manager.post(&path, send.clone()).await.data()["seq"].clone();
    assert_eq!(manager.post(&path, send.clone()).await.data()["seq"], first);
    send["body"]["text"] = json!("twice");
    assert_eq!(manager.post(&path, send).await.code(), "IDEMPOTENCY_MISMATCH");
    for body in [json!({ "type": "send", "body": {} }), json!({ "id": "x", "type": "send", "body": {} })] {
        assert_eq!(manager.post(&path, body).await.code(), "INVALID_INPUT");
    }
    assert_eq!(manager.post(&path, command("shout", &json!({}))).await.code(), "UNKNOWN_COMMAND");
}
