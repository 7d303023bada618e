//! What customers say of how they were served: who is asked when, and what counts.

use brigade_domain::chat::event::Event;
use brigade_domain::chat::feedback::{ASK, Kept};
use brigade_domain::entity::{Decision, Fact, Job};
use brigade_domain::refusal::Code;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::chat::{Chat, say, site};
use crate::queue::tenant;
use crate::world::{ACCOUNT, CONVERSATION, MANAGER, Who};

/// The job that asks, of those that resolving leaves.
fn resolve(chat: &mut Chat) -> Option<Job> {
    let jobs = chat.ok(Who::Manager, "resolve", &json!({})).jobs;
    jobs.into_iter().find(|job| job.task == ASK)
}

/// What the worker does with it.
fn ask(chat: &mut Chat, job: &Job) -> usize {
    assert_eq!(job.body["conversation"], json!(CONVERSATION));
    let question = json!({ "rev": job.body["rev"], "question": "How was it?" });
    chat.ok(Who::System, "ask_feedback", &question).events.len()
}

/// A chat that was answered and resolved, and its customer asked.
fn asked() -> (Chat, u64) {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Do you cater in June?");
    say(&mut chat, Who::Manager, "We do.");
    let job = resolve(&mut chat).unwrap();
    assert_eq!(ask(&mut chat, &job), 1);
    let seq = chat.head();
    (chat, seq)
}

/// What reports are to know of it.
fn kept(decision: &Decision<Event>) -> &Kept {
    match decision.facts.as_slice() {
        [Fact::Feedback(kept)] => kept,
        facts => panic!("{facts:?}"),
    }
}

fn said(asked: u64, score: u8, comment: Option<&str>) -> Value {
    json!({ "asked": asked, "score": score, "comment": comment })
}

#[test]
fn whoever_had_an_answer_is_asked_once_it_is_resolved() {
    let mut chat = site();
    assert_eq!(resolve(&mut chat), None, "nobody has asked for anything");
    say(&mut chat, Who::Visitor, "Hello?");
    assert_eq!(resolve(&mut chat), None, "nobody has answered");
    say(&mut chat, Who::Visitor, "Hello!");
    say(&mut chat, Who::Manager, "Hello.");
    let job = resolve(&mut chat).unwrap();
    assert_eq!(job.body["rev"], json!(chat.head()));
    assert_eq!((ask(&mut chat, &job), ask(&mut chat, &job)), (1, 0), "a job may be done twice");
    for who in [Who::Visitor, Who::Manager] {
        let seen = chat.snapshot(who).unwrap();
        let expected = json!({ "asked": chat.head(), "at": chat.now, "question": "How was it?", "given": null });
        assert_eq!(seen["feedback"], expected, "{who:?}");
    }
}

#[test]
fn a_job_that_comes_late_asks_nothing() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Hello");
    say(&mut chat, Who::Manager, "Hello");
    let first = resolve(&mut chat).unwrap();
    say(&mut chat, Who::Visitor, "One more thing");
    assert_eq!(ask(&mut chat, &first), 0, "it goes on");
    say(&mut chat, Who::Manager, "Yes?");
    let second = resolve(&mut chat).unwrap();
    assert_eq!((ask(&mut chat, &first), ask(&mut chat, &second)), (0, 1));
}

