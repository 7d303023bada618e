//! Input: unknown fields (security 31), injection (32), limits (34), spoofed addresses (35).

use brigade_domain::actor::Role;
use serde_json::json;

use super::document::operations;
use crate::support::{Answer, Browser, PASSWORD, TestApp};

#[tokio::test]
async fn unknown_fields_are_refused_by_every_operation() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let operator = app.operator().await;
    let mut tried = 0;
    for operation in operations(&app).await.into_iter().filter(|operation| operation.has_body) {
        let body = json!({ "role_": "admin" });
        let path = operation.at_nobody();
        let answer = if operation.access == "site_key" {
            let request = reqwest::Client::new().request(operation.method.clone(), app.url(&path));
            Answer::of(request.header("x-tenant-key", &tenant.public_key).json(&body).send().await.unwrap()).await
        } else {
            let who = if operation.access == "super_admin" { &operator } else { &admin };
            who.ask(operation.method.clone(), &path, Some(&body)).await
        };
        assert_eq!(answer.code(), "INVALID_INPUT", "{} {}", operation.method, operation.path);
        tried += 1;
    }
    assert!(tried >= 15, "only {tried} operations take a body");
}

/// What injection looks like, as names, addresses, ids and queries.
const HOSTILE: &[&str] = &[
    "' or '1'='1",
    "'; drop table users; --",
    "\" or 1=1 --",
    "1); select pg_sleep(5); --",
    "%27%20or%201=1",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "\\'; copy users to program 'id'; --",
    "\u{0}",
    "a\r\nX-Injected: 1",
    "../../../etc/passwd",
    "<script>alert(1)</script>",
    "\u{202e}txt.exe",
    "𝕊𝔼𝕃𝔼ℂ𝕋",
];

#[tokio::test]
async fn hostile_text_is_data_everywhere() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    for text in HOSTILE {
        let mut browser = Browser::new(&app);
        let answers = [
            browser.sign_in(text, text).await,
            browser.post("/v1/auth/password/forgot", json!({ "email": format!("{text}@people.example") })).await,
            browser.post("/v1/auth/password/reset", json!({ "token": text, "password": text })).await,
            browser.post("/v1/invitations/preview", json!({ "token": text })).await,
            admin.ask(reqwest::Method::PATCH, "/v1/auth/me", Some(&json!({ "name": text }))).await,
            admin.post("/v1/tenant/keys", json!({ "name": text, "kind": "public", "mode": "test" })).await,
            admin.post("/v1/auth/tenant", json!({ "tenant": text })).await,
        ];
        for answer in answers {
            assert!(answer.status < 500, "{text:?}: {answer:?}");
        }
        let url = reqwest::Url::parse_with_params(&app.url("/v1/tenant/audit"), [("before", text)]).unwrap();
        let query = format!("{}?{}", url.path(), url.query().unwrap());
        assert_eq!(admin.get(&query).await.code(), "INVALID_INPUT");
        let mut path = reqwest::Url::parse(&app.url("/v1/auth/sessions/")).unwrap();
        path.path_segments_mut().unwrap().pop().push(text);
        let answer = admin.ask(reqwest::Method::DELETE, path.path(), None).await;
        assert!([404, 405].contains(&answer.status), "{text:?}: {answer:?}");
    }
    assert_eq!(app.database.sql("select count(*) from users"), "1");
    // A name is kept as it was written, and shown as text.
    admin.ask(reqwest::Method::PATCH, "/v1/auth/me", Some(&json!({ "name": "<b>'; --" }))).await.data();
    assert_eq!(admin.get("/v1/auth/me").await.data()["user"]["name"], "<b>'; --");
}

/// Statements that are put together at run time are few, and each was looked at: none holds a value from outside.
#[test]
fn every_statement_put_together_at_run_time_was_reviewed() {
    let reviewed = [("db.rs", 1), ("journal", 1), ("migrate.rs", 0), ("identity", 0), ("audit", 0), ("jobs", 0)];
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/src");
    for (part, expected) in reviewed {
        let count = count_in(&root.join(part));
        assert!(count <= expected, "store/src/{part} has {count} uses of AssertSqlSafe; {expected} were reviewed");
    }
}

