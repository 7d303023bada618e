//! Web origins: the sites that may embed a tenant's chat.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// A web origin as browsers send it: `https://host[:port]`, in lower case, without a path. Plain `http` is for
/// development on this machine only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(Box<str>);

impl Origin {
    /// The origin.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
        if is_origin(&text) { Ok(Self(text.into())) } else { Err(refused()) }
    }
}

fn refused() -> Refusal {
    Refusal::invalid(
        "allowed_origins",
        "Write a site as https://www.example.com, without a path. http is for localhost only.",
    )
}

fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let port_ok = port.is_none_or(|port| {
        !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()
    });
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let default_port = matches!((scheme, port), ("https", Some("443")) | ("http", Some("80")));
    let scheme_ok = scheme == "https" || (scheme == "http" && matches!(host, "localhost" | "127.0.0.1"));
    scheme_ok && port_ok && !default_port && host.len() <= 253 && host.split('.').all(label_ok)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Origin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|refusal: Refusal| serde::de::Error::custom(refusal.message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_as_browsers_send_them() {
        for (text, origin) in [
            ("https://Shop.Example.com/", "https://shop.example.com"),
            ("https://example.com:8443", "https://example.com:8443"),
            ("http://localhost:5173", "http://localhost:5173"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().as_str(), origin);
        }
    }

    #[test]
    fn nothing_else_gets_into_a_header() {
        for text in [
            "",
            "*",
            "null",
            "example.com",
            "http://example.com",
            "https://",
            "https://example.com/path",
            "https://*.example.com",
            "https://exa mple.com",
            "https://example.com; script-src *",
            "https://a\nb",
            "https://user@example.com",
            "https://example.com:0",
            "https://example.com:99999",
            "javascript://x",
            "https://example.com:443",
            "https://example.com,https://other.com",
            "https://ex'ample.com",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text:?}");
        }
    }
}
