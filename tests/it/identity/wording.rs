//! Letters in a business's own words: what arrives is what was written and previewed, and what is ours to say is in it.

use brigade_domain::actor::Role;
use brigade_domain::identity::mail::Mail;
use brigade_domain::identity::ports::Outbox as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::chat::{command, says, visitor_says};
use crate::support::{Answer, Browser, Person, TestApp, TestTenant, token_in_mail};

const PATH: &str = "/v1/tenant/letters";

/// A name that would like to be more: HTML, a place to fill in, Arabic, an emoji, and 200 characters long.
fn long_name() -> String {
    let begins = "<script>alert(1)</script>\"{{business.name}} \u{0645}\u{0631}\u{062d}\u{0628}\u{0627} \u{1f468}\u{200d}\u{1f373} ";
    begins.chars().chain(std::iter::repeat('x')).take(200).collect()
}

struct Scene {
    app: TestApp,
    tenant: TestTenant,
    admin: Person,
}

impl Scene {
    async fn set() -> Self {
        let app = TestApp::start().await;
        let tenant = app.tenant().await;
        let admin = app.client_as(&tenant, Role::Admin).await;
        Self { app, tenant, admin }
    }

    async fn letter(&self, occasion: &str) -> Value {
        let letters = self.admin.get(PATH).await.data().clone();
        letters.as_array().unwrap().iter().find(|letter| letter["occasion"] == occasion).unwrap().clone()
    }

    /// Words it in the place of what is there now.
    async fn word(&self, occasion: &str, subject: &str, text: &str) -> Answer {
        let rev = &self.letter(occasion).await["rev"];
        keep(&self.admin, occasion, &json!({ "rev": rev, "subject": subject, "text": text })).await
    }

    async fn letters(&self, address: &str) -> Vec<Mail> {
        self.app.jobs_done().await;
        let mails = self.app.inside.platform.identity.newest().await.unwrap();
        mails.into_iter().map(|sent| sent.mail).filter(|mail| mail.to == address).collect()
    }

    async fn invite_client(&self, address: &str, name: &str) -> Mail {
        let visitor = self.app.visitor(&self.tenant).await;
        visitor_says(&self.app, &visitor, "Do you cater?").await;
        let path = format!("/v1/conversations/{}/invitations", visitor.conversation);
        self.admin.post(&path, json!({ "email": address, "name": name })).await.data();
        self.letters(address).await.remove(0)
    }
}

async fn keep(who: &Person, occasion: &str, body: &Value) -> Answer {
    who.ask(Method::PUT, &format!("{PATH}/{occasion}"), Some(body)).await
}

async fn back_to_ours(who: &Person, occasion: &str) -> Answer {
    who.ask(Method::DELETE, &format!("{PATH}/{occasion}"), None).await
}

fn assert_invitation_is_whole(mail: &Mail) {
    for ours in ["The link works for 7 days.", "/invite#token=", "This invitation is from ", "you need not do anything"]
    {
        assert!(mail.text.contains(ours) && mail.html.contains(ours), "{ours} is not in {}", mail.text);
    }
}

#[tokio::test]
async fn a_worded_invitation_arrives_as_it_was_written_and_previewed_and_can_be_accepted() {
    let scene = Scene::set().await;
    let name = long_name();
    let (subject, text) = (
        "{{customer.first_name}}, \u{0623}\u{0647}\u{0644}\u{0627} \u{1f957}",
        "Dear {{customer.name}},\n\n<b>Welcome</b> to\n{{business.name}}!",
    );
    let kept = scene.word("client_invitation", subject, text).await.data().clone();
    assert_eq!((&kept["rev"], &kept["own"]), (&json!(1), &json!({ "subject": subject, "text": text })));
    assert_eq!(scene.letter("client_invitation").await, kept);

    let mail = scene.invite_client("maya@people.example", &name).await;
    assert!(
        mail.subject.starts_with("<script>alert(1)</script>\"{{business.name}}, \u{0623}\u{0647}\u{0644}\u{0627}"),
        "{}",
        mail.subject
    );
    assert!(mail.text.starts_with(&format!("Dear {name},\n\n<b>Welcome</b> to\n")), "{}", mail.text);
    assert!(!mail.html.contains("<script") && !mail.html.contains("<b>"), "{}", mail.html);
    assert!(mail.html.contains("&lt;b&gt;Welcome&lt;/b&gt; to<br>"), "{}", mail.html);
    assert_invitation_is_whole(&mail);
    let token = token_in_mail(&scene.app, "maya@people.example").await;
    let accept = json!({ "token": token, "name": "Maya", "password": "brass kettle orbit 91" });
    Browser::new(&scene.app).post("/v1/invitations/accept", accept).await.data();

    // What is shown before is what is sent: only the link is another.
    let sample = scene
        .admin
        .post(&format!("{PATH}/client_invitation/preview"), json!({ "subject": subject, "text": text }))
        .await;
    let sent = scene.invite_client("okafor@people.example", "Maya Okafor").await;
    let token = sent.text.split("#token=").nth(1).unwrap().split_whitespace().next().unwrap();
    let shown = |form: &str| json!(form.replace(token, "example"));
    assert_eq!(
        sample.data(),
        &json!({ "subject": sent.subject, "text": shown(&sent.text), "html": shown(&sent.html) })
    );
}

