//! Where a request really comes from (BK-GUARD-04, security 35): `X-Forwarded-For` is believed only from trusted
//! proxies, and only as far back as the chain of them reaches.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::http::header::HeaderMap;

use crate::config::Network;

pub(super) fn is_trusted(ip: IpAddr, proxies: &[Network]) -> bool {
    proxies.iter().any(|network| network.contains(ip))
}

/// The client's address: the peer, or when the peer is a trusted proxy, the last address of the chain that is not one.
pub(super) fn client(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let mut client = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
    if !is_trusted(client, proxies) {
        return client;
    }
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").filter_map(|line| line.to_str().ok()).collect();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Ok(ip) = hop.trim().parse::<IpAddr>() else { break };
        client = ip.to_canonical();
        if !is_trusted(client, proxies) {
            break;
        }
    }
    client
}

/// What limits count as one address: an IPv4 address, or the /64 that one IPv6 customer has.
pub(crate) fn counted(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4(ip),
        IpAddr::V6(ip) => IpAddr::V6((ip.to_bits() & (u128::MAX << 64)).into()),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for line in lines {
            map.append(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_str(line).unwrap());
        }
        map
    }

    fn ask(peer: &str, lines: &[&str]) -> String {
        let proxies = ["10.0.0.0/8".parse().unwrap()];
        client(Some(peer.parse().unwrap()), &headers(lines), &proxies).to_string()
    }

    #[test]
    fn a_stranger_cannot_say_who_it_is() {
        assert_eq!(ask("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_is_believed_only_about_its_own_client() {
        assert_eq!(ask("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(ask("10.0.0.1", &["6.6.6.6, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(ask("10.0.0.1", &["6.6.6.6", "198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn nonsense_in_the_chain_ends_it() {
        assert_eq!(ask("10.0.0.1", &["6.6.6.6, what, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(ask("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn one_ipv6_customer_is_one_address() {
        assert_eq!(counted("2001:db8:1:2:3::4".parse().unwrap()), counted("2001:db8:1:2:ffff::".parse().unwrap()));
        assert_ne!(counted("2001:db8:1:2::".parse().unwrap()), counted("2001:db8:1:3::".parse().unwrap()));
    }
}
