//! F6: SIGTERM under load. `/readyz` fails at once, every socket is told to come back and when, what runs is
//! finished, the process ends with 0.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::checker::percentile;
use super::client::{Gone, Ticket};
use super::scale;
use super::traffic::{Plan, Traffic};
use super::world::{World, open, request};

const PLAN: Plan = Plan { chats: 3, window: 8, pace: Duration::from_millis(15), bytes: 100 };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_under_load_finishes_what_runs_and_tells_everybody() {
    let mut world = World::start(1, &[]).await;
    let address = world.nodes[0].address;
    let traffic = Traffic::start(&world, PLAN).await;
    let (times, mut ended, mut noticed) = (scale(3, 50), Vec::new(), Vec::new());
    for _ in 0..times {
        traffic.moves(100, Duration::from_secs(30)).await;
        let mut sockets = Vec::new();
        for _ in 0..10 {
            let mut socket = open(address, &traffic.staff).await;
            sockets.push(tokio::spawn(async move { socket.gone().await }));
        }
        let going = Arc::new(AtomicBool::new(false));
        let ready = tokio::spawn(not_ready_any_more(address));
        let requests: Vec<_> = (0..4)
            .map(|_| tokio::spawn(requests_that_finish(address, traffic.staff.clone(), Arc::clone(&going))))
            .collect();
        tokio::time::sleep(Duration::from_millis(150)).await;
        let clock = Instant::now();
        going.store(true, Ordering::SeqCst);
        world.nodes[0].process().terminate();
        noticed.push(ready.await.unwrap().duration_since(clock));
        for socket in sockets {
            let Gone { code, reason } = socket.await.unwrap();
            assert_eq!(code, 1001, "{reason}");
            let wait: u64 = reason.strip_prefix("retry_after_ms=").unwrap().parse().unwrap();
            assert!((100..=10_000).contains(&wait), "{reason}");
        }
        let status = tokio::task::block_in_place(|| world.nodes[0].ended(Duration::from_secs(30)));
        ended.push(clock.elapsed());
        assert_eq!(status.code(), Some(0));
        for request in requests {
            assert!(request.await.unwrap() > 0, "no request was made");
        }
        world.start_node(0).await;
    }
    traffic.moves(50, Duration::from_secs(30)).await;
    let (figures, _) = traffic.finish(&world).await;
    let (ended, noticed) = (percentile(&mut ended, 1.0), percentile(&mut noticed, 1.0));
    println!("F6: SIGTERM {times} times: {figures}; not ready after {noticed:?}, ended after {ended:?} at most");
    assert!(noticed < scale(Duration::from_secs(10), Duration::from_secs(1)), "{noticed:?}");
    assert!(ended < Duration::from_secs(30), "{ended:?}");
}

/// When `/readyz` first fails.
async fn not_ready_any_more(address: SocketAddr) -> Instant {
    loop {
        match reqwest::get(format!("http://{address}/readyz")).await {
            Ok(answer) if answer.status().is_success() => tokio::time::sleep(Duration::from_millis(2)).await,
            _ => return Instant::now(),
        }
    }
}

/// Requests, one after the other, until the node is gone. One that was begun before the signal is finished; gives how
/// many were.
async fn requests_that_finish(address: SocketAddr, ticket: Ticket, going: Arc<AtomicBool>) -> usize {
    let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let mut finished = 0;
    loop {
        let before_the_signal = !going.load(Ordering::SeqCst);
        let asked = request(&http, reqwest::Method::GET, address, &ticket, "/v1/conversations?limit=50");
        match asked.send().await {
            Ok(answer) => {
                let (status, body) = (answer.status(), answer.bytes().await);
                assert!(body.is_ok() || !before_the_signal, "an answer was cut off");
                assert!(status.is_success() || status == 503, "{status}");
                finished += 1;
            }
            Err(error) => {
                assert!(!before_the_signal, "a request under way was cut: {error:?}");
                return finished;
            }
        }
    }
}
