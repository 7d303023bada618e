//! Conversations: single rules.

use brigade_domain::chat::event::Event;
use brigade_domain::chat::state::Status;
use brigade_domain::entity::{Audience, Entity, Row};
use brigade_domain::id::LabelId;
use brigade_domain::refusal::Code;
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use crate::chat::{closed, say, site};
use crate::world::{ACCOUNT, ADMIN, COLLEAGUE, MANAGER, VISITOR, Who};

#[test]
fn a_visitor_writes_and_is_answered() {
    let mut chat = site();
    let decision = chat.ok(Who::Visitor, "send", &json!({ "text": "Hello?" }));
    assert!(matches!(decision.events.as_slice(), [Event::Joined { .. }, Event::MessageSent { .. }]));
    let answer = chat.ok(Who::Manager, "send", &json!({ "text": "Hi!", "reply_to": 3 }));
    assert!(matches!(answer.events.as_slice(), [Event::Joined { .. }, Event::MessageSent { reply_to: Some(3), .. }]));
    let again = chat.ok(Who::Visitor, "send", &json!({ "text": "Great" }));
    assert!(matches!(again.events.as_slice(), [Event::MessageSent { .. }]));
    let people = &chat.snapshot(Who::Visitor).unwrap()["people"];
    assert_eq!(people[VISITOR.to_string()], json!({ "name": "Visitor 4F2A", "side": "customer" }));
    assert_eq!(people[MANAGER.to_string()], json!({ "name": "Max Manager", "side": "staff" }));
}

#[test]
fn nothing_is_there_before_it_is_opened() {
    let mut chat = closed();
    for who in Who::ALL.into_iter().filter(|who| *who != Who::System) {
        assert_eq!(chat.refused(who, "send", &json!({ "text": "x" })), Code::NotFound, "{who:?}");
        assert!(!chat.sees(who));
    }
    assert_eq!(chat.refused(Who::System, "resolve", &json!({})), Code::NotFound);
    assert!(!chat.sees(Who::System));
    assert_eq!((chat.state.row(), chat.state.listing()), (None, None));
}

#[test]
fn opening_twice_is_harmless_and_opening_for_somebody_else_is_refused() {
    let mut chat = site();
    let again = json!({ "kind": "site", "visitor": VISITOR, "name": "Other" });
    assert!(chat.ok(Who::System, "open", &again).events.is_empty());
    let other = json!({ "kind": "account", "account": ACCOUNT, "name": "Other" });
    assert_eq!(chat.refused(Who::System, "open", &other), Code::Conflict);
}

#[test]
fn a_message_is_changed_by_its_author_within_a_day() {
    let mut chat = site();
    let seq = say(&mut chat, Who::Visitor, "Helo");
    for who in [Who::Manager, Who::Admin] {
        assert_eq!(chat.refused(who, "edit", &json!({ "seq": seq, "text": "x" })), Code::Forbidden);
    }
    chat.ok(Who::Visitor, "edit", &json!({ "seq": seq, "text": "Hello" }));
    assert!(chat.ok(Who::Visitor, "edit", &json!({ "seq": seq, "text": " Hello " })).events.is_empty());
    chat.wait(SignedDuration::from_hours(24));
    chat.ok(Who::Visitor, "edit", &json!({ "seq": seq, "text": "Hello!" }));
    chat.wait(SignedDuration::from_secs(1));
    assert_eq!(chat.refused(Who::Visitor, "edit", &json!({ "seq": seq, "text": "x" })), Code::Conflict);
    assert_eq!(chat.refused(Who::Visitor, "delete", &json!({ "seq": seq })), Code::Conflict);
    let message = &chat.snapshot(Who::Manager).unwrap()["messages"][0];
    assert_eq!((&message["text"], &message["edits"]), (&json!("Hello!"), &json!(2)));
}

