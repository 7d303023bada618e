//! Blocked visitors: what they can still do, that their open chats notice at once, who may block, and what the database holds
//! whoever asks.

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{command, says, visitor_says};
use crate::support::{Answer, Person, Socket, TestApp, TestTenant, Visitor};

struct Scene {
    app: TestApp,
    tenant: TestTenant,
    admin: Person,
    manager: Person,
    visitor: Visitor,
}

impl Scene {
    async fn set() -> Self {
        let app = TestApp::start().await;
        let tenant = app.tenant().await;
        let admin = app.client_as(&tenant, Role::Admin).await;
        let manager = app.client_as(&tenant, Role::AccountManager).await;
        let visitor = app.visitor(&tenant).await;
        visitor_says(&app, &visitor, "Buy my watches").await;
        Self { app, tenant, admin, manager, visitor }
    }

    async fn ask(&self, who: &Person, visitor: &Visitor, kind: &str, body: &Value) -> Answer {
        who.post(&format!("/v1/conversations/{}/commands", visitor.conversation), command(kind, body)).await
    }

    async fn by_visitor(&self, visitor: &Visitor, kind: &str, body: &Value) -> Answer {
        let path = format!("/v1/conversations/{}/commands", visitor.conversation);
        visitor.ask(&self.app, Method::POST, &path, Some(&command(kind, body))).await
    }

