//! Every role against every route (security 26): who is not meant is refused, whatever else is right or wrong.

use brigade_domain::actor::Role;
use serde_json::json;

use super::document::{Operation, operations};
use crate::identity::support::looking_in;
use crate::support::{Answer, Authenticator, Person, TestApp, TestTenant};

/// Who asks.
struct Caller {
    name: &'static str,
    /// The header that says who it is.
    shows: Option<(&'static str, String)>,
    /// Which kinds of access it has.
    has: &'static [&'static str],
    /// What goes with a cookie.
    csrf: Option<String>,
}

const EVERYBODY: &[&str] = &["public", "anybody"];
const CLIENT: &[&str] =
    &["public", "anybody", "leaving", "signed_in", "enrolling", "person", "participant", "participant_or_support"];
const MANAGER: &[&str] = &[
    "public",
    "anybody",
    "leaving",
    "signed_in",
    "enrolling",
    "person",
    "participant",
    "participant_or_support",
    "staff",
    "staff_or_support",
];
const ADMIN: &[&str] = &[
    "public",
    "anybody",
    "leaving",
    "signed_in",
    "enrolling",
    "person",
    "participant",
    "participant_or_support",
    "staff",
    "staff_or_support",
    "tenant_admin",
    "admin_or_support",
    "admin_person",
];
const OPERATOR: &[&str] = &["public", "anybody", "leaving", "signed_in", "enrolling", "super_admin", "operator"];
/// Beside what it may read it may only go.
const SUPPORT: &[&str] =
    &["public", "anybody", "leaving", "participant_or_support", "staff_or_support", "admin_or_support"];
const SECRET_KEY: &[&str] = &[
    "public",
    "anybody",
    "leaving",
    "participant",
    "participant_or_support",
    "staff",
    "staff_or_support",
    "tenant_admin",
    "admin_or_support",
];
const VISITOR: &[&str] = &["public", "anybody", "leaving", "participant", "participant_or_support"];

async fn program(app: &TestApp, email: &str) -> String {
    let body = json!({ "email": email, "password": crate::support::PASSWORD });
    let answer = reqwest::Client::new().post(app.url("/v1/auth/tokens")).json(&body).send().await.unwrap();
    let answer = Answer::of(answer).await;
    format!("Bearer {}", answer.data()["access_token"].as_str().unwrap())
}

async fn callers(app: &TestApp, tenant: &TestTenant) -> Vec<Caller> {
    let mut callers = vec![
        Caller { name: "nobody", shows: None, has: EVERYBODY, csrf: None },
        Caller {
            name: "a forged token",
            shows: Some(("authorization", "Bearer bat_forged".into())),
            has: EVERYBODY,
            csrf: None,
        },
        Caller {
            name: "a site",
            shows: Some(("x-tenant-key", tenant.public_key.clone())),
            has: &["public", "anybody", "site_key"],
            csrf: None,
        },
    ];
    for (name, role, has) in [
        ("a client", Role::Client, CLIENT),
        ("a manager", Role::AccountManager, MANAGER),
        ("an admin", Role::Admin, ADMIN),
    ] {
        let (_, email) = app.user(tenant, role, name).await;
        callers.push(Caller { name, shows: Some(("authorization", program(app, &email).await)), has, csrf: None });
    }
    let (_, email) = app.somebody("Operator", true).await;
    callers.push(Caller {
        name: "the operator",
        shows: Some(("authorization", program(app, &email).await)),
        has: OPERATOR,
        csrf: None,
    });
    let admin = app.client_as(tenant, Role::Admin).await;
    let key = secret_key(&admin).await;
    callers.push(Caller { name: "a secret key", shows: Some(("x-tenant-key", key)), has: SECRET_KEY, csrf: None });
    let visitor = app.visitor(tenant).await;
    callers.push(Caller {
        name: "a visitor",
        shows: Some(("authorization", format!("Bearer {}", visitor.token))),
        has: VISITOR,
        csrf: None,
    });
    let support = looking_in(app, tenant, &admin).await;
    callers.push(Caller {
        name: "support",
        shows: Some(("cookie", support.cookie)),
        has: SUPPORT,
        csrf: Some(support.csrf),
    });
    callers
}

async fn secret_key(admin: &Person) -> String {
    let body = json!({ "name": "x", "kind": "secret", "mode": "live" });
    admin.post("/v1/tenant/keys", body).await.data()["key"].as_str().unwrap().to_owned()
}

