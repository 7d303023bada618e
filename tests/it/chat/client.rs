//! A visitor becomes a client, and an admin takes it back (BK-IDN-04 to -06, BK-LIFE-12, -13).

use brigade_domain::actor::Role;
use brigade_domain::identity::ports::Outbox as _;
use reqwest::Method;
use serde_json::{Value, json};

use super::{command, says, visitor_says};
use crate::support::{Answer, PASSWORD, Person, TestApp, TestTenant, Visitor};

/// The token in the newest letter to an address.
async fn letter_token(app: &TestApp, email: &str) -> String {
    app.jobs_done().await;
    let mails = app.inside.platform.identity.newest().await.unwrap();
    let mail = mails.into_iter().find(|sent| sent.mail.to == email && sent.mail.text.contains("token="));
    let mail = mail.unwrap_or_else(|| panic!("no letter to {email}"));
    let token = mail.mail.text.split("token=").nth(1).unwrap();
    token.split_whitespace().next().unwrap().to_owned()
}

/// Accepts as somebody new, and signs in.
async fn accept(app: &TestApp, token: &str, email: &str) -> Person {
    let body = json!({ "token": token, "name": "Mia Member", "password": PASSWORD });
    let request = reqwest::Client::new().post(app.url("/v1/invitations/accept")).header("origin", app.origin());
    let accepted = Answer::of(request.json(&body).send().await.unwrap()).await;
    let user = accepted.data()["user"]["id"].as_str().unwrap().parse().unwrap();
    app.jobs_done().await;
    Person::sign_in(app, user, email, PASSWORD).await
}

async fn invite(manager: &Person, conversation: &str, email: &str) -> Answer {
    manager
        .post(&format!("/v1/conversations/{conversation}/invitations"), json!({ "email": email, "name": "Mia" }))
        .await
}

struct Scene {
    app: TestApp,
    tenant: TestTenant,
    manager: Person,
    visitor: Visitor,
    client: Person,
}

