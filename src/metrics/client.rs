//! The client of a request: its peer, or the address that a trusted proxy states.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use http::header::FORWARDED;
use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

/// The peer of a connection, and the proxies whose statements are believed.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    peer: IpAddr,
    /// True if the peer is a trusted proxy.
    is_behind_proxy: bool,
    proxies: &'static [IpNet],
}

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

impl Client {
    /// A client that is the peer itself.
    pub fn direct(peer: IpAddr) -> Self {
        Self::new(peer, &[])
    }

    /// A client that may connect through these proxies.
    pub fn new(peer: IpAddr, proxies: &'static [IpNet]) -> Self {
        let peer = peer.to_canonical();
        Self {
            peer,
            is_behind_proxy: is_proxy(proxies, peer),
            proxies,
        }
    }

    /// The address that the connection comes from.
    pub(crate) fn peer(&self) -> IpAddr {
        self.peer
    }

    /// The address that a trusted proxy states for this request, if it states one.
    pub(crate) fn forwarded(&self, fields: &HeaderMap) -> Option<IpAddr> {
        let is_stated = self.is_behind_proxy
            && (fields.contains_key(FORWARDED) || fields.contains_key(&X_FORWARDED_FOR));
        let address = is_stated.then(|| self.address(fields))?;
        (address != self.peer).then_some(address)
    }

    /// The client's address by `Forwarded` (RFC 7239), or else by `X-Forwarded-For`: the last address that is not a
    /// trusted proxy's. Whatever stands before it could be forged.
    pub(crate) fn address(&self, fields: &HeaderMap) -> IpAddr {
        if !self.is_behind_proxy {
            return self.peer;
        }
        let hops = match fields.contains_key(FORWARDED) {
            true => forwarded(fields, "for"),
            false => list(fields, X_FORWARDED_FOR.as_str()),
        };
        let mut client = self.peer;
        for hop in hops.iter().rev() {
            // RFC 7239, 6.2 and 6.3: "unknown" or an obfuscated name hides all hops before it.
            let Some(address) = address(hop) else { break };
            client = address;
            if !is_proxy(self.proxies, client) {
                break;
            }
        }
        client
    }

    /// The scheme that the client used, if a trusted proxy states it.
    pub(crate) fn scheme(&self, fields: &HeaderMap) -> Option<&'static str> {
        if !self.is_behind_proxy {
            return None;
        }
        let schemes = match fields.contains_key(FORWARDED) {
            true => forwarded(fields, "proto"),
            false => list(fields, "x-forwarded-proto"),
        };
        let last = schemes.last()?;
        let mut known = ["https", "http"].into_iter();
        known.find(|known| last.eq_ignore_ascii_case(known))
    }
}

fn is_proxy(proxies: &[IpNet], address: IpAddr) -> bool {
    proxies.iter().any(|proxy| proxy.contains(&address))
}

/// The values of a parameter in the elements of `Forwarded` (RFC 7239, 4), in order; empty where an element lacks it.
fn forwarded(fields: &HeaderMap, parameter: &str) -> Vec<String> {
    let values = lines(fields, FORWARDED.as_str());
    let elements = values.iter().flat_map(|value| split(value, ','));
    elements
        .map(|element| {
            let pairs = split(element, ';');
            let mut pairs = pairs.filter_map(|pair| pair.split_once('='));
            let pair = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case(parameter));
            pair.map_or_else(String::new, |(_, value)| unquote(value.trim()))
        })
        .collect()
}

/// The elements of a comma-separated field.
fn list(fields: &HeaderMap, name: &str) -> Vec<String> {
    let values = lines(fields, name);
    let elements = values.iter().flat_map(|value| value.split(','));
    elements.map(|element| element.trim().to_owned()).collect()
}

/// The lines of a field. What a proxy appends to a client's line counts, whatever bytes the client sent.
fn lines<'a>(fields: &'a HeaderMap, name: &str) -> Vec<Cow<'a, str>> {
    let values = fields.get_all(name).iter();
    let texts = values.map(|value| String::from_utf8_lossy(value.as_bytes()));
    texts.collect()
}

/// Splits at a character outside of quoted strings.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |c| {
        let is_separator = c == separator && !is_quoted;
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
        is_separator
    })
}

/// The text of a token or quoted string (RFC 9110, 5.6.4).
fn unquote(value: &str) -> String {
    let quoted = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    let Some(quoted) = quoted else {
        return value.to_owned();
    };
    let mut is_escaped = false;
    let unescaped = quoted.chars().filter(|c| {
        is_escaped = *c == '\\' && !is_escaped;
        !is_escaped
    });
    unescaped.collect()
}

