//! What the staff write now and send later: sent at its time, once, under its author's name, and nobody else's business
//! before that.

use std::sync::Arc;
use std::time::Duration;

use brigade_actors::Command;
use brigade_domain::actor::{Actor, Party};
use brigade_domain::chat::schedule::Authors;
use brigade_domain::entity::EntityKey;
use brigade_domain::id::ConversationId;
use brigade_domain::journal::RequestKey;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::live::stage::{Stage, path_of};
use crate::support::{Person, eventually};

const SECRET: &str = "Sealed until morning";

fn later() -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(9)
}

async fn schedule(stage: &Stage, author: &Person, topic: &str, text: &str, after: Option<u64>) -> u64 {
    let body = json!({ "text": text, "send_at": later(), "unless_reply_after": after });
    let answer = stage.socket(author).await.command(topic, "schedule", body).await;
    answer["seq"].as_u64().unwrap_or_else(|| panic!("{answer}"))
}

/// As if it were time.
async fn time_comes(stage: &Stage) {
    stage
        .app
        .database
        .sql("update graphile_worker._private_jobs set run_at = now() where payload ->> 'task' = 'scheduled.send'");
    stage.app.jobs_done().await;
}

/// What waits, as this member of the staff sees it.
async fn waiting(person: &Person, topic: &str) -> Value {
    person.get(&path_of(topic)).await.data()["state"]["scheduled"].clone()
}

fn lines(stage: &Stage, kind: &str) -> String {
    stage.app.database.sql(&format!("select count(*) from event_log where kind = '{kind}'"))
}

#[tokio::test]
async fn it_is_sent_at_its_time_by_its_author_and_no_customer_knows_of_it_before() {
    let stage = Stage::set().await;
    for (topic, mut customer) in
        [(&stage.visitor.topic, stage.visitors().await), (&stage.clients_chat, stage.socket(&stage.client).await)]
    {
        let mut colleague = stage.socket(&stage.admin).await;
        customer.subscribe(topic).await;
        customer.command(topic, "send", json!({ "text": "Are you open tomorrow?" })).await;
        colleague.subscribe(topic).await;
        let item = schedule(&stage, &stage.manager, topic, SECRET, None).await;
        // The colleague's page has it at once, with who and when.
        let told = colleague.event(topic, "message_scheduled").await;
        assert_eq!((&told["by"], &told["body"]["text"]), (&json!(stage.manager.id), &json!(SECRET)));
        let seen = waiting(&stage.admin, topic).await;
        assert_eq!((&seen[0]["item"], &seen[0]["by"]), (&json!(item), &json!(stage.manager.id)));
        let at = stage.app.database.sql(
            "select extract(epoch from run_at)::bigint from graphile_worker._private_jobs where payload ->> 'task' = 'scheduled.send'",
        );
        let send_at: Timestamp = seen[0]["send_at"].as_str().unwrap().parse().unwrap();
        assert!(at.parse::<i64>().unwrap().abs_diff(send_at.as_second()) <= 1, "{at} and {send_at}");

        // Nowhere that a customer can look.
        let mut seen = vec![customer.subscribe(topic).await.to_string()];
        for path in ["", "/log", "/messages"] {
            let path = format!("{}{path}", path_of(topic));
            let answer = if *topic == stage.visitor.topic {
                stage.visitor.ask(&stage.app, Method::GET, &path, None).await
            } else {
                stage.client.get(&path).await
            };
            seen.push(answer.data().to_string());
        }
        assert!(seen.iter().all(|shown| !shown.contains("Sealed") && !shown.contains("message_scheduled")), "{seen:?}");

        time_comes(&stage).await;
        let said = customer.expect_where("the message", |frame| frame["body"]["text"] == SECRET).await;
        assert_eq!((&said["type"], &said["by"]), (&json!("message_sent"), &json!(stage.manager.id)));
        assert_eq!(waiting(&stage.manager, topic).await, json!([]));
        let answered = stage.app.database.sql("select count(*) from conversations where waiting_since is not null");
        assert_eq!(answered, "0", "an answer like any other");
    }
}

