//! Readers: no gap, no repeat, no more than one may see.

use brigade_actors::{Limits, Resume};
use brigade_domain::refusal::Code;

use crate::journal::Memory;
use crate::reader::{Got, Notebook, add, attach, command, directory, key, until};

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
