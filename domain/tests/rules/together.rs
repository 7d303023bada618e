//! Several of the staff in one conversation: who hears of whom, and that two never answer the same thing unknowingly.

use std::collections::BTreeSet;

use brigade_domain::chat::event::Event;
use brigade_domain::chat::signal::Signal;
use brigade_domain::entity::{Entity, Hearers, Seq};
use brigade_domain::refusal::{Code, Refusal};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::chat::{Chat, after, asks, repeat, say, site};
use crate::world::{ACCOUNT, COLLEAGUE, Who};

const STAFF: [Who; 4] = [Who::Manager, Who::Colleague, Who::Admin, Who::SecretKey];

/// An answer to what was on the screen up to `seq`.
fn guarded(seq: Seq) -> Value {
    json!({ "text": "We can", "unless_answered_after": seq })
}

fn refusal(chat: &mut Chat, who: Who, seq: Seq) -> Refusal {
    chat.give(who, "send", &guarded(seq)).unwrap_err()
}

#[test]
fn staff_say_that_they_note_and_look_among_themselves_and_customers_learn_nothing_of_it() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Hello");
    let table = |chat: &Chat, kind: &str| -> String {
        let verdict = |who: Who| match chat.state.ephemeral(&who.actor(), kind).map_err(|refusal| refusal.code) {
            Ok(Hearers::Everybody) => 'e',
            Ok(Hearers::Staff) => 's',
            Err(Code::Forbidden) => 'f',
            Err(Code::UnknownCommand) => 'u',
            Err(Code::NotFound) => '.',
            Err(code) => panic!("{who:?} {kind}: {code:?}"),
        };
        Who::ALL.into_iter().map(verdict).collect()
    };
    // The columns are those of `authority`.
    assert_eq!(table(&chat, "typing"), "e...eeee.f...");
    assert_eq!(table(&chat, "noting"), "f...ssss.f...");
    assert_eq!(table(&chat, "looking"), "f...ssss.f...");
    assert_eq!(table(&chat, "shaking"), "u".repeat(Who::ALL.len()));
    chat.ok(Who::System, "hand_over", &json!({ "account": ACCOUNT, "name": "Mia" }));
    assert_eq!(table(&chat, "typing"), "..e.eeee.f...");
    assert_eq!(table(&chat, "looking"), "..f.ssss.f...");
    let names: BTreeSet<_> = Signal::ALL.map(Signal::as_str).into();
    assert_eq!(names, BTreeSet::from(["typing", "noting", "looking"]));
}

#[test]
fn who_has_not_seen_a_colleagues_answer_is_told_instead_of_answering_again() {
    let mut chat = site();
    let asked = say(&mut chat, Who::Visitor, "Can you cook for sixty?");
    let answered = say(&mut chat, Who::Colleague, "We can, with pleasure.");
    let (log, refusal) = (chat.log.len(), refusal(&mut chat, Who::Manager, asked));
    assert_eq!(refusal.code, Code::Conflict);
    assert_eq!(refusal.details, Some(json!({ "reason": "answered_meanwhile", "by": COLLEAGUE, "seq": answered })));
    assert_eq!(chat.log.len(), log, "nothing was written");
    // Seen, or not asked for: it is sent.
    chat.ok(Who::Manager, "send", &guarded(answered));
    chat.ok(Who::Admin, "send", &json!({ "text": "And I" }));
}

#[test]
fn the_newest_answer_is_the_one_that_is_named() {
    let mut chat = site();
    let asked = say(&mut chat, Who::Visitor, "Hello?");
    say(&mut chat, Who::Colleague, "Hello!");
    let newest = say(&mut chat, Who::Admin, "How can we help?");
    say(&mut chat, Who::Visitor, "With cake");
    assert_eq!(refusal(&mut chat, Who::Manager, asked).details.unwrap()["seq"], newest);
}

