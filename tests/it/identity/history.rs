//! Sign-in history: what a person sees of it, and the letter about a new device.

use brigade_domain::actor::Role;
use brigade_domain::identity::ports::Outbox as _;
use brigade_store::identity::purge;
use serde_json::{Value, json};

use crate::support::{Answer, Authenticator, Browser, PASSWORD, TestApp};

const PATH: &str = "/v1/auth/history";
const NEW: &str = "brass kettle orbit 91";

/// A server where each browser can be somewhere else.
async fn app() -> TestApp {
    TestApp::with(&[("server.trusted_proxies", "127.0.0.1")]).await
}

async fn lines(browser: &mut Browser) -> Vec<Value> {
    browser.get(PATH).await.data()["lines"].as_array().unwrap().clone()
}

fn whats(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["what"].as_str().unwrap()).collect()
}

async fn letters(app: &TestApp, email: &str) -> Vec<String> {
    let mails = app.inside.platform.identity.newest().await.unwrap();
    let new = mails.into_iter().filter(|sent| sent.mail.subject == "A new sign-in to your account");
    new.filter(|sent| sent.mail.to == email).map(|sent| sent.mail.text).collect()
}

#[tokio::test]
async fn a_person_sees_when_and_from_where_and_nothing_of_anybody_else() {
    let app = app().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Client, "Maya").await;
    let (_, other) = app.user(&tenant, Role::Admin, "Theo").await;
    let mut theo = Browser::new(&app).at("203.0.113.77");
    theo.sign_in(&other, PASSWORD).await.data();

    let mut guesser = Browser::new(&app).at("2001:db8:7:8::9");
    assert_eq!(guesser.sign_in(&email, "not my password").await.code(), "AUTH_INVALID");
    let mut maya = Browser::new(&app).at("198.51.100.23");
    maya.sign_in(&email, PASSWORD).await.data();
    maya.post("/v1/auth/password/change", json!({ "current": PASSWORD, "password": NEW })).await.data();

    let seen = lines(&mut maya).await;
    assert_eq!(whats(&seen), ["password_changed", "signed_in", "password_refused"]);
    let networks: Vec<_> = seen.iter().map(|line| line["network"].as_str().unwrap()).collect();
    assert_eq!(networks, ["198.51.100.0/24", "198.51.100.0/24", "2001:db8:7::/48"]);
    assert_eq!((&seen[1]["new_device"], &seen[2]["new_device"]), (&json!(true), &json!(false)));
    assert!(!seen.iter().any(|line| line.to_string().contains("198.51.100.23")));
    assert_eq!(whats(&lines(&mut theo).await), ["signed_in"]);
    assert_eq!(lines(&mut theo).await[0]["current"], true);
    assert_eq!(Browser::new(&app).get(PATH).await.code(), "AUTH_REQUIRED");

    // Page by page, and nobody else's line as a place to begin.
    let page = |before: &Value| format!("{PATH}?limit=1&before={}", before["id"].as_str().unwrap());
    let next = maya.get(&page(&seen[0])).await;
    assert_eq!(next.data()["lines"].as_array().unwrap().len(), 1);
    assert_eq!(next.data()["lines"][0]["id"], seen[1]["id"]);
    let of_theo = lines(&mut theo).await.remove(0);
    let foreign = maya.get(&page(&of_theo)).await;
    assert!(foreign.data()["lines"].as_array().unwrap().iter().all(|line| seen.contains(line)));
    let wrong: Answer = maya.get(&format!("{PATH}?before=ses_01h455vb4pex5vsknk084sn02q")).await;
    assert_eq!(wrong.code(), "INVALID_INPUT");
}

#[tokio::test]
async fn second_steps_are_in_it_and_going_on_under_a_new_cookie_is_not() {
    let app = app().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let her = Authenticator::of(&app, &email).await;
    let mut browser = Browser::new(&app);
    browser.sign_in(&email, PASSWORD).await.data();
    assert_eq!(letters(&app, &email).await.len(), 1, "the password alone signs nobody in");
    let path = "/v1/auth/sign-in/second-step";
    assert_eq!(browser.post(path, json!({ "code": her.wrong() })).await.code(), "AUTH_INVALID");
    browser.post(path, json!({ "code": her.recovery_codes[0] })).await.data();
    let seen = lines(&mut browser).await;
    let expected = ["signed_in", "recovery_code_used", "code_refused", "second_factor_on", "signed_in"];
    assert_eq!(whats(&seen), expected);
    assert_eq!(letters(&app, &email).await.len(), 2);
    browser.post("/v1/auth/sign-out-everywhere", json!({})).await.data();
    assert_eq!(app.database.sql("select count(*) from sign_in_history where what = 'signed_out_everywhere'"), "1");
}

