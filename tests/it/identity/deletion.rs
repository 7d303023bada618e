//! Deleting one's account (BAL-COMP-04, -20): what goes, what stays, who cannot, and that signing in takes it back.

use std::collections::BTreeSet;

use brigade_domain::actor::Role;
use brigade_domain::id::UserId;
use brigade_domain::identity::ports::Outbox as _;
use brigade_store::audit;
use reqwest::Method;
use serde_json::json;

use crate::chat::{command, says};
use crate::live::stage::account_of;
use crate::support::{Answer, Authenticator, Browser, PASSWORD, Person, TestApp};

const PATH: &str = "/v1/auth/deletion";

async fn ask(person: &Person) -> Answer {
    person.post(PATH, json!({ "password": PASSWORD })).await
}

/// Two weeks later.
async fn two_weeks_later(app: &TestApp, user: UserId) {
    app.jobs_done().await;
    app.database.sql(
        "update account_deletions set requested_at = requested_at - interval '14 days', due_at = due_at - interval '14 days'",
    );
    // Twice: a worker that was killed leaves its job to the next.
    for _ in 0..2 {
        let job = json!({ "tenant": null, "task": "account.delete", "body": { "user": user } });
        app.database.sql(&format!("select graphile_worker.add_job('brigade', '{job}')"));
        app.jobs_done().await;
    }
}

async fn subjects(app: &TestApp, email: &str) -> Vec<String> {
    let mails = app.inside.platform.identity.newest().await.unwrap();
    mails.into_iter().filter(|sent| sent.mail.to == email).map(|sent| sent.mail.subject).collect()
}

/// The tables that hold a text somewhere.
fn tables_with(app: &TestApp, text: &str) -> Vec<String> {
    let tables = app.database.sql(
        "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
         order by table_name",
    );
    let holds = |table: &&str| {
        let sql = format!("select count(*) from \"{table}\" row where strpos(row_to_json(row)::text, '{text}') > 0");
        app.database.sql(&sql) != "0"
    };
    tables.lines().filter(holds).map(str::to_owned).collect()
}

/// A table that points at a person is emptied of them, or named here with why not.
fn assert_emptied(app: &TestApp, id: UserId) {
    let user = id.uuid();
    let kept: BTreeSet<&str> = BTreeSet::from([
        // Ids alone, of the business's routing; they go with time.
        "routing_presence.user_id",
        "routing_turns.user_id",
        "routing_gifts.user_id",
        // That it was accepted; whom it was for is written over.
        "invitations.accepted_by",
        // Ids alone: that the business consented, that it ended, and who looked.
        "support_permissions.given_by",
        "support_permissions.ended_by",
        "support_looks.user_id",
    ]);
    let pointing = app.database.sql(
        "select c.conrelid::regclass || '.' || a.attname from pg_constraint c
         join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
         where c.confrelid = 'users'::regclass and c.contype = 'f' order by 1",
    );
    let emptied: BTreeSet<&str> = BTreeSet::from([
        "account_deletions.user_id",
        "data_exports.user_id",
        "drafts.user_id",
        "inbox_views.owner",
        "memberships.user_id",
        "notice_digests.user_id",
        "notice_settings.user_id",
        "notices.user_id",
        "one_time_tokens.user_id",
        "push_devices.user_id",
        "second_factors.user_id",
        "second_steps.user_id",
        "sessions.user_id",
        "sign_in_history.user_id",
        "transcripts.user_id",
    ]);
    let all: BTreeSet<&str> = kept.union(&emptied).copied().collect();
    assert_eq!(pointing.lines().collect::<BTreeSet<_>>(), all, "decide what a deletion does with it");
    for column in emptied {
        let (table, column) = column.split_once('.').unwrap();
        let left = app.database.sql(&format!("select count(*) from {table} where {column} = '{user}'"));
        assert_eq!(left, "0", "{table}");
    }
}

