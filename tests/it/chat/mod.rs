//! Conversations, accounts and the site chat over HTTP, against the real server and database.

mod attachments;
mod canned;
mod client;
mod history;
mod search;
mod site;
mod triage;
mod wall;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Person, TestApp, Visitor};

/// What a visitor asks, with its token.
pub(crate) async fn as_visitor(
    app: &TestApp,
    visitor: &Visitor,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Answer {
    let mut request = reqwest::Client::new().request(method, app.url(path)).bearer_auth(&visitor.token);
    if let Some(body) = body {
        request = request.json(body);
    }
    Answer::of(request.send().await.unwrap()).await
}

/// A command as it is posted.
pub(crate) fn command(kind: &str, body: &Value) -> Value {
    json!({ "id": Uuid::now_v7(), "type": kind, "body": body })
}

pub(crate) async fn visitor_says(app: &TestApp, visitor: &Visitor, text: &str) -> u64 {
    let path = format!("/v1/conversations/{}/commands", visitor.conversation);
    let body = command("send", &json!({ "text": text }));
    let answer = as_visitor(app, visitor, Method::POST, &path, Some(&body)).await;
    answer.data()["seq"].as_u64().unwrap()
}

pub(crate) async fn says(person: &Person, conversation: &str, text: &str) -> u64 {
    let path = format!("/v1/conversations/{conversation}/commands");
    let answer = person.post(&path, command("send", &json!({ "text": text }))).await;
    answer.data()["seq"].as_u64().unwrap()
}
