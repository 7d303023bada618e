//! How soon customers are to have an answer: what is due when, in which hours, and when that is reckoned anew.

use brigade_domain::Timestamp;
use brigade_domain::chat::event::Event;
use brigade_domain::entity::{Entity, Job, Row};
use brigade_domain::refusal::Code;
use brigade_domain::tenant::targets::{Due, RECKON, RECKON_ALL};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::chat::{Chat, say, site};
use crate::queue::tenant;
use crate::world::{CONVERSATION, Who};

/// Monday to Friday, nine to five, in UTC. The chats' clock begins on a Monday at nine.
fn week() -> Value {
    (1..=5).map(|day| json!({ "day": day, "from": "09:00", "to": "17:00" })).collect()
}

fn policy(counted: &str) -> Value {
    json!({
        "targets": {
            "counted": counted,
            "warn": 10,
            "urgent": { "first": 5, "next": 5, "resolution": 60 },
            "normal": { "first": 30, "next": 60, "resolution": 480 },
        },
        "hours": { "zone": "UTC", "week": week(), "closed": ["2026-03-03"] },
    })
}

/// What the worker does.
fn reckon(chat: &mut Chat, policy: &Value) -> usize {
    chat.ok(Who::System, "reckon", policy).events.len()
}

fn due(chat: &Chat) -> Option<Due> {
    let Some(Row::Conversation(row)) = chat.state.row() else { panic!("no row") };
    row.due
}

fn line(chat: &Chat) -> Value {
    serde_json::from_str(chat.state.listing().unwrap().body.as_str()).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn wait(chat: &mut Chat, minutes: i64) {
    chat.wait(SignedDuration::from_mins(minutes));
}

#[test]
fn an_answer_is_due_while_somebody_waits_and_the_solution_until_it_is_resolved() {
    let mut chat = site();
    assert_eq!(reckon(&mut chat, &policy("always")), 0, "nobody has asked for anything");
    say(&mut chat, Who::Visitor, "Do you cater in June?");
    reckon(&mut chat, &policy("always"));
    let shown = line(&chat);
    assert_eq!(shown["answer_due"], json!({ "at": "2026-03-02T09:30:00Z", "warn_at": "2026-03-02T09:20:00Z" }));
    assert_eq!(shown["resolution_due"], json!({ "at": "2026-03-02T17:00:00Z", "warn_at": "2026-03-02T16:50:00Z" }));
    assert_eq!(due(&chat), Some(Due { at: at("2026-03-02T09:30:00Z"), warn_at: at("2026-03-02T09:20:00Z") }));
    assert_eq!(reckon(&mut chat, &policy("always")), 0, "the same is no news");

    // Who writes again waits since the first time.
    wait(&mut chat, 5);
    say(&mut chat, Who::Visitor, "Hello?");
    assert_eq!(reckon(&mut chat, &policy("always")), 0);

    wait(&mut chat, 5);
    say(&mut chat, Who::Manager, "We do.");
    assert_eq!(line(&chat)["answer_due"], json!(null));
    assert_eq!(due(&chat).unwrap().at, at("2026-03-02T17:00:00Z"), "the solution still is");

    // A later answer has a target of its own.
    wait(&mut chat, 10);
    say(&mut chat, Who::Visitor, "For forty?");
    reckon(&mut chat, &policy("always"));
    assert_eq!(line(&chat)["answer_due"]["at"], "2026-03-02T10:20:00Z");
    assert_eq!(line(&chat)["resolution_due"]["at"], "2026-03-02T17:00:00Z", "since the matter began");

    chat.ok(Who::Manager, "resolve", &json!({}));
    assert_eq!((due(&chat), reckon(&mut chat, &policy("always"))), (None, 0));
    // Who comes back comes with a new matter.
    wait(&mut chat, 60);
    say(&mut chat, Who::Visitor, "One more thing.");
    reckon(&mut chat, &policy("always"));
    assert_eq!(line(&chat)["answer_due"]["at"], "2026-03-02T10:50:00Z", "the first answer to it");
    // Opened again by the staff, nobody has asked for anything.
    chat.ok(Who::Manager, "resolve", &json!({}));
    chat.ok(Who::Manager, "reopen", &json!({}));
    assert_eq!((reckon(&mut chat, &policy("always")), due(&chat)), (0, None));
}

#[test]
fn what_is_more_urgent_is_due_sooner_and_what_is_put_off_stays_due() {
    let mut chat = site();
    assert!(chat.ok(Who::Manager, "set_priority", &json!({ "priority": "high" })).jobs.is_empty(), "nothing is due");
    chat.ok(Who::Manager, "set_priority", &json!({ "priority": "normal" }));
    say(&mut chat, Who::Visitor, "Help!");
    reckon(&mut chat, &policy("always"));
    let decision = chat.ok(Who::Manager, "set_priority", &json!({ "priority": "urgent" }));
    let [Job { task, body, .. }] = decision.jobs.as_slice() else { panic!("{decision:?}") };
    assert_eq!((task.as_str(), body), (RECKON, &json!({ "conversation": CONVERSATION, "rev": chat.head() })));
    reckon(&mut chat, &policy("always"));
    // Of a short target half the time is left when it warns.
    assert_eq!(line(&chat)["answer_due"], json!({ "at": "2026-03-02T09:05:00Z", "warn_at": "2026-03-02T09:03:00Z" }));
    assert_eq!(line(&chat)["resolution_due"]["at"], "2026-03-02T10:00:00Z");
    let until = chat.now + SignedDuration::from_hours(20);
    chat.ok(Who::Manager, "snooze", &json!({ "until": until }));
    assert_eq!(line(&chat)["answer_due"]["at"], "2026-03-02T09:05:00Z");
    // A priority without targets, and none at all.
    chat.ok(Who::Manager, "set_priority", &json!({ "priority": "low" }));
    assert_eq!((reckon(&mut chat, &policy("always")), due(&chat)), (1, None));
    chat.ok(Who::Manager, "set_priority", &json!({ "priority": "normal" }));
    reckon(&mut chat, &policy("always"));
    let none = json!({ "targets": { "counted": "always" }, "hours": policy("always")["hours"] });
    assert_eq!((reckon(&mut chat, &none), due(&chat)), (1, None));
}

#[test]
fn only_hours_in_which_it_is_open_count() {
    let mut chat = site();
    wait(&mut chat, 7 * 60 + 50);
    say(&mut chat, Who::Visitor, "Are you still there?");
    reckon(&mut chat, &policy("opening_hours"));
    // Ten minutes of Monday and twenty of Wednesday: Tuesday is a holiday. The warning is due as Wednesday begins.
    assert_eq!(line(&chat)["answer_due"], json!({ "at": "2026-03-04T09:20:00Z", "warn_at": "2026-03-04T09:10:00Z" }));
    assert_eq!(line(&chat)["resolution_due"]["at"], "2026-03-04T16:50:00Z");
    // Without hours nobody could tell.
    let mut closed = policy("opening_hours");
    closed["hours"]["week"] = json!([]);
    assert_eq!((reckon(&mut chat, &closed), due(&chat)), (1, None));
}

#[test]
fn customers_see_nothing_of_it() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Hi");
    reckon(&mut chat, &policy("always"));
    assert_eq!(chat.snapshot(Who::Visitor).unwrap()["due"], json!(null));
    assert_eq!(chat.snapshot(Who::Manager).unwrap()["due"]["answer"]["at"], "2026-03-02T09:30:00Z");
    for who in [Who::Visitor, Who::Manager, Who::Admin, Who::SecretKey] {
        assert_eq!(chat.refused(who, "reckon", &policy("always")), Code::Forbidden, "{who:?}");
    }
    assert!(matches!(chat.log.last().unwrap().event, Event::DueSet(_)));
}