#[test]
fn what_was_said_counts_and_can_be_said_otherwise_until_it_goes_on() {
    let (mut chat, seq) = asked();
    let given = chat.ok(Who::Visitor, "give_feedback", &said(seq, 4, None));
    let kept = kept(&given);
    assert_eq!((kept.asked, kept.resolved, kept.rev), (seq, seq - 1, seq + 1));
    assert_eq!(kept.given.as_ref().map(|given| given.score.get()), Some(4));
    assert!(chat.ok(Who::Visitor, "give_feedback", &said(seq, 4, Some("  "))).events.is_empty(), "the same is no news");
    chat.ok(Who::Visitor, "give_feedback", &said(seq, 2, Some("Too late. شكراً")));
    let seen = chat.snapshot(Who::Manager).unwrap()["feedback"]["given"].clone();
    assert_eq!(seen, json!({ "score": 2, "comment": "Too late. شكراً" }));
    for body in [said(seq, 0, None), said(seq, 6, None), said(seq, 1, Some(&"x".repeat(1_001)))] {
        assert_eq!(chat.refused(Who::Visitor, "give_feedback", &body), Code::InvalidInput);
    }
    assert_eq!(chat.refused(Who::Visitor, "give_feedback", &said(seq + 1, 5, None)), Code::Conflict);
    // A last word of the staff changes nothing; the customer's own opens it again.
    say(&mut chat, Who::Manager, "Sorry about that.");
    chat.ok(Who::Visitor, "give_feedback", &said(seq, 3, None));
    say(&mut chat, Who::Visitor, "Never mind.");
    assert_eq!(chat.snapshot(Who::Visitor).unwrap()["feedback"], json!(null));
    assert_eq!(chat.refused(Who::Visitor, "give_feedback", &said(seq, 5, None)), Code::Conflict);
}

#[test]
fn who_has_just_said_it_is_left_in_peace_for_a_day() {
    let (mut chat, seq) = asked();
    chat.ok(Who::Visitor, "give_feedback", &said(seq, 5, None));
    for (hours, questions) in [(23, 0), (1, 1)] {
        chat.wait(SignedDuration::from_hours(hours));
        say(&mut chat, Who::Visitor, "And one more?");
        say(&mut chat, Who::Manager, "Yes.");
        let job = resolve(&mut chat).unwrap();
        assert_eq!(ask(&mut chat, &job), questions, "after {hours} hours more");
    }
    // Who was asked and said nothing is asked again.
    say(&mut chat, Who::Visitor, "And?");
    say(&mut chat, Who::Manager, "Yes.");
    let job = resolve(&mut chat).unwrap();
    assert_eq!(ask(&mut chat, &job), 1);
}

#[test]
fn it_is_the_customers_to_say() {
    let (mut chat, seq) = asked();
    let good = said(seq, 5, None);
    for who in [Who::Manager, Who::Admin, Who::SecretKey, Who::System] {
        assert_eq!(chat.refused(who, "give_feedback", &good), Code::Forbidden, "{who:?}");
    }
    assert_eq!(chat.refused(Who::OtherVisitor, "give_feedback", &good), Code::NotFound);
    // Once it is the account's, its members say it.
    chat.ok(Who::Admin, "assign", &json!({ "to": MANAGER }));
    chat.ok(Who::System, "hand_over", &json!({ "account": ACCOUNT, "name": "Mia" }));
    assert_eq!(chat.refused(Who::Visitor, "give_feedback", &good), Code::NotFound);
    let given = chat.ok(Who::Member, "give_feedback", &good);
    assert_eq!(json!(kept(&given).assignee), json!(MANAGER));
}

#[test]
fn a_business_says_what_it_asks() {
    let mut run = tenant();
    assert_eq!(run.snapshot(Who::Manager).unwrap()["feedback"], json!(null));
    let set = run.ok(Who::Admin, "set_feedback", &json!({ "question": " How was it? " }));
    assert_eq!(set.audit[0].event, "tenant.feedback_set");
    assert!(run.ok(Who::Admin, "set_feedback", &json!({ "question": "How was it?" })).events.is_empty());
    assert_eq!(run.snapshot(Who::Manager).unwrap()["feedback"], "How was it?");
    assert_eq!(run.snapshot(Who::Visitor).unwrap().get("feedback"), None);
    for body in
        [json!({}), json!({ "question": "" }), json!({ "question": "a\nb" }), json!({ "question": "x".repeat(201) })]
    {
        assert_eq!(run.refused(Who::Admin, "set_feedback", &body), Code::InvalidInput, "{body}");
    }
    assert_eq!(run.refused(Who::Manager, "set_feedback", &json!({ "question": null })), Code::Forbidden);
    run.ok(Who::Admin, "set_feedback", &json!({ "question": null }));
    assert_eq!(run.snapshot(Who::Manager).unwrap()["feedback"], json!(null));
}
