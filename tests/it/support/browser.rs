//! A browser: keeps its cookies, sends what browsers send, and finds the token against cross-site requests.

use std::collections::BTreeMap;

use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use super::app::TestApp;
use super::person::Answer;

/// A browser with cookies of its own, at an address of its own when the server trusts this machine as a proxy.
#[derive(Debug, Clone)]
pub struct Browser {
    http: reqwest::Client,
    base: String,
    /// Its cookies.
    pub cookies: BTreeMap<String, String>,
    /// The token of its session.
    pub csrf: String,
    /// What it sends as `X-Forwarded-For`.
    pub address: Option<String>,
}

impl Browser {
    /// A new one, without cookies.
    pub fn new(app: &TestApp) -> Self {
        Self {
            http: reqwest::Client::new(),
            base: app.origin(),
            cookies: BTreeMap::new(),
            csrf: String::new(),
            address: None,
        }
    }

    /// The same browser somewhere else.
    pub fn at(mut self, address: &str) -> Self {
        self.address = Some(address.to_owned());
        self
    }

    /// A request with everything a browser sends by itself.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
        if method != Method::GET {
            request = request.header("origin", &self.base).header("sec-fetch-site", "same-origin");
        }
        if let Some(address) = &self.address {
            request = request.header("x-forwarded-for", address);
        }
        if !self.csrf.is_empty() {
            request = request.header("x-csrf-token", &self.csrf);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        request
    }

    /// Keeps the cookies of an answer and reads it.
    pub async fn take(&mut self, response: Response) -> Answer {
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let answer = Answer::of(response).await;
        if let Some(csrf) = answer.body["data"]["csrf"].as_str() {
            self.csrf = csrf.to_owned();
        }
        answer
    }

    /// `GET`.
    pub async fn get(&mut self, path: &str) -> Answer {
        let response = self.request(Method::GET, path).send().await.unwrap();
        self.take(response).await
    }

    /// Anything with a body.
    pub async fn send(&mut self, method: Method, path: &str, body: Value) -> Answer {
        let response = self.request(method, path).json(&body).send().await.unwrap();
        self.take(response).await
    }

    /// `POST`.
    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    /// Signs in.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.post("/v1/auth/sign-in", json!({ "email": email, "password": password })).await
    }
}

/// The newest letter that is not about a new device: signing in writes those.
pub async fn newest_letter(app: &TestApp) -> brigade_domain::identity::mail::Mail {
    use brigade_domain::identity::ports::Outbox as _;
    let mails = app.inside.platform.identity.newest().await.unwrap();
    mails.into_iter().map(|sent| sent.mail).find(|mail| mail.subject != "A new sign-in to your account").unwrap()
}

/// The token of the newest letter with one to this address.
pub async fn token_in_mail(app: &TestApp, email: &str) -> String {
    use brigade_domain::identity::ports::Outbox as _;
    let mails = app.inside.platform.identity.newest().await.unwrap();
    let mail = mails
        .iter()
        .find(|sent| sent.mail.to == email && sent.mail.text.contains("#token="))
        .unwrap_or_else(|| panic!("no letter to {email}"));
    let token = mail.mail.text.split("#token=").nth(1).unwrap_or_else(|| panic!("no link in {}", mail.mail.text));
    token.split_whitespace().next().unwrap().to_owned()
}
