//! What the server tells this crate. Nothing here is read from the environment.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

/// Settings of the HTTP edge. Made by `server/`, which documents each key.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// The origins this server is reached under, `scheme://host[:port]`; the first one is written into mails.
    pub origins: Vec<String>,
    /// Other origins whose pages may call the API with a bearer token. Never with cookies, never `*`.
    pub cors_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` and `X-Request-Id` are believed. Empty: nobody's.
    pub trusted_proxies: Vec<Network>,
    /// Networks that may read `/metrics`, `/health/cache` and `/api/diag/smoke` without signing in.
    pub operator_networks: Vec<Network>,
    /// Whether this is the demo: the outbox page exists.
    pub demo: bool,
    /// How much is too much.
    pub limits: Limits,
    /// How often sign-in may be tried.
    pub sign_in: SignInLimits,
    /// How long sessions last.
    pub sessions: SessionLimits,
    /// Keys of what this server signs for itself, the newest first; older ones are still accepted, for rotation with
    /// overlap (C66).
    pub signing_keys: Vec<[u8; 32]>,
    /// The largest JSON body, in bytes.
    pub body_bytes: usize,
}

impl HttpConfig {
    /// The settings of a server that is reached under `origin`, with one key to sign with and the defaults for the rest.
    pub fn new(origin: &str, signing_key: [u8; 32]) -> Self {
        Self {
            origins: vec![origin.to_owned()],
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            operator_networks: vec![
                Network::host(IpAddr::from([127, 0, 0, 1])),
                Network::host(IpAddr::V6(std::net::Ipv6Addr::LOCALHOST)),
            ],
            demo: false,
            limits: Limits::default(),
            sign_in: SignInLimits::default(),
            sessions: SessionLimits::default(),
            signing_keys: vec![signing_key],
            body_bytes: 65_536,
        }
    }

    /// The origin that links in mails start with.
    pub fn origin(&self) -> &str {
        self.origins.first().map_or("", String::as_str)
    }
}

/// Requests per minute, each with a burst of the same size (C07, BK-CHAT-08).
#[derive(Debug, Clone)]
pub struct Limits {
    /// A signed-in person, a key or a visitor's token.
    pub actor: u32,
    /// What a site visitor changes, beside `actor`.
    pub visitor: u32,
    /// All people and keys of a tenant together.
    pub tenant: u32,
    /// An address without valid credentials (IPv6: a /64).
    pub address: u32,
    /// Searching, a signed-in person or a key.
    pub search: u32,
    /// Parts of files, a person or key.
    pub upload: u32,
    /// Parts of files, the site visitors of an address together.
    pub visitor_upload: u32,
    /// Starting site chats, an address.
    pub site_chat: u32,
    /// Pages, scripts and health checks, an address.
    pub assets: u32,
    /// Everything together, an address: what is spent before anything is looked up.
    pub flood: u32,
    /// Callers remembered by each limiter; more share buckets (the memory stays bounded).
    pub remembered: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            actor: 100,
            visitor: 30,
            tenant: 30_000,
            address: 100,
            search: 200,
            upload: 300,
            visitor_upload: 60,
            site_chat: 10,
            assets: 1_200,
            flood: 3_000,
            remembered: 50_000,
        }
    }
}

/// How often sign-in may be tried (C06).
#[derive(Debug, Clone)]
pub struct SignInLimits {
    /// Failed attempts in the window, an address and an account each.
    pub failures: u32,
    /// The window.
    pub window: Duration,
    /// Attempts a minute, whether they fail or not, an address and an account each.
    pub per_minute: u32,
    /// Mails to one address asked for in an hour (reset, verification).
    pub mails_per_hour: u32,
    /// How long a refusal takes at least, so that its time tells nothing.
    pub floor: Duration,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self {
            failures: 5,
            window: Duration::from_mins(15),
            per_minute: 5,
            mails_per_hour: 5,
            floor: Duration::from_millis(400),
        }
    }
}

/// How long a browser's session lasts (C03).
#[derive(Debug, Clone)]
pub struct SessionLimits {
    /// Without a request.
    pub idle: Duration,
    /// At most.
    pub absolute: Duration,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { idle: Duration::from_hours(24), absolute: Duration::from_hours(7 * 24) }
    }
}

/// An IP network, written `10.0.0.0/8` or as a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// A text that is not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a network of the form 10.0.0.0/8 or an IP address")]
pub struct InvalidNetwork;

impl Network {
    /// One address.
    pub const fn host(address: IpAddr) -> Self {
        let bits = match address {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        };
        Self { address, bits }
    }

    /// Whether `ip` is in it. An IPv4-mapped IPv6 address counts as the IPv4 address.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.address.to_canonical(), ip.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits.min(32))).unwrap_or(0);
                network.to_bits() & mask == ip.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits.min(128))).unwrap_or(0);
                network.to_bits() & mask == ip.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;
    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let Some((address, bits)) = text.split_once('/') else {
            return text.parse().map(Self::host).map_err(|_| InvalidNetwork);
        };
        let network = Self {
            address: address.parse().map_err(|_| InvalidNetwork)?,
            bits: bits.parse().map_err(|_| InvalidNetwork)?,
        };
        (network.bits <= Self::host(network.address).bits).then_some(network).ok_or(InvalidNetwork)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_contain_what_they_say() {
        let net: Network = "10.1.0.0/16".parse().unwrap();
        assert!(net.contains("10.1.255.3".parse().unwrap()));
        assert!(net.contains("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!net.contains("10.2.0.1".parse().unwrap()));
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("8.8.8.8".parse().unwrap()));
        let six: Network = "fd00::/8".parse().unwrap();
        assert!(six.contains("fd12::1".parse().unwrap()));
        assert!(!six.contains("fe80::1".parse().unwrap()));
    }

    #[test]
    fn nonsense_is_no_network() {
        for text in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "ten"] {
            assert_eq!(text.parse::<Network>(), Err(InvalidNetwork), "{text}");
        }
    }
}