/// A visitor has written, was invited and has accepted.
async fn became_a_client() -> Scene {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (manager, visitor) = (app.client_as(&tenant, Role::AccountManager).await, app.visitor(&tenant).await);
    visitor_says(&app, &visitor, "I would like to eat better").await;
    says(&manager, &visitor.conversation, "Let me invite you").await;
    let email = format!("mia-{}@people.example", tenant.slug);
    invite(&manager, &visitor.conversation, &email).await.data();
    let state = manager.get(&format!("/v1/conversations/{}", visitor.conversation)).await;
    let invited = &state.data()["state"]["invited"];
    assert_eq!((&invited["email"], &invited["inviter"]), (&json!(email), &json!(manager.id)));
    let token = letter_token(&app, &email).await;
    let client = accept(&app, &token, &email).await;
    Scene { app, tenant, manager, visitor, client }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_becomes_a_client_with_the_conversation_and_its_history() {
    let Scene { app, manager, visitor, client, .. } = became_a_client().await;
    let me = client.get("/v1/auth/me").await;
    let place = me.data()["accounts"][0].clone();
    assert_eq!(place["conversation"], json!(visitor.conversation));

    let path = format!("/v1/conversations/{}", visitor.conversation);
    let seen = client.get(&path).await;
    let state = &seen.data()["state"];
    assert_eq!((&state["kind"], &state["name"]), (&json!("account"), &json!("Mia Member")));
    assert_eq!(state["messages"][0]["text"], json!("I would like to eat better"));
    says(&client, &visitor.conversation, "Here I am").await;
    // The visitor's token leads nowhere any more.
    assert_eq!(visitor.ask(&app, Method::GET, &path, None).await.code(), "NOT_FOUND");

    let account = client.get(&format!("/v1/accounts/{}", place["id"].as_str().unwrap())).await;
    let account = &account.data()["state"];
    assert_eq!(account["lifecycle"], json!("conversation"));
    assert_eq!(account["manager"], json!(manager.id), "who invited looks after the client");
    assert_eq!(account["conversations"], json!([visitor.conversation]));
    let list = manager.get("/v1/accounts").await;
    assert_eq!(list.data()["items"][0]["members"], json!([client.id]));
    for (name, found) in [("mia mem", 1), ("%", 0), ("Somebody else", 0)] {
        let named = manager.get(&format!("/v1/accounts?name={name}")).await;
        assert_eq!(named.data()["items"].as_array().unwrap().len(), found, "{name}");
    }
    for (lifecycle, found) in [("conversation", 1), ("onboarding", 0)] {
        let there = manager.get(&format!("/v1/accounts?lifecycle={lifecycle}")).await;
        assert_eq!(there.data()["items"].as_array().unwrap().len(), found, "{lifecycle}");
    }

    // Illegal steps are refused with what is missing (BK-LIFE-10, -13, -14).
    let commands = format!("/v1/accounts/{}/commands", place["id"].as_str().unwrap());
    let early = manager.post(&commands, command("advance", &json!({ "to": "subscription_applied" }))).await;
    assert_eq!(early.code(), "CONFLICT");
    assert_eq!(early.body["error"]["details"]["missing"], json!(["onboarding", "pack_purchase"]));
    let onboard = json!({ "to": "onboarding", "onboarding": "assisted" });
    assert_eq!(client.post(&commands, command("advance", &onboard)).await.code(), "FORBIDDEN");
    manager.post(&commands, command("advance", &onboard)).await.data();
    app.jobs_done().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_looked_after_by_the_staff_and_belongs_to_people_who_are_known() {
    let Scene { app, tenant, manager, client, .. } = became_a_client().await;
    let (other, admin) = (app.tenant().await, app.client_as(&tenant, Role::Admin).await);
    let foreign = app.client_as(&other, Role::Admin).await;
    let stranger = brigade_domain::id::UserId::from_uuid(uuid::Uuid::now_v7());
    let me = client.get("/v1/auth/me").await;
    let account = format!("/v1/accounts/{}", me.data()["accounts"][0]["id"].as_str().unwrap());
    let commands = format!("{account}/commands");
    for nobody in [client.id, foreign.id, stranger] {
        let answer = admin.post(&commands, command("set_manager", &json!({ "manager": nobody }))).await;
        assert_eq!(answer.code(), "INVALID_INPUT", "{nobody}");
        assert!(answer.body["error"]["message"].as_str().unwrap().contains("staff"), "{:?}", answer.body);
    }
    for nobody in [foreign.id, stranger] {
        let answer = admin.post(&commands, command("add_member", &json!({ "user": nobody, "name": "N" }))).await;
        assert_eq!(answer.code(), "INVALID_INPUT", "{nobody}");
        assert!(answer.body["error"]["message"].as_str().unwrap().contains("Invite"), "{:?}", answer.body);
    }
    let seen = admin.get(&account).await;
    let state = &seen.data()["state"];
    assert_eq!(state["manager"], json!(manager.id));
    assert_eq!(state["members"].as_object().map(serde_json::Map::len), Some(1), "{state}");
    admin.post(&commands, command("set_manager", &json!({ "manager": admin.id }))).await.data();
    app.jobs_done().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_answered_may_have_left_before_the_client_accepts() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (manager, visitor) = (app.client_as(&tenant, Role::AccountManager).await, app.visitor(&tenant).await);
    let (admin, leaver) =
        (app.client_as(&tenant, Role::Admin).await, app.client_as(&tenant, Role::AccountManager).await);
    visitor_says(&app, &visitor, "I would like to eat better").await;
    let path = format!("/v1/conversations/{}/commands", visitor.conversation);
    manager.post(&path, command("assign", &json!({ "to": leaver.id }))).await.data();
    let email = format!("mia-{}@people.example", tenant.slug);
    invite(&manager, &visitor.conversation, &email).await.data();
    admin.ask(Method::DELETE, &format!("/v1/tenant/staff/{}", leaver.id), None).await.data();
    let client = accept(&app, &letter_token(&app, &email).await, &email).await;
    let me = client.get("/v1/auth/me").await;
    let place = &me.data()["accounts"][0];
    assert_eq!(place["conversation"], json!(visitor.conversation), "the conversation is the client's");
    let account = client.get(&format!("/v1/accounts/{}", place["id"].as_str().unwrap())).await;
    let state = &account.data()["state"];
    assert_eq!((&state["manager"], &state["conversations"]), (&Value::Null, &json!([visitor.conversation])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_takes_it_back_on_the_record() {
    let Scene { app, tenant, manager, visitor, client } = became_a_client().await;
    let path = format!("/v1/conversations/{}", visitor.conversation);
    assert_eq!(manager.post(&format!("{path}/take-back"), json!({})).await.code(), "FORBIDDEN");
    let admin = app.client_as(&tenant, Role::Admin).await;
    admin.post(&format!("{path}/take-back"), json!({})).await.data();
    app.jobs_done().await;
    assert_eq!(client.get(&path).await.code(), "NOT_FOUND");
    let seen = visitor.ask(&app, Method::GET, &path, None).await;
    assert_eq!(seen.data()["state"]["account"], Value::Null);

    let audit = admin.get("/v1/tenant/audit").await;
    let events: Vec<&str> =
        audit.data().as_array().unwrap().iter().map(|line| line["event"].as_str().unwrap()).collect();
    for event in [
        "invitation.sent",
        "conversation.invited",
        "invitation.accepted",
        "account.opened",
        "account.member_added",
        "conversation.handed_over",
        "account.manager_set",
        "account.advanced",
        "conversation.taken_back",
    ] {
        assert!(events.contains(&event), "{event} is not among {events:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_were_invited_from_one_chat_the_second_gets_one_of_ones_own() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (manager, visitor) = (app.client_as(&tenant, Role::AccountManager).await, app.visitor(&tenant).await);
    visitor_says(&app, &visitor, "We are two").await;
    let (first, second) =
        (format!("one-{}@people.example", tenant.slug), format!("two-{}@people.example", tenant.slug));
    invite(&manager, &visitor.conversation, &first).await.data();
    invite(&manager, &visitor.conversation, &second).await.data();
    let (one, two) = (letter_token(&app, &first).await, letter_token(&app, &second).await);
    let one = accept(&app, &one, &first).await;
    let two = accept(&app, &two, &second).await;
    let conversation = async |person: &Person| {
        person.get("/v1/auth/me").await.data()["accounts"][0]["conversation"].as_str().unwrap().to_owned()
    };
    assert_eq!(conversation(&one).await, visitor.conversation);
    let own = conversation(&two).await;
    assert_ne!(own, visitor.conversation);
    says(&two, &own, "Hello from the second").await;
    assert_eq!(two.get(&format!("/v1/conversations/{}", visitor.conversation)).await.code(), "NOT_FOUND");
    // Who is a client already cannot be invited again from there.
    assert_eq!(invite(&manager, &visitor.conversation, "three@people.example").await.code(), "CONFLICT");
}
