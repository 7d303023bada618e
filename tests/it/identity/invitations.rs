//! Invitations: to the staff, and of a visitor who becomes a client (BK-IDN-04 to -06, BK-LIFE-12, -13).

use std::time::Duration;

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Browser, PASSWORD, Socket, TestApp, eventually, token_in_mail};

const EMAIL: &str = "theo@people.example";
const NEW: &str = "brass kettle orbit 91";

async fn invite_staff(app: &TestApp, admin: &crate::support::Person) -> String {
    let staff = json!({ "email": EMAIL, "name": "Theo", "role": "account_manager" });
    admin.post("/v1/tenant/staff/invitations", staff).await.data();
    token_in_mail(app, EMAIL).await
}

#[tokio::test]
async fn somebody_new_joins_the_staff_with_the_letter() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let token = invite_staff(&app, &admin).await;
    let mut theo = Browser::new(&app);
    let preview = theo.post("/v1/invitations/preview", json!({ "token": token })).await;
    assert_eq!(preview.data()["kind"], "staff");
    assert_eq!(
        (preview.data()["email"].as_str(), preview.data()["existing_user"].as_bool()),
        (Some(EMAIL), Some(false))
    );
    let accept = |password: Option<&str>| json!({ "token": token, "name": "Theodor", "password": password });
    let without = theo.post("/v1/invitations/accept", accept(None)).await;
    assert_eq!(without.body["error"]["details"]["field"], "password");
    let me = theo.post("/v1/invitations/accept", accept(Some(NEW))).await;
    assert_eq!(
        (me.data()["kind"].as_str(), me.data()["user"]["name"].as_str()),
        (Some("account_manager"), Some("Theodor"))
    );
    assert_eq!(me.data()["user"]["email_verified"], true);
    assert_eq!(me.data()["tenant"]["id"], tenant.id.to_string());

    let again = Browser::new(&app).post("/v1/invitations/accept", accept(Some(NEW))).await;
    assert_eq!((again.status, again.code()), (410, "TOKEN_EXPIRED"));
    Browser::new(&app).sign_in(EMAIL, NEW).await.data();
    let twice =
        admin.post("/v1/tenant/staff/invitations", json!({ "email": EMAIL, "name": "T", "role": "admin" })).await;
    assert_eq!(twice.code(), "CONFLICT");
}

#[tokio::test]
async fn an_old_a_replaced_and_a_withdrawn_invitation_do_not_work() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let open = async |token: &str| Browser::new(&app).post("/v1/invitations/preview", json!({ "token": token })).await;
    let first = invite_staff(&app, &admin).await;
    let second = invite_staff(&app, &admin).await;
    assert_eq!(open(&first).await.code(), "TOKEN_EXPIRED");
    let days = app.database.sql("select distinct extract(day from expires_at - created_at)::int from invitations");
    assert_eq!(days, "7");
    let listed = admin.get("/v1/tenant/staff").await;
    let id = listed.data()["invited"][0]["id"].as_str().unwrap();
    admin.ask(Method::DELETE, &format!("/v1/tenant/staff/invitations/{id}"), None).await.data();
    assert_eq!(open(&second).await.code(), "TOKEN_EXPIRED");
    let third = invite_staff(&app, &admin).await;
    app.database.sql("update invitations set expires_at = now()");
    assert_eq!(open(&third).await.code(), "TOKEN_EXPIRED");
    assert_eq!(open("made-up").await.code(), "TOKEN_EXPIRED");
}

