//! Transcripts: what is in the letter and what never is, to whom it goes, and how often.

use brigade_domain::Timestamp;
use brigade_domain::actor::Role;
use brigade_domain::chat::transcript::{Waiting, Which};
use brigade_domain::identity::mail::Mail;
use brigade_domain::language::Language;
use reqwest::Method;
use serde_json::{Value, json};

use super::{command, says, visitor_says};
use crate::support::{Answer, Person, TestApp, TestTenant, Visitor, newest_letter};

struct Scene {
    app: TestApp,
    tenant: TestTenant,
    manager: Person,
}

impl Scene {
    async fn set() -> Self {
        let app = TestApp::start().await;
        let tenant = app.tenant().await;
        let manager = app.client_as(&tenant, Role::AccountManager).await;
        Self { app, tenant, manager }
    }

    /// A chat that was answered.
    async fn answered(&self) -> Visitor {
        let visitor = self.app.visitor(&self.tenant).await;
        visitor_says(&self.app, &visitor, "Do you cater?").await;
        says(&self.manager, &visitor.conversation, "We do. \u{1f957} \u{0645}\u{0631}\u{062d}\u{0628}\u{0627}").await;
        visitor
    }

    async fn visitor_asks(&self, visitor: &Visitor, body: &Value) -> Answer {
        let path = format!("/v1/conversations/{}/commands", visitor.conversation);
        visitor.ask(&self.app, Method::POST, &path, Some(&command("ask_transcript", body))).await
    }

    async fn staff_asks(&self, visitor: &Visitor, kind: &str, body: &Value) -> Answer {
        self.manager.post(&format!("/v1/conversations/{}/commands", visitor.conversation), command(kind, body)).await
    }

    async fn letters(&self, address: &str) -> Vec<Mail> {
        use brigade_domain::identity::ports::Outbox as _;
        self.app.jobs_done().await;
        let mails = self.app.inside.platform.identity.newest().await.unwrap();
        mails.into_iter().map(|sent| sent.mail).filter(|mail| mail.to == address).collect()
    }
}

/// A file of the visitor's, as a message says it.
async fn file(scene: &Scene, visitor: &Visitor) -> Value {
    let path = format!("/v1/conversations/{}/attachments", visitor.conversation);
    let begun = visitor.ask(&scene.app, Method::POST, &path, Some(&json!({ "name": "plan.txt", "size": 4 }))).await;
    let part = format!("{path}/{}?offset=0", begun.data()["id"].as_str().unwrap());
    let request = visitor.request(&scene.app, Method::PUT, &part).header("content-type", "application/octet-stream");
    Answer::of(request.body("plan").send().await.unwrap()).await.data()["attachment"].clone()
}

#[tokio::test]
async fn a_letter_has_what_both_sides_said_and_nothing_else() {
    let scene = Scene::set().await;
    let visitor = scene.answered().await;
    let file = file(&scene, &visitor).await;
    let path = format!("/v1/conversations/{}/commands", visitor.conversation);
    let with_file = command("send", &json!({ "text": "", "attachments": [file] }));
    visitor.ask(&scene.app, Method::POST, &path, Some(&with_file)).await.data();
    scene.staff_asks(&visitor, "note", &json!({ "text": "Internal matter" })).await.data();
    let gone = says(&scene.manager, &visitor.conversation, "Said by mistake").await;
    scene.staff_asks(&visitor, "delete", &json!({ "seq": gone })).await.data();
    let later = json!({ "text": "Said tomorrow", "send_at": Timestamp::now() + jiff::SignedDuration::from_hours(24) });
    scene.staff_asks(&visitor, "schedule", &later).await.data();
    let asked = scene.visitor_asks(&visitor, &json!({ "email": "mia@example.com" })).await;
    // What is said from here on is not in it, although the letter may be written later.
    asked.data();
    visitor_says(&scene.app, &visitor, "One more thing").await;

    let [letter] = &scene.letters("mia@example.com").await[..] else { panic!("not one letter") };
    for form in [&letter.text, &letter.html] {
        for said in ["Do you cater?", "We do. \u{1f957} \u{0645}\u{0631}\u{062d}\u{0628}\u{0627}", "plan.txt"] {
            assert!(form.contains(said), "{said} in {form}");
        }
        for secret in ["Internal matter", "Said by mistake", "Said tomorrow", "One more thing"] {
            assert!(!form.contains(secret), "{secret} in {form}");
        }
    }
    let link = letter.text.split_whitespace().find(|word| word.contains("/v1/files/")).unwrap();
    let token = link.split("/v1/files/").nth(1).unwrap();
    let read = reqwest::get(scene.app.url(&format!("/v1/files/{token}"))).await.unwrap();
    assert_eq!((read.status().as_u16(), read.text().await.unwrap().as_str()), (200, "plan"));
    assert_eq!(newest_letter(&scene.app).await.to, "mia@example.com");
    // It is on its way: the address is kept where it was left, and nowhere else.
    let kept = scene.app.database.sql("select address is null and sent_at is not null from transcripts");
    let jobs =
        scene.app.database.sql("select count(*) from graphile_worker._private_jobs where payload::text like '%mia@%'");
    assert_eq!((kept.as_str(), jobs.as_str()), ("t", "0"));
}

