//! F4: sockets that read nothing. They cost bounded memory, are closed as slow, and nobody else notices.

use std::time::Duration;

use serde_json::json;

use super::checker::percentile;
use super::client::{Options, Wire};
use super::load::PATIENCE;
use super::scale;
use super::traffic::{Plan, Traffic};
use super::world::World;

/// The kernel keeps this much for each of them at least, on both sides.
const RECEIVE_BUFFER: u32 = 4_096;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_that_read_nothing_cost_bounded_memory_and_nobody_else() {
    // The bound is as large as in production; the messages are what fills it soon.
    let mut world = World::start(1, &[]).await;
    let plan = Plan { chats: 2, window: 64, pace: Duration::from_millis(scale(8, 4)), bytes: 3_500 };
    let traffic = Traffic::start(&world, plan).await;
    traffic.moves(200, Duration::from_secs(30)).await;
    traffic.take_delays();
    tokio::time::sleep(Duration::from_secs(scale(3, 30))).await;
    let before = percentile(&mut traffic.take_delays(), 0.99);
    let (sessions, memory) = (world.nodes[0].metric("brigade_sockets").await, world.nodes[0].memory());
    let stalled = scale(20_u32, 100);
    let mut sockets = Vec::new();
    for _ in 0..stalled {
        let options = Options { receive_buffer: Some(RECEIVE_BUFFER) };
        let mut socket = Wire::open_with(world.nodes[0].address, &traffic.staff, options).await.unwrap();
        for chat in &traffic.chats {
            socket.send(&json!({ "t": "sub", "topic": chat.topic })).await.unwrap();
        }
        // From here on nobody reads it.
        sockets.push(socket);
    }
    let mut peak = 0;
    let closed = async {
        world.nodes[0]
            .metric_is("brigade_sockets_closed_slow", Duration::from_mins(1), |n| n >= f64::from(stalled))
            .await;
    };
    let clock = std::time::Instant::now();
    closed.await;
    let closed_after = clock.elapsed();
    peak = peak.max(world.nodes[0].memory());
    let during = percentile(&mut traffic.take_delays(), 0.99);
    world.nodes[0].metric_is("brigade_sockets", Duration::from_secs(15), |n| n <= sessions).await;
    let grown = peak.saturating_sub(memory) / 1024 / 1024;
    // What they are told, once they look.
    let mut told = 0;
    for socket in &mut sockets {
        let gone = tokio::time::timeout(Duration::from_secs(10), socket.gone()).await.expect("it ends");
        assert!(gone.code == 4408 || gone.code == 1006, "{gone:?}");
        told += u32::from(gone.code == 4408);
    }
    let (figures, _) = traffic.finish(&world).await;
    println!(
        "F4: {stalled} stalled readers closed after {closed_after:?} ({told} could still read why); memory +{grown} MiB; \
         delivery p99 {before:?} before, {during:?} meanwhile; {figures}"
    );
    assert!(closed_after < Duration::from_secs(35), "{closed_after:?}");
    assert!(grown < 150, "memory grew by {grown} MiB");
    // How much slower the others were served is a figure, and a shared machine's business: it is judged by the soak alone.
    let limit = scale(PATIENCE, before.mul_f64(1.2));
    assert!(during <= limit, "delivery took {during:?} (p99), {before:?} before");
}
