//! Readers: no gap, no repeat, no more than one may see.

use std::time::Duration;

use brigade_actors::{Limits, Resume};
use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::journal::LogLine;
use brigade_domain::refusal::Code;
use brigade_domain::topic::Topic;

use crate::journal::Memory;
use crate::reader::{Got, Notebook, add, attach, attach_to, command, detach, directory, key, signal, until};

#[actix_rt::test]
async fn a_reader_that_attaches_in_the_middle_of_a_burst_misses_and_repeats_nothing() {
    let memory = Memory::new();
    let directory = directory(&memory, Limits::default());
    let mut readers = Vec::new();
    for n in 1..=400_u64 {
        directory.ask(key(1), add(n.into(), 1)).await.unwrap();
        if n % 10 == 0 {
            // One from a snapshot, one from near, one from far (its gap is read from the journal while more is written).
            for (offset, after) in [(0, None), (1, Some(n - 5)), (2, Some(n / 100))] {
                let reader = Notebook::new(n * 10 + offset);
                attach(&directory, key(1), &reader, "staff", after.map(|after| Resume { after, epoch: 1 }));
                readers.push((reader, after));
            }
        }
    }
    for (reader, after) in readers {
        until("the newest entry", || {
            reader.seqs().last() == Some(&400)
                || reader.got().contains(&Got::Snapshot(400, r#"{"sum":400}"#.into()))
                || reader.got().last() == Some(&Got::Live(400))
        })
        .await;
        let start = match (after, &reader.got()[0]) {
            (None, Got::Snapshot(seq, _)) => *seq,
            (Some(after), _) => after,
            (None, other) => panic!("began with {other:?}"),
        };
        let expected: Vec<u64> = (start + 1..=400).collect();
        assert_eq!(reader.seqs(), expected, "after {after:?}");
    }
}

#[actix_rt::test]
async fn another_epoch_a_future_place_and_a_gap_too_large_start_from_the_state() {
    let memory = Memory::new();
    let directory = directory(&memory, Limits { per_entity: 10_000, ..Limits::default() });
    for n in 1..=5_200_u128 {
        if n % 100 == 0 {
            directory.ask(key(1), add(n, 1)).await.unwrap();
        } else {
            drop(directory.ask(key(1), add(n, 1)).await);
        }
    }
    for (id, resume) in [
        (1, Resume { after: 5_190, epoch: 2 }),
        (2, Resume { after: 9_999, epoch: 1 }),
        (3, Resume { after: 1, epoch: 1 }),
    ] {
        let reader = Notebook::new(id);
        attach(&directory, key(1), &reader, "staff", Some(resume));
        until("a snapshot", || reader.got().len() == 2).await;
        assert_eq!(reader.got(), [Got::Resync, Got::Snapshot(5_200, r#"{"sum":5200}"#.into())]);
    }
}

#[actix_rt::test]
async fn what_is_not_for_customers_reaches_them_as_a_place_without_content() {
    let directory = directory(&Memory::new(), Limits::default());
    let customer = Notebook::new(1);
    attach(&directory, key(1), &customer, "customer", None);
    directory.ask(key(1), add(1, 1)).await.unwrap();
    directory.ask(key(1), command(2, "whisper", "{}")).await.unwrap();
    let late = Notebook::new(2);
    attach(&directory, key(1), &late, "customer", Some(Resume { after: 0, epoch: 1 }));
    until("both", || late.got().len() == 3).await;
    let entries = [Got::Entry(1, "added".into()), Got::Entry(2, "hidden".into())];
    assert_eq!(customer.got()[1..], entries);
    assert_eq!(late.got()[..2], entries);
}

#[actix_rt::test]
async fn authority_is_asked_again_for_every_batch() {
    let directory = directory(&Memory::new(), Limits::default());
    let (customer, foreigner) = (Notebook::new(1), Notebook::new(2));
    attach(&directory, key(1), &customer, "customer", None);
    attach(&directory, key(1), &foreigner, "stranger", None);
    directory.ask(key(1), command(1, "close", "{}")).await.unwrap();
    directory.ask(key(1), command(2, "whisper", "{}")).await.unwrap();
    assert_eq!(customer.got()[1..], [Got::Refused(Code::NotFound)]);
    assert_eq!(foreigner.got(), [Got::Refused(Code::NotFound)]);
}

/// A log of `lines` lines whose bodies are about `bytes` long.
fn heavy(memory: &Memory, lines: u64, bytes: usize) {
    for seq in 1..=lines {
        let body = format!(r#"{{"n":1{}}}"#, " ".repeat(bytes));
        let (kind, body) = ("added".into(), body.into());
        memory.write_behind(
            key(1),
            LogLine { seq, kind, body, by: Party::System, at: Timestamp::UNIX_EPOCH, request: None },
        );
    }
}

#[actix_rt::test]
async fn a_gap_that_weighs_too_much_starts_from_the_state_instead_of_closing_the_reader() {
    let memory = Memory::new();
    // 200 lines are in memory, 2,000 are not; either way more than a reader may have waiting.
    for (lines, bytes) in [(200, 8_000), (2_000, 1_000)] {
        let memory = if lines == 200 { Memory::new() } else { std::sync::Arc::clone(&memory) };
        heavy(&memory, lines, bytes);
        let directory = directory(&memory, Limits::default());
        let reader = Notebook::new(1);
        attach(&directory, key(1), &reader, "staff", Some(Resume { after: 1, epoch: 1 }));
        let snapshot = Got::Snapshot(lines, format!(r#"{{"sum":{lines}}}"#));
        until("a snapshot", || reader.got().contains(&snapshot)).await;
        assert_eq!(reader.got()[reader.got().len() - 2], Got::Resync);
        directory.ask(key(1), add(1, 1)).await.unwrap();
        assert_eq!(reader.seqs().last(), Some(&(lines + 1)), "it is live after that");
        assert!(reader.seqs().len() < 1_000, "{} entries before the state", reader.seqs().len());
    }
}

#[actix_rt::test]
async fn a_reader_that_asks_again_while_its_gap_is_read_gets_the_second_answer_only() {
    let memory = Memory::slow_to_read();
    heavy(&memory, 1_000, 1);
    let directory = directory(&memory, Limits::default());
    let reader = Notebook::new(1);
    attach(&directory, key(1), &reader, "staff", Some(Resume { after: 100, epoch: 1 }));
    tokio::time::sleep(Duration::from_millis(20)).await;
    attach(&directory, key(1), &reader, "staff", Some(Resume { after: 500, epoch: 1 }));
    tokio::time::sleep(Duration::from_millis(20)).await;
    memory.let_pages_through();
    until("the end", || reader.got().last() == Some(&Got::Live(1_000))).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(reader.seqs(), (501..=1_000).collect::<Vec<_>>());
    assert_eq!(reader.got().iter().filter(|got| matches!(got, Got::Live(_))).count(), 1);
}

#[actix_rt::test]
async fn a_refused_signal_costs_no_subscription_and_one_before_the_state_is_known_is_dropped() {
    let directory = directory(&Memory::new(), Limits::default());
    let (one, other) = (Notebook::new(1), Notebook::new(2));
    attach(&directory, key(1), &one, "staff", None);
    // The entity is still loading: nobody knows yet whether this may be sent.
    signal(&directory, key(1), &one, "staff", "waving");
    attach(&directory, key(1), &other, "staff", None);
    until("both", || other.got().len() == 1 && one.got().len() == 1).await;
    signal(&directory, key(1), &one, "stranger", "waving");
    until("the refusal", || one.got().contains(&Got::SignalRefused(Code::NotFound))).await;
    directory.ask(key(1), add(1, 1)).await.unwrap();
    assert_eq!((one.seqs(), other.seqs()), (vec![1], vec![1]));
    assert!(!other.got().iter().any(|got| matches!(got, Got::Signal(_))));
}

#[actix_rt::test]
async fn a_signal_reaches_those_who_may_hear_it_and_still_may_see_the_entity() {
    let directory = directory(&Memory::new(), Limits::default());
    let (staff, colleague, customer) = (Notebook::new(1), Notebook::new(2), Notebook::new(3));
    let readers = [(&staff, "staff"), (&colleague, "staff"), (&customer, "customer")];
    for (reader, who) in readers {
        attach(&directory, key(1), reader, who, None);
    }
    directory.ask(key(1), add(1, 1)).await.unwrap();
    let signals = |reader: &Notebook| -> Vec<String> {
        let got = reader.got();
        got.into_iter().filter_map(|got| if let Got::Signal(kind) = got { Some(kind) } else { None }).collect()
    };
    signal(&directory, key(1), &staff, "staff", "winking");
    signal(&directory, key(1), &staff, "staff", "waving");
    until("both", || signals(&colleague) == ["winking", "waving"]).await;
    // What comes after them is there: what was not for a reader is not on its way any more.
    directory.ask(key(1), add(2, 1)).await.unwrap();
    assert_eq!(signals(&customer), ["waving"]);
    assert_eq!(signals(&staff), [""; 0], "nobody hears oneself");
    // Closed, it is not the customer's any more, and nothing of it reaches them.
    directory.ask(key(1), command(3, "close", "{}")).await.unwrap();
    signal(&directory, key(1), &staff, "staff", "waving");
    until("the last", || signals(&colleague).len() == 3).await;
    assert_eq!(signals(&customer), ["waving"]);
}

#[actix_rt::test]
async fn leaving_a_list_keeps_the_entity_and_leaving_at_once_leaves_nothing_behind() {
    let directory = directory(&Memory::new(), Limits::default());
    let reader = Notebook::new(1);
    let list = Topic::view(key(1).entity, "inbox");
    attach(&directory, key(1), &reader, "staff", None);
    // The wish to read and the wish to leave are both on their way while the entity is loading.
    attach_to(&directory, list.clone(), &reader, "staff", None);
    detach(&directory, &list, &reader);
    until("the state", || !reader.got().is_empty()).await;
    assert_eq!(directory.list_readers(), 0);
    attach_to(&directory, list.clone(), &reader, "staff", None);
    until("the list", || reader.got().len() == 2).await;
    assert_eq!(directory.list_readers(), 1);
    // The entity is in memory: the wish is in the mailbox when the other comes.
    let second = Notebook::new(2);
    attach_to(&directory, list.clone(), &second, "staff", None);
    detach(&directory, &list, &second);
    detach(&directory, &list, &reader);
    directory.ask(key(1), add(1, 1)).await.unwrap();
    assert_eq!(directory.list_readers(), 0);
    assert_eq!(reader.seqs(), [1], "the entity's own log goes on");
}
