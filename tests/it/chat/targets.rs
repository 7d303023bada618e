//! How soon customers are to have an answer: what a business sets itself reaches every conversation that is to do, and the
//! lists show what is due.

use std::sync::Arc;
use std::time::Duration;

use brigade_actors::Command;
use brigade_domain::actor::{Actor, Role};
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{ConversationId, VisitorId};
use brigade_domain::journal::RequestKey;
use brigade_domain::refusal::Code;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::command;
use crate::support::{Answer, Person, TestApp, TestTenant, eventually};

/// Asks a conversation for something as if it were `ago` minutes earlier; once more when the machine has much to do.
async fn ask(app: &TestApp, actor: Actor, id: ConversationId, ago: i64, kind: &str, body: Value) {
    let key = EntityKey::new(actor.tenant.unwrap(), id);
    let body = body.to_string();
    let request = RequestKey::of(Uuid::now_v7(), actor.party, kind, &body);
    let at = Timestamp::now() - SignedDuration::from_mins(ago);
    let actor = Arc::new(actor);
    let asked = || async {
        let command = Command { request, actor: actor.clone(), at, kind: kind.into(), body: body.as_str().into() };
        match app.inside.directory.ask(key, command).await {
            Err(refusal) if refusal.code == Code::Overloaded => None,
            asked => Some(asked),
        }
    };
    eventually("the conversation has time for it", Duration::from_secs(30), asked).await.unwrap();
}

/// A visitor who wrote `ago` minutes ago.
async fn wrote(app: &TestApp, tenant: &TestTenant, ago: i64) -> (Actor, ConversationId) {
    let (id, visitor) = (ConversationId::from_uuid(Uuid::now_v7()), VisitorId::from_uuid(Uuid::now_v7()));
    let open = json!({ "kind": "site", "visitor": visitor, "name": format!("{ago} minutes") });
    ask(app, Actor::system(tenant.id), id, ago, "open", open).await;
    let actor = Actor::visitor(tenant.id, visitor);
    ask(app, actor.clone(), id, ago, "send", json!({ "text": "Hello?" })).await;
    (actor, id)
}

/// The first answer within `first` minutes, warned of 15 before; the solution within `resolution`.
fn targets(first: Option<u32>, resolution: Option<u32>) -> Value {
    json!({ "counted": "always", "warn": 15, "normal": { "first": first, "next": 60, "resolution": resolution } })
}

async fn set(app: &TestApp, admin: &Person, tenant: &TestTenant, targets: Value) {
    tell(admin, tenant, "set_targets", targets).await.data();
    app.jobs_done().await;
}

async fn tell(person: &Person, tenant: &TestTenant, kind: &str, body: Value) -> Answer {
    person.post(&format!("/v1/tenants/{}/commands", tenant.id), command(kind, &body)).await
}

async fn listed(person: &Person, query: &str) -> Vec<Value> {
    person.get(&format!("/v1/conversations?{query}")).await.data()["items"].as_array().unwrap().clone()
}

