//! Files that go with messages: they arrive in parts and go on after a break, are what they hold, are seen by those who see the
//! message and nobody else, and go with it.

use std::time::Duration;

use brigade_domain::actor::Role;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::live::stage::{Stage, path_of};
use crate::support::{Answer, Person, Visitor, eventually};

pub(super) const PART: usize = 1_048_576;

/// A picture of one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

/// Somebody who gives and reads files.
#[derive(Clone, Copy)]
pub(super) enum Hand<'a> {
    Person(&'a Person),
    Visitor(&'a Stage, &'a Visitor),
}

impl Hand<'_> {
    fn request(self, method: Method, path: &str) -> RequestBuilder {
        match self {
            Self::Person(person) => person.request(method, path),
            Self::Visitor(stage, visitor) => visitor.request(&stage.app, method, path),
        }
    }

    async fn ask(self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.request(method, path);
        let request = if let Some(body) = body { request.json(&body) } else { request };
        Answer::of(request.send().await.unwrap()).await
    }

    pub(super) async fn begin(self, topic: &str, name: &str, size: usize) -> Answer {
        let path = format!("{}/attachments", path_of(topic));
        self.ask(Method::POST, &path, Some(json!({ "name": name, "size": size }))).await
    }

    pub(super) async fn put(self, topic: &str, id: &str, offset: usize, bytes: &[u8]) -> Answer {
        let path = format!("{}/attachments/{id}?offset={offset}", path_of(topic));
        let request = self.request(Method::PUT, &path).header("content-type", "application/octet-stream");
        Answer::of(request.body(bytes.to_vec()).send().await.unwrap()).await
    }

    /// Gives a whole file; gives what a message says of it.
    pub(super) async fn give(self, topic: &str, name: &str, bytes: &[u8]) -> Value {
        let begun = self.begin(topic, name, bytes.len()).await.data().clone();
        let id = begun["id"].as_str().unwrap();
        let mut last = Value::Null;
        for (index, part) in bytes.chunks(PART).enumerate() {
            last = self.put(topic, id, index * PART, part).await.data().clone();
        }
        last["attachment"].clone()
    }

    pub(super) async fn say(self, topic: &str, kind: &str, text: &str, attachments: &[&Value]) -> Answer {
        let body = json!({ "text": text, "attachments": attachments });
        let command = json!({ "id": uuid::Uuid::now_v7(), "type": kind, "body": body });
        self.ask(Method::POST, &format!("{}/commands", path_of(topic)), Some(command)).await
    }

    /// The addresses of a file, if this one may read it.
    pub(super) async fn link(self, topic: &str, attachment: &Value) -> Option<Value> {
        let path = format!("{}/attachments?ids={}", path_of(topic), attachment["id"].as_str().unwrap());
        self.ask(Method::GET, &path, None).await.data()["files"].as_array().unwrap().first().cloned()
    }
}

/// What is under an address, by whoever has it.
pub(super) async fn fetch(stage: &Stage, url: &Value) -> reqwest::Response {
    reqwest::get(stage.app.url(url.as_str().unwrap())).await.unwrap()
}

pub(super) fn stage_settings() -> &'static [(&'static str, &'static str)] {
    &[("limits.requests_per_minute", "10000"), ("limits.visitor_commands_per_minute", "10000")]
}

