//! Conversations: random commands by everybody.

use std::collections::BTreeSet;

use brigade_domain::Timestamp;
use brigade_domain::chat::Conversation;
use brigade_domain::chat::event::Event;
use brigade_domain::entity::{Audience, Entity};
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::harness::{Ask, Run};
use crate::world::{
    ACCOUNT, ADMIN, COLLEAGUE, CONVERSATION, MANAGER, MEMBER, OTHER_ACCOUNT, STRANGER, VISITOR, Who, attachment,
    invitation, key, label, team,
};

pub(crate) type Chat = Run<Conversation>;

/// Whatever only staff may see says so, so that a leak is found by looking for it.
pub(crate) const SECRET: &str = "s3cret";

pub(crate) fn closed() -> Chat {
    Run::new(key(CONVERSATION))
}

/// A site chat in which nothing was said yet.
pub(crate) fn site() -> Chat {
    let mut chat = closed();
    chat.ok(
        Who::System,
        "open",
        &json!({ "kind": "site", "visitor": VISITOR, "name": "Visitor 4F2A", "page": "https://example.com/menu" }),
    );
    chat
}

pub(crate) fn say(chat: &mut Chat, who: Who, text: &str) -> u64 {
    chat.ok(who, "send", &json!({ "text": text }));
    let sent = chat.log.iter().rev().find(|entry| matches!(entry.event, Event::MessageSent { .. }));
    sent.unwrap().seq
}

/// Says the same thing `times` times.
pub(crate) fn repeat(chat: &mut Chat, who: Who, text: &str, times: usize) {
    for _ in 0..times {
        say(chat, who, text);
    }
}

/// A command with a `seq` near the end of a log of about `length` entries.
fn seq(length: u64) -> impl Strategy<Value = u64> {
    0..length + 2
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![6 => "[a-zé🦀]{1,12}", 1 => Just(String::new()), 1 => Just("bad\u{0}".to_owned())]
}

fn times() -> impl Strategy<Value = Timestamp> {
    prop::sample::select(vec!["2026-03-02T09:00:30Z", "2026-03-02T12:00:00Z", "2026-03-03T09:00:00Z"])
        .prop_map(|at| at.parse().unwrap())
}

/// What a message says of a file.
pub(crate) fn file(n: u8, name: &str) -> Value {
    json!({ "id": attachment(n), "name": name, "type": "application/pdf", "size": 7 })
}

fn people() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(
        prop::sample::select(vec![json!(MEMBER), json!(MANAGER), json!(COLLEAGUE), json!(STRANGER)]),
        0..3,
    )
}

