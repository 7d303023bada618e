//! Bounds: however much is said, state and snapshot stay small.

use brigade_domain::actor::{Actor, ActorKind, Party};
use brigade_domain::chat::message::KEPT;
use brigade_domain::id::UserId;
use brigade_domain::refusal::Code;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::chat::{Chat, repeat, say, site};
use crate::world::{TENANT, Who, team};

const FRAME: usize = 256 * 1024;

fn staff(n: u16) -> Actor {
    Actor {
        party: Party::User(UserId::from_uuid(Uuid::from_u128(0xffff_0000 + u128::from(n)))),
        kind: ActorKind::AccountManager,
        name: "𝕏".repeat(200),
        ..Actor::system(TENANT)
    }
}

fn messages(chat: &Chat) -> Vec<Value> {
    chat.snapshot(Who::Manager).unwrap()["messages"].as_array().unwrap().clone()
}

#[test]
fn the_worst_conversation_still_fits_a_frame() {
    let mut chat = site();
    let longest = json!({ "text": "🦀".repeat(4_000) });
    for n in 0..199 {
        chat.give_as(&staff(n), "send", &longest).unwrap();
    }
    // The visitor is the two-hundredth.
    let last = say(&mut chat, Who::Visitor, &"🦀".repeat(4_000));
    assert_eq!(chat.give_as(&staff(300), "send", &longest).unwrap_err().code, Code::Conflict);
    for n in 0..199 {
        let emoji = char::from_u32(0x1f600 + u32::from(n % 25)).unwrap().to_string();
        // Refused when the message is full.
        drop(chat.give_as(&staff(n), "react", &json!({ "seq": last, "emoji": emoji, "on": true })));
        chat.give_as(&staff(n), "read", &json!({ "seq": last })).unwrap();
    }
    for n in 0..60 {
        chat.ok(Who::Manager, "assign_team", &json!({ "team": team(n) }));
    }
    let snapshot = chat.snapshot(Who::Manager).unwrap();
    assert_eq!(snapshot["team_changes"].as_array().unwrap().len(), 50);
    let size = snapshot.to_string().len();
    assert!(size < FRAME, "{size}");
    assert!((1..50).contains(&messages(&chat).len()));
    assert_eq!(snapshot["more"], json!(true));
    let given: usize = snapshot["messages"].as_array().unwrap().last().unwrap()["reactions"]
        .as_object()
        .unwrap()
        .values()
        .map(|who| who.as_array().unwrap().len())
        .sum();
    assert_eq!(given, 100);
}

#[test]
fn a_snapshot_has_the_newest_fifty() {
    let mut chat = site();
    for n in 0..50 {
        say(&mut chat, Who::Visitor, &n.to_string());
    }
    assert_eq!((messages(&chat).len(), &chat.snapshot(Who::Manager).unwrap()["more"]), (50, &json!(false)));
    say(&mut chat, Who::Visitor, "newest");
    let shown = messages(&chat);
    assert_eq!((shown.len(), &shown[49]["text"], &shown[0]["text"]), (50, &json!("newest"), &json!("1")));
    assert_eq!(chat.snapshot(Who::Manager).unwrap()["more"], json!(true));
}

#[test]
fn what_is_no_longer_kept_is_too_old_to_change_and_can_be_answered() {
    let mut chat = site();
    let first = say(&mut chat, Who::Visitor, "first");
    let second = say(&mut chat, Who::Visitor, "second");
    repeat(&mut chat, Who::Visitor, "x", KEPT - 1);
    for (who, kind, body) in [
        (Who::Visitor, "edit", json!({ "seq": first, "text": "x" })),
        (Who::Visitor, "delete", json!({ "seq": first })),
        (Who::Admin, "delete", json!({ "seq": first })),
        (Who::Manager, "react", json!({ "seq": first, "emoji": "👍", "on": true })),
    ] {
        assert_eq!(chat.refused(who, kind, &body), Code::Conflict, "{kind}");
    }
    chat.ok(Who::Visitor, "edit", &json!({ "seq": second, "text": "second!" }));
    chat.ok(Who::Manager, "send", &json!({ "text": "yes?", "reply_to": first }));
    assert_eq!(chat.refused(Who::Manager, "send", &json!({ "text": "x", "reply_to": 999 })), Code::InvalidInput);
}

#[test]
fn the_state_stops_growing() {
    let mut chat = site();
    let size = |chat: &Chat| serde_json::to_string(&chat.state).unwrap().len();
    repeat(&mut chat, Who::Visitor, "same", KEPT * 2);
    let full = size(&chat);
    repeat(&mut chat, Who::Visitor, "same", KEPT);
    assert!(size(&chat) <= full + 100, "{} after {full}", size(&chat));
}
