//! Matters: what reports know of what customers came with, against a naive reckoning over the log.

use std::collections::{BTreeMap, BTreeSet};

use brigade_domain::chat::event::{Event, Kind, Side};
use brigade_domain::chat::matter::{Done, MatterRow};
use brigade_domain::entity::{Decision, Entry, Fact, Seq};
use proptest::prelude::*;
use serde_json::json;

use crate::chat::{Chat, asks, say, site};
use crate::world::{CONVERSATION, MANAGER, Who, label};

/// What is kept: whole, and what is known up to a later entry wins.
type Kept = BTreeMap<Seq, MatterRow>;

fn keep(kept: &mut Kept, facts: &[Fact]) {
    for fact in facts {
        let Fact::Matter(row) = fact else { continue };
        if kept.get(&row.seq).is_none_or(|known| known.rev < row.rev) {
            kept.insert(row.seq, row.clone());
        }
    }
}

/// What changes with every message of a matter that goes on is not kept up to date.
fn settled(row: &MatterRow) -> MatterRow {
    let messages = if row.resolved.is_some() { row.messages } else { 0 };
    MatterRow { rev: 0, messages, ..row.clone() }
}

/// The matters of a log: between one end and the next, from the first message of the customer on.
fn reckon(log: &[Entry<Event>]) -> Vec<MatterRow> {
    let mut rows = Vec::new();
    let mut begin = 0;
    for end in (0..=log.len()).filter(|&end| log.get(end).is_none_or(|entry| entry.event == Event::Resolved {})) {
        let until = (end + 1).min(log.len());
        rows.extend(one(log, begin, until));
        begin = until;
    }
    rows
}

fn one(log: &[Entry<Event>], begin: usize, until: usize) -> Option<MatterRow> {
    let side = |at: usize, entry: &Entry<Event>| {
        log[..at].iter().rev().find_map(|before| match &before.event {
            Event::Joined { party, side, .. } if *party == entry.by => Some(*side),
            _ => None,
        })
    };
    let messages = || {
        let sent = log[..until].iter().enumerate().skip(begin);
        sent.filter(|(_, entry)| matches!(entry.event, Event::MessageSent { .. }))
            .map(|(at, entry)| (at, entry, side(at, entry).unwrap()))
    };
    let (from, first, _) = messages().find(|(.., side)| *side == Side::Customer)?;
    let answer = messages().find(|(at, _, side)| *at > from && *side == Side::Staff);
    let done = |entry: &Entry<Event>| Done { at: entry.at.max(first.at), by: entry.by };
    let dues = |until: usize| {
        log[from..until].iter().filter_map(|entry| match entry.event {
            Event::DueSet(dues) => Some(dues),
            _ => None,
        })
    };
    let mut labels = BTreeSet::new();
    let (mut assignee, mut kind) = (None, Kind::Site);
    for entry in &log[..until] {
        match &entry.event {
            Event::LabelChanged { label, on: true } => drop(labels.insert(*label)),
            Event::LabelChanged { label, on: false } => drop(labels.remove(label)),
            Event::Assigned { to } => assignee = *to,
            Event::HandedOver { .. } => kind = Kind::Account,
            Event::TakenBack { .. } => kind = Kind::Site,
            Event::Opened { kind: opened, .. } => kind = *opened,
            _ => {}
        }
    }
    let resolved = log[..until].last().filter(|entry| entry.event == Event::Resolved {}).map(done);
    Some(MatterRow {
        conversation: CONVERSATION,
        seq: first.seq,
        rev: 0,
        kind,
        began_at: first.at,
        answered: answer.map(|(_, entry, _)| done(entry)),
        resolved,
        assignee,
        labels: labels.into_iter().collect(),
        messages: if resolved.is_some() {
            u32::try_from(messages().filter(|(.., side)| *side == Side::Customer).count()).unwrap()
        } else {
            0
        },
        answer_due: dues(answer.map_or(until, |(at, ..)| at))
            .filter_map(|dues| dues.answer)
            .next_back()
            .map(|due| due.at),
        resolution_due: dues(until).filter_map(|dues| dues.resolution).next_back().map(|due| due.at),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_kept_is_what_the_log_says(asks in asks(1..60)) {
        let mut chat = site();
        let (mut kept, mut told) = (Kept::new(), Vec::new());
        for ask in asks {
            if let Ok(decision) = chat.ask(&ask) {
                keep(&mut kept, &decision.facts);
                told.extend(decision.facts);
            }
        }
        prop_assert_eq!(kept.values().map(settled).collect::<Vec<_>>(), reckon(&chat.log));
        // Kept twice and in any order it is the same.
        let mut again = Kept::new();
        told.reverse();
        keep(&mut again, &told);
        keep(&mut again, &told);
        prop_assert_eq!(again, kept);
    }
}

fn rows(decision: &Decision<Event>) -> Vec<&MatterRow> {
    decision
        .facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Matter(row) => Some(row),
            Fact::Feedback(_) | Fact::Blocked(_) | Fact::Unblocked(_) | Fact::Transcript(_) => None,
        })
        .collect()
}

