//! What ends, ends at once: 401 for the next request, sockets closed within five seconds (security 13).

use std::time::{Duration, Instant};

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::json;

use crate::support::{Person, Socket, TestApp, TestTenant};

/// Somebody with a socket; `change` ends it; the socket must be closed with 4403 soon, and the session be nobody's.
struct Ending {
    app: TestApp,
    tenant: TestTenant,
    person: Person,
    socket: Socket,
}

impl Ending {
    async fn of(role: Role) -> Self {
        let app = TestApp::start().await;
        let tenant = app.tenant().await;
        let (person, socket) = app.ws_as(&tenant, role).await;
        Self { app, tenant, person, socket }
    }

    async fn closes(&mut self, codes: &[u16]) {
        let since = Instant::now();
        let closed = self.socket.closed().await;
        assert!(since.elapsed() < Duration::from_secs(5), "closed after {:?}", since.elapsed());
        assert!(codes.contains(&closed.code), "{closed:?}");
    }

    async fn is_nobody_at_once(&self) {
        assert_eq!(self.person.get("/v1/auth/sessions").await.code(), "AUTH_REQUIRED");
    }
}

#[tokio::test]
async fn signing_out_ends_the_socket() {
    let mut ending = Ending::of(Role::Admin).await;
    ending.person.post("/v1/auth/sign-out", json!({})).await.data();
    ending.is_nobody_at_once().await;
    ending.closes(&[4403, 1000]).await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_the_other_browser_too() {
    let mut ending = Ending::of(Role::Admin).await;
    let elsewhere =
        Person::sign_in(&ending.app, ending.person.id, &ending.person.email, crate::support::PASSWORD).await;
    elsewhere.post("/v1/auth/sign-out-everywhere", json!({})).await.data();
    ending.is_nobody_at_once().await;
    ending.closes(&[4403]).await;
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let mut ending = Ending::of(Role::Admin).await;
    let elsewhere =
        Person::sign_in(&ending.app, ending.person.id, &ending.person.email, crate::support::PASSWORD).await;
    let body = json!({ "current": crate::support::PASSWORD, "password": "brass kettle orbit 91" });
    elsewhere.post("/v1/auth/password/change", body).await.data();
    ending.is_nobody_at_once().await;
    ending.closes(&[4403]).await;
}

#[tokio::test]
async fn what_another_node_or_the_command_line_ends_is_noticed() {
    let mut ending = Ending::of(Role::AccountManager).await;
    ending.app.database.sql(&format!("update users set disabled_at = now() where id = '{}'", ending.person.id.uuid()));
    ending.closes(&[4403]).await;
    ending.is_nobody_at_once().await;
}

#[tokio::test]
async fn a_role_that_changes_closes_the_socket_and_holds_at_once() {
    let mut ending = Ending::of(Role::AccountManager).await;
    let admin = ending.app.client_as(&ending.tenant, Role::Admin).await;
    let member = format!("/v1/tenant/staff/{}", ending.person.id);
    admin.ask(Method::PATCH, &member, Some(&json!({ "role": "admin" }))).await.data();
    ending.person.get("/v1/tenant").await.data();
    ending.closes(&[4403]).await;
    admin.ask(Method::DELETE, &member, None).await.data();
    assert_eq!(ending.person.get("/v1/tenant").await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_suspended_tenant_is_closed_to_its_people_and_its_sites() {
    let mut ending = Ending::of(Role::Admin).await;
    ending
        .app
        .database
        .sql(&format!("update tenants set status = 'suspended' where id = '{}'", ending.tenant.id.uuid()));
    ending.closes(&[4403]).await;
    assert_eq!(ending.person.get("/v1/tenant").await.code(), "FORBIDDEN");
    let config = reqwest::Client::new()
        .get(ending.app.url("/v1/site/config"))
        .header("x-tenant-key", &ending.tenant.public_key)
        .send()
        .await
        .unwrap();
    assert_eq!(crate::support::Answer::of(config).await.code(), "TENANT_INACTIVE");
}

#[tokio::test]
async fn a_socket_that_comes_back_is_not_sent_away_again() {
    let mut ending = Ending::of(Role::AccountManager).await;
    let admin = ending.app.client_as(&ending.tenant, Role::Admin).await;
    let member = format!("/v1/tenant/staff/{}", ending.person.id);
    admin.ask(Method::PATCH, &member, Some(&json!({ "role": "admin" }))).await.data();
    ending.closes(&[4403]).await;
    let mut back = Socket::open(&ending.app, &ending.person).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    back.subscribe(&format!("tenant:{}", ending.tenant.id)).await;
}

#[tokio::test]
async fn who_leaves_the_staff_takes_no_chats_any_more_however_often() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (admin, mut watching) = app.ws_as(&tenant, Role::Admin).await;
    let topic = format!("tenant:{}", tenant.id);
    watching.subscribe(&topic).await;
    let member = app.client_as(&tenant, Role::AccountManager).await;
    for _ in 0..2 {
        let mut socket = Socket::open(&app, &member).await;
        socket.command(&topic, "set_available", json!({ "available": true })).await;
        admin.ask(Method::DELETE, &format!("/v1/tenant/staff/{}", member.id), None).await.data();
        let gone = watching.event(&topic, "staff_removed").await;
        assert_eq!(gone["body"]["user"], member.id.to_string());
        // Back again, and the same words are a request of their own.
        app.inside.platform.add_member(tenant.id, member.id, Role::AccountManager).await.unwrap();
    }
}
