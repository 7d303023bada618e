//! Blocked visitors: what they can do, what they get to know, and when they are blocked no more.

use brigade_domain::chat::block::LOOK;
use brigade_domain::chat::event::Event;
use brigade_domain::entity::{Fact, Job};
use brigade_domain::refusal::Code;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::chat::{Chat, SECRET, say, site};
use crate::world::{ACCOUNT, CONVERSATION, VISITOR, Who};

fn blocked() -> (Chat, u64) {
    let mut chat = site();
    let seq = say(&mut chat, Who::Visitor, "Buy my watches");
    chat.ok(Who::Manager, "block", &json!({ "reason": SECRET }));
    (chat, seq)
}

fn events(chat: &mut Chat, who: Who, kind: &str, body: &Value) -> usize {
    chat.ok(who, kind, body).events.len()
}

#[test]
fn a_blocked_visitor_reads_and_takes_back_and_does_nothing_else() {
    let (mut chat, seq) = blocked();
    for (kind, body) in [
        ("send", json!({ "text": "Hey" })),
        ("edit", json!({ "seq": seq, "text": "Cheap" })),
        ("react", json!({ "seq": seq, "emoji": "👍", "on": true })),
        ("leave_contact", json!({ "email": "v@example.com" })),
        ("give_feedback", json!({ "asked": seq, "score": 1 })),
    ] {
        let refusal = chat.give(Who::Visitor, kind, &body).unwrap_err();
        assert_eq!((refusal.code, refusal.details), (Code::Forbidden, Some(json!({ "reason": "blocked" }))), "{kind}");
        assert!(!refusal.message.contains(SECRET));
    }
    assert_eq!(events(&mut chat, Who::Visitor, "read", &json!({ "seq": seq })), 1);
    assert_eq!(events(&mut chat, Who::Visitor, "delete", &json!({ "seq": seq })), 1);
    // The staff go on as before.
    say(&mut chat, Who::Manager, "Please do not.");
    chat.ok(Who::Admin, "unblock", &json!({}));
    say(&mut chat, Who::Visitor, "Sorry.");
}

#[test]
fn the_visitor_gets_to_know_that_and_not_why() {
    let (chat, _) = blocked();
    let (theirs, ours) = (chat.snapshot(Who::Visitor).unwrap(), chat.snapshot(Who::Manager).unwrap());
    assert_eq!((&theirs["writing_stopped"], &theirs["blocked"]), (&json!(true), &Value::Null));
    assert!(!theirs.to_string().contains(SECRET));
    assert_eq!(ours["blocked"]["reason"], SECRET);
    let seen = |event: &Event| event.visible(brigade_domain::entity::Audience::Customer);
    let told: Vec<bool> = chat.log.iter().rev().take(2).map(|entry| seen(&entry.event)).collect();
    assert_eq!(told, [true, false]);
}

#[test]
fn blocking_twice_is_blocking_once_and_what_is_kept_says_who_and_why() {
    let mut chat = site();
    let decision = chat.ok(Who::Manager, "block", &json!({ "reason": " Spam " }));
    let [Fact::Blocked(kept)] = decision.facts.as_slice() else { panic!("{:?}", decision.facts) };
    assert_eq!((kept.conversation, kept.visitor, kept.rev), (CONVERSATION, VISITOR, chat.head()));
    assert_eq!(
        (kept.block.reason.as_str(), kept.block.by, &kept.block.email),
        ("Spam", Who::Manager.actor().party, &None)
    );
    assert_eq!(decision.audit[0].event, "conversation.visitor_blocked");
    assert!(!decision.audit[0].details.to_string().contains("Spam"), "the record holds ids");
    // Of two colleagues who do it at once the first counts.
    assert_eq!(events(&mut chat, Who::Colleague, "block", &json!({ "reason": "Rude" })), 0);
    assert_eq!(chat.snapshot(Who::Manager).unwrap()["blocked"]["reason"], "Spam");
    let lifted = chat.ok(Who::Colleague, "unblock", &json!({}));
    assert_eq!(lifted.facts, [Fact::Unblocked(CONVERSATION)]);
    assert_eq!(events(&mut chat, Who::Colleague, "unblock", &json!({})), 0);
}

#[test]
fn an_address_is_blocked_only_if_one_was_left_and_can_be_added() {
    let mut chat = site();
    let with_email = json!({ "reason": "Spam", "email": true });
    assert_eq!(chat.refused(Who::Manager, "block", &with_email), Code::InvalidInput);
    let left = chat.ok(Who::Visitor, "leave_contact", &json!({ "email": "V@Example.com" }));
    let looks: Vec<&Job> = left.jobs.iter().filter(|job| job.task == LOOK).collect();
    assert!(looks.len() == 1 && !looks[0].body.to_string().contains("example"), "{looks:?}");
    chat.ok(Who::Manager, "block", &json!({ "reason": "Spam" }));
    let added = chat.ok(Who::Manager, "block", &with_email);
    assert!(matches!(added.events.as_slice(), [Event::VisitorBlocked { email: Some(_), .. }]), "{added:?}");
    assert_eq!(chat.snapshot(Who::Admin).unwrap()["blocked"]["email"], "v@example.com");
    assert_eq!(events(&mut chat, Who::Manager, "block", &with_email), 0);
}

#[test]
fn a_client_is_not_blocked_and_who_becomes_one_writes() {
    let (mut chat, _) = blocked();
    let handed = json!({ "account": ACCOUNT, "name": "Mia" });
    chat.ok(Who::System, "hand_over", &handed);
    say(&mut chat, Who::Member, "Hello again");
    assert_eq!(chat.refused(Who::Manager, "block", &json!({ "reason": "Spam" })), Code::Conflict);
    // The visitor's it is again, and the visitor is blocked as before.
    chat.ok(Who::Admin, "take_back", &json!({}));
    assert_eq!(chat.refused(Who::Visitor, "send", &json!({ "text": "x" })), Code::Forbidden);
}

#[test]
fn nobody_asks_a_blocked_visitor_how_it_was() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Hello");
    say(&mut chat, Who::Manager, "Hello");
    chat.ok(Who::Manager, "block", &json!({ "reason": "Spam" }));
    chat.ok(Who::Manager, "resolve", &json!({}));
    let ask = json!({ "rev": chat.head(), "question": "How was it?" });
    assert_eq!(events(&mut chat, Who::System, "ask_feedback", &ask), 0);
}

proptest! {
    /// Whatever happens, nothing a visitor has written comes after a block that was not lifted, and the rows that were kept
    /// say who is blocked.
    #[test]
    fn nothing_of_a_blocked_visitor_is_in_the_log(asks in crate::chat::asks(1..60)) {
        let chat = crate::chat::after(1, asks);
        let mut stopped = false;
        for entry in &chat.log {
            match &entry.event {
                Event::WritingAllowed { on } => stopped = !on,
                Event::MessageSent { .. } | Event::ContactLeft { .. } | Event::MessageEdited { .. } => {
                    prop_assert!(!stopped || entry.by != Who::Visitor.actor().party, "entry {}", entry.seq);
                }
                _ => {}
            }
        }
    }
}
