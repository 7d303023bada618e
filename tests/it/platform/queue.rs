//! Work that is stuck, and what becomes of it.

use std::time::Duration;

use brigade_domain::actor::Role;
use brigade_store::audit;
use reqwest::Method;
use serde_json::{Value, json};

use super::{overview_when, part};
use crate::support::{Browser, Person, TestApp, eventually};

/// A job that was tried as often as allowed. Its number.
fn dies(app: &TestApp, payload: &Value, error: &str) -> i64 {
    let job = app.database.sql(&format!(
        "with job as (select (graphile_worker.add_job('brigade', '{payload}'::json, run_at := now() + interval '1 day')).id)
         select id from job"
    ));
    app.database.sql(&format!(
        "update graphile_worker._private_jobs set attempts = 8, max_attempts = 8, last_error = $text${error}$text$ where id = {job}"
    ));
    job.trim().parse().unwrap()
}

async fn dead(operator: &Person, query: &str) -> Vec<Value> {
    operator.get(&format!("/v1/platform/dead-letters{query}")).await.data()["items"].as_array().unwrap().clone()
}

fn record(app: &TestApp) -> String {
    app.database.sql("select string_agg(event_type || ' ' || actor || ' ' || metadata, ';' order by seq) from audit_log where event_type like 'job.%'")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_letter_is_tried_again_and_really_done() {
    let app = TestApp::start().await;
    let (tenant, operator) = (app.tenant().await, app.operator().await);
    let (_, email) = app.user(&tenant, Role::Admin, "Mira").await;
    Browser::new(&app).post("/v1/auth/password/forgot", json!({ "email": email })).await.data();
    app.jobs_done().await;
    // As if no mail server had taken it.
    let letter = app.database.sql(
        "update mail_outbox set sent_at = null where id = (select min(id::text)::uuid from mail_outbox) returning id",
    );
    let letter = letter.lines().next().unwrap();
    let payload = json!({ "tenant": tenant.id, "task": "mail.send", "body": { "mail": letter } });
    let job = dies(&app, &payload, "550 <maya@example.org>: she wrote \"My saffron sorrow\"");

    let letters = dead(&operator, "").await;
    assert_eq!(letters.len(), 1);
    assert_eq!(
        (&letters[0]["id"], &letters[0]["task"], &letters[0]["attempts"]),
        (&json!(job), &json!("mail.send"), &json!(8))
    );
    assert_eq!(letters[0]["tenant"]["id"], json!(tenant.id));
    assert_eq!(letters[0]["error"], "550 …@… she wrote \"…\"");
    assert!(!letters[0].to_string().contains(letter), "what it is about is not told: {letters:?}");
    let overview = overview_when(&operator, "queue", "attention").await;
    assert_eq!(part(&overview, "queue")["note"], "1 job failed too often: see Queue.");
    let kinds = overview["queue"]["kinds"].as_array().unwrap();
    let mails = kinds.iter().find(|kind| kind["task"] == "mail.send").unwrap();
    assert_eq!(
        (&mails["dead"], &mails["due"], &overview["queue"]["letters"]),
        (&json!(1), &json!(0), &json!(1)),
        "{overview}"
    );

    // It is not done without being on the record.
    app.database.sql("revoke insert on audit_log from brigade_app");
    let path = format!("/v1/platform/dead-letters/{job}/retry");
    assert_eq!(operator.post(&path, json!({})).await.code(), "INTERNAL");
    app.database.sql("grant insert on audit_log to brigade_app");
    assert_eq!(dead(&operator, "").await.len(), 1);

    operator.post(&path, json!({})).await.data();
    eventually("the letter is sent", Duration::from_secs(20), async || {
        (app.database.sql("select count(*) from mail_outbox where sent_at is null").trim() == "0").then_some(())
    })
    .await;
    assert_eq!(operator.post(&path, json!({})).await.code(), "NOT_FOUND");
    let expected =
        format!("job.retried {} {{\"job\":{job},\"task\":\"mail.send\",\"tenant\":\"{}\"}}", operator.id, tenant.id);
    assert_eq!(record(&app).trim(), expected);
    assert!(dead(&operator, "").await.is_empty());
    assert!(audit::verify(&app.inside.db, audit::PLATFORM).await.unwrap().is_ok());
    app.jobs_done().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_is_put_away_and_many_of_a_kind_are_tried_again() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let gone = json!({ "tenant": null, "task": "own_data.expire", "body": { "user": operator.id, "export": "exp_01h455vb4pex5vsknk084sn02q" } });
    let first: Vec<i64> = (0..3).map(|_| dies(&app, &gone, "away")).collect();
    let unknown =
        dies(&app, &json!({ "tenant": null, "task": "later.thing", "body": {} }), "there is no task \"later.thing\"");
    let late = dies(&app, &gone, "away");

    let pages = operator.get("/v1/platform/dead-letters?limit=2").await.data().clone();
    assert_eq!((&pages["items"][0]["id"], &pages["next"]), (&json!(late), &json!(unknown)), "the newest first");
    let rest = dead(&operator, &format!("?limit=100&before={unknown}")).await;
    assert_eq!(rest.iter().map(|letter| letter["id"].as_i64().unwrap()).rev().collect::<Vec<_>>(), first);
    assert_eq!(dead(&operator, "?task=later.thing").await.len(), 1);

    let path = format!("/v1/platform/dead-letters/{unknown}");
    operator.ask(Method::DELETE, &path, None).await.data();
    assert_eq!(operator.ask(Method::DELETE, &path, None).await.code(), "NOT_FOUND");
    assert_eq!(
        app.database
            .sql("select count(*) from graphile_worker._private_jobs where payload->>'task' = 'later.thing'")
            .trim(),
        "0"
    );

    let body = json!({ "task": "own_data.expire", "upto": first[2] });
    assert_eq!(operator.post("/v1/platform/dead-letters/retry", body).await.data()["jobs"], 3);
    eventually("those are done, and the later one still waits for a word", Duration::from_secs(20), async || {
        let left = app.database.sql("select count(*) from graphile_worker._private_jobs");
        (left.trim() == "1").then_some(())
    })
    .await;
    assert_eq!(dead(&operator, "").await[0]["id"], json!(late));
    operator.ask(Method::DELETE, &format!("/v1/platform/dead-letters/{late}"), None).await.data();
    let events: Vec<String> =
        record(&app).trim().split(';').map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(events, ["job.put_away", "job.all_retried", "job.put_away"]);
    for wrong in [json!({ "task": "MAIL", "upto": 1 }), json!({ "task": "mail.send" })] {
        assert_eq!(operator.post("/v1/platform/dead-letters/retry", wrong).await.code(), "INVALID_INPUT");
    }
    assert_eq!(operator.post("/v1/platform/dead-letters/x/retry", json!({})).await.code(), "NOT_FOUND");
}
