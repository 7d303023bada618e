//! Every route replayed by another tenant (security 27): what is foreign looks like what is not there.

use std::collections::BTreeMap;

use brigade_domain::actor::Role;
use serde_json::{Value, json};

use super::document::{Operation, operations};
use crate::live::stage::account_of;
use crate::support::{Answer, Person, TestApp, TestTenant, token_in_mail};

/// Ids of one tenant, by the kind of place they are put in.
async fn ids(app: &TestApp, tenant: &TestTenant, admin: &Person) -> BTreeMap<&'static str, String> {
    let visitor = app.visitor(tenant).await;
    let (account, _) = account_of(app, tenant, &app.client_as(tenant, Role::Client).await).await;
    let key = admin.post("/v1/tenant/keys", json!({ "name": "x", "kind": "secret", "mode": "live" })).await;
    let staff = json!({ "email": "theo@people.example", "name": "Theo", "role": "admin" });
    let invitation = admin.post("/v1/tenant/staff/invitations", staff).await;
    token_in_mail(app, "theo@people.example").await;
    let sessions = admin.get("/v1/auth/sessions").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    BTreeMap::from([
        ("acc", account),
        ("cnv", visitor.conversation),
        ("key", text(&key.data()["id"])),
        ("inv", text(&invitation.data()["id"])),
        ("ses", text(&sessions.data()[0]["id"])),
        ("usr", admin.id.to_string()),
        ("ten", tenant.id.to_string()),
    ])
}

/// A body that is right in shape, so that only the id decides.
fn body(operation: &Operation) -> Value {
    let command = |kind: &str, body: Value| json!({ "id": uuid::Uuid::now_v7(), "type": kind, "body": body });
    match operation.path.rsplit('/').next().unwrap() {
        "commands" if operation.path.contains("/accounts/") => command("rename", json!({ "name": "x" })),
        "commands" if operation.path.contains("/tenants/") => command("set_available", json!({ "available": true })),
        "commands" => command("note", json!({ "text": "x" })),
        "invitations" => json!({ "email": "eve@people.example", "name": "Eve" }),
        "{user}" => json!({ "role": "admin" }),
        _ => json!({}),
    }
}

async fn ask(person: &Person, operation: &Operation, path: &str) -> Answer {
    let body = operation.has_body.then(|| body(operation));
    person.ask(operation.method.clone(), path, body.as_ref()).await
}

#[tokio::test]
async fn what_is_another_tenants_looks_like_what_is_not_there() {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.tenant().await, app.tenant().await);
    let victim = app.client_as(&ours, Role::Admin).await;
    let intruder = app.client_as(&theirs, Role::Admin).await;
    let ids = ids(&app, &ours, &victim).await;
    let mut tried = 0;
    for operation in operations(&app).await.iter().filter(|operation| operation.path.contains('{')) {
        let foreign = operation.at(|name| {
            let nobody = operation.nobody(name);
            let kind = nobody.split('_').next().unwrap();
            ids.get(kind).cloned().unwrap_or(nobody)
        });
        let missing = operation.at_nobody();
        let (of_foreign, of_missing) =
            (ask(&intruder, operation, &foreign).await, ask(&intruder, operation, &missing).await);
        let what = format!("{} {}", operation.method, operation.path);
        assert_eq!(of_foreign.status, of_missing.status, "{what}: {of_foreign:?}");
        assert_eq!(of_foreign.body["error"], of_missing.body["error"], "{what}");
        assert!(of_foreign.status >= 400, "{what}: {of_foreign:?}");
        assert_ne!(of_foreign.code(), "INVALID_INPUT", "{what}: teach this test what to send");
        assert!(!of_foreign.body.to_string().contains(&ours.slug), "{what}");
        tried += 1;
    }
    assert!(tried >= 10, "only {tried} operations have an id in their path");
    // Nothing of it happened.
    victim.get("/v1/tenant/keys").await.data();
    assert_eq!(victim.get("/v1/tenant/staff").await.data()["invited"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn no_list_shows_a_foreign_id() {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.tenant().await, app.tenant().await);
    let victim = app.client_as(&ours, Role::Admin).await;
    let intruder = app.client_as(&theirs, Role::Admin).await;
    let ids = ids(&app, &ours, &victim).await;
    for operation in operations(&app).await {
        let is_list = operation.method == reqwest::Method::GET && !operation.path.contains('{');
        if !is_list
            || ["site_key", "super_admin"].contains(&operation.access.as_str())
            || !operation.path.starts_with("/v1/")
        {
            continue;
        }
        if ["/v1/live", "/v1/openapi.json", "/v1/dev/outbox"].contains(&operation.path.as_str()) {
            continue;
        }
        let answer = intruder.get(&operation.path).await;
        let text = answer.body.to_string();
        for (kind, id) in &ids {
            assert!(!text.contains(id.as_str()), "{} shows a foreign {kind}", operation.path);
        }
    }
}
