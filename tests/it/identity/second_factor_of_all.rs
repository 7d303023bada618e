//! A business that asks two-step sign-in of everybody who works for it, and admins who help who lost theirs (security 9).

use std::time::Duration;

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::json;

use crate::support::{
    Authenticator, Browser, PASSWORD, Person, Socket, TestApp, TestTenant, eventually, newest_letter,
};

async fn admin_with_app(app: &TestApp, tenant: &TestTenant) -> (String, Authenticator) {
    let (_, email) = app.user(tenant, Role::Admin, "Maya").await;
    let her = Authenticator::of(app, &email).await;
    (email, her)
}

#[tokio::test]
async fn who_asks_it_of_others_is_a_person_who_uses_it() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let (_, _her) = admin_with_app(&app, &tenant).await;
    let ask = json!({ "second_factor_required": true });
    let refused = admin.ask(Method::PATCH, "/v1/tenant", Some(&ask)).await;
    assert_eq!((refused.status, refused.code()), (409, "CONFLICT"));
    let key = admin.post("/v1/tenant/keys", json!({ "name": "x", "kind": "secret", "mode": "live" })).await;
    for wanted in [true, false] {
        let by_key = reqwest::Client::new()
            .patch(app.url("/v1/tenant"))
            .header("x-tenant-key", key.data()["key"].as_str().unwrap())
            .json(&json!({ "second_factor_required": wanted }));
        let refused = crate::support::Answer::of(by_key.send().await.unwrap()).await;
        assert_eq!((refused.status, refused.code()), (403, "FORBIDDEN"));
    }
    assert_eq!(admin.get("/v1/tenant").await.data()["second_factor_required"], false);
    // The database says so too, where no admin has it.
    let other = app.tenant().await;
    app.client_as(&other, Role::Admin).await;
    app.database.sql(&format!(
        "do $$ begin update tenants set second_factor_required = true where id = '{}';
         exception when integrity_constraint_violation then raise notice 'no'; end $$",
        other.id.uuid()
    ));
    assert_eq!(app.database.sql("select count(*) from tenants where second_factor_required"), "0");
}

#[tokio::test]
async fn who_works_there_without_it_reaches_only_its_set_up() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (manager, mut socket) = app.ws_as(&tenant, Role::AccountManager).await;
    let (client, mut clients) = app.ws_as(&tenant, Role::Client).await;
    let (email, mut her) = admin_with_app(&app, &tenant).await;
    her.require_of_all(&app, &email).await;

    assert_eq!(socket.closed().await.code, 4403, "sockets that are open");
    assert_eq!(manager.get("/v1/tenant/staff").await.code(), "SECOND_FACTOR_SETUP_REQUIRED");
    let (told, closed) = Socket::turned_away(&app, &manager).await;
    assert_eq!((told.as_str(), closed.code), ("SECOND_FACTOR_SETUP_REQUIRED", 4401));
    clients.command(&format!("tenant:{}", tenant.id), "nothing", json!({})).await;
    Socket::open(&app, &client).await;

    let mut browser = Browser::new(&app);
    let me = browser.sign_in(&manager.email, PASSWORD).await;
    assert_eq!(
        (me.data()["signed_in"].as_bool(), me.data()["next"].as_str()),
        (Some(true), Some("set_up_second_factor"))
    );
    assert_eq!((me.data()["tenant"].is_null(), me.data()["roles"].as_array().unwrap().len()), (true, 0));
    assert_eq!(browser.get("/v1/conversations").await.code(), "SECOND_FACTOR_SETUP_REQUIRED");
    let switch = json!({ "tenant": tenant.id });
    assert_eq!(browser.post("/v1/auth/tenant", switch).await.code(), "SECOND_FACTOR_SETUP_REQUIRED");
    assert_eq!(browser.get("/v1/auth/second-factor").await.data()["required"], true);

    let mut theirs = Authenticator::in_browser(&app, browser).await;
    let me = theirs.browser.get("/v1/auth/me").await;
    assert_eq!((me.data()["kind"].as_str(), me.data()["next"].as_str()), (Some("account_manager"), None));
    theirs.browser.get("/v1/conversations").await.data();

    // Whoever turns it off again is where they were.
    let off = json!({ "password": PASSWORD, "code": theirs.code(&app) });
    theirs.browser.post("/v1/auth/second-factor/remove", off).await.data();
    assert_eq!(theirs.browser.get("/v1/conversations").await.code(), "SECOND_FACTOR_SETUP_REQUIRED");
    // And where nobody asks for it any more, everything is open again.
    her.browser.send(Method::PATCH, "/v1/tenant", json!({ "second_factor_required": false })).await.data();
    theirs.browser.get("/v1/conversations").await.data();
}

