//! What is told to whom of a conversation, an account and what is due.

use std::collections::BTreeSet;

use brigade_domain::account::Account;
use brigade_domain::actor::Party;
use brigade_domain::chat::due::Due;
use brigade_domain::entity::Seq;
use brigade_domain::id::UserId;
use brigade_domain::notices::Kind;
use brigade_domain::notices::tell::{News, Scene, Tell, of_account, of_conversation, of_due};
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::json;

use crate::chat::{Chat, repeat, say, site};
use crate::harness::Run;
use crate::world::{ACCOUNT, ADMIN, COLLEAGUE, MANAGER, Who, invitation, key};

fn staff() -> BTreeSet<UserId> {
    [MANAGER, COLLEAGUE, ADMIN].into()
}

/// What the lines after `after` come to, as things stand at the end. The admin takes no chats.
fn news(chat: &Chat, after: Seq, by_hand: bool) -> News {
    let (staff, away) = (staff(), BTreeSet::from([ADMIN]));
    let state = serde_json::to_value(&chat.state).unwrap();
    let assignee: Option<UserId> = serde_json::from_value(state["assignee"].clone()).unwrap();
    let waits = !state["waiting_since"].is_null();
    let to_be_had = by_hand && waits && assignee.is_none();
    let scene = Scene { assignee, to_be_had, staff: &staff, away: &away, inviter: Some(MANAGER) };
    let lines: Vec<_> = chat.log.iter().filter(|line| line.seq > after).cloned().collect();
    of_conversation(&lines, &scene)
}

/// Who, what, how often.
fn told(news: &News) -> Vec<(UserId, Kind, u32)> {
    let mut told: Vec<_> = news.tell.iter().map(|told| (told.user, told.kind, told.times)).collect();
    told.sort_unstable();
    told
}

fn assign(chat: &mut Chat, who: Who, to: Option<UserId>) {
    chat.ok(who, "assign", &json!({ "to": to }));
}

#[test]
fn who_waits_and_is_nobodys_is_told_to_who_takes_chats_and_only_where_people_take_them() {
    let mut chat = site();
    repeat(&mut chat, Who::Visitor, "Is anybody there?", 3);
    assert_eq!(told(&news(&chat, 0, true)), [(MANAGER, Kind::Waiting, 3), (COLLEAGUE, Kind::Waiting, 3)]);
    assert_eq!(told(&news(&chat, 0, false)), [], "routing gives it out");
    say(&mut chat, Who::Colleague, "I am");
    assert_eq!(told(&news(&chat, 0, true)), [], "nobody waits any more");
}

#[test]
fn a_customers_messages_are_one_thing_of_who_answers_and_only_what_was_not_read_counts() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "To anybody");
    assign(&mut chat, Who::Manager, Some(MANAGER));
    let head = chat.head();
    let first = say(&mut chat, Who::Visitor, "One");
    say(&mut chat, Who::Visitor, "Two");
    assert_eq!(told(&news(&chat, 0, true)), [(MANAGER, Kind::Answered, 2)], "what was said before was not to them");
    chat.ok(Who::Manager, "read", &json!({ "seq": first }));
    assert_eq!(told(&news(&chat, head, true)), [(MANAGER, Kind::Answered, 1)]);
    let last = say(&mut chat, Who::Visitor, "Three");
    chat.ok(Who::Manager, "read", &json!({ "seq": last }));
    let seen = news(&chat, head, true);
    assert_eq!((told(&seen), seen.seen[&MANAGER].up_to), (vec![], last), "it was before their eyes");
    say(&mut chat, Who::Manager, "My own words are no news to me");
    assert_eq!(told(&news(&chat, head, true)), []);
}

#[test]
fn what_is_handed_over_is_told_with_its_note_and_once() {
    let mut chat = site();
    let text = json!({ "text": "She wants the green one", "mentions": [COLLEAGUE] });
    chat.ok(Who::Manager, "note", &text);
    let note =
        chat.log.iter().find(|line| serde_json::to_value(&line.event).unwrap()["type"] == "note_added").unwrap().seq;
    assign(&mut chat, Who::Manager, Some(COLLEAGUE));
    let told_of = news(&chat, 0, true);
    assert_eq!(told(&told_of), [(COLLEAGUE, Kind::Assigned, 1)], "the note names them, and is no second thing");
    let [Tell { by, note: with, mark, .. }] = told_of.tell.as_slice() else { panic!() };
    assert_eq!((*by, *with, *mark), (Party::User(MANAGER), Some(note), chat.head()));
    // Taken on oneself, or given on before anybody was told: there is nothing to tell.
    assign(&mut chat, Who::Manager, Some(MANAGER));
    assert_eq!(told(&news(&chat, 0, true)), [(COLLEAGUE, Kind::Mentioned, 1)]);
}

