//! A business lets the platform's support look (decision 0017): by its consent, to read, until it is over.

use std::time::{Duration, Instant};

use brigade_domain::actor::Role;
use brigade_store::audit;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::chat::visitor_says;
use crate::guard::document::operations;
use crate::live::description::Description;
use crate::live::stage::{Stage, path_of};
use crate::support::{Authenticator, Browser, Person, Socket, TestApp, TestTenant, eventually};

/// Somebody who operates the platform with two-step sign-in, in their browser.
pub(super) async fn operator(app: &TestApp) -> (Person, Browser) {
    let (id, email) = app.somebody("Olu Operator", true).await;
    let browser = Authenticator::of(app, &email).await.browser;
    (Person::in_browser(app, id, &email, &browser), browser)
}

pub(super) async fn let_in(admin: &Person, hours: u16) -> Value {
    admin.post("/v1/tenant/support", json!({ "hours": hours, "about": "The chat stays empty" })).await.data();
    admin.get("/v1/tenant/support").await.data()[0].clone()
}

pub(super) async fn look_in(app: &TestApp, tenant: &TestTenant, who: &Person, browser: &mut Browser) -> Person {
    let path = format!("/v1/platform/support/{}/look-in", tenant.id);
    assert_eq!(browser.post(&path, json!({})).await.data()["kind"], "support");
    Person::in_browser(app, who.id, &who.email, browser)
}

/// Support that looks into a business, which `admin` has let in.
pub(crate) async fn looking_in(app: &TestApp, tenant: &TestTenant, admin: &Person) -> Person {
    let_in(admin, 1).await;
    let (who, mut browser) = operator(app).await;
    look_in(app, tenant, &who, &mut browser).await
}

/// What the business's record says of support, the oldest first.
fn record(app: &TestApp, tenant: &TestTenant) -> Vec<String> {
    use brigade_domain::id::TenantId;
    let of = |tenant: TenantId| {
        app.database.sql(&format!(
            "select event_type from audit_log where tenant_id = '{}' and event_type like 'support.%' order by seq",
            tenant.uuid()
        ))
    };
    of(tenant.id).lines().map(|line| line.trim_start_matches("support.").to_owned()).collect()
}

/// The permission's time is over, without waiting for it.
fn make_over(app: &TestApp, tenant: &TestTenant) {
    app.database.sql(&format!(
        "update support_permissions set given_at = given_at - interval '71 hours', until = clock_timestamp()
         where tenant_id = '{}' and ended_at is null",
        tenant.id.uuid()
    ));
}

#[tokio::test]
async fn nobody_looks_without_consent_or_without_a_second_step() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let (_, mut browser) = operator(app).await;
    let path = |tenant: &TestTenant| format!("/v1/platform/support/{}/look-in", tenant.id);
    assert_eq!(browser.post(&path(&stage.tenant), json!({})).await.code(), "SUPPORT_ENDED");
    assert_eq!(browser.get("/v1/platform/support").await.data(), &json!([]));
    assert_eq!(browser.get(&path_of(&stage.visitor.topic)).await.code(), "FORBIDDEN");

    for (hours, about) in [(0, "x"), (73, "x"), (1, " "), (1, &*"x".repeat(501))] {
        let answer = stage.admin.post("/v1/tenant/support", json!({ "hours": hours, "about": about })).await;
        assert_eq!(answer.code(), "INVALID_INPUT", "{hours}");
    }
    let body = json!({ "hours": 4, "about": "The chat stays empty" });
    assert_eq!(stage.manager.post("/v1/tenant/support", body.clone()).await.code(), "FORBIDDEN");
    let key = json!({ "name": "x", "kind": "secret", "mode": "live" });
    let key = stage.admin.post("/v1/tenant/keys", key).await.data()["key"].as_str().unwrap().to_owned();
    let by_program = reqwest::Client::new().post(app.url("/v1/tenant/support")).bearer_auth(&key).json(&body);
    assert_eq!(by_program.send().await.unwrap().status(), 403);

    let_in(&stage.admin, 4).await;
    let invited = browser.get("/v1/platform/support").await.data().clone();
    assert_eq!(
        (&invited[0]["tenant"], &invited[0]["about"]),
        (&json!(stage.tenant.id), &json!("The chat stays empty"))
    );
    assert_eq!(invited.as_array().unwrap().len(), 1);
    assert_eq!(
        browser.post(&path(&stage.elsewhere), json!({})).await.code(),
        "SUPPORT_ENDED",
        "of this business alone"
    );
    let without = app.operator().await;
    let refused = without.post(&path(&stage.tenant), json!({})).await;
    assert_eq!(refused.code(), "CONFLICT");
    assert!(refused.body["error"]["message"].as_str().unwrap().contains("two-step"), "{refused:?}");
    assert_eq!(stage.admin.post(&path(&stage.tenant), json!({})).await.code(), "FORBIDDEN");
    assert_eq!(record(app, &stage.tenant), ["let_in"]);
    browser.post(&path(&stage.tenant), json!({})).await.data();
}