#[test]
fn an_admin_deletes_what_others_wrote_on_the_record() {
    let mut chat = site();
    let seq = say(&mut chat, Who::Visitor, "rude");
    chat.ok(Who::Manager, "react", &json!({ "seq": seq, "emoji": "👎", "on": true }));
    assert_eq!(chat.refused(Who::Manager, "delete", &json!({ "seq": seq })), Code::Forbidden);
    chat.wait(SignedDuration::from_hours(1_000));
    let decision = chat.ok(Who::Admin, "delete", &json!({ "seq": seq }));
    assert_eq!(decision.audit[0].event, "conversation.message_deleted");
    assert!(!serde_json::to_string(&decision.audit).unwrap().contains("rude"));
    assert!(chat.ok(Who::Admin, "delete", &json!({ "seq": seq })).events.is_empty());
    let message = chat.snapshot(Who::Visitor).unwrap()["messages"][0].clone();
    assert_eq!((&message["deleted"], &message["text"], &message["reactions"]), (&json!(true), &json!(""), &json!({})));
    for (kind, body) in
        [("edit", json!({ "seq": seq, "text": "x" })), ("react", json!({ "seq": seq, "emoji": "👍", "on": true }))]
    {
        assert_eq!(chat.refused(Who::Visitor, kind, &body), Code::Conflict, "{kind}");
    }
    assert_eq!(chat.refused(Who::Visitor, "send", &json!({ "text": "x", "reply_to": seq })), Code::Conflict);
}

#[test]
fn an_own_delete_is_not_on_the_record() {
    let mut chat = site();
    let seq = say(&mut chat, Who::Admin, "oops");
    assert!(chat.ok(Who::Admin, "delete", &json!({ "seq": seq })).audit.is_empty());
}

#[test]
fn a_customer_can_touch_no_note() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Hello");
    chat.ok(Who::Manager, "note", &json!({ "text": "careful" }));
    let note = chat.head();
    for (kind, body) in [
        ("react", json!({ "seq": note, "emoji": "👍", "on": true })),
        ("edit", json!({ "seq": note, "text": "x" })),
        ("delete", json!({ "seq": note })),
    ] {
        assert_eq!(chat.refused(Who::Visitor, kind, &body), Code::NotFound, "{kind}");
    }
    assert_eq!(chat.refused(Who::Visitor, "send", &json!({ "text": "x", "reply_to": note })), Code::InvalidInput);
    assert_eq!(chat.refused(Who::Manager, "send", &json!({ "text": "x", "reply_to": note })), Code::InvalidInput);
    // Who wrote nothing but notes is nobody the customer knows.
    assert!(chat.snapshot(Who::Visitor).unwrap()["people"].get(MANAGER.to_string()).is_none());
    chat.ok(Who::Manager, "react", &json!({ "seq": note, "emoji": "👍", "on": true }));
    chat.ok(Who::Manager, "edit", &json!({ "seq": note, "text": "very careful" }));
    chat.ok(Who::Manager, "delete", &json!({ "seq": note }));
    assert_eq!(chat.visible(Audience::Customer).len(), 3);
    say(&mut chat, Who::Manager, "Hello!");
    assert_eq!(chat.snapshot(Who::Visitor).unwrap()["people"][MANAGER.to_string()]["name"], "Max Manager");
}

#[test]
fn who_changes_the_name_joins_again_under_it() {
    let mut chat = site();
    say(&mut chat, Who::Manager, "Hello");
    let mut renamed = Who::Manager.actor();
    renamed.name = "Maximilian".to_owned();
    let decision = chat.give_as(&renamed, "send", &json!({ "text": "It is still me" })).unwrap();
    assert!(matches!(decision.events.as_slice(), [Event::Joined { .. }, Event::MessageSent { .. }]));
    assert_eq!(chat.snapshot(Who::Visitor).unwrap()["people"][MANAGER.to_string()]["name"], "Maximilian");
}

#[test]
fn customers_mention_those_they_see() {
    let mut chat = site();
    let mention = |user| json!({ "text": "x", "mentions": [user] });
    assert_eq!(chat.refused(Who::Visitor, "send", &mention(MANAGER)), Code::InvalidInput);
    chat.ok(Who::Manager, "note", &json!({ "text": "x" }));
    assert_eq!(chat.refused(Who::Visitor, "send", &mention(MANAGER)), Code::InvalidInput);
    say(&mut chat, Who::Manager, "Hello");
    chat.ok(Who::Visitor, "send", &mention(MANAGER));
    chat.ok(Who::Admin, "assign", &json!({ "to": COLLEAGUE }));
    chat.ok(Who::Visitor, "send", &mention(COLLEAGUE));
    chat.ok(Who::Manager, "note", &mention(ADMIN));
}

