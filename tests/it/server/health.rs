//! How the process is, as monitoring and people read it (MAIS-OPS-04, -05, MS-SLO-05).

use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

async fn ask(app: &TestApp, path: &str) -> Value {
    Answer::of(reqwest::get(app.url(path)).await.unwrap()).await.data().clone()
}

fn names(object: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn health_tells_status_time_and_uptime() {
    let app = TestApp::start().await;
    let before = jiff::Timestamp::now();
    let health = ask(&app, "/health").await;
    assert_eq!(names(&health), ["status", "timestamp", "uptime"]);
    assert_eq!(health["status"], "ok");
    let told: jiff::Timestamp = health["timestamp"].as_str().unwrap().parse().unwrap();
    assert!(before <= told && told <= jiff::Timestamp::now(), "{before} {told}");
    let later = ask(&app, "/health").await;
    assert!(later["uptime"].as_f64().unwrap() > health["uptime"].as_f64().unwrap(), "{health} {later}");
}

#[tokio::test]
async fn the_cache_tells_hits_and_misses_as_they_happen() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let fields = ["connected", "efficiency", "hitRate", "hits", "keys", "misses", "totalRequests"];
    let unused = ask(&app, "/health/cache").await;
    assert_eq!(names(&unused), fields);
    assert_eq!((&unused["totalRequests"], &unused["efficiency"]), (&json!(0), &json!("none")));
    assert_eq!(unused["connected"], json!(false), "there is no Redis");

    let config = || reqwest::Client::new().get(app.url("/v1/site/config")).header("x-tenant-key", &tenant.public_key);
    for _ in 0..4 {
        Answer::of(config().send().await.unwrap()).await.data();
    }
    let used = ask(&app, "/health/cache").await;
    let count = |name: &str| used[name].as_u64().unwrap();
    assert!(count("hits") >= 1 && count("misses") >= 1 && count("keys") >= 1, "{used}");
    assert_eq!(count("totalRequests"), count("hits") + count("misses"));
    #[expect(clippy::cast_precision_loss, reason = "a handful of requests")]
    let rate = count("hits") as f64 * 100.0 / count("totalRequests") as f64;
    assert_eq!(used["hitRate"], json!(format!("{rate:.2}%")));
}

#[tokio::test]
async fn the_diagnostic_frame_says_of_each_part_whether_it_works() {
    let app = TestApp::start().await;
    let smoke = ask(&app, "/api/diag/smoke").await;
    assert_eq!(names(&smoke), ["database", "env", "ok", "redis", "version"]);
    assert_eq!((&smoke["ok"], &smoke["version"]), (&json!(true), &json!(env!("CARGO_PKG_VERSION"))));
    for part in ["database", "redis", "env"] {
        assert_eq!(names(&smoke[part]), ["ms", "note", "ok"], "{part}");
        assert_eq!(smoke[part]["ok"], json!(true), "{part}");
        assert!(smoke[part]["note"].as_str().is_some_and(|note| !note.is_empty()), "{part}");
    }
    assert!(smoke["database"]["ms"].as_f64().unwrap() > 0.0, "the database was asked: {smoke}");
    assert!(!smoke.to_string().contains(&app.database.url()), "notes hold no secrets: {smoke}");
}

#[tokio::test]
async fn the_diagnostic_frame_reminds_of_a_key_that_has_served_thirty_days() {
    let app = TestApp::start().await;
    let fresh = ask(&app, "/api/diag/smoke").await;
    assert!(fresh["env"]["note"].as_str().unwrap().contains("0 of 30 days"), "{fresh}");
    app.database.sql("update secret_keys set since = now() - interval '31 days'");
    let old = ask(&app, "/api/diag/smoke").await;
    assert_eq!((&old["env"]["ok"], &old["ok"]), (&json!(false), &json!(false)), "{old}");
    let note = old["env"]["note"].as_str().unwrap();
    assert!(note.contains("31 days") && note.contains("brigade secrets rotate"), "{note}");
    // Another key is a new one.
    app.database.sql("update secret_keys set id = '\\x00000000'");
    assert_eq!(ask(&app, "/api/diag/smoke").await["ok"], json!(true));
}

#[tokio::test]
async fn what_is_for_operators_is_not_told_to_others() {
    let app = TestApp::with(&[("server.operator_networks", "192.0.2.1")]).await;
    for path in ["/health/cache", "/api/diag/smoke"] {
        let answer = Answer::of(reqwest::get(app.url(path)).await.unwrap()).await;
        assert_eq!((answer.status, answer.code()), (401, "AUTH_REQUIRED"), "{path}");
    }
    assert_eq!(ask(&app, "/health").await["status"], "ok");
}
