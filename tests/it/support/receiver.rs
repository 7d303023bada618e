//! A business's own server, as a test wants it: it is told by webhooks, and checks what it is told as the Standard Webhooks
//! say, with code of its own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::eventually;

/// Something that was told.
#[derive(Debug, Clone)]
pub struct Told {
    headers: HashMap<String, String>,
    text: String,
    /// What was said.
    pub body: Value,
}

impl Told {
    /// A header.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The event's id.
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// Which of its signatures are right by this secret.
    pub fn signed_by(&self, secret: &str) -> Vec<bool> {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let signed = format!("{}.{}.{}", self.id(), self.header("webhook-timestamp"), self.text);
        let right = |signature: &str| {
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            mac.update(signed.as_bytes());
            let code = STANDARD.decode(signature.strip_prefix("v1,").unwrap()).unwrap();
            mac.verify_slice(&code).is_ok()
        };
        self.header("webhook-signature").split(' ').map(right).collect()
    }

    /// Which entry of which conversation.
    pub fn place(&self) -> (String, u64) {
        let data = &self.body["data"];
        (data["conversation"].as_str().unwrap().to_owned(), data["seq"].as_u64().unwrap())
    }
}

/// How it answers.
#[derive(Debug, Clone)]
pub struct Manner {
    /// The status line and the headers, without the first word.
    pub head: String,
    /// What it says.
    pub text: String,
    /// After how long.
    pub after: Duration,
}

impl Manner {
    /// Answers at once with this status.
    pub fn status(status: u16) -> Self {
        Self { head: format!("{status} Whatever"), text: "thank you".to_owned(), after: Duration::ZERO }
    }
}

#[derive(Debug)]
struct Inner {
    told: Mutex<Vec<Told>>,
    manner: Mutex<Manner>,
    at_once: Mutex<(usize, usize)>,
}

/// A business's own server.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    inner: Arc<Inner>,
}

impl Receiver {
    /// Starts one that says thank you.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner =
            Inner { told: Mutex::default(), manner: Mutex::new(Manner::status(200)), at_once: Mutex::default() };
        let receiver = Self { address: listener.local_addr().unwrap(), inner: Arc::new(inner) };
        let own = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().hear(stream));
            }
        });
        receiver
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Answers so from here on.
    pub fn answer(&self, manner: Manner) {
        *self.inner.manner.lock().unwrap() = manner;
    }

    /// Everything it was told so far, in this order.
    pub fn told(&self) -> Vec<Told> {
        self.inner.told.lock().unwrap().clone()
    }

    /// How many it was asked by at once, at most.
    pub fn most_at_once(&self) -> usize {
        self.inner.at_once.lock().unwrap().1
    }

    /// Waits until it was told so much.
    pub async fn hears(&self, count: usize) -> Vec<Told> {
        eventually(&format!("told {count} times"), Duration::from_secs(20), async || {
            let told = self.told();
            (told.len() >= count).then_some(told)
        })
        .await
    }

    async fn hear(self, mut stream: TcpStream) {
        let Some(told) = read(&mut stream).await else { return };
        {
            let mut at_once = self.inner.at_once.lock().unwrap();
            at_once.0 += 1;
            at_once.1 = at_once.1.max(at_once.0);
        }
        self.inner.told.lock().unwrap().push(told);
        let Manner { head, text, after } = self.inner.manner.lock().unwrap().clone();
        tokio::time::sleep(after).await;
        self.inner.at_once.lock().unwrap().0 -= 1;
        let answer = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{text}", text.len());
        // Whoever asked may have gone.
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

async fn read(stream: &mut TcpStream) -> Option<Told> {
    let mut bytes = Vec::new();
    loop {
        let mut some = [0; 4_096];
        match stream.read(&mut some).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&some[..count]),
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let headers: HashMap<String, String> = head.lines().skip(1).filter_map(header).collect();
        if body.len() == headers["content-length"].parse::<usize>().unwrap() {
            return Some(Told { body: serde_json::from_str(body).unwrap(), text: body.to_owned(), headers });
        }
    }
}