#[tokio::test]
async fn what_is_theirs_goes_and_their_words_stay() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    app.client_as(&tenant, Role::Admin).await;
    let client = app.client_as(&tenant, Role::Client).await;
    let (_, topic) = account_of(&app, &tenant, &client).await;
    let talk = topic.split_once(':').unwrap().1.to_owned();
    let (id, email) = app.user(&tenant, Role::Admin, "Theodora Quill").await;
    let manager = Person::sign_in(&app, id, &email, PASSWORD).await;
    says(&manager, &talk, "I will look after you").await;
    let draft = json!({ "rev": 0, "kind": "send", "text": "unsent", "since": 0 });
    manager.ask(Method::PUT, &format!("/v1/conversations/{talk}/draft"), Some(&draft)).await.data();
    let view = json!({ "name": "Mine", "criteria": { "status": "open" } });
    manager.post("/v1/inbox/views", view).await.data();
    let program = json!({ "email": email, "password": PASSWORD });
    Browser::new(&app).post("/v1/auth/tokens", program.clone()).await.data();
    Browser::new(&app).post("/v1/auth/password/forgot", json!({ "email": email })).await.data();
    manager.post("/v1/auth/exports", json!({ "password": PASSWORD })).await.data();
    app.jobs_done().await;
    assert_eq!(app.files().len(), 1);
    let her = Authenticator::of(&app, &email).await;
    // Half-way through signing in elsewhere.
    Browser::new(&app).sign_in(&email, PASSWORD).await.data();

    let body = json!({ "password": PASSWORD, "code": her.recovery_codes[0] });
    let mut browser = her.browser.clone();
    let due = browser.post(PATH, body).await.data()["due_at"].as_str().unwrap().to_owned();
    let weeks = app.database.sql("select due_at - requested_at = interval '14 days' from account_deletions");
    assert_eq!(weeks, "t", "{due}");
    two_weeks_later(&app, id).await;

    let user = id.uuid();
    let row = app.database.sql(
        "select name, email, password_hash is null, disabled_at is not null from users where deleted_at is not null",
    );
    assert_eq!(row, format!("Deleted person|deleted-{user}@deleted.invalid|t|t"));
    assert_emptied(&app, id);
    assert_eq!(app.files().len(), 0, "their copy goes as well");
    assert_eq!(tables_with(&app, &email), Vec::<String>::new());
    assert!(!app.database.sql("select payload from graphile_worker._private_jobs").contains(&email));

    // The words stay, and the record of it: by id.
    let page = client.get(&format!("/v1/conversations/{talk}/messages")).await;
    assert!(page.data()["messages"].to_string().contains("I will look after you"));
    let lines = app.database.sql(&format!("select tenant_id, metadata from audit_log where event_type = 'user.deleted' and strpos(metadata, '{id}') > 0 order by tenant_id"));
    assert_eq!(lines.lines().count(), 2, "in the business's chain and the platform's: {lines}");
    for chain in app.database.sql("select distinct tenant_id from audit_log").lines() {
        let chain = brigade_domain::id::TenantId::from_uuid(chain.parse().unwrap());
        assert!(audit::verify(&app.inside.db, chain).await.unwrap().is_ok());
    }

    // Nobody of that address: one answer. It can be used anew.
    let gone = Browser::new(&app).sign_in(&email, PASSWORD).await;
    let nobody = Browser::new(&app).sign_in("nobody@people.example", PASSWORD).await;
    assert_eq!((gone.status, &gone.body["error"]), (401, &nobody.body["error"]));
    assert_eq!(browser.get("/v1/auth/sessions").await.code(), "AUTH_REQUIRED");
    let new = brigade_server::platform::NewPerson {
        email: email.clone(),
        name: "Somebody new".to_owned(),
        password: brigade_domain::identity::Secret::new(PASSWORD),
        super_admin: false,
    };
    app.inside.platform.create_person(&new).await.unwrap();
    Browser::new(&app).sign_in(&email, PASSWORD).await.data();
}

#[tokio::test]
async fn a_client_leaves_the_account_and_the_business_keeps_the_conversation() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let client = app.client_as(&tenant, Role::Client).await;
    let (account, topic) = account_of(&app, &tenant, &client).await;
    let talk = topic.split_once(':').unwrap().1.to_owned();
    // What is shown here holds for the next request.
    client.get("/v1/auth/me").await.data();
    says(&client, &talk, "Do you deliver?").await;
    ask(&client).await.data();
    two_weeks_later(&app, client.id).await;
    assert_eq!(app.database.sql("select count(*) from account_members"), "0");
    let seen = admin.get(&format!("/v1/accounts/{account}")).await;
    assert!(!seen.data()["state"]["members"].to_string().contains(&client.id.to_string()), "{seen:?}");
    let note = command("note", &json!({ "text": "They have left" }));
    admin.post(&format!("/v1/conversations/{talk}/commands"), note).await.data();
}

