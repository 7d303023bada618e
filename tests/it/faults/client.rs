//! A client of `brigade.v1` whose connection may be lost at any moment: it says so instead of panicking.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use uuid::Uuid;

/// What somebody shows to say who they are.
#[derive(Debug, Clone)]
pub(super) enum Ticket {
    /// A browser's session.
    Session {
        /// `name=value`.
        cookie: String,
        /// For unsafe requests.
        csrf: String,
    },
    /// A site visitor's token.
    Visitor(String),
}

/// The connection is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gone {
    /// The close code; 1006 when there was none.
    pub(super) code: u16,
    /// The reason.
    pub(super) reason: String,
}

impl Gone {
    fn without_a_word(reason: impl ToString) -> Self {
        Self { code: 1006, reason: reason.to_string() }
    }
}

/// How a socket is opened.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Options {
    /// The kernel's receive buffer, for readers that are to be slow soon.
    pub(super) receive_buffer: Option<u32>,
}

/// An open socket that has said hello.
pub(super) struct Wire {
    stream: WebSocketStream<TcpStream>,
}

impl Wire {
    /// Connects, says hello and waits for the welcome.
    pub(super) async fn open(address: SocketAddr, ticket: &Ticket) -> Result<Self, Gone> {
        Self::open_with(address, ticket, Options::default()).await
    }

    /// The same with a socket that is special.
    pub(super) async fn open_with(address: SocketAddr, ticket: &Ticket, options: Options) -> Result<Self, Gone> {
        let stream = upgraded(address, ticket, options).await?;
        let mut wire = Self { stream };
        let hello = match ticket {
            Ticket::Session { .. } => json!({ "t": "hello" }),
            Ticket::Visitor(token) => json!({ "t": "hello", "token": token }),
        };
        wire.send(&hello).await?;
        let welcome = wire.next().await?;
        if welcome["t"] == "welcome" { Ok(wire) } else { Err(Gone::without_a_word(welcome)) }
    }

    /// Sends a frame.
    pub(super) async fn send(&mut self, frame: &Value) -> Result<(), Gone> {
        self.stream.send(Message::text(frame.to_string())).await.map_err(Gone::without_a_word)
    }

    /// Sends a command.
    pub(super) async fn command(&mut self, id: Uuid, topic: &str, kind: &str, body: Value) -> Result<(), Gone> {
        self.send(&json!({ "t": "cmd", "id": id, "topic": topic, "type": kind, "body": body })).await
    }

    /// Hands frames to the kernel later, many at a time.
    pub(super) async fn feed(&mut self, frame: &Value) -> Result<(), Gone> {
        self.stream.feed(Message::text(frame.to_string())).await.map_err(Gone::without_a_word)
    }

    /// Hands over what was fed.
    pub(super) async fn flush(&mut self) -> Result<(), Gone> {
        self.stream.flush().await.map_err(Gone::without_a_word)
    }

    /// The next frame.
    pub(super) async fn next(&mut self) -> Result<Value, Gone> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    return serde_json::from_str(&text)
                        .map_err(|error| Gone::without_a_word(format!("{error}: {text}")));
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Err(Gone { code: frame.code.into(), reason: frame.reason.to_string() });
                }
                Some(Ok(Message::Close(None))) | None => return Err(Gone::without_a_word("closed")),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(Gone::without_a_word(error)),
            }
        }
    }

    /// The answer to a command; everything before it is dropped.
    pub(super) async fn answer(&mut self, id: Uuid) -> Result<Value, Gone> {
        let id = id.to_string();
        loop {
            let frame = self.next().await?;
            if (frame["t"] == "ack" || frame["t"] == "err") && frame["id"] == id.as_str() {
                return Ok(frame);
            }
        }
    }

    /// Waits for the end; frames before it are dropped.
    pub(super) async fn gone(&mut self) -> Gone {
        loop {
            if let Err(gone) = self.next().await {
                return gone;
            }
        }
    }
}

/// The socket after the handshake, before anything was said.
pub(super) async fn upgraded(
    address: SocketAddr,
    ticket: &Ticket,
    options: Options,
) -> Result<WebSocketStream<TcpStream>, Gone> {
    let socket = TcpSocket::new_v4().map_err(Gone::without_a_word)?;
    if let Some(bytes) = options.receive_buffer {
        socket.set_recv_buffer_size(bytes).map_err(Gone::without_a_word)?;
    }
    let connect = tokio::time::timeout(Duration::from_secs(20), socket.connect(address)).await;
    let tcp = connect.map_err(Gone::without_a_word)?.map_err(Gone::without_a_word)?;
    tcp.set_nodelay(true).map_err(Gone::without_a_word)?;
    let mut request = format!("ws://{address}/v1/live").into_client_request().map_err(Gone::without_a_word)?;
    let mut header = |name: &'static str, value: &str| {
        let value = HeaderValue::from_str(value).map_err(Gone::without_a_word)?;
        request.headers_mut().insert(name, value);
        Ok::<_, Gone>(())
    };
    header("origin", &format!("http://{address}"))?;
    header("sec-websocket-protocol", "brigade.v1")?;
    if let Ticket::Session { cookie, .. } = ticket {
        header("cookie", cookie)?;
    }
    let shaken = tokio::time::timeout(Duration::from_secs(10), tokio_tungstenite::client_async(request, tcp)).await;
    let (stream, _) = shaken.map_err(Gone::without_a_word)?.map_err(Gone::without_a_word)?;
    Ok(stream)
}
