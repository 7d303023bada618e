//! docs/asyncapi.yaml, docs/PROTOCOL.md and the server say the same. (That the TypeScript client does too is checked in
//! `web/`, which makes it from the document.)

use std::collections::{BTreeMap, BTreeSet};

use brigade_domain::account::Account;
use brigade_domain::chat::Conversation;
use brigade_domain::chat::signal::Signal;
use brigade_domain::id::{LabelId, TeamId};
use brigade_domain::refusal::Code;
use brigade_domain::tenant::Tenant;
use serde_json::{Value, json};

use super::description::{Description, file};
use super::stage::{Stage, system};
use crate::faults::event_types;
use crate::support::Socket;

const ENTITIES: [(&str, &str, &str); 3] = [
    ("conversation", "chat", "a conversation"),
    ("tenant", "tenant", "a tenant"),
    ("account", "account", "an account"),
];

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Every text between `before` and the next `"`.
fn quoted_after(text: &str, before: &str) -> BTreeSet<String> {
    text.split(before).skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
}

/// The rows of the first table below a heading of PROTOCOL.md that starts with `heading`.
fn table(heading: &str) -> Vec<Vec<String>> {
    let text = file("docs/PROTOCOL.md");
    let below = text.split_once(heading).unwrap_or_else(|| panic!("no {heading} in PROTOCOL.md")).1;
    let lines = below.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
    lines.skip(2).map(cells).collect()
}

