//! Saved views of the inbox: one's own and the staff's, what they show, and how many conversations are in each.

use brigade_domain::actor::Role;
use brigade_domain::id::LabelId;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{command, visitor_says};
use crate::support::{Answer, Person, TestApp};

const PATH: &str = "/v1/inbox/views";

fn view(name: &str, criteria: Value) -> Value {
    json!({ "name": name, "criteria": criteria })
}

async fn keep(person: &Person, name: &str, shared: bool) -> Answer {
    let body = json!({ "name": name, "shared": shared, "criteria": { "status": "open" } });
    person.post(PATH, body).await
}

async fn change(person: &Person, kept: &Value, name: &str) -> Answer {
    let body = json!({ "rev": kept["rev"], "name": name, "criteria": { "status": "snoozed" }, "order": "urgent" });
    person.ask(Method::PUT, &format!("{PATH}/{}", kept["id"].as_str().unwrap()), Some(&body)).await
}

async fn remove(person: &Person, kept: &Value) -> Answer {
    person.ask(Method::DELETE, &format!("{PATH}/{}", kept["id"].as_str().unwrap()), None).await
}

async fn names(person: &Person) -> Vec<String> {
    let views = person.get(PATH).await;
    views.data().as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn ones_own_are_seen_by_nobody_else_and_the_staffs_are_changed_by_admins() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    let other = app.client_as(&tenant, Role::AccountManager).await;

    let own = keep(&manager, "Mine 🚚", false).await.data().clone();
    assert_eq!((&own["shared"], &own["rev"], &own["order"]), (&json!(false), &json!(1), &json!("newest")));
    let all = keep(&admin, "عاجل", true).await.data().clone();
    assert_eq!(keep(&manager, "For all", true).await.code(), "FORBIDDEN");
    assert_eq!(names(&manager).await, ["Mine 🚚", "عاجل"]);
    assert_eq!([names(&other).await, names(&admin).await], [["عاجل"], ["عاجل"]]);

    for person in [&other, &admin] {
        assert_eq!(change(person, &own, "Yours").await.code(), "NOT_FOUND");
        assert_eq!(remove(person, &own).await.code(), "NOT_FOUND");
    }
    assert_eq!(change(&manager, &all, "x").await.code(), "FORBIDDEN");
    assert_eq!(remove(&manager, &all).await.code(), "FORBIDDEN");

    let changed = change(&manager, &own, "Later").await.data().clone();
    assert_eq!((&changed["rev"], &changed["order"], &changed["shared"]), (&json!(2), &json!("urgent"), &json!(false)));
    assert_eq!(changed["criteria"], json!({ "status": "snoozed" }));
    let stale = change(&manager, &own, "From another window").await;
    assert_eq!((stale.code(), &stale.body["error"]["details"]["rev"]), ("CONFLICT", &json!(2)));
    remove(&manager, &changed).await.data();
    assert_eq!(remove(&manager, &changed).await.code(), "NOT_FOUND");
    change(&admin, &all, "Urgent").await.data();
    assert_eq!(names(&manager).await, ["Urgent"]);
    let recorded =
        app.database.sql("select event_type from audit_log where event_type like 'inbox_view.%' order by seq");
    let recorded: Vec<_> = recorded.split_whitespace().collect();
    assert_eq!(recorded, ["inbox_view.created", "inbox_view.changed"], "what is one's own is not on the record");
}

#[tokio::test]
async fn what_is_wrong_is_said_by_name() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    let (long, fits) = ("é".repeat(61), "é".repeat(60));
    for (body, field) in [
        (view("", json!({ "status": "open" })), "name"),
        (view(&long, json!({ "status": "open" })), "name"),
        (view("two\nlines", json!({ "status": "open" })), "name"),
    ] {
        let answer = manager.post(PATH, body).await;
        assert_eq!((answer.code(), &answer.body["error"]["details"]["field"]), ("INVALID_INPUT", &json!(field)));
    }
    for criteria in [
        json!({}),
        json!({ "status": "gone" }),
        json!({ "status": "open", "assignee": "you" }),
        json!({ "status": "open", "label": "usr_01h455vb4pex5vsknk084sn02q" }),
        json!({ "status": "open", "since": 1 }),
    ] {
        assert_eq!(manager.post(PATH, view("x", criteria.clone())).await.code(), "INVALID_INPUT", "{criteria}");
    }
    keep(&manager, &fits, false).await.data();
    let twice = keep(&manager, &fits, false).await;
    assert_eq!(twice.code(), "CONFLICT");
    assert!(twice.body["error"]["message"].as_str().unwrap().contains("name"), "{twice:?}");
    // Another's names, and the staff's, are theirs.
    keep(&app.client_as(&tenant, Role::AccountManager).await, &fits, false).await.data();
    keep(&app.client_as(&tenant, Role::Admin).await, &fits, true).await.data();
}

#[tokio::test]
async fn there_are_thirty_each_at_most_also_when_two_windows_add_at_once() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (admin, manager) =
        (app.client_as(&tenant, Role::Admin).await, app.client_as(&tenant, Role::AccountManager).await);
    for n in 1..30 {
        keep(&manager, &format!("n{n}"), false).await.data();
    }
    let (first, second) = tokio::join!(keep(&manager, "a", false), keep(&manager, "b", false));
    let refused: Vec<_> = [&first, &second].into_iter().filter(|answer| answer.body["success"] == false).collect();
    assert_eq!(refused.len(), 1, "{first:?} {second:?}");
    assert_eq!(refused[0].code(), "CONFLICT");
    assert!(refused[0].body["error"]["message"].as_str().unwrap().contains("30"), "{refused:?}");
    keep(&admin, "a", false).await.data();
    keep(&admin, "b", true).await.data();
}