#[tokio::test]
async fn support_reads_what_the_staff_read_and_it_is_on_record() {
    let stage = Stage::set().await;
    let app = &stage.app;
    visitor_says(app, &stage.visitor, "Is my order late?").await;
    let mut manager = stage.socket(&stage.manager).await;
    manager.command(&stage.visitor.topic, "note", json!({ "text": "Known to be difficult" })).await;
    let_in(&stage.admin, 1).await;
    let (who, mut browser) = operator(app).await;
    let before = browser.cookies["__Host-brigade"].clone();
    let support = look_in(app, &stage.tenant, &who, &mut browser).await;
    assert_ne!(browser.cookies["__Host-brigade"], before, "the session is rotated");

    let me = support.get("/v1/auth/me").await.data().clone();
    assert_eq!((&me["kind"], &me["tenant"]["id"]), (&json!("support"), &json!(stage.tenant.id)));
    assert_eq!((&me["support"]["ended"], &me["roles"]), (&json!(false), &json!([])));
    let inbox = support.get("/v1/conversations").await.data().clone();
    assert!(inbox.to_string().contains("Known to be difficult") || inbox.to_string().contains("Is my order late?"));
    let read = support.get(&path_of(&stage.visitor.topic)).await.data().clone();
    assert!(read.to_string().contains("Known to be difficult"), "notes too: {read}");
    support.get(&format!("{}/log", path_of(&stage.visitor.topic))).await.data();
    support.get(&format!("{}/messages", path_of(&stage.visitor.topic))).await.data();
    for path in ["/v1/tenant", "/v1/tenant/staff", "/v1/accounts", "/v1/inbox/counts"] {
        support.get(path).await.data();
    }
    let mut socket = Socket::open(app, &support).await;
    assert_eq!(socket.welcome["kind"], "support");
    let snap = socket.subscribe(&stage.visitor.topic).await;
    assert!(snap.to_string().contains("Known to be difficult"), "{snap}");
    socket.subscribe(&stage.clients_chat).await;
    socket.subscribe(&format!("{}/inbox", stage.business())).await;
    manager.command(&stage.visitor.topic, "send", json!({ "text": "It is on its way" })).await;
    let said = socket.expect_where("the answer", |frame| frame["type"] == "message_sent").await;
    assert_eq!(said["body"]["text"], "It is on its way");

    // Other businesses stay closed.
    let theirs = app.visitor(&stage.elsewhere).await;
    assert_eq!(support.get(&path_of(&theirs.topic)).await.code(), "NOT_FOUND");
    socket.send(&json!({ "t": "sub", "topic": theirs.topic })).await;
    assert_eq!(socket.expect("err").await["code"], "NOT_FOUND");

    browser.post("/v1/support/leave", json!({})).await.data();
    assert_eq!(browser.get("/v1/auth/me").await.data()["kind"], "super_admin");
    assert_eq!(socket.closed().await.code, 4403);
    // Each once, however it is opened; what is another's is no opening.
    let opened = ["conversation_opened"; 2];
    assert_eq!(record(app, &stage.tenant), [&["let_in", "looked_in", "list_read"][..], &opened, &["left"]].concat());
    assert!(record(app, &stage.elsewhere).is_empty());
    let platform = app.database.sql(
        "select event_type from audit_log where tenant_id = '00000000-0000-0000-0000-000000000000'
         and event_type like 'support.%' order by seq",
    );
    assert_eq!(platform, "support.looked_in\nsupport.left");
    for chain in [stage.tenant.id, audit::PLATFORM] {
        assert!(audit::verify(&app.inside.db, chain).await.unwrap().is_ok());
    }
    let shown = stage.admin.get("/v1/tenant/support").await.data()[0].clone();
    assert_eq!((&shown["looks"][0]["by"]["name"], &shown["looks"][0]["opened"]), (&json!("Olu Operator"), &json!(2)));
    assert!(shown["looks"][0]["left_at"].is_string() && shown["ended_at"].is_null(), "{shown}");
}

