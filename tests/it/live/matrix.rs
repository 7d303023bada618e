//! Everybody × every subscription, command and signal, over the socket and over HTTP (security 24, 27; BK-CHAT-02). The
//! commands and signals are those of docs/asyncapi.yaml: one without a row here fails.
//!
//! `y` may, `f` is `FORBIDDEN`, `.` is `NOT_FOUND`: what is not yours looks like what is not there. Columns are
//! [`COLUMNS`].

use std::collections::BTreeSet;

use brigade_domain::Timestamp;
use brigade_domain::actor::Role;
use brigade_domain::id::{LabelId, TeamId};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::description::Description;
use super::raw::Raw;
use super::stage::{Stage, account_of, path_of};
use crate::support::{Answer, PASSWORD, Person, TestApp};

/// Who tries, in the order of the patterns below.
const COLUMNS: [&str; 11] = [
    "the visitor",
    "another visitor",
    "the client",
    "another client",
    "an account manager",
    "an admin",
    "the business's secret key",
    "a super admin",
    "another business's visitor",
    "another business's account manager",
    "another business's admin",
];

/// What somebody shows.
enum Shows {
    Cookie(Person),
    Token(String),
    Bearer(String),
}

struct Somebody {
    shows: Shows,
    raw: Raw,
}

impl Somebody {
    async fn new(app: &TestApp, shows: Shows) -> Self {
        let mut raw = match &shows {
            Shows::Cookie(person) => Raw::of(app, Some(person)).await,
            Shows::Token(_) => Raw::of(app, None).await,
            Shows::Bearer(key) => {
                let bearer = format!("Bearer {key}");
                let headers = [("sec-websocket-protocol", "brigade.v1"), ("authorization", &*bearer)];
                Raw::connect(app, "/v1/live", &headers).await.unwrap()
            }
        };
        let hello = match &shows {
            Shows::Token(token) => json!({ "t": "hello", "token": token }),
            Shows::Cookie(_) | Shows::Bearer(_) => json!({ "t": "hello" }),
        };
        raw.say(&hello).await;
        let welcome = raw.hears().await;
        assert_eq!(welcome["t"], "welcome", "{welcome}");
        Self { shows, raw }
    }

    /// Waits for the frame that answers.
    async fn until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let frame = self.raw.hears().await;
            if is_it(&frame) {
                return frame;
            }
        }
    }

    async fn command(&mut self, topic: &str, kind: &str, body: &Value) -> Value {
        let id = Uuid::now_v7().to_string();
        self.raw.say(&json!({ "t": "cmd", "id": id, "topic": topic, "type": kind, "body": body })).await;
        self.until(|frame| frame["id"] == id.as_str() && frame["t"] != "ev").await
    }

    async fn subscribe(&mut self, topic: &str) -> Value {
        self.raw.say(&json!({ "t": "sub", "topic": topic })).await;
        let answer = self.until(|frame| frame["topic"] == topic && (frame["t"] == "snap" || frame["t"] == "err")).await;
        self.raw.say(&json!({ "t": "unsub", "topic": topic })).await;
        answer
    }

    /// Sends a signal. What is refused is answered before the subscription that follows; what is not, is not.
    async fn signal(&mut self, topic: &str, kind: &str) -> Value {
        self.subscribe(topic).await;
        self.raw.say(&json!({ "t": "eph", "topic": topic, "type": kind, "body": { "on": true } })).await;
        let answer = self.subscribe(topic).await;
        if answer["t"] == "err" {
            self.until(|frame| frame["topic"] == topic && (frame["t"] == "snap" || frame["t"] == "err")).await;
        }
        answer
    }

    async fn http(&self, app: &TestApp, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = reqwest::Client::new().request(method, app.url(path));
        request = match &self.shows {
            Shows::Cookie(person) => request
                .header("cookie", &person.cookie)
                .header("x-csrf-token", &person.csrf)
                .header("origin", app.origin()),
            Shows::Token(token) | Shows::Bearer(token) => request.bearer_auth(token),
        };
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::of(request.send().await.unwrap()).await
    }
}

