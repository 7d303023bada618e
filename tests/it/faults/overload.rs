//! F12: ten times the load it can take. What was sent is what was acknowledged and what was refused as `OVERLOADED`;
//! each answer comes in time; and soon everything is as before.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use uuid::Uuid;

use super::checker::{Ledger, check};
use super::client::{Ticket, Wire};
use super::load::PATIENCE;
use super::scale;
use super::world::{World, open, read_over_http};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sent_is_what_was_acknowledged_and_what_was_refused() {
    let world = World::start(1, &[("limits.mailbox", "32")]).await;
    let address = world.nodes[0].address;
    let staff = world.staff("account_manager").await;
    let chats = world.chats(2).await;
    let ledger = Arc::new(Ledger::default());
    let (senders, each) = (scale(10, 40), scale(400, 2_000));
    let floods: Vec<_> = (0..senders)
        .map(|number| {
            let (topic, staff, ledger) = (chats[number % 2].topic.clone(), staff.clone(), Arc::clone(&ledger));
            tokio::spawn(async move {
                let wire = open(address, &staff).await;
                flood(wire, &topic, each, &ledger).await
            })
        })
        .collect();
    let mut slowest = Duration::ZERO;
    for flood in floods {
        slowest = slowest.max(flood.await.unwrap());
    }
    let refused = ledger.refusals();
    assert_eq!(ledger.count() + refused, senders * each, "every command has one answer");
    assert!(refused > senders * each / 10, "it was not more than it can take: {refused} refused");
    let normal = back_to_normal(&world, &staff, &chats[0].topic, &ledger).await;
    let mut logs = Vec::new();
    for chat in &chats {
        logs.push(read_over_http(address, &staff, &chat.topic).await);
    }
    let figures = check(&ledger, &logs);
    println!("F12: {figures}; the slowest answer took {slowest:?}; back to normal after {normal:?}");
    assert!(slowest < scale(PATIENCE, Duration::from_secs(1)), "{slowest:?}");
    assert!(normal < scale(Duration::from_secs(20), Duration::from_secs(5)), "{normal:?}");
    assert!(world.nodes[0].metric("brigade_commands_waiting").await < 1.0, "places are given back");
}

/// Sends everything without waiting for anything, reading answers meanwhile; gives the slowest answer.
async fn flood(mut wire: Wire, topic: &str, count: usize, ledger: &Ledger) -> Duration {
    let (mut sent, mut slowest) = (HashMap::new(), Duration::ZERO);
    for number in 0..count {
        let id = Uuid::now_v7();
        ledger.sent(id);
        let body = json!({ "text": format!("number {number}") });
        let frame = json!({ "t": "cmd", "id": id, "topic": topic, "type": "send", "body": body });
        wire.feed(&frame).await.unwrap();
        sent.insert(id.to_string(), Instant::now());
        if number % 50 == 49 {
            wire.flush().await.unwrap();
        }
    }
    wire.flush().await.unwrap();
    while !sent.is_empty() {
        let frame =
            tokio::time::timeout(Duration::from_secs(20), wire.next()).await.expect("every command is answered");
        let frame = frame.unwrap();
        let Some(at) = frame["id"].as_str().and_then(|id| sent.remove(id)) else { continue };
        slowest = slowest.max(at.elapsed());
        let id = frame["id"].as_str().unwrap().parse().unwrap();
        if let Some("ack") = frame["t"].as_str() {
            ledger.acknowledged(id, frame["seq"].as_u64().unwrap(), at.elapsed());
        } else {
            assert_eq!(frame["code"], "OVERLOADED", "{frame}");
            assert!(frame["retry_after"].as_f64().unwrap() > 0.0, "{frame}");
            ledger.refused(id, at.elapsed());
        }
    }
    slowest
}

/// Waits until ten commands in a row are acknowledged, each within half a second.
async fn back_to_normal(world: &World, staff: &Ticket, topic: &str, ledger: &Ledger) -> Duration {
    let clock = Instant::now();
    let mut wire = open(world.nodes[0].address, staff).await;
    let mut in_a_row = 0;
    while in_a_row < 10 {
        assert!(clock.elapsed() < Duration::from_secs(20), "not back to normal");
        let (id, asked) = (Uuid::now_v7(), Instant::now());
        ledger.sent(id);
        wire.command(id, topic, "send", json!({ "text": "afterwards" })).await.unwrap();
        let answer = wire.answer(id).await.unwrap();
        if answer["t"] == "ack" {
            ledger.acknowledged(id, answer["seq"].as_u64().unwrap(), asked.elapsed());
        } else {
            ledger.refused(id, asked.elapsed());
        }
        let good = answer["t"] == "ack" && asked.elapsed() < Duration::from_millis(500);
        in_a_row = if good { in_a_row + 1 } else { 0 };
    }
    clock.elapsed()
}
