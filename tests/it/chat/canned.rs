//! Canned replies: one tenant's staff read them, its admins change them, and nobody overwrites what they did not see.

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Person, TestApp};

const PATH: &str = "/v1/tenant/replies";

async fn make(admin: &Person, shortcut: &str, text: &str) -> Answer {
    admin.post(PATH, json!({ "shortcut": shortcut, "text": text })).await
}

async fn change(admin: &Person, reply: &Value, text: &str) -> Answer {
    let body = json!({ "rev": reply["rev"], "shortcut": reply["shortcut"], "text": text });
    admin.ask(Method::PUT, &format!("{PATH}/{}", reply["id"].as_str().unwrap()), Some(&body)).await
}

async fn remove(admin: &Person, reply: &Value) -> Answer {
    admin.ask(Method::DELETE, &format!("{PATH}/{}", reply["id"].as_str().unwrap()), None).await
}

#[tokio::test]
async fn admins_keep_them_and_the_staff_reads_them() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    assert_eq!(manager.get(PATH).await.data(), &json!([]));

    let hello = make(&admin, "/hello", "Hi {{customer.first_name|there}} 👋 مرحبا").await.data().clone();
    assert_eq!((&hello["shortcut"], &hello["rev"]), (&json!("hello"), &json!(1)));
    let bye = make(&admin, "bye", "Until {{business.name}} again").await.data().clone();
    assert_eq!(manager.get(PATH).await.data(), &json!([bye, hello]), "by their shortcuts");

    let changed = change(&admin, &hello, "Hello").await.data().clone();
    assert_eq!((&changed["text"], &changed["rev"]), (&json!("Hello"), &json!(2)));
    remove(&admin, &bye).await.data();
    assert_eq!(manager.get(PATH).await.data(), &json!([changed]));
    assert_eq!(remove(&admin, &bye).await.code(), "NOT_FOUND");

    for refused in
        [make(&manager, "mine", "x").await, change(&manager, &changed, "x").await, remove(&manager, &changed).await]
    {
        assert_eq!(refused.code(), "FORBIDDEN");
    }
    let recorded =
        app.database.sql("select event_type from audit_log where event_type like 'canned_reply.%' order by seq");
    assert_eq!(
        recorded.split_whitespace().collect::<Vec<_>>(),
        ["canned_reply.created", "canned_reply.created", "canned_reply.changed", "canned_reply.removed"]
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_and_nothing_of_it_is_kept() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let long = "a".repeat(4_001);
    for (shortcut, text, field) in [
        ("", "x", "shortcut"),
        ("Two Words", "x", "shortcut"),
        ("ok", "", "text"),
        ("ok", &*long, "text"),
        ("ok", "Hi {{customer.email}}", "text"),
        ("ok", "Hi {{customer.name", "text"),
    ] {
        let answer = make(&admin, shortcut, text).await;
        assert_eq!((answer.code(), &answer.body["error"]["details"]["field"]), ("INVALID_INPUT", &json!(field)));
    }
    let first = make(&admin, "same", "One").await.data().clone();
    let second = make(&admin, "same", "Two").await;
    assert_eq!(second.code(), "CONFLICT");
    assert!(second.body["error"]["message"].as_str().unwrap().contains("shortcut"), "{second:?}");

    // Two admins had the same version open: the second is told, and overwrites nothing.
    change(&admin, &first, "From one desk").await.data();
    assert_eq!(change(&admin, &first, "From another").await.code(), "CONFLICT");
    assert_eq!(admin.get(PATH).await.data()[0]["text"], "From one desk");
}

#[tokio::test]
async fn there_are_five_hundred_at_most_also_when_two_add_at_once() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant().await, app.tenant().await);
    app.database.sql(&format!(
        "insert into canned_replies (tenant_id, id, shortcut, text, changed_at)
         select '{}', gen_random_uuid(), 'n' || n, 'x', now() from generate_series(1, 499) n",
        tenant.id.uuid()
    ));
    let (one, two) = (app.client_as(&tenant, Role::Admin).await, app.client_as(&tenant, Role::Admin).await);
    let (first, second) = tokio::join!(make(&one, "a", "x"), make(&two, "b", "x"));
    let refused = [&first, &second].into_iter().filter(|answer| answer.body["success"] == false).collect::<Vec<_>>();
    assert_eq!(refused.len(), 1, "{first:?} {second:?}");
    assert!(refused[0].body["error"]["message"].as_str().unwrap().contains("500"), "{refused:?}");
    make(&app.client_as(&other, Role::Admin).await, "a", "x").await.data();
}
