//! Unread counts against a naive recount of the whole log.

use std::collections::BTreeMap;

use brigade_domain::actor::Party;
use brigade_domain::chat::event::{Event, Side};
use proptest::prelude::*;
use serde_json::json;

use crate::chat::{Chat, after, asks, repeat, say, site};
use crate::world::{MANAGER, Who};

/// Counts from the log alone: what others wrote, the side may see, is not deleted and is after the last `read_up_to`.
fn recount(chat: &Chat, reader: Party, side: Side) -> u64 {
    let mut cursor = 0;
    let mut messages: BTreeMap<u64, (Party, bool)> = BTreeMap::new();
    for entry in &chat.log {
        match &entry.event {
            Event::ReadUpTo { seq, .. } if entry.by == reader => cursor = *seq,
            Event::MessageSent { .. } => drop(messages.insert(entry.seq, (entry.by, false))),
            Event::NoteAdded { .. } => drop(messages.insert(entry.seq, (entry.by, true))),
            Event::MessageDeleted { seq, .. } => drop(messages.remove(seq)),
            _ => {}
        }
    }
    let counts = |(seq, (by, note)): &(&u64, &(Party, bool))| {
        **seq > cursor && *by != reader && !(*note && side == Side::Customer)
    };
    messages.iter().filter(counts).map(|_| 1).sum()
}

fn check(chat: &Chat) {
    let readers = [
        (Who::Visitor, Side::Customer),
        (Who::Member, Side::Customer),
        (Who::Manager, Side::Staff),
        (Who::Colleague, Side::Staff),
        (Who::Admin, Side::Staff),
        (Who::SecretKey, Side::Staff),
    ];
    for (who, side) in readers {
        let Some(snapshot) = chat.snapshot(who) else { continue };
        let expected = recount(chat, who.party(), side);
        let unread = snapshot["unread"].as_u64().unwrap();
        if snapshot["unread_more"] == json!(true) {
            assert!(unread < expected, "{who:?}: more than {unread} was said, there are {expected}");
        } else {
            assert_eq!(unread, expected, "{who:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn unread_is_what_a_recount_of_the_log_says(asks in asks(1..50)) {
        check(&after(1, asks));
    }
}

/// What somebody does in a long conversation: mostly write.
#[derive(Debug, Clone)]
enum Do {
    Say(Who, usize),
    Note(u16),
    Read(Who, u8),
    Delete(Who, u16),
}

fn long() -> impl Strategy<Value = Vec<Do>> {
    let who = || prop::sample::select(vec![Who::Visitor, Who::Manager, Who::Admin]);
    let step = prop_oneof![
        6 => (who(), 1usize..60).prop_map(|(who, times)| Do::Say(who, times)),
        2 => (1u16..120).prop_map(Do::Note),
        1 => (who(), any::<u8>()).prop_map(|(who, at)| Do::Read(who, at)),
        3 => (who(), any::<u16>()).prop_map(|(who, at)| Do::Delete(who, at)),
    ];
    prop::collection::vec(step, 10..30)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn it_stays_right_when_more_is_said_than_is_kept(steps in long()) {
        let mut chat = site();
        for step in steps {
            match step {
                Do::Say(who, times) => repeat(&mut chat, who, "x", times),
                Do::Note(times) => (0..times).for_each(|_| drop(chat.ok(Who::Colleague, "note", &json!({ "text": "x" })))),
                Do::Read(who, at) => {
                    let seq = chat.head() * u64::from(at) / 255;
                    chat.ok(who, "read", &json!({ "seq": seq }));
                }
                Do::Delete(who, at) => drop(chat.give(who, "delete", &json!({ "seq": u64::from(at) % chat.head() }))),
            }
            check(&chat);
        }
    }
}

#[test]
fn own_messages_are_never_unread_however_many() {
    let mut chat = site();
    repeat(&mut chat, Who::Visitor, "anybody?", 500);
    let visitor = chat.snapshot(Who::Visitor).unwrap();
    assert_eq!((&visitor["unread"], &visitor["unread_more"]), (&json!(0), &json!(false)));
    let staff = chat.snapshot(Who::Manager).unwrap();
    assert_eq!((&staff["unread"], &staff["unread_more"]), (&json!(200), &json!(true)));
}

fn inbox_line(chat: &Chat) -> serde_json::Value {
    let listing = brigade_domain::entity::Entity::listing(&chat.state).unwrap();
    serde_json::from_str(listing.body.as_str()).unwrap()
}

#[test]
fn the_inbox_counts_for_each_of_the_staff() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "one");
    let two = say(&mut chat, Who::Visitor, "two");
    chat.ok(Who::Manager, "read", &json!({ "seq": two - 1 }));
    let body = inbox_line(&chat);
    assert_eq!(body["unread_by"], json!({ MANAGER.to_string(): 1 }));
    assert_eq!(body["unread_rest"], 2);
    chat.ok(Who::Visitor, "read", &json!({ "seq": two }));
    let body = inbox_line(&chat);
    assert!(body["unread_by"].as_object().unwrap().len() == 1, "customers are not counted in the inbox");
}