/// An address, with or without a port; IPv6 may be in brackets (RFC 7239, 6).
fn address(node: &str) -> Option<IpAddr> {
    let bare = node.strip_prefix('[').and_then(|node| node.split_once(']'));
    let address = node.parse::<IpAddr>().ok();
    let with_port = || node.parse::<SocketAddr>().ok().map(|node| node.ip());
    let in_brackets = || bare?.0.parse().ok();
    let address = address.or_else(with_port).or_else(in_brackets)?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, lines: &[(&'static str, &str)]) -> (String, Option<String>) {
        let proxies = ["127.0.0.0/8", "10.0.0.0/8"].map(|network| network.parse().unwrap());
        let client = Client::new(peer.parse().unwrap(), Vec::from(proxies).leak());
        let mut fields = HeaderMap::new();
        for (name, value) in lines {
            fields.append(*name, value.parse().unwrap());
        }
        let scheme = client.scheme(&fields).map(str::to_owned);
        (client.address(&fields).to_string(), scheme)
    }

    #[test]
    fn the_client_is_the_last_hop_that_is_no_trusted_proxy() {
        const LIST: &str = "x-forwarded-for";
        const FORWARDED: &str = "forwarded";
        for (peer, lines, expected) in [
            ("127.0.0.1", &[][..], "127.0.0.1"),
            ("::ffff:127.0.0.1", &[(LIST, "192.0.2.1")], "192.0.2.1"),
            (
                "127.0.0.1",
                &[(LIST, "6.6.6.6, 192.0.2.1, 10.1.1.1")],
                "192.0.2.1",
            ),
            (
                "127.0.0.1",
                &[(LIST, "6.6.6.6"), (LIST, "192.0.2.1")],
                "192.0.2.1",
            ),
            ("127.0.0.1", &[(LIST, "10.1.1.2, 10.1.1.1")], "10.1.1.2"),
            ("127.0.0.1", &[(LIST, "192.0.2.1:4711")], "192.0.2.1"),
            ("127.0.0.1", &[(LIST, "junk")], "127.0.0.1"),
            // nginx appends to what the client sent.
            ("127.0.0.1", &[(LIST, "\u{e9}, 192.0.2.1")], "192.0.2.1"),
            (
                "127.0.0.1",
                &[(FORWARDED, "for=\u{e9}, for=192.0.2.1")],
                "192.0.2.1",
            ),
            ("192.0.2.9", &[(LIST, "6.6.6.6")], "192.0.2.9"),
            (
                "127.0.0.1",
                &[(FORWARDED, "for=192.0.2.1;proto=https")],
                "192.0.2.1",
            ),
            (
                "127.0.0.1",
                &[(FORWARDED, "For=\"[2001:db8::1]:4711\", for=10.0.0.1")],
                "2001:db8::1",
            ),
            (
                "127.0.0.1",
                &[(FORWARDED, "by=x;for=\"a,b;\\\"c\", for=192.0.2.7")],
                "192.0.2.7",
            ),
            (
                "127.0.0.1",
                &[(FORWARDED, "for=6.6.6.6, for=unknown, for=10.0.0.5")],
                "10.0.0.5",
            ),
            ("127.0.0.1", &[(FORWARDED, "for=_hidden")], "127.0.0.1"),
            ("127.0.0.1", &[(FORWARDED, "proto=https")], "127.0.0.1"),
            (
                "127.0.0.1",
                &[(FORWARDED, "for=192.0.2.1"), (LIST, "6.6.6.6")],
                "192.0.2.1",
            ),
        ] {
            assert_eq!(client(peer, lines).0, expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn the_scheme_is_believed_from_trusted_proxies_only() {
        for (peer, lines, expected) in [
            (
                "127.0.0.1",
                &[("x-forwarded-proto", "https")][..],
                Some("https"),
            ),
            ("127.0.0.1", &[("x-forwarded-proto", "HTTP")], Some("http")),
            ("127.0.0.1", &[("x-forwarded-proto", "gopher")], None),
            (
                "127.0.0.1",
                &[("forwarded", "for=192.0.2.1;proto=https")],
                Some("https"),
            ),
            ("192.0.2.9", &[("x-forwarded-proto", "https")], None),
            ("127.0.0.1", &[], None),
        ] {
            assert_eq!(
                client(peer, lines).1.as_deref(),
                expected,
                "{peer} {lines:?}"
            );
        }
    }
}
