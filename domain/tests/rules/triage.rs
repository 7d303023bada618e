//! How the staff sort conversations: snoozing, priority and labels; and the labels a tenant has.

use brigade_domain::Timestamp;
use brigade_domain::chat::event::Event;
use brigade_domain::chat::state::Status;
use brigade_domain::entity::{Audience, Entity, Row};
use brigade_domain::refusal::Code;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::chat::{Chat, say, site};
use crate::queue::tenant;
use crate::world::{CONVERSATION, Who, label};

/// When the chat's clock has moved on by `hours`.
fn later(chat: &Chat, hours: i64) -> Timestamp {
    chat.now + SignedDuration::from_hours(hours)
}

fn snooze(chat: &mut Chat, hours: i64) -> Timestamp {
    let until = later(chat, hours);
    chat.ok(Who::Manager, "snooze", &json!({ "until": until }));
    until
}

/// What the worker does when the time has come.
fn wake(chat: &mut Chat, until: Timestamp) -> usize {
    chat.ok(Who::System, "wake", &json!({ "until": until })).events.len()
}

fn row(chat: &Chat) -> brigade_domain::chat::ConversationRow {
    let Some(Row::Conversation(row)) = chat.state.row() else { panic!("no row") };
    row
}

fn line(chat: &Chat) -> Value {
    serde_json::from_str(chat.state.listing().unwrap().body.as_str()).unwrap()
}

#[test]
fn what_is_put_off_comes_back_at_its_time() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Do you cater in June?");
    let waiting = row(&chat).waiting_since;
    let until = later(&chat, 20);
    let decision = chat.ok(Who::Manager, "snooze", &json!({ "until": until }));
    let [woken, dequeued] = decision.jobs.as_slice() else { panic!("{:?}", decision.jobs) };
    assert_eq!((woken.run_at, woken.body["type"].as_str()), (Some(until), Some("wake")));
    assert_eq!(woken.key, Some(format!("wake {CONVERSATION}")), "put off anew, it is woken once");
    assert_eq!(dequeued.body["type"], "dequeue", "who waits in it is nobody's turn until then");
    assert_eq!((row(&chat).status.as_str(), row(&chat).snoozed_until), ("snoozed", Some(until)));
    assert_eq!((&line(&chat)["status"], &line(&chat)["snoozed_until"]), (&json!("snoozed"), &json!(until)));

    chat.wait(SignedDuration::from_hours(20));
    let decision = chat.ok(Who::System, "wake", &woken.body["body"]);
    assert_eq!(decision.events, [Event::Woken {}]);
    assert_eq!(decision.jobs[0].body["type"], "enqueue");
    assert_eq!(decision.jobs[0].body["body"]["since"], json!(waiting), "and waits since the message");
    assert_eq!((chat.state.status(), row(&chat).woken_at), (Status::Open, Some(chat.now)));
    assert_eq!((&line(&chat)["status"], &line(&chat)["woken_at"]), (&json!("open"), &json!(chat.now)));
    assert_eq!(wake(&mut chat, until), 0, "twice it happens once");

    say(&mut chat, Who::Manager, "We do");
    assert_eq!(row(&chat).woken_at, None, "what was taken up is not news any more");
}

#[test]
fn what_was_put_off_anew_is_not_woken_at_the_old_time() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Hello");
    let first = snooze(&mut chat, 2);
    let second = snooze(&mut chat, 48);
    assert!(chat.ok(Who::Manager, "snooze", &json!({ "until": second })).events.is_empty());
    chat.wait(SignedDuration::from_hours(2));
    assert_eq!(wake(&mut chat, first), 0);
    assert_eq!(chat.state.status(), Status::Snoozed { until: second });
    chat.ok(Who::Manager, "reopen", &json!({}));
    assert_eq!((chat.state.status(), wake(&mut chat, second)), (Status::Open, 0));
}

#[test]
fn a_customer_who_writes_brings_it_back_and_a_colleague_does_not() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Hello");
    let waiting = row(&chat).waiting_since.unwrap();
    let until = snooze(&mut chat, 72);
    chat.ok(Who::Manager, "note", &json!({ "text": "after the fair" }));
    assert_eq!(chat.state.status(), Status::Snoozed { until });
    chat.wait(SignedDuration::from_hours(1));
    let decision = chat.ok(Who::Visitor, "send", &json!({ "text": "Are you there?" }));
    assert!(matches!(decision.events.as_slice(), [Event::Woken {}, Event::MessageSent { .. }]), "{decision:?}");
    let [job] = decision.jobs.as_slice() else { panic!("{:?}", decision.jobs) };
    assert_eq!((&job.body["type"], &job.body["body"]["since"]), (&json!("enqueue"), &json!(waiting)));
    assert_eq!(job.body["body"]["rev"], json!(chat.head()));
    assert_eq!(row(&chat).woken_at, None, "the message itself says why it is back");

    let until = snooze(&mut chat, 72);
    say(&mut chat, Who::Manager, "I ask the kitchen");
    assert_eq!(chat.state.status(), Status::Snoozed { until });
    let decision = chat.ok(Who::Visitor, "send", &json!({ "text": "Thanks" }));
    assert_eq!(decision.jobs[0].body["body"]["since"], json!(chat.now), "an answered customer waits anew");
}

