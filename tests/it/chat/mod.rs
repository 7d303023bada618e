//! Conversations, accounts and the site chat over HTTP, against the real server and database.

mod attachments;
mod blocks;
mod bucket;
mod canned;
mod client;
mod drafts;
mod feedback;
mod forms;
mod history;
mod identify;
mod letters;
mod look;
mod notices;
mod push;
mod questions;
mod routing;
mod schedule;
mod search;
mod site;
mod targets;
mod teams;
mod transcripts;
mod triage;
mod views;
mod wall;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Person, TestApp, Visitor};

/// A command as it is posted.
pub(crate) fn command(kind: &str, body: &Value) -> Value {
    json!({ "id": Uuid::now_v7(), "type": kind, "body": body })
}

pub(crate) async fn visitor_says(app: &TestApp, visitor: &Visitor, text: &str) -> u64 {
    let path = format!("/v1/conversations/{}/commands", visitor.conversation);
    let body = command("send", &json!({ "text": text }));
    let answer = visitor.ask(app, Method::POST, &path, Some(&body)).await;
    answer.data()["seq"].as_u64().unwrap()
}

pub(crate) async fn says(person: &Person, conversation: &str, text: &str) -> u64 {
    let path = format!("/v1/conversations/{conversation}/commands");
    let answer = person.post(&path, command("send", &json!({ "text": text }))).await;
    answer.data()["seq"].as_u64().unwrap()
}
