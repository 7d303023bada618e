//! A push service with its browsers, as a test wants them: it takes what is pushed, opens it with the browser's private key as RFC 8291
//! says, and checks who sent it as RFC 8292 says, with code of its own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aes_gcm::aead::Aead as _;
use aes_gcm::{Aes128Gcm, KeyInit as _, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::{PublicKey, SecretKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::eventually;

/// What lets the server push to services on this machine.
pub const ALLOW_PUSH: (&str, &str) = ("push.allow", "127.0.0.0/8");

/// Something that was pushed.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// The headers, by their names in lower case.
    pub headers: HashMap<String, String>,
    /// What the browser reads.
    pub payload: Value,
    /// What the token of who sent it says, and the key it is signed with.
    pub claims: Value,
    /// In base64url.
    pub key: String,
}

struct Browser {
    secret: SecretKey,
    auth: [u8; 16],
}

struct Inner {
    browsers: Mutex<HashMap<String, Browser>>,
    pushed: Mutex<Vec<Pushed>>,
    /// The status line and the headers, without the first word.
    head: Mutex<String>,
}

/// A push service.
#[derive(Clone)]
pub struct PushService {
    /// Where it listens.
    pub address: SocketAddr,
    inner: Arc<Inner>,
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}

impl PushService {
    /// Starts one that takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let head = Mutex::new("201 Created".to_owned());
        let inner = Arc::new(Inner { browsers: Mutex::default(), pushed: Mutex::default(), head });
        let service = Self { address: listener.local_addr().unwrap(), inner };
        let own = service.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().hear(stream));
            }
        });
        service
    }

    /// A browser that wants to be told: what it says to the server.
    pub fn browser(&self) -> Value {
        let browser = Browser { secret: SecretKey::from_slice(&random::<32>()).unwrap(), auth: random() };
        let path = format!("/send/{}", URL_SAFE_NO_PAD.encode(random::<12>()));
        let key = browser.secret.public_key().to_sec1_point(false);
        let said = json!({
            "endpoint": format!("http://{}{path}", self.address),
            "p256dh": URL_SAFE_NO_PAD.encode(key.as_bytes()), "auth": URL_SAFE_NO_PAD.encode(browser.auth),
        });
        self.inner.browsers.lock().unwrap().insert(path, browser);
        said
    }

    /// Answers so from here on, such as `503 Busy\r\nretry-after: 60`.
    pub fn answer(&self, head: &str) {
        head.clone_into(&mut self.inner.head.lock().unwrap());
    }

    /// Everything that was pushed so far, in this order.
    pub fn pushed(&self) -> Vec<Pushed> {
        self.inner.pushed.lock().unwrap().clone()
    }

    /// Waits until so much was pushed.
    pub async fn gets(&self, count: usize) -> Vec<Pushed> {
        eventually(&format!("pushed {count} times"), Duration::from_secs(40), async || {
            let pushed = self.pushed();
            (pushed.len() >= count).then_some(pushed)
        })
        .await
    }

    async fn hear(self, mut stream: TcpStream) {
        let Some((path, headers, body)) = read(&mut stream).await else { return };
        let payload = {
            let browsers = self.inner.browsers.lock().unwrap();
            open(&browsers[&path], &body)
        };
        let (claims, key) = sender(&headers["authorization"]);
        self.inner.pushed.lock().unwrap().push(Pushed { headers, payload, claims, key });
        let answer = format!("HTTP/1.1 {}\r\ncontent-length: 0\r\n\r\n", self.inner.head.lock().unwrap());
        // Whoever asked may have gone.
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

async fn read(stream: &mut TcpStream) -> Option<(String, HashMap<String, String>, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        let mut some = [0; 4_096];
        match stream.read(&mut some).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&some[..count]),
        }
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let headers: HashMap<String, String> = head.lines().skip(1).filter_map(header).collect();
        if bytes.len() - end - 4 == headers["content-length"].parse::<usize>().unwrap() {
            let path = head.split(' ').nth(1).unwrap().to_owned();
            return Some((path, headers, bytes[end + 4..].to_vec()));
        }
    }
}

/// HMAC-SHA256; HKDF with an output of one block is two of it.
fn mac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().into()
}

fn derived(salt: &[u8], input: &[u8], info: &[u8]) -> [u8; 32] {
    mac(&mac(salt, input), &[info, &[1]].concat())
}

fn open(browser: &Browser, body: &[u8]) -> Value {
    assert!(body.len() <= 4_096, "{} bytes", body.len());
    let (salt, theirs, sealed) = (&body[..16], &body[21..86], &body[86..]);
    assert_eq!((&body[16..20], body[20]), (&4_096_u32.to_be_bytes()[..], 65));
    let point = PublicKey::from_sec1_bytes(theirs).unwrap();
    let shared = p256::ecdh::diffie_hellman(browser.secret.to_nonzero_scalar(), point.as_affine());
    let own = browser.secret.public_key().to_sec1_point(false);
    let info = [b"WebPush: info\0", own.as_bytes(), theirs].concat();
    let input = derived(&browser.auth, shared.raw_secret_bytes(), &info);
    let key: [u8; 16] = derived(salt, &input, b"Content-Encoding: aes128gcm\0")[..16].try_into().unwrap();
    let nonce: [u8; 12] = derived(salt, &input, b"Content-Encoding: nonce\0")[..12].try_into().unwrap();
    let plain = Aes128Gcm::new(&key.into()).decrypt(&Nonce::from(nonce), sealed).unwrap();
    let end = plain.iter().rposition(|byte| *byte != 0).unwrap();
    assert_eq!(plain[end], 2, "the last record");
    serde_json::from_slice(&plain[..end]).unwrap()
}

fn sender(authorization: &str) -> (Value, String) {
    let (token, key) = authorization.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes(key)).verify(signed.as_bytes(), &bytes(signature)).unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let json = |text: &str| serde_json::from_slice::<Value>(&bytes(text)).unwrap();
    assert_eq!(json(head), json!({ "typ": "JWT", "alg": "ES256" }));
    (json(claims), key.to_owned())
}
