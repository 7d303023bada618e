//! Every route with an id in it, replayed by another tenant and by others of the same one (security 26, 27): what is not
//! one's own looks like what is not there.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brigade_domain::actor::Role;
use serde_json::{Value, json};

use super::document::{Operation, operations};
use crate::live::stage::account_of;
use crate::support::{Answer, PASSWORD, Person, TestApp, TestTenant, Visitor, token_in_mail};

/// Ids of one tenant, by the kind of place they are put in.
async fn ids(app: &TestApp, tenant: &TestTenant, admin: &Person) -> BTreeMap<&'static str, String> {
    let visitor = app.visitor(tenant).await;
    let (account, _) = account_of(app, tenant, &app.client_as(tenant, Role::Client).await).await;
    let key = admin.post("/v1/tenant/keys", json!({ "name": "x", "kind": "secret", "mode": "live" })).await;
    let staff = json!({ "email": "theo@people.example", "name": "Theo", "role": "admin" });
    let invitation = admin.post("/v1/tenant/staff/invitations", staff).await;
    token_in_mail(app, "theo@people.example").await;
    let reply = admin.post("/v1/tenant/replies", json!({ "shortcut": "hello", "text": "Hello" })).await;
    let view = json!({ "name": "Waiting", "criteria": { "status": "open", "waiting": true } });
    let view = admin.post("/v1/inbox/views", view).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let webhook = json!({ "url": "https://hooks.invalid/", "events": ["message.sent"] });
    let webhook = admin.post("/v1/tenant/webhooks", webhook).await;
    let webhook = text(&webhook.data()["id"]);
    let delivery = admin.post(&format!("/v1/tenant/webhooks/{webhook}/test"), json!({})).await;
    let sessions = admin.get("/v1/auth/sessions").await;
    let point = URL_SAFE_NO_PAD.encode([&[4][..], &[7; 64]].concat());
    let device =
        json!({ "endpoint": "https://push.invalid/1", "p256dh": point, "auth": URL_SAFE_NO_PAD.encode([7; 16]) });
    let device = admin.post("/v1/notices/devices", device).await;
    let export = admin.post("/v1/auth/exports", json!({ "password": PASSWORD })).await;
    admin.post("/v1/tenant/support", json!({ "hours": 1, "about": "A test" })).await.data();
    let permissions = admin.get("/v1/tenant/support").await;
    app.jobs_done().await;
    BTreeMap::from([
        ("per", text(&permissions.data()[0]["id"])),
        ("acc", account),
        ("cnv", visitor.conversation),
        ("key", text(&key.data()["id"])),
        ("inv", text(&invitation.data()["id"])),
        ("rep", text(&reply.data()["id"])),
        ("vew", text(&view.data()["id"])),
        ("whk", webhook),
        ("dlv", text(&delivery.data()["id"])),
        ("dvc", text(&device.data()["id"])),
        ("exp", text(&export.data()["id"])),
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
        "attachments" => json!({ "name": "x", "size": 1 }),
        "draft" => json!({ "rev": 0, "kind": "send", "text": "x", "since": 0 }),
        _ if operation.path.contains("/replies/") => json!({ "rev": 1, "shortcut": "x", "text": "x" }),
        _ if operation.path.contains("/views/") => json!({ "rev": 1, "name": "x", "criteria": { "status": "open" } }),
        _ if operation.path.contains("/webhooks/") => {
            json!({ "rev": 1, "url": "https://hooks.invalid/", "events": ["message.sent"], "on": true })
        }
        "invitations" => json!({ "email": "eve@people.example", "name": "Eve" }),
        "{user}" => json!({ "role": "admin" }),
        _ => json!({}),
    }
}

/// What has to be said behind the path.
fn query(operation: &Operation) -> &'static str {
    match operation.path.as_str() {
        path if path.ends_with("/attachments") && operation.method == "GET" => "?ids=att_01h455vb4pex5vsknk084sn02q",
        path if path.ends_with("/attachments/{file}") && operation.method == "PUT" => "?offset=0",
        path if path.ends_with("/draft") && operation.method == "DELETE" => "?rev=1",
        _ => "",
    }
}

/// Who asks for what is not theirs.
enum Intruder {
    Person(Person),
    Visitor(Visitor),
}

