//! Browsers somebody has signed in from before.
//!
//! Sign-in is throttled by account, and whoever knows an address could use the attempts up and lock its owner out. So a
//! browser that has signed in keeps a cookie that says "for this address", and has attempts of its own. It is an HMAC over
//! chance and the address: it says nothing about anybody, and lets nobody in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brigade_domain::text::Email;
use rand::RngExt as _;

use crate::config::HttpConfig;
use crate::signature::{Purpose, is_genuine, sign};

/// How long a browser is known, in seconds: 180 days.
pub(super) const LIFETIME: i64 = 180 * 24 * 3_600;
const CHANCE: usize = 16;

/// A new value of the cookie, for whoever has shown their password, or reads their mail.
pub(super) fn make(config: &HttpConfig, email: &Email) -> String {
    value(config, Purpose::Device, email)
}

/// The same, for whoever has shown their password and a code: attempts at codes of its own are only for such a browser, or
/// whoever knows the password, or reads the mail, would have new ones without end.
pub(super) fn make_proven(config: &HttpConfig, email: &Email) -> String {
    value(config, Purpose::ProvenDevice, email)
}

/// What the browser has when it is known already, or else a new value: a proof is not traded for a lesser one.
pub(super) fn keep_or_make(config: &HttpConfig, cookie: Option<String>, email: &Email) -> String {
    match cookie {
        Some(kept) if proven(config, Some(&kept), email).is_some() => kept,
        _ => make(config, email),
    }
}

fn value(config: &HttpConfig, purpose: Purpose, email: &Email) -> String {
    let chance: [u8; CHANCE] = rand::rng().random();
    let mut value = chance.to_vec();
    value.extend(sign(config, purpose, &[&chance, email.as_str().as_bytes()]));
    URL_SAFE_NO_PAD.encode(value)
}

/// What tells this browser from others, when its cookie is for this address.
pub(super) fn known(config: &HttpConfig, cookie: Option<&str>, email: &Email) -> Option<String> {
    proven(config, cookie, email).or_else(|| read(config, Purpose::Device, cookie, email))
}

/// The same, when it has shown a code as well.
pub(super) fn proven(config: &HttpConfig, cookie: Option<&str>, email: &Email) -> Option<String> {
    read(config, Purpose::ProvenDevice, cookie, email)
}

fn read(config: &HttpConfig, purpose: Purpose, cookie: Option<&str>, email: &Email) -> Option<String> {
    let value = URL_SAFE_NO_PAD.decode(cookie?).ok()?;
    let (chance, code) = value.split_at_checked(CHANCE)?;
    let genuine = is_genuine(config, purpose, &[chance, email.as_str().as_bytes()], code);
    genuine.then(|| URL_SAFE_NO_PAD.encode(chance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_only_for_its_own_address() {
        let config = HttpConfig::new("https://x.example", [1; 32]);
        let email = |text: &str| Email::parse("email", text).unwrap();
        let cookie = make(&config, &email("maya@example.com"));
        assert!(known(&config, Some(&cookie), &email("maya@example.com")).is_some());
        assert!(known(&config, Some(&cookie), &email("theo@example.com")).is_none());
        assert!(known(&config, None, &email("maya@example.com")).is_none());
        assert!(known(&config, Some("AAAA"), &email("maya@example.com")).is_none());
        let other = HttpConfig::new("https://x.example", [2; 32]);
        assert!(known(&other, Some(&cookie), &email("maya@example.com")).is_none());
        let both = make_proven(&config, &email("maya@example.com"));
        assert!(known(&config, Some(&both), &email("maya@example.com")).is_some());
        assert!(proven(&config, Some(&both), &email("maya@example.com")).is_some());
        assert!(proven(&config, Some(&both), &email("theo@example.com")).is_none());
        assert!(proven(&config, Some(&cookie), &email("maya@example.com")).is_none(), "a password alone is no proof");
        let rotated = HttpConfig { signing_keys: vec![[2; 32], [1; 32]], ..config };
        assert!(known(&rotated, Some(&cookie), &email("maya@example.com")).is_some());
    }
}
