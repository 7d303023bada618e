//! The tenant's queue, fed by a conversation's jobs: late, twice and in any order.

use brigade_domain::Timestamp;
use brigade_domain::entity::{Entity, Job, Row};
use brigade_domain::id::ConversationId;
use brigade_domain::refusal::Code;
use brigade_domain::tenant::queue::MAX_WAITING;
use brigade_domain::tenant::{SHOWN_WAITING, Tenant};
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::chat::{Chat, asks, say, site};
use crate::harness::Run;
use crate::world::{CONVERSATION, TENANT, Who, conversation, key};

pub(crate) fn tenant() -> Run<Tenant> {
    let mut tenant = Run::new(key(TENANT));
    tenant.ok(Who::System, "create", &json!({ "name": "Balance Kitchen", "slug": "balance", "zone": "Europe/Berlin" }));
    tenant
}

/// What the worker does with a job.
fn deliver(tenant: &mut Run<Tenant>, job: &Job) {
    assert_eq!(job.task, "entity.command");
    assert_eq!(job.body["tenant"], json!(TENANT));
    assert_eq!(job.body["topic"], format!("tenant:{TENANT}"));
    tenant.ok(Who::System, job.body["type"].as_str().unwrap(), &job.body["body"]);
}

/// Who waits in what the staff put off is not in the queue.
fn waiting_since(chat: &Chat) -> Option<Timestamp> {
    match chat.state.row() {
        Some(Row::Conversation(row)) if row.status != "snoozed" => row.waiting_since,
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, ..ProptestConfig::default() })]

    #[test]
    fn in_whatever_order_the_jobs_come_the_queue_ends_right(asks in asks(1..50), order in prop::collection::vec(any::<prop::sample::Index>(), 0..40)) {
        let mut chat = site();
        let mut jobs = Vec::new();
        for ask in asks {
            if let Ok(decision) = chat.ask(&ask) {
                // The others are for an account, or take files away.
                let for_queue = |job: &Job| job.body["type"].as_str().is_some_and(|kind| kind.ends_with("queue"));
                jobs.extend(decision.jobs.into_iter().filter(for_queue));
            }
        }
        // Some early and twice in any order, then all of them, the newest first.
        let mut tenant = tenant();
        if !jobs.is_empty() {
            for index in &order {
                deliver(&mut tenant, index.get(&jobs));
            }
        }
        jobs.iter().rev().for_each(|job| deliver(&mut tenant, job));
        let queued = tenant.state.queue().get(CONVERSATION).map(|waiting| waiting.since);
        prop_assert_eq!(queued, waiting_since(&chat));
    }
}

#[test]
fn a_customer_waits_from_the_first_unanswered_message_until_an_answer() {
    let mut chat = site();
    assert!(chat.ok(Who::Manager, "send", &json!({ "text": "Welcome" })).jobs.is_empty());
    let first = chat.ok(Who::Visitor, "send", &json!({ "text": "one" }));
    assert_eq!(first.jobs[0].body["type"], "enqueue");
    // As of the message, which comes after `joined`.
    assert_eq!(first.jobs[0].body["body"]["rev"], json!(chat.head()));
    let since = waiting_since(&chat).unwrap();
    assert!(chat.ok(Who::Visitor, "send", &json!({ "text": "two" })).jobs.is_empty());
    assert!(chat.ok(Who::Manager, "note", &json!({ "text": "hm" })).jobs.is_empty());
    assert_eq!(waiting_since(&chat), Some(since));
    let answer = chat.ok(Who::Manager, "send", &json!({ "text": "Hi" }));
    assert_eq!(answer.jobs[0].body["type"], "dequeue");
    assert_eq!(waiting_since(&chat), None);
    let resolved = chat.ok(Who::Manager, "resolve", &json!({}));
    assert!(resolved.jobs.iter().all(|job| job.body["type"] != "dequeue"), "nobody waits");
    say(&mut chat, Who::Visitor, "three");
    assert_eq!(chat.ok(Who::Manager, "resolve", &json!({})).jobs[0].body["type"], "dequeue");
}

#[test]
fn an_answer_that_overtakes_the_question_leaves_nobody_waiting() {
    let mut tenant = tenant();
    tenant.ok(Who::System, "dequeue", &json!({ "conversation": CONVERSATION, "rev": 7 }));
    let late = json!({ "conversation": CONVERSATION, "since": "2026-03-02T09:00:00Z", "rev": 5 });
    assert!(tenant.ok(Who::System, "enqueue", &late).events.is_empty());
    assert!(tenant.state.queue().is_empty());
}

#[test]
fn a_full_queue_says_so_and_takes_who_is_in_it() {
    let mut tenant = tenant();
    // The later ones have waited longer.
    let start: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    let enqueue = |n: u32, rev: u64| {
        let id = ConversationId::from_uuid(Uuid::from_u128(n.into()));
        json!({ "conversation": id, "since": start - SignedDuration::from_secs(n.into()), "rev": rev })
    };
    let full = u32::try_from(MAX_WAITING).unwrap();
    for n in 0..full {
        fill(&mut tenant, &enqueue(n, 1));
    }
    let refusal = tenant.give(Who::System, "enqueue", &enqueue(full, 1)).unwrap_err();
    assert_eq!(refusal.code, Code::Overloaded);
    assert!(refusal.retry_after.is_some());
    assert_eq!(tenant.ok(Who::System, "enqueue", &enqueue(3, 2)).events.len(), 1);
    let snapshot = tenant.snapshot(Who::Admin).unwrap();
    assert!(snapshot.to_string().len() < 256 * 1024);
    let shown = snapshot["queue"].as_array().unwrap();
    assert_eq!((shown.len(), &snapshot["waiting"]), (SHOWN_WAITING, &json!(MAX_WAITING)));
    let times: Vec<_> = shown.iter().map(|line| line["since"].as_str().unwrap()).collect();
    assert!(times.is_sorted());
    tenant.ok(Who::System, "dequeue", &json!({ "conversation": conversation(1), "rev": 1 }));
}

/// Straight to the state: the harness compares the whole state before and after, which is too slow for thousands.
fn fill(tenant: &mut Run<Tenant>, body: &Value) {
    let command = Tenant::parse("enqueue", &body.to_string()).unwrap();
    let decision = tenant.state.decide(&Who::System.actor(), tenant.now, &command).unwrap();
    for event in decision.events {
        let entry =
            brigade_domain::entity::Entry { seq: tenant.head() + 1, event, by: Who::System.party(), at: tenant.now };
        tenant.state.apply(&entry);
        tenant.log.push(entry);
    }
}
