//! Transcripts: who has one sent, to whom, and how often.

use brigade_domain::chat::event::Event;
use brigade_domain::chat::transcript::{Recipient, SEND, Wanted};
use brigade_domain::entity::{Decision, Fact};
use brigade_domain::refusal::Code;
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::json;

use crate::chat::{Chat, SECRET, repeat, say, site};
use crate::world::{ACCOUNT, MEMBER, Who};

/// A chat that was answered.
fn answered() -> Chat {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Do you cater?");
    say(&mut chat, Who::Manager, "We do.");
    chat
}

fn wanted(decision: &Decision<Event>) -> &Wanted {
    let found = decision.facts.iter().find_map(|fact| match fact {
        Fact::Transcript(wanted) => Some(wanted),
        _ => None,
    });
    found.unwrap()
}

fn address(wanted: &Wanted) -> &str {
    match &wanted.to {
        Recipient::Address(email) => email.as_str(),
        Recipient::Person(user) => panic!("{user}"),
    }
}

#[test]
fn a_visitor_gets_it_where_they_say_and_that_is_left_as_a_contact() {
    let mut chat = answered();
    assert_eq!(chat.refused(Who::Visitor, "ask_transcript", &json!({})), Code::InvalidInput);
    let asked = chat.ok(Who::Visitor, "ask_transcript", &json!({ "email": " Mia@Example.com " }));
    assert!(matches!(asked.events.as_slice(), [Event::ContactLeft { .. }, Event::TranscriptAsked { .. }]), "{asked:?}");
    assert_eq!((address(wanted(&asked)), wanted(&asked).rev), ("mia@example.com", chat.head()));
    let sends: Vec<_> = asked.jobs.iter().filter(|job| job.task == SEND).collect();
    assert!(sends.len() == 1 && !sends[0].body.to_string().contains("mia"), "{sends:?}");
    assert!(!asked.audit[0].details.to_string().contains("mia"));
    // From then on it is known, and the staff can send one there too, and nowhere else.
    let again = chat.ok(Who::Manager, "ask_transcript", &json!({}));
    assert!(address(wanted(&again)) == "mia@example.com" && again.events.len() == 1);
    let elsewhere = json!({ "email": "boss@example.com" });
    assert_eq!(chat.refused(Who::Manager, "ask_transcript", &elsewhere), Code::InvalidInput);
    assert_eq!(chat.snapshot(Who::Visitor).unwrap()["transcript"], json!(null));
    assert_eq!(chat.snapshot(Who::Manager).unwrap()["transcript"]["to"]["address"], "mia@example.com");
}

#[test]
fn nothing_is_sent_before_somebody_has_answered() {
    let mut chat = site();
    repeat(&mut chat, Who::Visitor, "Buy watches at watches.example", 3);
    let asked = json!({ "email": "stranger@example.com" });
    assert_eq!(chat.refused(Who::Visitor, "ask_transcript", &asked), Code::Conflict);
    // A note is no answer.
    chat.ok(Who::Manager, "note", &json!({ "text": SECRET }));
    assert_eq!(chat.refused(Who::Visitor, "ask_transcript", &asked), Code::Conflict);
    assert_eq!(chat.snapshot(Who::Manager).unwrap()["contact"], json!(null), "nothing was left either");
    say(&mut chat, Who::Manager, "No, thank you.");
    chat.ok(Who::Manager, "block", &json!({ "reason": "Spam" }));
    assert_eq!(chat.refused(Who::Visitor, "ask_transcript", &asked), Code::Forbidden);
}

#[test]
fn a_client_gets_it_at_their_own_address() {
    let mut chat = answered();
    chat.ok(Who::System, "hand_over", &json!({ "account": ACCOUNT, "name": "Mia" }));
    // Nobody of them has written yet.
    assert_eq!(chat.refused(Who::Manager, "ask_transcript", &json!({})), Code::Conflict);
    let theirs = chat.ok(Who::Member, "ask_transcript", &json!({}));
    assert_eq!(wanted(&theirs).to, Recipient::Person(MEMBER));
    assert_eq!(chat.refused(Who::Member, "ask_transcript", &json!({ "email": "a@example.com" })), Code::InvalidInput);
    say(&mut chat, Who::Member, "Thank you");
    let ours = chat.ok(Who::Colleague, "ask_transcript", &json!({}));
    assert_eq!(wanted(&ours).to, Recipient::Person(MEMBER));
}

proptest! {
    /// However often and by whomever: never more than three within any 24 hours, and who waits as long as they are told may ask again.
    #[test]
    fn a_conversation_sends_three_a_day(waits in prop::collection::vec(0i64..50_000, 1..40)) {
        let mut chat = answered();
        chat.ok(Who::Visitor, "leave_contact", &json!({ "email": "mia@example.com" }));
        let mut sent = Vec::new();
        for (n, wait) in waits.into_iter().enumerate() {
            chat.wait(SignedDuration::from_secs(wait));
            let who = if n % 2 == 0 { Who::Visitor } else { Who::Manager };
            match chat.give(who, "ask_transcript", &json!({})) {
                Ok(decision) => {
                    prop_assert_eq!(decision.events.len(), 1);
                    sent.push(chat.now);
                }
                Err(refusal) => {
                    prop_assert_eq!(refusal.code, Code::RateLimited);
                    let mut later = chat.now;
                    later += refusal.retry_after.unwrap();
                    let recent = sent.iter().filter(|at| later.duration_since(**at) < SignedDuration::from_hours(24));
                    prop_assert!(recent.count() < 3);
                }
            }
        }
        for window in sent.windows(4) {
            prop_assert!(window[3].duration_since(window[0]) >= SignedDuration::from_hours(24));
        }
    }
}