#[tokio::test]
async fn a_device_that_was_never_seen_is_told_of_once() {
    let app = app().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let mut browser = Browser::new(&app).at("198.51.100.23");
    let body = json!({ "email": email, "password": PASSWORD });
    let agent = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0 CALL 0800-THIEF";
    let request = browser.request(reqwest::Method::POST, "/v1/auth/sign-in").header("user-agent", agent).json(&body);
    let answer = request.send().await.unwrap();
    browser.take(answer).await.data();
    let written = letters(&app, &email).await;
    assert_eq!(written.len(), 1);
    assert!(written[0].contains("Firefox on Windows, from the network 198.51.100.0/24"), "{written:?}");
    assert!(!written[0].contains("THIEF"), "whoever signs in writes nothing into our letters");

    // The same browser again, also after it signed out; a wrong password; and then another browser.
    browser.post("/v1/auth/sign-out", json!({})).await.data();
    browser.sign_in(&email, PASSWORD).await.data();
    assert_eq!(Browser::new(&app).sign_in(&email, "not my password").await.code(), "AUTH_INVALID");
    assert_eq!(letters(&app, &email).await.len(), 1);
    Browser::new(&app).sign_in(&email, PASSWORD).await.data();
    assert_eq!(letters(&app, &email).await.len(), 2);

    // A program is known by what it calls itself.
    for expected in [3, 3] {
        Browser::new(&app).post("/v1/auth/tokens", body.clone()).await.data();
        assert_eq!(letters(&app, &email).await.len(), expected);
    }
    for _ in 0..10 {
        Browser::new(&app).sign_in(&email, PASSWORD).await.data();
    }
    assert_eq!(letters(&app, &email).await.len(), 10, "a mailbox is not filled");
}

#[tokio::test]
async fn an_address_that_nobody_has_leaves_nothing() {
    let app = app().await;
    assert_eq!(Browser::new(&app).sign_in("nobody@people.example", PASSWORD).await.code(), "AUTH_INVALID");
    assert_eq!(app.database.sql("select count(*) from sign_in_history"), "0");
    assert_eq!(app.database.sql("select count(*) from mail_outbox"), "0");
}

#[tokio::test]
async fn it_is_kept_for_90_days_and_guessing_does_not_push_out_the_rest() {
    let app = app().await;
    let tenant = app.tenant().await;
    let (user, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let mut browser = Browser::new(&app);
    browser.sign_in(&email, PASSWORD).await.data();
    app.database.sql(&format!(
        "insert into sign_in_history (id, user_id, at, what)
         select gen_random_uuid(), '{}', now(), 'password_refused' from generate_series(1, 230)",
        user.uuid()
    ));
    let kept = || app.database.sql("select what, count(*) from sign_in_history group by what order by what");
    assert_eq!(kept(), "password_refused|200\nsigned_in|1");

    app.database.sql("update sign_in_history set at = now() - interval '90 days 1 hour' where what = 'signed_in'");
    assert!(!whats(&lines(&mut browser).await).contains(&"signed_in"), "over is not shown, taken away or not");
    let at = brigade_domain::Timestamp::now();
    let purged = purge(&app.inside.db, at).await.unwrap();
    assert_eq!((purged.history, kept().as_str()), (1, "password_refused|200"));
    assert_eq!(purge(&app.inside.db, at).await.unwrap().history, 0);
}

#[tokio::test]
async fn the_database_shows_a_line_to_its_person_alone_and_keeps_no_whole_address() {
    let app = app().await;
    let tenant = app.tenant().await;
    let (user, email) = app.user(&tenant, Role::Admin, "Maya").await;
    Browser::new(&app).sign_in(&email, PASSWORD).await.data();
    let seen = |as_whom: &str| {
        app.database.sql(&format!(
            "begin; set local role brigade_app; {as_whom}; select 'seen ' || count(*) from sign_in_history; rollback"
        ))
    };
    let be = |id: uuid::Uuid| format!("set local brigade.user_id = '{id}'");
    assert!(seen("select 1").contains("seen 0"));
    assert!(seen(&be(uuid::Uuid::now_v7())).contains("seen 0"));
    assert!(seen(&be(user.uuid())).contains("seen 1"));
    let whole = "do $$ begin update sign_in_history set network = '198.51.100.23'; raise notice 'taken';
                 exception when check_violation then null; end $$; select network from sign_in_history";
    assert!(!app.database.sql(whole).contains("198.51.100.23"));
}
