//! What the staff write now and send later.

use brigade_domain::actor::Actor;
use brigade_domain::chat::event::Event;
use brigade_domain::chat::schedule::{Held, MOST, SEND};
use brigade_domain::entity::{Audience, Decision, Entity, Seq};
use brigade_domain::refusal::Code;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::chat::{Chat, SECRET, repeat, say, site};
use crate::world::{ACCOUNT, MANAGER, TENANT, Who};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Schedules something in an hour; says when, and what it is called.
fn in_an_hour(chat: &mut Chat, after: Option<Seq>) -> (Seq, Timestamp) {
    let send_at = chat.now + HOUR;
    chat.ok(Who::Manager, "schedule", &json!({ "text": SECRET, "send_at": send_at, "unless_reply_after": after }));
    (chat.head(), send_at)
}

/// The worker, when the time has come.
fn comes(chat: &mut Chat, (item, send_at): (Seq, Timestamp)) -> Decision<Event> {
    let author = Actor::on_behalf(TENANT, MANAGER, "Max Manager".to_owned());
    chat.give_as(&author, "send_scheduled", &come((item, send_at), item)).unwrap()
}

fn come((item, send_at): (Seq, Timestamp), rev: Seq) -> Value {
    json!({ "item": item, "author": MANAGER, "send_at": send_at, "rev": rev })
}

fn held(decision: &Decision<Event>) -> Option<Held> {
    decision.events.iter().find_map(|event| match event {
        Event::ScheduledHeld { reason, .. } => Some(*reason),
        _ => None,
    })
}

fn sent(decision: &Decision<Event>) -> bool {
    decision.events.iter().any(|event| matches!(event, Event::MessageSent { .. }))
}

fn waiting(chat: &Chat) -> Value {
    chat.snapshot(Who::Colleague).unwrap()["scheduled"].clone()
}

#[test]
fn it_waits_before_the_staff_alone_and_is_an_answer_once_it_is_sent() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Are you open tomorrow?");
    let scheduled = in_an_hour(&mut chat, None);
    let shown = waiting(&chat);
    assert_eq!((&shown[0]["item"], &shown[0]["by"]), (&json!(scheduled.0), &json!(MANAGER)));
    assert_eq!((&shown[0]["send_at"], &shown[0]["held"]), (&json!(scheduled.1), &json!(null)));
    let seen = || serde_json::to_string(&(chat.snapshot(Who::Visitor), chat.visible(Audience::Customer))).unwrap();
    assert!(!seen().contains(SECRET));
    assert_eq!(
        chat.state.row().map(|row| format!("{row:?}").contains("waiting_since: None")),
        Some(false),
        "no answer yet"
    );

    chat.wait(HOUR);
    let decision = comes(&mut chat, scheduled);
    let types: Vec<_> =
        decision.events.iter().map(|event| serde_json::to_value(event).unwrap()["type"].clone()).collect();
    assert_eq!(types, ["joined", "message_sent", "scheduled_sent"], "one commit");
    assert_eq!(decision.jobs.len(), 1, "the queue hears that nobody waits any more");
    let last = chat.snapshot(Who::Visitor).unwrap();
    assert_eq!((&last["messages"][1]["text"], &last["messages"][1]["by"]), (&json!(SECRET), &json!(MANAGER)));
    assert_eq!(waiting(&chat), json!([]));
    assert_eq!(comes(&mut chat, scheduled).events, [], "the second finds nothing");
}

#[test]
fn a_node_that_has_not_seen_it_does_not_say_that_there_is_nothing_to_do() {
    let mut chat = site();
    let unseen = (chat.head() + 3, chat.now);
    let author = Actor::on_behalf(TENANT, MANAGER, "Max Manager".to_owned());
    for (who, kind) in [(&author, "send_scheduled"), (&Who::System.actor(), "hold_scheduled")] {
        let decision = chat.give_as(who, kind, &come(unseen, chat.head() + 4)).unwrap();
        assert_eq!(decision.events.len(), 1, "{kind}: it cannot be committed, and is decided again on what there is");
    }
    assert_eq!(comes(&mut chat, (1, unseen.1)).events, [], "what was seen and is not there is done");
}

