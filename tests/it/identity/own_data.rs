//! A copy of one's own data (BAL-COMP-05, -19): what is in it, who can have it, and that it is made whatever breaks.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::time::Duration;

use brigade_domain::Timestamp;
use brigade_domain::actor::Role;
use brigade_domain::id::{ExportId, TeamId};
use brigade_domain::identity::ports::{ExportWork as _, Outbox as _};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::chat::{command, says};
use crate::live::stage::{account_of, system};
use crate::support::{Answer, Authenticator, Browser, PASSWORD, Person, TestApp, TestTenant, eventually};

const PATH: &str = "/v1/auth/exports";

async fn request(person: &Person) -> Answer {
    person.post(PATH, json!({ "password": PASSWORD })).await
}

/// The newest copy, once it is ready.
async fn ready(person: &Person) -> Value {
    eventually("the copy is ready", Duration::from_secs(30), async || {
        let copy = person.get(PATH).await.data()[0].clone();
        (copy["state"] == "ready").then_some(copy)
    })
    .await
}

async fn fetch(person: &Person, copy: &Value) -> reqwest::Response {
    let path = format!("{PATH}/{}/file", copy["id"].as_str().unwrap());
    person.request(Method::GET, &path).send().await.unwrap()
}

/// What is in a copy, by name.
async fn unpacked(person: &Person, copy: &Value) -> BTreeMap<String, Vec<u8>> {
    let bytes = fetch(person, copy).await.bytes().await.unwrap();
    assert_eq!(Some(bytes.len() as u64), copy["bytes"].as_u64());
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        assert!(files.insert(file.name().unwrap().into_owned(), content).is_none(), "a name twice");
    }
    files
}

