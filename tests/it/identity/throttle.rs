//! Guessing is slowed down, and nobody is locked out by it (security 5, C06).

use brigade_domain::actor::Role;
use serde_json::json;

use crate::support::{Answer, Browser, PASSWORD, TestApp, token_in_mail};

/// A server with the real limits, where each browser can be somewhere else.
async fn strict() -> TestApp {
    TestApp::with(&[
        ("limits.failed_sign_ins", "5"),
        ("limits.sign_ins_per_minute", "1000"),
        ("server.trusted_proxies", "127.0.0.1"),
    ])
    .await
}

#[tokio::test]
async fn a_victim_is_not_locked_out_by_an_attacker() {
    let app = strict().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let mut known = Browser::new(&app).at("198.51.100.1");
    known.sign_in(&email, PASSWORD).await.data();

    for n in 0..5 {
        let mut attacker = Browser::new(&app).at(&format!("203.0.113.{n}"));
        assert_eq!(attacker.sign_in(&email, "wrong wrong wrong").await.code(), "AUTH_INVALID");
    }
    let mut attacker = Browser::new(&app).at("203.0.113.99");
    assert_eq!(attacker.sign_in(&email, "wrong wrong wrong").await.code(), "RATE_LIMITED");
    assert_eq!(attacker.sign_in(&email, PASSWORD).await.code(), "RATE_LIMITED", "guessing goes on being useless");

    let mut again = known.clone();
    again.cookies.remove("__Host-brigade");
    again.csrf.clear();
    again.sign_in(&email, PASSWORD).await.data();

    let mut elsewhere = Browser::new(&app).at("198.51.100.77");
    assert_eq!(elsewhere.sign_in(&email, PASSWORD).await.code(), "RATE_LIMITED");
    elsewhere.post("/v1/auth/password/forgot", json!({ "email": email })).await.data();
    let token = token_in_mail(&app, &email).await;
    let new = "brass kettle orbit 91";
    elsewhere.post("/v1/auth/password/reset", json!({ "token": token, "password": new })).await.data();
    elsewhere.sign_in(&email, new).await.data();
}

#[tokio::test]
async fn a_known_browser_has_five_attempts_too() {
    let app = strict().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Client, "Maya").await;
    let (_, other) = app.user(&tenant, Role::Client, "Theo").await;
    let mut known = Browser::new(&app).at("198.51.100.1");
    known.sign_in(&email, PASSWORD).await.data();
    known.cookies.remove("__Host-brigade");
    known.csrf.clear();
    for _ in 0..5 {
        assert_eq!(known.sign_in(&email, "wrong wrong wrong").await.code(), "AUTH_INVALID");
    }
    assert_eq!(known.sign_in(&email, "wrong wrong wrong").await.code(), "RATE_LIMITED");
    // Its cookie is for one address: for another it is a stranger, at an address that has attempts left.
    assert_eq!(known.sign_in(&other, "wrong wrong wrong").await.code(), "AUTH_INVALID");
}

#[tokio::test]
async fn an_address_has_five_failures_over_all_accounts_and_says_when_to_come_back() {
    let app = strict().await;
    let mut browser = Browser::new(&app).at("203.0.113.5");
    for n in 0..5 {
        let answer = browser.sign_in(&format!("nobody{n}@people.example"), PASSWORD).await;
        assert_eq!(answer.code(), "AUTH_INVALID");
    }
    let email = "nobody6@people.example";
    let refused = browser
        .request(reqwest::Method::POST, "/v1/auth/sign-in")
        .json(&json!({ "email": email, "password": PASSWORD }))
        .send()
        .await
        .unwrap();
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((800..=900).contains(&wait), "{wait}");
    assert_eq!(Answer::of(refused).await.body["error"]["details"]["limit"], "sign_in_failures");
    let mut elsewhere = Browser::new(&app).at("203.0.113.6");
    assert_eq!(elsewhere.sign_in(email, PASSWORD).await.code(), "AUTH_INVALID");
}

#[tokio::test]
async fn fifty_attempts_at_once_are_fifty_attempts() {
    let app = strict().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let attempts = (0..50).map(|n| {
        let (mut browser, email) = (Browser::new(&app).at(&format!("203.0.113.{n}")), email.clone());
        async move { browser.sign_in(&email, "wrong wrong wrong").await.code().to_owned() }
    });
    let codes = futures_util::future::join_all(attempts).await;
    assert_eq!(codes.iter().filter(|code| *code == "AUTH_INVALID").count(), 5, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| *code == "RATE_LIMITED").count(), 45, "{codes:?}");
}

#[tokio::test]
async fn never_more_than_five_attempts_a_minute_also_when_they_succeed() {
    let app = TestApp::with(&[("limits.sign_ins_per_minute", "5"), ("limits.failed_sign_ins", "5")]).await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    for _ in 0..5 {
        Browser::new(&app).sign_in(&email, PASSWORD).await.data();
    }
    let answer = Browser::new(&app).sign_in(&email, PASSWORD).await;
    assert_eq!(answer.code(), "RATE_LIMITED");
    assert_eq!(answer.body["error"]["details"]["limit"], "sign_in_per_minute");
}

#[tokio::test]
async fn mails_are_not_sent_without_end() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Client, "Maya").await;
    let mut last = String::new();
    for _ in 0..6 {
        let answer = Browser::new(&app).post("/v1/auth/password/forgot", json!({ "email": email })).await;
        last = answer.body["error"]["code"].as_str().unwrap_or("done").to_owned();
    }
    assert_eq!(last, "RATE_LIMITED");
    assert_eq!(app.database.sql("select count(*) from mail_outbox"), "5");
}