fn bodies(length: u64) -> impl Strategy<Value = (&'static str, Value)> {
    let emoji = prop::sample::select(vec!["👍", "❤️", "🎉", "no"]);
    let user = prop::sample::select(vec![json!(null), json!(MANAGER), json!(ADMIN)]);
    let account = prop::sample::select(vec![ACCOUNT, OTHER_ACCOUNT]);
    let open = prop::sample::select(vec![
        json!({ "kind": "site", "visitor": VISITOR, "name": "Visitor 4F2A" }),
        json!({ "kind": "account", "account": ACCOUNT, "name": "Mia" }),
        json!({
            "kind": "site", "visitor": VISITOR, "name": "Visitor 4F2A", "email": format!("{SECRET}@example.com"),
            "answers": [{ "question": "Your name", "answer": format!("{SECRET} Mia") }],
        }),
    ]);
    prop_oneof![
        2 => open.prop_map(|body| ("open", body)),
        8 => (words(), prop::option::of(seq(length)), prop::option::weighted(0.1, seq(length)), people())
            .prop_map(|(text, reply_to, after, mentions)| ("send", json!({ "text": text, "reply_to": reply_to, "unless_answered_after": after, "mentions": mentions }))),
        2 => (words(), 0u8..3).prop_map(|(text, n)| ("send", json!({ "text": text, "attachments": [file(n, "menu.pdf")] }))),
        3 => (words(), people()).prop_map(|(text, mentions)| ("note", json!({ "text": format!("{SECRET} {text}"), "mentions": mentions }))),
        1 => (0u8..3).prop_map(|n| ("note", json!({ "text": "", "attachments": [file(n, &format!("{SECRET}.xlsx"))] }))),
        4 => (seq(length), words()).prop_map(|(seq, text)| ("edit", json!({ "seq": seq, "text": text }))),
        2 => seq(length).prop_map(|seq| ("delete", json!({ "seq": seq }))),
        4 => (seq(length), emoji, any::<bool>()).prop_map(|(seq, emoji, on)| ("react", json!({ "seq": seq, "emoji": emoji, "on": on }))),
        5 => seq(length).prop_map(|seq| ("read", json!({ "seq": seq }))),
        2 => user.clone().prop_map(|to| ("assign", json!({ "to": to }))),
        1 => words().prop_map(|text| ("assign", json!({ "to": MANAGER, "note": format!("{SECRET} {text}") }))),
        2 => prop::option::of(0u8..2).prop_map(|n| ("assign_team", json!({ "team": n.map(team) }))),
        1 => words().prop_map(|text| ("assign_team", json!({ "team": team(1), "note": format!("{SECRET} {text}") }))),
        2 => (0u8..2).prop_map(|n| ("release", json!({ "from": MANAGER, "team": team(n), "rev": 1 }))),
        2 => (user.clone(), user, prop::option::of(Just(team(0)))).prop_map(|(from, to, team)| ("give", json!({ "from": from, "to": to, "team": team, "rev": 1 }))),
        2 => Just(("resolve", json!({}))),
        1 => Just(("reopen", json!({}))),
        // From the runs' first second on: some have passed, most come while things go on.
        2 => times().prop_map(|until| ("snooze", json!({ "until": until }))),
        1 => times().prop_map(|until| ("wake", json!({ "until": until }))),
        1 => prop::sample::select(vec!["low", "normal", "high", "urgent", "no"]).prop_map(|priority| ("set_priority", json!({ "priority": priority }))),
        2 => (1u32..3, any::<bool>()).prop_map(|(first, always)| ("reckon", json!({
            "targets": { "counted": if always { "always" } else { "opening_hours" }, "normal": { "first": first, "resolution": 60 } },
            "hours": { "zone": "UTC", "week": [{ "day": 1, "from": "09:00", "to": "24:00" }], "closed": [] },
        }))),
        2 => (0u8..3, any::<bool>()).prop_map(|(n, on)| ("label", json!({ "label": label(n), "on": on }))),
        2 => seq(length).prop_map(|rev| ("ask_feedback", json!({ "rev": rev, "question": "How was it?" }))),
        2 => (seq(length), 1u8..6, prop::option::of(words())).prop_map(|(asked, score, comment)| ("give_feedback", json!({ "asked": asked, "score": score, "comment": comment }))),
        1 => (words(), any::<bool>()).prop_map(|(text, email)| ("block", json!({ "reason": format!("{SECRET} {text}"), "email": email }))),
        1 => Just(("unblock", json!({}))),
        1 => prop::option::of(Just(format!("{SECRET}@example.com"))).prop_map(|email| ("ask_transcript", json!({ "email": email }))),
        3 => (words(), times(), prop::option::of(seq(length))).prop_map(|(text, send_at, after)| ("schedule", json!({ "text": text, "send_at": send_at, "unless_reply_after": after }))),
        1 => (words(), times()).prop_map(|(text, send_at)| ("reschedule", json!({ "item": 0, "text": text, "send_at": send_at }))),
        2 => prop::sample::select(vec!["unschedule", "send_now"]).prop_map(|kind| (kind, json!({ "item": 0 }))),
        2 => prop::sample::select(vec!["send_scheduled", "hold_scheduled"]).prop_map(|kind| (kind, json!({ "item": 0, "author": MANAGER, "send_at": "2026-03-03T09:00:00Z", "rev": 1 }))),
        1 => words().prop_map(|name| ("leave_contact", json!({ "email": format!("{SECRET}@example.com"), "name": name }))),
        2 => (0u8..2, prop::option::of(words()), any::<bool>()).prop_map(|(n, name, email)| ("identify", json!({
            "id": format!("{SECRET} {n}"), "name": name, "email": email.then(|| format!("{SECRET}@example.com")),
        }))),
        1 => (0u8..3).prop_map(|n| ("invite", json!({ "invitation": invitation(n), "email": format!("{SECRET}@example.com"), "name": "Mia" }))),
        1 => account.prop_map(|account| ("hand_over", json!({ "account": account, "name": "Mia Member" }))),
        1 => Just(("take_back", json!({}))),
    ]
}

