//! Conversations are given to people by themselves: what a conversation and a tenant do for it.

use brigade_domain::chat::Conversation;
use brigade_domain::chat::event::Event;
use brigade_domain::entity::{Audience, Decision, Entity, Row};
use brigade_domain::refusal::Code;
use brigade_domain::tenant::routing::{RETURN, ROUTE};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::chat::{Chat, say, site};
use crate::queue::tenant;
use crate::world::{COLLEAGUE, MANAGER, Who, conversation};

fn tasks<E>(decision: &Decision<E>) -> Vec<&str> {
    decision.jobs.iter().map(|job| job.body["type"].as_str().unwrap_or(&job.task)).collect()
}

/// A visitor who waits.
fn waiting() -> Chat {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Is anybody there?");
    chat
}

/// One that routing has given to the manager.
fn given() -> Chat {
    let mut chat = waiting();
    assert_eq!(give(&mut chat, &json!({ "from": null, "to": MANAGER })).events.len(), 2);
    chat
}

/// Routing gives it, knowing everything.
fn give(chat: &mut Chat, body: &Value) -> Decision<Event> {
    let mut body = body.clone();
    body["rev"] = json!(chat.head());
    chat.ok(Who::System, "give", &body)
}

fn line(chat: &Chat) -> Value {
    serde_json::from_str(chat.state.listing().unwrap().body.as_str()).unwrap()
}

#[test]
fn what_waits_is_given_once_and_the_staff_see_by_whom() {
    let mut chat = waiting();
    let decision = give(&mut chat, &json!({ "from": null, "to": MANAGER }));
    assert_eq!(decision.events, [Event::Assigned { to: Some(MANAGER) }, Event::Routed { to: Some(MANAGER) }]);
    assert_eq!(
        (decision.audit[0].event.as_str(), &decision.audit[0].details["by"]),
        ("conversation.assigned", &json!("routing"))
    );
    assert!(decision.jobs.is_empty(), "nobody has got room by that");
    for body in [json!({ "from": null, "to": MANAGER }), json!({ "from": null, "to": COLLEAGUE })] {
        assert!(give(&mut chat, &body).events.is_empty(), "{body}");
    }
    assert_eq!((&line(&chat)["assignee"], &line(&chat)["routed"]), (&json!(MANAGER), &json!(true)));
    assert_eq!(chat.snapshot(Who::Colleague).unwrap()["routed"], json!(MANAGER));
    assert_eq!(chat.snapshot(Who::Visitor).unwrap()["routed"], json!(null));
    assert!(chat.visible(Audience::Customer).iter().all(|(_, event)| event["type"] != "routed"));
}

#[test]
fn nothing_is_given_where_nobody_waits_any_more() {
    let body = json!({ "from": null, "to": MANAGER });
    let mut answered = waiting();
    say(&mut answered, Who::Colleague, "I am");
    assert!(give(&mut answered, &body).events.is_empty());
    let mut taken = waiting();
    taken.ok(Who::Colleague, "assign", &json!({ "to": COLLEAGUE }));
    assert!(give(&mut taken, &body).events.is_empty());
    let mut snoozed = waiting();
    let until = snoozed.now + SignedDuration::from_hours(1);
    snoozed.ok(Who::Colleague, "snooze", &json!({ "until": until }));
    assert!(give(&mut snoozed, &body).events.is_empty());
    let mut resolved = waiting();
    resolved.ok(Who::Colleague, "resolve", &json!({}));
    assert!(give(&mut resolved, &body).events.is_empty());
}

#[test]
fn who_has_missed_something_does_not_answer_from_the_past() {
    let mut chat = given();
    let head = chat.head();
    // Another node has written more: whatever is decided here is decided again there.
    for body in [
        json!({ "from": null, "to": COLLEAGUE, "rev": head + 1 }),
        json!({ "from": MANAGER, "to": null, "rev": head + 4 }),
    ] {
        let command = Conversation::parse("give", &body.to_string()).unwrap();
        assert_eq!(chat.state.decide(&Who::System.actor(), chat.now, &command).unwrap().events.len(), 2, "{body}");
    }
    assert!(chat.ok(Who::System, "give", &json!({ "from": null, "to": COLLEAGUE, "rev": head })).events.is_empty());
}