#[tokio::test]
async fn a_visitors_file_arrives_in_parts_and_goes_with_a_message() {
    let stage = Stage::with(stage_settings()).await;
    let topic = &stage.visitor.topic;
    let visitor = Hand::Visitor(&stage, &stage.visitor);
    let bytes: Vec<u8> = (0..2 * PART + 77).map(|at| u8::try_from(at % 251).unwrap()).collect();

    let begun = visitor.begin(topic, "C:\\plans\\our plan.bin", bytes.len()).await.data().clone();
    let id = begun["id"].as_str().unwrap();
    assert_eq!((begun["offset"].as_u64(), begun["part_bytes"].as_u64()), (Some(0), Some(PART as u64)));
    // Out of order, of the wrong size, of somebody else: nothing of it is taken.
    let early = visitor.put(topic, id, PART, &bytes[PART..2 * PART]).await;
    assert_eq!((early.code(), early.body["error"]["details"]["offset"].as_u64()), ("CONFLICT", Some(0)));
    assert_eq!(visitor.put(topic, id, 0, &bytes[..100]).await.code(), "INVALID_INPUT");
    assert_eq!(visitor.put(topic, id, 0, &vec![7; PART + 1]).await.code(), "TOO_LARGE");
    assert_eq!(Hand::Person(&stage.manager).put(topic, id, 0, &bytes[..PART]).await.code(), "NOT_FOUND");
    // The answer to the first part is lost, and the part is given again.
    for _ in 0..2 {
        assert_eq!(visitor.put(topic, id, 0, &bytes[..PART]).await.data()["offset"].as_u64(), Some(PART as u64));
    }
    let path = format!("{}/attachments/{id}", path_of(topic));
    assert_eq!(visitor.ask(Method::GET, &path, None).await.data()["offset"].as_u64(), Some(PART as u64));
    visitor.put(topic, id, PART, &bytes[PART..2 * PART]).await.data();
    let last = visitor.put(topic, id, 2 * PART, &bytes[2 * PART..]).await.data().clone();
    let file = &last["attachment"];
    assert_eq!(
        (&file["name"], &file["type"], file["size"].as_u64()),
        (&json!("our plan.bin"), &json!("application/octet-stream"), Some(bytes.len() as u64))
    );

    // Nobody reads it before it is sent; then everybody in the conversation does.
    let manager = Hand::Person(&stage.manager);
    assert_eq!(visitor.link(topic, file).await, None);
    let mut socket = stage.socket(&stage.manager).await;
    socket.subscribe(topic).await;
    visitor.say(topic, "send", "", &[file]).await.data();
    let sent = socket.event(topic, "message_sent").await;
    assert_eq!(sent["body"]["attachments"], json!([file]));
    for hand in [visitor, manager] {
        let link = hand.link(topic, file).await.unwrap();
        assert_eq!(link["thumbnail"], Value::Null);
        let answer = fetch(&stage, &link["url"]).await;
        let header = |name: &str| answer.headers().get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!(
            header("content-disposition"),
            "attachment; filename=\"our plan.bin\"; filename*=UTF-8''our%20plan.bin"
        );
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("content-security-policy").contains("default-src 'none'"));
        assert_eq!(header("content-length"), bytes.len().to_string());
        assert_eq!(answer.bytes().await.unwrap(), bytes);
    }
    // The snapshot, the page of messages and the inbox say the same.
    let seen = socket.subscribe(topic).await["state"].clone();
    assert_eq!(seen["messages"][0]["attachments"], json!([file]));
    let page = manager.ask(Method::GET, &format!("{}/messages", path_of(topic)), None).await;
    assert_eq!(page.data()["messages"][0]["attachments"], json!([file]));
    let listed = stage.manager.get("/v1/conversations").await;
    assert_eq!(listed.data()["items"][0]["preview"], "📎 our plan.bin");
}

#[tokio::test]
async fn a_picture_is_shown_small_and_a_script_in_disguise_is_a_file_to_save() {
    let stage = Stage::with(stage_settings()).await;
    let (topic, client) = (&stage.clients_chat, Hand::Person(&stage.client));
    let picture = client.give(topic, "me.exe", PNG).await;
    assert_eq!((&picture["type"], &picture["pixels"]), (&json!("image/png"), &json!({ "width": 1, "height": 1 })));
    let page = b"<!doctype html><script>alert(document.domain)</script>";
    let disguised = client.give(topic, "me.png", page).await;
    assert_eq!((&disguised["type"], disguised.get("pixels")), (&json!("text/html"), None));
    client.say(topic, "send", "Look", &[&picture, &disguised]).await.data();

    let link = client.link(topic, &picture).await.unwrap();
    let small = fetch(&stage, &link["thumbnail"]).await;
    assert_eq!(small.headers()["content-type"], "image/webp");
    assert!(small.bytes().await.unwrap().starts_with(b"RIFF"));
    let answer = fetch(&stage, &client.link(topic, &disguised).await.unwrap()["url"]).await;
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment;"));
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("script-src 'none'"));
    assert_eq!(answer.headers()["cross-origin-resource-policy"], "same-origin");
}

