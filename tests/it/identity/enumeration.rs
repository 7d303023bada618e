//! Nobody learns who is known here (security 6).

use std::time::{Duration, Instant};

use brigade_domain::actor::Role;
use serde_json::json;

use crate::support::{Answer, Browser, TestApp};

/// The parts of an answer that are the same for everybody.
fn said(answer: &Answer) -> String {
    format!("{} {}", answer.status, answer.body["error"])
}

async fn timed(app: &TestApp, path: &str, body: serde_json::Value) -> (Answer, Duration) {
    let mut browser = Browser::new(app);
    let started = Instant::now();
    let answer = browser.post(path, body).await;
    (answer, started.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn apart(a: Duration, b: Duration) -> Duration {
    a.max(b).checked_sub(a.min(b)).unwrap()
}

#[tokio::test]
async fn unknown_wrong_and_disabled_are_one_answer_in_one_time() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, known) = app.user(&tenant, Role::Admin, "Maya").await;
    let (disabled, gone) = app.user(&tenant, Role::Admin, "Theo").await;
    app.database.sql(&format!("update users set disabled_at = now() where id = '{}'", disabled.uuid()));
    let asked = |email: &str| json!({ "email": email, "password": "not the password 7" });

    let mut times = [vec![], vec![], vec![]];
    let mut answers = std::collections::BTreeSet::new();
    for n in 0..9 {
        let unknown = format!("nobody{n}@people.example");
        for (which, email) in [&known, &unknown, &gone].into_iter().enumerate() {
            let (answer, time) = timed(&app, "/v1/auth/sign-in", asked(email)).await;
            answers.insert(said(&answer));
            times[which].push(time);
        }
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    let [known, unknown, gone] = times.map(median);
    assert!(apart(known, unknown) < Duration::from_millis(5), "{known:?} and {unknown:?}");
    assert!(apart(known, gone) < Duration::from_millis(5), "{known:?} and {gone:?}");
}

#[tokio::test]
async fn forgot_password_does_not_tell_either() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let mut times = [vec![], vec![]];
    for n in 0..7 {
        let (_, known) = app.user(&tenant, Role::Client, "Maya").await;
        let unknown = format!("nobody{n}@people.example");
        for (which, email) in [known, unknown].into_iter().enumerate() {
            let (answer, time) = timed(&app, "/v1/auth/password/forgot", json!({ "email": email })).await;
            assert_eq!(answer.data(), &json!({}));
            times[which].push(time);
        }
    }
    let [known, unknown] = times.map(median);
    assert!(apart(known, unknown) < Duration::from_millis(5), "{known:?} and {unknown:?}");
    assert_eq!(app.database.sql("select count(*) from mail_outbox"), "7");
}

#[tokio::test]
async fn nobody_is_here_by_default() {
    let app = TestApp::start().await;
    assert_eq!(app.database.sql("select count(*) from users"), "0");
    assert_eq!(app.database.sql("select count(*) from api_keys"), "0");
}