fn json_of(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Value {
    serde_json::from_slice(&files[name]).unwrap_or_else(|error| panic!("{name}: {error}"))
}

async fn give(person: &Person, conversation: &str, name: &str, bytes: &[u8]) {
    let path = format!("/v1/conversations/{conversation}/attachments");
    let begun = person.post(&path, json!({ "name": name, "size": bytes.len() })).await;
    let id = begun.data()["id"].as_str().unwrap().to_owned();
    let mut last = Value::Null;
    for (index, part) in bytes.chunks(1_048_576).enumerate() {
        let put = person.request(Method::PUT, &format!("{path}/{id}?offset={}", index * 1_048_576));
        let put = put.header("content-type", "application/octet-stream").body(part.to_vec());
        last = Answer::of(put.send().await.unwrap()).await.data()["attachment"].clone();
    }
    let body = json!({ "text": "Here it is", "attachments": [last] });
    person.post(&format!("/v1/conversations/{conversation}/commands"), command("send", &body)).await.data();
}

/// Over two parts, and nothing that packs.
fn noise() -> Vec<u8> {
    let mut last = 7u32;
    let next = |_| {
        last = last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        last.to_be_bytes()[0]
    };
    (0..2_500_000).map(next).collect()
}

/// The matter is settled, and the customer says twice how it was.
async fn rates(app: &TestApp, tenant: &TestTenant, (client, manager): (&Person, &Person), talk: &str) {
    let path = format!("/v1/conversations/{talk}/commands");
    let seq = manager.post(&path, command("resolve", &json!({}))).await.data()["seq"].clone();
    let question = json!({ "rev": seq, "question": "How was it?" });
    system(app, tenant, &format!("conversation:{talk}"), "ask_feedback", question).await;
    let seen = client.get(&format!("/v1/conversations/{talk}")).await;
    let asked = seen.data()["state"]["feedback"]["asked"].clone();
    assert!(asked.is_u64(), "{seen:?}");
    for said in [json!({ "score": 2, "comment": "Cold شكرا" }), json!({ "score": 5 })] {
        let mut body = said;
        body["asked"] = asked.clone();
        client.post(&path, command("give_feedback", &body)).await.data();
    }
}

/// One for later, changed since, and one that was cancelled.
async fn schedules(manager: &Person, talk: &str) {
    let path = format!("/v1/conversations/{talk}/commands");
    let send_at = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(9);
    let later = json!({ "text": "Good morning", "send_at": send_at });
    let item = manager.post(&path, command("schedule", &later)).await.data()["seq"].clone();
    let changed = json!({ "item": item, "text": "Good evening", "send_at": send_at });
    manager.post(&path, command("reschedule", &changed)).await.data();
    let item = manager.post(&path, command("schedule", &later)).await.data()["seq"].clone();
    manager.post(&path, command("unschedule", &json!({ "item": item }))).await.data();
}

/// It is the staff's affair which team has it.
async fn given_to_a_team(app: &TestApp, tenant: &TestTenant, manager: &Person, talk: &str) -> String {
    let (team, own) = (TeamId::from_uuid(Uuid::now_v7()), format!("tenant:{}", tenant.id));
    let made = json!({ "team": team, "name": "Kitchen", "members": [manager.id] });
    system(app, tenant, &own, "set_team", made).await;
    let given = command("assign_team", &json!({ "team": team }));
    manager.post(&format!("/v1/conversations/{talk}/commands"), given).await.data();
    team.to_string()
}

/// Messages and notes they wrote, and no conversation of others.
async fn assert_staff_has_their_words(tenant: &TestTenant, manager: &Person) {
    request(manager).await.data();
    let files = unpacked(manager, &ready(manager).await).await;
    let written = json_of(&files, &format!("written/{}.json", tenant.id));
    let texts: Vec<_> = written.as_array().unwrap().iter().map(|each| (&each["kind"], &each["text"])).collect();
    let (note, message) = (json!("note"), json!("message"));
    assert_eq!(
        texts,
        [
            (&message, &json!("It is!")),
            (&note, &json!("Ask about the invoice of the Hendersons")),
            (&json!("scheduled"), &json!("Good evening")),
        ],
        "neither what was deleted is, nor what was cancelled"
    );
    assert!(!files.keys().any(|name| name.starts_with("conversations/")));
}

#[tokio::test]
async fn a_copy_holds_what_is_known_of_its_owner_and_nothing_that_is_others() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let client = app.client_as(&tenant, Role::Client).await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    let (_, topic) = account_of(&app, &tenant, &client).await;
    let talk = topic.split_once(':').unwrap().1.to_owned();
    client.ask(Method::PATCH, "/v1/auth/me", Some(&json!({ "name": "Mia مايا 🙂" }))).await.data();
    says(&client, &talk, "Is the soup vegan? شكرا").await;
    says(&manager, &talk, "It is!").await;
    let note = command("note", &json!({ "text": "Ask about the invoice of the Hendersons" }));
    manager.post(&format!("/v1/conversations/{talk}/commands"), note).await.data();
    let gone = says(&manager, &talk, "Wrong window, sorry").await;
    let delete = command("delete", &json!({ "seq": gone }));
    manager.post(&format!("/v1/conversations/{talk}/commands"), delete).await.data();
    schedules(&manager, &talk).await;
    let team = given_to_a_team(&app, &tenant, &manager, &talk).await;
    rates(&app, &tenant, (&client, &manager), &talk).await;
    let noise = noise();
    give(&client, &talk, "plan: a*b.bin", &noise).await;

    let asked = request(&client).await;
    assert_eq!(asked.data()["state"], "making");
    let copy = ready(&client).await;
    let head = fetch(&client, &copy).await;
    let header = |name: &str| head.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("content-type").as_str(), header("cache-control").as_str()), ("application/zip", "no-store"));
    assert!(header("content-disposition").starts_with("attachment; filename=\"brigade-data-"));
    let files = unpacked(&client, &copy).await;
    assert!(String::from_utf8_lossy(&files["README.txt"]).contains("What is not in it"));
    let profile = &json_of(&files, "profile.json")[0];
    assert_eq!((&profile["email"], &profile["name"]), (&json!(client.email), &json!("Mia مايا 🙂")));
    assert_eq!(json_of(&files, "memberships.json")[0]["role"], "client");
    assert_eq!(json_of(&files, "sign-ins.json")[0]["what"], "signed_in");
    assert!(json_of(&files, "sessions.json")[0]["device"].is_string());
    let said = json_of(&files, &format!("conversations/{talk}.json"));
    let texts: Vec<_> = said["messages"].as_array().unwrap().iter().map(|message| message["text"].clone()).collect();
    assert_eq!(texts, ["Here it is", "", "It is!", "Is the soup vegan? شكرا"]);
    assert_eq!(said["names"][client.id.to_string()], "Mia مايا 🙂");
    let rated = json_of(&files, &format!("feedback/{}.json", tenant.id));
    let rated: Vec<_> = rated.as_array().unwrap().iter().map(|each| (&each["score"], &each["comment"])).collect();
    assert_eq!(rated, [(&json!(2), &json!("Cold شكرا")), (&json!(5), &Value::Null)], "what they said first, and then");
    let given = json_of(&files, &format!("files/{}.json", tenant.id));
    let name = given[0]["file"].as_str().unwrap();
    assert!(name.ends_with("-plan_ a_b.bin"), "{name}");
    assert_eq!(files[name], noise);
    let everything: String = files
        .iter()
        .filter(|(name, _)| Some(name.as_str()) != given[0]["file"].as_str())
        .map(|(_, content)| String::from_utf8_lossy(content))
        .collect();
    let others =
        ["Hendersons", "Wrong window", "Good evening", "Kitchen", &team, &manager.email, "password_hash", "$argon2"];
    for others in others {
        assert!(!everything.contains(others), "{others} is in it");
    }
    assert!(!files.keys().any(|name| name.starts_with("written/")), "a client writes in conversations");

    assert_staff_has_their_words(&tenant, &manager).await;
    let mails = app.inside.platform.identity.newest().await.unwrap();
    assert!(mails.iter().any(|sent| sent.mail.to == client.email && sent.mail.subject == "Your data is ready"));
    let events = app.database.sql("select event_type from audit_log where event_type like 'own_data.%' order by seq");
    assert!(events.starts_with("own_data.copy_requested\nown_data.copy_made\nown_data.copy_saved"), "{events}");
}

