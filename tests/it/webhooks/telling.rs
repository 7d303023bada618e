//! What is told, to whom, how often, and what follows when nobody listens.

use std::time::Duration;

use brigade_domain::actor::Role;
use brigade_domain::identity::ports::Outbox as _;
use serde_json::json;

use super::Business;
use crate::chat::{command, says, visitor_says};
use crate::live::stage::{account_of, system};
use crate::support::Receiver;
use crate::support::receiver::Manner;

/// Long enough for what must not come to have come.
const A_WHILE: Duration = Duration::from_millis(1_500);

#[tokio::test]
async fn a_message_is_told_once_signed_and_written_down() {
    let business = Business::open().await;
    let receiver = Receiver::start().await;
    let hook = business.hook(&receiver, &["message.sent", "conversation.opened"]).await;
    let visitor = business.app.visitor(&business.tenant).await;
    let text = "عندي حساسية 🥜 ".to_owned() + &"long ".repeat(200);
    let seq = visitor_says(&business.app, &visitor, &text).await;
    let told = receiver.hears(2).await;
    let mut types: Vec<&str> = told.iter().map(|told| told.body["type"].as_str().unwrap()).collect();
    types.sort_unstable();
    assert_eq!(types, ["conversation.opened", "message.sent"]);
    let message = told.iter().find(|told| told.body["type"] == "message.sent").unwrap();
    let data = &message.body["data"];
    assert_eq!((&data["conversation"], &data["seq"]), (&json!(visitor.conversation), &json!(seq)));
    assert_eq!((&data["text"], &data["by"]), (&json!(text.trim()), &json!({ "id": visitor.id, "side": "customer" })));
    assert!(message.id().starts_with("evt_"), "{}", message.id());
    assert_ne!(told[0].id(), told[1].id());
    for told in &told {
        assert_eq!(told.signed_by(&hook.secret), [true]);
    }
    let sent: i64 = message.header("webhook-timestamp").parse().unwrap();
    assert!((jiff::Timestamp::now().as_second() - sent).abs() < 60);

    let delivery = business.newest_is(&hook, |delivery| delivery["state"] == "delivered").await;
    assert_eq!((&delivery["status"], &delivery["answer"]), (&json!(200), &json!("thank you")));
    assert_eq!((&delivery["attempts"], &delivery["about"]), (&json!(1), &json!(visitor.conversation)));
    assert!(delivery["took_ms"].is_u64() && delivery["next_at"].is_null());
    tokio::time::sleep(A_WHILE).await;
    assert_eq!(receiver.told().len(), 2, "once each");
}