/// From the document: a route that is added and shows what was said is on record by itself, or this fails.
#[tokio::test]
async fn whatever_shows_what_was_said_is_on_record_before_it_does() {
    const SAID: &str = "saffron";
    let stage = Stage::set().await;
    let app = &stage.app;
    visitor_says(app, &stage.visitor, &format!("Where is my {SAID}?")).await;
    let_in(&stage.admin, 4).await;
    let (who, mut browser) = operator(app).await;
    let mut showed = Vec::new();
    for operation in operations(app).await {
        if operation.method != Method::GET || !operation.access.ends_with("_or_support") {
            continue;
        }
        let support = look_in(app, &stage.tenant, &who, &mut browser).await;
        let path = operation.path.replace("{seq}", "1");
        let path = match path.split('/').nth(2).unwrap() {
            "conversations" => path.replace("{id}", &stage.visitor.conversation),
            "accounts" => path.replace("{id}", &stage.account),
            _ => path.replace("{id}", &stage.tenant.id.to_string()),
        };
        let before = record(app, &stage.tenant).len();
        for _ in 0..2 {
            let answer = support.get(&path).await;
            assert!([200, 404].contains(&answer.status), "{path}: {answer:?}");
            let noted = record(app, &stage.tenant)[before..].to_vec();
            if answer.body.to_string().contains(SAID) {
                let expected = if path == "/v1/conversations" { "list_read" } else { "conversation_opened" };
                assert_eq!(noted, [expected], "{path}, once");
                showed.push(operation.path.clone());
            }
        }
        browser.post("/v1/support/leave", json!({})).await.data();
    }
    showed.sort();
    showed.dedup();
    let conversation = "/v1/conversations/{id}";
    let expected =
        ["/v1/conversations", conversation, &format!("{conversation}/log"), &format!("{conversation}/messages")];
    assert_eq!(showed, expected);
}