async fn everybody(stage: &Stage) -> Vec<Somebody> {
    let app = &stage.app;
    let colleague = app.client_as(&stage.tenant, Role::Client).await;
    account_of(app, &stage.tenant, &colleague).await;
    let made = json!({ "name": "Program", "kind": "secret", "mode": "live" });
    let key = stage.admin.post("/v1/tenant/keys", made).await;
    let (operator, email) = app.somebody("Operator", true).await;
    let shows = vec![
        Shows::Token(stage.visitor.token.clone()),
        Shows::Token(app.visitor(&stage.tenant).await.token),
        Shows::Cookie(stage.client.clone()),
        Shows::Cookie(colleague),
        Shows::Cookie(stage.manager.clone()),
        Shows::Cookie(stage.admin.clone()),
        Shows::Bearer(key.data()["key"].as_str().unwrap().to_owned()),
        Shows::Cookie(Person::sign_in(app, operator, &email, PASSWORD).await),
        Shows::Token(app.visitor(&stage.elsewhere).await.token),
        Shows::Cookie(app.client_as(&stage.elsewhere, Role::AccountManager).await),
        Shows::Cookie(app.client_as(&stage.elsewhere, Role::Admin).await),
    ];
    assert_eq!(shows.len(), COLUMNS.len());
    let mut all = Vec::new();
    for shows in shows {
        all.push(Somebody::new(app, shows).await);
    }
    all
}

/// What an answer comes to. A `CONFLICT`, or that it was done often enough, is a yes to the question whether one may.
fn verdict(code: Option<&str>) -> char {
    match code {
        Some("NOT_FOUND") => '.',
        Some("FORBIDDEN") => 'f',
        None | Some("CONFLICT" | "RATE_LIMITED") => 'y',
        Some(other) => panic!("{other}"),
    }
}

/// Where authority is refused before the entity is asked, over HTTP, the answer may be `FORBIDDEN` for what the entity
/// would call `NOT_FOUND`: neither says whether it is there.
fn same_over_http(socket: char, http: &Answer, who: &str) -> bool {
    let code = http.body["error"]["code"].as_str();
    verdict(code) == socket || (who == "a super admin" && matches!(code, Some("NOT_FOUND" | "FORBIDDEN")))
}

async fn check(stage: &Stage, all: &mut [Somebody], topic: &str, rows: &[(&str, Value, &str)]) -> BTreeSet<String> {
    let mut commands = BTreeSet::new();
    for (kind, body, expected) in rows {
        let expected = expected.replace(' ', "");
        let mut found = String::new();
        for (who, name) in all.iter_mut().zip(COLUMNS) {
            let (answer, http) = if *kind == "sub" {
                let answer = who.subscribe(topic).await;
                let path = if topic.contains('/') { None } else { Some(format!("{}/log", path_of(topic))) };
                let http = match path {
                    Some(path) => Some(who.http(&stage.app, Method::GET, &path, None).await),
                    None => None,
                };
                (answer, http)
            } else {
                commands.insert((*kind).to_owned());
                let answer = who.command(topic, kind, body).await;
                let posted = json!({ "id": Uuid::now_v7(), "type": kind, "body": body });
                let path = format!("{}/commands", path_of(topic));
                (answer, Some(who.http(&stage.app, Method::POST, &path, Some(&posted)).await))
            };
            let over_socket = verdict(answer["code"].as_str());
            found.push(over_socket);
            if let Some(http) = http {
                assert!(
                    same_over_http(over_socket, &http, name),
                    "{name}: {kind} on {topic}: {answer}, over HTTP {http:?}"
                );
            }
        }
        assert_eq!(found, expected, "{kind} {body} on {topic}, for {COLUMNS:?}");
    }
    commands
}

const LIMITS: &[(&str, &str)] =
    &[("limits.commands_per_minute", "10000"), ("limits.visitor_commands_per_minute", "10000")];

fn invitation() -> Value {
    let id = brigade_domain::id::InvitationId::from_uuid(Uuid::now_v7());
    json!({ "invitation": id, "email": "a@example.com", "name": "A" })
}

/// The same for everybody, so that they all ask for one thing.
/// What a business has set itself, as the worker says it.
fn policy() -> Value {
    json!({ "targets": { "counted": "always", "normal": { "first": 5 } }, "hours": { "zone": "UTC", "week": [], "closed": [] } })
}

fn some_label() -> LabelId {
    LabelId::from_uuid(Uuid::from_u128(7))
}

fn some_team() -> TeamId {
    TeamId::from_uuid(Uuid::from_u128(8))
}

