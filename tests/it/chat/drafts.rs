//! Drafts: what somebody has begun is on all of their devices, and nobody else ever sees it.

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{says, visitor_says};
use crate::live::stage::Stage;
use crate::support::{Answer, PASSWORD, Person, TestApp, TestTenant};

const LIST: &str = "/v1/drafts";

fn path(conversation: &str) -> String {
    format!("/v1/conversations/{conversation}/draft")
}

async fn keep(person: &Person, conversation: &str, rev: u64, kind: &str, text: &str) -> Answer {
    let body = json!({ "rev": rev, "kind": kind, "text": text, "since": 1 });
    person.ask(Method::PUT, &path(conversation), Some(&body)).await
}

async fn remove(person: &Person, conversation: &str, rev: u64) -> Answer {
    person.ask(Method::DELETE, &format!("{}?rev={rev}", path(conversation)), None).await
}

async fn read(person: &Person, conversation: &str) -> Value {
    person.get(&path(conversation)).await.data().clone()
}

fn rev(answer: &Answer) -> u64 {
    answer.data()["rev"].as_u64().unwrap()
}

/// Another device of the same person.
async fn other_device(app: &TestApp, person: &Person) -> Person {
    Person::sign_in(app, person.id, &person.email, PASSWORD).await
}

/// A conversation in which a visitor has said something: before that it is in no list.
async fn asked(app: &TestApp, tenant: &TestTenant) -> String {
    let visitor = app.visitor(tenant).await;
    visitor_says(app, &visitor, "Is anybody there?").await;
    visitor.conversation
}

/// A member of the staff with two devices, and a conversation.
async fn two_devices() -> (TestApp, TestTenant, Person, Person, String) {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let desk = app.client_as(&tenant, Role::AccountManager).await;
    let phone = other_device(&app, &desk).await;
    let conversation = asked(&app, &tenant).await;
    (app, tenant, desk, phone, conversation)
}

