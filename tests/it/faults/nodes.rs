//! Two nodes that tell each other over Redis who is there, and what is left when Redis goes away.

use std::time::Duration;

use serde_json::json;

use super::client::Wire;
use super::world::{World, open};
use crate::support::Redis;

/// The next news about the staff.
async fn staff(wire: &mut Wire) -> String {
    let news = async {
        loop {
            let frame = wire.next().await.unwrap();
            if frame["t"] == "sig" && frame["body"]["who"] == "staff" {
                return frame["body"]["status"].as_str().unwrap().to_owned();
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), news).await.expect("news about the staff")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_there_is_seen_on_both_nodes_and_without_redis_on_the_own() {
    let redis = Redis::start();
    let world = World::start(2, &[("redis.url", redis.url())]).await;
    let manager = world.staff("account_manager").await;
    let chat = world.chat().await;
    let mut visitor = open(world.nodes[1].address, &chat.ticket).await;
    visitor.send(&json!({ "t": "sig", "type": "presence_watch", "body": { "who": ["staff"] } })).await.unwrap();
    assert_eq!(staff(&mut visitor).await, "offline");

    let elsewhere = open(world.nodes[0].address, &manager).await;
    assert_eq!(staff(&mut visitor).await, "online", "on the other node");
    // Who comes later is told at once.
    let mut late = open(world.nodes[1].address, &world.chat().await.ticket).await;
    late.send(&json!({ "t": "sig", "type": "presence_watch", "body": { "who": ["staff"] } })).await.unwrap();
    assert_eq!(staff(&mut late).await, "online");
    drop(elsewhere);
    assert_eq!(staff(&mut visitor).await, "offline", "after the grace period");

    drop(redis);
    let _here = open(world.nodes[1].address, &manager).await;
    assert_eq!(staff(&mut visitor).await, "online", "on the same node");
}