#[test]
fn a_tenant_with_targets_has_them_reckoned_and_one_without_pays_nothing() {
    let mut run = tenant();
    let enqueue = |rev: u64| json!({ "conversation": CONVERSATION, "since": "2026-03-02T09:00:00Z", "rev": rev });
    let hours = |zone: &str| json!({ "zone": zone, "week": week(), "closed": [] });
    assert!(run.ok(Who::System, "enqueue", &enqueue(1)).jobs.is_empty());
    assert!(run.ok(Who::Admin, "set_hours", &hours("UTC")).jobs.is_empty());

    let targets = &policy("opening_hours")["targets"];
    let set = run.ok(Who::Admin, "set_targets", targets);
    assert_eq!((set.jobs[0].task.as_str(), set.audit[0].event.as_str()), (RECKON_ALL, "tenant.targets_set"));
    assert!(run.ok(Who::Admin, "set_targets", targets).events.is_empty());
    let waits = run.ok(Who::System, "enqueue", &enqueue(2));
    assert_eq!(waits.jobs[0].body, json!({ "conversation": CONVERSATION, "rev": 2 }));
    assert!(run.ok(Who::System, "enqueue", &enqueue(2)).jobs.is_empty(), "an old report is no news");
    assert!(run.ok(Who::System, "dequeue", &json!({ "conversation": CONVERSATION, "rev": 3 })).jobs.is_empty());
    assert_eq!(run.ok(Who::Admin, "set_hours", &hours("Europe/Berlin")).jobs[0].task, RECKON_ALL);
    assert_eq!(run.snapshot(Who::Manager).unwrap()["targets"]["normal"]["first"], json!(30));
    assert_eq!(run.snapshot(Who::Visitor).unwrap().get("targets"), None);
    // What was due is due no more.
    assert_eq!(run.ok(Who::Admin, "set_targets", &json!({ "counted": "always" })).jobs[0].task, RECKON_ALL);
    assert_eq!(run.refused(Who::Manager, "set_targets", targets), Code::Forbidden);
    assert_eq!(
        run.refused(Who::Admin, "set_targets", &json!({ "counted": "always", "low": { "first": 0 } })),
        Code::InvalidInput
    );
}
