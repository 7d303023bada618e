//! API keys of tenants (C28, MAIS-TEN-04 to -06, -09 to -11).

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Person, TestApp};

async fn with_key(app: &TestApp, path: &str, key: &str) -> Answer {
    let request = reqwest::Client::new().get(app.url(path)).header("x-tenant-key", key);
    Answer::of(request.send().await.unwrap()).await
}

async fn make(admin: &Person, kind: &str) -> Value {
    let body = json!({ "name": "Till", "kind": kind, "mode": "live" });
    admin.post("/v1/tenant/keys", body).await.data().clone()
}

#[tokio::test]
async fn the_three_errors_of_a_tenant_key() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let without = reqwest::Client::new().get(app.url("/v1/site/config")).send().await.unwrap();
    let without = Answer::of(without).await;
    assert_eq!((without.status, without.code()), (401, "TENANT_KEY_REQUIRED"));
    for key in
        ["", "pk_live_x", "nonsense", &format!("{}x", tenant.public_key), &tenant.public_key.replace("pk_", "sk_")]
    {
        let answer = with_key(&app, "/v1/site/config", key).await;
        assert_eq!((answer.status, answer.code()), (401, "INVALID_TENANT_KEY"), "{key}");
    }
    with_key(&app, "/v1/site/config", &tenant.public_key).await.data();
    app.database.sql("update tenants set status = 'suspended'");
    tokio::time::sleep(std::time::Duration::from_millis(2_200)).await;
    let asleep = with_key(&app, "/v1/site/config", &tenant.public_key).await;
    assert_eq!((asleep.status, asleep.code()), (403, "TENANT_INACTIVE"));
}

#[tokio::test]
async fn a_secret_key_is_shown_once_acts_as_admin_and_makes_no_other_keys() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let made = make(&admin, "secret").await;
    let key = made["key"].as_str().unwrap();
    let prefix = format!("sk_live_{}_", tenant.slug);
    assert!(key.starts_with(&prefix) && key.len() == prefix.len() + 32, "{key}");
    let listed = admin.get("/v1/tenant/keys").await;
    assert!(!listed.body.to_string().contains(key));
    assert!(!app.database.sql("select * from api_keys").contains(&key[prefix.len()..]));

    assert_eq!(with_key(&app, "/v1/tenant", key).await.data()["id"], tenant.id.to_string());
    let bearer = reqwest::Client::new().get(app.url("/v1/tenant")).bearer_auth(key).send().await.unwrap();
    Answer::of(bearer).await.data();
    let more = reqwest::Client::new()
        .post(app.url("/v1/tenant/keys"))
        .header("x-tenant-key", key)
        .json(&json!({ "name": "x", "kind": "secret", "mode": "live" }))
        .send()
        .await
        .unwrap();
    assert_eq!(Answer::of(more).await.code(), "FORBIDDEN");
    assert_eq!(with_key(&app, "/v1/site/config", key).await.code(), "INVALID_TENANT_KEY", "not for pages");
}

#[tokio::test]
async fn a_revoked_and_a_rotated_key_stop_at_once() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let made = make(&admin, "secret").await;
    let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    with_key(&app, "/v1/tenant", key).await.data();
    let rotated = admin.post(&format!("/v1/tenant/keys/{id}/rotate"), json!({})).await;
    let (new_id, new_key) = (rotated.data()["id"].as_str().unwrap(), rotated.data()["key"].as_str().unwrap());
    assert_eq!(with_key(&app, "/v1/tenant", key).await.code(), "INVALID_TENANT_KEY");
    with_key(&app, "/v1/tenant", new_key).await.data();
    admin.ask(Method::DELETE, &format!("/v1/tenant/keys/{new_id}"), None).await.data();
    assert_eq!(with_key(&app, "/v1/tenant", new_key).await.code(), "INVALID_TENANT_KEY");
    assert_eq!(admin.ask(Method::DELETE, &format!("/v1/tenant/keys/{new_id}"), None).await.code(), "NOT_FOUND");
}

#[tokio::test]
async fn only_pages_of_the_tenant_may_use_its_public_key() {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.tenant().await, app.tenant().await);
    let ask = async |key: &str, origin: &str| {
        let request = reqwest::Client::new().get(app.url("/v1/site/config")).header("x-tenant-key", key);
        let response = request.header("origin", origin).send().await.unwrap();
        let readable = response.headers().get("access-control-allow-origin").cloned();
        (Answer::of(response).await, readable)
    };
    let (answer, readable) = ask(&ours.public_key, &ours.origin).await;
    assert_eq!(answer.data()["tenant"]["id"], ours.id.to_string());
    assert_eq!(readable.unwrap().to_str().unwrap(), ours.origin);
    for foreign in [theirs.origin.as_str(), "https://evil.test", "null"] {
        assert_eq!(ask(&ours.public_key, foreign).await.0.code(), "ORIGIN_REFUSED", "{foreign}");
    }
}

#[tokio::test]
async fn the_widgets_frame_lists_its_tenants_sites_and_no_other_page_may_be_framed() {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.tenant().await, app.tenant().await);
    let csp = async |path: &str| {
        let response = reqwest::get(app.url(path)).await.unwrap();
        response.headers()["content-security-policy"].to_str().unwrap().to_owned()
    };
    for kind in ["frame", "form"] {
        let frame = csp(&format!("/widget/{kind}?key={}", ours.public_key)).await;
        if app_has_pages(&app).await {
            assert!(frame.contains(&format!("frame-ancestors {}", ours.origin)), "{frame}");
            assert!(!frame.contains(&theirs.origin));
        }
    }
    for path in ["/widget/frame?key=pk_live_x", "/widget/form?key=pk_live_x", "/", "/inbox", "/docs", "/v1/auth/me"] {
        assert!(csp(path).await.contains("frame-ancestors 'none'"), "{path}");
    }
}

/// A build without `web/dist` has no pages.
async fn app_has_pages(app: &TestApp) -> bool {
    reqwest::get(app.url("/sign-in")).await.unwrap().status() == 200
}
