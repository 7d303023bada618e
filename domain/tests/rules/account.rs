//! The account and its lifecycle (BK-LIFE-01 to -14): random commands by everybody, and single rules.

use brigade_domain::account::Account;
use brigade_domain::account::event::Event;
use brigade_domain::account::lifecycle::Lifecycle;
use brigade_domain::entity::{Entity, Row};
use brigade_domain::refusal::Code;
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::harness::{Ask, Run};
use crate::world::{ACCOUNT, COLLEAGUE, MANAGER, MEMBER, STRANGER, Who, conversation, key};

/// The legal steps, written once more apart from the rules.
const LEGAL: [(&str, &str); 21] = [
    ("visitor", "conversation"),
    ("conversation", "onboarding"),
    ("onboarding", "pack_purchase"),
    ("pack_purchase", "subscription_applied"),
    ("subscription_applied", "weekly_ordering"),
    ("subscription_applied", "paused"),
    ("subscription_applied", "cancelled"),
    ("weekly_ordering", "consumption"),
    ("weekly_ordering", "paused"),
    ("weekly_ordering", "cancelled"),
    ("consumption", "weekly_ordering"),
    ("consumption", "paused"),
    ("consumption", "cancelled"),
    ("paused", "reactivated"),
    ("paused", "cancelled"),
    ("reactivated", "weekly_ordering"),
    ("reactivated", "paused"),
    ("reactivated", "cancelled"),
    ("cancelled", "pack_purchase"),
    // Staying is no step, and no mistake either.
    ("paused", "paused"),
    ("visitor", "visitor"),
];

pub(crate) fn account() -> Run<Account> {
    let mut run = Run::new(key(ACCOUNT));
    run.ok(Who::System, "open", &json!({ "name": "Mia" }));
    run
}

fn advance(to: &str) -> Value {
    match to {
        "onboarding" => json!({ "to": to, "onboarding": "assisted" }),
        _ => json!({ "to": to }),
    }
}

fn bodies() -> impl Strategy<Value = (&'static str, Value)> {
    let user = || prop::sample::select(vec![MEMBER, STRANGER, MANAGER, COLLEAGUE]);
    let state = prop::sample::select(Lifecycle::ALL.map(Lifecycle::as_str).to_vec());
    prop_oneof![
        1 => prop::option::of(0u8..2).prop_map(|n| ("open", json!({ "name": "Mia", "conversation": n.map(conversation) }))),
        2 => (user(), "[a-z]{0,4}").prop_map(|(user, name)| ("add_member", json!({ "user": user, "name": name }))),
        1 => user().prop_map(|user| ("remove_member", json!({ "user": user }))),
        3 => prop::option::of(user()).prop_map(|manager| ("set_manager", json!({ "manager": manager }))),
        8 => state.prop_map(|to| ("advance", advance(to))),
        1 => "[a-z]{0,4}".prop_map(|name| ("rename", json!({ "name": name }))),
        2 => (0u8..3, 0u64..20, prop::option::of(user())).prop_map(|(n, rev, manager)| {
            ("link_conversation", json!({ "conversation": conversation(n), "rev": rev, "manager": manager }))
        }),
        1 => (0u8..3, 0u64..20).prop_map(|(n, rev)| {
            ("unlink_conversation", json!({ "conversation": conversation(n), "rev": rev }))
        }),
    ]
}

/// What somebody does: anything, or the next step that is legal, so that the far states are reached.
#[derive(Debug, Clone)]
pub(crate) enum Do {
    Ask(Ask),
    Next(prop::sample::Index),
}