#[tokio::test]
async fn somebody_known_must_be_the_one_it_was_sent_to() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant().await, app.tenant().await);
    let admin = app.client_as(&tenant, Role::Admin).await;
    let (_, known) = app.user(&other, Role::Client, "Theo").await;
    let staff = json!({ "email": known, "name": "Theo", "role": "admin" });
    admin.post("/v1/tenant/staff/invitations", staff).await.data();
    let token = token_in_mail(&app, &known).await;
    let accept = |password: Option<&str>| json!({ "token": token, "password": password });

    let mut stranger = Browser::new(&app);
    assert_eq!(stranger.post("/v1/invitations/accept", accept(None)).await.code(), "AUTH_REQUIRED");
    assert_eq!(stranger.post("/v1/invitations/accept", accept(Some("wrong wrong"))).await.code(), "AUTH_INVALID");
    let (_, third) = app.user(&other, Role::Client, "Mallory").await;
    let mut mallory = Browser::new(&app);
    mallory.sign_in(&third, PASSWORD).await.data();
    assert_eq!(mallory.post("/v1/invitations/accept", accept(None)).await.code(), "AUTH_REQUIRED");

    let mut theo = Browser::new(&app);
    theo.sign_in(&known, PASSWORD).await.data();
    let me = theo.post("/v1/invitations/accept", accept(None)).await;
    assert_eq!(me.data()["kind"], "admin");
    assert_eq!(me.data()["tenants"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn of_two_acceptances_at_once_one_happens() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let token = invite_staff(&app, &admin).await;
    let tries = (0..3).map(|_| {
        let (mut browser, body) = (Browser::new(&app), json!({ "token": token, "password": NEW }));
        async move { browser.post("/v1/invitations/accept", body).await.status }
    });
    let mut statuses = futures_util::future::join_all(tries).await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(statuses[1..].iter().all(|status| [409, 410, 401].contains(status)), "{statuses:?}");
    assert_eq!(app.database.sql(&format!("select count(*) from users where email = '{EMAIL}'")), "1");
}

#[tokio::test]
async fn the_last_admin_stays() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (ann, bob) = (app.client_as(&tenant, Role::Admin).await, app.client_as(&tenant, Role::Admin).await);
    let path = |who: &crate::support::Person| format!("/v1/tenant/staff/{}", who.id);
    let (to_bob, to_ann) = (path(&bob), path(&ann));
    let both = tokio::join!(ann.ask(Method::DELETE, &to_bob, None), bob.ask(Method::DELETE, &to_ann, None));
    let left = app.database.sql("select count(*) from memberships where role = 'admin'");
    assert_eq!(left, "1", "{both:?}");
    let (last, its) = if both.0.status == 200 { (&ann, &to_ann) } else { (&bob, &to_bob) };
    assert_eq!(last.ask(Method::DELETE, its, None).await.code(), "CONFLICT");
    assert_eq!(last.ask(Method::PATCH, its, Some(&json!({ "role": "account_manager" }))).await.code(), "CONFLICT");
}

#[tokio::test]
async fn a_visitor_becomes_a_client_and_goes_on_talking() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let visitor = app.visitor(&tenant).await;
    let mut site = Socket::open_visitor(&app, &visitor).await;
    site.subscribe(&visitor.topic).await;
    site.command(&visitor.topic, "send", json!({ "text": "Do you cook vegan?" })).await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    let path = format!("/v1/conversations/{}/invitations", visitor.conversation);
    manager.post(&path, json!({ "email": EMAIL, "name": "Theo" })).await.data();

    let token = token_in_mail(&app, EMAIL).await;
    let mut theo = Browser::new(&app);
    let me = theo.post("/v1/invitations/accept", json!({ "token": token, "name": "Theo", "password": NEW })).await;
    assert_eq!(me.data()["kind"], "client");
    let account = eventually("the account is there", Duration::from_secs(15), async || {
        let me: Value = theo.clone().get("/v1/auth/me").await.data().clone();
        // The account opens first, the conversation is handed to it next: two commits of two entities.
        me["accounts"].as_array().unwrap().iter().find(|account| !account["conversation"].is_null()).cloned()
    })
    .await;
    assert_eq!(account["conversation"], visitor.conversation);
    let messages = theo.get(&format!("/v1/conversations/{}/messages", visitor.conversation)).await;
    assert!(messages.body.to_string().contains("Do you cook vegan?"), "{messages:?}");
}
