//! What visitors are asked before their first message: nothing by default, and what is required is answered.

use brigade_domain::actor::Role;
use serde_json::{Value, json};

use super::{command, visitor_says};
use crate::support::{Answer, TestApp, TestTenant, Visitor};

async fn begin(app: &TestApp, tenant: &TestTenant, answers: &[(&str, &str)]) -> Answer {
    let answers: Vec<Value> =
        answers.iter().map(|(question, answer)| json!({ "question": question, "answer": answer })).collect();
    let request = reqwest::Client::new().post(app.url("/v1/site/conversations"));
    let request = request.header("x-tenant-key", &tenant.public_key).json(&json!({ "answers": answers }));
    Answer::of(request.send().await.unwrap()).await
}

async fn asked(app: &TestApp, tenant: &TestTenant) -> Value {
    let request = reqwest::Client::new().get(app.url("/v1/site/config")).header("x-tenant-key", &tenant.public_key);
    Answer::of(request.send().await.unwrap()).await.data()["questions"].clone()
}

#[tokio::test]
async fn answers_come_into_the_conversation_for_the_staff_and_an_address_is_a_contact() {
    let app = TestApp::start().await;
    let (tenant, elsewhere) = (app.tenant().await, app.tenant().await);
    let admin = app.client_as(&tenant, Role::Admin).await;
    let manager = app.client_as(&tenant, Role::AccountManager).await;
    assert_eq!(asked(&app, &tenant).await, json!([]));
    begin(&app, &tenant, &[]).await.data();

    let questions = json!([
        { "question": "Your name", "kind": "name", "required": true },
        { "question": "Your e-mail", "kind": "email", "required": false },
        { "question": "What about?", "kind": "choice", "required": false, "choices": ["Delivery", "شيء آخر"] },
    ]);
    let commands = format!("/v1/tenants/{}/commands", tenant.id);
    let set = command("set_questions", &json!({ "questions": questions }));
    assert_eq!(manager.post(&commands, set.clone()).await.code(), "FORBIDDEN");
    admin.post(&commands, set).await.data();
    assert_eq!(asked(&app, &tenant).await.as_array().unwrap().len(), 3);
    assert_eq!(asked(&app, &elsewhere).await, json!([]), "another business asks nothing");

    for wrong in [
        &[][..],
        &[("Your name", " ")],
        &[("Your name", "Mia"), ("Your shoes", "42")],
        &[("Your name", "Mia"), ("Your e-mail", "x")],
    ] {
        let refused = begin(&app, &tenant, wrong).await;
        assert_eq!(
            (refused.code(), &refused.body["error"]["details"]["field"]),
            ("INVALID_INPUT", &json!("answers")),
            "{wrong:?}"
        );
    }
    let given = [("Your name", "Mia \u{1f642}"), ("What about?", "شيء آخر"), ("Your e-mail", "Mia@Example.com")];
    let begun = begin(&app, &tenant, &given).await.data().clone();
    let text = |name: &str| begun[name].as_str().unwrap().to_owned();
    let visitor =
        Visitor { id: text("visitor"), conversation: text("conversation"), topic: text("topic"), token: text("token") };
    visitor_says(&app, &visitor, "Hello").await;
    let path = format!("/v1/conversations/{}", visitor.conversation);
    let state = manager.get(&path).await.data()["state"].clone();
    let answers = json!([
        { "question": "Your name", "answer": "Mia \u{1f642}" }, { "question": "Your e-mail", "answer": "mia@example.com" },
        { "question": "What about?", "answer": "شيء آخر" },
    ]);
    assert_eq!((&state["answers"], &state["contact"]["email"]), (&answers, &json!("mia@example.com")));
    assert_eq!(state["name"], "Mia \u{1f642}", "who says a name is called by it");
    let theirs = visitor.ask(&app, reqwest::Method::GET, &path, None).await.data()["state"].clone();
    assert_eq!(theirs["answers"], json!(null));
    app.jobs_done().await;
}