#[tokio::test]
async fn the_list_is_on_record_over_the_socket_too_once_a_look_or_is_not_shown() {
    let stage = Stage::set().await;
    let app = &stage.app;
    visitor_says(app, &stage.visitor, "Where is my saffron?").await;
    let inbox = |tenant: &TestTenant| format!("tenant:{}/inbox", tenant.id);
    let_in(&stage.admin, 4).await;
    let (who, mut browser) = operator(app).await;
    let support = look_in(app, &stage.tenant, &who, &mut browser).await;
    let mut socket = Socket::open(app, &support).await;
    socket.subscribe(&stage.business()).await;
    socket.send(&json!({ "t": "sub", "topic": inbox(&stage.elsewhere) })).await;
    assert_eq!(socket.expect("err").await["code"], "NOT_FOUND");
    assert_eq!(record(app, &stage.tenant), ["let_in", "looked_in"], "nothing was shown");
    let shown = socket.subscribe(&inbox(&stage.tenant)).await;
    assert!(shown.to_string().contains("saffron"), "{shown}");
    assert_eq!(record(app, &stage.tenant), ["let_in", "looked_in", "list_read"]);
    let mut another = Socket::open(app, &support).await;
    another.subscribe(&inbox(&stage.tenant)).await;
    support.get("/v1/conversations").await.data();
    assert_eq!(record(app, &stage.tenant), ["let_in", "looked_in", "list_read"], "once a look");
    assert_eq!(record(app, &stage.elsewhere), [""; 0]);

    browser.post("/v1/support/leave", json!({})).await.data();
    let support = look_in(app, &stage.tenant, &who, &mut browser).await;
    app.database.sql("revoke update (listed_at) on support_looks from brigade_app");
    let answer = support.get("/v1/conversations").await;
    assert!(answer.status >= 500 && !answer.body.to_string().contains("saffron"), "{answer:?}");
    let mut socket = Socket::open(app, &support).await;
    socket.send(&json!({ "t": "sub", "topic": inbox(&stage.tenant) })).await;
    let refused = socket.expect("err").await;
    assert_eq!((&refused["topic"], &refused["code"]), (&json!(inbox(&stage.tenant)), &json!("INTERNAL")));
    app.database.sql("grant update (listed_at) on support_looks to brigade_app");
    support.get("/v1/conversations").await.data();
    let all = ["let_in", "looked_in", "list_read", "left", "looked_in", "list_read"];
    assert_eq!(record(app, &stage.tenant), all, "another look");
}

/// From the document: a route that is added is tried.
#[tokio::test]
async fn every_route_that_changes_something_is_refused_and_few_that_read_are_open() {
    let stage = Stage::with(&[("server.operator_networks", "192.0.2.1")]).await;
    let app = &stage.app;
    let support = looking_in(app, &stage.tenant, &stage.admin).await;
    let (mut open, mut refused) = (Vec::new(), 0);
    for operation in operations(app).await {
        // These look at no session: nothing is done as anybody. The socket is tried elsewhere.
        if ["public", "site_key", "leaving"].contains(&operation.access.as_str()) || operation.path == "/v1/live" {
            continue;
        }
        let what = format!("{} {}", operation.method, operation.path);
        let body = operation.has_body.then(|| json!({ "a field nobody knows": 1 }));
        let answer = support.ask(operation.method.clone(), &operation.at_nobody(), body.as_ref()).await;
        if operation.method != Method::GET {
            assert_eq!((answer.status, answer.code()), (403, "SUPPORT_MAY_ONLY_LOOK"), "{what}");
            refused += 1;
        } else if answer.status == 403 {
            assert_eq!(answer.code(), "SUPPORT_CLOSED", "{what}");
        } else {
            open.push(operation.path.clone());
        }
    }
    assert!(refused > 50, "only {refused} routes change something");
    // A route that is to be open to support is written down here, and in docs/SECURITY.md.
    let expected = [
        "/v1/accounts",
        "/v1/accounts/{id}",
        "/v1/accounts/{id}/log",
        "/v1/auth/me",
        "/v1/conversations",
        "/v1/conversations/{id}",
        "/v1/conversations/{id}/log",
        "/v1/conversations/{id}/messages",
        "/v1/conversations/{id}/messages/{seq}/edits",
        "/v1/inbox/counts",
        "/v1/inbox/views",
        "/v1/tenant",
        "/v1/tenant/staff",
        "/v1/tenants/{id}",
        "/v1/tenants/{id}/log",
    ];
    open.sort();
    assert_eq!(open, expected);
}

