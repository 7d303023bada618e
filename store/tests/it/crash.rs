//! F2, the short version: the database crashes under load. What was acknowledged is there exactly once; what was not
//! may be there once; the journal goes on by itself.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use brigade_domain::entity::{EntityKey, Seq};
use brigade_domain::journal::{CommitError, Journal};
use brigade_store::PgJournal;
use uuid::Uuid;

use crate::support::{World, conversation, message};

/// What one writer saw.
struct Seen {
    key: EntityKey,
    acknowledged: HashMap<Uuid, Seq>,
    slowest: Duration,
}

async fn write(journal: PgJournal, key: EntityKey, stop: Arc<AtomicBool>, total: Arc<AtomicUsize>) -> Seen {
    let mut seen = Seen { key, acknowledged: HashMap::new(), slowest: Duration::ZERO };
    let mut head = 0;
    let mut pending = message(key, head);
    while !stop.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let result = journal.commit(pending.clone()).await;
        seen.slowest = seen.slowest.max(begun.elapsed());
        let request = pending.lines[0].request.expect("each message has a key").id;
        match result {
            Ok(()) => {
                seen.acknowledged.insert(request, head + 1);
                total.fetch_add(1, Ordering::Relaxed);
                head += 1;
            }
            // It was done, and only the answer was lost.
            Err(CommitError::Repeated(remembered)) => {
                seen.acknowledged.insert(request, remembered[0].seq);
                head = journal.load(key).await.map_or(head, |loaded| loaded.lines.len() as Seq);
            }
            Err(CommitError::Conflict | CommitError::Broken(_)) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
                if let Ok(loaded) = journal.load(key).await {
                    head = loaded.lines.len() as Seq;
                }
                // The same command again, decided on what is there now.
                let line = pending.lines[0].clone();
                pending = message(key, head);
                pending.lines[0].request = line.request;
                continue;
            }
            Err(refused @ CommitError::Refused(_)) => panic!("{refused:?}"),
        }
        pending = message(key, head);
    }
    seen
}

// Threads of its own: the writers go on while the database is down.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_when_the_database_crashes_under_load() {
    let mut world = World::new().await;
    let tenant = world.tenant().await;
    let (stop, total) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let writers: Vec<_> = (0..20)
        .map(|_| tokio::spawn(write(world.journal.clone(), conversation(tenant), stop.clone(), total.clone())))
        .collect();
    for _ in 0..4 {
        let before = total.load(Ordering::Relaxed);
        let until = Instant::now() + Duration::from_secs(15);
        while total.load(Ordering::Relaxed) < before + 200 {
            assert!(Instant::now() < until, "it did not go on after the crash");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        world.server.crash_and_restart();
    }
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        let seen = writer.await.unwrap();
        assert!(seen.slowest < Duration::from_secs(5), "an answer took {:?}", seen.slowest);
        let lines = world.journal.load(seen.key).await.unwrap().lines;
        let mut kept = HashMap::new();
        for (line, seq) in lines.iter().zip(1..) {
            assert_eq!(line.seq, seq, "no hole");
            let request = line.request.unwrap().id;
            assert_eq!(kept.insert(request, line.seq), None, "no command twice");
        }
        for (request, seq) in seen.acknowledged {
            assert_eq!(kept.get(&request), Some(&seq), "an acknowledged message is where it was acknowledged");
        }
    }
}
