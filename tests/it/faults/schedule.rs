//! What was scheduled is sent once, also when the server is killed while it sends it.

use std::time::Duration;

use brigade_domain::Timestamp;
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use super::client::Wire;
use super::world::World;
use crate::support::eventually;

const LONG: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_while_it_sends_what_was_scheduled_sends_each_of_it_once() {
    let mut world = World::start(1, &[]).await;
    let staff = world.staff("account_manager").await;
    let mut wire = Wire::open(world.nodes[0].address, &staff).await.unwrap();
    let send_at = Timestamp::now() + SignedDuration::from_hours(1);
    for chat in world.chats(5).await {
        let id = Uuid::now_v7();
        wire.command(id, &chat.topic, "schedule", json!({ "text": "Good morning!", "send_at": send_at }))
            .await
            .unwrap();
        wire.answer(id).await.unwrap();
    }
    // The worker comes as far as the log, and no farther.
    let held = world.hold("lock table event_log in exclusive mode", Duration::from_secs(5));
    let jobs = "graphile_worker._private_jobs where payload ->> 'task' = 'scheduled.send'";
    world.sql("update graphile_worker._private_jobs set run_at = now() where payload ->> 'task' = 'scheduled.send'");
    eventually("the worker is at it", LONG, async || {
        (world.sql(&format!("select count(*) from {jobs} and locked_at is not null")) != "0").then_some(())
    })
    .await;
    world.nodes[0].kill();
    assert_eq!(world.sql("select count(*) from event_log where kind = 'scheduled_sent'"), "0", "killed too late");
    held.await.unwrap();
    world.start_node(0).await;
    eventually("everything is sent", LONG, async || {
        (world.sql(&format!("select count(*) from {jobs}")) == "0").then_some(())
    })
    .await;
    for kind in ["scheduled_sent", "message_sent"] {
        assert_eq!(world.sql(&format!("select count(*) from event_log where kind = '{kind}'")), "5", "{kind}");
    }
}