#[tokio::test]
async fn a_program_makes_views_for_the_staff_and_has_none_of_its_own() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let key = admin.post("/v1/tenant/keys", json!({ "name": "x", "kind": "secret", "mode": "live" })).await;
    let secret = key.data()["key"].as_str().unwrap().to_owned();
    let ask = async |method: Method, path: &str, body: Option<Value>| {
        let mut request = reqwest::Client::new().request(method, app.url(path)).header("X-Tenant-Key", &secret);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let own = ask(Method::POST, PATH, Some(view("x", json!({ "status": "open" })))).await;
    assert_eq!(own["error"]["code"], "FORBIDDEN");
    let shared = json!({ "name": "Mine", "shared": true, "criteria": { "status": "open", "assignee": "me" } });
    assert_eq!(ask(Method::POST, PATH, Some(shared)).await["success"], true);
    assert_eq!(names(&admin).await, ["Mine"]);
    let counts = ask(Method::GET, "/v1/inbox/counts", None).await;
    assert_eq!(counts["data"]["views"][0]["count"], 0);
    let mine = ask(Method::GET, "/v1/conversations?assignee=me", None).await;
    assert_eq!(mine["error"]["details"]["field"], "assignee");
}

#[tokio::test]
async fn counts_and_pages_are_of_everything_there_is() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    let label = LabelId::from_uuid(Uuid::now_v7()).to_string();
    let body = json!({ "label": label, "name": "Allergy", "color": "red" });
    let path = format!("/v1/tenants/{}/commands", tenant.id);
    app.client_as(&tenant, Role::Admin).await.post(&path, command("set_label", &body)).await.data();
    let mut conversations = Vec::new();
    for n in 0..6 {
        let visitor = app.visitor(&tenant).await;
        visitor_says(&app, &visitor, &format!("Question {n}")).await;
        conversations.push(visitor.conversation);
    }
    let me = manager.id.to_string();
    for (n, kind, body) in [
        (0, "assign", json!({ "to": me })),
        (1, "assign", json!({ "to": me })),
        (1, "set_priority", json!({ "priority": "urgent" })),
        (2, "set_priority", json!({ "priority": "low" })),
        (1, "label", json!({ "label": label, "on": true })),
        (3, "label", json!({ "label": label, "on": true })),
        (4, "resolve", json!({})),
        (5, "snooze", json!({ "until": jiff::Timestamp::now() + jiff::SignedDuration::from_hours(5) })),
    ] {
        let path = format!("/v1/conversations/{}/commands", conversations[n]);
        manager.post(&path, command(kind, &body)).await.data();
    }
    let mut ids = Vec::new();
    for (name, criteria) in [
        ("Mine", json!({ "status": "open", "assignee": "me" })),
        ("Nobody's", json!({ "status": "open", "assignee": "none" })),
        ("Allergies", json!({ "status": "open", "label": label })),
        ("Later", json!({ "status": "snoozed", "waiting": true })),
        ("Done", json!({ "status": "resolved" })),
        ("Nothing", json!({ "status": "open", "assignee": "me", "priority": "low" })),
    ] {
        ids.push(manager.post(PATH, view(name, criteria)).await.data()["id"].clone());
    }
    let counts = manager.get("/v1/inbox/counts").await.data().clone();
    let expected = json!({ "open": 4, "waiting": 4, "mine": 2, "due": 0, "snoozed": 1, "views": [
        { "id": ids[0], "count": 2 }, { "id": ids[1], "count": 2 }, { "id": ids[2], "count": 2 },
        { "id": ids[3], "count": 1 }, { "id": ids[4], "count": null }, { "id": ids[5], "count": 0 },
    ] });
    assert_eq!(counts, expected);
    let labelled = manager.get(&format!("/v1/inbox/counts?label={label}")).await.data().clone();
    assert_eq!((&labelled["open"], &labelled["mine"], &labelled["snoozed"]), (&json!(2), &json!(1), &json!(0)));
    assert_eq!(labelled["views"], counts["views"], "views say themselves which label");

    // Page by page, each in its order.
    for (query, expected) in [
        ("assignee=me", vec![1, 0]),
        ("assignee=none", vec![3, 2]),
        ("order=longest", vec![0, 1, 2, 3]),
        ("order=urgent", vec![1, 0, 3, 2]),
        ("order=newest", vec![3, 2, 1, 0]),
        ("status=snoozed&order=urgent", vec![5]),
    ] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = manager.get(&format!("/v1/conversations?limit=1&{query}{cursor}")).await.data().clone();
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let expected: Vec<_> = expected.into_iter().map(|n| conversations[n].clone()).collect();
        assert_eq!(seen, expected, "{query}");
    }
    let elsewhere = app.client_as(&app.tenant().await, Role::Admin).await;
    let nothing = json!({ "open": 0, "waiting": 0, "mine": 0, "due": 0, "snoozed": 0, "views": [] });
    assert_eq!(elsewhere.get("/v1/inbox/counts").await.data(), &nothing);
}