fn tomorrow() -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(24)
}

#[tokio::test]
async fn a_site_chat_is_its_visitors_and_the_staffs() {
    let stage = Stage::with(LIMITS).await;
    let mut all = everybody(&stage).await;
    let topic = stage.visitor.topic.clone();
    // The message that is changed is the account manager's.
    let mut manager = stage.socket(&stage.manager).await;
    let seq = manager.command(&topic, "send", json!({ "text": "Hello" })).await["seq"].clone();
    let label = stage.label("Allergy").await;
    let later = json!({ "text": "Later", "send_at": tomorrow() });
    let item = manager.command(&topic, "schedule", later).await["seq"].clone();
    let come = json!({ "item": item, "author": stage.manager.id, "send_at": tomorrow(), "rev": item });
    let rows = [
        ("sub", json!({}), "y... yyy f ..."),
        ("send", json!({ "text": "x" }), "y... yyy f ..."),
        ("note", json!({ "text": "x" }), "f... yyy f ..."),
        ("edit", json!({ "seq": seq, "text": "y" }), "f... yff f ..."),
        ("react", json!({ "seq": seq, "emoji": "👍", "on": true }), "y... yyy f ..."),
        ("delete", json!({ "seq": seq }), "f... yyy f ..."),
        ("read", json!({ "seq": seq }), "y... yyy f ..."),
        ("assign", json!({ "to": stage.manager.id }), "f... yyy f ..."),
        ("assign_team", json!({ "team": null }), "f... yyy f ..."),
        ("release", json!({ "from": stage.manager.id, "team": some_team(), "rev": 1 }), "f... fff f ..."),
        ("give", json!({ "from": null, "to": stage.manager.id, "rev": 1 }), "f... fff f ..."),
        ("resolve", json!({}), "f... yyy f ..."),
        ("reopen", json!({}), "f... yyy f ..."),
        ("snooze", json!({ "until": tomorrow() }), "f... yyy f ..."),
        ("wake", json!({ "until": tomorrow() }), "f... fff f ..."),
        ("set_priority", json!({ "priority": "high" }), "f... yyy f ..."),
        ("reckon", policy(), "f... fff f ..."),
        ("ask_feedback", json!({ "rev": seq, "question": "How was it?" }), "f... fff f ..."),
        ("give_feedback", json!({ "asked": seq, "score": 5 }), "y... fff f ..."),
        ("label", json!({ "label": label, "on": true }), "f... yyy f ..."),
        ("leave_contact", json!({ "email": "a@example.com" }), "y... fff f ..."),
        ("identify", json!({ "id": "7", "name": "A" }), "f... fff f ..."),
        ("ask_transcript", json!({}), "y... yyy f ..."),
        ("schedule", json!({ "text": "x", "send_at": tomorrow() }), "f... yyf f ..."),
        ("reschedule", json!({ "item": item, "text": "y", "send_at": tomorrow() }), "f... yff f ..."),
        ("send_scheduled", come.clone(), "f... fff f ..."),
        ("hold_scheduled", come, "f... fff f ..."),
        ("send_now", json!({ "item": item }), "f... yyy f ..."),
        ("unschedule", json!({ "item": item }), "f... yyy f ..."),
        ("block", json!({ "reason": "Spam" }), "f... yyy f ..."),
        ("unblock", json!({}), "f... yyy f ..."),
        ("open", json!({ "kind": "site", "visitor": stage.visitor.id, "name": "V" }), "f... fff f ..."),
        ("invite", invitation(), "f... fff f ..."),
        ("hand_over", json!({ "account": stage.account, "name": "A" }), "f... fff f ..."),
        ("take_back", json!({}), "f... fyy f ..."),
    ];
    let tried = check(&stage, &mut all, &topic, &rows).await;
    assert_eq!(tried, Description::read().types("conversation", "command"));
}