#[tokio::test]
async fn it_is_sent_once_however_often_and_by_whomever_its_job_is_done() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let item = schedule(&stage, &stage.manager, topic, "Good morning!", None).await;
    let send_at = waiting(&stage.manager, topic).await[0]["send_at"].clone();
    let conversation: ConversationId = stage.visitor.conversation.parse().unwrap();
    let key = EntityKey::new(stage.tenant.id, conversation);
    let come = |request: Uuid| {
        let actor = Actor::on_behalf(stage.tenant.id, stage.manager.id, "Max".to_owned());
        let (kind, body) = (
            "send_scheduled",
            json!({ "item": item, "author": stage.manager.id, "send_at": send_at, "rev": item }).to_string(),
        );
        let request = RequestKey::of(request, Party::User(stage.manager.id), kind, &body);
        let command =
            Command { actor: Arc::new(actor), at: Timestamp::now(), request, kind: kind.into(), body: body.into() };
        stage.app.inside.directory.ask(key, command)
    };
    // Two workers at once, the same again later, and the job itself.
    let same = Uuid::now_v7();
    let (one, two, three) = tokio::join!(come(same), come(same), come(Uuid::now_v7()));
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    come(Uuid::now_v7()).await.unwrap();
    time_comes(&stage).await;
    assert_eq!((lines(&stage, "scheduled_sent"), lines(&stage, "message_sent")), ("1".to_owned(), "1".to_owned()));
    // Nor does the database let anybody write it twice.
    stage.app.database.sql(
        "do $$ declare hit text; begin
             insert into event_log (tenant_id, entity_id, seq, at, answers, kind, party, body)
             select tenant_id, entity_id, seq + 1, at, false, kind, party, body from event_log
             where kind = 'scheduled_sent';
             raise exception 'it was written twice';
         exception when unique_violation then
             get stacked diagnostics hit = constraint_name;
             if hit <> 'event_log_scheduled_once' then raise; end if;
         end $$",
    );
}

#[tokio::test]
async fn it_is_held_back_when_the_customer_wrote_and_its_author_is_told_and_sends_it_all_the_same() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let mut visitor = stage.visitors().await;
    let seen = visitor.command(topic, "send", json!({ "text": "I will think about it" })).await["seq"].as_u64();
    schedule(&stage, &stage.manager, topic, "Have you thought about it?", seen).await;
    visitor.command(topic, "send", json!({ "text": "Yes, please!" })).await;
    time_comes(&stage).await;
    let all = waiting(&stage.admin, topic).await;
    let held = &all[0];
    assert_eq!((&held["held"], lines(&stage, "message_sent").as_str()), (&json!("customer_wrote"), "2"));
    eventually("its author is told", Duration::from_secs(10), async || {
        let told = stage.manager.get("/v1/notices").await;
        let notices = told.data().as_array().unwrap();
        notices.iter().any(|notice| notice["kind"] == "held_back" && notice["times"] == 1).then_some(())
    })
    .await;
    // Once more, and it stays held: it is somebody's to decide.
    time_comes(&stage).await;
    let mut manager = stage.socket(&stage.manager).await;
    assert_eq!(manager.command(topic, "send_now", json!({ "item": held["item"] })).await["t"], "ack");
    assert_eq!((waiting(&stage.admin, topic).await, lines(&stage, "message_sent").as_str()), (json!([]), "3"));
}