pub(crate) fn steps(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Do>> {
    let ask = (Who::any(), any::<bool>(), bodies()).prop_map(|(who, system, (kind, body))| {
        let who = if system { Who::System } else { who };
        Do::Ask(Ask { who, kind, body, after: SignedDuration::from_secs(5) })
    });
    prop::collection::vec(prop_oneof![2 => ask, 1 => any::<prop::sample::Index>().prop_map(Do::Next)], count)
}

pub(crate) fn after(opened: bool, steps: &[Do]) -> Run<Account> {
    let mut run = if opened { account() } else { Run::new(key(ACCOUNT)) };
    for step in steps {
        let _answer = match step {
            Do::Ask(ask) => run.ask(ask),
            Do::Next(index) => {
                let to = index.get(run.state.lifecycle().next()).as_str();
                run.give(Who::System, "advance", &advance(to))
            }
        };
    }
    run
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_lifecycle_is_legal(opened in prop::bool::weighted(0.9), steps in steps(1..60)) {
        let run = after(opened, &steps);
        let (mut state, mut manager, mut conversations) = ("visitor", None, std::collections::BTreeSet::new());
        for entry in &run.log {
            match &entry.event {
                Event::Opened { conversation, .. } => conversations.extend(*conversation),
                Event::ConversationLinked { conversation, .. } => drop(conversations.insert(*conversation)),
                Event::ConversationUnlinked { conversation, .. } => drop(conversations.remove(conversation)),
                Event::ManagerSet { manager: now } => manager = *now,
                Event::Advanced { from, to, onboarding } => {
                    prop_assert_eq!(from.as_str(), state);
                    prop_assert!(LEGAL.contains(&(state, to.as_str())), "{} to {}", state, to.as_str());
                    prop_assert!(to.as_str() != "conversation" || !conversations.is_empty());
                    prop_assert_eq!(to.as_str() == "onboarding", onboarding.is_some());
                    prop_assert!(to.as_str() != "onboarding" || manager.is_some());
                    state = to.as_str();
                }
                Event::MemberAdded { .. } | Event::MemberRemoved { .. } | Event::Renamed { .. } => {}
            }
        }
        prop_assert_eq!(run.state.lifecycle().as_str(), state);
        for who in [Who::Visitor, Who::PublicKey, Who::SuperAdmin, Who::ForeignAdmin, Who::ForeignSystem] {
            prop_assert!(!run.sees(who), "{who:?}");
        }
        run.apply_in_reverse();
    }
}

/// An account in `state`, by the shortest legal way.
fn in_state(state: Lifecycle) -> Run<Account> {
    let mut run = account();
    if state != Lifecycle::Visitor {
        run.ok(Who::System, "link_conversation", &json!({ "conversation": conversation(0), "rev": 1 }));
    }
    run.ok(Who::Admin, "set_manager", &json!({ "manager": MANAGER }));
    let here = run.state.lifecycle();
    if here != state {
        for step in here.missing_before(state).into_iter().flatten().chain([state]) {
            run.ok(Who::Manager, "advance", &advance(step.as_str()));
        }
    }
    run
}

#[test]
fn every_step_is_legal_or_refused_with_what_is_missing() {
    for from in Lifecycle::ALL {
        for to in Lifecycle::ALL {
            let mut run = in_state(from);
            let result = run.give(Who::Manager, "advance", &advance(to.as_str()));
            // Who has a conversation is a visitor no longer, so the first step is never asked for with success.
            let first = (from, to) == (Lifecycle::Visitor, Lifecycle::Conversation);
            let legal = from == to || (LEGAL.contains(&(from.as_str(), to.as_str())) && !first);
            match result {
                Ok(decision) => {
                    assert!(legal, "{from:?} to {to:?}");
                    assert_eq!(decision.events.len(), usize::from(from != to));
                    assert_eq!(decision.audit.len(), usize::from(from != to));
                }
                Err(refusal) => {
                    assert!(!legal, "{from:?} to {to:?}: {refusal}");
                    assert_eq!(refusal.code, Code::Conflict);
                    let details = refusal.details.unwrap();
                    assert_eq!((&details["state"], &details["to"]), (&json!(from), &json!(to)));
                    assert_eq!(details["allowed"], json!(from.next()));
                }
            }
        }
    }
}

#[test]
fn what_is_missing_is_named() {
    let mut run = account();
    let missing = |run: &mut Run<Account>, to| {
        run.give(Who::System, "advance", &advance(to)).unwrap_err().details.unwrap()["missing"].clone()
    };
    assert_eq!(missing(&mut run, "conversation"), json!(["a conversation"]));
    assert_eq!(missing(&mut run, "pack_purchase"), json!(["conversation", "onboarding"]));
    assert_eq!(missing(&mut run, "subscription_applied"), json!(["conversation", "onboarding", "pack_purchase"]));
    run.ok(Who::System, "link_conversation", &json!({ "conversation": conversation(0), "rev": 1 }));
    assert_eq!(run.state.lifecycle(), Lifecycle::Conversation);
    assert_eq!(missing(&mut run, "onboarding"), json!(["an account manager"]));
    assert_eq!(missing(&mut run, "visitor"), json!([]));
    run.ok(Who::Manager, "set_manager", &json!({ "manager": MANAGER }));
    run.ok(Who::Manager, "advance", &advance("onboarding"));
}

#[test]
fn members_come_and_go() {
    let mut run = account();
    assert!(!run.sees(Who::Member));
    run.ok(Who::Admin, "add_member", &json!({ "user": MEMBER, "name": "Mia" }));
    assert!(run.ok(Who::Admin, "add_member", &json!({ "user": MEMBER, "name": "Mia" })).events.is_empty());
    assert_eq!(run.snapshot(Who::Member).unwrap()["members"], json!({ MEMBER.to_string(): { "name": "Mia" } }));
    let Some(Row::Account(row)) = run.state.row() else { panic!("no row") };
    assert_eq!((row.members, row.lifecycle.as_str()), (vec![MEMBER], "visitor"));
    let removed = run.ok(Who::Admin, "remove_member", &json!({ "user": MEMBER }));
    assert_eq!(removed.audit[0].event, "account.member_removed");
    assert!(!run.sees(Who::Member));
    assert!(run.ok(Who::Admin, "remove_member", &json!({ "user": MEMBER })).events.is_empty());
}

#[test]
fn members_are_bounded() {
    let mut run = account();
    let user = |n: u128| brigade_domain::id::UserId::from_uuid(uuid::Uuid::from_u128(n));
    (0..50).for_each(|n| drop(run.ok(Who::System, "add_member", &json!({ "user": user(n), "name": "x" }))));
    assert_eq!(run.refused(Who::System, "add_member", &json!({ "user": user(50), "name": "x" })), Code::Conflict);
    run.ok(Who::System, "add_member", &json!({ "user": user(7), "name": "renamed" }));
}

#[test]
fn opening_twice_is_harmless() {
    let mut run = Run::<Account>::new(key(ACCOUNT));
    let open = json!({ "name": "Mia", "conversation": conversation(0) });
    assert_eq!(run.ok(Who::System, "open", &open).audit[0].event, "account.opened");
    assert!(run.ok(Who::System, "open", &open).events.is_empty());
    assert_eq!(
        run.refused(Who::System, "open", &json!({ "name": "Mia", "conversation": conversation(1) })),
        Code::Conflict
    );
}

#[test]
fn whatever_order_the_reports_of_a_conversation_come_in_the_newest_counts() {
    let report = |kind, rev: u64| (kind, json!({ "conversation": conversation(0), "rev": rev }));
    let reports = [report("link_conversation", 4), report("unlink_conversation", 7), report("link_conversation", 9)];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut run = account();
        for index in order {
            let (kind, body) = &reports[index];
            run.ok(Who::System, kind, body);
            assert!(run.ok(Who::System, kind, body).events.is_empty(), "twice is once");
        }
        assert_eq!(run.state.conversations().collect::<Vec<_>>(), [conversation(0)], "{order:?}");
    }
    let mut run = account();
    run.ok(Who::System, "unlink_conversation", &reports[1].1);
    run.ok(Who::System, "link_conversation", &reports[0].1);
    assert_eq!(run.state.conversations().count(), 0, "what ended before it began never was");
}

