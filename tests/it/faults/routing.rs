//! Conversations are given out by servers that are killed, and by two at once that know nothing of each other but the
//! database.

use std::collections::BTreeSet;
use std::time::Duration;

use brigade_domain::id::TenantId;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::client::{Ticket, Wire};
use super::world::{Chat, World, open};
use crate::support::eventually;

async fn tell(wire: &mut Wire, topic: &str, kind: &str, body: Value) {
    let id = Uuid::now_v7();
    wire.command(id, topic, kind, body).await.unwrap();
    let answer = wire.answer(id).await.unwrap();
    assert_eq!(answer["t"], "ack", "{answer}");
}

/// The topic of the one tenant.
fn business(world: &World) -> String {
    let id = world.sql("select id from tenants").parse().unwrap();
    format!("tenant:{}", TenantId::from_uuid(id))
}

/// Somebody takes chats at a node, for as long as the node runs.
async fn comes(world: &World, node: usize, ticket: &Ticket) -> JoinHandle<()> {
    let mut wire = open(world.nodes[node].address, ticket).await;
    tokio::spawn(async move { drop(wire.gone().await) })
}

/// Everybody writes, whoever of them can.
async fn write(world: &World, node: usize, chats: &[Chat]) {
    for chat in chats {
        let Ok(mut wire) = Wire::open(world.nodes[node].address, &chat.ticket).await else { continue };
        let id = Uuid::now_v7();
        if wire.command(id, &chat.topic, "send", json!({ "text": "Is anybody there?" })).await.is_ok() {
            let _killed = wire.answer(id).await;
        }
    }
}

async fn all_given(world: &World, count: usize) {
    eventually("everything that was said is given", Duration::from_secs(90), async || {
        let given = "select count(*), count(assignee) from conversations";
        (world.sql(given) == format!("{count}|{count}")).then_some(())
    })
    .await;
    let most = "select max(given) from (select count(*) as given from event_log where kind = 'assigned' group by entity_id) one";
    assert_eq!(world.sql(most), "1", "nothing is given twice");
    eventually("nothing is on its way", Duration::from_secs(30), async || {
        (world.sql("select count(*) from routing_gifts where pending") == "0").then_some(())
    })
    .await;
}

fn loads(world: &World) -> Vec<u64> {
    let loads = world.sql("select count(*) from conversations where assignee is not null group by assignee order by 1");
    loads.lines().map(|line| line.parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_killed_while_it_gives_out_gives_out_the_rest_when_it_is_back() {
    let mut world = World::start(1, &[]).await;
    let admin = world.staff("admin").await;
    let topic = business(&world);
    let people = [world.staff("account_manager").await, world.staff("account_manager").await];
    for person in &people {
        comes(&world, 0, person).await;
    }
    let chats = world.chats(40).await;
    write(&world, 0, &chats).await;
    let mut wire = open(world.nodes[0].address, &admin).await;
    tell(&mut wire, &topic, "set_available", json!({ "available": false })).await;
    tell(&mut wire, &topic, "set_routing", json!({ "mode": "round_robin", "capacity": 100 })).await;
    // In the middle of it: some are given, some on their way, some not thought of.
    eventually("something is given", Duration::from_secs(30), async || {
        (world.sql("select count(*) from event_log where kind = 'routed'") != "0").then_some(())
    })
    .await;
    world.nodes[0].kill();
    let before: BTreeSet<String> = given(&world);
    assert!(before.len() < 40, "killed too late to tell anything");
    world.start_node(0).await;
    for person in &people {
        comes(&world, 0, person).await;
    }
    all_given(&world, 40).await;
    assert!(before.is_subset(&given(&world)), "what was given stays given");
    assert_eq!(loads(&world), [20, 20]);
}

/// What was given to whom.
fn given(world: &World) -> BTreeSet<String> {
    let all = world.sql("select id, assignee from conversations where assignee is not null");
    all.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_give_out_as_one_and_know_who_is_at_the_other() {
    let mut world = World::start(2, &[]).await;
    let admin = world.staff("admin").await;
    let topic = business(&world);
    let mut people = Vec::new();
    for node in [0, 1, 1] {
        let person = world.staff("account_manager").await;
        people.push(comes(&world, node, &person).await);
    }
    let mut wire = open(world.nodes[0].address, &admin).await;
    tell(&mut wire, &topic, "set_available", json!({ "available": false })).await;
    tell(&mut wire, &topic, "set_routing", json!({ "mode": "round_robin", "capacity": 20 })).await;
    eventually("all are known", Duration::from_secs(20), async || {
        (world.sql("select count(*) from routing_presence where until > now()") == "4").then_some(())
    })
    .await;
    let chats = world.chats(60).await;
    let (one, other) = chats.split_at(30);
    tokio::join!(write(&world, 0, one), write(&world, 1, other));
    all_given(&world, 60).await;
    assert_eq!(loads(&world), [20, 20, 20]);
    // Those at a node that is killed are forgotten; who is at the other gets what comes, as far as there is room.
    world.nodes[1].kill();
    eventually("who has gone is forgotten", Duration::from_secs(40), async || {
        (world.sql("select count(*) from routing_presence where until > now()") == "2").then_some(())
    })
    .await;
    let late = world.chats(2).await;
    write(&world, 0, &late).await;
    tell(&mut wire, &topic, "set_routing", json!({ "mode": "round_robin", "capacity": 30 })).await;
    all_given(&world, 62).await;
    assert_eq!(loads(&world), [20, 20, 22]);
}