#[tokio::test]
async fn a_program_of_somebody_without_it_is_shut_out_too_and_an_operator_gets_nothing_by_it() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (id, email) = app.somebody("Op", true).await;
    app.inside.platform.add_member(tenant.id, id, Role::Admin).await.unwrap();
    let (hers, mut her) = admin_with_app(&app, &tenant).await;
    her.require_of_all(&app, &hers).await;
    let http = reqwest::Client::new();
    let body = json!({ "email": email, "password": PASSWORD });
    let issued = http.post(app.url("/v1/auth/tokens")).json(&body).send().await.unwrap();
    let token = crate::support::Answer::of(issued).await.data()["access_token"].as_str().unwrap().to_owned();
    for path in ["/v1/tenant", "/v1/conversations", "/v1/auth/sessions"] {
        let answer = http.get(app.url(path)).bearer_auth(&token).send().await.unwrap();
        assert_eq!(crate::support::Answer::of(answer).await.code(), "SECOND_FACTOR_SETUP_REQUIRED", "{path}");
    }
}

#[tokio::test]
async fn what_another_node_asks_of_everybody_is_noticed() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (manager, mut socket) = app.ws_as(&tenant, Role::AccountManager).await;
    let _her = admin_with_app(&app, &tenant).await;
    app.database.sql(&format!("update tenants set second_factor_required = true where id = '{}'", tenant.id.uuid()));
    assert_eq!(socket.closed().await.code, 4403);
    eventually("the session is not what it was", Duration::from_secs(10), async || {
        let answer = manager.get("/v1/tenant/staff").await;
        (answer.status == 403).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_admin_resets_somebody_elses_and_nobody_resets_more_than_is_theirs() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant().await, app.tenant().await);
    let (email, mut admin) = admin_with_app(&app, &tenant).await;
    let (theo, theos) = app.user(&tenant, Role::AccountManager, "Theo").await;
    let mut lost = Authenticator::of(&app, &theos).await;
    let path = |id: &dyn std::fmt::Display| format!("/v1/tenant/staff/{id}/second-factor");

    let listed = admin.browser.get("/v1/tenant/staff").await;
    let members = listed.data()["members"].as_array().unwrap().clone();
    assert!(members.iter().all(|member| member["second_factor"] == true), "{members:?}");
    let me =
        members.iter().find(|member| member["email"] == email.as_str()).unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.browser.send(Method::DELETE, &path(&me), json!({})).await.code(), "FORBIDDEN", "not one's own");
    assert_eq!(lost.browser.send(Method::DELETE, &path(&me), json!({})).await.code(), "FORBIDDEN", "not an admin");
    let stranger = app.client_as(&other, Role::Admin).await;
    assert_eq!(stranger.ask(Method::DELETE, &path(&theo), None).await.code(), "NOT_FOUND", "not theirs");

    admin.browser.send(Method::DELETE, &path(&theo), json!({})).await.data();
    assert_eq!(lost.browser.get("/v1/auth/me").await.data()["signed_in"], false);
    assert_eq!(Browser::new(&app).sign_in(&theos, PASSWORD).await.data()["signed_in"], true);
    let mail = newest_letter(&app).await;
    assert!(mail.to == theos && mail.subject == "Your two-step sign-in was reset", "{mail:?}");
    let line = admin.browser.get("/v1/tenant/audit?limit=200").await;
    let line =
        line.data().as_array().unwrap().iter().find(|line| line["event"] == "second_factor.reset").unwrap().clone();
    assert_eq!((line["actor"].as_str(), line["details"]["user"].as_str()), (Some(&*me), Some(&*theo.to_string())));
    assert_eq!(admin.browser.send(Method::DELETE, &path(&theo), json!({})).await.code(), "CONFLICT", "off already");

    // Somebody who works elsewhere as well: that business relies on it.
    let (lea, leas) = app.user(&tenant, Role::AccountManager, "Lea").await;
    app.inside.platform.add_member(other.id, lea, Role::Admin).await.unwrap();
    let hers = Authenticator::of(&app, &leas).await;
    assert_eq!(admin.browser.send(Method::DELETE, &path(&lea), json!({})).await.code(), "FORBIDDEN");
    // Whoever runs the server can, also for the only admin.
    app.inside.platform.reset_second_factor(lea).await.unwrap();
    let mut gone = hers.browser.clone();
    assert_eq!(gone.get("/v1/auth/me").await.data()["signed_in"], false);
    Person::sign_in(&app, lea, &leas, PASSWORD).await;
    assert!(app.inside.platform.reset_second_factor(lea).await.is_err(), "it is off already");
}