/// From the description of the protocol: a command that is added is tried.
#[tokio::test]
async fn every_command_and_signal_is_refused_over_the_socket() {
    let stage = Stage::with(&[("limits.commands_per_minute", "10000")]).await;
    let app = &stage.app;
    let support = looking_in(app, &stage.tenant, &stage.admin).await;
    let mut socket = Socket::open(app, &support).await;
    let described = Description::read();
    let mut tried = 0;
    for (entity, topic) in
        [("conversation", &stage.visitor.topic), ("account", &stage.account_topic), ("tenant", &stage.business())]
    {
        let before = socket.subscribe(topic).await;
        for kind in described.types(entity, "command") {
            let answer = socket.command(topic, &kind, json!({})).await;
            assert_eq!(answer["code"], "SUPPORT_MAY_ONLY_LOOK", "{kind} on {topic}: {answer}");
            tried += 1;
        }
        // It is refused by what it is, and not because of what is missing in it.
        let right = match entity {
            "conversation" => ("read", json!({ "seq": 1 })),
            "account" => ("rename", json!({ "name": "x" })),
            _ => ("set_available", json!({ "available": true })),
        };
        assert_eq!(socket.command(topic, right.0, right.1).await["code"], "SUPPORT_MAY_ONLY_LOOK");
        assert_eq!(socket.subscribe(topic).await["seq"], before["seq"], "nothing has happened in {topic}");
    }
    assert!(tried > 40, "only {tried} commands");
    let signals = described.schema("Signal")["enum"].as_array().unwrap().clone();
    for kind in signals {
        let frame = json!({ "t": "eph", "topic": stage.visitor.topic, "type": kind, "body": { "on": true } });
        socket.send(&frame).await;
        assert_eq!(socket.expect("err").await["code"], "SUPPORT_MAY_ONLY_LOOK", "{kind}");
    }
    socket.send(&json!({ "t": "sig", "type": "presence_set", "body": { "status": "away" } })).await;
    assert_eq!(socket.expect("err").await["code"], "SUPPORT_MAY_ONLY_LOOK");
}

#[tokio::test]
async fn support_is_nobodys_colleague() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let support = looking_in(app, &stage.tenant, &stage.admin).await;
    let mut socket = Socket::open(app, &support).await;
    let snap = socket.subscribe(&stage.visitor.topic).await;
    let id = support.id.to_string();
    // Whoever looks for them sees nobody, and no staff that is there.
    let mut manager = stage.socket(&stage.manager).await;
    manager.send(&json!({ "t": "sig", "type": "presence_watch", "body": { "who": [id] } })).await;
    let there = manager.expect_where("presence", |frame| frame["t"] == "sig").await;
    assert_eq!(there["body"]["status"], "offline", "{there}");
    let staff = stage.admin.get("/v1/tenant/staff").await.data().to_string();
    assert!(!staff.contains(&id), "{staff}");
    let audience = stage.admin.get(&path_of(&stage.business())).await.data().to_string();
    assert!(!audience.contains(&id), "{audience}");
    assert!(!snap.to_string().contains(&id), "{snap}");
    let assigned = manager.command(&stage.visitor.topic, "assign", json!({ "to": id })).await;
    assert_eq!(assigned["code"], "INVALID_INPUT", "{assigned}");
    assert!(!manager.subscribe(&stage.visitor.topic).await.to_string().contains(&id));
    for table in ["drafts", "notices", "notice_settings", "memberships"] {
        let rows = app.database.sql(&format!("select count(*) from {table} where user_id = '{}'", support.id.uuid()));
        assert_eq!(rows, "0", "{table}");
    }
}