#[test]
fn who_is_meant_by_name_is_told_unless_it_is_oneself() {
    let mut chat = site();
    for _ in 0..2 {
        chat.ok(Who::Manager, "note", &json!({ "text": "Look", "mentions": [COLLEAGUE, MANAGER] }));
    }
    assert_eq!(told(&news(&chat, 0, true)), [(COLLEAGUE, Kind::Mentioned, 2)]);
}

#[test]
fn an_accepted_invitation_is_told_to_who_invited_and_the_account_is_no_second_thing() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "I want to order");
    chat.ok(Who::System, "hand_over", &json!({ "account": ACCOUNT, "name": "Mia", "invitation": invitation(1) }));
    let kinds = told(&news(&chat, 0, false));
    assert_eq!(kinds, [(MANAGER, Kind::Accepted, 1)]);

    let mut account: Run<Account> = Run::new(key(ACCOUNT));
    account.ok(Who::System, "open", &json!({ "name": "Mia" }));
    let of = |account: &Run<Account>| told(&of_account(&account.log, &staff()));
    account.ok(Who::System, "set_manager", &json!({ "manager": MANAGER }));
    assert_eq!(of(&account), [], "that came with the invitation");
    account.ok(Who::Admin, "set_manager", &json!({ "manager": COLLEAGUE }));
    assert_eq!(of(&account), [(COLLEAGUE, Kind::Entrusted, 1)]);
    account.ok(Who::Admin, "set_manager", &json!({ "manager": ADMIN }));
    assert_eq!(of(&account), [], "one's own doing");
}

#[test]
fn what_is_due_is_told_when_it_is_soon_and_when_it_was_missed() {
    let now: jiff::Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    let due = Due { warn_at: now + SignedDuration::from_mins(10), at: now + SignedDuration::from_mins(20) };
    let at = |minutes| of_due(due, now + SignedDuration::from_mins(minutes));
    assert_eq!((at(9).told, at(9).again), (None, Some(due.warn_at)));
    assert_eq!((at(10).told, at(10).again), (Some(due.warn_at), Some(due.at)));
    assert_eq!((at(20).told, at(20).again), (Some(due.at), None));
}

proptest! {
    /// However the log is cut into stretches: customers and who has gone are told nothing, nobody of what they did
    /// themselves or have seen, and messages are counted once.
    #[test]
    fn however_it_is_read_nobody_is_told_what_they_know(steps in proptest::collection::vec(0..7u8, 1..40), cut in 0..60u64) {
        let mut chat = site();
        assign(&mut chat, Who::Admin, Some(MANAGER));
        let begun = chat.head();
        for step in steps {
            match step {
                0..=2 => drop(say(&mut chat, Who::Visitor, "Hello")),
                3 => drop(say(&mut chat, Who::Manager, "Yes")),
                4 => drop(say(&mut chat, Who::Colleague, "Yes")),
                5 => {
                    let seq = chat.head();
                    chat.ok(Who::Manager, "read", &json!({ "seq": seq }));
                }
                _ => drop(chat.ok(Who::Manager, "note", &json!({ "text": "Hm" }))),
            }
        }
        let cut = begun + cut.min(chat.head() - begun);
        let whole = news(&chat, begun, true);
        let (staff, away) = (staff(), BTreeSet::new());
        let scene = Scene { assignee: Some(MANAGER), to_be_had: false, staff: &staff, away: &away, inviter: None };
        let halves: Vec<News> = [(begun, cut), (cut, chat.head())].into_iter().map(|(after, up_to)| {
            let lines: Vec<_> = chat.log.iter().filter(|line| line.seq > after && line.seq <= up_to).cloned().collect();
            of_conversation(&lines, &scene)
        }).collect();
        // As the database keeps it: what is told later counts on, unless it was read in between.
        let (mut unread, mut mark) = (0, 0);
        for half in &halves {
            let seen = half.seen.get(&MANAGER).map_or(0, |seen| seen.up_to);
            if mark <= seen { unread = 0; }
            for told in &half.tell {
                prop_assert!(told.user == MANAGER && told.kind == Kind::Answered && told.mark > seen);
                unread += told.times;
                mark = told.mark;
            }
        }
        let expected: u32 = whole.tell.iter().map(|told| told.times).sum();
        // What was partly read in the second half keeps the count of the first, and never loses a message.
        prop_assert!(unread >= expected, "{unread} {expected}");
        prop_assert_eq!(unread == 0, expected == 0);
    }
}