#[test]
fn the_account_manager_of_the_conversation_takes_on_an_account_without_one() {
    let mut run = account();
    let link = |n, rev: u64, manager| json!({ "conversation": conversation(n), "rev": rev, "manager": manager });
    let decision = run.ok(Who::System, "link_conversation", &link(0, 1, MANAGER));
    let audited: Vec<_> = decision.audit.iter().map(|line| line.event.as_str()).collect();
    assert_eq!(audited, ["account.manager_set", "account.advanced"]);
    run.ok(Who::System, "link_conversation", &link(1, 1, COLLEAGUE));
    assert_eq!(run.snapshot(Who::Admin).unwrap()["manager"], json!(MANAGER));
}

#[test]
fn links_are_bounded() {
    let mut run = account();
    let link = |n: u8| json!({ "conversation": conversation(n), "rev": 1 });
    for n in 0..50 {
        run.ok(Who::System, "link_conversation", &link(n));
    }
    assert_eq!(run.refused(Who::System, "link_conversation", &link(50)), Code::Conflict);
    for n in 100..250 {
        run.ok(Who::System, "unlink_conversation", &link(n));
    }
    assert_eq!(run.state.conversations().count(), 50);
    assert!(serde_json::to_string(&run.state).unwrap().len() < 10_000);
}
