//! What happens at the seam between HTTP and a socket, byte by byte (docs/decisions/0008).

use std::time::Duration;

use brigade_domain::actor::Role;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{TestApp, eventually};

/// A request that asks for a socket; `more` are further header lines.
fn request(app: &TestApp, path: &str, more: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: {}\r\norigin: {}\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         sec-websocket-protocol: brigade.v1\r\n{more}\r\n",
        app.address,
        app.origin(),
    )
}

/// A text frame whose mask is nothing.
fn frame(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).ok().filter(|length| *length < 126).unwrap();
    [&[0x81, 0x80 | length, 0, 0, 0, 0], text.as_bytes()].concat()
}

async fn says(app: &TestApp, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// All that comes until `word` has come, or the connection ends.
async fn hears(stream: &mut TcpStream, word: &str) -> String {
    let mut heard = Vec::new();
    let reading = async {
        loop {
            let mut piece = [0; 4096];
            let read = stream.read(&mut piece).await.unwrap();
            heard.extend_from_slice(&piece[..read]);
            let text = String::from_utf8_lossy(&heard).into_owned();
            if read == 0 || text.contains(word) {
                return text;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reading).await.expect("an answer in time")
}

#[tokio::test]
async fn what_is_sent_with_the_request_is_not_lost() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let person = app.client_as(&tenant, Role::AccountManager).await;
    let asked = request(&app, "/v1/live", &format!("cookie: {}\r\n", person.cookie));
    // Nobody need wait for the answer to say hello; and the end of the hello may come later.
    let hello = frame(r#"{"t":"hello"}"#);
    for cut in [0, 1, 5, hello.len()] {
        let (first, rest) = hello.split_at(cut);
        let mut stream = says(&app, &[asked.as_bytes(), first].concat()).await;
        tokio::time::sleep(Duration::from_millis(30)).await;
        stream.write_all(rest).await.unwrap();
        let heard = hears(&mut stream, "\"welcome\"").await;
        assert!(heard.starts_with("HTTP/1.1 101 "), "{heard}");
        assert!(heard.contains(&person.id.to_string()), "{heard}");
    }
}

#[tokio::test]
async fn a_refusal_is_a_whole_answer_and_ends_the_connection() {
    let app = TestApp::start().await;
    let foreign = request(&app, "/v1/live", "").replace(&app.origin(), "https://evil.example");
    let refused = [
        ("a foreign origin", foreign, "403", "ORIGIN_REFUSED"),
        ("a body", request(&app, "/v1/live", "content-length: 4\r\n") + "body", "400", "no body"),
        (
            "a body in pieces",
            request(&app, "/v1/live", "transfer-encoding: chunked\r\n") + "0\r\n\r\n",
            "400",
            "no body",
        ),
        ("no such page", request(&app, "/v1/nothing-here", ""), "404", "NOT_FOUND"),
    ];
    for (what, bytes, status, word) in refused {
        // With a frame behind it, as of a client that did not wait.
        let mut stream = says(&app, &[bytes.as_bytes(), &frame("hello")].concat()).await;
        let heard = hears(&mut stream, "there is no such word").await;
        assert!(heard.starts_with(&format!("HTTP/1.1 {status} ")), "{what}: {heard}");
        assert!(heard.contains(word) && heard.contains("x-request-id"), "{what}: {heard}");
    }
    assert_eq!(app.inside.hub.stats().sessions, 0);
}

#[tokio::test]
async fn a_page_is_a_page_for_who_asks_for_a_socket_there() {
    let app = TestApp::start().await;
    let mut stream = says(&app, request(&app, "/healthz", "").as_bytes()).await;
    let heard = hears(&mut stream, "there is no such word").await;
    assert!(heard.starts_with("HTTP/1.1 200 "), "{heard}");
}

#[tokio::test]
async fn who_leaves_between_the_request_and_the_answer_leaves_nothing() {
    let app = TestApp::start().await;
    let asked = request(&app, "/v1/live", "");
    for _ in 0..50 {
        let stream = says(&app, asked.as_bytes()).await;
        stream.set_zero_linger().unwrap();
        drop(stream);
    }
    // A socket that stays shows that they were looked at.
    let mut stream = says(&app, asked.as_bytes()).await;
    assert!(hears(&mut stream, "101").await.contains("101"));
    eventually("only the one that stayed", Duration::from_secs(20), async || {
        (app.inside.hub.stats().sessions == 1).then_some(())
    })
    .await;
}
