//! What is not yours looks like what is not there: another tenant's and another client's conversations and accounts.

use brigade_domain::actor::Role;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::{command, visitor_says};
use crate::support::{Answer, Socket, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_tenants_and_anothers_conversation_look_like_none() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant().await, app.tenant().await);
    let visitor = app.visitor(&tenant).await;
    let seq = visitor_says(&app, &visitor, "private").await;
    let neighbour = app.visitor(&tenant).await;
    let (foreign_admin, client) =
        (app.client_as(&other, Role::Admin).await, app.client_as(&tenant, Role::Client).await);
    let nowhere = format!("/v1/conversations/{}", brigade_domain::id::ConversationId::from_uuid(uuid::Uuid::now_v7()));

    for path in [format!("/v1/conversations/{}", visitor.conversation), nowhere] {
        let reads = ["", "/log", "/messages", &format!("/messages/{seq}/edits")].map(|end| format!("{path}{end}"));
        let send = command("send", &json!({ "text": "x" }));
        for read in &reads {
            assert_eq!(foreign_admin.get(read).await.code(), "NOT_FOUND", "{read}");
            assert_eq!(client.get(read).await.code(), "NOT_FOUND", "{read}");
            assert_eq!(neighbour.ask(&app, Method::GET, read, None).await.code(), "NOT_FOUND", "{read}");
        }
        for person in [&foreign_admin, &client] {
            assert_eq!(person.post(&format!("{path}/commands"), send.clone()).await.code(), "NOT_FOUND");
        }
        let invite = json!({ "email": "a@example.com", "name": "A" });
        assert_eq!(foreign_admin.post(&format!("{path}/invitations"), invite.clone()).await.code(), "NOT_FOUND");
        assert_eq!(client.post(&format!("{path}/invitations"), invite).await.code(), "FORBIDDEN");
        assert_eq!(foreign_admin.post(&format!("{path}/take-back"), json!({})).await.code(), "NOT_FOUND");
    }
    assert_eq!(foreign_admin.get("/v1/conversations").await.data()["items"], json!([]));
    assert_eq!(client.get("/v1/conversations").await.code(), "FORBIDDEN");
    assert_eq!(client.get("/v1/accounts").await.code(), "FORBIDDEN");
    assert_eq!(foreign_admin.get(&format!("/v1/tenants/{}", tenant.id)).await.code(), "NOT_FOUND");
    let anonymous = reqwest::get(app.url(&format!("/v1/conversations/{}", visitor.conversation))).await.unwrap();
    assert_eq!(Answer::of(anonymous).await.code(), "AUTH_REQUIRED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_is_given_to_somebody_of_the_staff_and_to_nobody_else() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant().await, app.tenant().await);
    let visitor = app.visitor(&tenant).await;
    visitor_says(&app, &visitor, "Is anybody there?").await;
    let (manager, client) =
        (app.client_as(&tenant, Role::AccountManager).await, app.client_as(&tenant, Role::Client).await);
    let foreign = app.client_as(&other, Role::Admin).await;
    let stranger = brigade_domain::id::UserId::from_uuid(uuid::Uuid::now_v7());
    let path = format!("/v1/conversations/{}/commands", visitor.conversation);
    for to in [client.id, foreign.id, stranger] {
        let answer = manager.post(&path, command("assign", &json!({ "to": to }))).await;
        assert_eq!(answer.code(), "INVALID_INPUT", "{to}");
    }
    let seen = manager.get(&format!("/v1/conversations/{}", visitor.conversation)).await;
    assert_eq!(seen.data()["state"]["assignee"], json!(null));
    assert_eq!(manager.post(&path, command("assign", &json!({ "to": manager.id }))).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_is_limited_hard_whichever_way_it_writes() {
    let app = TestApp::with(&[("limits.visitor_commands_per_minute", "4")]).await;
    let tenant = app.tenant().await;
    let visitor = app.visitor(&tenant).await;
    let path = format!("/v1/conversations/{}/commands", visitor.conversation);
    let mut last = None;
    for number in 0..6 {
        let send = command("send", &json!({ "text": "x" }));
        let answer = visitor.ask(&app, Method::POST, &path, Some(&send)).await;
        assert_eq!(answer.status == 200, number < 4, "{answer:?}");
        last = Some(answer);
    }
    let refused = last.unwrap();
    assert_eq!((refused.code(), &refused.body["error"]["details"]["limit"]), ("RATE_LIMITED", &json!("visitor")));
    // Reading goes on, and another socket is no way round the limit of the first.
    assert_eq!(visitor.ask(&app, Method::GET, path.trim_end_matches("/commands"), None).await.status, 200);
    let (mut one, mut two) = (Socket::open_visitor(&app, &visitor).await, Socket::open_visitor(&app, &visitor).await);
    let mut sent = 0;
    for socket in [&mut one, &mut two] {
        for _ in 0..4 {
            let answer = socket.command(&visitor.topic, "send", json!({ "text": "y" })).await;
            sent += usize::from(answer["t"] == "ack");
        }
    }
    assert_eq!(sent, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_see_the_shop_window_of_a_tenant() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let visitor = app.visitor(&tenant).await;
    let seen = visitor.ask(&app, Method::GET, &format!("/v1/tenants/{}", tenant.id), None).await;
    let fields: Vec<_> = seen.data()["state"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["greeting", "hours", "id", "name", "zone"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_questions_are_refused() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    for query in ["status=lost", "limit=0", "limit=101", "cursor=x", "waiting=perhaps", "assignee=max", "order=asc"] {
        assert_eq!(manager.get(&format!("/v1/conversations?{query}")).await.code(), "INVALID_INPUT", "{query}");
    }
    for path in ["/v1/conversations/cnv_x", "/v1/conversations/x/log", "/v1/accounts/cnv_01h455vb4pex5vsknk084sn02q"] {
        assert_eq!(manager.get(path).await.code(), "NOT_FOUND", "{path}");
    }
    for query in ["limit=0", "before=x", "manager=x", "name=", "lifecycle=Paused"] {
        assert_eq!(manager.get(&format!("/v1/accounts?{query}")).await.code(), "INVALID_INPUT", "{query}");
    }
}

/// What each of the fifty hears and finds: its own, all of it, in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_tenants_at_once_get_their_own_and_nothing_else() {
    const TENANTS: usize = 50;
    const MESSAGES: usize = 8;
    let settings = [("limits.site_chats_per_minute", "1000"), ("limits.sessions_per_address", "1000")];
    let app = TestApp::with(&settings).await;
    let stages = join_all((0..TENANTS).map(|_| async {
        let tenant = app.tenant().await;
        let (visitor, admin) = (app.visitor(&tenant).await, app.client_as(&tenant, Role::Admin).await);
        (visitor, admin)
    }));
    let said = |tenant: usize| (0..MESSAGES).map(move |number| format!("message {number} of tenant {tenant}"));
    let talks = stages.await.into_iter().enumerate().map(|(number, (visitor, admin))| {
        let app = &app;
        async move {
            let (mut writes, mut reads) = (Socket::open_visitor(app, &visitor).await, Socket::open(app, &admin).await);
            reads.subscribe(&visitor.topic).await;
            for text in said(number) {
                assert_eq!(writes.command(&visitor.topic, "send", json!({ "text": text })).await["t"], "ack");
            }
            for text in said(number) {
                let event = reads.event(&visitor.topic, "message_sent").await;
                assert_eq!(event["body"]["text"], text);
            }
            (visitor, admin)
        }
    });
    for (number, (visitor, admin)) in join_all(talks).await.into_iter().enumerate() {
        let listed = admin.get("/v1/conversations").await;
        let items = listed.data()["items"].as_array().unwrap();
        assert_eq!(items.iter().map(|item| &item["id"]).collect::<Vec<_>>(), [&json!(visitor.conversation)]);
        let messages = admin.get(&format!("/v1/conversations/{}/messages?before=1000", visitor.conversation)).await;
        let messages = messages.data()["messages"].as_array().unwrap().clone();
        let texts: Vec<_> = messages.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect();
        assert_eq!(texts, said(number).collect::<Vec<_>>());
    }
}
