//! Who may open a socket, and who one is then.

use std::time::{Duration, Instant};

use brigade_domain::actor::Role;
use serde_json::{Value, json};

use super::raw::{Raw, Refused};
use crate::support::{PASSWORD, Person, Socket, TestApp};

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "brigade.v1");

/// Says hello and gives what is heard: the welcome, or the refusal and the close code.
async fn hello(mut raw: Raw, hello: Value) -> Result<Value, (String, u16)> {
    raw.say(&hello).await;
    let frame = raw.hears().await;
    if frame["t"] == "welcome" {
        return Ok(frame);
    }
    assert_eq!(frame["t"], "err", "{frame}");
    let (more, closed) = raw.ends().await;
    assert!(more.is_empty(), "{more:?}");
    Err((frame["code"].as_str().unwrap().to_owned(), closed.code))
}

async fn access_token(person: &Person) -> String {
    let body = json!({ "email": person.email, "password": PASSWORD });
    person.post("/v1/auth/tokens", body).await.data()["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_cookie_says_who_one_is() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (person, socket) = app.ws_as(&tenant, Role::AccountManager).await;
    let welcome = &socket.welcome;
    assert_eq!(welcome["who"], person.id.to_string());
    assert_eq!(welcome["kind"], "account_manager");
    assert_eq!(welcome["tenant"], tenant.id.to_string());
    assert_eq!(welcome["limits"], json!({ "frame_bytes": 65_536, "commands_per_minute": 600, "topics": 200 }));
    assert_eq!(welcome["ping_seconds"], 25);
    assert!(welcome["session"].as_str().is_some_and(|session| !session.is_empty()));
}

#[tokio::test]
async fn a_visitors_token_says_who_one_is_and_is_told_its_own_limits() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let visitor = app.visitor(&tenant).await;
    let socket = Socket::open_visitor(&app, &visitor).await;
    assert_eq!(socket.welcome["who"], visitor.id);
    assert_eq!(socket.welcome["kind"], "anonymous");
    assert_eq!(socket.welcome["tenant"], tenant.id.to_string());
    assert_eq!(socket.welcome["limits"]["commands_per_minute"], 30);
}

#[tokio::test]
async fn a_program_shows_a_bearer_token_and_needs_no_origin() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let person = app.client_as(&tenant, Role::AccountManager).await;
    let bearer = format!("Bearer {}", access_token(&person).await);
    let raw = Raw::connect(&app, "/v1/live", &[PROTOCOL, ("authorization", &bearer)]).await.unwrap();
    let welcome = hello(raw, json!({ "t": "hello" })).await.unwrap();
    assert_eq!(welcome["who"], person.id.to_string());
    // With an origin it is a page, and pages are asked where they are from.
    let foreign = [PROTOCOL, ("authorization", &*bearer), ("origin", "https://evil.example")];
    assert_eq!(Raw::connect(&app, "/v1/live", &foreign).await.err().unwrap().status, 403);
}

#[tokio::test]
async fn without_a_good_credential_it_is_closed_with_4401() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (empty, refused) = (json!({ "t": "hello" }), Err(("AUTH_REQUIRED".to_owned(), 4401)));
    assert_eq!(hello(Raw::of(&app, None).await, empty.clone()).await, refused);
    let mut stranger = app.client_as(&tenant, Role::Client).await;
    stranger.cookie = format!("__Host-brigade={}", "A".repeat(43));
    assert_eq!(hello(Raw::of(&app, Some(&stranger)).await, empty.clone()).await, refused);
    for token in ["", "x", "vst_", "vst_0123456789", "not-a-token", &"a".repeat(5_000)] {
        let outcome = hello(Raw::of(&app, None).await, json!({ "t": "hello", "token": token })).await;
        assert_eq!(outcome, refused, "{token:.20}");
    }
    let bearer = [PROTOCOL, ("authorization", "Bearer nonsense")];
    let raw = Raw::connect(&app, "/v1/live", &bearer).await.unwrap();
    assert_eq!(hello(raw, empty.clone()).await, refused);
    let key = [PROTOCOL, ("authorization", "Bearer sk_live_nobody_00000000000000000000000000000000")];
    let raw = Raw::connect(&app, "/v1/live", &key).await.unwrap();
    assert_eq!(hello(raw, empty).await, Err(("INVALID_TENANT_KEY".to_owned(), 4401)));
}

#[tokio::test]
async fn only_pages_of_this_server_may_connect() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let person = app.client_as(&tenant, Role::Admin).await;
    let (ip, port) = (app.address.ip(), app.address.port());
    let foreign = [
        "null".to_owned(),
        String::new(),
        "https://evil.example".to_owned(),
        format!("https://{ip}:{port}"),
        format!("http://{ip}"),
        format!("http://{ip}:{}", port.wrapping_add(1)),
        format!("http://{ip}:{port}0"),
        format!("http://{ip}:{port}.evil.example"),
        format!("http://{ip}.evil.example:{port}"),
        format!("http://evil.example/http://{ip}:{port}"),
        format!("http://{ip}:{port}@evil.example"),
        format!("http://evil.example#{ip}:{port}"),
        format!("http://x{ip}:{port}"),
        format!("http://{ip}:{port}/"),
        format!(" http://{ip}:{port}x"),
        format!("http://localhost.evil.example:{port}"),
        format!("http://{ip}:{port}, http://evil.example"),
        // The site that embeds the widget: the widget's frame is the server's own page.
        tenant.origin.clone(),
    ];
    for origin in &foreign {
        let headers = [PROTOCOL, ("cookie", &*person.cookie), ("origin", origin)];
        let Refused { status, body } = Raw::connect(&app, "/v1/live", &headers).await.err().expect(origin);
        assert_eq!((status, &body["error"]["code"]), (403, &json!("ORIGIN_REFUSED")), "{origin:?}");
    }
    let missing = [PROTOCOL, ("cookie", &*person.cookie)];
    assert_eq!(Raw::connect(&app, "/v1/live", &missing).await.err().expect("no origin").status, 403);
    for own in [app.origin(), format!("http://localhost:{port}")] {
        let headers = [PROTOCOL, ("cookie", &*person.cookie), ("origin", &own)];
        let raw = Raw::connect(&app, "/v1/live", &headers).await.expect(&own);
        assert!(hello(raw, json!({ "t": "hello" })).await.is_ok());
    }
}

