//! Files that are kept in a bucket.

use serde_json::Value;

use super::attachments::{Hand, PART, fetch, stage_settings};
use crate::live::stage::Stage;
use crate::platform::{overview_when, part};
use crate::support::bucket::{Bucket, KEY};
use crate::support::{TestApp, eventually};

async fn stage_with(bucket: &Bucket) -> Stage {
    let mut endpoint = String::new();
    let settings = bucket.settings(&mut endpoint, KEY.1);
    Stage::with(&[stage_settings(), &settings].concat()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_kept_in_it_whole_and_goes_with_its_message() {
    let bucket = Bucket::start().await;
    let stage = stage_with(&bucket).await;
    let (topic, manager) = (&stage.clients_chat, Hand::Person(&stage.manager));
    let bytes: Vec<u8> = (0..PART + 9).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let file = manager.give(topic, "plan ü.bin", &bytes).await;
    let sent = manager.say(topic, "send", "", &[&file]).await.data()["seq"].as_u64().unwrap();

    let link = manager.link(topic, &file).await.unwrap();
    assert!(fetch(&stage, &link["url"]).await.bytes().await.unwrap() == bytes, "it is what was given");
    // In its folder, under ids, and nothing of its parts.
    let names = bucket.names();
    let id = file["id"].as_str().unwrap();
    assert!(
        matches!(names.as_slice(), [one] if one.starts_with("live/ten_") && one.ends_with(&format!("/{id}/original"))),
        "{names:?}"
    );
    assert!(stage.app.files().is_empty(), "nothing is in the folder");

    let gone = serde_json::json!({ "id": uuid::Uuid::now_v7(), "type": "delete", "body": { "seq": sent } });
    stage.manager.post(&format!("{}/commands", crate::live::stage::path_of(topic)), gone).await.data();
    eventually("the bucket is empty", std::time::Duration::from_secs(20), async || {
        bucket.names().is_empty().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_it_is_away_no_part_is_taken_and_then_the_file_goes_on() {
    let bucket = Bucket::start().await;
    let stage = stage_with(&bucket).await;
    let (topic, manager) = (&stage.clients_chat, Hand::Person(&stage.manager));
    let bytes = vec![7; PART + 1];
    let begun = manager.begin(topic, "long.bin", bytes.len()).await.data().clone();
    let id = begun["id"].as_str().unwrap();
    manager.put(topic, id, 0, &bytes[..PART]).await.data();
    bucket.be_away(true);
    let refused = manager.put(topic, id, PART, &bytes[PART..]).await;
    assert_eq!((refused.status, refused.code()), (503, "UNAVAILABLE"));
    assert!(!refused.body.to_string().contains("127.0.0.1"), "{refused:?}");
    // Messages go on.
    manager.say(topic, "send", "Meanwhile", &[]).await.data();
    bucket.be_away(false);
    let last = manager.put(topic, id, PART, &bytes[PART..]).await.data().clone();
    assert_eq!(last["attachment"]["size"].as_u64(), Some(bytes.len() as u64));
    assert_ne!(last["attachment"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_secret_is_told_to_the_operator() {
    let bucket = Bucket::start().await;
    let mut endpoint = String::new();
    let app = TestApp::with(&bucket.settings(&mut endpoint, "another secret")).await;
    let operator = app.operator().await;
    let broken = overview_when(&operator, "files", "down").await;
    assert!(part(&broken, "files")["note"].as_str().unwrap().contains("files.bucket"), "{broken}");
    assert!(!broken.to_string().contains("another secret") && bucket.names().is_empty(), "{broken}");
}
