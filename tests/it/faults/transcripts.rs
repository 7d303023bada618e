//! A transcript that was asked for is sent once, also when the server is killed while it writes it.

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::client::{Ticket, Wire};
use super::world::{Chat, World};
use crate::support::eventually;

const LONG: Duration = Duration::from_mins(1);

async fn ask(world: &World, who: &Ticket, chat: &Chat, kind: &str, body: serde_json::Value) {
    let mut wire = Wire::open(world.nodes[0].address, who).await.unwrap();
    let id = Uuid::now_v7();
    wire.command(id, &chat.topic, kind, body).await.unwrap();
    wire.answer(id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_while_it_writes_letters_sends_each_of_them_once() {
    let mut world = World::start(1, &[]).await;
    let staff = world.staff("account_manager").await;
    let chats = world.chats(5).await;
    for chat in &chats {
        ask(&world, &chat.ticket, chat, "send", json!({ "text": "Do you cater?" })).await;
        ask(&world, &staff, chat, "send", json!({ "text": "We do." })).await;
    }
    let letters = "select count(*) from mail_outbox";
    let before: u32 = world.sql(letters).parse().unwrap();
    // The worker comes as far as the outbox, and no farther.
    let held = world.hold("lock table mail_outbox in exclusive mode", Duration::from_secs(5));
    for (n, chat) in chats.iter().enumerate() {
        ask(&world, &chat.ticket, chat, "ask_transcript", json!({ "email": format!("v{n}@example.com") })).await;
    }
    world.nodes[0].kill();
    assert_eq!(world.sql("select count(*) from transcripts where sent_at is null"), "5", "killed too late");
    held.await.unwrap();
    world.start_node(0).await;
    eventually("everything that was asked for is sent", LONG, async || {
        (world.sql("select count(*) from transcripts where sent_at is null") == "0").then_some(())
    })
    .await;
    assert_eq!(world.sql(letters).parse::<u32>().unwrap() - before, 5);
}