/// Ends looking in some way; support is out within five seconds.
async fn is_out(app: &TestApp, support: &Person, socket: &mut Socket, topic: &str, codes: &[u16]) {
    let answer = support.get(&path_of(topic)).await;
    assert_eq!((answer.status, answer.code()), (403, "SUPPORT_ENDED"), "at once over HTTP");
    let since = Instant::now();
    let closed = socket.closed().await;
    assert!(since.elapsed() < Duration::from_secs(5), "closed after {:?}", since.elapsed());
    assert!(codes.contains(&closed.code), "{closed:?}");
    let (told, _) = Socket::turned_away(app, support).await;
    assert_eq!(told, "SUPPORT_ENDED");
    let me = support.get("/v1/auth/me").await.data().clone();
    assert_eq!((&me["support"]["ended"], me.get("tenant")), (&json!(true), None), "{me}");
    assert_eq!(support.post("/v1/auth/tenant", json!({})).await.code(), "SUPPORT_ENDED");
    assert_eq!(support.get("/v1/platform/overview").await.code(), "SUPPORT_ENDED");
}

#[tokio::test]
async fn the_admin_ends_it_and_support_is_out_at_once() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let support = looking_in(app, &stage.tenant, &stage.admin).await;
    let mut socket = Socket::open(app, &support).await;
    socket.subscribe(&stage.visitor.topic).await;
    let running = stage.admin.get("/v1/tenant/support").await.data()[0].clone();
    let path = format!("/v1/tenant/support/{}", running["id"].as_str().unwrap());
    stage.admin.ask(Method::DELETE, &path, None).await.data();
    is_out(app, &support, &mut socket, &stage.visitor.topic, &[4403]).await;
    assert_eq!(stage.admin.ask(Method::DELETE, &path, None).await.code(), "NOT_FOUND", "once");
    assert_eq!(record(app, &stage.tenant), ["let_in", "looked_in", "conversation_opened", "ended", "left"]);
    let shown = stage.admin.get("/v1/tenant/support").await.data()[0].clone();
    assert_eq!(shown["ended_by"]["id"], json!(stage.admin.id));
    assert!(shown["looks"][0]["left_at"].is_string(), "{shown}");
    // They can go, and are who they were.
    assert_eq!(support.post("/v1/support/leave", json!({})).await.data()["kind"], "super_admin");
}

#[tokio::test]
async fn its_time_ends_it_with_a_socket_open() {
    let stage = Stage::set().await;
    let app = &stage.app;
    // Hashing passwords takes its time.
    let (who, mut browser) = operator(app).await;
    let_in(&stage.admin, 1).await;
    // As the clock would have it some time later; who looks is not told by any trigger.
    app.database.sql(
        "update support_permissions set given_at = given_at - interval '30 minutes', until = clock_timestamp() + interval '4 seconds'",
    );
    let support = look_in(app, &stage.tenant, &who, &mut browser).await;
    let mut socket = Socket::open(app, &support).await;
    socket.subscribe(&stage.visitor.topic).await;
    let closed = socket.closed().await;
    assert_eq!(closed.code, 4401, "{closed:?}");
    let answer = support.get(&path_of(&stage.visitor.topic)).await;
    assert_eq!((answer.status, answer.code()), (403, "SUPPORT_ENDED"));
    // It is over for the business too, before and after anybody has noted it; and somebody else can be let in.
    let shown = stage.admin.get("/v1/tenant/support").await.data()[0].clone();
    assert!(shown["ended_at"].is_string() && shown["ended_by"].is_null(), "{shown}");
    let_in(&stage.admin, 1).await;
    assert_eq!(record(app, &stage.tenant), ["let_in", "looked_in", "conversation_opened", "ended", "left", "let_in"]);
    assert_eq!(support.get(&path_of(&stage.visitor.topic)).await.code(), "SUPPORT_ENDED", "the new one is another");
}

#[tokio::test]
async fn the_worker_notes_that_its_time_is_over() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let_in(&stage.admin, 1).await;
    make_over(app, &stage.tenant);
    app.database.sql("update graphile_worker._private_jobs set run_at = now() where run_at > now()");
    eventually("it is on record", Duration::from_secs(20), async || {
        (record(app, &stage.tenant) == ["let_in", "ended"]).then_some(())
    })
    .await;
    let by = app.database.sql("select actor from audit_log where event_type = 'support.ended'");
    assert_eq!(by, "system");
}

