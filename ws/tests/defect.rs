//! F13: something behind a socket panics. Its session ends with the code that says so, and nobody else's does.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "the verbs of the test fail like the test")]

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{App, HttpResponse, web};
use brigade_actors::{Directory, Presence};
use brigade_domain::actor::Actor;
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{ConversationId, SessionId, TenantId};
use brigade_domain::identity::{Authenticated, Authenticator, Cause, Credential};
use brigade_domain::journal::{
    BoxFuture, Commit, CommitError, Journal, ListItems, Lists, Loaded, LogLine, Range, Remembered, Snapshot,
};
use brigade_domain::refusal::{Fault, Rejection};
use brigade_domain::support::Looking;
use brigade_domain::support::ports::Openings;
use brigade_ws::{Hub, Live, LiveConfig, LiveLimits, Timeouts, connections, live};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

/// Knows everybody, and has a defect that one token brings out.
struct Defective;

impl Authenticator for Defective {
    fn authenticate(&self, credential: Credential) -> BoxFuture<'static, Result<Authenticated, Rejection>> {
        Box::pin(async move {
            assert!(!matches!(credential, Credential::Bearer(token) if &*token == "defect"), "a defect, for the test");
            Ok(Authenticated {
                actor: Arc::new(Actor::system(TenantId::from_uuid(Uuid::nil()))),
                session: SessionId::from_uuid(Uuid::nil()),
                expires_at: brigade_domain::Timestamp::MAX,
                conversation: None,
                second_factor_missing: false,
                support: None,
            })
        })
    }
}

/// No entity is asked in this test.
struct Unasked;

fn unasked<T, E: From<Fault>>() -> BoxFuture<'static, Result<T, E>> {
    Box::pin(async { Err(Fault::internal("this test", "nothing is kept here").into()) })
}

impl Journal for Unasked {
    fn load(&self, _: EntityKey) -> BoxFuture<'static, Result<Loaded, Fault>> {
        unasked()
    }

    fn commit(&self, _: Commit) -> BoxFuture<'static, Result<(), CommitError>> {
        Box::pin(async { Err(CommitError::Conflict) })
    }

    fn recall(&self, _: EntityKey, _: Uuid) -> BoxFuture<'static, Result<Option<Remembered>, Fault>> {
        unasked()
    }

    fn read(&self, _: EntityKey, _: Range, _: u16) -> BoxFuture<'static, Result<Vec<LogLine>, Fault>> {
        unasked()
    }

    fn keep(&self, _: EntityKey, _: Snapshot) -> BoxFuture<'static, Result<(), Fault>> {
        unasked()
    }
}

impl Openings for Unasked {
    fn opened(&self, _: Looking, _: ConversationId, _: Cause) -> BoxFuture<'static, Result<(), Fault>> {
        unasked()
    }

    fn listed(&self, _: Looking, _: Cause) -> BoxFuture<'static, Result<(), Fault>> {
        unasked()
    }
}

impl Lists for Unasked {
    fn list(&self, _: TenantId, _: &str, _: &Actor) -> BoxFuture<'static, Result<ListItems, Fault>> {
        unasked()
    }
}

/// A server with one thread, so that everybody is the defect's neighbour; returns its port.
fn serve() -> (u16, Hub) {
    let directory = Directory::builder().build(Arc::new(Unasked), Arc::new(Unasked));
    let presence = Arc::new(Presence::new(Duration::from_secs(1)));
    let hub = Hub::new(directory, presence, Arc::new(Defective), Arc::new(Unasked), LiveLimits::default());
    let config = LiveConfig {
        limits: LiveLimits::default(),
        origins: vec!["http://localhost".to_owned()],
        cookie: "session".to_owned(),
        address_of: Arc::new(|_| None),
        reject: Arc::new(|_, _| HttpResponse::BadRequest().finish()),
    };
    let state = web::Data::new(Live { config, hub: hub.clone() });
    let application = move || App::new().app_data(state.clone()).route("/v1/live", web::get().to(live));
    let second = Duration::from_secs(1);
    let timeouts = Timeouts { keep_alive: second, request: second, disconnect: second };
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = Server::build().workers(1).disable_signals();
    let server = server.listen("test", listener, move || connections(timeouts, application.clone()));
    actix_rt::spawn(server.unwrap().run());
    (port, hub)
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn hello(port: u16, token: &str) -> Socket {
    let mut request = format!("ws://127.0.0.1:{port}/v1/live").into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("origin", "http://localhost".parse().unwrap());
    headers.insert("sec-websocket-protocol", "brigade.v1".parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();
    let frame = serde_json::json!({ "t": "hello", "token": token });
    socket.send(Message::text(frame.to_string())).await.unwrap();
    socket
}

async fn next(socket: &mut Socket) -> Option<Message> {
    let next = tokio::time::timeout(Duration::from_secs(20), socket.next()).await;
    next.expect("a message, or the end, in time").transpose().unwrap_or(None)
}

#[actix_rt::test]
async fn a_defect_ends_its_own_session_with_1011_and_nobody_elses() {
    let (port, hub) = serve();
    let mut neighbour = hello(port, "fine").await;
    assert!(next(&mut neighbour).await.unwrap().to_text().unwrap().contains("\"welcome\""));

    for _ in 0..3 {
        let mut hit = hello(port, "defect").await;
        let Some(Message::Close(Some(close))) = next(&mut hit).await else { panic!("it was not closed") };
        assert_eq!(u16::from(close.code), 1011);
        assert!(close.reason.starts_with("retry_after_ms="), "{}", close.reason);
        // The connection ends as well; nobody keeps half of it.
        assert_eq!(next(&mut hit).await, None);
    }

    neighbour.send(Message::Ping("still there?".into())).await.unwrap();
    assert_eq!(next(&mut neighbour).await, Some(Message::Pong("still there?".into())));
    assert!(next(&mut hello(port, "fine").await).await.is_some(), "and others may come");
    assert!(hub.stats().sessions <= 2, "{:?}", hub.stats());
}
