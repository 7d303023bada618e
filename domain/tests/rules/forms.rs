//! Conversations that begin with a form of the site: what is known of them, by whom, and that sent twice is sent once (BK-IDN-04, -06).

use brigade_domain::chat::block::LOOK;
use brigade_domain::chat::event::Event;
use brigade_domain::entity::{Audience, Entity as _, Job};
use brigade_domain::refusal::Code;
use serde_json::{Value, json};

use crate::chat::{Chat, SECRET, closed, say};
use crate::world::{ACCOUNT, VISITOR, Who};

fn access(telephone: &str, email: &str) -> Value {
    json!({
        "kind": "site", "visitor": VISITOR, "name": "Ada", "page": "https://example.com/join", "form": "access", "email": email,
        "answers": [{ "question": "Telephone", "answer": telephone }],
    })
}

fn opened() -> Chat {
    let mut chat = closed();
    chat.ok(Who::System, "open", &access(SECRET, "ada@example.com"));
    chat
}

fn kinds(chat: &Chat, from: usize) -> Vec<String> {
    let kind = |event: &Event| serde_json::to_value(event).unwrap()["type"].as_str().unwrap().to_owned();
    chat.log[from..].iter().map(|entry| kind(&entry.event)).collect()
}

#[test]
fn the_staff_know_the_form_and_how_to_reach_who_sent_it() {
    let mut chat = opened();
    assert_eq!(kinds(&chat, 0), ["opened", "answers_given", "contact_left"]);
    say(&mut chat, Who::Visitor, "May I join?");
    let (ours, theirs) = (chat.snapshot(Who::Manager).unwrap(), chat.snapshot(Who::Visitor).unwrap());
    assert_eq!((&ours["form"], &ours["name"]), (&json!("access"), &json!("Ada")));
    assert_eq!(ours["contact"], json!({ "email": "ada@example.com", "name": "Ada" }));
    assert_eq!(ours["answers"][0]["answer"], SECRET);
    assert_eq!(theirs["form"], Value::Null);
    let seen = serde_json::to_string(&(theirs, chat.visible(Audience::Customer))).unwrap();
    assert!(!seen.contains(SECRET) && !seen.contains("access"), "{seen}");
    let line: Value = serde_json::from_str(chat.state.listing().unwrap().body.as_str()).unwrap();
    assert_eq!(line["form"], "access");
}

#[test]
fn an_enquiry_without_anything_else_says_so_too_and_a_chat_does_not() {
    let mut chat = closed();
    chat.ok(Who::System, "open", &json!({ "kind": "site", "visitor": VISITOR, "name": "Ada", "form": "enquiry" }));
    assert_eq!(kinds(&chat, 0), ["opened", "answers_given"]);
    assert_eq!(chat.snapshot(Who::Manager).unwrap()["form"], "enquiry");
    assert_eq!(crate::chat::site().snapshot(Who::Manager).unwrap()["form"], Value::Null);
    assert_eq!(
        closed().refused(
            Who::System,
            "open",
            &json!({ "kind": "account", "account": ACCOUNT, "name": "A", "form": "enquiry" })
        ),
        Code::InvalidInput
    );
    assert_eq!(
        closed().refused(
            Who::System,
            "open",
            &json!({ "kind": "site", "visitor": VISITOR, "name": "A", "form": "order" })
        ),
        Code::InvalidInput
    );
}

#[test]
fn sent_again_nothing_happens_and_what_was_changed_meanwhile_is_known() {
    let mut chat = opened();
    let again = chat.ok(Who::System, "open", &access(SECRET, "ada@example.com"));
    assert!(again.events.is_empty() && again.jobs.is_empty());
    let head = chat.log.len();
    let changed = chat.ok(Who::System, "open", &access("+43 1 23", "ada@example.org"));
    assert_eq!(kinds(&chat, head), ["answers_given", "contact_left"]);
    // Whether the new address is blocked is looked up again.
    assert!(matches!(changed.jobs.as_slice(), [job] if is_look(job)), "{:?}", changed.jobs);
    let ours = chat.snapshot(Who::Manager).unwrap();
    assert_eq!(
        (&ours["answers"][0]["answer"], &ours["contact"]["email"], &ours["form"]),
        (&json!("+43 1 23"), &json!("ada@example.org"), &json!("access"))
    );
    // What belongs to a client is no visitor's to change.
    chat.ok(Who::System, "hand_over", &json!({ "account": ACCOUNT, "name": "Ada", "invitation": null }));
    assert!(chat.ok(Who::System, "open", &access("1", "mallory@example.com")).events.is_empty());
}

fn is_look(job: &Job) -> bool {
    job.task == LOOK
}
