//! Security events (BK-GUARD-12): what the guard refuses is counted under its name.

use std::collections::BTreeMap;

use brigade_domain::actor::Role;
use serde_json::json;

use crate::support::{Answer, Browser, PASSWORD, TestApp};

/// The counters as `/metrics` shows them, by the event's name.
async fn counted(app: &TestApp) -> BTreeMap<String, u64> {
    let metrics = reqwest::get(app.url("/metrics")).await.unwrap().text().await.unwrap();
    let lines = metrics.lines().filter_map(|line| line.strip_prefix("brigade_security_events_total{event=\""));
    lines
        .map(|line| {
            let (event, count) = line.split_once("\"} ").unwrap();
            (event.to_owned(), count.parse().unwrap())
        })
        .collect()
}

#[tokio::test]
async fn what_is_refused_is_counted_once_under_its_name_and_mistakes_are_not() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Client, "Maya").await;
    let mut maya = Browser::new(&app);
    maya.sign_in(&email, PASSWORD).await.data();
    assert_eq!(maya.get("/v1/nowhere").await.code(), "NOT_FOUND");
    assert_eq!(maya.post("/v1/auth/sign-in", json!({ "email": 1 })).await.code(), "INVALID_INPUT");
    // Counters belong to the process; nextest gives each test one of its own.
    assert_eq!(counted(&app).await, BTreeMap::new());

    assert_eq!(maya.get("/v1/tenant/keys").await.code(), "FORBIDDEN");
    let mut forger = maya.clone();
    forger.csrf = "made-up".to_owned();
    assert_eq!(forger.post("/v1/auth/sign-out", json!({})).await.code(), "CSRF_FAILED");
    let foreign = reqwest::Client::new().post(app.url("/v1/auth/sign-in")).header("sec-fetch-site", "cross-site");
    let foreign = foreign.json(&json!({ "email": email, "password": PASSWORD })).send().await.unwrap();
    assert_eq!(Answer::of(foreign).await.code(), "ORIGIN_REFUSED");
    assert_eq!(Browser::new(&app).sign_in(&email, "wrong wrong wrong").await.code(), "AUTH_INVALID");
    let stale = json!({ "token": "made-up" });
    assert_eq!(maya.post("/v1/auth/email/verify", stale).await.code(), "TOKEN_EXPIRED");

    let events =
        ["credentials_refused", "csrf_refused", "one_time_token_refused", "origin_refused", "permission_refused"];
    assert_eq!(counted(&app).await, events.map(|event| (event.to_owned(), 1)).into());
}
