//! F15, the short version: callers that go away leave no transaction open and poison no connection.

use std::time::Duration;

use brigade_domain::journal::{Journal, Range};
use brigade_domain::refusal::Code;
use brigade_store::{Db, Settings};

use crate::support::{World, conversation, message};

#[tokio::test]
async fn callers_that_go_away_leave_nothing_behind() {
    let world = World::new().await;
    let tenants = [world.tenant().await, world.tenant().await];
    let keys = tenants.map(conversation);
    for key in keys {
        world.journal.commit(message(key, 0)).await.unwrap();
    }
    for n in 0..4000_u64 {
        let key = keys[usize::try_from(n % 2).unwrap()];
        let db = world.db.clone();
        let slow = async move {
            db.write("be slow", key.tenant, |tx| {
                Box::pin(async move {
                    sqlx::query("select pg_sleep(0.002)").execute(tx).await?;
                    Ok(())
                })
            })
            .await
        };
        let (read, load) = (world.journal.read(key, Range::After(0), 10), world.journal.load(key));
        let all = async {
            let _ = tokio::join!(slow, read, load);
        };
        // Somewhere between before the first step and after the last.
        let _ = tokio::time::timeout(Duration::from_micros(n % 300), all).await;
    }
    tokio::time::sleep(Duration::from_secs(5)).await;

    let open: i64 = sqlx::query_scalar(
        "select count(*) from pg_stat_activity
         where datname = current_database() and state like 'idle in transaction%'",
    )
    .fetch_one(&mut world.as_owner().await)
    .await
    .unwrap();
    assert_eq!(open, 0, "transactions left open");
    for n in 0..200 {
        let key = keys[n % 2];
        let lines = world.journal.read(key, Range::After(0), 10).await.expect("no 25P02");
        assert_eq!(lines.len(), 1);
        let others = keys[(n + 1) % 2];
        let mut foreign = others;
        foreign.tenant = key.tenant;
        assert!(world.journal.read(foreign, Range::After(0), 10).await.unwrap().is_empty(), "a row of another tenant");
    }
}

#[tokio::test]
async fn a_slow_statement_is_unavailable_in_time_and_its_connection_goes_on() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let begun = std::time::Instant::now();
    let result = world
        .db
        .read("be too slow", tenant, |tx| {
            Box::pin(async move {
                sqlx::query("select pg_sleep(30)").execute(tx).await?;
                Ok(())
            })
        })
        .await;
    assert_eq!(result.unwrap_err().code(), Code::Unavailable);
    assert!(begun.elapsed() < Duration::from_secs(5));
    world.db.ping().await.unwrap();
}

#[tokio::test]
async fn a_connection_that_comes_back_with_a_tenant_set_is_not_used_again() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    world.journal.commit(message(conversation(tenant), 0)).await.unwrap();
    // One connection: whoever comes next gets the one that came back, or a new one in its place.
    let db = Db::connect(Settings { pool: 1, ..Settings::new(world.owner.clone()) }).await.unwrap();
    let backend = |spoil: bool| {
        db.global_write("look", move |tx| {
            Box::pin(async move {
                if spoil {
                    // Not `local`: it outlives the transaction.
                    let name = "select set_config('brigade.tenant_id', $1, false)";
                    sqlx::query(name).bind(tenant.uuid().to_string()).execute(&mut *tx).await?;
                }
                let seen = "select pg_backend_pid(), (select count(*) from event_log)";
                Ok(sqlx::query_as::<_, (i32, i64)>(seen).fetch_one(tx).await?)
            })
        })
    };
    let (clean, unseen) = backend(false).await.unwrap();
    let (spoilt, seen) = backend(true).await.unwrap();
    let (next, unseen_again) = backend(false).await.unwrap();
    assert_eq!((unseen, seen, unseen_again), (0, 1, 0));
    assert_eq!(clean, spoilt, "a clean connection is used again");
    assert_ne!(spoilt, next, "a spoilt one is not");
}
