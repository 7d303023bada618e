//! Requests no client library would send (security 37): what could be read in two ways is refused.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::TestApp;

/// Sends bytes and reads what comes back until the server closes or says no more.
async fn exchange(app: &TestApp, bytes: &str) -> String {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(2), stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn statuses(answer: &str) -> Vec<&str> {
    answer.split("HTTP/1.1 ").skip(1).map(|part| &part[..3]).collect()
}

const SMUGGLED: &str = "GET /v1/auth/me HTTP/1.1\r\nHost: x\r\nX-Smuggled: 1\r\n\r\n";

#[tokio::test]
async fn a_request_that_can_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_run() {
    let app = TestApp::start().await;
    let corpus = [
        ("both lengths", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        ("two lengths", "Content-Length: 0\r\nContent-Length: 5\r\n", ""),
        ("a list of lengths", "Content-Length: 0, 5\r\n", ""),
        ("a signed length", "Content-Length: +5\r\n", "12345"),
        ("a negative length", "Content-Length: -1\r\n", ""),
        ("a length in hex", "Content-Length: 0x5\r\n", "12345"),
        ("an unknown coding", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        ("a coding twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
        ("chunked not last", "Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"),
        ("a space before the colon", "Content-Length : 5\r\n", "12345"),
        ("a folded header", "X-A: 1\r\n Content-Length: 5\r\n", ""),
        ("a bare carriage return", "X-A: 1\rX-B: 2\r\n", ""),
        ("a nul", "X-A: 1\0\r\n", ""),
        ("a broken chunk", "Transfer-Encoding: chunked\r\n", "zz\r\nhello\r\n0\r\n\r\n"),
        ("an endless chunk size", "Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n"),
    ];
    for (name, headers, body) in corpus {
        let request = format!(
            "POST /v1/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{headers}\r\n{body}{SMUGGLED}"
        );
        let answer = exchange(&app, &request).await;
        let statuses = statuses(&answer);
        assert!(!statuses.is_empty(), "{name}: no answer");
        assert_eq!(statuses[0], "400", "{name}: {answer}");
        assert!(!statuses.contains(&"200"), "{name}: what came behind was run: {answer}");
    }
}

#[tokio::test]
async fn nonsense_on_the_line_is_refused() {
    let app = TestApp::start().await;
    for line in [
        "GET  /v1/auth/me HTTP/1.1",
        "GET /v1/auth/me HTTP/9.9",
        "G\0T / HTTP/1.1",
        "GET / HTTP/1.1 x",
        "\u{1}\u{2}\u{3}",
    ] {
        let answer = exchange(&app, &format!("{line}\r\nHost: x\r\n\r\n")).await;
        assert!(!statuses(&answer).contains(&"200"), "{line:?}: {answer}");
    }
    let huge = format!("GET / HTTP/1.1\r\nHost: x\r\nX-A: {}\r\n\r\n", "a".repeat(300_000));
    let answer = exchange(&app, &huge).await;
    assert!(!statuses(&answer).contains(&"200"), "{answer}");
}

#[tokio::test]
async fn a_log_line_is_one_line() {
    let app = TestApp::start().await;
    let answer =
        exchange(&app, "GET /x%0aINJECTED HTTP/1.1\r\nHost: x\r\nX-Request-Id: a%0ab\r\nConnection: close\r\n\r\n")
            .await;
    assert_eq!(statuses(&answer), ["404"]);
    assert!(!answer.contains("INJECTED"));
}
