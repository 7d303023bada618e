//! Who a visitor is, as the business's site has signed: one conversation is one person's.

use brigade_domain::chat::block::LOOK;
use brigade_domain::chat::event::Event;
use brigade_domain::entity::Audience;
use brigade_domain::refusal::Code;
use serde_json::{Value, json};

use crate::chat::{Chat, SECRET, say, site};
use crate::world::{ACCOUNT, VISITOR, Who};

fn identify(chat: &mut Chat, said: &Value) -> Vec<Event> {
    chat.ok(Who::System, "identify", said).events
}

fn seen(chat: &Chat, who: Who) -> Value {
    chat.snapshot(who).unwrap()
}

#[test]
fn the_staff_see_who_it_is_and_the_visitor_is_told_nothing() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Hello");
    let said = json!({ "id": format!("{SECRET}-7"), "name": "Mia 🎂", "email": format!("{SECRET}@Example.com") });
    let decision = chat.ok(Who::System, "identify", &said);
    assert!(decision.jobs.iter().any(|job| job.task == LOOK), "the address may be blocked");
    let staff = seen(&chat, Who::Manager);
    let known = json!({ "id": format!("{SECRET}-7"), "name": "Mia 🎂", "email": format!("{SECRET}@example.com").to_lowercase() });
    assert_eq!((&staff["identity"], &staff["name"], &staff["contact"]), (&known, &json!("Mia 🎂"), &Value::Null));
    let visitor = seen(&chat, Who::Visitor);
    assert_eq!((&visitor["identity"], &visitor["name"]), (&Value::Null, &json!("Visitor 4F2A")));
    assert!(chat.visible(Audience::Customer).iter().all(|(_, event)| event["type"] != "identified"));
    // What they write from now on has the name too.
    say(&mut chat, Who::Visitor, "There?");
    assert_eq!(seen(&chat, Who::Manager)["people"][VISITOR.to_string()]["name"], "Mia 🎂");
}

#[test]
fn the_same_person_again_changes_what_is_news_and_forgets_nothing() {
    let mut chat = site();
    let whole = json!({ "id": "7", "name": "Mia", "email": "mia@example.com" });
    assert_eq!(identify(&mut chat, &whole).len(), 1);
    assert!(identify(&mut chat, &whole).is_empty());
    assert!(identify(&mut chat, &json!({ "id": "7" })).is_empty());
    let renamed = chat.ok(Who::System, "identify", &json!({ "id": "7", "name": "Mia B." }));
    assert!(renamed.jobs.is_empty(), "the address is no news");
    let known = json!({ "id": "7", "name": "Mia B.", "email": "mia@example.com" });
    assert_eq!(seen(&chat, Who::Manager)["identity"], known);
}

#[test]
fn nobody_else_gets_the_conversation() {
    let mut chat = site();
    identify(&mut chat, &json!({ "id": "7", "name": "Mia" }));
    for other in ["8", "07", "7 7"] {
        assert_eq!(chat.refused(Who::System, "identify", &json!({ "id": other })), Code::Conflict, "{other}");
    }
    assert_eq!(chat.refused(Who::System, "identify", &json!({ "id": "7 " })), Code::InvalidInput);
    assert_eq!(seen(&chat, Who::Manager)["identity"]["id"], "7");
    for who in [Who::Visitor, Who::Manager, Who::Admin] {
        assert_eq!(chat.refused(who, "identify", &json!({ "id": "7" })), Code::Forbidden);
    }
}

#[test]
fn a_client_is_known_by_their_account_alone() {
    let mut chat = site();
    identify(&mut chat, &json!({ "id": "7", "name": "Mia", "email": "mia@example.com" }));
    assert_eq!(seen(&chat, Who::Manager)["account"], Value::Null, "what a site says makes nobody a client");
    chat.ok(Who::System, "hand_over", &json!({ "account": ACCOUNT, "name": "Mia Member" }));
    assert_eq!(chat.refused(Who::System, "identify", &json!({ "id": "7", "name": "Mia" })), Code::NotFound);
    assert_eq!(seen(&chat, Who::Manager)["name"], "Mia Member");
    chat.ok(Who::Admin, "take_back", &json!({}));
    assert_eq!(seen(&chat, Who::Manager)["name"], "Mia");
}

#[test]
fn the_address_can_be_written_to_and_blocked() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "Do you cater?");
    say(&mut chat, Who::Manager, "We do.");
    assert_eq!(chat.refused(Who::Manager, "ask_transcript", &json!({})), Code::Conflict);
    identify(&mut chat, &json!({ "id": "7", "email": "mia@example.com" }));
    chat.ok(Who::Manager, "ask_transcript", &json!({}));
    assert_eq!(seen(&chat, Who::Manager)["transcript"]["to"]["address"], "mia@example.com");
    // What the visitor says themselves goes first.
    chat.ok(Who::Visitor, "leave_contact", &json!({ "email": "else@example.com" }));
    chat.ok(Who::Manager, "block", &json!({ "reason": "Spam", "email": true }));
    assert_eq!(seen(&chat, Who::Manager)["blocked"]["email"], "else@example.com");
    // Who is blocked can still be known.
    assert_eq!(identify(&mut chat, &json!({ "id": "7", "name": "Mia" })).len(), 1);
}

#[test]
fn it_lists_nothing_by_itself() {
    let mut chat = site();
    identify(&mut chat, &json!({ "id": "7", "name": "Mia", "email": "mia@example.com" }));
    assert!(brigade_domain::entity::Entity::row(&chat.state).is_none());
}
