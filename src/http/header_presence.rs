//! One pass over a request's fields that finds the few which can change an answer.
//!
//! Most requests have none of them, and looking each up in vain would cost more than the rest of the answer.

use http::{HeaderMap, HeaderValue};

/// The fields that a request has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HeaderPresence<'a> {
    pub(crate) host: HostHeader<'a>,
    pub(crate) transfer_encoding: bool,
    /// Any precondition of RFC 9110, 13.1, except `If-Range`.
    pub(crate) conditions: bool,
    pub(crate) range: bool,
    /// `Accept-Encoding`.
    pub(crate) coding: bool,
    pub(crate) accept: bool,
    pub(crate) cookie: bool,
    /// `Available-Dictionary`.
    pub(crate) dictionary: bool,
    /// `Sec-CH-UA`.
    pub(crate) brands: bool,
    /// `Service-Worker`.
    pub(crate) worker: bool,
}

/// The `Host` fields of a request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum HostHeader<'a> {
    #[default]
    None,
    One(&'a HeaderValue),
    Several,
}

impl<'a> HeaderPresence<'a> {
    /// Scans the fields of a request.
    pub(crate) fn scan(fields: &'a HeaderMap) -> Self {
        let mut presence = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "host" => {
                    presence.host = match presence.host {
                        HostHeader::None => HostHeader::One(value),
                        HostHeader::One(_) | HostHeader::Several => HostHeader::Several,
                    };
                }
                "transfer-encoding" => presence.transfer_encoding = true,
                "if-match" | "if-none-match" | "if-modified-since" | "if-unmodified-since" => {
                    presence.conditions = true;
                }
                "range" => presence.range = true,
                "accept-encoding" => presence.coding = true,
                "accept" => presence.accept = true,
                "cookie" => presence.cookie = true,
                "available-dictionary" => presence.dictionary = true,
                "sec-ch-ua" => presence.brands = true,
                "service-worker" => presence.worker = true,
                _ => {}
            }
        }
        presence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scan_finds_each_field_and_nothing_else() {
        for (name, expected) in [
            ("Cookie", "cookie"),
            ("If-Range", ""),
            ("Host", "one host"),
            ("Transfer-Encoding", "transfer encoding"),
            ("If-Match", "conditions"),
            ("If-None-Match", "conditions"),
            ("If-Modified-Since", "conditions"),
            ("If-Unmodified-Since", "conditions"),
            ("Range", "range"),
            ("Accept-Encoding", "coding"),
            ("Accept", "accept"),
            ("Service-Worker", "worker"),
            ("Available-Dictionary", "dictionary"),
            ("Sec-CH-UA", "brands"),
        ] {
            let name: http::HeaderName = name.parse().unwrap();
            let fields = HeaderMap::from_iter([(name.clone(), HeaderValue::from_static("x"))]);
            let presence = HeaderPresence::scan(&fields);
            let has_one_host = matches!(presence.host, HostHeader::One(host) if host == "x");
            let found = [
                (has_one_host, "one host"),
                (presence.transfer_encoding, "transfer encoding"),
                (presence.conditions, "conditions"),
                (presence.range, "range"),
                (presence.coding, "coding"),
                (presence.accept, "accept"),
                (presence.cookie, "cookie"),
                (presence.worker, "worker"),
                (presence.dictionary, "dictionary"),
                (presence.brands, "brands"),
            ];
            let found = found.into_iter().filter(|(is_present, _)| *is_present);
            let found: Vec<_> = found.map(|(_, field)| field).collect();
            assert_eq!(found.join(", "), expected, "{name}");
        }
    }

    #[test]
    fn scan_tells_two_hosts_from_one() {
        let mut fields = HeaderMap::new();
        for host in ["a", "b", "c"] {
            fields.append("host", HeaderValue::from_static(host));
        }
        let presence = HeaderPresence::scan(&fields);
        assert!(matches!(presence.host, HostHeader::Several));
    }
}
