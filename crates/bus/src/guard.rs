//! Where a server may be sent by what others wrote: not to its own network.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Why an address is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a URL of http or https with a host, or with a name and password in it.
    #[error("a webhook's URL begins with https:// and a host, and has no name or password")]
    Url,
    /// Without encryption.
    #[error("a webhook's URL begins with https://, as this server is configured")]
    Plain,
    /// A port of something else.
    #[error("a webhook's port is 443 or above 1023")]
    Port,
}

/// Whether private addresses and plain http are allowed: for tests and closed networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// Allow them.
    pub allow_private: bool,
}

impl Guard {
    /// Looks at a URL before anything is looked up.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn check(self, url: &str) -> Result<Uri, Refused> {
        let uri: Uri = url.parse().map_err(|_| Refused::Url)?;
        let authority = uri.authority().ok_or(Refused::Url)?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(Refused::Url);
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if self.allow_private => {}
            Some("http") => return Err(Refused::Plain),
            _ => return Err(Refused::Url),
        }
        let port = authority.port_u16().unwrap_or(443);
        if !self.allow_private && port != 443 && port < 1_024 {
            return Err(Refused::Port);
        }
        Ok(uri)
    }

    /// Whether an address is one of the open internet.
    #[must_use]
    pub fn allows(self, address: IpAddr) -> bool {
        self.allow_private || is_public(address)
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// The special registries of IANA, by RFC 6890 and after.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18..=19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4() {
        // Mapped and compatible forms are the address inside.
        return is_public_v4(inner);
    }
    let [a, b, c, ..] = address.segments();
    // 6to4 and NAT64 carry an address of the old kind as well.
    let [_, inner_high, inner_low, ..] = address.segments();
    if a == 0x2002 {
        let [w, x] = inner_high.to_be_bytes();
        let [y, z] = inner_low.to_be_bytes();
        return is_public_v4(Ipv4Addr::new(w, x, y, z));
    }
    let global = a & 0xe000 == 0x2000;
    global && !(a == 0x2001 && (b == 0x0db8 || b < 0x0200)) && !(a == 0x3fff && c < 0x1000)
}

/// Looks names up and gives only addresses that the guard allows; the connection goes to these very
/// addresses, so that a second look-up cannot give others.
#[derive(Debug)]
pub(crate) struct Guarded {
    pub(crate) guard: Guard,
    pub(crate) inner: DefaultResolver,
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let refused = |address: &&SocketAddr| !self.guard.allows(address.ip());
        if let Some(address) = found.iter().find(refused) {
            let text = format!("{} is an address of a private network", address.ip());
            return Err(ureq::Error::Io(std::io::Error::other(text)));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_refused_in_every_form() {
        let private = [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "64:ff9b::7f00:1",
        ];
        for text in private {
            let address = text.parse().expect(text);
            assert!(!Guard { allow_private: false }.allows(address), "{text}");
            assert!(Guard { allow_private: true }.allows(address), "{text}");
        }
        for text in ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450::1"] {
            assert!(Guard { allow_private: false }.allows(text.parse().expect(text)), "{text}");
        }
    }

    #[test]
    fn urls_are_looked_at_before_names_are() {
        let strict = Guard { allow_private: false };
        let cases = [
            ("https://example.com/hook", Ok(())),
            ("https://example.com:8443/hook", Ok(())),
            ("https://example.com:22/hook", Err(Refused::Port)),
            ("http://example.com/hook", Err(Refused::Plain)),
            ("https://user:password@example.com/", Err(Refused::Url)),
            ("ftp://example.com/", Err(Refused::Url)),
            ("file:///etc/passwd", Err(Refused::Url)),
            ("/hook", Err(Refused::Url)),
            ("", Err(Refused::Url)),
        ];
        for (url, expected) in cases {
            assert_eq!(strict.check(url).map(|_| ()), expected, "{url}");
        }
    }
}