#[test]
fn its_job_comes_at_its_time_and_another_when_that_is_changed() {
    let mut chat = site();
    let send_at = chat.now + HOUR;
    let first = chat.ok(Who::Manager, "schedule", &json!({ "text": "x", "send_at": send_at }));
    let item = chat.head();
    let change = json!({ "item": item, "text": "y", "send_at": send_at + HOUR });
    let second = chat.ok(Who::Manager, "reschedule", &change);
    assert_eq!(chat.ok(Who::Manager, "reschedule", &change).events, [], "said twice");
    let [first, second] = [&first.jobs[0], &second.jobs[0]];
    assert_eq!((first.task.as_str(), first.run_at, second.run_at), (SEND, Some(send_at), Some(send_at + HOUR)));
    assert_eq!(first.key, second.key, "the one takes the place of the other");
    chat.wait(HOUR);
    assert_eq!(comes(&mut chat, (item, send_at)).events, [], "not at the time it had");
    chat.wait(HOUR);
    assert!(sent(&comes(&mut chat, (item, send_at + HOUR))));
}

#[test]
fn it_is_held_back_where_it_would_be_wrong() {
    let mut chat = site();
    let seen = say(&mut chat, Who::Visitor, "I will think about it");
    let (careful, careless) = (in_an_hour(&mut chat, Some(seen)), in_an_hour(&mut chat, None));
    chat.ok(Who::Colleague, "note", &json!({ "text": "She will call" }));
    chat.ok(Who::Colleague, "send", &json!({ "text": "Take your time" }));
    let head = chat.head();
    let fine = in_an_hour(&mut chat, Some(head));
    chat.wait(HOUR);
    assert!(sent(&comes(&mut chat, fine)), "a colleague's words are no reply of the customer's");
    say(&mut chat, Who::Visitor, "Yes!");
    assert_eq!(held(&comes(&mut chat, careful)), Some(Held::CustomerWrote));
    assert!(sent(&comes(&mut chat, careless)));
    assert_eq!(comes(&mut chat, careful).events, [], "held it stays, until somebody decides");
    assert_eq!(waiting(&chat)[0]["held"], "customer_wrote");
    // Changed, it waits again.
    let send_at = chat.now + HOUR;
    chat.ok(Who::Manager, "reschedule", &json!({ "item": careful.0, "text": "Good!", "send_at": send_at }));
    assert_eq!(waiting(&chat)[0]["held"], json!(null));

    chat.ok(Who::Manager, "block", &json!({ "reason": "Spam" }));
    let refused = chat.refused(Who::Manager, "schedule", &json!({ "text": "x", "send_at": send_at }));
    assert_eq!(refused, Code::Conflict);
    assert_eq!(held(&comes(&mut chat, (careful.0, send_at))), Some(Held::VisitorBlocked));
}

#[test]
fn the_inbox_says_what_is_sent_next_what_was_held_back_and_who_is_blocked() {
    let line = |chat: &Chat| -> Value { serde_json::from_str(chat.state.listing().unwrap().body.as_str()).unwrap() };
    let said = |chat: &Chat| ["sends_at", "held_back", "blocked"].map(|field| line(chat).get(field).cloned());
    let mut chat = site();
    let seen = say(&mut chat, Who::Visitor, "I will think about it");
    assert_eq!(said(&chat), [None, None, None]);
    let careful = in_an_hour(&mut chat, Some(seen));
    chat.wait(SignedDuration::from_mins(1));
    let later = in_an_hour(&mut chat, None);
    assert_eq!(said(&chat), [Some(json!(careful.1)), None, None]);
    say(&mut chat, Who::Visitor, "Yes!");
    chat.wait(HOUR);
    comes(&mut chat, careful);
    assert_eq!(said(&chat), [Some(json!(later.1)), Some(json!(true)), None]);
    comes(&mut chat, later);
    assert_eq!(said(&chat), [None, Some(json!(true)), None]);
    chat.ok(Who::Manager, "unschedule", &json!({ "item": careful.0 }));
    chat.ok(Who::Manager, "block", &json!({ "reason": "Spam" }));
    assert_eq!(said(&chat), [None, None, Some(json!(true))]);
    chat.ok(Who::Manager, "unblock", &json!({}));
    assert_eq!(said(&chat), [None, None, None]);
}

