//! The link that proves an address (ASVS 6.4.1): asked for by its person, followed once.

use brigade_domain::actor::Role;
use serde_json::json;

use crate::support::{Browser, PASSWORD, TestApp, token_in_mail};

/// Somebody who is signed in and whose address is not verified.
async fn unverified(app: &TestApp) -> (Browser, String) {
    let tenant = app.tenant().await;
    let (id, email) = app.user(&tenant, Role::Client, "Maya").await;
    app.database.sql(&format!("update users set email_verified_at = null where id = '{}'", id.uuid()));
    let mut browser = Browser::new(app);
    browser.sign_in(&email, PASSWORD).await.data();
    assert_eq!(is_verified(&mut browser).await, Some(false));
    (browser, email)
}

async fn is_verified(browser: &mut Browser) -> Option<bool> {
    browser.get("/v1/auth/me").await.data()["user"]["email_verified"].as_bool()
}

async fn link_in_mail(app: &TestApp, browser: &mut Browser, email: &str) -> String {
    browser.post("/v1/auth/email/resend", json!({})).await.data();
    token_in_mail(app, email).await
}

#[tokio::test]
async fn a_link_verifies_the_address_once_from_any_browser() {
    let app = TestApp::start().await;
    let (mut maya, email) = unverified(&app).await;
    let token = link_in_mail(&app, &mut maya, &email).await;
    let lifetime = app.database.sql("select extract(epoch from expires_at - created_at)::int from one_time_tokens");
    assert_eq!(lifetime, "86400");

    let follow = async || Browser::new(&app).post("/v1/auth/email/verify", json!({ "token": token })).await;
    follow().await.data();
    assert_eq!(is_verified(&mut maya).await, Some(true));
    let again = follow().await;
    assert_eq!((again.status, again.code()), (410, "TOKEN_EXPIRED"));
    assert_eq!(maya.post("/v1/auth/email/resend", json!({})).await.code(), "CONFLICT", "there is nothing to verify");
}

#[tokio::test]
async fn a_link_that_was_replaced_is_late_or_belongs_to_a_former_address_verifies_nothing() {
    let app = TestApp::start().await;
    let (mut maya, email) = unverified(&app).await;
    let follow = async |token: &str| Browser::new(&app).post("/v1/auth/email/verify", json!({ "token": token })).await;
    let first = link_in_mail(&app, &mut maya, &email).await;
    let second = link_in_mail(&app, &mut maya, &email).await;
    assert_eq!(follow(&first).await.code(), "TOKEN_EXPIRED");
    app.database.sql("update one_time_tokens set expires_at = now() where used_at is null");
    assert_eq!(follow(&second).await.code(), "TOKEN_EXPIRED");
    let third = link_in_mail(&app, &mut maya, &email).await;
    app.database.sql(&format!("update users set email = 'new@people.example' where email = '{email}'"));
    assert_eq!(follow(&third).await.code(), "TOKEN_EXPIRED");
    assert_eq!(follow("made-up").await.code(), "TOKEN_EXPIRED");
    assert_eq!(is_verified(&mut maya).await, Some(false));
}
