//! What the staff are told: each thing once, live, and nothing that was read elsewhere.

use std::time::Duration;

use brigade_domain::actor::Role;
use brigade_domain::id::NoticeId;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{command, says, visitor_says};
use crate::live::stage::{Stage, account_of};
use crate::support::{PASSWORD, Person, Socket, TestApp, TestTenant, eventually};

const LIST: &str = "/v1/notices";
const LONG: Duration = Duration::from_secs(30);

async fn list(person: &Person) -> Vec<Value> {
    person.get(LIST).await.data().as_array().unwrap().clone()
}

/// What somebody was told, as kind, how often, and whether it was read.
async fn told(person: &Person) -> Vec<(String, u64, bool)> {
    let one = |notice: &Value| {
        (
            notice["kind"].as_str().unwrap().to_owned(),
            notice["times"].as_u64().unwrap(),
            notice["read"].as_bool().unwrap(),
        )
    };
    list(person).await.iter().map(one).collect()
}

pub(super) async fn told_is(person: &Person, expected: &[(&str, u64, bool)]) {
    let expected: Vec<_> = expected.iter().map(|(kind, times, read)| ((*kind).to_owned(), *times, *read)).collect();
    let mut last = Vec::new();
    let done = tokio::time::timeout(LONG, async {
        loop {
            last = told(person).await;
            if last == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    assert!(done.is_ok(), "{last:?} is not {expected:?}");
}

/// Everything that was committed until now has been read for notices.
async fn caught_up(app: &TestApp) {
    eventually("the logs are read", LONG, async || {
        let behind = "select count(*) from entities head left join notice_cursors known on known.entity_id = head.id
                      where head.kind <> 'tenant' and coalesce(known.seq, 0) < head.version";
        (app.database.sql(behind) == "0").then_some(())
    })
    .await;
}

pub(super) async fn give(who: &Person, conversation: &str, kind: &str, body: Value) {
    who.post(&format!("/v1/conversations/{conversation}/commands"), command(kind, &body)).await.data();
}

async fn business(admin: &Person, tenant: &TestTenant, kind: &str, body: Value) {
    admin.post(&format!("/v1/tenants/{}/commands", tenant.id), command(kind, &body)).await.data();
}

/// Hears that there is something new.
async fn hears(socket: &mut Socket, who: &Person) {
    let signal = socket
        .expect_where("that there is something new", |frame| {
            frame["t"] == "eph" && frame["body"]["for"] == json!(who.id)
        })
        .await;
    assert_eq!((&signal["type"], &signal["by"]), (&json!("noticed"), &json!("system")));
}

#[tokio::test]
async fn who_waits_is_told_to_all_who_take_chats_until_somebody_takes_it() {
    let stage = Stage::set().await;
    let (app, chat) = (&stage.app, &stage.visitor.conversation);
    business(&stage.admin, &stage.tenant, "set_available", json!({ "available": false })).await;
    let mut socket = stage.socket(&stage.manager).await;
    socket.subscribe(&stage.business()).await;
    for text in ["Is anybody there?", "Hello? 🦀", "مرحبا"] {
        visitor_says(app, &stage.visitor, text).await;
    }
    hears(&mut socket, &stage.manager).await;
    told_is(&stage.manager, &[("waiting", 3, false)]).await;
    let notice = &list(&stage.manager).await[0];
    assert_eq!((&notice["conversation"], &notice["words"]), (&json!(chat), &json!("مرحبا")));
    assert!(told(&stage.admin).await.is_empty(), "takes no chats");
    // More of it is the same thing.
    visitor_says(app, &stage.visitor, "Still here").await;
    told_is(&stage.manager, &[("waiting", 4, false)]).await;
    give(&stage.admin, chat, "assign", json!({ "to": stage.admin.id })).await;
    hears(&mut socket, &stage.manager).await;
    told_is(&stage.manager, &[]).await;
    // Now it is somebody's: the next is theirs, and only theirs.
    visitor_says(app, &stage.visitor, "Thank you").await;
    told_is(&stage.admin, &[("answered", 1, false)]).await;
    assert!(told(&stage.manager).await.is_empty());
    // An answer is not what the customer has said.
    says(&stage.admin, chat, "You are welcome").await;
    told_is(&stage.admin, &[("answered", 1, true)]).await;
    assert_eq!(list(&stage.admin).await[0]["words"], "Thank you");
}

#[tokio::test]
async fn who_waits_for_a_team_is_told_to_its_people_and_no_longer_to_the_others() {
    let stage = Stage::set().await;
    let chat = &stage.visitor.conversation;
    let kitchen = stage.team("Kitchen", &[&stage.manager]).await;
    visitor_says(&stage.app, &stage.visitor, "Can you cook for eighty?").await;
    told_is(&stage.manager, &[("waiting", 1, false)]).await;
    told_is(&stage.admin, &[("waiting", 1, false)]).await;
    give(&stage.admin, chat, "assign_team", json!({ "team": kitchen })).await;
    told_is(&stage.admin, &[]).await;
    // That it is for them now is news to them.
    told_is(&stage.manager, &[("waiting", 2, false)]).await;
    assert_eq!(list(&stage.manager).await[0]["words"], "Can you cook for eighty?");
    visitor_says(&stage.app, &stage.visitor, "For a wedding").await;
    told_is(&stage.manager, &[("waiting", 3, false)]).await;
    assert!(told(&stage.admin).await.is_empty());
}

#[tokio::test]
async fn where_routing_gives_conversations_out_only_who_is_given_one_is_told() {
    let stage = Stage::set().await;
    business(&stage.admin, &stage.tenant, "set_routing", json!({ "mode": "round_robin", "capacity": 5 })).await;
    visitor_says(&stage.app, &stage.visitor, "Is anybody there?").await;
    caught_up(&stage.app).await;
    assert!(told(&stage.manager).await.is_empty() && told(&stage.admin).await.is_empty());
}

#[tokio::test]
async fn what_was_read_on_one_device_is_read_on_the_other_and_comes_anew_only_with_something_new() {
    let stage = Stage::set().await;
    let (app, chat) = (&stage.app, &stage.visitor.conversation);
    give(&stage.manager, chat, "assign", json!({ "to": stage.manager.id })).await;
    let phone = Person::sign_in(app, stage.manager.id, &stage.manager.email, PASSWORD).await;
    let mut socket = stage.socket(&phone).await;
    socket.subscribe(&stage.business()).await;
    visitor_says(app, &stage.visitor, "One").await;
    let two = visitor_says(app, &stage.visitor, "Two").await;
    hears(&mut socket, &phone).await;
    told_is(&phone, &[("answered", 2, false)]).await;
    // Read in the conversation itself.
    give(&stage.manager, chat, "read", json!({ "seq": two })).await;
    hears(&mut socket, &phone).await;
    told_is(&phone, &[("answered", 2, true)]).await;
    visitor_says(app, &stage.visitor, "Three").await;
    hears(&mut socket, &phone).await;
    told_is(&phone, &[("answered", 1, false)]).await;
    // Read in the list; what happens after what was seen of it stays.
    let seen = list(&stage.manager).await[0].clone();
    visitor_says(app, &stage.visitor, "Four").await;
    told_is(&phone, &[("answered", 2, false)]).await;
    let read = json!({ "until": seen["at"], "ids": [seen["id"]] });
    stage.manager.post("/v1/notices/read", read).await.data();
    told_is(&phone, &[("answered", 2, false)]).await;
    let newest = list(&stage.manager).await[0]["at"].clone();
    stage.manager.post("/v1/notices/read", json!({ "until": newest, "conversation": chat })).await.data();
    assert_eq!(told(&phone).await, [("answered".to_owned(), 2, true)]);
    // What is answered at once was before one's eyes.
    visitor_says(app, &stage.visitor, "Five").await;
    says(&stage.manager, chat, "Yes").await;
    caught_up(app).await;
    assert_eq!(told(&phone).await, [("answered".to_owned(), 2, true)]);
}

#[tokio::test]
async fn what_is_handed_over_is_told_with_its_note_and_a_deleted_note_with_nothing() {
    let stage = Stage::set().await;
    let chat = &stage.visitor.conversation;
    give(&stage.admin, chat, "note", json!({ "text": "Wants the green one", "mentions": [stage.manager.id] })).await;
    give(&stage.admin, chat, "assign", json!({ "to": stage.manager.id })).await;
    told_is(&stage.manager, &[("assigned", 1, false)]).await;
    let notice = list(&stage.manager).await[0].clone();
    assert_eq!(
        (&notice["by"], &notice["by_name"], &notice["words"]),
        (&json!(stage.admin.id), &json!("Admin"), &json!("Wants the green one"))
    );
    let note = stage.app.database.sql("select seq from event_log where kind = 'note_added'");
    let seq: u64 = note.parse().unwrap();
    give(&stage.admin, chat, "edit", json!({ "seq": seq, "text": "Wants the blue one" })).await;
    assert_eq!(list(&stage.manager).await[0]["words"], "Wants the blue one");
    give(&stage.admin, chat, "delete", json!({ "seq": seq })).await;
    assert_eq!(list(&stage.manager).await[0]["words"], json!(null), "deleted words are nowhere");
    give(&stage.admin, chat, "assign", json!({ "to": null })).await;
    told_is(&stage.manager, &[]).await;
}

#[tokio::test]
async fn a_note_that_was_told_before_goes_with_what_is_handed_over_unless_it_is_of_another_time() {
    let stage = Stage::set().await;
    let chat = &stage.visitor.conversation;
    let note = json!({ "text": "Wants the green one", "mentions": [stage.manager.id] });
    give(&stage.admin, chat, "note", note.clone()).await;
    told_is(&stage.manager, &[("mentioned", 1, false)]).await;
    give(&stage.admin, chat, "assign", json!({ "to": stage.manager.id })).await;
    told_is(&stage.manager, &[("assigned", 1, false)]).await;
    assert_eq!(list(&stage.manager).await[0]["words"], "Wants the green one");

    give(&stage.admin, chat, "assign", json!({ "to": null })).await;
    told_is(&stage.manager, &[]).await;
    give(&stage.admin, chat, "note", note).await;
    told_is(&stage.manager, &[("mentioned", 1, false)]).await;
    stage.app.database.sql("update notices set happened_at = happened_at - interval '61 seconds'");
    give(&stage.admin, chat, "assign", json!({ "to": stage.manager.id })).await;
    told_is(&stage.manager, &[("assigned", 1, false), ("mentioned", 1, false)]).await;
}

#[tokio::test]
async fn what_is_due_is_told_once_when_it_is_soon_and_again_when_it_was_missed() {
    let stage = Stage::set().await;
    let (app, chat) = (&stage.app, &stage.visitor.conversation);
    give(&stage.manager, chat, "assign", json!({ "to": stage.manager.id })).await;
    let targets =
        json!({ "counted": "always", "warn": 15, "normal": { "first": 60, "next": null, "resolution": null } });
    business(&stage.admin, &stage.tenant, "set_targets", targets).await;
    app.jobs_done().await;
    visitor_says(app, &stage.visitor, "Hello?").await;
    told_is(&stage.manager, &[("answered", 1, false)]).await;
    let id: brigade_domain::id::ConversationId = chat.parse().unwrap();
    let later = |minutes| jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes);
    let due = "select count(*) from graphile_worker._private_jobs where payload ->> 'task' = 'notices.due'";
    eventually("it is looked at when it is due soon", LONG, async || (app.database.sql(due) == "1").then_some(()))
        .await;
    let look = async |minutes| app.inside.notices.due(stage.tenant.id, id, later(minutes)).await.unwrap();
    look(30).await;
    assert_eq!(told(&stage.manager).await.len(), 1);
    look(50).await;
    // Done twice it is told once.
    look(51).await;
    told_is(&stage.manager, &[("due", 1, false), ("answered", 1, false)]).await;
    let newest = list(&stage.manager).await[0]["at"].clone();
    stage.manager.post("/v1/notices/read", json!({ "until": newest })).await.data();
    look(52).await;
    assert!(told(&stage.manager).await[0].2, "it was read");
    look(61).await;
    assert_eq!(told(&stage.manager).await[0], ("due".to_owned(), 1, false), "missed is more than soon");
    says(&stage.manager, chat, "Here I am").await;
    told_is(&stage.manager, &[("answered", 1, true)]).await;
    assert_eq!(app.database.sql(due), "1", "one job, whatever happened");
}

#[tokio::test]
async fn who_invited_a_customer_is_told_when_they_are_one_and_a_manager_of_their_accounts() {
    let stage = Stage::set().await;
    let newcomer = stage.app.client_as(&stage.tenant, Role::Client).await;
    let (account, _) = account_of(&stage.app, &stage.tenant, &newcomer).await;
    let manage = json!({ "manager": stage.manager.id });
    stage.admin.post(&format!("/v1/accounts/{account}/commands"), command("set_manager", &manage)).await.data();
    told_is(&stage.manager, &[("entrusted", 1, false)]).await;
    let notice = list(&stage.manager).await[0].clone();
    assert_eq!((&notice["account"], &notice["name"]), (&json!(account), &json!("Mia")));
    assert!(notice["conversation"].is_string(), "it leads somewhere");
}

#[tokio::test]
async fn nobody_is_told_what_is_anothers_and_clients_and_other_businesses_nothing() {
    let stage = Stage::set().await;
    let (app, chat) = (&stage.app, &stage.visitor.conversation);
    give(&stage.manager, chat, "assign", json!({ "to": stage.manager.id })).await;
    visitor_says(app, &stage.visitor, "For your eyes only").await;
    told_is(&stage.manager, &[("answered", 1, false)]).await;
    let notice = list(&stage.manager).await[0].clone();
    let foreign = app.client_as(&stage.elsewhere, Role::Admin).await;
    for curious in [&stage.admin, &stage.client, &foreign] {
        assert!(list(curious).await.is_empty());
        for read in [json!({ "ids": [notice["id"]] }), json!({ "conversation": chat }), json!({})] {
            let mut body = read.clone();
            body["until"] = json!("2100-01-01T00:00:00Z");
            curious.post("/v1/notices/read", body).await.data();
        }
    }
    assert_eq!(told(&stage.manager).await, [("answered".to_owned(), 1, false)]);
    let key = stage.visitor.ask(app, Method::GET, LIST, None).await;
    assert_eq!(key.status, 403, "{}", key.body);
    let many: Vec<_> = (0..201).map(|_| NoticeId::from_uuid(Uuid::now_v7())).collect();
    let body = json!({ "until": "2100-01-01T00:00:00Z", "ids": many });
    assert_eq!(stage.manager.post("/v1/notices/read", body).await.code(), "INVALID_INPUT");
    let both = json!({ "until": "2100-01-01T00:00:00Z", "ids": [], "conversation": chat });
    assert_eq!(stage.manager.post("/v1/notices/read", both).await.code(), "INVALID_INPUT");
    // A customer neither hears that there is news nor may say so.
    let mut socket = stage.visitors().await;
    socket.subscribe(&stage.business()).await;
    let signal =
        json!({ "t": "eph", "topic": stage.business(), "type": "noticed", "body": { "for": stage.manager.id } });
    socket.send(&signal).await;
    let refused = socket.expect("err").await;
    assert!(
        ["FORBIDDEN", "UNKNOWN_COMMAND", "INVALID_FRAME"].contains(&refused["code"].as_str().unwrap()),
        "{refused}"
    );
    // Who has left is told nothing any more.
    app.database.sql(&format!("delete from memberships where user_id = '{}'", stage.manager.id.uuid()));
    assert_eq!(app.database.sql("select count(*) from notices"), "0");
}

#[tokio::test]
async fn the_oldest_make_room_and_go_after_thirty_days() {
    let stage = Stage::set().await;
    let (tenant, user) = (stage.tenant.id.uuid(), stage.manager.id.uuid());
    stage.app.database.sql(&format!(
        "insert into notices (tenant_id, user_id, kind, subject, id, mark, happened_at)
         select '{tenant}', '{user}', 'answered', gen_random_uuid(), gen_random_uuid(), n, now() - make_interval(hours => n * 4 - 2)
         from generate_series(1, 210) as n"
    ));
    let kept = "select count(*), max(mark), (select count(*) from notices where happened_at < now() - interval '30 days') from notices";
    assert_eq!(stage.app.database.sql(kept), "200|200|20");
    brigade_store::identity::purge(&stage.app.inside.db, jiff::Timestamp::now()).await.unwrap();
    assert_eq!(stage.app.database.sql(kept), "180|180|0");
    assert_eq!(list(&stage.manager).await.len(), 180);
}
