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

/// A new value of the cookie.
pub(super) fn make(config: &HttpConfig, email: &Email) -> String {
    let chance: [u8; CHANCE] = rand::rng().random();
    let mut value = chance.to_vec();
    value.extend(sign(config, Purpose::Device, &[&chance, email.as_str().as_bytes()]));
    URL_SAFE_NO_PAD.encode(value)
}

/// What tells this browser from others, when its cookie is for this address.
pub(super) fn known(config: &HttpConfig, cookie: Option<&str>, email: &Email) -> Option<String> {
    let value = URL_SAFE_NO_PAD.decode(cookie?).ok()?;
    let (chance, code) = value.split_at_checked(CHANCE)?;
    let genuine = is_genuine(config, Purpose::Device, &[chance, email.as_str().as_bytes()], code);
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
        let rotated = HttpConfig { signing_keys: vec![[2; 32], [1; 32]], ..config };
        assert!(known(&rotated, Some(&cookie), &email("maya@example.com")).is_some());
    }
}