#[tokio::test]
async fn a_token_in_the_address_is_not_looked_at() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let person = app.client_as(&tenant, Role::Admin).await;
    let (token, visitor) = (access_token(&person).await, app.visitor(&tenant).await);
    let origin = app.origin();
    for query in [format!("token={}", visitor.token), format!("access_token={token}"), format!("authorization={token}")]
    {
        let headers = [PROTOCOL, ("origin", &*origin)];
        let raw = Raw::connect(&app, &format!("/v1/live?{query}"), &headers).await.unwrap();
        assert_eq!(hello(raw, json!({ "t": "hello" })).await, Err(("AUTH_REQUIRED".to_owned(), 4401)), "{query}");
    }
}

#[tokio::test]
async fn the_subprotocol_is_demanded_and_named_in_the_answer() {
    let app = TestApp::start().await;
    let origin = app.origin();
    for offered in [None, Some("brigade.v2"), Some("chat, brigade"), Some("brigade.v1x")] {
        let mut headers = vec![("origin", &*origin)];
        headers.extend(offered.map(|offered| ("sec-websocket-protocol", offered)));
        let refused = Raw::connect(&app, "/v1/live", &headers).await.err().expect("refused");
        assert_eq!((refused.status, &refused.body["error"]["code"]), (400, &json!("INVALID_INPUT")), "{offered:?}");
        assert!(refused.body["error"]["message"].as_str().unwrap().contains("brigade.v1"));
    }
    let several = [("origin", &*origin), ("sec-websocket-protocol", "chat, brigade.v1")];
    let raw = Raw::connect(&app, "/v1/live", &several).await.unwrap();
    assert_eq!(raw.response.headers()["sec-websocket-protocol"], "brigade.v1");
}

#[tokio::test]
async fn who_does_not_speak_websocket_is_told_so() {
    let app = TestApp::start().await;
    let origin = app.origin();
    let asked = reqwest::Client::new().get(app.url("/v1/live")).header("origin", &origin);
    let answer = asked.header("sec-websocket-protocol", "brigade.v1").send().await.unwrap();
    assert_eq!(answer.status(), 400);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["error"]["code"], "INVALID_INPUT");
    assert!(body["error"]["message"].as_str().unwrap().contains("WebSocket"), "{body}");
}

#[tokio::test]
async fn who_says_no_hello_in_ten_seconds_is_closed_with_4401() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let person = app.client_as(&tenant, Role::Admin).await;
    let clock = Instant::now();
    let mut silent = Raw::of(&app, Some(&person)).await;
    // Saying other things is not saying hello.
    let mut busy = Raw::of(&app, Some(&person)).await;
    busy.say(&json!({ "t": "sub", "topic": format!("tenant:{}", tenant.id) })).await;
    let refused = busy.hears().await;
    assert_eq!((&refused["t"], &refused["code"]), (&json!("err"), &json!("AUTH_REQUIRED")));
    for raw in [&mut silent, &mut busy] {
        let (_, closed) = raw.ends().await;
        assert_eq!(closed.code, 4401, "{closed:?}");
    }
    let after = clock.elapsed();
    assert!(after > Duration::from_secs(9) && after < Duration::from_secs(13), "{after:?}");
}

#[tokio::test]
async fn before_hello_nothing_is_done_and_hello_is_said_once() {
    let app = TestApp::start().await;
    let tenant = app.tenant().await;
    let (person, visitor) = (app.client_as(&tenant, Role::Admin).await, app.visitor(&tenant).await);
    let mut raw = Raw::of(&app, Some(&person)).await;
    let command = json!({ "t": "cmd", "id": uuid::Uuid::now_v7(), "topic": visitor.topic, "type": "send", "body": { "text": "x" } });
    let early = [
        command.clone(),
        json!({ "t": "sub", "topic": visitor.topic }),
        json!({ "t": "unsub", "topic": visitor.topic }),
        json!({ "t": "eph", "topic": visitor.topic, "type": "typing", "body": {} }),
        json!({ "t": "sig", "type": "presence_watch", "body": { "who": ["staff"] } }),
    ];
    for frame in &early {
        raw.say(frame).await;
        let answer = raw.hears().await;
        assert_eq!((&answer["t"], &answer["code"]), (&json!("err"), &json!("AUTH_REQUIRED")), "{frame}");
    }
    raw.say(&json!({ "t": "hello" })).await;
    assert_eq!(raw.hears().await["t"], "welcome");
    raw.say(&json!({ "t": "hello", "token": visitor.token })).await;
    assert_eq!(raw.hears().await["code"], "INVALID_INPUT");
    raw.say(&command).await;
    let answer = raw.hears().await;
    assert_eq!(answer["t"], "ack", "it is still who it was: {answer}");
}