#[tokio::test]
async fn what_others_did_about_somebody_says_neither_who_nor_from_where() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let path = format!("/v1/tenant/staff/{}", manager.id);
    admin.ask(Method::PATCH, &path, Some(&json!({ "role": "admin" }))).await.data();
    let manager = Person::sign_in(&app, manager.id, &manager.email, PASSWORD).await;
    request(&manager).await.data();
    let files = unpacked(&manager, &ready(&manager).await).await;
    let lines = json_of(&files, &format!("audit/{}.json", tenant.id));
    let lines = lines.as_array().unwrap();
    let changed = lines.iter().find(|line| line["event"] == "staff.role_changed").unwrap();
    assert_eq!((&changed["by"], &changed["address"]), (&json!("somebody else"), &Value::Null));
    let own = lines.iter().find(|line| line["event"] == "session.signed_in").unwrap();
    assert_eq!((&own["by"], &own["address"]), (&json!("you"), &json!("127.0.0.1")));
    assert!(!lines.iter().any(|line| line.to_string().contains(&admin.id.to_string())));
}

#[tokio::test]
async fn it_takes_the_password_and_the_second_step() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (_, email) = app.user(&tenant, Role::Admin, "Maya").await;
    let mut her = Authenticator::of(&app, &email).await;
    let wrong = her.browser.post(PATH, json!({ "password": "not my password", "code": "000000" })).await;
    assert_eq!((wrong.code(), wrong.body["error"]["details"]["field"].as_str()), ("AUTH_INVALID", Some("password")));
    let body = json!({ "password": PASSWORD });
    assert_eq!(her.browser.post(PATH, body).await.code(), "SECOND_FACTOR_REQUIRED");
    let code = her.wrong();
    assert_eq!(her.browser.post(PATH, json!({ "password": PASSWORD, "code": code })).await.code(), "AUTH_INVALID");
    assert_eq!(her.browser.get(PATH).await.data(), &json!([]));
    let code = her.recovery_codes[0].clone();
    her.browser.post(PATH, json!({ "password": PASSWORD, "code": code })).await.data();
    assert_eq!(Browser::new(&app).post(PATH, json!({ "password": PASSWORD })).await.code(), "AUTH_REQUIRED");
}