async fn names(person: &Person, query: &str) -> Vec<String> {
    listed(person, query).await.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

/// When something is due, in minutes from now.
fn minutes(due: &Value) -> Option<i64> {
    let at: Timestamp = due["at"].as_str()?.parse().unwrap();
    Some((at.duration_since(Timestamp::now()).as_secs() + 30).div_euclid(60))
}

#[tokio::test]
async fn what_a_business_sets_itself_reaches_what_is_there_and_what_comes() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    assert_eq!(tell(&manager, &tenant, "set_targets", targets(Some(30), None)).await.code(), "FORBIDDEN");
    let refused = tell(&admin, &tenant, "set_targets", targets(Some(0), None)).await;
    assert_eq!(refused.code(), "INVALID_INPUT");
    assert!(refused.body["error"]["message"].as_str().unwrap().contains("43200"), "{refused:?}");

    wrote(&app, &tenant, 20).await;
    let (_, late) = wrote(&app, &tenant, 40).await;
    app.jobs_done().await;
    assert_eq!(listed(&manager, "").await[0].get("answer_due"), None, "nobody has set anything");
    set(&app, &admin, &tenant, targets(Some(30), Some(600))).await;
    wrote(&app, &tenant, 0).await;
    app.jobs_done().await;
    let due = listed(&manager, "order=due").await;
    let due: Vec<_> = due.iter().map(|item| (minutes(&item["answer_due"]), minutes(&item["resolution_due"]))).collect();
    assert_eq!(due, [(Some(-10), Some(560)), (Some(10), Some(580)), (Some(30), Some(600))]);
    assert_eq!(names(&manager, "due=missed").await, ["40 minutes"]);
    assert_eq!(names(&manager, "due=soon&order=due").await, ["40 minutes", "20 minutes"]);
    let counts = manager.get("/v1/inbox/counts").await.data().clone();
    assert_eq!((&counts["due"], &counts["open"]), (&json!(2), &json!(3)));
    let view = json!({ "name": "Missed", "criteria": { "status": "open", "due": "missed" }, "order": "due" });
    manager.post("/v1/inbox/views", view).await.data();
    assert_eq!(manager.get("/v1/inbox/counts").await.data()["views"][0]["count"], 1);

    // An answer, and one that is due later than it was.
    let path = format!("/v1/conversations/{late}/commands");
    manager.post(&path, command("send", &json!({ "text": "Sorry!" }))).await.data();
    assert_eq!(names(&manager, "due=soon").await, ["20 minutes"]);
    set(&app, &admin, &tenant, targets(Some(50), None)).await;
    let due = listed(&manager, "order=due").await;
    let answers: Vec<_> = due.iter().map(|item| minutes(&item["answer_due"])).collect();
    assert_eq!(answers, [Some(30), Some(50), None]);
    assert!(names(&manager, "due=soon").await.is_empty());
    // A customer who waits again has the target of later answers; one who is urgent has none here.
    manager.post(&path, command("resolve", &json!({}))).await.data();
    set(&app, &admin, &tenant, json!({ "counted": "always" })).await;
    assert!(listed(&manager, "").await.iter().all(|item| item.get("answer_due").is_none()));
    let recorded = app.database.sql("select count(*) from audit_log where event_type = 'tenant.targets_set'");
    assert_eq!(recorded, "3");
    assert_eq!(app.database.sql("select count(*) from conversations where due_at is not null"), "0");
}

#[tokio::test]
async fn opening_hours_that_change_move_what_is_due() {
    let app = TestApp::start().await;
    let (tenant, elsewhere) = (app.tenant().await, app.tenant().await);
    let admin = app.client_as(&tenant, Role::Admin).await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    let (_, foreign) = wrote(&app, &elsewhere, 0).await;
    wrote(&app, &tenant, 0).await;
    let week =
        |from: &str| -> Value { (1..=7).map(|day| json!({ "day": day, "from": from, "to": "24:00" })).collect() };
    let hours = async |week: Value| {
        let body = json!({ "zone": "UTC", "week": week, "closed": [] });
        tell(&admin, &tenant, "set_hours", body).await.data();
        app.jobs_done().await;
        minutes(&listed(&manager, "").await[0]["answer_due"])
    };
    set(&app, &admin, &tenant, json!({ "counted": "opening_hours", "normal": { "first": 2880 } })).await;
    assert_eq!(hours(json!([])).await, None, "nobody knows when it is open");
    assert_eq!(hours(week("00:00")).await, Some(2880));
    // Half of each day: four days, whatever the time is now.
    let later = hours(week("12:00")).await.unwrap();
    assert!((4 * 1440 - 720..=4 * 1440 + 720).contains(&later), "{later}");
    let theirs = app.database.sql(&format!("select due_at is null from conversations where id = '{}'", foreign.uuid()));
    assert_eq!(theirs, "t", "another business has its own");
}

#[tokio::test]
async fn each_of_many_conversations_is_reckoned_also_when_targets_change_twice() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    for _ in 0..130 {
        wrote(&app, &tenant, 0).await;
    }
    tell(&admin, &tenant, "set_targets", targets(Some(30), None)).await.data();
    tell(&admin, &tenant, "set_targets", targets(Some(90), None)).await.data();
    app.jobs_done().await;
    let due = "select count(*) from conversations where due_at between now() + interval '80 min' and now() + interval '90 min'";
    assert_eq!(app.database.sql(due), "130");
    let logged = app.database.sql("select count(*) > 0 from event_log where kind = 'due_set'");
    assert_eq!(logged, "t");
}