#[tokio::test]
async fn a_letter_is_in_the_language_of_whoever_asks_for_it() {
    let scene = Scene::set().await;
    let visitor = scene.answered().await;
    let unknown = json!({ "email": "mia@example.com", "language": "tlh" });
    let refused = scene.visitor_asks(&visitor, &unknown).await;
    assert_eq!((refused.code(), &refused.body["error"]["details"]["field"]), ("INVALID_INPUT", &json!("language")));
    scene.visitor_asks(&visitor, &json!({ "email": "mia@example.com", "language": "de" })).await.data();
    scene.app.jobs_done().await;
    scene.staff_asks(&visitor, "ask_transcript", &json!({})).await.data();
    let letters = scene.letters("mia@example.com").await;
    let begins = |subject: &str| letters.iter().filter(|letter| letter.subject.starts_with(subject)).count();
    assert_eq!((begins("Ihre Unterhaltung mit"), begins("Your conversation with")), (1, 1));
    let german = letters.iter().find(|letter| letter.subject.starts_with("Ihre")).unwrap();
    assert!(
        german.text.contains("Do you cater?") && german.text.contains("Die Uhrzeiten sind die von"),
        "{}",
        german.text
    );
}

#[tokio::test]
async fn neither_a_conversation_nor_an_address_is_sent_more_than_is_good_also_when_two_ask_at_once() {
    let scene = Scene::set().await;
    let (first, second) = (scene.answered().await, scene.answered().await);
    let mia = json!({ "email": "mia@example.com" });
    let (one, two) = tokio::join!(scene.visitor_asks(&first, &mia), scene.visitor_asks(&second, &mia));
    assert_eq!((one.status, two.status), (200, 200));
    assert_eq!(scene.visitor_asks(&first, &json!({ "email": "not an address" })).await.code(), "INVALID_INPUT");
    let known = json!({});
    let (by_staff, by_visitor) =
        tokio::join!(scene.staff_asks(&first, "ask_transcript", &known), scene.visitor_asks(&first, &known));
    assert_eq!((by_staff.status, by_visitor.status), (200, 200));
    // The conversation has sent three: it says so, and when to come back.
    let refused = scene.visitor_asks(&first, &mia).await;
    assert_eq!((refused.code(), refused.status), ("RATE_LIMITED", 429));
    // So has, from others too, the address five.
    scene.visitor_asks(&second, &mia).await.data();
    let enough = scene.visitor_asks(&second, &mia).await;
    assert_eq!(
        (enough.code(), &enough.body["error"]["details"]["constraint"]),
        ("RATE_LIMITED", &json!("transcripts_bounded"))
    );
    assert_eq!(scene.letters("mia@example.com").await.len(), 5);
    // Another address, and another business, are another matter.
    scene.visitor_asks(&second, &json!({ "email": "mia@example.org" })).await.data();
    let elsewhere = Scene { tenant: scene.app.tenant().await, ..scene };
    let manager = elsewhere.app.client_as(&elsewhere.tenant, Role::AccountManager).await;
    let elsewhere = Scene { manager, ..elsewhere };
    let abroad = elsewhere.answered().await;
    elsewhere.visitor_asks(&abroad, &mia).await.data();
    assert_eq!(elsewhere.letters("mia@example.com").await.len(), 6);
}

#[tokio::test]
async fn a_letter_is_written_once_however_often_its_job_is_done() {
    let scene = Scene::set().await;
    let visitor = scene.answered().await;
    scene.visitor_asks(&visitor, &json!({ "email": "mia@example.com" })).await.data();
    scene.app.jobs_done().await;
    let rev = scene.app.database.sql("select rev from transcripts").parse().unwrap();
    let which = Which { conversation: visitor.conversation.parse().unwrap(), rev, language: Language::En };
    let waiting: &dyn Waiting = &scene.app.inside.platform.identity;
    assert_eq!(waiting.address(scene.tenant.id, which).await.unwrap(), None);
    // A worker that has looked before the other one was done.
    let mail = newest_letter(&scene.app).await;
    waiting.post(scene.tenant.id, which, mail, Timestamp::now()).await.unwrap();
    assert_eq!(scene.letters("mia@example.com").await.len(), 1);
}