#[test]
fn what_somebody_has_by_hand_is_never_taken_away() {
    let mut chat = waiting();
    chat.ok(Who::Manager, "assign", &json!({ "to": MANAGER }));
    assert!(give(&mut chat, &json!({ "from": MANAGER, "to": null })).events.is_empty());
    assert!(give(&mut chat, &json!({ "from": MANAGER, "to": COLLEAGUE })).events.is_empty());

    let mut chat = given();
    let handed_on = chat.ok(Who::Manager, "assign", &json!({ "to": COLLEAGUE }));
    assert_eq!(handed_on.events, [Event::Assigned { to: Some(COLLEAGUE) }, Event::Routed { to: None }]);
    assert!(line(&chat).get("routed").is_none());
    assert!(give(&mut chat, &json!({ "from": COLLEAGUE, "to": null })).events.is_empty());
}

#[test]
fn whoever_gets_room_is_reported() {
    let until = |chat: &Chat| json!({ "until": chat.now + SignedDuration::from_hours(1) });
    for free in [
        |chat: &mut Chat| chat.ok(Who::Manager, "resolve", &json!({})),
        |chat: &mut Chat| chat.ok(Who::Manager, "assign", &json!({ "to": null })),
        |chat: &mut Chat| chat.ok(Who::Manager, "assign", &json!({ "to": COLLEAGUE })),
    ] {
        let decision = free(&mut given());
        assert_eq!(tasks(&decision).iter().filter(|task| **task == ROUTE).count(), 1, "{decision:?}");
    }
    let mut chat = given();
    let body = until(&chat);
    assert!(tasks(&chat.ok(Who::Manager, "snooze", &body)).contains(&ROUTE));
    // Put off already, it counted for nobody.
    for kind in ["resolve", "snooze"] {
        let mut chat = waiting();
        let body = if kind == "snooze" { until(&chat) } else { json!({}) };
        assert!(!tasks(&chat.ok(Who::Manager, kind, &body)).contains(&ROUTE), "{kind}: it was nobody's");
    }
    let Some(job) = given().ok(Who::Manager, "resolve", &json!({})).jobs.into_iter().find(|job| job.task == ROUTE)
    else {
        panic!("no job")
    };
    assert_eq!(job.key.as_deref(), Some("route"), "ten of them are one");
}

#[test]
fn a_customer_who_comes_back_goes_to_whom_routing_had_found() {
    let mut chat = given();
    say(&mut chat, Who::Manager, "Done");
    chat.ok(Who::Manager, "resolve", &json!({}));
    let decision = chat.ok(Who::Visitor, "send", &json!({ "text": "One more thing" }));
    assert_eq!(tasks(&decision), ["enqueue", RETURN]);
    assert_eq!(decision.jobs[0].body["body"]["assigned"], json!(true));
    let expected = json!({ "conversation": crate::world::CONVERSATION, "from": MANAGER, "rev": chat.head() });
    assert_eq!(decision.jobs[1].body, expected);
    // Routing finds that nobody is there: it waits for anybody.
    let back = give(&mut chat, &json!({ "from": MANAGER, "to": null }));
    assert_eq!(back.events, [Event::Assigned { to: None }, Event::Routed { to: None }]);
    assert_eq!(tasks(&back), [ROUTE]);
    assert_eq!(give(&mut chat, &json!({ "from": null, "to": COLLEAGUE })).events.len(), 2);

    let mut by_hand = waiting();
    by_hand.ok(Who::Manager, "assign", &json!({ "to": MANAGER }));
    by_hand.ok(Who::Manager, "resolve", &json!({}));
    assert_eq!(tasks(&by_hand.ok(Who::Visitor, "send", &json!({ "text": "Hello?" }))), ["enqueue"]);
}

#[test]
fn a_busy_conversation_leaves_no_job_per_message() {
    let mut chat = given();
    say(&mut chat, Who::Manager, "Hello");
    for n in 0..5 {
        let jobs = chat.ok(Who::Visitor, "send", &json!({ "text": format!("{n}") })).jobs;
        assert_eq!(jobs.len(), usize::from(n == 0), "when the waiting begins, as ever");
    }
}

