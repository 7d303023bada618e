//! Passwords: what is asked of them, how they are kept, reset and changed (security 1 to 4, 8).

use brigade_domain::actor::Role;
use serde_json::json;

use crate::support::{Browser, PASSWORD, TestApp, token_in_mail};

const NEW: &str = "brass kettle orbit 91";

async fn reset_token(app: &TestApp, email: &str) -> String {
    Browser::new(app).post("/v1/auth/password/forgot", json!({ "email": email })).await.data();
    token_in_mail(app, email).await
}

#[tokio::test]
async fn weak_short_and_endless_passwords_are_refused_and_long_ones_are_whole() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Client, "Maya Okafor").await;
    let token = reset_token(&app, &email).await;
    let reset = |password: String| {
        let (mut browser, token) = (Browser::new(&app), token.clone());
        async move { browser.post("/v1/auth/password/reset", json!({ "token": token, "password": password })).await }
    };
    for weak in ["short 1", "password1", "qwertyuiop123", "Maya Okafor 1", &"k2 ".repeat(60)] {
        let answer = reset(weak.to_owned()).await;
        assert_eq!(answer.code(), "INVALID_INPUT", "{weak}");
        assert_eq!(answer.body["error"]["details"]["field"], "password", "{weak}");
    }
    // A refused password does not use the link up; 128 characters count to the last.
    let long: String = "wharf iguana velvet onion 7 ".chars().cycle().take(127).chain(['Z']).collect();
    reset(long.clone()).await.data();
    let mut shortened = long.clone();
    shortened.pop();
    assert_eq!(Browser::new(&app).sign_in(&email, &shortened).await.code(), "AUTH_INVALID");
    Browser::new(&app).sign_in(&email, &long).await.data();
}

#[tokio::test]
async fn a_tenant_may_ask_for_composition() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let mut admin = Browser::new(&app);
    admin.sign_in(&email, PASSWORD).await.data();
    admin.send(reqwest::Method::PATCH, "/v1/tenant", json!({ "password_composition": true })).await.data();
    let mut change = async |password: &str| {
        admin.post("/v1/auth/password/change", json!({ "current": PASSWORD, "password": password })).await
    };
    assert_eq!(change(NEW).await.code(), "INVALID_INPUT");
    change("Brass-kettle orbit 91").await.data();
}

#[tokio::test]
async fn a_reset_link_works_once_for_ten_minutes_and_only_the_newest() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Client, "Maya").await;
    let first = reset_token(&app, &email).await;
    let lifetime = app.database.sql("select extract(epoch from expires_at - created_at)::int from one_time_tokens");
    assert_eq!(lifetime, "600");
    let second = reset_token(&app, &email).await;
    let reset = |token: String| {
        let mut browser = Browser::new(&app);
        async move { browser.post("/v1/auth/password/reset", json!({ "token": token, "password": NEW })).await }
    };
    assert_eq!(reset(first).await.code(), "TOKEN_EXPIRED");
    reset(second.clone()).await.data();
    assert_eq!(reset(second).await.code(), "TOKEN_EXPIRED");
    let third = reset_token(&app, &email).await;
    app.database.sql("update one_time_tokens set expires_at = now() where used_at is null");
    assert_eq!(reset(third).await.code(), "TOKEN_EXPIRED");
    assert_eq!(reset("made-up".to_owned()).await.code(), "TOKEN_EXPIRED");
}

#[tokio::test]
async fn of_two_resets_at_once_one_happens() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Client, "Maya").await;
    let token = reset_token(&app, &email).await;
    let tries = (0..4).map(|n| {
        let (mut browser, token) = (Browser::new(&app), token.clone());
        let password = format!("{NEW} number {n}");
        async move { browser.post("/v1/auth/password/reset", json!({ "token": token, "password": password })).await }
    });
    let answers = futures_util::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 410).count(), 3);
}

#[tokio::test]
async fn a_hash_from_elsewhere_is_accepted_and_made_again() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (id, email) = app.user(&tenant, Role::Client, "Maya").await;
    // "quiet-otter-kneads-rye-42" under bcrypt, as another system would have kept it.
    let bcrypt = bcrypt_of_password();
    app.database.sql(&format!("update users set password_hash = '{bcrypt}' where id = '{}'", id.uuid()));
    assert_eq!(Browser::new(&app).sign_in(&email, "quiet-otter-kneads-rye-43").await.code(), "AUTH_INVALID");
    Browser::new(&app).sign_in(&email, PASSWORD).await.data();
    let kept = app.database.sql(&format!("select password_hash from users where id = '{}'", id.uuid()));
    assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
    Browser::new(&app).sign_in(&email, PASSWORD).await.data();
}

fn bcrypt_of_password() -> String {
    bcrypt::hash(PASSWORD, 6).unwrap()
}

#[tokio::test]
async fn a_change_asks_for_the_old_one_and_tells_by_mail() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Client, "Maya").await;
    let mut browser = Browser::new(&app);
    browser.sign_in(&email, PASSWORD).await.data();
    let wrong = browser.post("/v1/auth/password/change", json!({ "current": "nope nope", "password": NEW })).await;
    assert_eq!(wrong.code(), "AUTH_INVALID");
    let before = browser.cookies["__Host-brigade"].clone();
    browser.post("/v1/auth/password/change", json!({ "current": PASSWORD, "password": NEW })).await.data();
    assert_ne!(browser.cookies["__Host-brigade"], before, "the session is rotated");
    assert_eq!(browser.get("/v1/auth/me").await.data()["signed_in"], true);
    assert_eq!(app.database.sql("select count(*) from mail_outbox"), "2", "the new device and the change");
}

#[tokio::test]
async fn strength_is_told_without_keeping_anything() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let weak = browser.post("/v1/auth/password/check", json!({ "password": "password1" })).await;
    assert!(weak.data()["score"].as_u64().unwrap() < 3);
    let strong = browser.post("/v1/auth/password/check", json!({ "password": NEW })).await;
    assert!(strong.data()["score"].as_u64().unwrap() >= 3);
}