#[test]
fn own_words_notes_customers_and_what_was_deleted_are_no_answers() {
    let mut chat = site();
    let asked = say(&mut chat, Who::Visitor, "Hello?");
    say(&mut chat, Who::Manager, "One moment");
    chat.ok(Who::Colleague, "note", &json!({ "text": "Who takes this?" }));
    say(&mut chat, Who::Visitor, "Of course");
    let gone = say(&mut chat, Who::Colleague, "Wrong window");
    chat.ok(Who::Colleague, "delete", &json!({ "seq": gone }));
    chat.ok(Who::Manager, "send", &guarded(asked));
}

#[test]
fn resolved_and_snoozed_conversations_are_guarded_alike() {
    for (kind, body) in [("resolve", json!({})), ("snooze", json!({ "until": "2026-03-03T09:00:00Z" }))] {
        let mut chat = site();
        let asked = say(&mut chat, Who::Visitor, "Hello?");
        say(&mut chat, Who::Colleague, "Hello!");
        chat.ok(Who::Colleague, kind, &body);
        assert_eq!(refusal(&mut chat, Who::Manager, asked).code, Code::Conflict, "{kind}");
    }
}

#[test]
fn it_is_for_staff_only() {
    let mut chat = site();
    let refusal = refusal(&mut chat, Who::Visitor, 9);
    assert_eq!(
        (refusal.code, refusal.details),
        (Code::InvalidInput, Some(json!({ "field": "unless_answered_after" })))
    );
}

#[test]
fn when_nobody_can_tell_any_more_it_is_a_no() {
    let mut chat = site();
    let asked = say(&mut chat, Who::Visitor, "Hello?");
    repeat(&mut chat, Who::Visitor, "Anybody?", 200);
    chat.ok(Who::Manager, "send", &guarded(asked));
    let unknown = refusal(&mut chat, Who::Manager, asked);
    assert_eq!((unknown.code, unknown.details), (Code::Conflict, Some(json!({ "reason": "too_long_ago" }))));
    let answered = say(&mut chat, Who::Colleague, "Here I am");
    let known = refusal(&mut chat, Who::Manager, asked);
    assert_eq!(known.details.unwrap()["seq"], answered, "what is known is said");
    chat.ok(Who::Manager, "send", &guarded(answered));
}

/// The newest answer of somebody else above `after`, read from the log alone.
fn newest_answer(chat: &Chat, who: Who, after: Seq) -> Option<Seq> {
    let gone: BTreeSet<Seq> = chat
        .log
        .iter()
        .filter_map(|entry| if let Event::MessageDeleted { seq, .. } = entry.event { Some(seq) } else { None })
        .collect();
    let colleagues: Vec<_> = STAFF.map(Who::party).into_iter().filter(|party| *party != who.party()).collect();
    let answers = chat.log.iter().filter(|entry| matches!(entry.event, Event::MessageSent { .. }));
    let answers = answers.filter(|entry| colleagues.contains(&entry.by) && !gone.contains(&entry.seq));
    answers.map(|entry| entry.seq).filter(|seq| *seq > after).max()
}

proptest! {
    #[test]
    fn an_answer_is_refused_exactly_when_the_log_has_another_after_it(asks in asks(1..40), delete in any::<bool>()) {
        let mut chat = after(1, asks);
        if delete && let Some(seq) = newest_answer(&chat, Who::Manager, 0) {
            chat.ok(Who::Admin, "delete", &json!({ "seq": seq }));
        }
        for who in STAFF {
            for seq in 0..=chat.head() + 1 {
                let command = brigade_domain::chat::Conversation::parse("send", &guarded(seq).to_string()).unwrap();
                let found = match chat.state.decide(&who.actor(), chat.now, &command) {
                    Ok(_) => None,
                    Err(refusal) => refusal.details.unwrap()["seq"].as_u64(),
                };
                prop_assert_eq!(found, newest_answer(&chat, who, seq), "{:?} after {}", who, seq);
            }
        }
    }
}
