//! Nobody learns who is known here (security 6).

use std::time::{Duration, Instant};

use brigade_domain::actor::Role;
use serde_json::json;

use crate::support::{Answer, Browser, TestApp};

/// The parts of an answer that are the same for everybody.
fn said(answer: &Answer) -> String {
    format!("{} {}", answer.status, answer.body["error"])
}

/// The answer, and how long it took. Within how much of another it came is not asserted: that is the machine's business.
/// An answer comes after a whole number of floors, whatever was done for it (`throttle`'s own test).
async fn timed(app: &TestApp, path: &str, body: serde_json::Value) -> (Answer, Duration) {
    let mut browser = Browser::new(app);
    let started = Instant::now();
    let answer = browser.post(path, body).await;
    (answer, started.elapsed())
}

/// Before this no refusal is given.
const FLOOR: Duration = Duration::from_millis(400);

#[tokio::test]
async fn unknown_wrong_and_disabled_are_one_answer_that_is_not_given_sooner() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, known) = app.user(&tenant, Role::Admin, "Maya").await;
    let (disabled, gone) = app.user(&tenant, Role::Admin, "Theo").await;
    app.database.sql(&format!("update users set disabled_at = now() where id = '{}'", disabled.uuid()));
    let mut answers = std::collections::BTreeSet::new();
    for email in [known.as_str(), "nobody@people.example", gone.as_str()] {
        let body = json!({ "email": email, "password": "not the password 7" });
        let (answer, time) = timed(&app, "/v1/auth/sign-in", body).await;
        answers.insert(said(&answer));
        assert!(time >= FLOOR, "{email} was answered after {time:?}");
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn forgot_password_does_not_tell_either() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, known) = app.user(&tenant, Role::Client, "Maya").await;
    for email in [known.as_str(), "nobody@people.example"] {
        let (answer, time) = timed(&app, "/v1/auth/password/forgot", json!({ "email": email })).await;
        assert_eq!(answer.data(), &json!({}));
        assert!(time >= FLOOR, "{email} was answered after {time:?}");
    }
    assert_eq!(app.database.sql("select count(*) from mail_outbox"), "1");
}

#[tokio::test]
async fn nobody_is_here_by_default() {
    let app = TestApp::start().await;
    assert_eq!(app.database.sql("select count(*) from users"), "0");
    assert_eq!(app.database.sql("select count(*) from api_keys"), "0");
}
