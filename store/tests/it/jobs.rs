//! The queue: with the commit or not at all, tried again, dead letters, keys per tenant.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use brigade_domain::entity::Job;
use brigade_domain::id::TenantId;
use brigade_domain::identity::Cause;
use brigade_domain::journal::{CommitError, Journal};
use brigade_domain::platform::ports::Queue as _;
use brigade_domain::refusal::Code;
use brigade_store::audit;
use brigade_store::jobs::{self, TaskError, Tasks, Worker};
use brigade_store::platform::PgPlatform;
use tokio::sync::mpsc;

use crate::support::{World, conversation, message, now};

fn job(task: &str, key: Option<&str>) -> Job {
    Job { task: task.to_owned(), body: serde_json::json!({ "n": 1 }), run_at: None, key: key.map(str::to_owned) }
}

/// How many jobs there are: due, later, under way and dead.
async fn counts(world: &World) -> [u64; 4] {
    let kinds = PgPlatform::new(world.db.clone()).waiting().await.unwrap().kinds;
    kinds.iter().fold([0; 4], |[due, later, running, dead], kind| {
        [due + kind.due, later + kind.later, running + kind.running, dead + kind.dead]
    })
}

async fn enqueue(world: &World, tenant: TenantId, jobs: Vec<Job>, then: Result<(), Code>) {
    let result = world
        .db
        .write("enqueue", tenant, move |tx| {
            Box::pin(async move {
                jobs::enqueue(tx, Some(tenant), &jobs.iter().collect::<Vec<_>>()).await?;
                then.map_err(Into::into)
            })
        })
        .await;
    assert_eq!(result.is_ok(), then.is_ok());
}

#[tokio::test]
async fn jobs_exist_if_and_when_their_cause_commits() {
    let world = World::new().await;
    let key = conversation(world.tenant().await);
    let mut first = message(key, 0);
    first.jobs = vec![job("mail.send", None)];
    let mut loser = first.clone();
    loser.lines[0].request = None;
    world.journal.commit(first).await.unwrap();
    assert!(matches!(world.journal.commit(loser).await, Err(CommitError::Conflict)));
    enqueue(&world, key.tenant, vec![job("mail.send", None)], Err(Code::Conflict)).await;
    assert_eq!(counts(&world).await[0], 1);
}

#[tokio::test]
async fn a_key_is_replaced_while_it_waits_and_is_the_tenants_own() {
    let world = World::new().await;
    let (one, other) = (world.tenant().await, world.tenant().await);
    enqueue(&world, one, vec![job("a", Some("k")), job("b", Some("k")), job("c", None)], Ok(())).await;
    enqueue(&world, one, vec![job("d", Some("k"))], Ok(())).await;
    enqueue(&world, other, vec![job("e", Some("k"))], Ok(())).await;
    assert_eq!(counts(&world).await[0], 3);
    let later = Job { run_at: Some(now() + Duration::from_hours(1)), ..job("f", None) };
    enqueue(&world, other, vec![later], Ok(())).await;
    assert_eq!(counts(&world).await, [3, 1, 0, 0]);
}

#[tokio::test]
async fn work_is_done_with_its_tenant_and_tried_again_after_a_failure_or_a_panic() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let (done, mut seen) = mpsc::unbounded_channel();
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = tries.clone();
    let tasks = Tasks::default()
        .on("note", move |task| {
            let done = done.clone();
            async move { done.send((task.tenant, task.body)).map_err(TaskError::new) }
        })
        .on("stumble", move |_| {
            let attempt = counted.fetch_add(1, Ordering::SeqCst);
            async move {
                assert!(attempt != 0, "a panic at first");
                Ok(())
            }
        });
    let worker = Worker::start(&world.db, tasks, 4);
    enqueue(&world, tenant, vec![job("note", None), job("stumble", None)], Ok(())).await;
    let (whose, body) = tokio::time::timeout(Duration::from_secs(10), seen.recv()).await.unwrap().unwrap();
    assert_eq!((whose, body), (Some(tenant), serde_json::json!({ "n": 1 })));
    let until = std::time::Instant::now() + Duration::from_secs(15);
    while tries.load(Ordering::SeqCst) < 2 {
        assert!(std::time::Instant::now() < until, "not tried again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    worker.stop().await;
    assert_eq!(counts(&world).await, [0; 4]);
}

#[tokio::test]
async fn what_has_gathered_is_done_at_once_and_no_more_at_a_time_than_said() {
    const ALL: usize = 400;
    let world = World::new().await;
    let tenant = world.tenant().await;
    enqueue(&world, tenant, vec![job("note", None); ALL], Ok(())).await;
    let (done, under_way, most) = (Arc::default(), Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let (counted, highest): (Arc<AtomicUsize>, _) = (Arc::clone(&done), Arc::clone(&most));
    let tasks = Tasks::default().on("note", move |_| {
        let (under_way, most, done) = (Arc::clone(&under_way), Arc::clone(&most), Arc::clone(&done));
        async move {
            most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            under_way.fetch_sub(1, Ordering::SeqCst);
            done.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    });
    let worker = Worker::start(&world.db, tasks, 2);
    // A signal a second, with two each, would take minutes.
    let until = std::time::Instant::now() + Duration::from_mins(1);
    while counted.load(Ordering::SeqCst) < ALL {
        assert!(std::time::Instant::now() < until, "{counted:?} of {ALL}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    worker.stop().await;
    assert_eq!(counted.load(Ordering::SeqCst), ALL, "each once");
    assert!(highest.load(Ordering::SeqCst) <= 2, "{highest:?} at a time");
    assert_eq!(counts(&world).await, [0; 4]);
}

#[tokio::test]
async fn what_fails_too_often_is_a_dead_letter_until_it_is_revived() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    enqueue(&world, tenant, vec![job("unknown.task", None)], Ok(())).await;
    // The last try of eight.
    sqlx::raw_sql("update graphile_worker._private_jobs set attempts = max_attempts - 1")
        .execute(&mut world.as_owner().await)
        .await
        .unwrap();
    let worker = Worker::start(&world.db, Tasks::default(), 1);
    let until = std::time::Instant::now() + Duration::from_secs(10);
    while counts(&world).await[3] == 0 {
        assert!(std::time::Instant::now() < until, "no dead letter");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    worker.stop().await;
    let platform = PgPlatform::new(world.db.clone());
    let dead = platform.dead(None, None, 10).await.unwrap();
    assert_eq!((dead.len(), dead[0].task.as_str(), dead[0].tenant), (1, "unknown.task", Some(tenant)));
    assert_eq!(i16::try_from(dead[0].attempts).unwrap(), jobs::ATTEMPTS);
    let cause = || Cause::system(now());
    platform.retry(dead[0].id, cause()).await.unwrap();
    assert!(platform.retry(dead[0].id, cause()).await.is_err(), "it is none any more");
    assert!(platform.put_away(dead[0].id, cause()).await.is_err(), "what waits is not put away");
    assert_eq!(counts(&world).await, [1, 0, 0, 0]);
    assert!(audit::verify(&world.db, audit::PLATFORM).await.unwrap().is_ok());
}
