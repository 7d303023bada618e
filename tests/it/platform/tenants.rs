//! Businesses in figures, and nothing of what is said in them.

use std::sync::Arc;
use std::time::Duration;

use brigade_actors::Command;
use brigade_domain::actor::{Actor, Role};
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{ConversationId, VisitorId};
use brigade_domain::journal::RequestKey;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::chat::{says, visitor_says};
use crate::live::stage::account_of;
use crate::support::{Person, TestApp, TestTenant, eventually};

/// A conversation in which somebody wrote so many days ago.
async fn wrote_long_ago(app: &TestApp, tenant: &TestTenant, days: i64) {
    let (id, visitor) = (ConversationId::from_uuid(Uuid::now_v7()), VisitorId::from_uuid(Uuid::now_v7()));
    let at = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * days);
    let ask = async |actor: Actor, kind: &str, body: Value| {
        let body = body.to_string();
        let request = RequestKey::of(Uuid::now_v7(), actor.party, kind, &body);
        let command = Command { request, actor: Arc::new(actor), at, kind: kind.into(), body: body.into() };
        app.inside.directory.ask(EntityKey::new(tenant.id, id), command).await.unwrap();
    };
    let open = json!({ "kind": "site", "visitor": visitor, "name": "Somebody" });
    ask(Actor::system(tenant.id), "open", open).await;
    ask(Actor::visitor(tenant.id, visitor), "send", json!({ "text": "An old sorrow" })).await;
}

/// The line of a business, once it was counted.
async fn line(operator: &Person, tenant: &TestTenant) -> Value {
    eventually("the business is counted", Duration::from_secs(20), async || {
        let page = operator.get(&format!("/v1/platform/tenants?search={}", tenant.slug)).await.data().clone();
        let line = page["items"][0].clone();
        (!line["figures"].is_null()).then_some(line)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_sees_how_much_a_business_does_and_nothing_of_what_it_says() {
    let app = TestApp::start().await;
    let (busy, quiet) = (app.tenant().await, app.tenant().await);
    let operator = app.operator().await;
    let manager = app.client_as(&busy, Role::AccountManager).await;
    app.client_as(&busy, Role::Admin).await;
    let client = app.client_as(&busy, Role::Client).await;
    account_of(&app, &busy, &client).await;
    let conversations: usize = app.database.sql("select count(*) from conversations").parse().unwrap();
    let visitor = app.visitor(&busy).await;
    visitor_says(&app, &visitor, "My saffron sorrow").await;
    says(&manager, &visitor.conversation, "A cardamom comfort").await;
    wrote_long_ago(&app, &busy, 8).await;
    wrote_long_ago(&app, &busy, 6).await;
    let resolve = crate::chat::command("resolve", &json!({}));
    manager.post(&format!("/v1/conversations/{}/commands", visitor.conversation), resolve).await.data();
    app.jobs_done().await;
    app.database.sql(&format!(
        "insert into attachments (tenant_id, id, public_id, conversation_id, party, name, size, received, created_at)
         select tenant_id, gen_random_uuid(), 'att_' || substr(md5(id::text), 1, 26), id, 'usr', 'pepper.txt', 5000, 1234, now()
         from entities where kind = 'conversation' and tenant_id = '{}' limit 1",
        busy.id.uuid()
    ));

    let shown = line(&operator, &busy).await;
    let figures = &shown["figures"];
    let count = |name: &str| figures[name].as_u64().unwrap();
    assert_eq!((count("people"), count("customers"), count("messages_7_days")), (2, 1, 3), "{shown}");
    assert_eq!((count("conversations"), count("file_bytes")), (conversations as u64 + 3, 1_234), "{shown}");
    let last: jiff::Timestamp = figures["last_message_at"].as_str().unwrap().parse().unwrap();
    assert!(jiff::Timestamp::now().duration_since(last).as_secs() < 120, "{shown}");
    let empty = line(&operator, &quiet).await;
    let expected = json!({ "counted_at": empty["figures"]["counted_at"], "people": 0, "customers": 0, "conversations": 0,
                           "messages_7_days": 0, "file_bytes": 0, "last_message_at": null });
    assert_eq!(empty["figures"], expected, "another business's are not among them");

    let mut told = String::new();
    for path in ["overview", "tenants?limit=100", "dead-letters", "activity?limit=200"] {
        told += &operator.get(&format!("/v1/platform/{path}")).await.data().to_string();
    }
    for word in ["saffron", "cardamom", "sorrow", "pepper", "people.example", &client.email, &visitor.conversation] {
        assert!(!told.contains(word), "{word} is told: {told}");
    }
    for path in [format!("/v1/conversations/{}", visitor.conversation), "/v1/conversations".to_owned()] {
        assert_eq!(operator.get(&path).await.code(), "FORBIDDEN", "{path}");
    }
}

#[tokio::test]
async fn businesses_are_found_by_name_and_come_page_by_page() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let mut slugs = Vec::new();
    for _ in 0..5 {
        slugs.push(app.tenant().await.slug);
    }
    slugs.sort();
    app.database.sql(&format!(
        "update tenants set name = 'مطبخ التوازن 🍲 KÜCHE', status = 'suspended' where slug = '{}'",
        slugs[2]
    ));
    let (mut seen, mut after) = (Vec::new(), String::new());
    for _ in 0..3 {
        let page = operator.get(&format!("/v1/platform/tenants?limit=2{after}")).await.data().clone();
        seen.extend(page["items"].as_array().unwrap().iter().map(|line| line["slug"].as_str().unwrap().to_owned()));
        after = format!("&after={}", page["next"].as_str().unwrap_or("none"));
    }
    assert_eq!((&seen, after.as_str()), (&slugs, "&after=none"));
    for search in ["%D8%A7%D9%84%D8%AA%D9%88%D8%A7%D8%B2%D9%86", "k%C3%BCche", "%F0%9F%8D%B2", &slugs[2].to_uppercase()]
    {
        let page = operator.get(&format!("/v1/platform/tenants?search={search}")).await.data().clone();
        assert_eq!(
            (&page["items"][0]["slug"], page["items"].as_array().unwrap().len()),
            (&json!(slugs[2]), 1),
            "{search}"
        );
        assert_eq!(page["items"][0]["status"], "suspended");
    }
    // What is looked for is looked for as it is.
    assert_eq!(operator.get("/v1/platform/tenants?search=%25").await.data()["items"], json!([]));
    for wrong in ["?limit=101", "?search=%00", "?what=1"] {
        assert_eq!(operator.get(&format!("/v1/platform/tenants{wrong}")).await.code(), "INVALID_INPUT", "{wrong}");
    }
}