#[test]
fn a_message_in_a_matter_that_goes_on_is_not_counted() {
    let mut chat = site();
    let send = json!({ "text": "x" });
    let began = chat.ok(Who::Visitor, "send", &send);
    assert_eq!((rows(&began).len(), rows(&began)[0].answered), (1, None));
    assert!(chat.ok(Who::Visitor, "send", &send).facts.is_empty());
    assert!(chat.ok(Who::Manager, "note", &send).facts.is_empty(), "a note is no answer");
    assert!(chat.ok(Who::Manager, "read", &json!({ "seq": 2 })).facts.is_empty());
    let answered = chat.ok(Who::Manager, "send", &send);
    assert_eq!(rows(&answered)[0].answered.map(|done| done.by.user()), Some(Some(MANAGER)));
    for who in [Who::Colleague, Who::Visitor, Who::Manager, Who::Visitor] {
        assert!(chat.ok(who, "send", &send).facts.is_empty(), "{who:?}");
    }
    chat.ok(Who::Manager, "label", &json!({ "label": label(1), "on": true }));
    let resolved = chat.ok(Who::Admin, "resolve", &json!({}));
    let [row] = rows(&resolved)[..] else { panic!("{resolved:?}") };
    assert_eq!((row.messages, row.labels.as_slice(), row.assignee), (4, &[label(1)][..], None));
    assert!(row.resolved.is_some() && row.answered.is_some());
    // What comes after its end is no part of it.
    assert!(chat.ok(Who::Manager, "send", &send).facts.is_empty(), "a last word");
    assert!(chat.ok(Who::Manager, "label", &json!({ "label": label(2), "on": true })).facts.is_empty());
    assert!(chat.ok(Who::Manager, "reopen", &json!({})).facts.is_empty(), "nobody has asked for anything");
    assert!(chat.ok(Who::Manager, "resolve", &json!({})).facts.is_empty());
    let again = chat.ok(Who::Visitor, "send", &send);
    assert!(rows(&again)[0].seq > row.seq && rows(&again)[0].answered.is_none());
}

#[test]
fn who_takes_a_message_away_or_hands_over_changes_nothing_of_what_happened() {
    let mut chat: Chat = site();
    let first = say(&mut chat, Who::Visitor, "Hello?");
    let given = json!({ "from": null, "to": MANAGER, "rev": 1 });
    assert_eq!(rows(&chat.ok(Who::System, "give", &given))[0].answered, None, "routing is no answer");
    let answer = say(&mut chat, Who::Manager, "Hello!");
    assert!(chat.ok(Who::Visitor, "delete", &json!({ "seq": first })).facts.is_empty());
    assert!(chat.ok(Who::Manager, "delete", &json!({ "seq": answer })).facts.is_empty());
    let resolved = chat.ok(Who::System, "resolve", &json!({}));
    let [row] = rows(&resolved)[..] else { panic!("{resolved:?}") };
    assert_eq!((row.seq, row.messages, row.assignee), (first, 1, Some(MANAGER)));
    assert_eq!(row.resolved.map(|done| done.by.user()), Some(None), "Brigade itself is nobody");
}
