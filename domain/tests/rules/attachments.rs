//! Files that go with messages: what a message may say of them, who sees it, and that they go with it.

use brigade_domain::chat::attachment::REMOVE;
use brigade_domain::entity::Entity;
use brigade_domain::refusal::Code;
use serde_json::{Value, json};

use crate::chat::{Chat, file, say, site};
use crate::world::{CONVERSATION, Who};

fn with(files: &[Value], text: &str) -> Value {
    json!({ "text": text, "attachments": files })
}

fn newest(chat: &Chat, who: Who) -> Value {
    chat.snapshot(who).unwrap()["messages"].as_array().unwrap().last().unwrap().clone()
}

#[test]
fn a_file_goes_without_a_word_and_a_message_without_either_does_not() {
    let mut chat = site();
    chat.ok(Who::Visitor, "send", &with(&[file(1, "menu.pdf")], "  "));
    let message = newest(&chat, Who::Manager);
    assert_eq!((&message["text"], &message["attachments"]), (&json!(""), &json!([file(1, "menu.pdf")])));
    assert_eq!(chat.refused(Who::Visitor, "send", &with(&[], "")), Code::InvalidInput);
    say(&mut chat, Who::Visitor, "words only");
    assert_eq!(newest(&chat, Who::Manager).get("attachments"), None, "left out when there are none");
}

#[test]
fn what_is_said_of_a_file_is_checked() {
    let mut chat = site();
    let mut many: Vec<_> = (0..11).map(|n| file(n, "x.pdf")).collect();
    assert_eq!(chat.refused(Who::Visitor, "send", &with(&many, "")), Code::InvalidInput);
    many.pop();
    chat.ok(Who::Visitor, "send", &with(&many, ""));
    assert_eq!(chat.refused(Who::Visitor, "send", &with(&[file(1, "a"), file(1, "a")], "")), Code::InvalidInput);
    for (field, wrong) in [
        ("id", json!("cnv_01h455vb4pex5vsknk084sn02q")),
        ("name", json!("")),
        ("type", json!("Image/PNG")),
        ("size", json!(-1)),
        ("pixels", json!({ "width": 1 })),
        ("url", json!("https://elsewhere.example")),
    ] {
        let mut lie = file(1, "x.pdf");
        lie[field] = wrong;
        assert_eq!(chat.refused(Who::Visitor, "send", &with(&[lie], "x")), Code::InvalidInput, "{field}");
    }
}

#[test]
fn the_inbox_shows_what_files_without_a_word_are_called() {
    let mut chat = site();
    let preview = |chat: &Chat| -> Value {
        let listing: Value = serde_json::from_str(chat.state.listing().unwrap().body.as_str()).unwrap();
        listing["preview"].clone()
    };
    chat.ok(Who::Visitor, "send", &with(&[file(1, "a.pdf"), file(2, "b.pdf")], ""));
    assert_eq!(preview(&chat), "📎 a.pdf, b.pdf");
    chat.ok(Who::Visitor, "send", &with(&[file(3, "c.pdf")], "the plan"));
    assert_eq!(preview(&chat), "the plan");
}

#[test]
fn with_a_message_go_its_files_and_a_job_for_what_they_hold() {
    let mut chat = site();
    let plain = say(&mut chat, Who::Manager, "hello");
    chat.ok(Who::Manager, "send", &with(&[file(1, "wrong.pdf")], "this"));
    let seq = newest(&chat, Who::Manager)["seq"].clone();
    assert!(chat.ok(Who::Manager, "delete", &json!({ "seq": plain })).jobs.is_empty());
    let decision = chat.ok(Who::Manager, "delete", &json!({ "seq": seq }));
    let [job] = decision.jobs.as_slice() else { panic!("{decision:?}") };
    assert_eq!((job.task.as_str(), &job.body), (REMOVE, &json!({ "conversation": CONVERSATION, "seq": seq })));
    let message = newest(&chat, Who::Visitor);
    assert_eq!((&message["deleted"], message.get("attachments")), (&json!(true), None));
}

#[test]
fn a_notes_files_are_not_for_customers() {
    let mut chat = site();
    say(&mut chat, Who::Visitor, "hello");
    chat.ok(Who::Manager, "note", &with(&[file(1, "margins.xlsx")], ""));
    assert!(newest(&chat, Who::Admin)["attachments"].to_string().contains("margins"));
    assert!(!chat.snapshot(Who::Visitor).unwrap().to_string().contains("margins"));
}