#[tokio::test]
async fn a_suspended_business_and_a_lost_office_end_it() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let support = looking_in(app, &stage.tenant, &stage.admin).await;
    let mut socket = Socket::open(app, &support).await;
    app.database.sql(&format!("update tenants set status = 'suspended' where id = '{}'", stage.tenant.id.uuid()));
    assert_eq!(socket.closed().await.code, 4403);
    assert_eq!(support.get("/v1/conversations").await.code(), "SUPPORT_ENDED");
    app.database.sql(&format!("update tenants set status = 'active' where id = '{}'", stage.tenant.id.uuid()));
    let mut socket = eventually("it may look again", Duration::from_secs(5), async || {
        let back = support.get("/v1/conversations").await.status == 200;
        if back { Some(Socket::open(app, &support).await) } else { None }
    })
    .await;
    app.database.sql(&format!("update users set super_admin = false where id = '{}'", support.id.uuid()));
    assert_eq!(socket.closed().await.code, 4403);
    assert_eq!(support.get("/v1/conversations").await.code(), "SUPPORT_ENDED");
}

#[tokio::test]
async fn signing_out_is_leaving() {
    let stage = Stage::set().await;
    let support = looking_in(&stage.app, &stage.tenant, &stage.admin).await;
    support.post("/v1/auth/sign-out", json!({})).await.data();
    assert_eq!(support.get("/v1/conversations").await.code(), "AUTH_REQUIRED");
    assert_eq!(record(&stage.app, &stage.tenant), ["let_in", "looked_in", "left"]);
    let signed_out = stage.app.database.sql(&format!(
        "select count(*) from audit_log where tenant_id = '{}' and event_type = 'session.signed_out'",
        stage.tenant.id.uuid()
    ));
    assert_eq!(signed_out, "0", "they are nobody of the business");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_are_given_at_the_same_instant_one_runs() {
    let stage = Stage::set().await;
    let other = stage.app.client_as(&stage.tenant, Role::Admin).await;
    let body = json!({ "hours": 1, "about": "x" });
    let (one, two) = tokio::join!(
        stage.admin.post("/v1/tenant/support", body.clone()),
        other.post("/v1/tenant/support", body.clone())
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{one:?} {two:?}");
    assert_eq!(record(&stage.app, &stage.tenant), ["let_in"]);
}

/// What the database holds whoever writes to it.
#[tokio::test]
async fn the_database_lets_nobody_look_who_may_not() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let permission = let_in(&stage.admin, 1).await;
    let id: brigade_domain::id::PermissionId = permission["id"].as_str().unwrap().parse().unwrap();
    let look = |user: Uuid| {
        format!(
            "insert into support_looks (tenant_id, session_id, permission_id, user_id, began_at)
             values ('{}', '{}', '{}', '{user}', clock_timestamp())",
            stage.tenant.id.uuid(),
            Uuid::now_v7(),
            id.uuid()
        )
    };
    let operator = app.operator().await;
    for user in [stage.manager.id, operator.id] {
        let refused = app.database.try_sql(&look(user.uuid())).unwrap_err();
        assert!(refused.contains("is not support, or has no second factor"), "{refused}");
    }
    let second = format!(
        "insert into support_permissions (tenant_id, id, about, given_by, given_at, until)
         select tenant_id, '{}', about, given_by, given_at, until from support_permissions",
        Uuid::now_v7()
    );
    assert!(app.database.try_sql(&second).unwrap_err().contains("support_permissions_one_runs"));
    let longer = "update support_permissions set until = given_at + interval '73 hours'";
    assert!(app.database.try_sql(longer).unwrap_err().contains("support_permissions_bounded"));
    make_over(app, &stage.tenant);
    let support = Authenticator::of(app, &operator.email).await;
    drop(support);
    let refused = app.database.try_sql(&look(operator.id.uuid())).unwrap_err();
    assert!(refused.contains("does not let support look"), "{refused}");
}
