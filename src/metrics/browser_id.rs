//! The ids that tell browsers apart, in a cookie that the first page load sets.

use std::fmt;

use http::header::{self, HeaderMap};

/// The name of the cookie.
const COOKIE: &str = "on-air-browser";

/// The id of a browser: 16 hexadecimal digits, not all of them 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BrowserId(u64);

impl BrowserId {
    pub(crate) fn new(number: u64) -> Self {
        Self(number.max(1))
    }

    /// The id in a request's cookies.
    pub(crate) fn from_request(fields: &HeaderMap) -> Option<Self> {
        cookies(fields, COOKIE).find_map(Self::parse)
    }

    /// The id that a response gives to a browser.
    pub(crate) fn from_response(fields: &HeaderMap) -> Option<Self> {
        let set = fields.get_all(header::SET_COOKIE).iter();
        let mut ids = set.filter_map(|set| {
            let pair = set.as_bytes().split(|byte| *byte == b';').next()?;
            Self::parse(value(pair, COOKIE)?)
        });
        ids.next()
    }

    /// The `Set-Cookie` field (RFC 6265, 4.1).
    pub(crate) fn set_cookie(self) -> String {
        format!("{COOKIE}={self}; Path=/; SameSite=Lax; HttpOnly")
    }

    pub(crate) fn number(self) -> u64 {
        self.0
    }

    fn parse(digits: &[u8]) -> Option<Self> {
        let is_whole = digits.len() == 16 && digits.iter().all(u8::is_ascii_hexdigit);
        let digits = std::str::from_utf8(digits).ok().filter(|_| is_whole)?;
        let number = u64::from_str_radix(digits, 16).ok()?;
        (number != 0).then_some(Self(number))
    }
}

impl fmt::Display for BrowserId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

/// The values of a request's cookies of this name (RFC 6265, 4.2.1).
pub(crate) fn cookies<'a>(
    fields: &'a HeaderMap,
    name: &'static str,
) -> impl Iterator<Item = &'a [u8]> {
    let cookies = fields.get_all(header::COOKIE).iter();
    let pairs = cookies.flat_map(|cookies| cookies.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| value(pair, name))
}

/// The value of a cookie pair of this name.
fn value<'a>(pair: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let value = pair.trim_ascii().strip_prefix(name.as_bytes())?;
    value.strip_prefix(b"=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_from_its_own_cookie_only() {
        for (cookie, expected) in [
            ("on-air-browser=00000000000000ff", Some(255)),
            (
                "a=b; on-air-browser=ffffffffffffffff; on-air=1",
                Some(u64::MAX),
            ),
            ("on-air=00000000000000ff", None),
            ("on-air-browser=0000000000000000", None),
            ("on-air-browser=+0000000000000ff", None),
            ("on-air-browser=ff", None),
            ("on-air-browser=00000000000000fg", None),
            ("on-air-browser=", None),
            ("on-air-browser", None),
            ("", None),
        ] {
            let fields = HeaderMap::from_iter([(header::COOKIE, cookie.parse().unwrap())]);
            let id = BrowserId::from_request(&fields);
            assert_eq!(id.map(BrowserId::number), expected, "{cookie}");
        }
    }

    #[test]
    fn the_id_that_a_response_sets_is_the_one_that_the_browser_sends() {
        let id = BrowserId::new(0xab);
        let set: http::HeaderValue = id.set_cookie().parse().unwrap();
        let fields = HeaderMap::from_iter([(header::SET_COOKIE, set)]);
        assert_eq!(BrowserId::from_response(&fields), Some(id));
        let pair = id.set_cookie().split_once(';').unwrap().0.parse().unwrap();
        let fields = HeaderMap::from_iter([(header::COOKIE, pair)]);
        assert_eq!(BrowserId::from_request(&fields), Some(id));
    }
}