#[tokio::test]
async fn what_is_begun_on_one_device_is_there_on_the_other_until_it_is_taken_away() {
    let (app, tenant, desk, phone, chat) = two_devices().await;
    assert_eq!(read(&desk, &chat).await, json!(null));
    assert_eq!(desk.get(LIST).await.data(), &json!([]));

    let text = " Dear Ada,\n\nاليوم 👩🏽‍🍳 ";
    let begun = keep(&desk, &chat, 0, "send", text).await;
    assert_eq!(
        (&begun.data()["text"], &begun.data()["kind"], &begun.data()["since"]),
        (&json!(text), &json!("send"), &json!(1))
    );
    assert_eq!(&read(&phone, &chat).await, begun.data());

    let long = "🦀".repeat(130);
    let goes_on = keep(&phone, &chat, rev(&begun), "note", &long).await;
    assert!(rev(&goes_on) > rev(&begun));
    assert_eq!(&read(&desk, &chat).await, goes_on.data());
    // The same once more, because the answer was lost.
    assert_eq!(rev(&keep(&phone, &chat, rev(&begun), "note", &long).await), rev(&goes_on));

    let another = asked(&app, &tenant).await;
    keep(&desk, &another, 0, "send", "Later").await.data();
    let list = phone.get(LIST).await.data().clone();
    let shown: Vec<_> =
        list.as_array().unwrap().iter().map(|each| (&each["conversation"], &each["kind"], &each["words"])).collect();
    let words = json!("🦀".repeat(120));
    assert_eq!(
        shown,
        [(&json!(another), &json!("send"), &json!("Later")), (&json!(chat), &json!("note"), &words)],
        "newest first"
    );
    assert_eq!(list[1]["at"], goes_on.data()["at"]);

    remove(&desk, &chat, rev(&goes_on)).await.data();
    remove(&desk, &chat, rev(&goes_on)).await.data();
    assert_eq!(read(&phone, &chat).await, json!(null));
    assert_eq!(phone.get(LIST).await.data().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn who_was_late_is_told_what_the_other_device_has_and_overwrites_nothing() {
    let (_app, _, desk, phone, chat) = two_devices().await;
    let first = keep(&desk, &chat, 0, "send", "From the desk").await;
    let late = keep(&phone, &chat, 0, "send", "From the phone").await;
    assert_eq!(late.code(), "CONFLICT");
    assert_eq!(&late.body["error"]["details"]["draft"], first.data(), "as it is read");
    assert_eq!(remove(&phone, &chat, rev(&first) - 1).await.code(), "CONFLICT");
    assert_eq!(&read(&desk, &chat).await, first.data());

    // Sent at the desk; the phone had seen it and goes on.
    remove(&desk, &chat, rev(&first)).await.data();
    let gone = keep(&phone, &chat, rev(&first), "send", "From the desk, on the phone").await;
    assert_eq!((gone.code(), &gone.body["error"]["details"]["draft"]), ("CONFLICT", &json!(null)));
    // What comes after a removal is never taken for what was before it.
    let again = keep(&phone, &chat, 0, "send", "Anew").await;
    assert!(rev(&again) > rev(&first));
    assert_eq!(keep(&desk, &chat, rev(&first), "send", "Old").await.code(), "CONFLICT");

    let (one, two) =
        tokio::join!(keep(&desk, &chat, rev(&again), "send", "One"), keep(&phone, &chat, rev(&again), "send", "Two"));
    let kept: Vec<_> = [one, two].into_iter().filter(|answer| answer.body["success"] == true).collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(&read(&desk, &chat).await, kept[0].data());
}

#[tokio::test]
async fn nobody_reads_or_touches_what_another_has_begun() {
    let (app, tenant, desk, _, chat) = two_devices().await;
    let mine = keep(&desk, &chat, 0, "note", "Between me and myself").await;
    let elsewhere = app.tenant().await;
    for curious in [app.client_as(&tenant, Role::Admin).await, app.client_as(&tenant, Role::AccountManager).await] {
        assert_eq!(read(&curious, &chat).await, json!(null));
        assert_eq!(curious.get(LIST).await.data(), &json!([]));
        remove(&curious, &chat, rev(&mine)).await.data();
        let theirs = keep(&curious, &chat, rev(&mine), "send", "Theirs").await;
        assert_eq!((theirs.code(), &theirs.body["error"]["details"]["draft"]), ("CONFLICT", &json!(null)));
        keep(&curious, &chat, 0, "send", "Theirs").await.data();
    }
    for stranger in [app.client_as(&tenant, Role::Client).await, app.client_as(&elsewhere, Role::Admin).await] {
        assert_eq!(stranger.get(&path(&chat)).await.code(), "NOT_FOUND");
        assert_eq!(keep(&stranger, &chat, 0, "send", "x").await.code(), "NOT_FOUND");
        assert_eq!(remove(&stranger, &chat, rev(&mine)).await.code(), "NOT_FOUND");
    }
    assert_eq!(&read(&desk, &chat).await, mine.data());
    // Nor is it in what the others read: the conversation, its log, the audit log.
    let colleague = app.client_as(&tenant, Role::Admin).await;
    for place in ["", "/log", "/messages"] {
        let seen = colleague.get(&format!("/v1/conversations/{chat}{place}")).await;
        assert!(!seen.data().to_string().contains("myself"), "{place}");
    }
    assert!(!colleague.get("/v1/tenant/audit").await.body.to_string().contains("myself"));
}

#[tokio::test]
async fn who_loses_the_conversation_or_their_place_loses_the_draft() {
    let stage = Stage::set().await;
    let chat = stage.clients_chat.split_once(':').unwrap().1;
    says(&stage.client, chat, "Hello").await;
    let begun = keep(&stage.client, chat, 0, "send", "We would like more rice").await;
    assert_eq!(stage.client.get(LIST).await.data()[0]["conversation"], chat);
    assert_eq!(keep(&stage.client, chat, rev(&begun), "note", "x").await.code(), "FORBIDDEN");

    stage.admin.post(&format!("/v1/conversations/{chat}/take-back"), json!({})).await.data();
    assert_eq!(stage.client.get(&path(chat)).await.code(), "NOT_FOUND");
    assert_eq!(keep(&stage.client, chat, rev(&begun), "send", "x").await.code(), "NOT_FOUND");
    assert_eq!(stage.client.get(LIST).await.data(), &json!([]));

    let conversation = &stage.visitor.conversation;
    keep(&stage.manager, conversation, 0, "note", "Before I go").await.data();
    let member = format!("/v1/tenant/staff/{}", stage.manager.id);
    stage.admin.ask(Method::DELETE, &member, None).await.data();
    let kept = format!("select count(*) from drafts where user_id = '{}'", stage.manager.id.uuid());
    assert_eq!(stage.app.database.sql(&kept), "0");
}

#[tokio::test]
async fn a_draft_is_as_long_as_a_message_and_of_characters_that_can_be_sent() {
    let (_app, _, desk, _, chat) = two_devices().await;
    for wrong in ["", " \n ", "a\u{0}b", "a\rb", &"a".repeat(4_001), &"🦀".repeat(4_001)] {
        let answer = keep(&desk, &chat, 0, "send", wrong).await;
        assert_eq!((answer.code(), &answer.body["error"]["details"]["field"]), ("INVALID_INPUT", &json!("text")));
    }
    for body in [
        json!({ "rev": 0, "kind": "edit", "text": "x", "since": 0 }),
        json!({ "rev": -1, "kind": "send", "text": "x", "since": 0 }),
        json!({ "rev": 0, "kind": "send", "text": "x" }),
        json!({ "rev": 0, "kind": "send", "text": "x", "since": 0, "user": "usr_1" }),
    ] {
        assert_eq!(desk.ask(Method::PUT, &path(&chat), Some(&body)).await.code(), "INVALID_INPUT", "{body}");
    }
    assert_eq!(desk.ask(Method::DELETE, &path(&chat), None).await.code(), "INVALID_INPUT");
    let mut rev = 0;
    for text in ["🦀".repeat(4_000), "م".repeat(4_000), "👩🏽‍🍳".to_owned(), "{{\"a\": 'b' <i> \\u0000}}".to_owned()]
    {
        let kept = keep(&desk, &chat, rev, "send", &text).await;
        rev = kept.data()["rev"].as_u64().unwrap();
        assert_eq!(read(&desk, &chat).await["text"], json!(text));
    }
}

#[tokio::test]
async fn a_person_has_five_hundred_at_most_also_when_two_devices_begin_at_once() {
    let (app, tenant, desk, phone, chat) = two_devices().await;
    let one = app.visitor(&tenant).await.conversation;
    app.database.sql(&format!(
        "set session_replication_role = replica;
         insert into drafts (tenant_id, conversation_id, user_id, rev, kind, text, since_seq, updated_at)
         select '{}', gen_random_uuid(), '{}', 1, 'send', 'x', 0, now() from generate_series(1, 499) n",
        tenant.id.uuid(),
        desk.id.uuid()
    ));
    let (first, second) = tokio::join!(keep(&desk, &chat, 0, "send", "x"), keep(&phone, &one, 0, "send", "x"));
    let refused = [&first, &second].into_iter().find(|answer| answer.body["success"] == false).unwrap();
    assert_eq!(refused.code(), "CONFLICT");
    assert!(refused.body["error"]["message"].as_str().unwrap().contains("500"), "{refused:?}");
    assert_eq!(refused.body["error"]["details"]["constraint"], "drafts_bounded");
    assert_eq!([&first, &second].into_iter().filter(|answer| answer.body["success"] == true).count(), 1);
    // What is begun already goes on, and a colleague has their own five hundred.
    let (mine, at) = if first.body["success"] == true { (first, &chat) } else { (second, &one) };
    keep(&desk, at, rev(&mine), "send", "y").await.data();
    assert_eq!(keep(&desk, at, 0, "send", "z").await.body["error"]["details"]["draft"]["text"], "y");
    keep(&app.client_as(&tenant, Role::AccountManager).await, &chat, 0, "send", "x").await.data();
}