#[tokio::test]
async fn signals_are_for_who_may_know() {
    let stage = Stage::with(LIMITS).await;
    let mut all = everybody(&stage).await;
    for (topic, rows) in [
        (
            &stage.visitor.topic,
            [("typing", "y... yyy f ..."), ("noting", "f... yyy f ..."), ("looking", "f... yyy f ...")],
        ),
        (
            &stage.clients_chat,
            [("typing", "..y. yyy f ..."), ("noting", "..f. yyy f ..."), ("looking", "..f. yyy f ...")],
        ),
    ] {
        let described = Description::read();
        let described = described.schema("Signal")["enum"].as_array().unwrap();
        assert_eq!(described, &rows.map(|(kind, _)| json!(kind)));
        for (kind, expected) in rows {
            let mut found = String::new();
            for who in &mut all {
                found.push(verdict(who.signal(topic, kind).await["code"].as_str()));
            }
            assert_eq!(found, expected.replace(' ', ""), "{kind} on {topic}, for {COLUMNS:?}");
        }
    }
}

#[tokio::test]
async fn a_conversation_that_was_handed_over_is_the_accounts() {
    let stage = Stage::with(LIMITS).await;
    let mut all = everybody(&stage).await;
    let topic = stage.clients_chat.clone();
    let mut manager = stage.socket(&stage.manager).await;
    let seq = manager.command(&topic, "send", json!({ "text": "Hello" })).await["seq"].clone();
    let label = stage.label("Allergy").await;
    let rows = [
        ("sub", json!({}), "..y. yyy f ..."),
        ("send", json!({ "text": "x" }), "..y. yyy f ..."),
        ("note", json!({ "text": "x" }), "..f. yyy f ..."),
        ("edit", json!({ "seq": seq, "text": "y" }), "..f. yff f ..."),
        ("react", json!({ "seq": seq, "emoji": "👍", "on": true }), "..y. yyy f ..."),
        ("read", json!({ "seq": seq }), "..y. yyy f ..."),
        ("resolve", json!({}), "..f. yyy f ..."),
        ("reopen", json!({}), "..f. yyy f ..."),
        ("snooze", json!({ "until": tomorrow() }), "..f. yyy f ..."),
        ("set_priority", json!({ "priority": "low" }), "..f. yyy f ..."),
        ("reckon", policy(), "..f. fff f ..."),
        ("give_feedback", json!({ "asked": seq, "score": 5 }), "..y. fff f ..."),
        ("label", json!({ "label": label, "on": true }), "..f. yyy f ..."),
        ("schedule", json!({ "text": "x", "send_at": tomorrow() }), "..f. yyf f ..."),
        ("leave_contact", json!({ "email": "a@example.com" }), "..f. fff f ..."),
        ("identify", json!({ "id": "7" }), "..f. fff f ..."),
        ("hand_over", json!({ "account": stage.account, "name": "A" }), "..f. fff f ..."),
    ];
    check(&stage, &mut all, &topic, &rows).await;
    // Once it is taken back, the client sees nothing any more; nor can it then be told apart from nothing.
    let taken = all[5].command(&topic, "take_back", &json!({})).await;
    assert_eq!(taken["t"], "ack", "{taken}");
    stage.app.jobs_done().await;
    check(&stage, &mut all, &topic, &[("sub", json!({}), ".... yyy f ...")]).await;
}

#[tokio::test]
async fn an_account_is_its_members_and_the_staffs() {
    let stage = Stage::with(LIMITS).await;
    let mut all = everybody(&stage).await;
    let topic = stage.account_topic.clone();
    let conversation = stage.clients_chat.split_once(':').unwrap().1;
    // Somebody without a socket: who becomes a member, or is one no more, is asked to resolve their session again.
    let member = stage.app.client_as(&stage.tenant, Role::Client).await;
    let rows = [
        ("sub", json!({}), "..y. yyy f ..."),
        ("open", json!({ "name": "Mia" }), "..f. fff f ..."),
        ("add_member", json!({ "user": member.id, "name": "C" }), "..f. fyy f ..."),
        ("remove_member", json!({ "user": member.id }), "..f. fyy f ..."),
        ("set_manager", json!({ "manager": stage.manager.id }), "..f. yyy f ..."),
        ("advance", json!({ "to": "conversation" }), "..f. yyy f ..."),
        ("rename", json!({ "name": "M" }), "..f. yyy f ..."),
        ("link_conversation", json!({ "conversation": conversation, "rev": 9 }), "..f. fff f ..."),
        ("unlink_conversation", json!({ "conversation": conversation, "rev": 9 }), "..f. fff f ..."),
    ];
    let tried = check(&stage, &mut all, &topic, &rows).await;
    assert_eq!(tried, Description::read().types("account", "command"));
}

