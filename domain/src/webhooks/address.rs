//! Where a delivery may go (security 36). An address is judged twice: as it is written, when an endpoint is kept, and as it
//! resolves, each time before it is connected to.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::{Host, Url};

use crate::refusal::Refusal;

/// The most characters of an address.
const MOST: usize = 2_048;
/// The ports of public servers that are asked.
const PORTS: [u16; 2] = [443, 8443];

/// Networks of IPv4 that are not for everybody (IANA's registry of special purposes), and multicast.
const SPECIAL_V4: [([u8; 4], u8); 16] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 31, 196, 0], 24),
    ([192, 52, 193, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 3),
];

/// Within `2000::/3`, the only part of IPv6 that is for everybody, what is not: protocol assignments (Teredo among them),
/// documentation, 6to4, documentation again.
const SPECIAL_V6: [([u16; 8], u8); 4] = [
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];

/// A network: an address and how many of its bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// `None` when there are not so many bits.
    pub fn new(address: IpAddr, prefix: u8) -> Option<Self> {
        let bits = if address.is_ipv4() { 32 } else { 128 };
        (prefix <= bits).then_some(Self { address, prefix })
    }

    /// Whether the address is in it. One of IPv4 that is written as one of IPv6 is not.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let apart = u32::from_be_bytes(own.octets()) ^ u32::from_be_bytes(other.octets());
                apart.checked_shr(32 - u32::from(self.prefix)).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let apart = u128::from_be_bytes(own.octets()) ^ u128::from_be_bytes(other.octets());
                apart.checked_shr(128 - u32::from(self.prefix)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// Whether an address is one that everybody can reach: neither loopback, private, link-local, shared, multicast, for
/// documentation, nor one of IPv6 that has one of IPv4 inside.
pub fn is_public(address: IpAddr) -> bool {
    let is_in = |(network, prefix): (IpAddr, u8)| Network { address: network, prefix }.contains(address);
    match address {
        IpAddr::V4(_) => !SPECIAL_V4.map(|(network, prefix)| (IpAddr::from(network), prefix)).into_iter().any(is_in),
        IpAddr::V6(_) => {
            is_in((IpAddr::from([0x2000, 0, 0, 0, 0, 0, 0, 0]), 3))
                && !SPECIAL_V6.map(|(network, prefix)| (IpAddr::from(network), prefix)).into_iter().any(is_in)
        }
    }
}

/// The address of an endpoint. It is read by the same rules as in a browser (`http://2130706433/` is `127.0.0.1`), once: what
/// is judged is what is connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointUrl(Url);

/// The host of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A name, to be resolved.
    Name(String),
    /// An address as it is.
    Address(IpAddr),
}