#[tokio::test]
async fn a_notes_files_are_the_staffs_and_nobody_elses() {
    let stage = Stage::with(stage_settings()).await;
    let (topic, manager) = (&stage.clients_chat, Hand::Person(&stage.manager));
    let file = manager.give(topic, "margins.txt", b"we pay 3 a meal").await;
    manager.say(topic, "note", "", &[&file]).await.data();
    assert!(
        manager.link(topic, &file).await.is_some() && Hand::Person(&stage.admin).link(topic, &file).await.is_some()
    );
    assert_eq!(Hand::Person(&stage.client).link(topic, &file).await, None);
    let page = stage.client.get(&format!("{}/messages", path_of(topic))).await;
    assert!(!page.body.to_string().contains("margins"), "{page:?}");

    // Another conversation, another business: as if there were none.
    let visitor = Hand::Visitor(&stage, &stage.visitor);
    assert_eq!(visitor.link(&stage.visitor.topic, &file).await, None);
    assert_eq!(
        visitor
            .ask(Method::GET, &format!("{}/attachments?ids={}", path_of(topic), file["id"].as_str().unwrap()), None)
            .await
            .code(),
        "NOT_FOUND"
    );
    let stranger = stage.app.client_as(&stage.elsewhere, Role::Admin).await;
    assert_eq!(Hand::Person(&stranger).begin(topic, "x", 1).await.code(), "NOT_FOUND");
}

#[tokio::test]
async fn a_message_takes_only_what_its_author_gave_here_as_it_was_given_and_once() {
    let stage = Stage::with(stage_settings()).await;
    let (topic, manager) = (&stage.clients_chat, Hand::Person(&stage.manager));
    let client = Hand::Person(&stage.client);
    let file = manager.give(topic, "offer.txt", b"an offer").await;
    let refused = |answer: Answer| {
        assert_eq!(
            (answer.code(), answer.body["error"]["details"]["constraint"].as_str()),
            ("INVALID_INPUT", Some("attachments_given_before_sent"))
        );
    };
    // Given by somebody else, given elsewhere, not whole, under another name, type or size.
    refused(client.say(topic, "send", "mine", &[&file]).await);
    refused(manager.say(&stage.visitor.topic, "send", "there", &[&file]).await);
    let begun = manager.begin(topic, "half.txt", 10).await.data().clone();
    let half = json!({ "id": begun["id"], "name": "half.txt", "type": "text/plain", "size": 10 });
    refused(manager.say(topic, "send", "", &[&half]).await);
    for (field, value) in [
        ("name", json!("invoice.pdf")),
        ("type", json!("image/png")),
        ("size", json!(1)),
        ("pixels", json!({ "width": 1, "height": 1 })),
    ] {
        let mut lie = file.clone();
        lie[field] = value;
        refused(manager.say(topic, "send", "", &[&lie]).await);
    }
    // Words that look like the field are words.
    manager.say(topic, "send", "\"attachments\":[{\"id\":\"x\"}]", &[]).await.data();

    manager.say(topic, "send", "", &[&file]).await.data();
    refused(manager.say(topic, "send", "again", &[&file]).await);
    assert_eq!(manager.say(topic, "send", "", &[&file, &file]).await.code(), "INVALID_INPUT");
    assert_eq!(manager.say(topic, "send", "", &[]).await.body["error"]["details"]["field"], "text");
    assert_eq!(stage.app.database.sql("select count(*) from attachments where seq is not null"), "1");
}