#[tokio::test]
async fn of_two_at_once_one_is_made_and_the_next_an_hour_later() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let person = app.client_as(&tenant, Role::Client).await;
    let (one, two) = tokio::join!(request(&person), request(&person));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 429]);
    ready(&person).await;
    let again = person.request(Method::POST, PATH).json(&json!({ "password": PASSWORD })).send().await.unwrap();
    let wait: u64 = again.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((3_000..=3_600).contains(&wait), "{wait}");
    assert_eq!(Answer::of(again).await.code(), "RATE_LIMITED");
    // Also to who goes around the server.
    let by_hand = format!(
        "do $$ begin
             insert into data_exports (id, user_id, requested_at, expires_at)
             values (gen_random_uuid(), '{}', now(), now() + interval '1 day');
         exception when integrity_constraint_violation then null; end $$; select count(*) from data_exports",
        person.id.uuid()
    );
    assert!(app.database.sql(&by_hand).ends_with('1'));
    app.database.sql("update data_exports set requested_at = requested_at - interval '61 minutes'");
    request(&person).await.data();
    app.jobs_done().await;
    assert_eq!(person.get(PATH).await.data().as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn another_persons_is_not_there_and_what_is_over_is_gone() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (person, other) = (app.client_as(&tenant, Role::Client).await, app.client_as(&tenant, Role::Admin).await);
    request(&person).await.data();
    let copy = ready(&person).await;
    let foreign = Answer::of(fetch(&other, &copy).await).await;
    let missing = Answer::of(fetch(&other, &json!({ "id": ExportId::from_uuid(Uuid::now_v7()) })).await).await;
    assert_eq!((foreign.status, &foreign.body["error"]), (404, &missing.body["error"]));
    assert_eq!(other.get(PATH).await.data(), &json!([]));
    let seen = "begin; set local role brigade_app; select 'seen ' || count(*) from data_exports; rollback";
    assert!(app.database.sql(seen).contains("seen 0"));

    app.jobs_done().await;
    assert_eq!(app.files().len(), 1);
    // A day after it was asked for the first look comes: it is ready by then, and stays.
    app.database.sql("update graphile_worker._private_jobs set run_at = now()");
    app.jobs_done().await;
    assert_eq!(app.files().len(), 1);
    fetch(&person, &copy).await.error_for_status().unwrap();

    let user = person.id.uuid();
    app.database.sql("update data_exports set requested_at = now() - interval '8 days', finished_at = now() - interval '8 days', expires_at = now() - interval '1 day'");
    assert_eq!(person.get(PATH).await.data(), &json!([]), "over is over, taken away or not");
    assert_eq!(Answer::of(fetch(&person, &copy).await).await.code(), "NOT_FOUND");
    for _ in 0..2 {
        let id = copy["id"].as_str().unwrap();
        let job = json!({ "tenant": null, "task": "own_data.expire", "body": { "user": person.id, "export": id } });
        app.database.sql(&format!("select graphile_worker.add_job('brigade', '{job}')"));
        app.jobs_done().await;
        assert_eq!(app.files().len(), 0);
        assert_eq!(app.database.sql(&format!("select count(*) from data_exports where user_id = '{user}'")), "0");
    }
}

#[tokio::test]
async fn what_a_killed_attempt_left_is_taken_away_and_an_old_one_does_not_win() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let person = app.client_as(&tenant, Role::Client).await;
    let identity = &app.inside.platform.identity;
    let (id, killed) = (ExportId::from_uuid(Uuid::now_v7()), Uuid::now_v7());
    app.database.sql(&format!(
        "insert into data_exports (id, user_id, requested_at, expires_at)
         values ('{}', '{}', now(), now() + interval '23 hours')",
        id.uuid(),
        person.id.uuid()
    ));
    // An attempt that wrote a part, and then its process was gone.
    assert_eq!(identity.begin(person.id, id, killed, Timestamp::now()).await.unwrap(), Some(None));
    let nobody = brigade_domain::id::TenantId::from_uuid(Uuid::nil());
    let left = app.folder.path().join(nobody.to_string());
    let left = left.join(brigade_domain::id::AttachmentId::from_uuid(killed).to_string());
    std::fs::create_dir_all(&left).unwrap();
    std::fs::write(left.join("part-00000000"), b"half a copy").unwrap();

    let job = json!({ "tenant": null, "task": "own_data.build", "body": { "user": person.id, "export": id } });
    for _ in 0..2 {
        app.database.sql(&format!("select graphile_worker.add_job('brigade', '{job}')"));
    }
    let copy = ready(&person).await;
    app.jobs_done().await;
    assert!(unpacked(&person, &copy).await.contains_key("profile.json"));
    assert_eq!(app.files().len(), 1, "{:?}", app.files());

    // It wakes up after all: whatever it says counts no more.
    assert!(!identity.progress(person.id, killed, (1, 9)).await.unwrap());
    assert!(!identity.finish(person.id, killed, 11, Timestamp::now()).await.unwrap());
    assert_eq!(identity.begin(person.id, id, Uuid::now_v7(), Timestamp::now()).await.unwrap(), None);
    assert_eq!(person.get(PATH).await.data()[0], copy);
    let letters = app.database.sql("select count(*) from audit_log where event_type = 'own_data.copy_made'");
    assert_eq!(letters, "1");
}
