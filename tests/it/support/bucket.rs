//! What speaks as S3 does, for one bucket, as far as files need it. It checks who asks as the documentation of Amazon's signature,
//! version 4, says, with code of its own.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Who may ask.
pub const KEY: (&str, &str) = ("key-of-tests", "secret of tests/+=");
const REGION: &str = "eu-test-1";

#[derive(Debug, Default)]
struct Inner {
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    away: AtomicBool,
}

/// A bucket named `files`.
#[derive(Debug, Clone)]
pub struct Bucket {
    address: SocketAddr,
    inner: Arc<Inner>,
}

impl Bucket {
    /// Starts an empty one.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let bucket = Self { address: listener.local_addr().unwrap(), inner: Arc::default() };
        let own = bucket.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().hear(stream));
            }
        });
        bucket
    }

    /// What a server is to be told to keep its files here, in the folder `live` of the bucket.
    pub fn settings<'a>(&self, endpoint: &'a mut String, secret: &'a str) -> [(&'static str, &'a str); 6] {
        *endpoint = format!("http://{}", self.address);
        [
            ("files.folder", ""),
            ("files.bucket", "files/live"),
            ("files.endpoint", endpoint.as_str()),
            ("files.region", REGION),
            ("files.access_key_id", KEY.0),
            ("files.secret_access_key", secret),
        ]
    }

    /// The names of what is kept.
    pub fn names(&self) -> Vec<String> {
        self.inner.objects.lock().unwrap().keys().cloned().collect()
    }

    /// Whether it answers nobody.
    pub fn be_away(&self, away: bool) {
        self.inner.away.store(away, Ordering::Relaxed);
    }

    async fn hear(self, mut stream: TcpStream) {
        let Some(request) = Request::read(&mut stream).await else { return };
        let (head, body) = if self.inner.away.load(Ordering::Relaxed) {
            ("503 Slow Down".to_owned(), error("SlowDown"))
        } else if request.is_signed() {
            self.answer(&request)
        } else {
            ("403 Forbidden".to_owned(), error("SignatureDoesNotMatch"))
        };
        let answer = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        // Whoever asked may have gone.
        let _ = stream.write_all(&[answer.as_bytes(), &body].concat()).await;
    }

    fn answer(&self, request: &Request) -> (String, Vec<u8>) {
        const TAG: &str = "etag: \"1\"\r\nlast-modified: Sat, 21 Nov 2026 10:00:00 GMT";
        let mut objects = self.inner.objects.lock().unwrap();
        let name = request.path.strip_prefix("/files").unwrap().trim_start_matches('/');
        match (request.method.as_str(), name) {
            ("GET", "") => {
                assert_eq!(request.query["list-type"], "2");
                let within = &request.query["prefix"];
                let line = |(name, bytes): (&String, &Vec<u8>)| {
                    let size = bytes.len();
                    format!(
                        "<Contents><Key>{name}</Key><LastModified>2026-11-21T10:00:00.000Z</LastModified><ETag>\"1\"</ETag><Size>{size}</Size></Contents>"
                    )
                };
                let found: String = objects.iter().filter(|(name, _)| name.starts_with(within)).map(line).collect();
                (
                    "200 OK".to_owned(),
                    format!("<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>").into(),
                )
            }
            ("PUT", name) => {
                objects.insert(name.to_owned(), request.body.clone());
                (format!("200 OK\r\n{TAG}"), Vec::new())
            }
            ("DELETE", name) => {
                objects.remove(name);
                ("204 No Content".to_owned(), Vec::new())
            }
            ("GET", name) => match (objects.get(name), request.headers.get("range")) {
                (None, _) => ("404 Not Found".to_owned(), error("NoSuchKey")),
                (Some(bytes), None) => (format!("200 OK\r\n{TAG}"), bytes.clone()),
                (Some(bytes), Some(range)) => {
                    let (from, to) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
                    let from: usize = from.parse().unwrap();
                    let to = to.parse().map_or(bytes.len(), |to: usize| bytes.len().min(to + 1));
                    if from >= bytes.len() {
                        return ("416 Range Not Satisfiable".to_owned(), error("InvalidRange"));
                    }
                    let head = format!(
                        "206 Partial Content\r\n{TAG}\r\ncontent-range: bytes {from}-{}/{}",
                        to - 1,
                        bytes.len()
                    );
                    (head, bytes[from..to].to_vec())
                }
            },
            (method, name) => panic!("nobody asks {method} of {name:?}"),
        }
    }
}

fn error(code: &str) -> Vec<u8> {
    format!("<Error><Code>{code}</Code><Message>{code}</Message></Error>").into()
}

struct Request {
    method: String,
    /// As it was written.
    path: String,
    raw_query: String,
    query: HashMap<String, String>,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

impl Request {
    async fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut bytes = Vec::new();
        loop {
            let mut some = vec![0; 65_536];
            match stream.read(&mut some).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => bytes.extend_from_slice(&some[..count]),
            }
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = std::str::from_utf8(&bytes[..end]).unwrap();
            let header =
                |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
            let headers: HashMap<String, String> = head.lines().skip(1).filter_map(header).collect();
            let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
            if bytes.len() < end + 4 + length {
                continue;
            }
            let mut words = head.split(' ');
            let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
            let (path, raw_query) = target.split_once('?').unwrap_or((&target, ""));
            let pair = |pair: &str| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (name.to_owned(), value.replace("%2F", "/"))
            };
            let query = raw_query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect();
            let (path, raw_query) = (path.to_owned(), raw_query.to_owned());
            return Some(Self { method, path, raw_query, query, headers, body: bytes[end + 4..].to_vec() });
        }
    }

    /// Whether the one who may has asked just this.
    fn is_signed(&self) -> bool {
        let header = |name: &str| self.headers.get(name).map_or("", |value| value.trim());
        let Some(said) = header("authorization").strip_prefix("AWS4-HMAC-SHA256 ") else { return false };
        let parts: HashMap<&str, &str> = said.split(',').filter_map(|part| part.trim().split_once('=')).collect();
        let (names, time) = (parts["SignedHeaders"], header("x-amz-date"));
        let scope = format!("{}/{REGION}/s3/aws4_request", &time[..8]);
        let hash = hex(&Sha256::digest(&self.body));
        let mut pairs: Vec<_> = self.raw_query.split('&').filter(|pair| !pair.is_empty()).collect();
        pairs.sort_unstable();
        let headers: String = names.split(';').map(|name| format!("{name}:{}\n", header(name))).collect();
        let asked = format!("{}\n{}\n{}\n{headers}\n{names}\n{hash}", self.method, self.path, pairs.join("&"));
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(asked)));
        let first = format!("AWS4{}", KEY.1).into_bytes();
        let key = scope.split('/').fold(first, |key, part| code(&key, part));
        header("x-amz-content-sha256") == hash
            && ["host", "x-amz-content-sha256", "x-amz-date"]
                .iter()
                .all(|name| names.split(';').any(|signed| signed == *name))
            && parts["Credential"] == format!("{}/{scope}", KEY.0)
            && parts["Signature"] == hex(&code(&key, &text))
    }
}

fn code(key: &[u8], text: &str) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(text).finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
