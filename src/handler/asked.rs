//! What a request asks for besides its target, found in one pass over its fields: nearly all requests ask for little of
//! it, and looking for each in vain would cost more than the rest of the answer.

use http::HeaderMap;

/// Which of the fields that an answer may depend on are there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
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

impl Asked {
    /// What these fields ask for.
    pub fn of(fields: &HeaderMap) -> Self {
        let mut asked = Self::default();
        for name in fields.keys() {
            match name.as_str() {
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
        // Conditions, range, coding, media type, worker.
        for (name, expected) in [
            ("Host", [0, 0, 0, 0, 0]),
            ("If-Range", [0, 0, 0, 0, 0]),
            ("If-Match", [1, 0, 0, 0, 0]),
            ("If-None-Match", [1, 0, 0, 0, 0]),
            ("If-Modified-Since", [1, 0, 0, 0, 0]),
            ("If-Unmodified-Since", [1, 0, 0, 0, 0]),
            ("Range", [0, 1, 0, 0, 0]),
            ("Accept-Encoding", [0, 0, 1, 0, 0]),
            ("Accept", [0, 0, 0, 1, 0]),
            ("Service-Worker", [0, 0, 0, 0, 1]),
        ] {
            let name: http::HeaderName = name.parse().unwrap();
            let fields = HeaderMap::from_iter([(name.clone(), "x".parse().unwrap())]);
            let Asked {
                conditions,
                range,
                coding,
                media_type,
                worker,
            } = Asked::of(&fields);
            let found = [conditions, range, coding, media_type, worker].map(u8::from);
            assert_eq!(found, expected, "{name}");
        }
    }
}