#[test]
fn neither_the_time_nor_the_people_are_as_they_were() {
    let mut chat = site();
    let late = in_an_hour(&mut chat, None);
    let gone = in_an_hour(&mut chat, None);
    chat.wait(SignedDuration::from_hours(24));
    assert_eq!(held(&chat.ok(Who::System, "hold_scheduled", &come(gone, gone.0))), Some(Held::AuthorGone));
    chat.wait(SignedDuration::from_hours(2));
    assert_eq!(held(&comes(&mut chat, late)), Some(Held::TooLate));
    // Written for a client, and taken back from them meanwhile. What was written for the visitor is for who became a client.
    let both = in_an_hour(&mut chat, None);
    chat.ok(Who::System, "hand_over", &json!({ "account": ACCOUNT, "name": "Mia" }));
    let theirs = in_an_hour(&mut chat, None);
    chat.wait(HOUR);
    assert!(sent(&comes(&mut chat, both)));
    chat.ok(Who::Admin, "take_back", &json!({}));
    assert_eq!(held(&comes(&mut chat, theirs)), Some(Held::AccountChanged));
    // Of what nobody remembers any more nobody can say that it is not a reply.
    let seen = say(&mut chat, Who::Visitor, "Hello?");
    let long_ago = in_an_hour(&mut chat, Some(seen));
    say(&mut chat, Who::Visitor, "Still there?");
    repeat(&mut chat, Who::Colleague, "x", 250);
    chat.wait(HOUR);
    assert_eq!(held(&comes(&mut chat, long_ago)), Some(Held::CustomerWrote));
}

#[test]
fn it_goes_into_what_is_put_off_or_resolved_and_leaves_it_so() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Thank you");
    let (one, two) = (in_an_hour(&mut chat, None), in_an_hour(&mut chat, None));
    let until = chat.now + SignedDuration::from_hours(9);
    chat.ok(Who::Manager, "snooze", &json!({ "until": until }));
    chat.wait(HOUR);
    assert!(sent(&comes(&mut chat, one)));
    assert_eq!(chat.snapshot(Who::Manager).unwrap()["status"], "snoozed");
    chat.ok(Who::Manager, "resolve", &json!({}));
    assert!(sent(&comes(&mut chat, two)));
    assert_eq!(chat.snapshot(Who::Manager).unwrap()["status"], "resolved");
}

#[test]
fn nobody_speaks_under_somebody_elses_name() {
    let mut chat = site();
    let (item, send_at) = in_an_hour(&mut chat, None);
    let change = json!({ "item": item, "text": "I resign", "send_at": send_at });
    for who in [Who::Colleague, Who::Admin] {
        assert_eq!(chat.refused(who, "reschedule", &change), Code::Forbidden);
    }
    chat.wait(HOUR);
    let another = Actor::on_behalf(TENANT, crate::world::COLLEAGUE, "Cora".to_owned());
    let come = come((item, send_at), item);
    assert_eq!(chat.give_as(&another, "send_scheduled", &come).unwrap().events, []);
    assert_eq!(chat.refused(Who::Manager, "send_scheduled", &come), Code::Forbidden, "its time is Brigade's to say");
    // Who sends it now says it.
    chat.ok(Who::Colleague, "send_now", &json!({ "item": item }));
    assert_eq!(chat.snapshot(Who::Visitor).unwrap()["messages"][0]["by"], json!(crate::world::COLLEAGUE));
    assert_eq!(chat.refused(Who::Manager, "unschedule", &json!({ "item": item })), Code::Conflict);
    assert_eq!(
        chat.refused(Who::SecretKey, "schedule", &json!({ "text": "x", "send_at": send_at + HOUR })),
        Code::Forbidden
    );
}

#[test]
fn there_are_limits_and_the_worst_still_fits_a_frame() {
    let mut chat = site();
    let now = chat.now;
    let at = |seconds: i64| json!({ "text": "x", "send_at": now + SignedDuration::from_secs(seconds) });
    let day = 86_400;
    for (body, possible) in
        [(at(59), false), (at(60), true), (at(-1), false), (at(90 * day), true), (at(90 * day + 1), false)]
    {
        assert_eq!(chat.give(Who::Manager, "schedule", &body).is_ok(), possible, "{body}");
    }
    for _ in 2..MOST {
        chat.ok(Who::Manager, "schedule", &at(100));
    }
    let full = chat.give(Who::Manager, "schedule", &at(100)).unwrap_err();
    assert_eq!((full.code, full.details.unwrap()), (Code::Conflict, json!({ "limit": 20 })));

    let mut chat = site();
    // What is longest as JSON.
    let longest = json!({ "text": format!("{}x", "x\n".repeat(1_999)), "send_at": now + HOUR });
    repeat(&mut chat, Who::Visitor, &"🦀".repeat(4_000), 20);
    let kept = (0..MOST).take_while(|_| chat.give(Who::Manager, "schedule", &longest).is_ok()).count();
    assert_eq!(kept, 15, "together at most 60,000 bytes");
    assert!(chat.snapshot(Who::Manager).unwrap().to_string().len() < 256 * 1024);
}
