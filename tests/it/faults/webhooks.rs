//! Webhooks while servers are killed, and with two of them: every acknowledged message is told, and one that is told twice
//! has one id.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::world::{Chat, World, request};
use crate::support::{Answer, Receiver, eventually};
use crate::webhooks::ALLOW;

/// Which message of which conversation.
type Place = (String, u64);

/// A webhook of the world's tenant for all messages.
async fn hook(world: &World, receiver: &Receiver) {
    let admin = world.staff("admin").await;
    let path = "/v1/tenant/webhooks";
    let post = request(&reqwest::Client::new(), Method::POST, world.nodes[0].address, &admin, path);
    let wish = json!({ "url": receiver.url(), "events": ["message.sent"] });
    Answer::of(post.json(&wish).send().await.unwrap()).await.data();
}

/// Writes until `most` are acknowledged or the server is gone; returns what was acknowledged.
async fn write(address: SocketAddr, chat: Chat, most: usize) -> Vec<Place> {
    let conversation = chat.topic.split_once(':').unwrap().1.to_owned();
    let (http, path) = (reqwest::Client::new(), format!("/v1/conversations/{conversation}/commands"));
    let mut acknowledged = Vec::new();
    while acknowledged.len() < most {
        let said = json!({ "id": Uuid::now_v7(), "type": "send", "body": { "text": "Hello" } });
        let post = request(&http, Method::POST, address, &chat.ticket, &path).json(&said);
        let Ok(answer) = post.send().await else { break };
        let Ok(body) = answer.json::<serde_json::Value>().await else { break };
        if let Some(seq) = body["data"]["seq"].as_u64() {
            acknowledged.push((conversation.clone(), seq));
        }
    }
    acknowledged
}

/// What was told, with the ids it was told by.
fn told(receiver: &Receiver) -> BTreeMap<Place, Vec<String>> {
    let mut told: BTreeMap<Place, Vec<String>> = BTreeMap::new();
    for each in receiver.told() {
        told.entry(each.place()).or_default().push(each.id().to_owned());
    }
    told
}

async fn all_are_told(receiver: &Receiver, acknowledged: &[Place]) -> BTreeMap<Place, Vec<String>> {
    // What a killed server had taken is free again after 30 seconds.
    eventually("everything is told", Duration::from_secs(90), async || {
        let told = told(receiver);
        acknowledged.iter().all(|place| told.contains_key(place)).then_some(told)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_killed_leaves_nothing_untold() {
    let mut world = World::start(1, &[ALLOW]).await;
    let receiver = Receiver::start().await;
    hook(&world, &receiver).await;
    let chats = world.chats(4).await;
    let mut acknowledged = Vec::new();
    for _ in 0..super::scale(3, 20) {
        let address = world.nodes[0].address;
        let writers: Vec<_> = chats.iter().map(|chat| tokio::spawn(write(address, chat.clone(), usize::MAX))).collect();
        // Before, while and after what was written is found, and while it is carried.
        tokio::time::sleep(Duration::from_millis(200 + u64::from(Uuid::new_v4().as_bytes()[0]) * 2)).await;
        world.nodes[0].kill();
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }
        world.start_node(0).await;
    }
    assert!(acknowledged.len() > 20, "only {} messages", acknowledged.len());
    let told = all_are_told(&receiver, &acknowledged).await;
    for (place, ids) in told {
        let ids: BTreeSet<String> = ids.into_iter().collect();
        assert_eq!(ids.len(), 1, "{place:?} has one id, however often it is told: {ids:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_tell_each_message_once() {
    let world = World::start(2, &[ALLOW]).await;
    let receiver = Receiver::start().await;
    hook(&world, &receiver).await;
    let chats = world.chats(3).await;
    let writers: Vec<_> = chats
        .iter()
        .flat_map(|chat| world.nodes.iter().map(|node| tokio::spawn(write(node.address, chat.clone(), 20))))
        .collect();
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.unwrap());
    }
    assert_eq!(acknowledged.len(), 120);
    all_are_told(&receiver, &acknowledged).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let told = told(&receiver);
    assert_eq!(told.len(), 120);
    for (place, ids) in told {
        assert_eq!(ids.len(), 1, "{place:?} is told {} times", ids.len());
    }
}
