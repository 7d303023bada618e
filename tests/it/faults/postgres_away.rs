//! F2: PostgreSQL is stopped at once and started again, under load. Nothing acknowledged is lost, everything asked
//! meanwhile is answered in time and typed, and the server goes on without being started again.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::checker::percentile;
use super::own_postgres::OwnPostgres;
use super::scale;
use super::traffic::{Plan, Traffic};
use super::world::{Data, World};
use crate::support::{brigade, text};

const PLAN: Plan = Plan { chats: 3, window: 8, pace: Duration::from_millis(20), bytes: 100 };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_stopped_under_load_costs_time_and_no_message() {
    let postgres = OwnPostgres::start(&[]);
    let mut world = World::over(Data::At(postgres.url()), 1, &[]).await;
    let pid = world.nodes[0].process().pid();
    let traffic = Traffic::start(&world, PLAN).await;
    let (times, mut recovered) = (scale(3, 20), Vec::new());
    for _ in 0..times {
        traffic.moves(60, Duration::from_secs(30)).await;
        tokio::task::block_in_place(|| postgres.stop());
        let not_ready = reqwest::get(format!("http://{}/readyz", world.nodes[0].address)).await.unwrap();
        assert_eq!(not_ready.status(), 503);
        tokio::time::sleep(Duration::from_secs(2)).await;
        tokio::task::block_in_place(|| postgres.again());
        let clock = Instant::now();
        traffic.moves(20, Duration::from_secs(20)).await;
        recovered.push(clock.elapsed());
    }
    let (figures, _) = traffic.finish(&world).await;
    let recovered = percentile(&mut recovered, 1.0);
    println!("F2: PostgreSQL stopped {times} times: {figures}; it went on after {recovered:?} at most");
    assert!(recovered < scale(Duration::from_secs(20), Duration::from_secs(10)), "{recovered:?}");
    assert_eq!(world.nodes[0].process().pid(), pid);
    drop(world);
}

#[test]
fn a_postgresql_that_would_lose_what_it_acknowledged_is_refused() {
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let postgres = OwnPostgres::start(&[&format!("{setting}=off")]);
        let mut serve = brigade(&["serve", "--listen", "127.0.0.1:0"]);
        serve.env("DATABASE_URL", postgres.url()).env("TENANT_SECRETS_ENCRYPTION_KEY", "0".repeat(64));
        let output = serve.stdin(Stdio::null()).output().unwrap();
        let said = text(&output);
        assert!(!output.status.success() && said.contains(setting) && said.contains("would lose"), "{said}");
    }
}