#[tokio::test]
async fn what_is_worded_later_or_no_longer_leaves_letters_on_their_way_as_they_are() {
    let scene = Scene::set().await;
    let invite = async |address: &str| {
        let staff = json!({ "email": address, "name": "Theo", "role": "account_manager" });
        scene.admin.post("/v1/tenant/staff/invitations", staff).await.data();
        let mails = scene.app.inside.platform.identity.newest().await.unwrap();
        mails.into_iter().map(|sent| sent.mail).find(|mail| mail.to == address).unwrap()
    };
    let ours = invite("one@people.example").await;
    assert!(ours.subject.ends_with("invites you to the team") && ours.text.starts_with("Hello Theo,"), "{}", ours.text);
    assert_invitation_is_whole(&ours);

    scene.word("staff_invitation", "Come and cook", "Hi {{person.first_name|you}}!").await.data();
    let own = invite("two@people.example").await;
    assert_eq!((own.subject.as_str(), own.text.lines().next()), ("Come and cook", Some("Hi Theo!")));
    assert_invitation_is_whole(&own);

    scene.word("staff_invitation", "Another", "Other words").await.data();
    back_to_ours(&scene.admin, "staff_invitation").await.data();
    assert_eq!(back_to_ours(&scene.admin, "staff_invitation").await.code(), "NOT_FOUND");
    let again = invite("three@people.example").await;
    assert_eq!((&again.subject, again.text.lines().next()), (&ours.subject, ours.text.lines().next()));
    assert_eq!(scene.letter("staff_invitation").await["own"], Value::Null);
    for (address, mail) in [("one@people.example", &ours), ("two@people.example", &own)] {
        assert_eq!(scene.letters(address).await, std::slice::from_ref(mail), "{address}");
    }
}

#[tokio::test]
async fn a_transcript_begins_as_it_was_worded() {
    let scene = Scene::set().await;
    scene
        .word(
            "transcript",
            "A copy from {{business.name}}",
            "Thank you for talking to {{business.name}}.\n\n10:00 Ada:",
        )
        .await
        .data();
    let visitor = scene.app.visitor(&scene.tenant).await;
    visitor_says(&scene.app, &visitor, "Do you cater?").await;
    says(&scene.admin, &visitor.conversation, "We do.").await;
    let path = format!("/v1/conversations/{}/commands", visitor.conversation);
    let ask = command("ask_transcript", &json!({ "email": "mia@people.example" }));
    visitor.ask(&scene.app, Method::POST, &path, Some(&ask)).await.data();
    let [mail] = &scene.letters("mia@people.example").await[..] else { panic!("not one letter") };
    assert!(mail.subject.starts_with("A copy from ") && !mail.subject.contains("{{"), "{}", mail.subject);
    assert!(mail.text.starts_with("Thank you for talking to ") && !mail.text.contains("Hello,"), "{}", mail.text);
    for said in ["Do you cater?", "We do.", "Times are those of ", "is sent once", "you need not do anything"] {
        assert!(mail.text.contains(said) && mail.html.contains(said), "{said} is not in {}", mail.text);
    }
}

