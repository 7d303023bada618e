//! The tenant: random commands by everybody, and single rules.

use brigade_domain::entity::{Audience, Entity, Row};
use brigade_domain::refusal::Code;
use brigade_domain::tenant::shown::Shown;
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::harness::{Ask, Run};
use crate::queue::tenant;
use crate::world::{ADMIN, COLLEAGUE, MANAGER, TENANT, Who, conversation, key, label, team};

fn bodies() -> impl Strategy<Value = (&'static str, Value)> {
    let window = (0u8..9, 0u16..26, 0u16..26).prop_map(
        |(day, from, to)| json!({ "day": day, "from": format!("{from:02}:00"), "to": format!("{to:02}:30") }),
    );
    let zone = prop::sample::select(vec!["Europe/Berlin", "America/New_York", "UTC", "Mars/Olympus"]);
    let hours = (zone, prop::collection::vec(window, 0..3))
        .prop_map(|(zone, week)| ("set_hours", json!({ "zone": zone, "week": week, "closed": ["2026-12-25"] })));
    prop_oneof![
        1 => Just(("create", json!({ "name": "B", "slug": "balance", "zone": "Europe/Berlin" }))),
        3 => hours,
        2 => "[a-z]{0,5}".prop_map(|text| ("set_greeting", json!({ "online": text, "offline": "", "pages": [{ "path": format!("/{text}*"), "online": "", "offline": "Hm" }] }))),
        2 => (0u32..90, any::<bool>()).prop_map(|(first, always)| {
            let counted = if always { "always" } else { "opening_hours" };
            ("set_targets", json!({ "counted": counted, "warn": 10, "normal": { "first": first, "next": null, "resolution": 240 } }))
        }),
        2 => prop::collection::vec("[ab]{1,2}", 0..3).prop_map(|asked| {
            let questions: Vec<Value> = asked.iter().map(|question| json!({ "question": question, "kind": "text" })).collect();
            ("set_questions", json!({ "questions": questions }))
        }),
        2 => (prop::option::of("#0[0-9a-f]{5}"), any::<bool>()).prop_map(|(accent, left)| {
            ("set_look", json!({ "accent": accent, "side": if left { "left" } else { "right" } }))
        }),
        2 => prop::option::of("[a-z]{1,5}").prop_map(|question| ("set_feedback", json!({ "question": question }))),
        2 => "[a-z]{0,5}".prop_map(|name| ("rename", json!({ "name": name }))),
        3 => (0u8..3, "[ab]{1,2}").prop_map(|(n, name)| ("set_label", json!({ "label": label(n), "name": name, "color": "teal" }))),
        2 => (0u8..3).prop_map(|n| ("remove_label", json!({ "label": label(n) }))),
        3 => (0u8..3, "[ab]{1,2}", any::<[bool; 2]>()).prop_map(|(n, name, [manager, colleague])| {
            let members: Vec<_> = [(manager, MANAGER), (colleague, COLLEAGUE)].into_iter().filter(|(is, _)| *is).map(|(_, user)| user).collect();
            ("set_team", json!({ "team": team(n), "name": name, "members": members }))
        }),
        2 => (0u8..3).prop_map(|n| ("remove_team", json!({ "team": team(n) }))),
        3 => any::<bool>().prop_map(|available| ("set_available", json!({ "available": available }))),
        2 => Just(("remove_staff", json!({ "user": MANAGER }))),
        2 => (prop::sample::select(vec!["by_hand", "round_robin", "least_busy"]), 0u8..3)
            .prop_map(|(mode, capacity)| ("set_routing", json!({ "mode": mode, "capacity": capacity }))),
        2 => prop::option::of(0u8..3).prop_map(|capacity| ("set_capacity", json!({ "user": MANAGER, "capacity": capacity }))),
        5 => (0u8..4, 0u64..20, 0i64..100).prop_map(|(n, rev, second)| {
            let since = brigade_domain::Timestamp::from_second(second).unwrap();
            ("enqueue", json!({ "conversation": conversation(n), "since": since, "rev": rev }))
        }),
        5 => (0u8..4, 0u64..20).prop_map(|(n, rev)| ("dequeue", json!({ "conversation": conversation(n), "rev": rev }))),
    ]
}