impl EndpointUrl {
    /// Reads it; refused when it is none, or holds a name and password.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let refused = |message: &'static str| Refusal::invalid("url", message);
        let text = text.trim();
        if text.len() > MOST {
            return Err(refused("An address has at most 2,048 characters."));
        }
        let url = Url::parse(text)
            .map_err(|_| refused("This is not an address. Write one such as https://example.com/brigade."))?;
        if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
            return Err(refused("An address begins with https://."));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("Leave out the name and the password: each delivery is signed."));
        }
        if url.fragment().is_some() {
            return Err(refused("Leave out what follows the #: it is never sent."));
        }
        if url.as_str().len() > MOST {
            return Err(refused("An address has at most 2,048 characters."));
        }
        Ok(Self(url))
    }

    /// As it is shown and kept.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether it is reached by TLS.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The host.
    pub fn place(&self) -> Place {
        match self.0.host() {
            Some(Host::Ipv4(address)) => Place::Address(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Place::Address(IpAddr::V6(address)),
            Some(Host::Domain(name)) => Place::Name(name.to_owned()),
            None => Place::Name(String::new()),
        }
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(443)
    }

    /// Host and port as they are said in a request.
    pub fn authority(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Path and query.
    pub fn target(&self) -> String {
        self.0.query().map_or_else(|| self.0.path().to_owned(), |query| format!("{}?{query}", self.0.path()))
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EndpointUrl {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
    }
}

/// What the operator allows beside public servers by https.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    allow: Vec<Network>,
}

impl Policy {
    /// Allows these networks too, at any port and without TLS.
    pub const fn new(allow: Vec<Network>) -> Self {
        Self { allow }
    }

    /// Whether this endpoint may be asked at this address of its.
    pub fn permits(&self, url: &EndpointUrl, address: IpAddr) -> bool {
        self.allow.iter().any(|network| network.contains(address))
            || (is_public(address) && url.is_https() && PORTS.contains(&url.port()))
    }

    /// Whether an endpoint may be kept: what is plainly impossible is said at once, not by failing later.
    pub fn admit(&self, url: &EndpointUrl) -> Result<(), Refusal> {
        let refused = |message: &'static str| Err(Refusal::invalid("url", message));
        match url.place() {
            Place::Address(address) if self.permits(url, address) => Ok(()),
            Place::Name(_) if !self.allow.is_empty() => Ok(()),
            _ if !url.is_https() => refused("An address begins with https://."),
            _ if !PORTS.contains(&url.port()) => refused("Choose port 443 or 8443."),
            Place::Address(_) => refused("This address is not one that everybody can reach. Use a public one."),
            Place::Name(name) if is_local(&name) => {
                refused("This name is not one that everybody can reach. Use a public one.")
            }
            Place::Name(_) => Ok(()),
        }
    }
}

/// Names that are never public. Others are found out when they are resolved.
fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    !name.contains('.') || [".localhost", ".local", ".internal"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> EndpointUrl {
        EndpointUrl::parse(text).unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"))
    }

    #[test]
    fn addresses_that_are_not_for_everybody() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:93.184.216.34",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::5db8:d822",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:53aa:64c::1",
            "2001:2::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:5db8:d822::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "fd00:ec2::254",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn addresses_that_are_for_everybody() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.1",
            "93.184.216.34",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.1.1",
            "192.169.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2001:4860:4860::8888",
            "2606:2800:220:1::1",
            "2a00:1450::1",
            "3ffe::1",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn the_many_ways_to_write_an_address_are_all_read_as_it() {
        let refused = |text: &str| Policy::default().admit(&url(text)).is_err();
        for text in [
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://0x7f000001/",
            "https://[::1]/",
            "https://[::ffff:7f00:1]/",
            "https://[0:0:0:0:0:ffff:127.0.0.1]/",
            "https://0/",
            "https://１２７.０.０.１/",
            "https://127。0。0。1/",
            "https://169.254.169.254/latest/meta-data",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.localhost/",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://intranet/",
            "http://example.com/",
            "https://example.com:25/",
            "https://1.1.1.1:22/",
            "http://1.1.1.1/",
        ] {
            assert!(refused(text), "{text}");
        }
        for text in
            ["https://example.com/hooks?a=b", "https://example.com:8443/", "https://1.1.1.1/", "https://münchen.de/"]
        {
            assert!(!refused(text), "{text}");
        }
        assert_eq!(url("https://2130706433/").place(), Place::Address(IpAddr::from([127, 0, 0, 1])));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "example.com",
            "ftp://example.com/",
            "file:///etc/passwd",
            "gopher://example.com/",
            "https://",
            "https://user@example.com/",
            "https://user:secret@example.com/",
            "https://example.com/#x",
            "https://exa mple.com/",
            "https://[::1",
            "javascript:alert(1)",
        ] {
            assert!(EndpointUrl::parse(text).is_err(), "{text}");
        }
        assert!(EndpointUrl::parse(&format!("https://example.com/{}", "x".repeat(2_048))).is_err());
    }

    #[test]
    fn the_operator_allows_networks_and_nothing_beside_them() {
        let loopback = Network::new(IpAddr::from([127, 0, 0, 0]), 8).unwrap();
        let policy = Policy::new(vec![loopback]);
        assert!(policy.admit(&url("http://127.0.0.1:9999/hook")).is_ok());
        assert!(policy.admit(&url("http://10.0.0.1/")).is_err());
        assert!(policy.admit(&url("https://[::ffff:127.0.0.1]/")).is_err());
        let plain = url("http://name.example/");
        assert!(policy.admit(&plain).is_ok(), "only its address says whether it may");
        assert!(policy.permits(&plain, IpAddr::from([127, 0, 0, 9])));
        assert!(!policy.permits(&plain, IpAddr::from([1, 1, 1, 1])), "not without TLS");
        assert!(!policy.permits(&url("https://name.example/"), IpAddr::from([10, 0, 0, 1])));
    }

    #[test]
    fn networks_end_where_they_say() {
        let network = |text: &str, prefix| Network::new(text.parse().unwrap(), prefix).unwrap();
        assert!(network("0.0.0.0", 0).contains("255.0.0.1".parse().unwrap()));
        assert!(network("10.1.2.3", 32).contains("10.1.2.3".parse().unwrap()));
        assert!(!network("10.1.2.3", 32).contains("10.1.2.2".parse().unwrap()));
        assert!(!network("::", 0).contains("10.1.2.2".parse().unwrap()));
        assert!(network("fd00::", 8).contains("fdff::1".parse().unwrap()));
        assert!(Network::new("10.0.0.0".parse().unwrap(), 33).is_none());
    }

    #[test]
    fn a_request_says_host_port_path_and_query() {
        let url = url("https://example.com:8443/a/b?c=d");
        assert_eq!(
            (url.authority().as_str(), url.target().as_str(), url.port()),
            ("example.com:8443", "/a/b?c=d", 8443)
        );
    }
}
