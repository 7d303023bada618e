//! What who operates the platform sees and does over HTTP. Who may ask at all is in `guard::matrix`.

mod queue;
mod tenants;

use std::time::Duration;

use brigade_domain::actor::Role;
use serde_json::{Value, json};

use crate::chat::visitor_says;
use crate::support::{Browser, Person, TestApp, eventually};

pub fn part<'a>(overview: &'a Value, name: &str) -> &'a Value {
    overview["parts"].as_array().unwrap().iter().find(|part| part["name"] == name).unwrap()
}

/// The overview once a part stands so: what was seen is told for some seconds.
pub async fn overview_when(operator: &Person, name: &str, standing: &str) -> Value {
    let what = format!("{name} is {standing}");
    eventually(&what, Duration::from_secs(20), async || {
        let overview = operator.get("/v1/platform/overview").await.data().clone();
        (part(&overview, name)["standing"] == standing).then_some(overview)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_overview_counts_what_the_metrics_count() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let operator = app.operator().await;
    let (_admin, socket) = app.ws_as(&tenant, Role::Admin).await;
    let visitor = app.visitor(&tenant).await;
    visitor_says(&app, &visitor, "Hello?").await;
    app.jobs_done().await;

    let overview = operator.get("/v1/platform/overview").await.data().clone();
    let node = &overview["node"];
    assert_eq!(
        (&node["sockets"], &node["entities"]["conversation"], &node["entities"]["account"]),
        (&json!(1), &json!(1), &json!(0))
    );
    assert_eq!(node["entities"]["tenant"], json!(1));
    assert_eq!((&overview["nodes"], &overview["tenants"]), (&json!(1), &json!({ "all": 1, "suspended": 0 })));
    assert!(node["commands_committed"].as_u64().unwrap() >= 2, "{node}");
    let metrics = operator.request(reqwest::Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    for line in
        [r#"brigade_entities{kind="conversation"} 1"#, r#"brigade_entities{kind="tenant"} 1"#, "brigade_sockets 1"]
    {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    drop(socket);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_wants_attention_is_told_with_its_part_and_since_when() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let well = overview_when(&operator, "files", "well").await;
    let names: Vec<&str> =
        well["parts"].as_array().unwrap().iter().map(|part| part["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["database", "cache", "queue", "files", "mail", "commands", "secrets"]);
    for name in ["database", "cache", "queue", "commands", "secrets"] {
        assert_eq!(part(&well, name)["standing"], "well", "{well}");
    }
    // There is no mail server, and this is no demonstration: nobody gets a letter.
    assert_eq!((&part(&well, "mail")["standing"], &well["standing"]), (&json!("attention"), &json!("attention")));
    assert!(app.files().is_empty(), "looking leaves nothing behind");

    let before = jiff::Timestamp::now();
    app.database.sql("update secret_keys set since = now() - interval '31 days'");
    let old = overview_when(&operator, "secrets", "attention").await;
    let since: jiff::Timestamp = part(&old, "secrets")["since"].as_str().unwrap().parse().unwrap();
    assert!(since >= before, "{since} {before}");
    let later = operator.get("/v1/platform/overview").await.data().clone();
    assert_eq!(part(&later, "secrets")["since"], part(&old, "secrets")["since"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_takes_no_files_is_told() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    // Root may write everywhere: a file in the place of the folder is in everybody's way.
    std::fs::remove_dir_all(app.folder.path()).unwrap();
    std::fs::write(app.folder.path(), "in the way").unwrap();
    let broken = overview_when(&operator, "files", "down").await;
    assert_eq!(broken["standing"], "down");
    assert!(part(&broken, "files")["note"].as_str().unwrap().contains("files.folder"), "{broken}");
    assert!(!broken.to_string().contains(app.folder.path().to_str().unwrap()), "{broken}");
    std::fs::remove_file(app.folder.path()).unwrap();
    std::fs::create_dir(app.folder.path()).unwrap();
    overview_when(&operator, "files", "well").await;
}

#[tokio::test]
async fn the_platforms_record_is_looked_through_by_event_and_time() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let operator = app.operator().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    for _ in 0..3 {
        Browser::new(&app).sign_in("nobody@people.example", "wrong wrong").await;
    }
    let lines = async |query: &str| {
        let page = operator.get(&format!("/v1/platform/activity{query}")).await.data().clone();
        let events = page["items"].as_array().unwrap().iter().map(|line| line["event"].as_str().unwrap().to_owned());
        (events.collect::<Vec<_>>(), page)
    };
    let (all, page) = lines("?limit=200").await;
    assert_eq!(&all[..3], ["session.sign_in_failed"; 3]);
    assert!(all.contains(&"session.signed_in".to_owned()) && all.contains(&"user.created".to_owned()), "{all:?}");
    assert_eq!(page["names"][operator.id.to_string()], "Olu Operator");
    assert!(!page.to_string().contains("people.example"), "no addresses: {page}");
    let by_admin = page["items"].as_array().unwrap().iter().any(|line| line["actor"] == admin.id.to_string());
    assert!(!by_admin, "what a business's admin does is on the business's record: {page}");

    assert_eq!(lines("?event=session.sign_in_failed").await.0, ["session.sign_in_failed"; 3]);
    let (family, _) = lines("?event=session.").await;
    assert!(family.len() == 4 && family.iter().all(|event| event.starts_with("session.")), "{family:?}");
    assert!(lines("?event=session").await.0.is_empty());
    let (first, page) = lines("?event=session.sign_in_failed&limit=2").await;
    let (rest, last) = lines(&format!("?event=session.sign_in_failed&limit=2&before={}", page["next"])).await;
    assert_eq!((first.len(), rest.len(), &last["next"]), (2, 1, &Value::Null));
    assert!(lines("?from=2100-01-01T00:00:00Z").await.0.is_empty());
    assert!(lines("?to=2020-01-01T00:00:00Z").await.0.is_empty());
    assert_eq!(lines("?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z&limit=200").await.0, all);
    for wrong in ["?event=Session%25", "?from=yesterday", "?limit=0", "?what=1"] {
        assert_eq!(operator.get(&format!("/v1/platform/activity{wrong}")).await.code(), "INVALID_INPUT", "{wrong}");
    }
}
