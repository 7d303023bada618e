//! Going away under load (F6, short).

use std::time::{Duration, Instant};

use brigade_domain::actor::Role;

use crate::support::{Socket, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_are_told_to_come_back_and_the_rest_is_finished() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let visitor = app.visitor(&tenant).await;
    let mut sender = Socket::open_visitor(&app, &visitor).await;
    sender.subscribe(&visitor.topic).await;
    let (_person, mut reader) = app.ws_as(&tenant, Role::AccountManager).await;
    reader.subscribe(&visitor.topic).await;
    let mut acknowledged = 0;
    for number in 0..20 {
        let answer =
            sender.command(&visitor.topic, "send", serde_json::json!({ "text": format!("message {number}") })).await;
        assert_eq!(answer["t"], "ack", "{answer}");
        acknowledged += 1;
    }
    app.jobs_done().await;
    let url = app.url("/readyz");
    let clock = Instant::now();
    let conversation = visitor.conversation.clone();
    let database_count = |app: &TestApp| app.database.sql("select count(*) from event_log where kind = 'message_sent'");
    let before = database_count(&app);
    let watching = tokio::spawn(async move {
        loop {
            match reqwest::get(&url).await {
                Ok(answer) if answer.status().is_success() => tokio::time::sleep(Duration::from_millis(2)).await,
                _ => return Instant::now(),
            }
        }
    });
    let stopping = tokio::spawn(app.stop());
    for socket in [&mut sender, &mut reader] {
        let closed = socket.closed().await;
        assert_eq!(closed.code, 1001, "{closed:?}");
        assert!(closed.reason.starts_with("retry_after_ms="), "{closed:?}");
    }
    let failed_after = watching.await.unwrap().duration_since(clock);
    stopping.await.unwrap();
    println!("readyz failed after {failed_after:?}, stopped after {:?}", clock.elapsed());
    assert!(failed_after < Duration::from_secs(1), "{failed_after:?}");
    assert!(clock.elapsed() < Duration::from_secs(30));
    assert_eq!(before, acknowledged.to_string(), "{conversation}");
}
