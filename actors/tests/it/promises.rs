//! Commands: durability, order, repeats, bounds, panics, passivation.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use brigade_actors::{Accepted, Answer, Limits, Replies};
use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::journal::LogLine;
use brigade_domain::refusal::Code;
use parking_lot::Mutex;
use uuid::Uuid;

use crate::journal::Memory;
use crate::reader::{Got, Notebook, actor, add, attach, command, directory, key, until};

#[derive(Default)]
struct Answers(Mutex<Vec<(Uuid, Answer)>>);

impl Replies for Answers {
    fn reply(&self, id: Uuid, answer: Answer) {
        self.0.lock().push((id, answer));
    }
}

fn code(answer: &Answer) -> Option<Code> {
    answer.as_ref().err().map(|refusal| refusal.code)
}

#[actix_rt::test]
async fn nothing_is_acknowledged_or_shown_before_it_is_committed() {
    let memory = Memory::held();
    let directory = directory(&memory, Limits::default());
    let reader = Notebook::new(1);
    attach(&directory, key(1), &reader, "staff", None);
    let answers = Arc::new(Answers::default());
    directory.submit(key(1), add(1, 5), answers.clone());
    // A second reader comes while the commit is under way: it must not see the state that runs ahead.
    let late = Notebook::new(2);
    attach(&directory, key(1), &late, "staff", None);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(answers.0.lock().is_empty());
    assert!(reader.seqs().is_empty() && late.got().is_empty());
    memory.let_through();
    until("the answer", || !answers.0.lock().is_empty()).await;
    until("the late reader", || late.got() == [Got::Snapshot(1, r#"{"sum":5}"#.into())]).await;
    assert_eq!(reader.seqs(), [1]);
}

#[actix_rt::test]
async fn commands_keep_their_order_and_share_commits() {
    let memory = Memory::new();
    let directory = directory(&memory, Limits { per_entity: 2_000, ..Limits::default() });
    let answers = Arc::new(Answers::default());
    for n in 1..=1_000 {
        directory.submit(key(1), add(n, 1), answers.clone());
    }
    until("all answers", || answers.0.lock().len() == 1_000).await;
    for (n, (id, answer)) in answers.0.lock().iter().enumerate() {
        assert_eq!(*id, Uuid::from_u128(n as u128 + 1));
        assert_eq!(answer, &Ok(Accepted { seq: n as u64 + 1 }));
    }
    let log = memory.log(key(1));
    assert!(log.iter().enumerate().all(|(n, line)| line.seq == n as u64 + 1));
    assert!(memory.commits() < 100, "{} commits for 1,000 commands", memory.commits());
}

#[actix_rt::test]
async fn a_repeat_gets_the_first_answer_whatever_the_rules_say_by_now() {
    let memory = Memory::new();
    let short = Limits { idle_after: Duration::from_millis(1), ..Limits::default() };
    let directory = directory(&memory, short);
    assert_eq!(directory.ask(key(1), add(1, 5)).await, Ok(Accepted { seq: 1 }));
    assert_eq!(directory.ask(key(1), command(2, "close", "{}")).await, Ok(Accepted { seq: 2 }));
    // From memory, and from the database once the entity has left memory.
    for _ in 0..2 {
        assert_eq!(directory.ask(key(1), add(1, 5)).await, Ok(Accepted { seq: 1 }));
        assert_eq!(code(&directory.ask(key(1), add(1, 6)).await), Some(Code::IdempotencyMismatch));
        assert_eq!(code(&directory.ask(key(1), add(3, 5)).await), Some(Code::Conflict));
        until("passivation", || directory.stats().entities() == 0).await;
    }
    assert_eq!(memory.log(key(1)).len(), 2);
}

#[actix_rt::test]
async fn an_old_repeat_that_would_be_accepted_again_is_not() {
    let memory = Memory::new();
    let directory = directory(&memory, Limits { per_entity: 4_000, ..Limits::default() });
    // More commands than an entity remembers in memory.
    let answers = Arc::new(Answers::default());
    for n in 1..=1_500 {
        directory.submit(key(1), add(n, 1), answers.clone());
    }
    until("all answers", || answers.0.lock().len() == 1_500).await;
    // The repeat comes together with new ones: they are done, it is not done twice.
    let (again, new) = tokio::join!(directory.ask(key(1), add(1, 1)), directory.ask(key(1), add(9_999, 1)));
    assert_eq!(again, Ok(Accepted { seq: 1 }));
    assert_eq!(new, Ok(Accepted { seq: 1_501 }));
    assert_eq!(memory.log(key(1)).len(), 1_501);
}

#[actix_rt::test]
async fn ten_copies_at_once_have_one_effect_and_one_answer() {
    let memory = Memory::new();
    let directory = directory(&memory, Limits::default());
    let answers = Arc::new(Answers::default());
    for _ in 0..10 {
        directory.submit(key(1), add(7, 3), answers.clone());
    }
    until("ten answers", || answers.0.lock().len() == 10).await;
    assert!(answers.0.lock().iter().all(|(_, answer)| answer == &Ok(Accepted { seq: 1 })));
    assert_eq!(memory.log(key(1)).len(), 1);
}

#[actix_rt::test]
async fn the_database_is_the_last_word_and_readers_learn_what_others_wrote() {
    let memory = Memory::new();
    let directory = directory(&memory, Limits::default());
    let reader = Notebook::new(1);
    attach(&directory, key(1), &reader, "staff", None);
    directory.ask(key(1), add(1, 1)).await.unwrap();
    let foreign = LogLine {
        seq: 2,
        kind: "added".into(),
        body: r#"{"n":40}"#.into(),
        by: Party::System,
        at: Timestamp::UNIX_EPOCH,
        request: None,
    };
    memory.write_behind(key(1), foreign);
    // Refused by the old state (1 - 30 < 0), accepted by the true one (41 - 30): the first decision must not stand.
    assert_eq!(directory.ask(key(1), add(2, 1)).await, Ok(Accepted { seq: 3 }));
    assert_eq!(directory.ask(key(1), add(3, -30)).await, Ok(Accepted { seq: 4 }));
    assert_eq!(reader.seqs(), [1, 2, 3, 4]);
}

#[actix_rt::test]
async fn one_command_refused_by_the_database_does_not_take_others_with_it() {
    let memory = Memory::new();
    let directory = directory(&memory, Limits::default());
    let answers = Arc::new(Answers::default());
    for (id, n) in [(1, 1), (2, 2), (3, 666), (4, 4)] {
        directory.submit(key(1), add(id, n), answers.clone());
    }
    until("four answers", || answers.0.lock().len() == 4).await;
    let by_id: HashMap<_, _> = answers.0.lock().iter().cloned().collect();
    let refused: Vec<_> = (1..=4).map(|id| code(&by_id[&Uuid::from_u128(id)])).collect();
    assert_eq!(refused, [None, None, Some(Code::Conflict), None]);
    assert_eq!(memory.log(key(1)).len(), 3);
}

#[actix_rt::test]
async fn over_the_bound_it_says_so_at_once_and_answers_everything() {
    let memory = Memory::held();
    let limits = Limits { per_entity: 50, patience: Duration::from_millis(200), ..Limits::default() };
    let directory = directory(&memory, limits);
    let answers = Arc::new(Answers::default());
    directory.submit(key(1), add(0, 1), answers.clone());
    // The first is being committed while the others come.
    tokio::time::sleep(Duration::from_millis(20)).await;
    for n in 1..500 {
        directory.submit(key(1), add(n, 1), answers.clone());
    }
    assert_eq!(answers.0.lock().len(), 450, "shed without waiting");
    tokio::time::sleep(Duration::from_millis(300)).await;
    memory.let_through();
    until("every answer", || answers.0.lock().len() == 500).await;
    let done = answers.0.lock().iter().filter(|(_, answer)| answer.is_ok()).count();
    let shed = answers.0.lock().iter().filter(|(_, answer)| code(answer) == Some(Code::Overloaded)).count();
    assert_eq!((done + shed, done), (500, memory.log(key(1)).len()));
    assert_eq!(done, 1, "what waited too long was shed, not done late");
    until("all places are given back", || directory.waiting() == 0).await;
    assert!(directory.ask(key(1), add(9_999, 1)).await.is_ok(), "back to normal");
}

#[actix_rt::test]
async fn commands_behind_a_commit_that_hangs_are_told_while_it_hangs() {
    let memory = Memory::held();
    let directory = directory(&memory, Limits::default());
    let answers = Arc::new(Answers::default());
    directory.submit(key(1), add(0, 1), answers.clone());
    tokio::time::sleep(Duration::from_millis(20)).await;
    for n in 1..=100 {
        directory.submit(key(1), add(n, 1), answers.clone());
    }
    until("a hundred answers", || answers.0.lock().len() == 100).await;
    assert!(answers.0.lock().iter().all(|(_, answer)| code(answer) == Some(Code::Overloaded)));
    memory.let_through();
    until("the first", || answers.0.lock().len() == 101).await;
    assert_eq!(memory.log(key(1)).len(), 1, "what was refused was not done");
}

#[actix_rt::test]
async fn who_waits_behind_a_commit_that_fails_does_not_wait_for_another_failure() {
    let memory = Memory::held();
    let directory = directory(&memory, Limits::default());
    let answers = Arc::new(Answers::default());
    directory.submit(key(1), add(0, 1), answers.clone());
    tokio::time::sleep(Duration::from_millis(20)).await;
    directory.submit(key(1), add(1, 1), answers.clone());
    memory.set_away(true);
    let loads = memory.loads();
    memory.let_through();
    until("both answers", || answers.0.lock().len() == 2).await;
    assert!(answers.0.lock().iter().all(|(_, answer)| code(answer) == Some(Code::Unavailable)));
    assert_eq!(memory.loads(), loads);
}

#[actix_rt::test]
async fn a_panic_costs_memory_and_no_data() {
    let memory = Memory::new();
    let directory = directory(&memory, Limits::default());
    let reader = Notebook::new(1);
    attach(&directory, key(1), &reader, "staff", None);
    directory.ask(key(1), add(1, 5)).await.unwrap();
    let boom = directory.ask(key(1), command(2, "boom", "{}")).await;
    assert_eq!(code(&boom), Some(Code::Unavailable));
    assert_eq!(directory.ask(key(1), add(3, -5)).await, Ok(Accepted { seq: 2 }));
    assert_eq!(reader.got().last(), Some(&Got::Lost), "the reader is told to attach again");
    until("all places are given back", || directory.waiting() == 0).await;
}

#[actix_rt::test]
async fn while_the_database_is_away_the_answer_is_typed_and_it_recovers_by_itself() {
    let memory = Memory::new();
    let directory = directory(&memory, Limits::default());
    directory.ask(key(1), add(1, 5)).await.unwrap();
    memory.set_away(true);
    assert_eq!(code(&directory.ask(key(1), add(2, 1)).await), Some(Code::Unavailable));
    assert_eq!(code(&directory.ask(key(2), add(3, 1)).await), Some(Code::Unavailable));
    memory.set_away(false);
    assert_eq!(directory.ask(key(1), add(2, 1)).await, Ok(Accepted { seq: 2 }), "the same id again");
    assert_eq!(directory.ask(key(2), add(3, 1)).await, Ok(Accepted { seq: 1 }));
}

#[actix_rt::test]
async fn entities_leave_memory_and_lose_no_command_in_the_race() {
    let memory = Memory::new();
    let directory = directory(&memory, Limits { idle_after: Duration::from_millis(1), ..Limits::default() });
    let mut id = 0;
    for round in 0..150_u64 {
        for entity in 1..=4 {
            id += 1;
            assert!(directory.ask(key(entity), add(id, 1)).await.is_ok());
        }
        // Land before, in and after the moment of leaving.
        tokio::time::sleep(Duration::from_micros(round * 700)).await;
    }
    assert!((1..=4).all(|entity| memory.log(key(entity)).len() == 150));
    assert!(memory.loads() > 8, "they did leave: {} loads", memory.loads());
    until("an empty directory", || directory.stats().entities() == 0).await;
}

#[actix_rt::test]
async fn unknown_and_malformed_commands_are_refused_by_name() {
    let directory = directory(&Memory::new(), Limits::default());
    assert_eq!(code(&directory.ask(key(1), command(1, "fly", "{}")).await), Some(Code::UnknownCommand));
    let refusal = directory.ask(key(1), command(2, "add", r#"{"n":1,"x":2}"#)).await.unwrap_err();
    assert_eq!(refusal.code, Code::InvalidInput);
    assert!(refusal.message.contains('x'), "{}", refusal.message);
    assert_eq!(actor("staff").name, "staff");
}
