//! A socket that speaks `brigade.v1` (docs/PROTOCOL.md).

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use uuid::Uuid;

use super::app::TestApp;
use super::person::{Person, Visitor};

/// How long a frame may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open socket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Frames that arrived while another was awaited.
    waiting: VecDeque<Value>,
    /// The welcome.
    pub welcome: Value,
}

/// How a socket ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The close code.
    pub code: u16,
    /// The reason.
    pub reason: String,
}

/// The handshake with these headers; the error is the server's answer.
pub async fn connect(
    app: &TestApp,
    headers: &[(&'static str, &str)],
) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, tungstenite::Error> {
    let mut request = format!("ws://{}/v1/live", app.address).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, HeaderValue::from_str(value).unwrap());
    }
    tokio_tungstenite::connect_async(request).await.map(|(stream, _)| stream)
}

impl Socket {
    /// Opens one with a browser's session, and says hello.
    pub async fn open(app: &TestApp, person: &Person) -> Self {
        let headers =
            [("origin", &*app.origin()), ("cookie", &person.cookie), ("sec-websocket-protocol", "brigade.v1")];
        Self::greet(connect(app, &headers).await.unwrap(), json!({ "t": "hello" })).await
    }

    /// Opens one as a site visitor, and says hello.
    pub async fn open_visitor(app: &TestApp, visitor: &Visitor) -> Self {
        let headers = [("origin", &*app.origin()), ("sec-websocket-protocol", "brigade.v1")];
        Self::greet(connect(app, &headers).await.unwrap(), json!({ "t": "hello", "token": visitor.token })).await
    }

    /// Opens one with a session that must not have one: the code it was told, and how it ended.
    pub async fn turned_away(app: &TestApp, person: &Person) -> (String, Closed) {
        let headers =
            [("origin", &*app.origin()), ("cookie", &person.cookie), ("sec-websocket-protocol", "brigade.v1")];
        let stream = connect(app, &headers).await.unwrap();
        let mut socket = Self { stream, waiting: VecDeque::new(), welcome: Value::Null };
        socket.send(&json!({ "t": "hello" })).await;
        let told = socket.expect("err").await["code"].as_str().unwrap().to_owned();
        (told, socket.closed().await)
    }

    async fn greet(stream: WebSocketStream<MaybeTlsStream<TcpStream>>, hello: Value) -> Self {
        let mut socket = Self { stream, waiting: VecDeque::new(), welcome: Value::Null };
        socket.send(&hello).await;
        socket.welcome = socket.expect("welcome").await;
        socket
    }

    /// Is read and says nothing, until it is closed.
    pub async fn idle(&mut self) {
        while let Some(Ok(_)) = self.stream.next().await {}
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: &Value) {
        self.stream.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// The next frame.
    pub async fn next(&mut self) -> Value {
        match self.waiting.pop_front() {
            Some(frame) => frame,
            None => self.arrives().await.unwrap_or_else(|closed| panic!("the socket was closed: {closed:?}")),
        }
    }

    /// The next frame of this type; others are kept for later.
    pub async fn expect(&mut self, t: &str) -> Value {
        self.expect_where(t, |frame| frame["t"] == t).await
    }

    /// The next frame that is meant; others are kept for later.
    pub async fn expect_where(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(place) = self.waiting.iter().position(&is_it) {
            return self.waiting.remove(place).unwrap();
        }
        loop {
            match self.arrives().await {
                Ok(frame) if is_it(&frame) => return frame,
                Ok(frame) => self.waiting.push_back(frame),
                Err(closed) => panic!("closed ({closed:?}) instead of {what}; before it came {:?}", self.waiting),
            }
        }
    }

    /// Waits for the end; frames before it are dropped.
    pub async fn closed(&mut self) -> Closed {
        loop {
            if let Err(closed) = self.arrives().await {
                return closed;
            }
        }
    }

    async fn arrives(&mut self) -> Result<Value, Closed> {
        loop {
            let arrived = tokio::time::timeout(PATIENCE, self.stream.next()).await;
            match arrived.unwrap_or_else(|_| panic!("nothing within {PATIENCE:?}; before it came {:?}", self.waiting)) {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Err(Closed { code: frame.code.into(), reason: frame.reason.to_string() });
                }
                Some(Ok(Message::Close(None))) | None => return Err(Closed { code: 1005, reason: String::new() }),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(Closed { code: 1006, reason: error.to_string() }),
            }
        }
    }

    /// Subscribes from a snapshot and gives it back.
    pub async fn subscribe(&mut self, topic: &str) -> Value {
        self.send(&json!({ "t": "sub", "topic": topic })).await;
        self.expect_where("snap", |frame| frame["t"] == "snap" && frame["topic"] == topic).await
    }

    /// Sends a command under a key of its own and waits for its answer: `ack` or `err`.
    pub async fn command(&mut self, topic: &str, kind: &str, body: Value) -> Value {
        self.command_as(Uuid::now_v7(), topic, kind, body).await
    }

    /// Sends a command under this key and waits for its answer.
    pub async fn command_as(&mut self, id: Uuid, topic: &str, kind: &str, body: Value) -> Value {
        self.send(&json!({ "t": "cmd", "id": id, "topic": topic, "type": kind, "body": body })).await;
        let id = id.to_string();
        self.expect_where("an answer", |frame| {
            (frame["t"] == "ack" || frame["t"] == "err") && frame["id"] == id.as_str()
        })
        .await
    }

    /// The next event of this type on a topic.
    pub async fn event(&mut self, topic: &str, kind: &str) -> Value {
        self.expect_where(kind, |frame| frame["t"] == "ev" && frame["topic"] == topic && frame["type"] == kind).await
    }
}
