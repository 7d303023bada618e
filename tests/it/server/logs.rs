//! What is logged: one JSON object a line whatever was asked (security 40), and nothing that should stay secret.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Folder, Process};

/// What strangers put into requests to write log lines of their own.
const FORGERIES: [&str; 5] = [
    "GET /%0d%0a%7B%22level%22:%22ERROR%22,%22message%22:%22forged%22%7D HTTP/1.1\r\nHost: x\r\n",
    "GET /nowhere HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\",\"message\":\"forged\r\n",
    "GET /v1/auth/me HTTP/1.1\r\nHost: x\r\nUser-Agent: \u{2028}{\"message\":\"forged\"}\u{85}\r\n",
    "GET /\u{1b}[31mforged HTTP/1.1\r\nHost: x\r\n",
    "FORGED\\n /v1/tenant HTTP/1.1\r\nHost: x\r\n",
];

/// What must be in no line.
const SECRETS: [&str; 4] =
    ["nobody-knows-this-password", "wilma@people.example", "a-token-nobody-should-read", "a-cookie-nobody-should-read"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_is_one_object_and_none_tells_a_secret() {
    let data = Folder::new();
    let mut server = Process::serve(data.path(), &["--set", "log.level=debug"]);
    for request in FORGERIES {
        let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
        stream.write_all(format!("{request}Connection: close\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 "), "{}", String::from_utf8_lossy(&answer));
    }
    let [password, email, token, cookie] = SECRETS;
    let (http, base) = (reqwest::Client::new(), format!("http://{}", server.address));
    let body = json!({ "email": email, "password": password });
    http.post(format!("{base}/v1/auth/sign-in")).json(&body).send().await.unwrap();
    http.post(format!("{base}/v1/auth/tokens")).json(&body).send().await.unwrap();
    http.post(format!("{base}/v1/auth/password/forgot")).json(&json!({ "email": email })).send().await.unwrap();
    http.get(format!("{base}/v1/auth/me?token={token}")).bearer_auth(token).send().await.unwrap();
    let cookies = format!("__Host-brigade={cookie}; brigade={cookie}");
    http.get(format!("{base}/v1/auth/me")).header("cookie", cookies).send().await.unwrap();

    server.terminate();
    assert!(server.ended(Duration::from_secs(30)).success());
    let lines = server.said();
    let begun = lines.iter().position(|line| line.contains("Brigade serves at")).unwrap();
    let logged: Vec<&String> = lines.iter().filter(|line| line.starts_with('{')).collect();
    for line in &logged {
        let object: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_ne!(object["message"], "forged", "{line}");
        assert_ne!(object["fields"]["message"], "forged", "{line}");
    }
    let requests = logged.iter().filter(|line| line.contains("A request was answered.")).count();
    assert!(requests >= FORGERIES.len(), "{requests} requests were logged");
    for line in &lines {
        assert!(!line.contains('\u{1b}') && !line.contains('\u{85}'), "{line:?}");
        for secret in SECRETS {
            assert!(!line.contains(secret), "{line}");
        }
    }
    let stray: Vec<_> =
        lines[begun + 1..].iter().filter(|line| line.contains("forged") && !line.starts_with('{')).collect();
    assert!(stray.is_empty(), "{stray:?}");
}