/// Every word in backquotes.
fn names(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_frames_a_client_may_send_are_those_the_server_takes() {
    let description = Description::read();
    let described: BTreeSet<_> = description.frames("fromClient").into_iter().map(|(name, _)| name).collect();
    let stage = Stage::set().await;
    let mut socket = stage.socket(&stage.manager).await;
    socket.send(&json!({ "t": "?" })).await;
    // The server names them all to who sends another.
    let refused = socket.expect("err").await;
    let known = refused["message"].as_str().unwrap().split_once("Known are ").unwrap().1.trim_end_matches('.');
    let known: BTreeSet<_> =
        known.split([',', ' ']).filter(|word| !word.is_empty() && *word != "and").map(str::to_owned).collect();
    assert_eq!(known, described);
}

#[test]
fn the_frames_a_server_sends_are_those_described() {
    let described: BTreeSet<_> = Description::read().frames("fromServer").into_iter().map(|(name, _)| name).collect();
    let source = ["ws/src/encode.rs", "ws/src/receive.rs"].map(file).concat();
    let sent = &quoted_after(&source, r#""t":""#) | &quoted_after(&source, r#""t": ""#);
    assert_eq!(sent, described);
    let in_words = table("## Frames").iter().flat_map(|row| names(&row[1])).collect::<BTreeSet<_>>();
    let to_server: BTreeSet<_> = Description::read().frames("fromClient").into_iter().map(|(name, _)| name).collect();
    assert_eq!(in_words, &described | &to_server);
}

#[test]
fn events_are_those_described() {
    let description = Description::read();
    let events = [event_types::<Conversation>(), event_types::<Tenant>(), event_types::<Account>()];
    for ((entity, _, words), written) in ENTITIES.into_iter().zip(events) {
        let described = description.types(entity, "event");
        assert_eq!(&written | &set(&["hidden"]), described, "{entity}");
        let protocol = file("docs/PROTOCOL.md");
        let section = protocol.split_once(&format!("## Commands and events of {words}")).unwrap().1;
        let section = section.split("\n## ").next().unwrap();
        for event in &written {
            assert!(section.contains(&format!("`{event}`")), "PROTOCOL.md says nothing of {event} of {words}");
        }
    }
}

#[test]
fn commands_are_those_described() {
    let description = Description::read();
    for (entity, folder, words) in ENTITIES {
        // The arms of `Command::parse`: the only place that knows them all.
        let source = file(&format!("domain/src/{folder}/command.rs"));
        let arms = source.split_once("pub fn parse(").unwrap().1.split("unknown_command(kind)").next().unwrap();
        let arm = |line: &str| line.trim().strip_prefix('"')?.split_once("\" =>").map(|(name, _)| name.to_owned());
        let taken: BTreeSet<_> = arms.lines().filter_map(arm).collect();
        assert!(taken.len() > 5, "{entity}: {taken:?}");
        assert_eq!(taken, description.types(entity, "command"), "{entity}");
        let rows = table(&format!("## Commands and events of {words}"));
        let in_words: BTreeSet<_> = rows.iter().flat_map(|row| names(&row[0])).collect();
        assert_eq!(taken, in_words, "PROTOCOL.md, {entity}");
    }
}

#[test]
fn signals_are_those_described() {
    let description = Description::read();
    let described = description.schema("Signal")["enum"].as_array().unwrap().iter();
    let described: BTreeSet<_> = described.map(|kind| kind.as_str().unwrap().to_owned()).collect();
    assert_eq!(described, set(&Signal::ALL.map(Signal::as_str)));
    let in_words: BTreeSet<_> = table("### Signals of a conversation").iter().flat_map(|row| names(&row[0])).collect();
    assert_eq!(described, in_words, "PROTOCOL.md");
}

#[test]
fn error_codes_are_those_described() {
    let described = Description::read();
    let described = described.schema("ErrorCode")["enum"].as_array().unwrap();
    let described: BTreeSet<_> = described.iter().map(|code| code.as_str().unwrap()).collect();
    assert_eq!(described, Code::ALL.iter().map(|code| code.as_str()).collect());
}

#[test]
fn close_codes_are_those_described() {
    let description = Description::read();
    let described: BTreeSet<u16> =
        description.0["x-close-codes"].as_object().unwrap().keys().map(|code| code.parse().unwrap()).collect();
    let source = ["ws/src/hub.rs", "ws/src/outbox.rs", "ws/src/receive.rs"].map(file).concat();
    let constants = source.split(": u16 = ").skip(1).map(|rest| rest.split(';').next().unwrap());
    let calls = source.split("outbox.close(").skip(1).filter_map(|rest| rest.split(',').next());
    let sent: BTreeSet<u16> = constants.chain(calls).filter_map(|code| code.trim().parse().ok()).collect();
    assert_eq!(sent, described);
    let in_words: BTreeSet<u16> =
        table("## Close codes").iter().map(|row| row[0].trim_start_matches("| ").parse().unwrap()).collect();
    assert_eq!(in_words, described);
}

/// Keeps every frame of a socket for the description.
async fn frames_until(socket: &mut Socket, all: &mut Vec<Value>, last: impl Fn(&Value) -> bool) {
    loop {
        let frame = socket.next().await;
        let is_last = last(&frame);
        all.push(frame);
        if is_last {
            return;
        }
    }
}

/// Each command to a tenant.
fn to_the_business(stage: &Stage, label: LabelId, team: TeamId) -> Vec<(&'static str, Value)> {
    let week = json!([{ "day": 1, "from": "09:00", "to": "17:30" }]);
    vec![
        ("set_hours", json!({ "zone": "Europe/Berlin", "week": week, "closed": ["2026-12-25"] })),
        ("set_greeting", json!({ "online": "Hi", "offline": "Later" })),
        ("set_available", json!({ "available": true })),
        ("rename", json!({ "name": "Balance" })),
        ("set_feedback", json!({ "question": "How was it?" })),
        ("set_look", json!({ "accent": "#0b6e4f", "side": "left" })),
        (
            "set_questions",
            json!({ "questions": [{ "question": "Why?", "kind": "choice", "required": true, "choices": ["a", "b"] }] }),
        ),
        ("set_targets", json!({ "counted": "always", "normal": { "first": 5, "next": null, "resolution": 60 } })),
        ("set_label", json!({ "label": label, "name": "Allergies", "color": "teal" })),
        ("remove_label", json!({ "label": label })),
        ("set_team", json!({ "team": team, "name": "Weddings", "members": [stage.manager.id, stage.admin.id] })),
        ("remove_team", json!({ "team": team })),
        ("set_routing", json!({ "mode": "by_hand", "capacity": 3 })),
        ("set_capacity", json!({ "user": stage.admin.id, "capacity": 7 })),
        ("remove_staff", json!({ "user": stage.admin.id })),
    ]
}

#[tokio::test]
async fn what_the_server_sends_is_as_described() {
    let (stage, description) = (Stage::set().await, Description::read());
    let schemas: BTreeMap<String, Value> =
        description.frames("fromServer").into_iter().map(|(name, schema)| (name, schema.clone())).collect();
    let (topic, inbox) = (&stage.visitor.topic, format!("{}/inbox", stage.business()));
    let (mut visitor, mut manager) = (stage.visitors().await, stage.socket(&stage.manager).await);
    let mut frames = vec![visitor.welcome.clone(), manager.welcome.clone()];
    let all_topics = [topic, &stage.clients_chat, &stage.account_topic, &stage.business(), &inbox];
    for topic in all_topics {
        manager.send(&json!({ "t": "sub", "topic": topic })).await;
        frames_until(&mut manager, &mut frames, |frame| frame["t"] == "snap").await;
    }
    visitor.send(&json!({ "t": "sig", "type": "presence_watch", "body": { "who": ["staff"] } })).await;
    visitor.send(&json!({ "t": "sub", "topic": topic, "after": 9_999, "epoch": 1 })).await;
    let sent = visitor.command(topic, "send", json!({ "text": "Hello" })).await;
    let seq = sent["seq"].clone();
    frames.push(sent);
    let label = stage.label("Allergy").await;
    let team = stage.team("Kitchen", &[&stage.manager]).await;
    let asked = [
        (topic, "note", json!({ "text": "a note", "mentions": [stage.admin.id] })),
        (topic, "send", json!({ "text": "an answer", "reply_to": seq })),
        (topic, "react", json!({ "seq": seq, "emoji": "👍", "on": true })),
        (topic, "read", json!({ "seq": seq })),
        (topic, "assign", json!({ "to": stage.manager.id, "note": "for you" })),
        (topic, "assign_team", json!({ "team": team, "note": "for all of you" })),
        (topic, "set_priority", json!({ "priority": "urgent" })),
        (topic, "label", json!({ "label": label, "on": true })),
        (topic, "snooze", json!({ "until": jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1) })),
        (topic, "reopen", json!({})),
        (topic, "resolve", json!({})),
        (topic, "reopen", json!({})),
        (topic, "explode", json!({})),
        (topic, "send", json!({ "text": "seen", "unless_answered_after": seq })),
        (&stage.account_topic, "rename", json!({ "name": "Mia" })),
        (&stage.account_topic, "set_manager", json!({ "manager": stage.manager.id })),
        (&stage.account_topic, "advance", json!({ "to": "onboarding", "onboarding": "manual" })),
        (&stage.account_topic, "advance", json!({ "to": "cancelled" })),
    ];
    for (topic, kind, body) in asked {
        frames.push(manager.command(topic, kind, body).await);
    }
    visitor.command(topic, "send", json!({ "text": "One more thing" })).await;
    system(&stage.app, &stage.tenant, topic, "reckon", policy()).await;
    let identity = json!({ "id": "7", "name": "Mia", "email": "mia@example.com" });
    system(&stage.app, &stage.tenant, topic, "identify", identity).await;
    schedules(&stage, &mut manager, &mut frames, &seq).await;
    let contact = json!({ "email": "mia@example.com", "name": "Mia" });
    frames.push(visitor.command(topic, "leave_contact", contact).await);
    frames.push(visitor.command(topic, "ask_transcript", json!({})).await);
    frames.push(manager.command(topic, "block", json!({ "reason": "Spam", "email": true })).await);
    manager.send(&json!({ "t": "sub", "topic": topic })).await;
    frames_until(&mut manager, &mut frames, |frame| frame["t"] == "snap").await;
    frames.push(manager.command(topic, "unblock", json!({})).await);
    visitor.send(&json!({ "t": "eph", "topic": topic, "type": "typing", "body": { "on": true } })).await;
    let business = stage.business();
    let mut admin = stage.socket(&stage.admin).await;
    for (kind, body) in to_the_business(&stage, label, team) {
        frames.push(admin.command(&business, kind, body).await);
    }
    system(&stage.app, &stage.tenant, topic, "hand_over", json!({ "account": stage.account, "name": "Mia" })).await;
    frames_until(&mut visitor, &mut frames, |frame| frame["t"] == "err" && frame["topic"] == topic.as_str()).await;
    frames_until(&mut manager, &mut frames, |frame| frame["type"] == "handed_over").await;
    // Everything again from the logs, and the states as they are now.
    for topic in &all_topics[..4] {
        manager.send(&json!({ "t": "sub", "topic": topic, "after": 0, "epoch": 1 })).await;
        frames_until(&mut manager, &mut frames, |frame| frame["t"] == "live").await;
        manager.send(&json!({ "t": "sub", "topic": topic })).await;
        frames_until(&mut manager, &mut frames, |frame| frame["t"] == "snap").await;
    }
    stage.manager.post("/v1/auth/sign-out", json!({})).await;
    frames_until(&mut manager, &mut frames, |frame| frame["type"] == "revoked").await;
    let mut seen = BTreeSet::new();
    for frame in &frames {
        let name = frame["t"].as_str().unwrap();
        description.assert_describes(&schemas[name], frame);
        describe_content(&description, frame);
        seen.insert(name.to_owned());
    }
    assert_eq!(seen, schemas.keys().cloned().collect(), "frames of every type were looked at");
}

/// Everything that can become of what is sent later.
async fn schedules(stage: &Stage, manager: &mut Socket, frames: &mut Vec<Value>, seq: &Value) {
    let topic = &stage.visitor.topic;
    let careful =
        json!({ "text": "later", "send_at": later(1), "mentions": [stage.admin.id], "unless_reply_after": seq });
    for body in [careful, json!({ "text": "later", "send_at": later(2), "reply_to": seq })] {
        frames.push(manager.command(topic, "schedule", body).await);
    }
    manager.send(&json!({ "t": "sub", "topic": topic })).await;
    frames_until(manager, frames, |frame| frame["t"] == "snap").await;
    let waiting = frames.last().unwrap()["state"]["scheduled"].clone();
    let [first, second] = [0, 1].map(|n| waiting[n]["item"].clone());
    let changed = json!({ "item": second, "text": "much later", "send_at": later(3) });
    frames.push(manager.command(topic, "reschedule", changed).await);
    let come = json!({ "item": second, "author": stage.manager.id, "send_at": later(3), "rev": second });
    system(&stage.app, &stage.tenant, topic, "hold_scheduled", come).await;
    frames.push(manager.command(topic, "send_now", json!({ "item": second })).await);
    frames.push(manager.command(topic, "unschedule", json!({ "item": first })).await);
}

/// So many days after today.
fn later(days: i64) -> jiff::Timestamp {
    let today = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() / 86_400 * 86_400).unwrap();
    today + jiff::SignedDuration::from_hours(24 * (days + 1))
}

/// What a business has set itself, as the worker brings it to a conversation.
fn policy() -> Value {
    json!({
        "targets": { "counted": "always", "urgent": { "first": 5, "next": 5, "resolution": 60 } },
        "hours": { "zone": "UTC", "week": [], "closed": [] },
    })
}

/// States, events and list lines by their entity.
fn describe_content(description: &Description, frame: &Value) {
    let topic = frame["topic"].as_str().unwrap_or_default();
    let (entity, view) = (topic.split(':').next().unwrap(), topic.contains('/'));
    let schema = |what: &str| description.0["x-entities"][entity][what].clone();
    match frame["t"].as_str().unwrap() {
        "snap" if view => {
            description.assert_describes(description.schema("ListState"), &frame["state"]);
            for item in frame["state"]["items"].as_array().unwrap() {
                description.assert_describes(description.schema("InboxItem"), &item["body"]);
            }
        }
        "st" => description.assert_describes(description.schema("InboxItem"), &frame["body"]),
        "snap" => description.assert_describes(&schema("state"), &frame["state"]),
        "ev" => {
            let event = json!({ "type": frame["type"], "body": frame["body"] });
            description.assert_describes(&schema("event"), &event);
        }
        _ => {}
    }
}