#[test]
fn resolving_and_writing_again() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Hello");
    let resolved = chat.ok(Who::Manager, "resolve", &json!({}));
    assert_eq!((resolved.audit.len(), resolved.jobs.len()), (1, 1));
    assert!(chat.ok(Who::Manager, "resolve", &json!({})).events.is_empty());
    say(&mut chat, Who::Manager, "Bye");
    assert_eq!(chat.state.status(), Status::Resolved);
    let again = chat.ok(Who::Visitor, "send", &json!({ "text": "One more thing" }));
    assert!(matches!(again.events.as_slice(), [Event::MessageSent { .. }, Event::Reopened {}]));
    assert_eq!(chat.state.status(), Status::Open);
    assert!(chat.ok(Who::Manager, "reopen", &json!({})).events.is_empty());
}

#[test]
fn the_cursor_only_moves_forward_and_never_past_the_end() {
    let mut chat = site();
    let seq = say(&mut chat, Who::Visitor, "Hello");
    assert_eq!(chat.refused(Who::Manager, "read", &json!({ "seq": seq + 1 })), Code::InvalidInput);
    assert_eq!(chat.ok(Who::Manager, "read", &json!({ "seq": seq })).events.len(), 1);
    assert!(chat.ok(Who::Manager, "read", &json!({ "seq": seq })).events.is_empty());
    assert!(chat.ok(Who::Manager, "read", &json!({ "seq": 1 })).events.is_empty());
    assert_eq!(chat.snapshot(Who::Visitor).unwrap()["cursors"], json!({ MANAGER.to_string(): seq }));
}

#[test]
fn the_inbox_shows_the_last_message_that_everybody_sees() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "first\nline");
    let gone = say(&mut chat, Who::Visitor, "gone");
    chat.ok(Who::Visitor, "delete", &json!({ "seq": gone }));
    chat.ok(Who::Manager, "note", &json!({ "text": "hm" }));
    let listing = chat.state.listing().unwrap();
    assert_eq!(listing.topic.to_string(), format!("tenant:{}/inbox", crate::world::TENANT));
    let body: serde_json::Value = serde_json::from_str(listing.body.as_str()).unwrap();
    assert_eq!((&body["preview"], &body["unread_rest"]), (&json!("first line"), &json!(2)));
    assert_eq!(body["unread_by"], json!({ MANAGER.to_string(): 1 }), "the own note is not unread, read or not");
    let Some(Row::Conversation(row)) = chat.state.row() else { panic!("no row") };
    assert_eq!(row.listing, listing.body);
    assert_eq!(row.waiting_since, Some(chat.log[2].at));
}

#[test]
fn a_conversation_has_no_views() {
    let chat = site();
    let refusal = chat.state.audience(&Who::Admin.actor(), Some("inbox")).unwrap_err();
    assert_eq!(refusal.code, Code::NotFound);
}

#[test]
fn a_site_chat_is_listed_when_there_is_something_in_it() {
    let mut chat = site();
    assert_eq!((chat.state.row(), chat.state.listing()), (None, None));
    chat.ok(Who::Visitor, "leave_contact", &json!({ "email": "v@example.com" }));
    assert!(chat.state.row().is_some());
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Hello");
    assert!(chat.state.row().is_some() && chat.state.listing().is_some());
}

#[test]
fn a_site_chat_is_listed_once_somebody_sorts_it_and_remains_so() {
    let label = LabelId::from_uuid(Uuid::from_u128(7));
    for (kind, body, undo) in [
        ("assign", json!({ "to": MANAGER }), json!({ "to": null })),
        ("label", json!({ "label": label, "on": true }), json!({ "label": label, "on": false })),
        ("set_priority", json!({ "priority": "urgent" }), json!({ "priority": "normal" })),
    ] {
        let mut chat = site();
        chat.ok(Who::Manager, kind, &body);
        assert!(chat.state.row().is_some() && chat.state.listing().is_some(), "{kind}");
        chat.ok(Who::Manager, kind, &undo);
        assert!(chat.state.row().is_some(), "{kind}: what lists have is kept true");
    }
}