/// Edits of notes are secret too, and who edits what is known only when it happens: so a customer's words never are.
fn mark_staff_edits(mut ask: Ask, notes: &BTreeSet<u64>) -> Ask {
    if ask.kind == "edit" && ask.body["seq"].as_u64().is_some_and(|seq| notes.contains(&seq)) {
        ask.body["text"] = json!(format!("{SECRET} edited"));
    }
    ask
}

/// What is asked about feedback is mostly meant as it stands.
fn aim(mut ask: Ask, chat: &Chat) -> Ask {
    let last = |is: fn(&Event) -> bool| chat.log.iter().rev().find(|entry| is(&entry.event)).map(|entry| entry.seq);
    let (field, seq) = match ask.kind {
        "reschedule" | "unschedule" | "send_now" | "send_scheduled" | "hold_scheduled" => {
            let state = serde_json::to_value(&chat.state).unwrap();
            if let Some((item, kept)) = state["scheduled"].as_object().and_then(|all| all.iter().next()) {
                ask.body["item"] = json!(item.parse::<u64>().unwrap());
                if ask.kind == "reschedule" {
                    // Its author, and in time.
                    let author = Who::ALL.into_iter().find(|who| json!(who.party()) == kept["by"]);
                    ask.who = author.unwrap_or(ask.who);
                    ask.body["send_at"] = json!(chat.now + SignedDuration::from_hours(72));
                }
                if ask.kind.ends_with("_scheduled") {
                    (ask.body["send_at"], ask.body["author"]) = (kept["send_at"].clone(), kept["by"].clone());
                }
            }
            return ask;
        }
        "ask_feedback" => ("rev", last(|event| matches!(event, Event::Resolved {}))),
        "give_feedback" => ("asked", last(|event| matches!(event, Event::FeedbackAsked { .. }))),
        _ => return ask,
    };
    match seq {
        Some(seq) if ask.body[field].as_u64().is_some_and(|wanted| !wanted.is_multiple_of(4)) => {
            ask.body[field] = json!(seq);
        }
        _ => {}
    }
    ask
}

