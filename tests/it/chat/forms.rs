//! Forms of a business's site: what is sent begins one conversation, whatever is lost on the way, and is held to what chats are held to.

use brigade_domain::actor::Role;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{command, says, visitor_says};
use crate::support::{Answer, Person, Receiver, TestApp, TestTenant, Visitor};
use crate::webhooks::ALLOW;

fn access(changes: &Value) -> Value {
    let mut form = json!({
        "id": Uuid::new_v4(), "form": "access", "name": "أدا \u{1f642} Lovelace", "email": "Ada@Example.com", "message": "May we join?\nThree of us.",
        "telephone": "+43 316 123", "company": "Bäcker & Söhne", "page": "https://kitchen.example/join",
    });
    form.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    form
}

async fn send_with(app: &TestApp, key: &str, form: &Value) -> Answer {
    let request = reqwest::Client::new().post(app.url("/v1/site/forms")).header("x-tenant-key", key);
    Answer::of(request.json(form).send().await.unwrap()).await
}

async fn send(app: &TestApp, tenant: &TestTenant, form: &Value) -> Answer {
    send_with(app, &tenant.public_key, form).await
}

fn visitor(sent: &Answer) -> Visitor {
    let text = |name: &str| sent.data()[name].as_str().unwrap().to_owned();
    Visitor { id: text("visitor"), conversation: text("conversation"), topic: text("topic"), token: text("token") }
}