#[test]
fn it_is_put_off_to_a_time_to_come_within_a_year() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Hello");
    for until in [chat.now, later(&chat, -1), later(&chat, 24 * 366) + SignedDuration::from_secs(1)] {
        let refusal = chat.give(Who::Manager, "snooze", &json!({ "until": until })).unwrap_err();
        assert_eq!(
            (refusal.code, &refusal.details.unwrap()["field"]),
            (Code::InvalidInput, &json!("until")),
            "{until}"
        );
    }
    snooze(&mut chat, 24 * 366);
    chat.ok(Who::Manager, "resolve", &json!({}));
    let until = later(&chat, 1);
    assert_eq!(chat.refused(Who::Manager, "snooze", &json!({ "until": until })), Code::Conflict);
    assert_eq!(row(&chat).snoozed_until, None);
}

#[test]
fn how_the_staff_sort_is_their_own_affair() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Hello");
    chat.ok(Who::Manager, "set_priority", &json!({ "priority": "urgent" }));
    assert!(chat.ok(Who::Manager, "set_priority", &json!({ "priority": "urgent" })).events.is_empty());
    chat.ok(Who::Manager, "label", &json!({ "label": label(1), "on": true }));
    assert!(chat.ok(Who::Manager, "label", &json!({ "label": label(1), "on": true })).events.is_empty());
    assert!(chat.ok(Who::Manager, "label", &json!({ "label": label(2), "on": false })).events.is_empty());
    let until = snooze(&mut chat, 1);

    let staff = chat.snapshot(Who::Colleague).unwrap();
    assert_eq!((&staff["priority"], &staff["labels"]), (&json!("urgent"), &json!([label(1)])));
    assert_eq!((&staff["status"], &staff["snoozed_until"]), (&json!("snoozed"), &json!(until)));
    let customer = chat.snapshot(Who::Visitor).unwrap();
    assert_eq!((&customer["status"], &customer["snoozed_until"]), (&json!("open"), &json!(null)));
    assert_eq!((&customer["priority"], &customer["labels"]), (&json!(null), &json!(null)));
    let seen = chat.visible(Audience::Customer);
    assert!(
        seen.iter().all(|(_, event)| ["opened", "joined", "message_sent"].contains(&event["type"].as_str().unwrap())),
        "{seen:?}"
    );

    let (row, line) = (row(&chat), line(&chat));
    assert_eq!((row.priority.as_str(), row.labels.as_slice()), ("urgent", &[label(1)][..]));
    assert_eq!((&line["priority"], &line["labels"]), (&json!("urgent"), &json!([label(1)])));
}

#[test]
fn a_conversation_like_any_other_says_nothing_of_it_in_the_list() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Hello");
    let line = line(&chat);
    for field in ["snoozed_until", "woken_at", "priority", "labels"] {
        assert!(line.get(field).is_none(), "{field}");
    }
}

#[test]
fn twenty_labels_are_the_most() {
    let mut chat = site();
    for n in 0..20 {
        chat.ok(Who::Manager, "label", &json!({ "label": label(n), "on": true }));
    }
    assert_eq!(chat.refused(Who::Manager, "label", &json!({ "label": label(20), "on": true })), Code::Conflict);
    chat.ok(Who::Manager, "label", &json!({ "label": label(0), "on": false }));
    chat.ok(Who::Manager, "label", &json!({ "label": label(20), "on": true }));
}

#[test]
fn a_tenant_has_labels_of_different_names() {
    let mut run = tenant();
    let set = |n, name: &str, color: &str| json!({ "label": label(n), "name": name, "color": color });
    let made = run.ok(Who::Admin, "set_label", &set(1, " Allergy ", "red"));
    assert_eq!(made.audit[0].event, "tenant.label_set");
    assert!(run.ok(Who::Admin, "set_label", &set(1, "Allergy", "red")).events.is_empty());
    let refusal = run.give(Who::Admin, "set_label", &set(2, "ALLERGY", "blue")).unwrap_err();
    assert_eq!((refusal.code, &refusal.details.unwrap()["field"]), (Code::InvalidInput, &json!("name")));
    assert_eq!(run.refused(Who::Admin, "set_label", &set(2, "Party", "mauve")), Code::InvalidInput);
    // One may change the case of one's own name.
    run.ok(Who::Admin, "set_label", &set(1, "ALLERGY", "orange"));
    let expected = json!({ label(1).to_string(): { "name": "ALLERGY", "color": "orange" } });
    assert_eq!(run.snapshot(Who::Manager).unwrap()["labels"], expected);
    let Some(Row::Tenant(row)) = run.state.row() else { panic!("no row") };
    assert_eq!(row.labels, [label(1)]);

    let removed = run.ok(Who::Admin, "remove_label", &json!({ "label": label(1) }));
    assert_eq!(removed.audit[0].event, "tenant.label_removed");
    assert!(run.ok(Who::Admin, "remove_label", &json!({ "label": label(1) })).events.is_empty());
    for n in 0..100 {
        run.ok(Who::Admin, "set_label", &set(n, &format!("Label {n}"), "gray"));
    }
    assert_eq!(run.refused(Who::Admin, "set_label", &set(100, "One more", "gray")), Code::Conflict);
    run.ok(Who::Admin, "set_label", &set(99, "Another name", "gray"));
}
