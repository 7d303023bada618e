//! Sessions of browsers (security 10, 11, 12, 14).

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::json;

use crate::support::{Browser, PASSWORD, TestApp};

async fn signed_in(app: &TestApp) -> (Browser, String) {
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let mut browser = Browser::new(app);
    browser.sign_in(&email, PASSWORD).await.data();
    (browser, email)
}

#[tokio::test]
async fn the_cookie_is_host_bound_and_holds_256_random_bits_that_the_database_does_not_have() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (id, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let browser = Browser::new(&app);
    let response = browser
        .request(Method::POST, "/v1/auth/sign-in")
        .json(&json!({ "email": email, "password": PASSWORD }))
        .send()
        .await
        .unwrap();
    let cookies: Vec<&str> =
        response.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
    assert!(!cookies.is_empty());
    for cookie in &cookies {
        for part in ["__Host-", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Path=/"] {
            assert!(cookie.contains(part), "{cookie} lacks {part}");
        }
        assert!(!cookie.contains("Domain") && !cookie.contains(&id.to_string()) && !cookie.contains(&email));
    }
    let value = cookies.iter().find_map(|cookie| cookie.strip_prefix("__Host-brigade=")).unwrap();
    let value = value.split(';').next().unwrap();
    assert_eq!(value.len(), 43, "32 bytes in base64url");
    let kept = app.database.sql("select * from sessions");
    assert!(!kept.contains(value));
    let hashed = app.database.sql(&format!("select token_hash = sha256('{value}'::bytea) from sessions"));
    assert_eq!(hashed, "t");
}

#[tokio::test]
async fn signing_in_and_switching_give_a_new_cookie_and_end_the_old_one() {
    let app = TestApp::start().await;
    let (mut browser, email) = signed_in(&app).await;
    let other = app.tenant().await;
    let user = app.database.sql(&format!("select id from users where email = '{email}'")).parse().unwrap();
    app.inside
        .platform
        .add_member(other.id, brigade_domain::id::UserId::from_uuid(user), Role::AccountManager)
        .await
        .unwrap();
    let mut old = vec![browser.clone()];
    browser.sign_in(&email, PASSWORD).await.data();
    old.push(browser.clone());
    let me = browser.post("/v1/auth/tenant", json!({ "tenant": other.id })).await;
    assert_eq!(me.data()["tenant"]["id"], other.id.to_string());
    assert_eq!(me.data()["kind"], "account_manager");
    for mut gone in old {
        assert_eq!(gone.get("/v1/auth/me").await.data()["signed_in"], false);
        assert_eq!(gone.get("/v1/auth/sessions").await.code(), "AUTH_REQUIRED");
    }
    assert_eq!(browser.get("/v1/auth/me").await.data()["tenant"]["id"], other.id.to_string());
    let foreign = app.tenant().await;
    assert_eq!(browser.post("/v1/auth/tenant", json!({ "tenant": foreign.id })).await.code(), "NOT_FOUND");
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_when_it_is_old() {
    for change in [
        "update sessions set last_seen_at = now() - interval '24 hours 1 second'",
        "update sessions set expires_at = now() - interval '1 second', created_at = now() - interval '8 days'",
    ] {
        let app = TestApp::start().await;
        let (mut browser, _) = signed_in(&app).await;
        let days =
            app.database.sql("select extract(epoch from expires_at - created_at)::int, idle_seconds from sessions");
        assert_eq!(days, "604800|86400");
        app.database.sql(change);
        // The cache answers for up to two seconds.
        tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
        assert_eq!(browser.get("/v1/auth/sessions").await.code(), "AUTH_REQUIRED", "{change}");
    }
}

#[tokio::test]
async fn people_see_and_end_their_own_sessions_and_nobody_elses() {
    let app = TestApp::start().await;
    let (mut here, email) = signed_in(&app).await;
    let mut there = Browser::new(&app);
    there.sign_in(&email, PASSWORD).await.data();
    let (mut stranger, _) = signed_in(&app).await;
    let strangers = stranger.get("/v1/auth/sessions").await.data()[0]["id"].as_str().unwrap().to_owned();

    let sessions = here.get("/v1/auth/sessions").await;
    let sessions = sessions.data().as_array().unwrap().clone();
    assert_eq!(sessions.len(), 2);
    let other = sessions.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap();
    let end = |id: &str| format!("/v1/auth/sessions/{id}");
    assert_eq!(here.send(Method::DELETE, &end(&strangers), json!({})).await.code(), "NOT_FOUND");
    here.send(Method::DELETE, &end(other), json!({})).await.data();
    assert_eq!(there.get("/v1/auth/me").await.data()["signed_in"], false);
    assert_eq!(here.send(Method::DELETE, &end(other), json!({})).await.code(), "NOT_FOUND");
    assert_eq!(stranger.get("/v1/auth/me").await.data()["signed_in"], true);
}

#[tokio::test]
async fn a_forged_or_doubled_cookie_is_nobody() {
    let app = TestApp::start().await;
    let (browser, _) = signed_in(&app).await;
    let value = &browser.cookies["__Host-brigade"];
    let ask = async |cookie: String| {
        let response = reqwest::Client::new().get(app.url("/v1/auth/sessions")).header("cookie", cookie).send().await;
        response.unwrap().status().as_u16()
    };
    assert_eq!(ask(format!("__Host-brigade={value}")).await, 200);
    let other = if value.starts_with('A') { 'B' } else { 'A' };
    assert_eq!(ask(format!("__Host-brigade={other}{}", &value[1..])).await, 401);
    assert_eq!(ask(format!("__Host-brigade={value}; __Host-brigade={value}")).await, 401);
    assert_eq!(ask(format!("brigade={value}")).await, 401);
}