async fn listed(who: &Person) -> Vec<Value> {
    who.get("/v1/conversations").await.data()["items"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_is_a_conversation_of_which_staff_know_who_and_how_to_reach_them() {
    let app = TestApp::with(&[ALLOW]).await;
    let (tenant, elsewhere) = (app.tenant().await, app.tenant().await);
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    let stranger = app.client_as(&elsewhere, Role::Admin).await;
    let admin = app.client_as(&tenant, Role::Admin).await;
    let receiver = Receiver::start().await;
    let hook = json!({ "url": receiver.url(), "events": ["conversation.opened", "message.sent"] });
    admin.post("/v1/tenant/webhooks", hook).await.data();

    let sent = send(&app, &tenant, &access(&json!({}))).await;
    assert_eq!((&sent.data()["has_chat"], &sent.data()["open_now"]), (&json!(false), &json!(false)));
    let theirs = visitor(&sent);
    let path = format!("/v1/conversations/{}", theirs.conversation);
    let state = manager.get(&path).await.data()["state"].clone();
    assert_eq!(
        (&state["form"], &state["name"], &state["page"]),
        (&json!("access"), &json!("أدا \u{1f642} Lovelace"), &json!("https://kitchen.example/join"))
    );
    assert_eq!(state["contact"], json!({ "email": "ada@example.com", "name": "أدا \u{1f642} Lovelace" }));
    let answers = json!([{ "question": "Company", "answer": "Bäcker & Söhne" }, { "question": "Telephone", "answer": "+43 316 123" }]);
    assert_eq!((&state["answers"], &state["messages"][0]["text"]), (&answers, &json!("May we join?\nThree of us.")));
    let lines = listed(&manager).await;
    assert_eq!((lines.len(), &lines[0]["form"], lines[0]["waiting_since"].is_string()), (1, &json!("access"), true));
    assert_eq!((listed(&stranger).await.len(), stranger.get(&path).await.code()), (0, "NOT_FOUND"));
    let told = receiver.hears(2).await;
    assert!(told.iter().any(|told| told.body["type"] == "conversation.opened"), "{told:?}");

    // It goes on in the chat, and with the invitation that there is.
    says(&manager, &theirs.conversation, "With pleasure.").await;
    let seen = theirs.ask(&app, Method::GET, &path, None).await.data()["state"].clone();
    assert_eq!(
        (&seen["messages"][1]["text"], &seen["form"], &seen["contact"]),
        (&json!("With pleasure."), &Value::Null, &Value::Null)
    );
    visitor_says(&app, &theirs, "Thank you").await;
    let invite = json!({ "email": state["contact"]["email"], "name": state["contact"]["name"] });
    manager.post(&format!("{path}/invitations"), invite).await.data();
    app.jobs_done().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sent_many_times_it_is_one_conversation_and_nothing_that_was_changed_is_lost() {
    let app = TestApp::start().await;
    let (tenant, elsewhere) = (app.tenant().await, app.tenant().await);
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    let form = access(&json!({}));
    let all = join_all((0..5).map(|_| send(&app, &tenant, &form))).await;
    let first = visitor(&all[0]);
    assert!(
        all.iter().all(|sent| sent.data()["conversation"] == first.conversation && sent.data()["visitor"] == first.id)
    );
    let path = format!("/v1/conversations/{}", first.conversation);
    let state = async || manager.get(&path).await.data()["state"].clone();
    assert_eq!((listed(&manager).await.len(), state().await["messages"].as_array().unwrap().len()), (1, 1));
    // Each answer leads there, also the last.
    visitor_says(&app, &visitor(&all[4]), "Are you there?").await;

    // Its answer was lost, something was changed, and it went out again.
    let mut changed = form.clone();
    changed["message"] = json!("May we join? Four of us.");
    changed["email"] = json!("ada@work.example");
    changed["telephone"] = json!(null);
    send(&app, &tenant, &changed).await.data();
    let now = state().await;
    let texts: Vec<&Value> = now["messages"].as_array().unwrap().iter().map(|message| &message["text"]).collect();
    assert_eq!(texts, ["May we join?\nThree of us.", "Are you there?", "May we join? Four of us."]);
    assert_eq!((&now["contact"]["email"], now["answers"].as_array().unwrap().len()), (&json!("ada@work.example"), 1));
    // The same id with another business's key is another conversation, there.
    let there = send(&app, &elsewhere, &form).await;
    assert_ne!(there.data()["conversation"], first.conversation);
    assert_eq!(listed(&manager).await.len(), 1);
    // One that the conversation was begun with leads nobody in who has only its id.
    let id = json!({ "id": first.conversation.clone() });
    assert_eq!(send(&app, &tenant, &access(&id)).await.code(), "INVALID_INPUT");
    app.jobs_done().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fit_a_wrong_key_and_who_is_blocked_are_refused() {
    let app = TestApp::start().await;
    let (tenant, elsewhere) = (app.tenant().await, app.tenant().await);
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    for (field, wrong) in [
        ("name", json!({ "name": " " })),
        ("email", json!({ "email": "ada" })),
        ("message", json!({ "message": "م".repeat(4_001) })),
        ("telephone", json!({ "telephone": "1".repeat(51) })),
        ("company", json!({ "form": "enquiry" })),
        ("website", json!({ "website": "https://spam.example" })),
        ("page", json!({ "page": "join" })),
    ] {
        let refused = send(&app, &tenant, &access(&wrong)).await;
        assert_eq!(
            (refused.code(), &refused.body["error"]["details"]["field"]),
            ("INVALID_INPUT", &json!(field)),
            "{wrong}"
        );
    }
    for wrong in [json!({ "form": "order" }), json!({ "id": "1" }), json!({ "priority": "urgent" })] {
        assert_eq!(send(&app, &tenant, &access(&wrong)).await.code(), "INVALID_INPUT", "{wrong}");
    }
    assert_eq!(send_with(&app, "pk_live_x", &access(&json!({}))).await.code(), "INVALID_TENANT_KEY");
    assert_eq!(listed(&manager).await, Vec::<Value>::new());

    // Who is blocked in their chat is so here, with the chat's token as with the address.
    let chat = app.visitor(&tenant).await;
    visitor_says(&app, &chat, "Buy my watches").await;
    let with_chat = access(&json!({ "token": chat.token }));
    assert_eq!(send(&app, &tenant, &with_chat).await.data()["has_chat"], true);
    let path = format!("/v1/conversations/{}/commands", chat.conversation);
    let leave = command("leave_contact", &json!({ "email": "watches@example.com" }));
    chat.ask(&app, Method::POST, &path, Some(&leave)).await.data();
    manager.post(&path, command("block", &json!({ "reason": "Watches", "email": true }))).await.data();
    let before = listed(&manager).await.len();
    for blocked in [access(&json!({ "token": chat.token })), access(&json!({ "email": "Watches@example.com" }))] {
        let refused = send(&app, &tenant, &blocked).await;
        assert_eq!((refused.code(), &refused.body["error"]["details"]["reason"]), ("FORBIDDEN", &json!("blocked")));
        assert!(!refused.body.to_string().contains("Watches"));
    }
    assert_eq!(listed(&manager).await.len(), before);
    // Neither is known elsewhere; nor is nonsense anybody's chat.
    assert_eq!(send(&app, &elsewhere, &with_chat).await.data()["has_chat"], false);
    assert_eq!(send(&app, &tenant, &access(&json!({ "token": "vst_nobody" }))).await.data()["has_chat"], false);
    app.jobs_done().await;
}

#[tokio::test]
async fn forms_are_sent_sparingly() {
    let app = TestApp::with(&[("limits.site_chats_per_minute", "10")]).await;
    let tenant = app.tenant().await;
    let answers = join_all((0..15).map(|_| async { send(&app, &tenant, &access(&json!({}))).await.status })).await;
    let refused = answers.iter().filter(|status| **status == 429).count();
    assert!((4..=5).contains(&refused), "{answers:?}");
    app.jobs_done().await;
}
