//! Access and refresh tokens of programs (C03, C04).

use brigade_domain::actor::Role;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestApp};

struct Program<'a> {
    app: &'a TestApp,
    http: reqwest::Client,
}

impl<'a> Program<'a> {
    fn new(app: &'a TestApp) -> Self {
        Self { app, http: reqwest::Client::new() }
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.http.post(self.app.url(path)).json(&body).send().await.unwrap()).await
    }

    async fn get(&self, path: &str, token: &str) -> Answer {
        Answer::of(self.http.get(self.app.url(path)).bearer_auth(token).send().await.unwrap()).await
    }

    async fn sign_in(&self, email: &str) -> (String, String) {
        pair(&self.post("/v1/auth/tokens", json!({ "email": email, "password": PASSWORD })).await)
    }

    async fn refresh(&self, token: &str) -> Answer {
        self.post("/v1/auth/tokens/refresh", json!({ "refresh_token": token })).await
    }
}

fn pair(answer: &Answer) -> (String, String) {
    let text = |name: &str| answer.data()[name].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

#[tokio::test]
async fn an_access_token_works_without_cookie_and_csrf_for_fifteen_minutes() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let program = Program::new(&app);
    let issued = program.post("/v1/auth/tokens", json!({ "email": email, "password": PASSWORD })).await;
    assert_eq!(issued.data()["expires_in"], 900);
    let (access, refresh) = pair(&issued);
    assert_eq!(program.get("/v1/tenant", &access).await.data()["id"], tenant.id.to_string());
    let renamed = program.http.patch(app.url("/v1/auth/me")).bearer_auth(&access).json(&json!({ "name": "Mara" }));
    assert_eq!(Answer::of(renamed.send().await.unwrap()).await.data()["user"]["name"], "Mara");
    assert_eq!(program.get("/v1/tenant", &refresh).await.code(), "AUTH_REQUIRED", "a refresh token opens nothing");
    let kept = app.database.sql("select * from sessions, refresh_tokens");
    assert!(!kept.contains(&access[4..]) && !kept.contains(&refresh[4..]));

    let seconds = app.database.sql("select extract(epoch from access_expires_at - created_at)::int from sessions");
    assert_eq!(seconds, "900");
    app.database.sql("update sessions set access_expires_at = now()");
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    assert_eq!(program.get("/v1/tenant", &access).await.code(), "AUTH_REQUIRED");
    let (access, _) = pair(&program.refresh(&refresh).await);
    program.get("/v1/tenant", &access).await.data();
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_the_family() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let program = Program::new(&app);
    let (_, first) = program.sign_in(&email).await;
    let (other, _) = program.sign_in(&email).await;
    let (access, second) = pair(&program.refresh(&first).await);
    program.get("/v1/tenant", &access).await.data();

    assert_eq!(program.refresh(&first).await.code(), "AUTH_INVALID");
    assert_eq!(program.get("/v1/tenant", &access).await.code(), "AUTH_REQUIRED", "the thief's or the owner's");
    assert_eq!(program.refresh(&second).await.code(), "AUTH_INVALID");
    program.get("/v1/tenant", &other).await.data();
    let noted = app.database.sql("select count(*) from audit_log where event_type = 'session.refresh_token_reused'");
    assert_eq!(noted, "1");
}

#[tokio::test]
async fn of_two_refreshes_at_once_one_wins_and_the_family_ends() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let program = Program::new(&app);
    let (_, refresh) = program.sign_in(&email).await;
    let answers = futures_util::future::join_all((0..4).map(|_| program.refresh(&refresh))).await;
    let won: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(won.len(), 1);
    assert_eq!(program.get("/v1/tenant", &pair(won[0]).0).await.code(), "AUTH_REQUIRED");
}

#[tokio::test]
async fn a_family_can_be_ended_by_its_owner() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let program = Program::new(&app);
    let (access, refresh) = program.sign_in(&email).await;
    program.post("/v1/auth/tokens/revoke", json!({ "refresh_token": refresh })).await.data();
    assert_eq!(program.get("/v1/tenant", &access).await.code(), "AUTH_REQUIRED");
    assert_eq!(program.refresh(&refresh).await.code(), "AUTH_INVALID");
    program.post("/v1/auth/tokens/revoke", json!({ "refresh_token": "brt_unknown" })).await.data();
}