#[tokio::test]
async fn with_its_message_a_file_is_gone_for_everybody_and_from_the_disk() {
    let stage = Stage::with(stage_settings()).await;
    let (topic, manager) = (&stage.clients_chat, Hand::Person(&stage.manager));
    let file = manager.give(topic, "wrong.txt", b"not for you").await;
    let seq = manager.say(topic, "send", "", &[&file]).await.data()["seq"].clone();
    let link = Hand::Person(&stage.client).link(topic, &file).await.unwrap();
    assert_eq!(fetch(&stage, &link["url"]).await.status(), 200);

    let command = json!({ "id": uuid::Uuid::now_v7(), "type": "delete", "body": { "seq": seq } });
    manager.ask(Method::POST, &format!("{}/commands", path_of(topic)), Some(command)).await.data();
    assert_eq!(fetch(&stage, &link["url"]).await.status(), 404, "also under an address that was good before");
    assert_eq!(manager.link(topic, &file).await, None);
    let page = stage.client.get(&format!("{}/messages", path_of(topic))).await;
    assert!(!page.body.to_string().contains("wrong.txt"), "{page:?}");
    stage.app.jobs_done().await;
    eventually("its bytes are gone", Duration::from_secs(10), async || {
        let known = stage.app.database.sql("select count(*) from attachments");
        (known == "0" && stage.app.files().is_empty()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_nobody_sends_is_given_up_by_hand_or_after_a_day() {
    let stage = Stage::with(stage_settings()).await;
    let (topic, manager) = (&stage.clients_chat, Hand::Person(&stage.manager));
    let path = |file: &Value| format!("{}/attachments/{}", path_of(topic), file["id"].as_str().unwrap());
    let (taken_out, forgotten, sent) = (
        manager.give(topic, "a.txt", b"a").await,
        manager.give(topic, "b.txt", b"b").await,
        manager.give(topic, "c.txt", b"c").await,
    );
    manager.ask(Method::DELETE, &path(&taken_out), None).await.data();
    assert_eq!(manager.ask(Method::DELETE, &path(&taken_out), None).await.code(), "NOT_FOUND");
    manager.say(topic, "send", "", &[&sent]).await.data();
    assert_eq!(manager.ask(Method::DELETE, &path(&sent), None).await.code(), "CONFLICT");

    // The day has passed.
    stage.app.database.sql("update graphile_worker._private_jobs set run_at = now()");
    eventually("the forgotten one is gone", Duration::from_secs(20), async || {
        (stage.app.database.sql("select name from attachments").trim() == "c.txt").then_some(())
    })
    .await;
    stage.app.jobs_done().await;
    assert_eq!(manager.say(topic, "send", "", &[&forgotten]).await.code(), "INVALID_INPUT");
    assert_eq!(stage.app.files().len(), 1);
    let link = manager.link(topic, &sent).await.unwrap();
    assert_eq!(fetch(&stage, &link["url"]).await.text().await.unwrap(), "c");
}

#[tokio::test]
async fn what_is_too_much_is_said() {
    let stage = Stage::with(stage_settings()).await;
    let (topic, manager) = (&stage.clients_chat, Hand::Person(&stage.manager));
    let large = manager.begin(topic, "film.mov", 25 * PART + 1).await;
    assert_eq!(
        (large.code(), large.body["error"]["details"]["limit"].as_u64()),
        ("INVALID_INPUT", Some(25 * PART as u64))
    );
    assert_eq!(manager.begin(topic, "empty.txt", 0).await.code(), "INVALID_INPUT");
    for name in ["", "a\nb", &"a".repeat(201)] {
        assert_eq!(manager.begin(topic, name, 1).await.body["error"]["details"]["field"], "name", "{name:?}");
    }
    for _ in 0..30 {
        manager.begin(topic, "x", 1).await.data();
    }
    let many = manager.begin(topic, "x", 1).await;
    assert_eq!(
        (many.code(), many.body["error"]["details"]["constraint"].as_str()),
        ("CONFLICT", Some("attachments_unsent_bounded"))
    );
    assert_eq!(Hand::Person(&stage.client).begin(topic, "x", 1).await.status, 200, "of each giver");
    stage.app.database.sql("update attachments set size = 26214400; insert into attachments select tenant_id, gen_random_uuid(), 'att_' || substr(md5(id::text), 1, 26), conversation_id, 'usr', name, size, 0, null, null, null, created_at from attachments limit 9");
    let full = Hand::Person(&stage.client).begin(topic, "x", 25 * PART).await;
    assert_eq!(
        (full.code(), full.body["error"]["details"]["constraint"].as_str()),
        ("CONFLICT", Some("attachments_bytes_bounded"))
    );

    // Parts of files count by themselves: a person's, and those of all visitors at an address.
    let tight =
        Stage::with(&[("limits.upload_parts_per_minute", "2"), ("limits.visitor_upload_parts_per_minute", "2")]).await;
    let another = tight.app.visitor(&tight.tenant).await;
    let (manager, one, two) =
        (Hand::Person(&tight.manager), Hand::Visitor(&tight, &tight.visitor), Hand::Visitor(&tight, &another));
    for (hand, topic, given, limit) in [
        (manager, &tight.clients_chat, 2, "upload"),
        (one, &tight.visitor.topic, 2, "visitor_upload"),
        (two, &another.topic, 0, "visitor_upload"),
    ] {
        let begun = hand.begin(topic, "x.bin", 3 * PART).await.data().clone();
        let id = begun["id"].as_str().unwrap();
        for index in 0..given {
            hand.put(topic, id, index * PART, &vec![0; PART]).await.data();
        }
        let refused = hand.put(topic, id, given * PART, &vec![0; PART]).await;
        assert_eq!((refused.code(), &refused.body["error"]["details"]["limit"]), ("RATE_LIMITED", &json!(limit)));
    }
}

#[tokio::test]
async fn a_file_goes_on_after_a_server_that_died_and_a_harmful_one_is_not_taken() {
    let stage = Stage::with(stage_settings()).await;
    let (topic, manager) = (&stage.clients_chat, Hand::Person(&stage.manager));
    let begun = manager.begin(topic, "notes.txt", 5).await.data().clone();
    let id = begun["id"].as_str().unwrap();
    manager.put(topic, id, 0, b"hello").await.data();
    // As a server leaves it that dies after the last part and before it has looked at the file.
    stage.app.database.sql("update attachments set media_type = null");
    let [whole] = stage.app.files().try_into().unwrap();
    std::fs::rename(&whole, whole.with_file_name("part-00000000")).unwrap();
    let again = manager.put(topic, id, 0, b"hello").await.data().clone();
    assert_eq!(again["attachment"]["type"], "text/plain");
    manager.say(topic, "send", "", &[&again["attachment"]]).await.data();

    // With a scanner that is away nothing is let through, and nothing is lost: the last part is given again later.
    let guarded = Stage::with(&[("files.clamd", "127.0.0.1:9")]).await;
    let (topic, client) = (&guarded.clients_chat, Hand::Person(&guarded.client));
    let begun = client.begin(topic, "x.txt", 1).await.data().clone();
    let id = begun["id"].as_str().unwrap();
    let refused = client.put(topic, id, 0, b"x").await;
    assert_eq!((refused.status, refused.code()), (503, "UNAVAILABLE"));
    let path = format!("{}/attachments/{id}", path_of(topic));
    let upload = client.ask(Method::GET, &path, None).await.data().clone();
    assert_eq!((upload["offset"].as_u64(), &upload["attachment"]), (Some(1), &Value::Null));
}
