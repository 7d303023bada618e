//! The staff are told by servers that are killed, and by two at once that know nothing of each other but the database.

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::client::Wire;
use super::world::{Chat, World, open};
use crate::support::eventually;

const LONG: Duration = Duration::from_mins(1);

async fn write(world: &World, node: usize, chats: &[Chat]) {
    for chat in chats {
        let Ok(mut wire) = Wire::open(world.nodes[node].address, &chat.ticket).await else { continue };
        let id = Uuid::now_v7();
        if wire.command(id, &chat.topic, "send", json!({ "text": "Is anybody there?" })).await.is_ok() {
            let _killed = wire.answer(id).await;
        }
    }
}

/// Each of the two of the staff is told of everybody who waits, once.
async fn all_told(world: &World) {
    eventually("everything that was said is told", LONG, async || {
        let right = world.sql(
            "select (select count(*) * 2 from conversations where waiting_since is not null),
                    (select count(*) from notices where kind = 'waiting' and times = 1)",
        );
        let (expected, told) = right.split_once('|')?;
        (expected == told).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_killed_before_it_has_told_tells_it_when_it_is_back_and_nothing_twice() {
    let mut world = World::start(1, &[]).await;
    for _ in 0..2 {
        world.staff("account_manager").await;
    }
    let chats = world.chats(20).await;
    write(&world, 0, &chats).await;
    world.nodes[0].kill();
    assert!(world.sql("select count(*) from notices where times = 1") != "40", "killed too late to tell anything");
    world.start_node(0).await;
    all_told(&world).await;
    assert_eq!(world.sql("select count(*), max(times) from notices"), "40|1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_finds_out_is_heard_on_the_other_and_told_once() {
    let world = World::start(2, &[]).await;
    let person = world.staff("account_manager").await;
    world.staff("account_manager").await;
    let topic = {
        let id = world.sql("select id from tenants").parse().unwrap();
        format!("tenant:{}", brigade_domain::id::TenantId::from_uuid(id))
    };
    let mut wires = [open(world.nodes[0].address, &person).await, open(world.nodes[1].address, &person).await];
    for wire in &mut wires {
        wire.send(&json!({ "t": "sub", "topic": topic })).await.unwrap();
    }
    let chats = world.chats(12).await;
    let (one, other) = chats.split_at(6);
    tokio::join!(write(&world, 0, one), write(&world, 1, other));
    for wire in &mut wires {
        let heard = async {
            loop {
                let frame = wire.next().await.unwrap();
                if frame["t"] == "eph" && frame["type"] == "noticed" {
                    return;
                }
            }
        };
        tokio::time::timeout(LONG, heard).await.expect("that there is something new");
    }
    all_told(&world).await;
    assert_eq!(world.sql("select count(*), max(times) from notices"), "24|1");
}
