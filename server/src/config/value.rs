//! The kinds of value a key can have: how each is written, shown and described.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// A kind of value.
pub trait Setting: Sized {
    /// What a good value looks like, to follow "expected".
    fn expected() -> String;
    /// Reads it; lists are separated by commas.
    fn parse(text: &str) -> Option<Self>;
    /// As shown by `config check`; secrets hide themselves.
    fn show(&self) -> String;
}

impl<T: Setting> Setting for Option<T> {
    fn expected() -> String {
        format!("{}, or nothing", T::expected())
    }
    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() { Some(None) } else { T::parse(text).map(Some) }
    }
    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "(none)".to_owned(), Setting::show)
    }
}

impl<T: Setting> Setting for Vec<T> {
    fn expected() -> String {
        format!("a list, each {}", T::expected())
    }
    fn parse(text: &str) -> Option<Self> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(T::parse).collect()
    }
    fn show(&self) -> String {
        let shown: Vec<_> = self.iter().map(Setting::show).collect();
        if shown.is_empty() { "(none)".to_owned() } else { shown.join(", ") }
    }
}

macro_rules! from_str {
    ($($ty:ty: $expected:literal;)*) => {$(
        impl Setting for $ty {
            fn expected() -> String {
                $expected.to_owned()
            }
            fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }
            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

from_str! {
    SocketAddr: "an address and port such as 127.0.0.1:8080";
    bool: "true or false";
    u16: "a number from 0 to 65535";
    u32: "a whole number, 0 or more";
    usize: "a whole number, 0 or more";
}

impl Setting for String {
    fn expected() -> String {
        "a text".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| text.to_owned())
    }
    fn show(&self) -> String {
        self.clone()
    }
}

impl Setting for PathBuf {
    fn expected() -> String {
        "a path".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self::from(text))
    }
    fn show(&self) -> String {
        self.display().to_string()
    }
}

impl Setting for Duration {
    fn expected() -> String {
        "a time such as 500ms, 30s or 5m".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = text.split_at(digits);
        let number: u64 = number.parse().ok()?;
        match unit {
            "ms" => Some(Self::from_millis(number)),
            "s" => Some(Self::from_secs(number)),
            "m" => number.checked_mul(60).map(Self::from_secs),
            "h" => number.checked_mul(3600).map(Self::from_secs),
            _ => None,
        }
    }
    fn show(&self) -> String {
        if self.subsec_millis() == 0 { format!("{}s", self.as_secs()) } else { format!("{}ms", self.as_millis()) }
    }
}

/// The address of a service; a password in it is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceUrl(String);

impl ServiceUrl {
    /// The address with everything in it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ServiceUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.show())
    }
}

impl Setting for ServiceUrl {
    fn expected() -> String {
        "an address such as postgres://user:password@host/name, redis://host or smtps://user:password@host".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let known = ["postgres", "postgresql", "redis", "rediss", "smtp", "smtps"].contains(&scheme);
        (known && !rest.is_empty()).then(|| Self(text.to_owned()))
    }
    fn show(&self) -> String {
        let Some((scheme, rest)) = self.0.split_once("://") else { return "***".to_owned() };
        match rest.rsplit_once('@') {
            Some((login, host)) => {
                let user = login.split(':').next().unwrap_or_default();
                format!("{scheme}://{user}:***@{host}")
            }
            None => self.0.clone(),
        }
    }
}

/// The address of a site, without a path: `https://example.org`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// As text, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Origin {
    fn expected() -> String {
        "the address of a site such as https://example.org, without a path".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let (scheme, host) = text.split_once("://")?;
        let good = matches!(scheme, "http" | "https")
            && !host.is_empty()
            && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
        good.then(|| Self(text.to_ascii_lowercase()))
    }
    fn show(&self) -> String {
        self.0.clone()
    }
}

/// An address, or a network such as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// The first address.
    pub address: IpAddr,
    /// How many bits count.
    pub prefix: u8,
}

impl Setting for Network {
    fn expected() -> String {
        "an address or network such as 10.0.0.1 or 10.0.0.0/8".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(most), |prefix| prefix.parse().ok())?;
        (prefix <= most).then_some(Self { address, prefix })
    }
    fn show(&self) -> String {
        format!("{}/{}", self.address, self.prefix)
    }
}

/// What only this server and a service know. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

impl Setting for Secret {
    fn expected() -> String {
        "a text".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }
    fn show(&self) -> String {
        "***".to_owned()
    }
}

/// A 256-bit key, written as 64 hexadecimal digits. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// The bytes of a key.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// The bytes.
    pub const fn reveal(&self) -> [u8; 32] {
        self.0
    }
    /// As written in a file or the environment.
    pub fn to_hex(&self) -> String {
        crate::hex::hex(&self.0)
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

impl Setting for SecretKey {
    fn expected() -> String {
        "64 hexadecimal digits, such as `openssl rand -hex 32` prints".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
    fn show(&self) -> String {
        "(secret, set)".to_owned()
    }
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $crate::config::value::Setting for $name {
            fn expected() -> String {
                format!("one of {}", [$($text),*].join(", "))
            }
            fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
            fn show(&self) -> String {
                match self { $(Self::$variant => $text,)* }.to_owned()
            }
        }
    };
}
pub(crate) use choice;