#[tokio::test]
async fn what_somebody_who_left_has_scheduled_is_not_sent_under_their_name() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let item = schedule(&stage, &stage.manager, topic, "See you on Monday", None).await;
    let authors: &dyn Authors = &stage.app.inside.platform.identity;
    assert!(authors.name(stage.tenant.id, stage.manager.id).await.unwrap().is_some());
    assert!(authors.name(stage.elsewhere.id, stage.manager.id).await.unwrap().is_none(), "somebody else's business");
    assert!(authors.name(stage.tenant.id, stage.client.id).await.unwrap().is_none(), "a client is not of the staff");
    stage.admin.ask(Method::DELETE, &format!("/v1/tenant/staff/{}", stage.manager.id), None).await.data();
    time_comes(&stage).await;
    let held = waiting(&stage.admin, topic).await;
    assert_eq!((&held[0]["held"], lines(&stage, "message_sent").as_str()), (&json!("author_gone"), "0"));
    let mut admin = stage.socket(&stage.admin).await;
    assert_eq!(admin.command(topic, "send_now", json!({ "item": item })).await["t"], "ack");
    let party = stage.app.database.sql("select party from event_log where kind = 'message_sent'");
    assert_eq!(party, stage.admin.id.to_string(), "who sends it says it");
}

#[tokio::test]
async fn what_is_changed_or_cancelled_is_not_sent_at_the_time_it_had() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let mut manager = stage.socket(&stage.manager).await;
    let changed = schedule(&stage, &stage.manager, topic, "At nine", None).await;
    let cancelled = schedule(&stage, &stage.manager, topic, "Not at all", None).await;
    let send_at = Timestamp::now() + SignedDuration::from_hours(30);
    let body = json!({ "item": changed, "text": "At noon", "send_at": send_at });
    assert_eq!(manager.command(topic, "reschedule", body).await["t"], "ack");
    let mut admin = stage.socket(&stage.admin).await;
    assert_eq!(admin.command(topic, "unschedule", json!({ "item": cancelled })).await["t"], "ack");
    let lost = manager.command(topic, "send_now", json!({ "item": cancelled })).await;
    assert_eq!((&lost["code"], &lost["details"]["reason"]), (&json!("CONFLICT"), &json!("not_scheduled")));
    let audited =
        stage.app.database.sql("select count(*) from audit_log where event_type = 'conversation.scheduled_cancelled'");
    let jobs = stage
        .app
        .database
        .sql("select count(*) from graphile_worker._private_jobs where payload ->> 'task' = 'scheduled.send'");
    assert_eq!((audited.as_str(), jobs.as_str()), ("1", "2"), "one job for each, however often it is changed");
    time_comes(&stage).await;
    let sent = stage.app.database.sql("select body::jsonb ->> 'text' from event_log where kind = 'message_sent'");
    assert_eq!(sent, "At noon");
}

#[tokio::test]
async fn each_limit_is_said() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let mut manager = stage.socket(&stage.manager).await;
    let in_hours = |hours| Timestamp::now() + SignedDuration::from_hours(hours);
    for (body, field) in [
        (json!({ "text": "x", "send_at": Timestamp::now() + SignedDuration::from_secs(40) }), "send_at"),
        (json!({ "text": "x", "send_at": in_hours(24 * 90 + 1) }), "send_at"),
        (json!({ "text": "é".repeat(4_001), "send_at": in_hours(1) }), "text"),
        (json!({ "text": " ", "send_at": in_hours(1) }), "text"),
        (json!({ "text": "x", "send_at": in_hours(1), "unless_reply_after": 9_999 }), "unless_reply_after"),
    ] {
        let refused = manager.command(topic, "schedule", body).await;
        assert_eq!(
            (&refused["code"], &refused["details"]["field"]),
            (&json!("INVALID_INPUT"), &json!(field)),
            "{refused}"
        );
    }
    for _ in 0..20 {
        let kept = manager.command(topic, "schedule", json!({ "text": "x", "send_at": in_hours(24 * 90 - 1) })).await;
        assert_eq!(kept["t"], "ack", "{kept}");
    }
    let full = manager.command(topic, "schedule", json!({ "text": "x", "send_at": in_hours(1) })).await;
    assert_eq!((&full["code"], &full["details"]["limit"]), (&json!("CONFLICT"), &json!(20)));
}