#[tokio::test]
async fn only_what_was_asked_for_is_told_and_never_a_note() {
    let business = Business::open().await;
    let (messages, everything) = (Receiver::start().await, Receiver::start().await);
    let all = business.admin.get("/v1/tenant/webhooks/events").await;
    let all: Vec<String> =
        all.data().as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect();
    business.hook(&messages, &["message.sent"]).await;
    business.hook(&everything, &all.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let (app, tenant) = (&business.app, &business.tenant);
    let manager = app.client_as(tenant, Role::AccountManager).await;
    let visitor = app.visitor(tenant).await;
    let path = format!("/v1/conversations/{}/commands", visitor.conversation);
    let does = async |kind: &str, body: serde_json::Value| {
        manager.post(&path, command(kind, &body)).await.data()["seq"].as_u64().unwrap()
    };
    visitor_says(app, &visitor, "Hello").await;
    let note = does("note", json!({ "text": "is a difficult one, secretly" })).await;
    does("edit", json!({ "seq": note, "text": "secretly difficult" })).await;
    let answer = says(&manager, &visitor.conversation, "Good morning").await;
    does("edit", json!({ "seq": answer, "text": "Good evening" })).await;
    does("assign", json!({ "to": manager.id })).await;
    let team = brigade_domain::id::TeamId::from_uuid(uuid::Uuid::now_v7());
    let made = command("set_team", &json!({ "team": team, "name": "Kitchen", "members": [manager.id] }));
    let admin = app.client_as(tenant, Role::Admin).await;
    assert_eq!(admin.post(&format!("/v1/tenants/{}/commands", tenant.id), made).await.status, 200);
    does("assign_team", json!({ "team": team })).await;
    does("resolve", json!({})).await;
    does("reopen", json!({})).await;
    does("delete", json!({ "seq": note })).await;
    let client = app.client_as(tenant, Role::Client).await;
    let (account, _) = account_of(app, tenant, &client).await;

    let expected = [
        "message.sent",
        "message.sent",
        "message.edited",
        "conversation.assigned",
        "conversation.team_assigned",
        "conversation.resolved",
        "conversation.reopened",
        "conversation.handed_over",
        "account.opened",
    ];
    let told = crate::support::eventually("everything is told", Duration::from_secs(20), async || {
        let told = everything.told();
        let count = |name: &str| told.iter().filter(|told| told.body["type"] == name).count();
        let wanted = |name: &str| expected.iter().filter(|expected| **expected == name).count();
        expected.iter().all(|name| count(name) >= wanted(name)).then_some(told)
    })
    .await;
    let find = |name: &str| {
        told.iter().find(|told| told.body["type"] == name).unwrap_or_else(|| panic!("{name} is missing: {told:#?}"))
    };
    assert_eq!(find("conversation.assigned").body["data"]["to"], json!(manager.id));
    assert_eq!(find("conversation.team_assigned").body["data"]["team"], json!(team));
    assert_eq!(find("conversation.resolved").body["data"]["by"], json!({ "id": manager.id, "side": "staff" }));
    find("conversation.reopened");
    assert_eq!(find("message.edited").body["data"]["text"], "Good evening");
    assert_eq!(find("account.opened").body["data"]["account"], json!(account));
    assert_eq!(find("conversation.handed_over").body["data"]["account"], json!(account));
    let of_staff =
        told.iter().find(|told| told.body["data"]["by"]["side"] == "staff" && told.body["type"] == "message.sent");
    assert_eq!(of_staff.unwrap().body["data"]["text"], "Good morning");
    tokio::time::sleep(A_WHILE).await;
    for receiver in [&messages, &everything] {
        for told in receiver.told() {
            assert!(!told.body.to_string().contains("secretly"), "{told:?}");
            assert_ne!(told.body["data"]["seq"], json!(note));
        }
    }
    assert_eq!(messages.told().len(), 2, "the messages, and nothing beside");
}

#[tokio::test]
async fn nothing_of_the_past_nothing_while_it_is_off_and_nothing_of_others_is_told() {
    let business = Business::open().await;
    let (app, receiver) = (&business.app, Receiver::start().await);
    let visitor = app.visitor(&business.tenant).await;
    visitor_says(app, &visitor, "before").await;
    let hook = business.hook(&receiver, &["message.sent"]).await;
    let other = app.tenant().await;
    let stranger = app.visitor(&other).await;
    visitor_says(app, &stranger, "of another business").await;
    visitor_says(app, &visitor, "one").await;
    assert_eq!(receiver.hears(1).await[0].body["data"]["text"], "one");

    business.switch(&hook, false).await.data();
    let seq = visitor_says(app, &visitor, "while it was off").await;
    crate::support::eventually("it is passed over", Duration::from_secs(20), async || {
        (app.database.sql(&format!("select max(seq) >= {seq} from webhook_cursors")) == "t").then_some(())
    })
    .await;
    business.switch(&hook, true).await.data();
    visitor_says(app, &visitor, "two").await;
    assert_eq!(receiver.hears(2).await[1].body["data"]["text"], "two");

    // The last one goes, and another one comes: what was between is of the past.
    app.database.sql("update webhook_endpoints set state = 'off'");
    let path = format!("/v1/tenant/webhooks/{}", hook.id);
    business.admin.ask(reqwest::Method::DELETE, &path, None).await.data();
    visitor_says(app, &visitor, "while there was none").await;
    let again = Receiver::start().await;
    business.hook(&again, &["message.sent"]).await;
    visitor_says(app, &visitor, "three").await;
    assert_eq!(again.hears(1).await[0].body["data"]["text"], "three");
    tokio::time::sleep(A_WHILE).await;
    assert_eq!((receiver.told().len(), again.told().len()), (2, 1));
}

#[tokio::test]
async fn what_fails_is_tried_again_with_the_same_id_until_it_arrives() {
    let business = Business::open().await;
    let receiver = Receiver::start().await;
    receiver.answer(Manner { text: "<b>broken</b>\u{0}".to_owned(), ..Manner::status(500) });
    let hook = business.hook(&receiver, &["message.sent"]).await;
    let visitor = business.app.visitor(&business.tenant).await;
    visitor_says(&business.app, &visitor, "Hello").await;
    let waits = business.newest_is(&hook, |delivery| delivery["status"] == 500).await;
    assert_eq!(
        (&waits["state"], &waits["attempts"], &waits["answer"]),
        (&json!("waiting"), &json!(1), &json!("<b>broken</b> "))
    );
    assert!(business.listed(&hook).await["failing_since"].is_string());
    assert_eq!(business.send_again(&hook, &waits).await.code(), "CONFLICT");
    // The first pause is five seconds and nobody shortens it; the second is five minutes.
    receiver.hears(2).await;
    let far = |at: &serde_json::Value| {
        let at: jiff::Timestamp = at.as_str().unwrap().parse().unwrap();
        at > jiff::Timestamp::now() + jiff::SignedDuration::from_secs(200)
    };
    business.newest_is(&hook, |delivery| delivery["attempts"] == 2 && far(&delivery["next_at"])).await;
    receiver.answer(Manner::status(204));
    business.no_pause();
    let told = receiver.hears(3).await;
    assert!(told.iter().all(|each| each.id() == told[0].id() && each.body == told[0].body));
    let done = business.newest_is(&hook, |delivery| delivery["state"] == "delivered").await;
    assert_eq!((&done["attempts"], &done["status"]), (&json!(3), &json!(204)));
    assert!(business.listed(&hook).await["failing_since"].is_null());

    // It arrived; somebody wants it once more.
    assert_eq!(business.send_again(&hook, &done).await.data()["state"], "waiting");
    let told = receiver.hears(4).await;
    assert_eq!(told[3].id(), told[0].id());
    assert_eq!(business.app.database.sql("select count(*) from webhook_deliveries"), "1");
}

#[tokio::test]
async fn after_ten_attempts_it_is_given_up_and_can_be_sent_again_without_what_was_deleted() {
    let business = Business::open().await;
    let receiver = Receiver::start().await;
    receiver.answer(Manner::status(503));
    let hook = business.hook(&receiver, &["message.sent"]).await;
    let visitor = business.app.visitor(&business.tenant).await;
    let seq = visitor_says(&business.app, &visitor, "my card is 1234").await;
    business.newest_is(&hook, |delivery| delivery["status"] == 503).await;
    business.app.database.sql("update webhook_deliveries set attempts = 9, next_at = now()");
    let failed = business.newest_is(&hook, |delivery| delivery["state"] == "failed").await;
    assert_eq!((&failed["attempts"], &failed["next_at"]), (&json!(10), &json!(null)));
    assert_eq!(business.listed(&hook).await["state"], "on", "one that is given up is not all");

    let path = format!("/v1/conversations/{}/commands", visitor.conversation);
    let delete = command("delete", &json!({ "seq": seq }));
    visitor.ask(&business.app, reqwest::Method::POST, &path, Some(&delete)).await.data();
    receiver.answer(Manner::status(200));
    let before = receiver.told().len();
    business.send_again(&hook, &failed).await.data();
    let told = receiver.hears(before + 1).await.pop().unwrap();
    assert_eq!((told.id(), &told.body["data"]["deleted"]), (receiver.told()[0].id(), &json!(true)));
    assert!(!told.body.to_string().contains("1234"), "{told:?}");
}

async fn letters(business: &Business) -> Vec<String> {
    business.app.jobs_done().await;
    let mails = business.app.inside.platform.identity.newest().await.unwrap();
    let about = mails.into_iter().filter(|sent| sent.mail.subject == "A webhook was switched off");
    about.map(|sent| format!("{}: {}", sent.mail.to, sent.mail.text)).collect()
}

#[tokio::test]
async fn who_is_gone_or_has_failed_for_days_is_switched_off_and_the_admins_get_a_letter() {
    let business = Business::open().await;
    business.app.client_as(&business.tenant, Role::AccountManager).await;
    let (gone, failing) = (Receiver::start().await, Receiver::start().await);
    gone.answer(Manner::status(410));
    failing.answer(Manner::status(500));
    let hook = business.hook(&gone, &["message.sent"]).await;
    let visitor = business.app.visitor(&business.tenant).await;
    visitor_says(&business.app, &visitor, "Hello").await;
    let delivery = business.newest_is(&hook, |delivery| delivery["state"] == "failed").await;
    assert_eq!((&delivery["status"], &delivery["attempts"]), (&json!(410), &json!(1)));
    assert_eq!(business.listed(&hook).await["state"], "gone");
    let written = letters(&business).await;
    assert!(written.len() == 1 && written[0].starts_with(&business.admin.email), "{written:?}");
    assert!(written[0].contains(&gone.url()) && written[0].contains("/settings#webhooks"), "{written:?}");
    visitor_says(&business.app, &visitor, "Anybody?").await;
    assert_eq!(business.send_again(&hook, &delivery).await.code(), "CONFLICT", "it is off");

    let hook = business.hook(&failing, &["message.sent"]).await;
    visitor_says(&business.app, &visitor, "Still there?").await;
    business.newest_is(&hook, |delivery| delivery["status"] == 500).await;
    assert_eq!(business.listed(&hook).await["state"], "on");
    business.app.database.sql("update webhook_endpoints set failing_since = now() - interval '5 days 1 minute' where failing_since is not null");
    business.no_pause();
    crate::support::eventually("it is switched off", Duration::from_secs(20), async || {
        (business.listed(&hook).await["state"] == "failing").then_some(())
    })
    .await;
    assert_eq!(letters(&business).await.len(), 2);
    let audit = business.admin.get("/v1/tenant/audit").await.body.to_string();
    assert!(audit.contains("webhook.switched_off") && audit.contains("webhook.created"), "{audit}");

    // An admin has looked after it.
    failing.answer(Manner::status(200));
    assert_eq!(business.switch(&hook, true).await.data()["state"], "on");
    business.no_pause();
    business.newest_is(&hook, |delivery| delivery["state"] == "delivered").await;
    assert_eq!(gone.told().len(), 1);
}

#[tokio::test]
async fn one_that_is_slow_holds_up_no_other() {
    let business = Business::open().await;
    let (slow, quick) = (Receiver::start().await, Receiver::start().await);
    slow.answer(Manner { after: Duration::from_secs(8), ..Manner::status(200) });
    business.hook(&slow, &["message.sent"]).await;
    business.hook(&quick, &["message.sent"]).await;
    let visitor = business.app.visitor(&business.tenant).await;
    for n in 0..10 {
        visitor_says(&business.app, &visitor, &format!("Message {n}")).await;
    }
    quick.hears(10).await;
    assert!(slow.told().len() < 10, "the slow one has not even been told of all");
    slow.hears(5).await;
    assert_eq!(slow.most_at_once(), 4);
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let business = Business::open().await;
    let (inner, receiver) = (Receiver::start().await, Receiver::start().await);
    receiver.answer(Manner { head: format!("302 Found\r\nlocation: {}", inner.url()), ..Manner::status(302) });
    let hook = business.hook(&receiver, &["message.sent"]).await;
    let visitor = business.app.visitor(&business.tenant).await;
    visitor_says(&business.app, &visitor, "Hello").await;
    let waits = business.newest_is(&hook, |delivery| delivery["status"] == 302).await;
    assert_eq!(waits["state"], "waiting");
    assert!(inner.told().is_empty());
}

#[tokio::test]
async fn too_much_that_waits_is_left_out_and_counted() {
    let business = Business::open().await;
    let receiver = Receiver::start().await;
    // What does not arrive goes on waiting.
    receiver.answer(Manner::status(500));
    let hook = business.hook(&receiver, &["account.opened"]).await;
    business.app.database.sql(
        "insert into webhook_deliveries (tenant_id, id, endpoint_id, event_id, kind, created_at, next_at)
         select tenant_id, gen_random_uuid(), id, gen_random_uuid(), 'webhook.test', now(), now() + interval '1 day'
         from webhook_endpoints cross join generate_series(1, 9999)",
    );
    for _ in 0..2 {
        let account = brigade_domain::id::AccountId::from_uuid(uuid::Uuid::now_v7());
        system(&business.app, &business.tenant, &format!("account:{account}"), "open", json!({ "name": "Mia" })).await;
    }
    receiver.hears(1).await;
    let listed = crate::support::eventually("one is left out", Duration::from_secs(20), async || {
        Some(business.listed(&hook).await).filter(|listed| listed["dropped"] != 0)
    });
    assert_eq!(listed.await["dropped"], 1);
}

#[tokio::test]
async fn what_is_old_is_taken_away_and_what_was_removed_with_all_of_it() {
    let business = Business::open().await;
    let (one, other) = (Receiver::start().await, Receiver::start().await);
    let (hook, gone) = (business.hook(&one, &["message.sent"]).await, business.hook(&other, &["message.sent"]).await);
    let visitor = business.app.visitor(&business.tenant).await;
    visitor_says(&business.app, &visitor, "one").await;
    visitor_says(&business.app, &visitor, "two").await;
    one.hears(2).await;
    other.hears(2).await;
    business.newest_is(&hook, |delivery| delivery["state"] == "delivered").await;
    let path = format!("/v1/tenant/webhooks/{}", gone.id);
    business.admin.ask(reqwest::Method::DELETE, &path, None).await.data();
    let sql = |sql: &str| business.app.database.sql(sql);
    sql(
        "update webhook_deliveries set created_at = now() - interval '30 days 1 hour' where seq = (select min(seq) from webhook_deliveries)",
    );
    brigade_store::webhooks::tidy(&business.app.inside.db, jiff::Timestamp::now()).await.unwrap();
    assert_eq!(sql("select count(*) from webhook_deliveries"), "1");
    assert_eq!(sql("select count(*) from webhook_endpoints"), "1");
    assert_eq!(business.newest(&hook).await["type"], "message.sent");
}

#[tokio::test]
async fn a_large_business_is_told_once_its_logs_are_counted() {
    let business = Business::open().await;
    let receiver = Receiver::start().await;
    let old = business.app.visitor(&business.tenant).await;
    visitor_says(&business.app, &old, "of the past").await;
    // With ids before and after all others.
    business.app.database.sql(&format!(
        "insert into entities (tenant_id, id, kind, version)
         select '{tenant}', uuid_in(overlay(md5(n::text) placing case when n % 2 = 0 then '0' else 'f' end from 1)::cstring), 'conversation', 0
         from generate_series(1, 20500) n",
        tenant = business.tenant.id.uuid(),
    ));
    let made = json!({ "url": receiver.url(), "events": ["message.sent", "conversation.opened"] });
    business.admin.post("/v1/tenant/webhooks", made).await.data();
    let meanwhile = business.app.visitor(&business.tenant).await;
    crate::support::eventually("it is ready", Duration::from_secs(30), async || {
        (business.admin.get("/v1/tenant/webhooks").await.data()["ready"] == true).then_some(())
    })
    .await;
    assert_eq!(business.app.database.sql("select count(*) >= 20501 from webhook_cursors"), "t");
    visitor_says(&business.app, &old, "of today").await;
    visitor_says(&business.app, &meanwhile, "of somebody new").await;
    crate::support::eventually("both are told", Duration::from_secs(20), async || {
        let told: Vec<String> = receiver.told().iter().map(|told| told.body["data"]["text"].to_string()).collect();
        assert!(!told.contains(&"\"of the past\"".to_owned()), "{told:?}");
        (told.contains(&"\"of today\"".to_owned()) && told.contains(&"\"of somebody new\"".to_owned())).then_some(())
    })
    .await;
}
