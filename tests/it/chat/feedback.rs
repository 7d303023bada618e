//! Customers say how they were served: asked by the worker once a conversation is resolved, counted by reports.

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{command, says, visitor_says};
use crate::support::{Person, TestApp, TestTenant, Visitor};

async fn asks(app: &TestApp, admin: &Person, tenant: &TestTenant, question: Value) {
    let path = format!("/v1/tenants/{}/commands", tenant.id);
    admin.post(&path, command("set_feedback", &json!({ "question": question }))).await.data();
    app.jobs_done().await;
}

async fn resolve(app: &TestApp, manager: &Person, visitor: &Visitor) {
    let path = format!("/v1/conversations/{}/commands", visitor.conversation);
    manager.post(&path, command("resolve", &json!({}))).await.data();
    app.jobs_done().await;
}

/// What the visitor's chat shows.
async fn seen(app: &TestApp, visitor: &Visitor) -> Value {
    let path = format!("/v1/conversations/{}", visitor.conversation);
    visitor.ask(app, Method::GET, &path, None).await.data()["state"]["feedback"].clone()
}

async fn say(app: &TestApp, visitor: &Visitor, asked: &Value, score: u8, comment: Option<&str>) -> String {
    let path = format!("/v1/conversations/{}/commands", visitor.conversation);
    let body = command("give_feedback", &json!({ "asked": asked, "score": score, "comment": comment }));
    let answer = visitor.ask(app, Method::POST, &path, Some(&body)).await;
    app.jobs_done().await;
    if answer.status == 200 { "OK".to_owned() } else { answer.code().to_owned() }
}

fn kept(app: &TestApp) -> String {
    app.database.sql("select string_agg(concat_ws(' ', score, comment), ', ' order by asked_at) from feedback")
}

#[tokio::test]
async fn who_was_answered_is_asked_when_the_business_wants_to_know_and_what_they_say_is_kept() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    let visitor = app.visitor(&tenant).await;

    visitor_says(&app, &visitor, "Do you cater?").await;
    says(&manager, &visitor.conversation, "We do.").await;
    resolve(&app, &manager, &visitor).await;
    assert_eq!(seen(&app, &visitor).await, json!(null), "the business does not ask");

    asks(&app, &admin, &tenant, json!("How was it?")).await;
    visitor_says(&app, &visitor, "In June?").await;
    resolve(&app, &manager, &visitor).await;
    assert_eq!(seen(&app, &visitor).await, json!(null), "nobody has answered that");
    visitor_says(&app, &visitor, "Hello?").await;
    says(&manager, &visitor.conversation, "In June too.").await;
    let (path, label) =
        (format!("/v1/conversations/{}/commands", visitor.conversation), "lbl_01h455vb4pex5vsknk084sn02q");
    let set = command("set_label", &json!({ "label": label, "name": "Catering", "color": "teal" }));
    admin.post(&format!("/v1/tenants/{}/commands", tenant.id), set).await.data();
    app.jobs_done().await;
    manager.post(&path, command("label", &json!({ "label": label, "on": true }))).await.data();
    manager.post(&path, command("assign", &json!({ "to": manager.id }))).await.data();
    resolve(&app, &manager, &visitor).await;
    let feedback = seen(&app, &visitor).await;
    assert_eq!((&feedback["question"], &feedback["given"]), (&json!("How was it?"), &json!(null)));
    assert_eq!(app.database.sql("select score is null and said_at = asked_at from feedback"), "t");

    let asked = &feedback["asked"];
    assert_eq!(say(&app, &visitor, asked, 4, None).await, "OK");
    assert_eq!(kept(&app), "4");
    assert_eq!(say(&app, &visitor, asked, 2, Some("Too late, I fear. \u{1f622}")).await, "OK");
    assert_eq!(kept(&app), "2 Too late, I fear. \u{1f622}");
    let about =
        format!("select count(*) from feedback where assignee = '{}' and cardinality(labels) = 1", manager.id.uuid());
    assert_eq!(app.database.sql(&about), "1");
    assert_eq!(say(&app, &visitor, asked, 6, None).await, "INVALID_INPUT");
    // The staff see it too, and cannot say it themselves.
    let shown = manager.get(&format!("/v1/conversations/{}", visitor.conversation)).await;
    assert_eq!(shown.data()["state"]["feedback"]["given"]["score"], 2);
    let own = manager.post(&path, command("give_feedback", &json!({ "asked": asked, "score": 5 }))).await;
    assert_eq!(own.code(), "FORBIDDEN");
    // The conversation goes on: what was said stays, and nothing more can be said.
    visitor_says(&app, &visitor, "And one more").await;
    assert_eq!(say(&app, &visitor, asked, 5, None).await, "CONFLICT");
    assert_eq!(kept(&app), "2 Too late, I fear. \u{1f622}");
}