#[tokio::test]
async fn a_business_is_run_by_its_admins_and_seen_by_its_customers() {
    let stage = Stage::with(LIMITS).await;
    let mut all = everybody(&stage).await;
    let topic = stage.business();
    let conversation = stage.clients_chat.split_once(':').unwrap().1;
    let rows = [
        ("sub", json!({}), "yyyy yyy f ..."),
        ("create", json!({ "name": "B", "slug": "balance", "zone": "UTC" }), "ffff fff f ..."),
        ("set_hours", json!({ "zone": "UTC", "week": [], "closed": [] }), "ffff fyy f ..."),
        ("set_greeting", json!({ "online": "Hi", "offline": "" }), "ffff fyy f ..."),
        ("rename", json!({ "name": "B" }), "ffff fyy f ..."),
        ("set_questions", json!({ "questions": [] }), "ffff fyy f ..."),
        ("set_look", json!({ "accent": null, "side": "left" }), "ffff fyy f ..."),
        ("set_feedback", json!({ "question": "How was it?" }), "ffff fyy f ..."),
        ("set_targets", json!({ "counted": "always", "low": { "first": 60 } }), "ffff fyy f ..."),
        ("set_label", json!({ "label": some_label(), "name": "Party", "color": "blue" }), "ffff fyy f ..."),
        ("remove_label", json!({ "label": some_label() }), "ffff fyy f ..."),
        (
            "set_team",
            json!({ "team": some_team(), "name": "Kitchen", "members": [stage.manager.id] }),
            "ffff fyy f ...",
        ),
        ("remove_team", json!({ "team": some_team() }), "ffff fyy f ..."),
        ("set_available", json!({ "available": true }), "ffff yyf f ..."),
        ("remove_staff", json!({ "user": stage.client.id }), "ffff fyy f ..."),
        ("set_routing", json!({ "mode": "by_hand", "capacity": 3 }), "ffff fyy f ..."),
        ("set_capacity", json!({ "user": stage.manager.id, "capacity": 7 }), "ffff fyy f ..."),
        (
            "enqueue",
            json!({ "conversation": conversation, "since": "2026-03-02T09:00:00Z", "rev": 1 }),
            "ffff fff f ...",
        ),
        ("dequeue", json!({ "conversation": conversation, "rev": 1 }), "ffff fff f ..."),
    ];
    let tried = check(&stage, &mut all, &topic, &rows).await;
    assert_eq!(tried, Description::read().types("tenant", "command"));
    let inbox = format!("{topic}/inbox");
    check(&stage, &mut all, &inbox, &[("sub", json!({}), ".... yyy f ...")]).await;
}

#[tokio::test]
async fn what_is_another_business_looks_like_what_is_not_there() {
    let stage = Stage::with(LIMITS).await;
    let (mut all, nowhere) = (everybody(&stage).await, "01h455vb4pex5vsknk084sn02q");
    let pairs = [
        (stage.visitor.topic.clone(), format!("conversation:cnv_{nowhere}")),
        (stage.account_topic.clone(), format!("account:acc_{nowhere}")),
        (stage.business(), format!("tenant:ten_{nowhere}")),
        (format!("{}/inbox", stage.business()), format!("tenant:ten_{nowhere}/inbox")),
    ];
    for who in &mut all[8..] {
        for (foreign, missing) in &pairs {
            let told = async |who: &mut Somebody, topic: &str| {
                let (subscribed, sent) =
                    (who.subscribe(topic).await, who.command(topic, "rename", &json!({ "name": "x" })).await);
                [subscribed, sent]
                    .map(|answer| (answer["code"].clone(), answer["message"].clone(), answer["details"].clone()))
            };
            assert_eq!(told(who, foreign).await, told(who, missing).await, "{foreign}");
            if foreign.contains('/') {
                continue;
            }
            for (method, rest) in [(Method::GET, ""), (Method::GET, "/log")] {
                let mut answers = Vec::new();
                for topic in [foreign, missing] {
                    let answer = who.http(&stage.app, method.clone(), &format!("{}{rest}", path_of(topic)), None).await;
                    answers.push((answer.status, answer.body["error"].clone()));
                }
                assert_eq!(answers[0], answers[1], "{foreign}{rest}");
                assert!(!answers[0].1.to_string().contains(&foreign[foreign.len() - 20..]), "{answers:?}");
            }
        }
    }
}
