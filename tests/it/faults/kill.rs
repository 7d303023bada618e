//! F1: kill -9 in the middle of a burst. Nothing that was acknowledged is lost, doubled or out of order, and
//! everybody who was connected comes back by resuming.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::checker::percentile;
use super::scale;
use super::traffic::{Plan, Traffic};
use super::world::{Data, World};
use crate::support::Folder;

const PLAN: Plan = Plan { chats: 4, window: 16, pace: Duration::from_millis(12), bytes: 120 };

async fn killed(mut world: World, times: usize) {
    let traffic = Traffic::start(&world, PLAN).await;
    let mut ready = Vec::new();
    for _ in 0..times {
        traffic.moves(150, Duration::from_secs(30)).await;
        // At any moment of a turn, a commit, an acknowledgement.
        tokio::time::sleep(Duration::from_micros((Uuid::new_v4().as_u128() % 200_000).try_into().unwrap())).await;
        world.nodes[0].kill();
        let clock = Instant::now();
        world.start_node(0).await;
        ready.push(clock.elapsed());
    }
    traffic.moves(150, Duration::from_secs(30)).await;
    let (figures, mut resumes) = traffic.finish(&world).await;
    let ready = percentile(&mut ready, 1.0);
    let back = percentile(&mut resumes, 0.99);
    println!("F1: killed {times} times: {figures}; ready again in {ready:?} at most, resumed in {back:?} (p99)");
    assert!(ready < scale(Duration::from_secs(15), Duration::from_secs(5)), "ready again after {ready:?}");
    assert!(back < scale(Duration::from_secs(20), Duration::from_secs(10)), "resumed after {back:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_killed_in_the_middle_of_a_burst_loses_nothing() {
    killed(World::start(1, &[]).await, scale(5, 50)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_killed_with_its_own_postgresql_loses_nothing() {
    killed(World::over(Data::Embedded(Folder::new()), 1, &[]).await, scale(2, 20)).await;
}