impl Intruder {
    async fn ask(&self, app: &TestApp, operation: &Operation, path: &str) -> Answer {
        let (method, path) = (operation.method.clone(), format!("{path}{}", query(operation)));
        let mut request = match self {
            Self::Person(person) => person.request(method, &path),
            Self::Visitor(visitor) => visitor.request(app, method, &path),
        };
        if operation.has_body {
            request = request.json(&body(operation));
        }
        if operation.has_octets {
            request = request.header("content-type", "application/octet-stream").body("x");
        }
        Answer::of(request.send().await.unwrap()).await
    }

    /// Asks for the `ids` wherever one can be put in a path, and for what is not there; both answers must be one.
    /// Returns how many operations there were to try.
    async fn finds_nothing(&self, app: &TestApp, ids: &BTreeMap<&'static str, String>) -> usize {
        let mut tried = 0;
        for operation in operations(app).await.iter().filter(|operation| operation.path.contains('{')) {
            let theirs = |name: &str| ids.get(operation.nobody(name).split('_').next().unwrap()).cloned();
            let foreign = operation.at(|name| theirs(name).unwrap_or_else(|| operation.nobody(name)));
            let missing = operation.at_nobody();
            if foreign == missing {
                continue;
            }
            let (of_foreign, of_missing) =
                (self.ask(app, operation, &foreign).await, self.ask(app, operation, &missing).await);
            let what = format!("{} {}", operation.method, operation.path);
            assert_eq!(of_foreign.status, of_missing.status, "{what}: {of_foreign:?}");
            assert_eq!(of_foreign.body["error"], of_missing.body["error"], "{what}");
            assert!(of_foreign.status >= 400, "{what}: {of_foreign:?}");
            assert_ne!(of_foreign.code(), "INVALID_INPUT", "{what}: teach this test what to send");
            tried += 1;
        }
        tried
    }
}

#[tokio::test]
async fn what_is_another_tenants_looks_like_what_is_not_there() {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.tenant().await, app.tenant().await);
    let victim = app.client_as(&ours, Role::Admin).await;
    let ids = ids(&app, &ours, &victim).await;
    let intruder = Intruder::Person(app.client_as(&theirs, Role::Admin).await);
    let tried = intruder.finds_nothing(&app, &ids).await;
    assert!(tried >= 10, "only {tried} operations have an id in their path");
    // Nothing of it happened.
    victim.get("/v1/tenant/keys").await.data();
    assert_eq!(victim.get("/v1/tenant/staff").await.data()["invited"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_somebody_elses_looks_like_what_is_not_there() {
    let app = TestApp::with(&[("limits.visitor_commands_per_minute", "1000")]).await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let mut ids = ids(&app, &tenant, &admin).await;
    // Theirs as well; whose customers they are, they know.
    ids.remove("ten");
    let somebody = app.client_as(&tenant, Role::Client).await;
    account_of(&app, &tenant, &somebody).await;
    let strangers = [Intruder::Person(somebody), Intruder::Visitor(app.visitor(&tenant).await)];
    let clients = app.client_as(&tenant, Role::Client).await;
    let (account, chat) = account_of(&app, &tenant, &clients).await;
    let of_a_client = BTreeMap::from([("acc", account), ("cnv", chat.split_once(':').unwrap().1.to_owned())]);
    for stranger in &strangers {
        for ids in [&ids, &of_a_client] {
            let tried = stranger.finds_nothing(&app, ids).await;
            assert!(tried >= 8, "only {tried} operations have an id in their path");
        }
    }
    // A colleague has every conversation, and no session, no copy and no device but their own.
    let colleague = Intruder::Person(app.client_as(&tenant, Role::Admin).await);
    let own = BTreeMap::from(["ses", "exp", "dvc"].map(|kind| (kind, ids[kind].clone())));
    assert!(colleague.finds_nothing(&app, &own).await >= 4);
    admin.get("/v1/auth/me").await.data();
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
        // Files are lists too.
        let text = intruder.request(reqwest::Method::GET, &operation.path).send().await.unwrap().text().await.unwrap();
        for (kind, id) in &ids {
            assert!(!text.contains(id.as_str()), "{} shows a foreign {kind}", operation.path);
        }
    }
}
