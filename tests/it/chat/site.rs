//! The site's own routes (BK-CHAT-04 to -08, C57).

use std::time::Duration;

use brigade_domain::actor::Role;
use brigade_domain::id::VisitorId;
use reqwest::Method;
use serde_json::{Value, json};

use super::{command, says, visitor_says};
use crate::support::{Answer, TestApp, TestTenant, Visitor, eventually};

async fn config(app: &TestApp, tenant: &TestTenant) -> Value {
    config_on(app, tenant, "").await.data().clone()
}

async fn config_on(app: &TestApp, tenant: &TestTenant, query: &str) -> Answer {
    let url = app.url(&format!("/v1/site/config{query}"));
    let request = reqwest::Client::new().get(url).header("x-tenant-key", &tenant.public_key);
    Answer::of(request.header("origin", &tenant.origin).send().await.unwrap()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_widget_learns_whether_somebody_is_there() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let before = config(&app, &tenant).await;
    assert_eq!(
        (&before["staff_online"], &before["open_now"], &before["opens_at"]),
        (&json!(false), &json!(false), &Value::Null)
    );

    let (admin, socket) = app.ws_as(&tenant, Role::Admin).await;
    assert_eq!(config(&app, &tenant).await["staff_online"], json!(true));
    let path = format!("/v1/tenants/{}/commands", tenant.id);
    let all_week: Vec<Value> = (1..=7).map(|day| json!({ "day": day, "from": "00:00", "to": "24:00" })).collect();
    let hours = json!({ "zone": "Europe/London", "week": all_week, "closed": [] });
    admin.post(&path, command("set_hours", &hours)).await.data();
    admin.post(&path, command("set_greeting", &json!({ "online": "Hi!", "offline": "Later" }))).await.data();
    let open = config(&app, &tenant).await;
    assert_eq!((&open["open_now"], &open["greeting"]), (&json!(true), &json!({ "online": "Hi!", "offline": "Later" })));

    let menu = json!({ "path": "/menu*", "online": "Hungry?", "offline": "" });
    let greeting = json!({ "online": "Hi!", "offline": "Later", "pages": [menu] });
    admin.post(&path, command("set_greeting", &greeting)).await.data();
    let on_menu = config_on(&app, &tenant, "?page=https%3A%2F%2Fkitchen.example%2Fmenu%2Fautumn").await;
    assert_eq!(on_menu.data()["greeting"], json!({ "online": "Hungry?", "offline": "Later" }));
    assert_eq!(config(&app, &tenant).await["greeting"], json!({ "online": "Hi!", "offline": "Later" }));
    assert_eq!(config_on(&app, &tenant, "?page=menu").await.code(), "INVALID_INPUT");
    admin.post(&path, command("set_greeting", &json!({ "online": "", "offline": "" }))).await.data();
    assert_eq!(config(&app, &tenant).await["greeting"]["online"], "Hello! What can we do for you?");

    admin.post(&path, command("set_available", &json!({ "available": false }))).await.data();
    assert_eq!(config(&app, &tenant).await["staff_online"], json!(false), "there, and not taking chats");
    drop(socket);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_comes_into_the_inbox_with_its_first_message() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    let visitor = app.visitor(&tenant).await;
    assert_eq!(manager.get("/v1/conversations").await.data()["items"], json!([]));

    visitor_says(&app, &visitor, "Do you deliver on Mondays?").await;
    let list = manager.get("/v1/conversations?waiting=true").await;
    let item = &list.data()["items"][0];
    assert_eq!((&item["id"], &item["preview"]), (&json!(visitor.conversation), &json!("Do you deliver on Mondays?")));
    assert!(item["name"].as_str().unwrap().starts_with("Visitor "));
    app.jobs_done().await;
    let state = manager.get(&format!("/v1/tenants/{}", tenant.id)).await;
    assert_eq!(state.data()["state"]["queue"][0]["conversation"], json!(visitor.conversation));

    says(&manager, &visitor.conversation, "We do.").await;
    app.jobs_done().await;
    let state = manager.get(&format!("/v1/tenants/{}", tenant.id)).await;
    assert_eq!(state.data()["state"]["waiting"], json!(0));
    assert_eq!(manager.get("/v1/conversations?waiting=true").await.data()["items"], json!([]));

    let path = format!("/v1/conversations/{}", visitor.conversation);
    manager.post(&format!("{path}/commands"), command("resolve", &json!({}))).await.data();
    assert_eq!(manager.get("/v1/conversations").await.data()["items"], json!([]));
    let resolved = manager.get("/v1/conversations?status=resolved").await;
    assert_eq!(resolved.data()["items"][0]["status"], json!("resolved"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_reads_its_chat_again_until_it_is_forgotten() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let visitor = app.visitor(&tenant).await;
    visitor_says(&app, &visitor, "Hello").await;
    let path = format!("/v1/conversations/{}", visitor.conversation);
    let seen = visitor.ask(&app, Method::GET, &path, None).await;
    assert_eq!(seen.data()["state"]["messages"][0]["text"], json!("Hello"));

    let forget = reqwest::Client::new().post(app.url("/v1/site/forget")).header("x-tenant-key", &tenant.public_key);
    let forget = forget.header("origin", &tenant.origin).json(&json!({ "token": visitor.token }));
    Answer::of(forget.send().await.unwrap()).await.data();
    assert_eq!(visitor.ask(&app, Method::GET, &path, None).await.code(), "AUTH_REQUIRED");
    // The staff keeps what was said.
    let admin = app.client_as(&tenant, Role::Admin).await;
    assert_eq!(admin.get(&path).await.data()["state"]["messages"][0]["text"], json!("Hello"));
}

fn its_row(visitor: &Visitor) -> String {
    format!("where visitor_id = '{}'", visitor.id.parse::<VisitorId>().unwrap().uuid())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_ends_after_thirty_unused_days_and_using_it_begins_them_anew() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let unused_for = |visitor: &Visitor, time: &str| {
        let its = its_row(visitor);
        app.database
            .sql(&format!("update visitor_tokens set last_seen_at = now() - interval '{time}' {its} returning 1"))
    };
    let read = async |visitor: &Visitor| {
        let path = format!("/v1/conversations/{}", visitor.conversation);
        visitor.ask(&app, Method::GET, &path, None).await
    };
    // Nobody has shown these before: an answer is kept for two seconds.
    let (back, gone) = (app.visitor(&tenant).await, app.visitor(&tenant).await);
    assert_eq!(unused_for(&back, "29 days 23 hours"), "1");
    assert_eq!(unused_for(&gone, "30 days 1 second"), "1");
    read(&back).await.data();
    let late = read(&gone).await;
    assert_eq!((late.status, late.code()), (401, "AUTH_REQUIRED"));

    let noted = format!("select last_seen_at > now() - interval '1 day' from visitor_tokens {}", its_row(&back));
    eventually("the use is noted", Duration::from_secs(10), async || (app.database.sql(&noted) == "t").then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_none_is_refused_and_nothing_begins() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let begin = |body: Value| {
        let request = reqwest::Client::new().post(app.url("/v1/site/conversations"));
        request.header("x-tenant-key", &tenant.public_key).header("origin", &tenant.origin).json(&body).send()
    };
    for body in [json!({ "page": "javascript:alert(1)" }), json!({ "page": 1 }), json!({ "name": "x" })] {
        assert_eq!(Answer::of(begin(body).await.unwrap()).await.code(), "INVALID_INPUT");
    }
    Answer::of(begin(json!({})).await.unwrap()).await.data();
}
