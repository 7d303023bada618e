//! The courier against servers on this machine, with names that lead where a test says.

use std::io;
use std::net::IpAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use brigade_domain::id::EventId;
use brigade_domain::identity::Secret;
use brigade_domain::webhooks::address::{EndpointUrl, Network};
use brigade_domain::webhooks::ports::EXCERPT;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

/// Says of every name what it is told to say next; the last answer stays.
struct Names {
    answers: Mutex<Vec<Vec<&'static str>>>,
    asked: AtomicUsize,
}

impl Names {
    fn say(answers: &[&[&'static str]]) -> Arc<Self> {
        let answers = answers.iter().rev().map(|answer| answer.to_vec()).collect();
        Arc::new(Self { answers: Mutex::new(answers), asked: AtomicUsize::new(0) })
    }
}

impl Resolver for Names {
    fn resolve(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop().unwrap() } else { answers[0].clone() };
        Box::pin(async move { Ok(answer.iter().map(|address| address.parse().unwrap()).collect()) })
    }
}

fn loopback() -> Policy {
    Policy::new(vec![Network::new("127.0.0.0".parse().unwrap(), 8).unwrap()])
}

fn parcel(url: &str) -> Parcel {
    Parcel {
        url: EndpointUrl::parse(url).unwrap(),
        event: EventId::from_uuid(uuid::Uuid::nil()),
        body: r#"{"type":"webhook.test"}"#.to_owned(),
        secrets: vec![Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
    }
}

/// A server that answers everybody so, and says what it was asked.
async fn server(answer: Vec<u8>) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, asked) = (listener.local_addr().unwrap().port(), Arc::new(Mutex::new(Vec::new())));
    let heard = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 8_192];
            let mut text = String::new();
            while !text.contains("webhook.test") {
                match stream.read(&mut bytes).await {
                    Ok(0) | Err(_) => break,
                    Ok(count) => text.push_str(&String::from_utf8_lossy(&bytes[..count])),
                }
            }
            heard.lock().unwrap().push(text);
            let _ = stream.write_all(&answer).await;
        }
    });
    (port, asked)
}

async fn carry(courier: &HttpCourier, url: &str) -> Outcome {
    courier.carry(parcel(url)).await.result
}

fn failure(outcome: &Outcome) -> Option<Failure> {
    match outcome {
        Outcome::Failed(failure) => Some(*failure),
        Outcome::Answered { .. } => None,
    }
}

#[tokio::test]
async fn it_says_what_was_answered_and_asks_as_the_standard_says() {
    let answer = b"HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 6\r\n\r\nlater\0";
    let (port, asked) = server(answer.to_vec()).await;
    let outcome = carry(&HttpCourier::new(loopback()), &format!("http://127.0.0.1:{port}/a?b=c")).await;
    let Outcome::Answered { status: 503, excerpt, retry_after } = outcome else { panic!("{outcome:?}") };
    assert_eq!((excerpt.as_str(), retry_after), ("later ", Some(Duration::from_mins(2))));
    let asked = asked.lock().unwrap()[0].clone();
    assert!(asked.starts_with("POST /a?b=c HTTP/1.1\r\n"), "{asked}");
    for part in [
        &format!("host: 127.0.0.1:{port}\r\n"),
        "webhook-id: evt_",
        "webhook-timestamp: ",
        "webhook-signature: v1,",
        "content-type: application/json\r\n",
    ] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    assert!(!asked.contains("accept-encoding"), "{asked}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let (inner, inner_asked) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
    let answer = format!("HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:{inner}/\r\nContent-Length: 0\r\n\r\n");
    let (port, _) = server(answer.into_bytes()).await;
    let outcome = carry(&HttpCourier::new(loopback()), &format!("http://127.0.0.1:{port}/")).await;
    assert!(matches!(outcome, Outcome::Answered { status: 307, .. }), "{outcome:?}");
    assert!(inner_asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_and_nobody_is_asked() {
    let (port, asked) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
    for addresses in [
        &["127.0.0.1"][..],
        &["10.0.0.1"],
        &["169.254.169.254"],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["64:ff9b::7f00:1"],
        &["93.184.216.34", "127.0.0.1"],
        &["fd00:ec2::254"],
        &["0.0.0.0"],
    ] {
        let courier = HttpCourier::with(Policy::default(), Names::say(&[addresses]), PATIENCE);
        for url in ["https://hooks.example.com/", &format!("http://hooks.example.com:{port}/")] {
            assert_eq!(failure(&carry(&courier, url).await), Some(Failure::Forbidden), "{url} at {addresses:?}");
        }
    }
    assert!(asked.lock().unwrap().is_empty());
}

/// Rebinding: the name says something harmless when it is judged, and something else when it is asked again.
#[tokio::test]
async fn a_name_is_asked_once_and_what_was_judged_is_connected_to() {
    let (port, asked) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
    let names = Names::say(&[&["127.0.0.1"], &["10.255.255.1"]]);
    let courier = HttpCourier::with(loopback(), Arc::clone(&names) as _, PATIENCE);
    let url = format!("http://hooks.example.com:{port}/");
    assert!(matches!(carry(&courier, &url).await, Outcome::Answered { status: 200, .. }));
    assert_eq!((names.asked.load(Ordering::Relaxed), asked.lock().unwrap().len()), (1, 1));
    assert_eq!(failure(&carry(&courier, &url).await), Some(Failure::Forbidden), "it is judged anew each time");
}

#[tokio::test]
async fn no_more_of_an_answer_is_read_than_is_needed() {
    let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n".to_vec();
    answer.resize(answer.len() + 1_000_000, b'x');
    let (port, _) = server(answer).await;
    let outcome = carry(&HttpCourier::new(loopback()), &format!("http://127.0.0.1:{port}/")).await;
    let Outcome::Answered { status: 200, excerpt, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(excerpt.len(), EXCERPT);
}

#[tokio::test]
async fn who_does_not_answer_is_late_and_who_is_not_there_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let courier = HttpCourier::with(loopback(), Arc::new(Machine), Duration::from_millis(300));
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(failure(&carry(&courier, &url).await), Some(Failure::Late));
    drop(listener);
    assert_eq!(failure(&carry(&courier, &url).await), Some(Failure::Unreachable));
    // Somebody who says something before TLS has begun.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"220 mail.example ready\r\n").await.unwrap();
        tokio::time::sleep(PATIENCE).await;
    });
    let courier = HttpCourier::new(loopback());
    assert_eq!(failure(&carry(&courier, &format!("https://127.0.0.1:{plain}/")).await), Some(Failure::Tls));
}

#[test]
fn excerpts_are_text_of_so_many_bytes() {
    assert_eq!(excerpt(b"a\0b\r\nc\x1b[31m"), "a b \nc [31m");
    assert!(excerpt(&[0xff; EXCERPT]).len() <= EXCERPT);
    assert!(excerpt("عا🚚".repeat(400).as_bytes()).len() <= EXCERPT);
}
