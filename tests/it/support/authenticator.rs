//! Somebody's app for two-step sign-in, set up as a person does it.

use brigade_domain::Timestamp;
use brigade_domain::identity::second_factor::{TotpSecret, step_of};
use reqwest::Method;
use serde_json::json;

use super::app::{PASSWORD, TestApp};
use super::browser::Browser;

/// An app that knows a person's secret, and the recovery codes they kept.
pub struct Authenticator {
    secret: TotpSecret,
    /// The recovery codes.
    pub recovery_codes: Vec<String>,
    /// The browser it was set up in: signed in, and proven.
    pub browser: Browser,
}

impl Authenticator {
    /// Sets two-step sign-in up for somebody who signs in with [`PASSWORD`]. Ends their sessions.
    pub async fn of(app: &TestApp, email: &str) -> Self {
        let mut browser = Browser::new(app);
        browser.sign_in(email, PASSWORD).await.data();
        Self::in_browser(app, browser).await
    }

    /// The same in a browser that is signed in.
    pub async fn in_browser(app: &TestApp, mut browser: Browser) -> Self {
        let shown = browser.post("/v1/auth/second-factor", json!({ "password": PASSWORD })).await;
        let secret = secret_of(shown.data()["secret"].as_str().unwrap());
        let mut made = Self { secret, recovery_codes: Vec::new(), browser };
        let confirmed = made.browser.post("/v1/auth/second-factor/confirm", json!({ "code": made.code(app) })).await;
        let codes = confirmed.data()["recovery_codes"].as_array().unwrap();
        made.recovery_codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        made.browser.get("/v1/auth/me").await.data();
        made
    }

    /// The code it shows now. What was accepted before is forgotten, so that a test need not wait for the next one.
    pub fn code(&self, app: &TestApp) -> String {
        app.database
            .sql("set session_replication_role = replica; update second_factors set last_step = 0 where last_step > 0");
        self.shown()
    }

    /// The code it shows now, whether it was used or not.
    pub fn shown(&self) -> String {
        self.secret.code(step_of(Timestamp::now())).text()
    }

    /// A code it does not show.
    pub fn wrong(&self) -> String {
        let now = step_of(Timestamp::now());
        let near: Vec<String> = (now - 3..now + 5).map(|step| self.secret.code(step).text()).collect();
        (0..1_000_000).map(|code| format!("{code:06}")).find(|code| !near.contains(code)).unwrap()
    }

    /// The secret, as it would be seen in a dump.
    pub fn hex(&self) -> String {
        use std::fmt::Write as _;
        self.secret.expose().iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    }

    /// As an admin of the business they act in: everybody who works there must use it.
    pub async fn require_of_all(&mut self, app: &TestApp, email: &str) {
        if self.browser.get("/v1/auth/me").await.data()["signed_in"] == false {
            self.browser = self.sign_in(app, email).await;
        }
        let change = json!({ "second_factor_required": true });
        let changed = self.browser.send(Method::PATCH, "/v1/tenant", change).await;
        assert_eq!(changed.data()["second_factor_required"], true);
    }

    /// Signs in with password and code, in a new browser.
    pub async fn sign_in(&self, app: &TestApp, email: &str) -> Browser {
        let mut browser = Browser::new(app);
        assert_eq!(browser.sign_in(email, PASSWORD).await.data()["next"], "second_step");
        let done = browser.post("/v1/auth/sign-in/second-step", json!({ "code": self.code(app) })).await;
        assert_eq!(done.data()["signed_in"], true);
        browser
    }
}

/// Reads the base32 that apps are given.
fn secret_of(text: &str) -> TotpSecret {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for letter in text.bytes().filter(|letter| *letter != b' ') {
        let five = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => panic!("{text} is not base32"),
        };
        bits = (bits << 5 | u32::from(five)) & 0xfff;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    TotpSecret::read(&bytes).unwrap()
}