#[test]
fn a_note_goes_with_what_is_handed_on() {
    let mut chat = waiting();
    let handed_on = chat.ok(Who::Manager, "assign", &json!({ "to": COLLEAGUE, "note": "Knows the oven. شكراً 🙏" }));
    let types: Vec<_> =
        handed_on.events.iter().map(|event| serde_json::to_value(event).unwrap()["type"].clone()).collect();
    assert_eq!(types, ["joined", "note_added", "assigned"]);
    assert_eq!(chat.visible(Audience::Customer).iter().filter(|(_, event)| event["type"] == "note_added").count(), 0);
    assert_eq!(
        chat.refused(Who::Manager, "assign", &json!({ "to": MANAGER, "note": "x".repeat(4_001) })),
        Code::InvalidInput
    );
    assert_eq!(chat.refused(Who::System, "assign", &json!({ "to": MANAGER, "note": "x" })), Code::Forbidden);
}

#[test]
fn a_tenant_says_how_and_leaves_word_only_when_something_is_given_out() {
    let mut run = tenant();
    let enqueue = |n: u8, assigned: bool| json!({ "conversation": conversation(n), "since": "2026-03-02T09:00:00Z", "rev": 1, "assigned": assigned });
    assert!(tasks(&run.ok(Who::System, "enqueue", &enqueue(1, false))).is_empty(), "by hand");
    run.ok(Who::Manager, "set_available", &json!({ "available": true }));
    let Some(Row::Tenant(row)) = run.state.row() else { panic!("no row") };
    assert_eq!(row.routing, None);

    let set = run.ok(Who::Admin, "set_routing", &json!({ "mode": "least_busy", "capacity": 3 }));
    assert_eq!((tasks(&set), set.audit[0].event.as_str()), (vec![ROUTE], "tenant.routing_set"));
    assert!(run.ok(Who::Admin, "set_routing", &json!({ "mode": "least_busy", "capacity": 3 })).events.is_empty());
    let own = run.ok(Who::Admin, "set_capacity", &json!({ "user": MANAGER, "capacity": 8 }));
    assert_eq!((tasks(&own), own.audit[0].event.as_str()), (vec![ROUTE], "tenant.capacity_set"));
    let Some(Row::Tenant(row)) = run.state.row() else { panic!("no row") };
    let routing: Value = serde_json::from_str(&row.routing.unwrap()).unwrap();
    let people = json!({ MANAGER.uuid().to_string(): 8 });
    assert_eq!(routing, json!({ "mode": "least_busy", "capacity": 3, "people": people, "away": [] }));
    let expected = json!({ "mode": "least_busy", "capacity": 3, "people": { MANAGER.to_string(): 8 } });
    assert_eq!(run.snapshot(Who::Colleague).unwrap()["routing"], expected);

    assert_eq!(tasks(&run.ok(Who::System, "enqueue", &enqueue(2, false))), [ROUTE]);
    assert!(tasks(&run.ok(Who::System, "enqueue", &enqueue(3, true))).is_empty(), "somebody has it");
    assert!(tasks(&run.ok(Who::System, "enqueue", &enqueue(2, false))).is_empty(), "twice it happens once");
    assert!(tasks(&run.ok(Who::Manager, "set_available", &json!({ "available": false }))).is_empty());
    let Some(Row::Tenant(row)) = run.state.row() else { panic!("no row") };
    let routing: Value = serde_json::from_str(&row.routing.unwrap()).unwrap();
    assert_eq!(routing["away"], json!([MANAGER.uuid()]));
    assert_eq!(tasks(&run.ok(Who::Manager, "set_available", &json!({ "available": true }))), [ROUTE]);
    for capacity in [0, 101] {
        let body = json!({ "user": MANAGER, "capacity": capacity });
        assert_eq!(run.refused(Who::Admin, "set_capacity", &body), Code::InvalidInput);
        let body = json!({ "mode": "by_hand", "capacity": capacity });
        assert_eq!(run.refused(Who::Admin, "set_routing", &body), Code::InvalidInput);
    }
    run.ok(Who::Admin, "remove_staff", &json!({ "user": MANAGER }));
    assert_eq!(run.snapshot(Who::Admin).unwrap()["routing"]["people"], json!({}));
}
