//! F17: 10,000 random command sequences, the snapshot taken anywhere: snapshot + later events is the state that the
//! whole log makes, for every type of event.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Debug;

use brigade_domain::entity::Entity;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::harness::Run;

/// Runs `cases` sequences and checks each at a random place. Gives the types of all events that happened.
fn check<S, E>(cases: u32, sequences: &S, after: impl Fn(S::Value) -> Run<E>) -> BTreeSet<String>
where
    S: Strategy,
    E: Entity + PartialEq + Debug,
{
    let seen = RefCell::new(BTreeSet::new());
    let mut runner = TestRunner::new(Config { cases, ..Config::default() });
    let sequences = (sequences, any::<prop::sample::Index>());
    let result = runner.run(&sequences, |(sequence, place)| {
        let run = after(sequence);
        let cut = place.index(run.log.len() + 1);
        prop_assert_eq!(&run.replayed(cut), &run.state, "cut after {} of {}", cut, run.log.len());
        for entry in &run.log {
            let event = serde_json::to_value(&entry.event).unwrap();
            seen.borrow_mut().insert(event["type"].as_str().unwrap().to_owned());
        }
        Ok(())
    });
    result.unwrap();
    seen.into_inner()
}

fn all(types: &[&str]) -> BTreeSet<String> {
    types.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn six_thousand_conversations() {
    let sequences = (0u8..8, crate::chat::asks(1..40));
    let seen = check(6_000, &sequences, |(begin, asks)| crate::chat::after(begin, asks));
    let types = [
        "opened",
        "joined",
        "message_sent",
        "note_added",
        "message_edited",
        "message_deleted",
        "reaction_changed",
        "read_up_to",
        "assigned",
        "routed",
        "team_assigned",
        "resolved",
        "reopened",
        "snoozed",
        "woken",
        "priority_set",
        "label_changed",
        "due_set",
        "feedback_asked",
        "feedback_given",
        "transcript_asked",
        "message_scheduled",
        "message_rescheduled",
        "message_unscheduled",
        "scheduled_held",
        "scheduled_sent",
        "answers_given",
        "visitor_blocked",
        "writing_allowed",
        "contact_left",
        "identified",
        "invited",
        "handed_over",
        "taken_back",
    ];
    assert_eq!(seen, all(&types));
}

#[test]
fn two_thousand_accounts() {
    let sequences = (prop::bool::weighted(0.9), crate::account::steps(1..40));
    let seen = check(2_000, &sequences, |(opened, steps)| crate::account::after(opened, &steps));
    let types = [
        "opened",
        "member_added",
        "member_removed",
        "manager_set",
        "advanced",
        "renamed",
        "conversation_linked",
        "conversation_unlinked",
    ];
    assert_eq!(seen, all(&types));
}

#[test]
fn two_thousand_tenants() {
    let sequences = (prop::bool::weighted(0.9), crate::tenant::asks(1..40));
    let seen = check(2_000, &sequences, |(created, asks)| crate::tenant::after(created, &asks));
    let types = [
        "created",
        "hours_set",
        "greeting_set",
        "label_set",
        "label_removed",
        "team_set",
        "team_removed",
        "targets_set",
        "feedback_set",
        "questions_set",
        "look_set",
        "renamed",
        "availability_set",
        "staff_removed",
        "routing_set",
        "capacity_set",
        "enqueued",
        "dequeued",
    ];
    assert_eq!(seen, all(&types));
}
