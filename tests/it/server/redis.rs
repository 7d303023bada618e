//! Redis, when it is configured: nodes count together, and its absence refuses nobody.

use std::time::Duration;

use brigade_domain::actor::Role;

use crate::support::{Answer, PASSWORD, Person, Redis, TestApp, eventually};

async fn status(app: &TestApp) -> u16 {
    reqwest::get(app.url("/v1/auth/me")).await.unwrap().status().as_u16()
}

async fn sees_redis(app: &TestApp) -> bool {
    let answer = Answer::of(reqwest::get(app.url("/api/diag/smoke")).await.unwrap()).await;
    answer.data()["redis"]["ok"].as_bool().unwrap()
}

async fn until_redis_is_seen(apps: [&TestApp; 2]) {
    for app in apps {
        eventually("Redis is there", Duration::from_secs(10), async || sees_redis(app).await.then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_count_together_and_each_alone_when_redis_is_away() {
    let redis = Redis::start();
    let settings = [("redis.url", redis.url()), ("limits.anonymous_requests_per_minute", "6")];
    let (one, other) = tokio::join!(TestApp::with(&settings), TestApp::with(&settings));
    until_redis_is_seen([&one, &other]).await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_tenant_may_ask_is_counted_over_all_nodes_and_not_taken_by_who_is_refused() {
    let redis = Redis::start();
    let limits =
        [("redis.url", redis.url()), ("limits.tenant_requests_per_minute", "8"), ("limits.requests_per_minute", "5")];
    let one = TestApp::with(&limits).await;
    let database = one.database.url();
    let other = TestApp::with(&[&limits[..], &[("database.url", &database)]].concat()).await;
    until_redis_is_seen([&one, &other]).await;

    let tenant = one.tenant().await;
    let (first, second) =
        (one.user(&tenant, Role::Client, "First").await, one.user(&tenant, Role::Client, "Second").await);
    // Signing in asks once who one is: one of each person's five, two of the tenant's eight.
    let first = Person::sign_in(&one, first.0, &first.1, PASSWORD).await;
    let second = Person::sign_in(&other, second.0, &second.1, PASSWORD).await;
    let refused = async |person: &Person| person.get("/v1/auth/me").await.body["error"]["details"]["limit"].clone();
    for _ in 0..4 {
        assert!(refused(&first).await.is_null());
    }
    for _ in 0..10 {
        assert_eq!(refused(&first).await, "actor", "one's own limit first");
    }
    for _ in 0..2 {
        assert!(refused(&second).await.is_null(), "the refused requests took nothing from the tenant");
    }
    // Neither node alone has counted eight.
    assert_eq!(refused(&second).await, "tenant");
}
