//! People over HTTP: a browser's session with its cookie and CSRF token, and a site visitor with a token.

use brigade_domain::id::UserId;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::app::{TestApp, TestTenant};
use super::browser::Browser;

/// A person who is signed in as a browser would be.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// The session's cookie: `name=value`.
    pub cookie: String,
    /// The token that goes with unsafe requests.
    pub csrf: String,
    http: reqwest::Client,
    base: String,
}

/// An answer: its status and what was in the envelope.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Value,
}

impl Answer {
    /// Reads an answer, which must be an envelope.
    pub async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let body =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{status} is no envelope ({error}): {text}"));
        Self { status, body }
    }

    /// The data of a success; panics when it is none.
    pub fn data(&self) -> &Value {
        assert_eq!(self.body["success"], true, "{}: {}", self.status, self.body);
        &self.body["data"]
    }

    /// The code of an error; panics when it is none.
    pub fn code(&self) -> &str {
        assert_eq!(self.body["success"], false, "{}: {}", self.status, self.body);
        self.body["error"]["code"].as_str().unwrap()
    }
}

impl Person {
    /// Signs in.
    pub async fn sign_in(app: &TestApp, id: UserId, email: &str, password: &str) -> Self {
        let http = reqwest::Client::new();
        let answer = http
            .post(app.url("/v1/auth/sign-in"))
            .header("origin", app.origin())
            .json(&json!({ "email": email, "password": password }))
            .send()
            .await
            .unwrap();
        let cookie = session_cookie(&answer);
        let answer = Answer::of(answer).await;
        answer.data();
        let cookie = cookie.expect("signing in sets the cookie");
        let mut person = Self { id, email: email.to_owned(), cookie, csrf: String::new(), http, base: app.url("") };
        let me = person.get("/v1/auth/me").await;
        person.csrf = me.data()["csrf"].as_str().unwrap().to_owned();
        person
    }

    /// Whoever is signed in in a browser, for what takes a person.
    pub fn in_browser(app: &TestApp, id: UserId, email: &str, browser: &Browser) -> Self {
        let cookie = format!("__Host-brigade={}", browser.cookies["__Host-brigade"]);
        let (http, base) = (reqwest::Client::new(), app.url(""));
        Self { id, email: email.to_owned(), cookie, csrf: browser.csrf.clone(), http, base }
    }

    /// A request with this session.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        request.header("cookie", &self.cookie).header("origin", &self.base).header("x-csrf-token", &self.csrf)
    }

    /// Asks, with this session.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    /// `POST`.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(&body)).await
    }
}

/// The session cookie an answer sets, as `name=value`.
fn session_cookie(answer: &reqwest::Response) -> Option<String> {
    let set = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let pairs = set.filter_map(|cookie| cookie.split(';').next());
    pairs.map(str::to_owned).find(|pair| pair.starts_with("__Host-brigade="))
}

/// A site visitor with a conversation.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who: `vis_…`.
    pub id: String,
    /// The conversation: `cnv_…`.
    pub conversation: String,
    /// Its topic.
    pub topic: String,
    /// The token for this conversation.
    pub token: String,
}

impl Visitor {
    /// Starts a conversation as the widget does.
    pub async fn start(app: &TestApp, tenant: &TestTenant) -> Self {
        let answer = reqwest::Client::new()
            .post(app.url("/v1/site/conversations"))
            .header("x-tenant-key", &tenant.public_key)
            .header("origin", app.origin())
            .json(&json!({ "page": format!("{}/menu", tenant.origin) }))
            .send()
            .await
            .unwrap();
        let answer = Answer::of(answer).await;
        let text =
            |name: &str| answer.data()[name].as_str().unwrap_or_else(|| panic!("no {name}: {answer:?}")).to_owned();
        Self { id: text("visitor"), conversation: text("conversation"), topic: text("topic"), token: text("token") }
    }

    /// Asks, with the visitor's token.
    pub async fn ask(&self, app: &TestApp, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.request(app, method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    /// A request with the visitor's token.
    pub fn request(&self, app: &TestApp, method: Method, path: &str) -> RequestBuilder {
        reqwest::Client::new().request(method, app.url(path)).bearer_auth(&self.token)
    }
}