fn count_in(path: &std::path::Path) -> usize {
    if path.is_dir() {
        return std::fs::read_dir(path).unwrap().map(|entry| count_in(&entry.unwrap().path())).sum();
    }
    let text = std::fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]").next().unwrap().matches("AssertSqlSafe(").count()
}

#[tokio::test]
async fn limits_hold_by_address_and_by_person_and_a_spoofed_address_does_not_help() {
    let settings = [("limits.requests_per_minute", "100"), ("limits.anonymous_requests_per_minute", "100")];
    let app = TestApp::with(&settings).await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let http = reqwest::Client::new();
    let mut refused = None;
    for n in 0..130 {
        let spoofed = format!("198.51.100.{n}");
        let answer = http.get(app.url("/v1/auth/me")).header("x-forwarded-for", spoofed).send().await.unwrap();
        if answer.status() == 429 {
            refused = Some(answer);
        }
    }
    let refused = refused.expect("130 requests of one address in a moment");
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(Answer::of(refused).await.code(), "RATE_LIMITED");

    let mut counts = (0, 0);
    for _ in 0..130 {
        match admin.get("/v1/tenant").await.status {
            200 => counts.0 += 1,
            429 => counts.1 += 1,
            other => panic!("{other}"),
        }
    }
    assert!((95..=105).contains(&counts.0), "{counts:?}");
}

#[tokio::test]
async fn a_tenants_people_share_a_limit_that_its_neighbours_do_not() {
    let app = TestApp::with(&[("limits.tenant_requests_per_minute", "20")]).await;
    let (busy, quiet) = (app.tenant().await, app.tenant().await);
    let mut answers = Vec::new();
    for person in [app.client_as(&busy, Role::Admin).await, app.client_as(&busy, Role::AccountManager).await] {
        for _ in 0..15 {
            answers.push(person.get("/v1/auth/me").await);
        }
    }
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    // Signing in asked a few times as well.
    assert!((8..=14).contains(&refused.len()), "{} of 30 refused", refused.len());
    assert_eq!(refused[0].body["error"]["details"]["limit"], "tenant");
    let neighbour = app.client_as(&quiet, Role::Admin).await;
    assert_eq!(neighbour.get("/v1/auth/me").await.status, 200);
}

#[tokio::test]
async fn pages_on_the_operators_list_call_with_a_token_and_never_with_cookies() {
    let app = TestApp::with(&[("server.cors_origins", "https://partner.example")]).await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Ada").await;
    let request = reqwest::Client::new().post(app.url("/v1/auth/tokens"));
    let issued = Answer::of(request.json(&json!({ "email": email, "password": PASSWORD })).send().await.unwrap()).await;
    let token = issued.data()["access_token"].as_str().unwrap();
    let ask = async |origin: &str| {
        let body = json!({ "name": "From a partner's page" });
        let request = reqwest::Client::new().patch(app.url("/v1/tenant")).header("origin", origin);
        request.bearer_auth(token).json(&body).send().await.unwrap()
    };
    let answer = ask("https://partner.example").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["access-control-allow-origin"], "https://partner.example");
    assert!(!answer.headers().contains_key("access-control-allow-credentials"));
    let answer = ask("https://elsewhere.example").await;
    assert!(!answer.headers().contains_key("access-control-allow-origin"));
    assert_eq!(Answer::of(answer).await.code(), "ORIGIN_REFUSED");
}

#[tokio::test]
async fn site_chats_are_started_sparingly() {
    let app = TestApp::with(&[("limits.site_chats_per_minute", "10")]).await;
    let tenant = app.tenant().await;
    let mut refused = 0;
    for _ in 0..15 {
        let request =
            reqwest::Client::new().post(app.url("/v1/site/conversations")).header("x-tenant-key", &tenant.public_key);
        let answer = Answer::of(request.json(&json!({})).send().await.unwrap()).await;
        if answer.status == 429 {
            refused += 1;
            assert!(!answer.body["error"]["message"].as_str().unwrap().is_empty());
        }
    }
    assert!((4..=5).contains(&refused), "{refused} of 15 refused");
}