    async fn listed(&self, who: &Person) -> Vec<Value> {
        who.get("/v1/blocked-visitors").await.data()["items"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn who_is_blocked_reads_and_writes_nothing_and_every_open_chat_of_theirs_knows_at_once() {
    let scene = Scene::set().await;
    let (visitor, topic) = (&scene.visitor, &scene.visitor.topic);
    let mut tabs = [Socket::open_visitor(&scene.app, visitor).await, Socket::open_visitor(&scene.app, visitor).await];
    for tab in &mut tabs {
        assert_eq!(tab.subscribe(topic).await["state"]["writing_stopped"], false);
    }
    scene.ask(&scene.manager, visitor, "block", &json!({ "reason": "Sells watches \u{231a}" })).await.data();
    for tab in &mut tabs {
        assert_eq!(tab.event(topic, "writing_allowed").await["body"], json!({ "on": false }));
    }
    let [tab, _] = &mut tabs;
    let refused = tab.command(topic, "send", json!({ "text": "Hey" })).await;
    assert_eq!(
        (&refused["code"], &refused["details"]["reason"]),
        (&json!("FORBIDDEN"), &json!("blocked")),
        "{refused}"
    );
    // A chat that is opened now knows it too, and not why.
    let seen = Socket::open_visitor(&scene.app, visitor).await.subscribe(topic).await;
    assert_eq!((&seen["state"]["writing_stopped"], &seen["state"]["blocked"]), (&json!(true), &Value::Null));
    assert!(!seen.to_string().contains("watches \u{231a}"));
    // Nor do they give files, or have the chat forgotten to begin another one.
    let files = format!("/v1/conversations/{}/attachments", visitor.conversation);
    let file = json!({ "name": "watch.png", "size": 7 });
    let given = visitor.ask(&scene.app, Method::POST, &files, Some(&file)).await;
    assert_eq!((given.status, given.code()), (403, "FORBIDDEN"));
    assert_eq!(forget(&scene, visitor).await.code(), "CONFLICT");

    says(&scene.manager, &visitor.conversation, "Please do not.").await;
    tab.event(topic, "message_sent").await;
    scene.ask(&scene.admin, visitor, "unblock", &json!({})).await.data();
    assert_eq!(tab.event(topic, "writing_allowed").await["body"], json!({ "on": true }));
    visitor_says(&scene.app, visitor, "Sorry.").await;
    forget(&scene, visitor).await.data();
    let record = scene.app.database.sql(
        "select string_agg(event_type || ' ' || left(actor, 4), ', ' order by seq) from audit_log
         where event_type like 'conversation.visitor_%'",
    );
    assert_eq!(record, "conversation.visitor_blocked usr_, conversation.visitor_unblocked usr_");
}

async fn forget(scene: &Scene, visitor: &Visitor) -> Answer {
    let request = reqwest::Client::new().post(scene.app.url("/v1/site/forget"));
    let request = request.header("x-tenant-key", &scene.tenant.public_key).json(&json!({ "token": visitor.token }));
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn the_staff_see_who_is_blocked_and_nobody_else_does() {
    let scene = Scene::set().await;
    let elsewhere = scene.app.tenant().await;
    let stranger = scene.app.client_as(&elsewhere, Role::Admin).await;
    let body = json!({ "reason": "Spam\nagain" });
    // Two colleagues at once: one of them has done it.
    let (first, second) = tokio::join!(
        scene.ask(&scene.manager, &scene.visitor, "block", &body),
        scene.ask(&scene.admin, &scene.visitor, "block", &body)
    );
    assert_eq!((first.status, second.status), (200, 200));
    let listed = scene.listed(&scene.manager).await;
    let by = listed[0]["by"].as_str().unwrap();
    assert!(
        listed.len() == 1 && [&scene.manager, &scene.admin].iter().any(|who| who.id.to_string() == by),
        "{listed:?}"
    );
    assert_eq!(
        (&listed[0]["reason"], &listed[0]["conversation"]),
        (&json!("Spam\nagain"), &json!(scene.visitor.conversation))
    );
    // Elsewhere it looks as if there were none, and there is nobody to block.
    assert_eq!(scene.listed(&stranger).await, Vec::<Value>::new());
    assert_eq!(scene.ask(&stranger, &scene.visitor, "unblock", &json!({})).await.code(), "NOT_FOUND");
    let theirs = scene.visitor.ask(&scene.app, Method::GET, "/v1/blocked-visitors", None).await;
    assert_eq!(theirs.code(), "FORBIDDEN");
    assert_eq!(scene.by_visitor(&scene.visitor, "unblock", &json!({})).await.code(), "FORBIDDEN");
    assert_eq!(scene.manager.get("/v1/blocked-visitors?after=x").await.code(), "INVALID_INPUT");
    scene.ask(&scene.manager, &scene.visitor, "unblock", &json!({})).await.data();
    assert!(scene.listed(&scene.admin).await.is_empty());
}

#[tokio::test]
async fn an_address_that_is_blocked_does_not_come_back_in_another_chat() {
    let scene = Scene::set().await;
    let address = json!({ "email": "Spam@Example.com" });
    scene.by_visitor(&scene.visitor, "leave_contact", &address).await.data();
    scene.ask(&scene.manager, &scene.visitor, "block", &json!({ "reason": "Spam", "email": true })).await.data();
    scene.app.jobs_done().await;

    let (again, other) = (scene.app.visitor(&scene.tenant).await, scene.app.visitor(&scene.tenant).await);
    visitor_says(&scene.app, &again, "It is me again").await;
    scene.by_visitor(&again, "leave_contact", &json!({ "email": "spam@example.com" })).await.data();
    scene.by_visitor(&other, "leave_contact", &json!({ "email": "mia@example.com" })).await.data();
    scene.app.jobs_done().await;
    assert_eq!(scene.by_visitor(&again, "send", &json!({ "text": "Hey" })).await.code(), "FORBIDDEN");
    visitor_says(&scene.app, &other, "Hello").await;
    let by: Vec<Value> = scene.listed(&scene.admin).await.iter().map(|each| each["by"].clone()).collect();
    assert_eq!(by, [json!("system"), json!(scene.manager.id)], "the newest first");
    // Who is let in again stays in, and of another business it is another matter.
    scene.ask(&scene.manager, &again, "unblock", &json!({})).await.data();
    scene.app.jobs_done().await;
    visitor_says(&scene.app, &again, "Thank you").await;
    let elsewhere = scene.app.tenant().await;
    let abroad = scene.app.visitor(&elsewhere).await;
    scene.by_visitor(&abroad, "leave_contact", &address).await.data();
    scene.app.jobs_done().await;
    visitor_says(&scene.app, &abroad, "Hello").await;
}

#[tokio::test]
async fn the_database_takes_nothing_of_a_blocked_visitor_whoever_writes_it() {
    let scene = Scene::set().await;
    scene.ask(&scene.manager, &scene.visitor, "block", &json!({ "reason": "Spam" })).await.data();
    let line = |party: &str, kind: &str| {
        let (tenant, party) = (scene.tenant.id.uuid(), party.to_owned());
        scene.app.database.sql(&format!(
            "do $$ begin
                 perform set_config('brigade.tenant_id', '{tenant}', true);
                 insert into event_log (tenant_id, entity_id, seq, at, answers, kind, party, body)
                 select tenant_id, entity_id, max(seq) + 1, now(), false, '{kind}', '{party}', '{{\"text\":\"x\"}}'
                 from event_log where entity_id = (select conversation_id from blocked_visitors) group by 1, 2;
                 set constraints event_log_visitor_not_blocked immediate;
                 raise exception 'taken';
             exception when others then
                 perform set_config('brigade.said', sqlerrm, false);
             end $$; select current_setting('brigade.said')"
        ))
    };
    assert!(line(&scene.visitor.id, "message_sent").contains("is blocked"));
    assert_eq!(line(&scene.visitor.id, "read_up_to"), "taken");
    assert_eq!(line(&scene.manager.id.to_string(), "message_sent"), "taken");
}
