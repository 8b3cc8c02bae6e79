//! What a request asks for besides its target, found in one pass over its fields: nearly all requests ask for little of
//! it, and looking for each in vain would cost more than the rest of the answer.

use http::HeaderMap;

/// Which of the fields that an answer may depend on are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
        let asked = Asked::default;
        for (name, expected) in [
            ("Host", asked()),
            ("If-Range", asked()),
            (
                "If-Match",
                Asked {
                    conditions: true,
                    ..asked()
                },
            ),
            (
                "If-None-Match",
                Asked {
                    conditions: true,
                    ..asked()
                },
            ),
            (
                "If-Modified-Since",
                Asked {
                    conditions: true,
                    ..asked()
                },
            ),
            (
                "If-Unmodified-Since",
                Asked {
                    conditions: true,
                    ..asked()
                },
            ),
            (
                "Range",
                Asked {
                    range: true,
                    ..asked()
                },
            ),
            (
                "Accept-Encoding",
                Asked {
                    coding: true,
                    ..asked()
                },
            ),
            (
                "Accept",
                Asked {
                    media_type: true,
                    ..asked()
                },
            ),
            (
                "Service-Worker",
                Asked {
                    worker: true,
                    ..asked()
                },
            ),
        ] {
            let name: http::HeaderName = name.parse().unwrap();
            let fields = HeaderMap::from_iter([(name.clone(), "x".parse().unwrap())]);
            assert_eq!(Asked::of(&fields), expected, "{name}");
        }
    }
}
