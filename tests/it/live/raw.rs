//! A socket below the protocol: any header, any bytes.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Response};
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::support::{Closed, Person, TestApp};

const PATIENCE: Duration = Duration::from_secs(15);

/// A socket that has said nothing yet.
pub(crate) struct Raw {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The answer to the handshake.
    pub(crate) response: Response<()>,
}

/// A handshake that was refused.
#[derive(Debug)]
pub(crate) struct Refused {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The envelope.
    pub(crate) body: Value,
}

impl Raw {
    /// The handshake with exactly these headers beside those of every WebSocket.
    pub(crate) async fn connect(app: &TestApp, path: &str, headers: &[(&'static str, &str)]) -> Result<Self, Refused> {
        let mut request = format!("ws://{}{path}", app.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value).unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((stream, response)) => Ok(Self { stream, response: response.map(drop) }),
            Err(Error::Http(response)) => {
                let body = response.body().as_deref().unwrap_or_default();
                let body = serde_json::from_slice(body)
                    .unwrap_or_else(|error| panic!("no envelope ({error}): {}", String::from_utf8_lossy(body)));
                Err(Refused { status: response.status().as_u16(), body })
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// The handshake of a page of the server's own, with a session or without.
    pub(crate) async fn of(app: &TestApp, person: Option<&Person>) -> Self {
        let origin = app.origin();
        let mut headers = vec![("origin", &*origin), ("sec-websocket-protocol", "brigade.v1")];
        headers.extend(person.map(|person| ("cookie", &*person.cookie)));
        Self::connect(app, "/v1/live", &headers).await.unwrap()
    }

    /// The same, and hello was said and answered.
    pub(crate) async fn greeted(app: &TestApp, person: &Person) -> Self {
        let mut raw = Self::of(app, Some(person)).await;
        raw.say(&json!({ "t": "hello" })).await;
        assert_eq!(raw.hears().await["t"], "welcome");
        raw
    }

    /// Sends a text frame.
    pub(crate) async fn say(&mut self, frame: &Value) {
        self.text(&frame.to_string()).await;
    }

    /// Sends any text.
    pub(crate) async fn text(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    /// Sends any message.
    pub(crate) async fn send(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }

    /// Sends a text in pieces.
    pub(crate) async fn pieces(&mut self, pieces: &[&str]) {
        for (place, piece) in pieces.iter().enumerate() {
            let kind = if place == 0 { Data::Text } else { Data::Continue };
            let frame = Frame::message(piece.to_string(), OpCode::Data(kind), place + 1 == pieces.len());
            // The server may have closed half-way.
            if self.stream.send(Message::Frame(frame)).await.is_err() {
                return;
            }
        }
    }

    /// The next frame, or how it ended.
    pub(crate) async fn next(&mut self) -> Result<Value, Closed> {
        loop {
            let arrived = tokio::time::timeout(PATIENCE, self.stream.next()).await;
            match arrived.unwrap_or_else(|_| panic!("nothing within {PATIENCE:?}")) {
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

    /// The next frame.
    pub(crate) async fn hears(&mut self) -> Value {
        self.next().await.unwrap_or_else(|closed| panic!("closed: {closed:?}"))
    }

    /// Waits for the end; frames before it are given back.
    pub(crate) async fn ends(&mut self) -> (Vec<Value>, Closed) {
        let mut before = Vec::new();
        loop {
            match self.next().await {
                Ok(frame) => before.push(frame),
                Err(closed) => return (before, closed),
            }
        }
    }

    /// Whether it is still open: a ping is answered.
    pub(crate) async fn is_open(&mut self) -> bool {
        if self.stream.send(Message::Ping("anybody?".into())).await.is_err() {
            return false;
        }
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await {
                Ok(Some(Ok(Message::Pong(payload)))) => return &payload[..] == b"anybody?",
                Ok(Some(Ok(Message::Text(_) | Message::Ping(_)))) => {}
                _ => return false,
            }
        }
    }
}
