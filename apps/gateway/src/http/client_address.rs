//! Where a request comes from: the socket's address, unless a trusted proxy vouches for another.

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::HeaderMap;
use serde::Deserialize;

/// What a proxy appends the address of its client to.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The addresses of proxies that are believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    /// Proxies in any of these networks.
    #[must_use]
    pub fn new(networks: Vec<Network>) -> Self {
        Self(networks)
    }

    fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// The address of whoever sent a request.
    ///
    /// Every proxy appends the address it was called from, so the list is read from its end for as long as the entries
    /// are proxies of ours; what stands before that, anybody could have written. An entry that is no address ends
    /// the reading: the last address that could be believed counts.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut believed = peer.to_canonical();
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let entries = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
        for entry in entries {
            if !self.contain(believed) {
                break;
            }
            let Ok(address) = entry.trim().parse::<IpAddr>() else { break };
            believed = address.to_canonical();
        }
        believed
    }
}

/// A network in the form `10.0.0.0/8`; a bare address is a network of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// A text that is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an address, or a network such as 10.0.0.0/8")]
pub struct NotANetwork;

impl Network {
    /// Whether it holds every address there is.
    pub(crate) fn is_everybody(&self) -> bool {
        self.prefix == 0
    }

    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                ours.to_bits() & mask == theirs.to_bits() & mask
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                ours.to_bits() & mask == theirs.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl TryFrom<String> for Network {
    type Error = NotANetwork;

    fn try_from(text: String) -> Result<Self, NotANetwork> {
        text.parse()
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let longest: u8 = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), |prefix| prefix.parse().map_err(|_| NotANetwork))?;
        if prefix > longest {
            return Err(NotANetwork);
        }
        Ok(Self { address, prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(networks: &[&str]) -> TrustedProxies {
        TrustedProxies::new(networks.iter().map(|network| network.parse().unwrap()).collect())
    }

    fn client(trusted: &[&str], peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        proxies(trusted).client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_stranger_cannot_choose_their_address() {
        assert_eq!(client(&[], "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client(&["10.0.0.0/8"], "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    }

    #[test]
    fn behind_a_proxy_the_last_address_that_is_not_ours_counts() {
        let ours = ["127.0.0.1", "10.0.0.0/8"];
        assert_eq!(client(&ours, "127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client(&ours, "127.0.0.1", &["1.2.3.4, 198.51.100.1, 10.1.2.3"]), "198.51.100.1");
        assert_eq!(client(&ours, "127.0.0.1", &["1.2.3.4", "198.51.100.1", "10.1.2.3"]), "198.51.100.1");
        assert_eq!(client(&ours, "127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn what_is_no_address_is_not_believed() {
        assert_eq!(client(&["127.0.0.1"], "127.0.0.1", &["198.51.100.1, unknown"]), "127.0.0.1");
        assert_eq!(client(&["127.0.0.1"], "127.0.0.1", &["198.51.100.1:80"]), "127.0.0.1");
        assert_eq!(client(&["127.0.0.1"], "127.0.0.1", &[""]), "127.0.0.1");
    }

    #[test]
    fn an_address_written_as_ipv6_is_the_same_address() {
        assert_eq!(client(&["127.0.0.1"], "::ffff:127.0.0.1", &["::ffff:198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        let holds = |network: &str, address: &str| {
            network.parse::<Network>().unwrap().contains(address.parse().unwrap())
        };
        assert!(holds("10.1.0.0/16", "10.1.255.255") && !holds("10.1.0.0/16", "10.2.0.0"));
        assert!(holds("0.0.0.0/0", "255.255.255.255") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("2001:db8::/32", "2001:db8:ffff::1") && !holds("2001:db8::/32", "2001:db9::1"));
        assert!(holds("::/0", "::1") && holds("::1", "::1") && !holds("::1", "::2"));
        for wrong in ["", "10.0.0.0/33", "::1/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "host"] {
            assert_eq!(wrong.parse::<Network>(), Err(NotANetwork), "{wrong}");
        }
    }
}
