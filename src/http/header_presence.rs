//! What a request asks for besides its target, found in one pass over its fields: nearly all requests ask for little of
//! it, and looking for each in vain would cost more than the rest of the answer.

use http::{HeaderMap, HeaderValue};

/// Which of the fields that an answer may depend on are there.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HeaderPresence<'a> {
    /// `HostHeader`.
    pub host: HostHeader<'a>,
    /// `Transfer-Encoding`.
    pub transfer: bool,
    /// Any of the preconditions of RFC 9110, 13.1, but for `If-Range`.
    pub conditions: bool,
    /// `Range`.
    pub range: bool,
    /// `Accept-Encoding`.
    pub coding: bool,
    /// `Accept`.
    pub media_type: bool,
    /// `Service-Worker`.
    pub worker: bool,
}

/// The hosts that a request names: one, if it is well-formed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum HostHeader<'a> {
    /// None.
    #[default]
    None,
    /// This one.
    One(&'a HeaderValue),
    /// More than one.
    Several,
}

impl<'a> HeaderPresence<'a> {
    /// What these fields ask for.
    pub(crate) fn scan(fields: &'a HeaderMap) -> Self {
        let mut asked = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "host" => {
                    asked.host = match asked.host {
                        HostHeader::None => HostHeader::One(value),
                        HostHeader::One(_) | HostHeader::Several => HostHeader::Several,
                    };
                }
                "transfer-encoding" => asked.transfer = true,
                "if-match" | "if-none-match" | "if-modified-since" | "if-unmodified-since" => {
                    asked.conditions = true;
                }
                "range" => asked.range = true,
                "accept-encoding" => asked.coding = true,
                "accept" => asked.media_type = true,
                "service-worker" => asked.worker = true,
                _ => {}
            }
        }
        asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_found() {
        for (name, expected) in [
            ("Cookie", ""),
            ("If-Range", ""),
            ("Host", "one host"),
            ("Transfer-Encoding", "transfer"),
            ("If-Match", "conditions"),
            ("If-None-Match", "conditions"),
            ("If-Modified-Since", "conditions"),
            ("If-Unmodified-Since", "conditions"),
            ("Range", "range"),
            ("Accept-Encoding", "coding"),
            ("Accept", "media type"),
            ("Service-Worker", "worker"),
        ] {
            let name: http::HeaderName = name.parse().unwrap();
            let fields = HeaderMap::from_iter([(name.clone(), HeaderValue::from_static("x"))]);
            let asked = HeaderPresence::scan(&fields);
            let found = [
                (
                    matches!(asked.host, HostHeader::One(host) if host == "x"),
                    "one host",
                ),
                (asked.transfer, "transfer"),
                (asked.conditions, "conditions"),
                (asked.range, "range"),
                (asked.coding, "coding"),
                (asked.media_type, "media type"),
                (asked.worker, "worker"),
            ];
            let found = found.into_iter().filter(|(is_there, _)| *is_there);
            let found: Vec<_> = found.map(|(_, what)| what).collect();
            assert_eq!(found.join(", "), expected, "{name}");
        }
    }
}