#[tokio::test]
async fn everything_ends_at_once_and_signing_in_takes_it_back() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (person, mut socket) = app.ws_as(&tenant, Role::Client).await;
    let elsewhere = Person::sign_in(&app, person.id, &person.email, PASSWORD).await;
    let wrong = person.post(PATH, json!({ "password": "not my password" })).await;
    assert_eq!((wrong.code(), wrong.body["error"]["details"]["field"].as_str()), ("AUTH_INVALID", Some("password")));
    assert_eq!(elsewhere.get(PATH).await.data()["possible"], true);
    let (one, two) = tokio::join!(ask(&person), ask(&person));
    assert!(one.status == 200 || two.status == 200, "{one:?} {two:?}");
    assert_eq!(app.database.sql("select count(*) from account_deletions"), "1");
    assert_eq!(socket.closed().await.code, 4403);
    for gone in [&person, &elsewhere] {
        assert_eq!(gone.get("/v1/auth/sessions").await.code(), "AUTH_REQUIRED");
    }
    assert_eq!(subjects(&app, &person.email).await[0], "Your account will be deleted");

    // A wrong password takes nothing back; the right one does, and the job finds nothing to do.
    assert_eq!(Browser::new(&app).sign_in(&person.email, "not my password").await.code(), "AUTH_INVALID");
    assert_eq!(app.database.sql("select count(*) from account_deletions"), "1");
    let mut back = Browser::new(&app);
    back.sign_in(&person.email, PASSWORD).await.data();
    assert_eq!(app.database.sql("select count(*) from account_deletions"), "0");
    assert!(subjects(&app, &person.email).await.contains(&"Your account stays".to_owned()));
    two_weeks_later(&app, person.id).await;
    assert_eq!(back.get("/v1/auth/me").await.data()["user"]["email"], person.email);
    let events =
        app.database.sql("select event_type from audit_log where event_type like 'user.deletion%' order by seq");
    assert_eq!(events, "user.deletion_asked\nuser.deletion_taken_back");
}

#[tokio::test]
async fn the_last_admin_who_stays_cannot_go() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (one, two) = (app.client_as(&tenant, Role::Admin).await, app.client_as(&tenant, Role::Admin).await);
    // Both at once: one goes.
    let (first, second) = tokio::join!(ask(&one), ask(&two));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{first:?} {second:?}");
    let (goes, stays) = if first.status == 200 { (one, two) } else { (two, one) };
    let refused = ask(&stays).await;
    assert_eq!(refused.body["error"]["details"]["constraint"], "account_deletions_keep_an_admin");
    let outlook = stays.get(PATH).await;
    assert_eq!(outlook.data()["last_admin_of"], json!([format!("Tenant {}", tenant.slug)]));
    // Who goes does not count as an admin for what else could be done.
    let role = json!({ "role": "account_manager" });
    let path = format!("/v1/tenant/staff/{}", stays.id);
    assert_eq!(stays.ask(Method::PATCH, &path, Some(&role)).await.code(), "CONFLICT");
    // Who has come back does.
    Browser::new(&app).sign_in(&goes.email, PASSWORD).await.data();
    ask(&stays).await.data();
    two_weeks_later(&app, stays.id).await;
    assert_eq!(app.database.sql("select count(*) from memberships where role = 'admin'"), "1");
}

#[tokio::test]
async fn who_operates_the_platform_does_not_go_by_a_page_and_nobody_wakes_the_deleted() {
    let app = TestApp::start().await;
    let (id, email) = app.somebody("Opal", true).await;
    let operator = Person::sign_in(&app, id, &email, PASSWORD).await;
    assert_eq!(operator.get(PATH).await.data()["operator"], true);
    assert_eq!(ask(&operator).await.code(), "CONFLICT");

    let tenant = app.tenant().await;
    let client = app.client_as(&tenant, Role::Client).await;
    ask(&client).await.data();
    two_weeks_later(&app, client.id).await;
    let tries = format!(
        "do $$ begin update users set disabled_at = null where id = '{0}'; raise notice 'awake';
             exception when integrity_constraint_violation then null; end $$;
         do $$ begin set local role brigade_app; update users set email = 'eve@people.example' where id = '{1}'; raise notice 'moved';
             exception when integrity_constraint_violation then null; end $$;
         select count(*) from users where email = 'eve@people.example' or (id = '{0}' and disabled_at is null)",
        client.id.uuid(),
        id.uuid()
    );
    assert!(app.database.sql(&tries).ends_with('0'));
}