pub(crate) fn asks(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Ask>> {
    let after = prop_oneof![8 => 0i64..60, 1 => 3_600i64..60_000, 1 => 86_400i64..90_000];
    let ask = (Who::any(), bodies(count.end as u64), after).prop_map(|(who, (kind, body), after)| Ask {
        // Routing is Brigade's own business: of everybody else all of it was refused.
        who: if ["give", "release", "ask_feedback", "identify", "hold_scheduled"].contains(&kind) {
            Who::System
        } else {
            who
        },
        kind,
        body,
        after: SignedDuration::from_secs(after),
    });
    prop::collection::vec(ask, count)
}

/// A conversation after these, opened first in most cases: by a visitor, or handed over already.
pub(crate) fn after(begin: u8, asks: Vec<Ask>) -> Chat {
    let mut chat = match begin {
        0 => closed(),
        _ => site(),
    };
    let mut notes = BTreeSet::new();
    for ask in asks {
        let ask = aim(mark_staff_edits(ask, &notes), &chat);
        let _answer = chat.ask(&ask);
        notes.extend(
            chat.log.iter().filter(|entry| matches!(entry.event, Event::NoteAdded { .. })).map(|entry| entry.seq),
        );
    }
    chat
}

fn leaks(value: &impl serde::Serialize) -> bool {
    serde_json::to_string(value).unwrap().contains(SECRET)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_promises_hold(begin in 0u8..8, asks in asks(1..40)) {
        let chat = after(begin, asks);
        // Every entry in its place, and a customer gets nothing that is for staff only.
        prop_assert!(chat.log.iter().zip(1u64..).all(|(entry, seq)| entry.seq == seq));
        prop_assert!(!leaks(&chat.visible(Audience::Customer)));
        for who in [Who::Visitor, Who::Member] {
            prop_assert!(!leaks(&chat.snapshot(who)), "{who:?}");
            if let Some(snapshot) = chat.snapshot(who) {
                prop_assert!(snapshot["scheduled"].is_null(), "what the staff will say is their own affair");
                prop_assert!(snapshot["status"] != "snoozed", "how the staff sort their work is their own affair");
                prop_assert!(["snoozed_until", "priority", "labels", "due", "routed", "team"].iter().all(|field| snapshot[field] == json!(null)));
                prop_assert!(snapshot["messages"].as_array().unwrap().iter().all(|message| message["note"] == json!(false)));
            }
        }
        // A site chat belongs to its visitor or to an account, never to both.
        prop_assert!(!(chat.sees(Who::Visitor) && chat.sees(Who::Member)));
        // Whom it does not concern sees nothing, whatever happened.
        for who in [Who::OtherVisitor, Who::PublicKey, Who::SuperAdmin, Who::ForeignAdmin, Who::ForeignSystem] {
            prop_assert!(!chat.sees(who), "{who:?}");
        }
        chat.apply_in_reverse();
    }

    #[test]
    fn a_reader_who_folds_the_events_has_the_snapshot(begin in 1u8..2, asks in asks(1..40)) {
        let chat = after(begin, asks);
        for (who, audience) in [(Who::Manager, Audience::Staff), (Who::Visitor, Audience::Customer), (Who::Member, Audience::Customer)] {
            if let Some(snapshot) = chat.snapshot(who) {
                let folded = fold_messages(&chat, audience);
                prop_assert_eq!(&snapshot["messages"], &json!(folded), "{:?}", who);
            }
        }
    }
}

/// What a client makes of the events it gets: written for this test, apart from the rules.
fn fold_messages(chat: &Chat, audience: Audience) -> Vec<Value> {
    let mut messages: Vec<Value> = Vec::new();
    for entry in chat.log.iter().filter(|entry| Conversation::visible(&entry.event, audience)) {
        let event = serde_json::to_value(&entry.event).unwrap();
        let (kind, body) = (event["type"].as_str().unwrap().to_owned(), &event["body"]);
        let at = messages.iter().position(|message| message["seq"] == body["seq"]);
        match kind.as_str() {
            "message_sent" | "note_added" => messages.push(with_files(body, json!({
                "seq": entry.seq, "by": entry.by, "at": entry.at, "text": body["text"], "note": kind == "note_added",
                "reply_to": body["reply_to"], "mentions": body.get("mentions").cloned().unwrap_or(json!([])), "edited": null,
                "edits": 0, "deleted": false, "reactions": {},
            }))),
            "message_edited" => {
                let message = &mut messages[at.unwrap()];
                message["edits"] = json!(message["edits"].as_u64().unwrap() + 1);
                (message["text"], message["edited"]) = (body["text"].clone(), json!(entry.at));
            }
            "message_deleted" => {
                let message = &mut messages[at.unwrap()];
                (message["text"], message["deleted"]) = (json!(""), json!(true));
                (message["mentions"], message["reactions"]) = (json!([]), json!({}));
                message.as_object_mut().unwrap().remove("attachments");
            }
            "reaction_changed" => react(&mut messages[at.unwrap()]["reactions"], body, &json!(entry.by)),
            _ => {}
        }
    }
    messages
}

/// A message with the files its entry names, if it names any.
fn with_files(body: &Value, mut message: Value) -> Value {
    if let Some(files) = body.get("attachments") {
        message["attachments"] = files.clone();
    }
    message
}

fn react(reactions: &mut Value, body: &Value, by: &Value) {
    let (reactions, emoji) = (reactions.as_object_mut().unwrap(), body["emoji"].as_str().unwrap());
    let who = reactions.entry(emoji).or_insert(json!([])).as_array_mut().unwrap();
    who.retain(|party| party != by);
    if body["on"] == json!(true) {
        who.push(by.clone());
    }
    // Ids of users sort before those of visitors, as in the snapshot; keys come last.
    who.sort_by_key(|party| {
        let text = party.as_str().unwrap().to_owned();
        (["usr_", "vis_", "key_"].iter().position(|prefix| text.starts_with(prefix)), text)
    });
    reactions.retain(|_, who| who.as_array().is_some_and(|who| !who.is_empty()));
}