#[tokio::test]
async fn nobody_else_words_or_sees_them_and_another_business_has_its_own() {
    let scene = Scene::set().await;
    scene.word("client_invitation", "Ours alone", "Ours alone").await.data();
    let elsewhere = scene.app.tenant().await;
    let stranger = scene.app.client_as(&elsewhere, Role::Admin).await;
    assert!(!stranger.get(PATH).await.body.to_string().contains("Ours alone"));
    assert_eq!(back_to_ours(&stranger, "client_invitation").await.code(), "NOT_FOUND");
    let there = Scene { tenant: elsewhere, admin: stranger, ..scene };
    let mail = there.invite_client("maya@people.example", "Maya").await;
    assert!(mail.subject.starts_with("Your account with ") && mail.text.starts_with("Hello Maya,"), "{}", mail.text);

    let words = json!({ "rev": 0, "subject": "x", "text": "x" });
    let manager = there.app.client_as(&there.tenant, Role::AccountManager).await;
    let client = there.app.client_as(&there.tenant, Role::Client).await;
    for who in [&manager, &client] {
        let looked = who.post(&format!("{PATH}/transcript/preview"), json!({ "subject": "x", "text": "x" })).await;
        for refused in
            [who.get(PATH).await, keep(who, "transcript", &words).await, back_to_ours(who, "transcript").await, looked]
        {
            assert_eq!(refused.code(), "FORBIDDEN");
        }
    }
    assert_eq!(there.app.database.sql("select count(*) from letter_wordings"), "1");
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_letters_about_accounts_are_not_worded() {
    let scene = Scene::set().await;
    let (long, longer) = ("s".repeat(151), "t".repeat(4_001));
    for (occasion, subject, text, field) in [
        ("client_invitation", "", "x", "subject"),
        ("client_invitation", &*long, "x", "subject"),
        ("client_invitation", "a\r\nBcc: all@people.example", "x", "subject"),
        ("client_invitation", "x", " ", "text"),
        ("client_invitation", "x", &*longer, "text"),
        ("client_invitation", "x", "{{link}}", "text"),
        ("staff_invitation", "{{customer.name}}", "x", "subject"),
        ("transcript", "x", "{{customer.name}}", "text"),
        ("transcript", "x", "{{business.name", "text"),
    ] {
        let kept = scene.word(occasion, subject, text).await;
        let shown =
            scene.admin.post(&format!("{PATH}/{occasion}/preview"), json!({ "subject": subject, "text": text })).await;
        for answer in [kept, shown] {
            assert_eq!((answer.code(), &answer.body["error"]["details"]["field"]), ("INVALID_INPUT", &json!(field)));
        }
    }
    let words = json!({ "rev": 0, "subject": "x", "text": "x" });
    for other in ["reset_password", "verify_email", "ClientInvitation"] {
        assert_eq!(keep(&scene.admin, other, &words).await.code(), "NOT_FOUND", "{other}");
    }
    assert_eq!(scene.app.database.sql("select count(*) from letter_wordings"), "0");
    // Also whoever writes into the table by hand: it fails unless the row is refused.
    for (subject, text) in
        [("''", "'x'"), ("repeat('s', 151)", "'x'"), ("E'a\\nb'", "'x'"), ("'x'", "repeat('t', 4001)")]
    {
        let tenant = scene.tenant.id.uuid();
        scene.app.database.sql(&format!(
            "do $$ begin
                 insert into letter_wordings (tenant_id, occasion, subject, text, changed_at)
                     values ('{tenant}', 'transcript', {subject}, {text}, now());
                 raise exception 'it was taken';
             exception when check_violation then null; end $$"
        ));
    }
}

#[tokio::test]
async fn of_two_who_word_it_at_once_one_is_told_and_it_is_on_the_record_without_the_words() {
    let scene = Scene::set().await;
    let other = scene.app.client_as(&scene.tenant, Role::Admin).await;
    let words = |rev: u32, text: &str| json!({ "rev": rev, "subject": "Secret words", "text": text });
    let (one, two) = (words(0, "one"), words(0, "two"));
    let (first, second) = tokio::join!(keep(&scene.admin, "transcript", &one), keep(&other, "transcript", &two));
    let refused: Vec<_> = [&first, &second].into_iter().filter(|answer| answer.body["success"] == false).collect();
    assert_eq!(refused.len(), 1, "{first:?} {second:?}");
    assert_eq!(refused[0].code(), "CONFLICT");
    assert_eq!(keep(&other, "transcript", &words(1, "three")).await.data()["rev"], 2);
    assert_eq!(keep(&scene.admin, "transcript", &words(1, "four")).await.code(), "CONFLICT");
    back_to_ours(&other, "transcript").await.data();
    assert_eq!(keep(&scene.admin, "transcript", &words(2, "five")).await.code(), "CONFLICT");

    let lines = scene.admin.get("/v1/tenant/audit?limit=200").await.data().clone();
    let lines: Vec<&Value> = lines
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["event"].as_str().unwrap().starts_with("letter."))
        .collect();
    let events: Vec<&str> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["letter.restored", "letter.worded", "letter.worded"]);
    assert!(lines.iter().all(|line| line.to_string().contains("\"occasion\":\"transcript\"")), "{lines:?}");
    assert!(!json!(lines).to_string().contains("Secret words"), "{lines:?}");
}
