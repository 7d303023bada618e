//! Redis, when it is configured: nodes count together, and its absence refuses nobody.

use std::time::Duration;

use crate::support::{Answer, Redis, TestApp, eventually};

async fn status(app: &TestApp) -> u16 {
    reqwest::get(app.url("/v1/auth/me")).await.unwrap().status().as_u16()
}

async fn sees_redis(app: &TestApp) -> bool {
    let answer = Answer::of(reqwest::get(app.url("/api/diag/smoke")).await.unwrap()).await;
    answer.data()["redis"]["ok"].as_bool().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_count_together_and_each_alone_when_redis_is_away() {
    let redis = Redis::start();
    let settings = [("redis.url", redis.url()), ("limits.anonymous_requests_per_minute", "6")];
    let (one, other) = tokio::join!(TestApp::with(&settings), TestApp::with(&settings));
    for app in [&one, &other] {
        eventually("Redis is there", Duration::from_secs(10), async || sees_redis(app).await.then_some(())).await;
    }
    for app in [&one, &other, &one, &other, &one, &other] {
        assert_eq!(status(app).await, 200);
    }
    // Each has counted three of its six, both together six.
    assert_eq!((status(&one).await, status(&other).await), (429, 429));

    drop(redis);
    assert!(!sees_redis(&one).await);
    assert_eq!(status(&one).await, 200, "each node goes by its own count");
    assert_eq!(status(&other).await, 200, "each node goes by its own count");
}