pub(crate) fn asks(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Ask>> {
    // The queue is Brigade's own business: without this most of its commands were refused.
    let ask = (Who::any(), any::<bool>(), bodies()).prop_map(|(who, own, (kind, body))| {
        let who = if own && kind.ends_with("queue") { Who::System } else { who };
        Ask { who, kind, body, after: SignedDuration::from_secs(5) }
    });
    prop::collection::vec(ask, count)
}

pub(crate) fn after(created: bool, asks: &[Ask]) -> Run<brigade_domain::tenant::Tenant> {
    let mut run = if created { tenant() } else { Run::new(key(TENANT)) };
    for ask in asks {
        let _answer = run.ask(ask);
    }
    run
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_promises_hold(created in prop::bool::weighted(0.9), asks in asks(1..40)) {
        let run = after(created, &asks);
        // The queue against a naive reckoning: per conversation, the report of the highest rev decides.
        for n in 0..4 {
            let reports = run.log.iter().filter_map(|entry| {
                let event = serde_json::to_value(&entry.event).unwrap();
                (event["body"]["conversation"] == json!(conversation(n))).then(|| (event["body"]["rev"].as_u64().unwrap(), event["type"] == "enqueued"))
            });
            let waits = reports.max().is_some_and(|(_, waits)| waits);
            prop_assert_eq!(run.state.queue().get(conversation(n)).is_some(), waits);
        }
        // A customer sees the shop window and nothing else.
        for (_, event) in run.visible(Audience::Customer) {
            prop_assert!(["hours_set", "greeting_set", "renamed"].contains(&event["type"].as_str().unwrap()));
        }
        if let Some(shown) = run.snapshot(Who::Visitor) {
            let fields: Vec<_> = shown.as_object().unwrap().keys().map(String::as_str).collect();
            prop_assert_eq!(fields, ["greeting", "hours", "id", "name", "zone"]);
        }
        run.apply_in_reverse();
    }
}

#[test]
fn availability_is_ones_own() {
    let mut run = tenant();
    assert!(!run.state.anybody_available());
    run.ok(Who::Manager, "set_available", &json!({ "available": true }));
    assert!(run.ok(Who::Manager, "set_available", &json!({ "available": true })).events.is_empty());
    assert!(run.state.anybody_available());
    assert_eq!(run.snapshot(Who::Admin).unwrap()["staff"], json!({ MANAGER.to_string(): { "available": true } }));
    run.ok(Who::Admin, "remove_staff", &json!({ "user": MANAGER }));
    assert!(!run.state.anybody_available());
}

#[test]
fn creating_twice_is_harmless_and_creating_another_is_refused() {
    let mut run = tenant();
    let again = json!({ "name": "Balance", "slug": "balance", "zone": "UTC" });
    assert!(run.ok(Who::System, "create", &again).events.is_empty());
    assert_eq!(
        run.refused(Who::System, "create", &json!({ "name": "B", "slug": "other", "zone": "UTC" })),
        Code::Conflict
    );
}

#[test]
fn the_row_carries_the_settings() {
    let mut run = tenant();
    run.ok(
        Who::Admin,
        "set_hours",
        &json!({ "zone": "America/New_York", "week": [{ "day": 1, "from": "09:00", "to": "24:00" }], "closed": [] }),
    );
    let Some(Row::Tenant(row)) = run.state.row() else { panic!("no row") };
    let settings: Value = serde_json::from_str(&row.settings).unwrap();
    assert_eq!(settings["zone"], "America/New_York");
    assert_eq!(settings["hours"]["week"][0], json!({ "day": 1, "from": "09:00", "to": "24:00" }));
    assert_eq!((&settings["name"], &settings["slug"]), (&json!("Balance Kitchen"), &json!("balance")));
}

#[test]
fn settings_are_changed_on_the_record() {
    let mut run = tenant();
    let audit = |decision: brigade_domain::entity::Decision<_>| decision.audit[0].event.clone();
    assert_eq!(audit(run.ok(Who::Admin, "rename", &json!({ "name": "New" }))), "tenant.renamed");
    assert_eq!(
        audit(run.ok(Who::Admin, "set_greeting", &json!({ "online": "Hi", "offline": "" }))),
        "tenant.greeting_set"
    );
    let hours = json!({ "zone": "UTC", "week": [], "closed": [] });
    assert_eq!(audit(run.ok(Who::Admin, "set_hours", &hours)), "tenant.hours_set");
    assert!(run.ok(Who::Admin, "set_hours", &hours).events.is_empty());
}

#[test]
fn a_snapshot_reads_back() {
    let mut run = tenant();
    let week = json!([{ "day": 1, "from": "09:00", "to": "24:00" }]);
    run.ok(Who::Admin, "set_hours", &json!({ "zone": "America/New_York", "week": week, "closed": ["2026-12-25"] }));
    run.ok(Who::Admin, "set_greeting", &json!({ "online": "Hi", "offline": "Bye" }));
    run.ok(Who::Manager, "set_available", &json!({ "available": false }));
    run.ok(Who::Admin, "set_available", &json!({ "available": true }));
    let shown = Shown::read(run.snapshot(Who::System).unwrap()).unwrap();
    assert_eq!(&shown.hours, run.state.hours());
    assert_eq!((shown.name.as_str(), shown.greeting.on(None, true)), ("Balance Kitchen", "Hi"));
    assert_eq!((shown.available, shown.unavailable), (vec![ADMIN], vec![MANAGER]));
    assert!(Shown::read(run.snapshot(Who::Visitor).unwrap()).is_err(), "customers do not learn who is there");
}