async fn ask(app: &TestApp, caller: &Caller, operation: &Operation) -> (u16, String) {
    let mut request = reqwest::Client::new().request(operation.method.clone(), app.url(&operation.at_nobody()));
    if let Some((name, value)) = &caller.shows {
        request = request.header(*name, value);
    }
    if let Some(csrf) = &caller.csrf {
        request = request.header("x-csrf-token", csrf).header("origin", app.origin());
    }
    // Nothing is done by it: a body with a field nobody knows is refused after the permission was given.
    if operation.has_body {
        request = request.json(&json!({ "a field nobody knows": 1 }));
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body: serde_json::Value = response.json().await.unwrap_or_default();
    (status, body["error"]["code"].as_str().unwrap_or_default().to_owned())
}

/// What says no because of who asks, and not because of what is asked.
fn is_refused(status: u16, code: &str) -> bool {
    matches!(status, 401 | 403) && code != "AUTH_INVALID"
}

#[tokio::test]
async fn exactly_those_who_are_meant_get_past_the_guard() {
    let app = TestApp::with(&[
        ("server.operator_networks", "192.0.2.1"),
        // There are more operations than a visitor may try in a minute.
        ("limits.visitor_commands_per_minute", "1000"),
    ])
    .await;
    let tenant = app.tenant().await;
    let callers = callers(&app, &tenant).await;
    let mut seen = std::collections::BTreeSet::new();
    for operation in operations(&app).await {
        // These end the session that asks, or open a socket.
        if operation.path.starts_with("/v1/auth/sign-out")
            || operation.access == "leaving"
            || operation.path == "/v1/live"
        {
            continue;
        }
        seen.insert(operation.access.clone());
        for caller in &callers {
            let (status, code) = ask(&app, caller, &operation).await;
            // What changes something asks who it is before what it is for, where a credential is looked at.
            let changes = operation.method != reqwest::Method::GET && operation.access != "public";
            let meant = caller.has.contains(&operation.access.as_str())
                && !(caller.name == "support" && changes && operation.access != "site_key");
            let what = format!("{} at {} {} ({status} {code})", caller.name, operation.method, operation.path);
            assert!(status < 500 || operation.path == "/readyz", "{what}");
            assert_eq!(is_refused(status, &code), !meant, "{what}, which is for {}", operation.access);
        }
    }
    for access in [
        "public",
        "anybody",
        "signed_in",
        "enrolling",
        "person",
        "participant",
        "participant_or_support",
        "staff",
        "staff_or_support",
        "tenant_admin",
        "admin_or_support",
        "admin_person",
        "super_admin",
        "site_key",
        "operator",
    ] {
        assert!(seen.contains(access), "no route is for {access}: the matrix has a hole");
    }
}

#[tokio::test]
async fn who_has_to_set_up_two_step_sign_in_first_reaches_that_and_nothing_else() {
    let app = TestApp::with(&[("server.operator_networks", "192.0.2.1")]).await;
    let tenant = app.tenant().await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    let token = program(&app, &manager.email).await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    Authenticator::of(&app, &admin.email).await.require_of_all(&app, &admin.email).await;
    let beginner = Caller { name: "a beginner", shows: Some(("authorization", token)), has: &[], csrf: None };
    let mut open = std::collections::BTreeSet::new();
    for operation in operations(&app).await {
        if ["public", "anybody", "leaving", "site_key"].contains(&operation.access.as_str())
            || operation.path == "/v1/live"
        {
            continue;
        }
        let (status, code) = ask(&app, &beginner, &operation).await;
        if operation.access == "enrolling" {
            assert!(!is_refused(status, &code), "{} {}: {status} {code}", operation.method, operation.path);
            open.insert(format!("{} {}", operation.method, operation.path));
        } else {
            let what = format!("{} {}", operation.method, operation.path);
            assert_eq!((status, code.as_str()), (403, "SECOND_FACTOR_SETUP_REQUIRED"), "{what}");
        }
    }
    let expected = ["GET /v1/auth/second-factor", "POST /v1/auth/second-factor", "POST /v1/auth/second-factor/confirm"];
    assert_eq!(open.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn without_the_token_against_cross_site_requests_a_cookie_changes_nothing() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let operator = app.operator().await;
    let http = reqwest::Client::new();
    for operation in operations(&app).await {
        if operation.method == reqwest::Method::GET || ["public", "site_key"].contains(&operation.access.as_str()) {
            continue;
        }
        let who = if operation.access == "super_admin" { &operator } else { &admin };
        let request =
            || http.request(operation.method.clone(), app.url(&operation.at_nobody())).header("cookie", &who.cookie);
        let what = format!("{} {}", operation.method, operation.path);
        let bare = request().header("sec-fetch-site", "same-origin").json(&json!({})).send().await.unwrap();
        assert_eq!(Answer::of(bare).await.code(), "CSRF_FAILED", "{what}");
        let foreign = request().header("origin", "https://evil.test").header("x-csrf-token", &who.csrf);
        assert_eq!(Answer::of(foreign.json(&json!({})).send().await.unwrap()).await.code(), "ORIGIN_REFUSED", "{what}");
        let sibling = request().header("sec-fetch-site", "same-site").header("x-csrf-token", &who.csrf);
        assert_eq!(Answer::of(sibling.json(&json!({})).send().await.unwrap()).await.code(), "ORIGIN_REFUSED", "{what}");
    }
}
