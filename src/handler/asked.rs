//! What a request asks for besides its target, found in one pass over its fields: nearly all requests ask for little of
//! it, and looking for each in vain would cost more than the rest of the answer.

use http::{HeaderMap, HeaderValue};

/// Which of the fields that an answer may depend on are there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// `Host`, the last one.
    pub host: Option<&'a HeaderValue>,
    /// How many there are of it.
    pub hosts: usize,
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

impl<'a> Asked<'a> {
    /// What these fields ask for.
    pub fn of(fields: &'a HeaderMap) -> Self {
        let mut asked = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "host" => {
                    asked.host = Some(value);
                    asked.hosts += 1;
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
        // Hosts, transfer coding, conditions, range, coding, media type, worker.
        for (name, expected) in [
            ("Cookie", [0, 0, 0, 0, 0, 0, 0]),
            ("If-Range", [0, 0, 0, 0, 0, 0, 0]),
            ("Host", [2, 0, 0, 0, 0, 0, 0]),
            ("Transfer-Encoding", [0, 1, 0, 0, 0, 0, 0]),
            ("If-Match", [0, 0, 1, 0, 0, 0, 0]),
            ("If-None-Match", [0, 0, 1, 0, 0, 0, 0]),
            ("If-Modified-Since", [0, 0, 1, 0, 0, 0, 0]),
            ("If-Unmodified-Since", [0, 0, 1, 0, 0, 0, 0]),
            ("Range", [0, 0, 0, 1, 0, 0, 0]),
            ("Accept-Encoding", [0, 0, 0, 0, 1, 0, 0]),
            ("Accept", [0, 0, 0, 0, 0, 1, 0]),
            ("Service-Worker", [0, 0, 0, 0, 0, 0, 1]),
        ] {
            let name: http::HeaderName = name.parse().unwrap();
            let mut fields = HeaderMap::new();
            fields.append(name.clone(), HeaderValue::from_static("x"));
            fields.append(name.clone(), HeaderValue::from_static("y"));
            let Asked {
                host,
                hosts,
                transfer,
                conditions,
                range,
                coding,
                media_type,
                worker,
            } = Asked::of(&fields);
            let [transfer, conditions, range, coding, media_type, worker] =
                [transfer, conditions, range, coding, media_type, worker].map(usize::from);
            let found = [
                hosts, transfer, conditions, range, coding, media_type, worker,
            ];
            assert_eq!(found, expected, "{name}");
            assert_eq!(host.is_some(), hosts > 0);
        }
    }
}
