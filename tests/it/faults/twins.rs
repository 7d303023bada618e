//! F8: the same command ten times at once on two nodes. It happens once, everybody gets the same answer, and the same
//! id with another body is refused.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Ticket, Wire};
use super::scale;
use super::world::{World, open};

const COPIES: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_copies_at_once_on_two_nodes_have_one_effect_and_one_answer() {
    let world = World::start(2, &[]).await;
    let staff = world.staff("account_manager").await;
    let chats = world.chats(4).await;
    let count = scale(100, 1_000);
    let ids: Vec<Uuid> = (0..count).map(|_| Uuid::now_v7()).collect();
    // Each copy is a socket of its own, half of them on each node.
    let copies: Vec<_> = (0..COPIES)
        .map(|copy| {
            let (address, staff, ids) = (world.nodes[copy % 2].address, staff.clone(), ids.clone());
            let topics: Vec<_> = chats.iter().map(|chat| chat.topic.clone()).collect();
            tokio::spawn(async move { all_of_them(address, &staff, &topics, &ids).await })
        })
        .collect();
    let mut answers: HashMap<Uuid, HashSet<u64>> = HashMap::new();
    for copy in copies {
        for (id, seq) in copy.await.unwrap() {
            answers.entry(id).or_default().insert(seq);
        }
    }
    assert_eq!(answers.len(), count);
    assert!(answers.values().all(|seqs| seqs.len() == 1), "different answers to one command");
    let mut effects = HashMap::new();
    for row in world.sql("select request_id, seq from event_log where kind = 'message_sent'").lines() {
        let (id, seq) = row.split_once('|').unwrap();
        let (id, seq): (Uuid, u64) = (id.parse().unwrap(), seq.parse().unwrap());
        assert_eq!(effects.insert(id, seq), None, "{id} has two effects");
        assert!(answers[&id].contains(&seq), "{id} was answered {:?} and is at {seq}", answers[&id]);
    }
    assert_eq!(effects.len(), count);
    let holes = "select count(*) from (select seq - lag(seq, 1, 0::bigint) over (partition by entity_id order by seq) as step \
                 from event_log) steps where step <> 1";
    assert_eq!(world.sql(holes), "0", "holes in the logs");
    // Another body under a known id, on the node that did it and on the other one, soon and later.
    for (number, id) in ids.iter().enumerate().step_by(count / 20) {
        for node in &world.nodes {
            let mut wire = open(node.address, &staff).await;
            let topic = &chats[number % chats.len()].topic;
            wire.command(*id, topic, "send", json!({ "text": "something else" })).await.unwrap();
            let answer = wire.answer(*id).await.unwrap();
            assert_eq!(answer["code"], "IDEMPOTENCY_MISMATCH", "{answer}");
        }
    }
    println!("F8: {count} commands, {COPIES} copies each on 2 nodes: {} effects, one answer each", effects.len());
}

/// Sends every command once, a few at a time, and again under the same id while the answer is not known.
async fn all_of_them(address: SocketAddr, staff: &Ticket, topics: &[String], ids: &[Uuid]) -> Vec<(Uuid, u64)> {
    let mut wire = open(address, staff).await;
    let mut done = Vec::new();
    for (chunk, ids) in ids.chunks(8).enumerate() {
        let numbered: HashMap<String, usize> =
            ids.iter().enumerate().map(|(place, id)| (id.to_string(), chunk * 8 + place)).collect();
        for (id, number) in &numbered {
            ask(&mut wire, topics, id, *number).await;
        }
        let mut waiting = numbered.len();
        while waiting > 0 {
            let frame = wire.next().await.unwrap();
            let Some(number) = frame["id"].as_str().and_then(|id| numbered.get(id)) else { continue };
            let id = frame["id"].as_str().unwrap().to_owned();
            match (frame["t"].as_str().unwrap(), frame["code"].as_str()) {
                ("ack", _) => {
                    done.push((id.parse().unwrap(), frame["seq"].as_u64().unwrap()));
                    waiting -= 1;
                }
                // The other node was faster more often than this one tries again.
                ("err", Some("OVERLOADED" | "UNAVAILABLE")) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    ask(&mut wire, topics, &id, *number).await;
                }
                _ => panic!("{frame}"),
            }
        }
    }
    done
}

async fn ask(wire: &mut Wire, topics: &[String], id: &str, number: usize) {
    let body: Value = json!({ "text": format!("number {number}") });
    wire.command(id.parse().unwrap(), &topics[number % topics.len()], "send", body).await.unwrap();
}
