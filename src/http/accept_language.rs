//! The language of error pages (RFC 9110, 12.5.4).

use http::{HeaderMap, header};

use crate::language::Language;

/// The first supported language of `Accept-Language`; browsers send them in order of preference.
pub fn preferred(fields: &HeaderMap) -> Language {
    let accepted = fields
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accepted
        .split(',')
        .map(|range| range.split_once(';').unwrap_or((range, "")))
        .filter(|(_, weight)| !is_refusal(weight))
        .find_map(|(tag, _)| {
            let tag = tag.trim();
            let is_english =
                tag.len() >= 2 && tag.is_char_boundary(2) && tag[..2].eq_ignore_ascii_case("en");
            match Language::from_locale(tag) {
                Language::Chinese => Some(Language::Chinese),
                Language::English => is_english.then_some(Language::English),
            }
        })
        .unwrap_or_default()
}

/// True for a weight of 0 (RFC 9110, 12.4.2).
fn is_refusal(weight: &str) -> bool {
    let weight = weight.trim().to_ascii_lowercase();
    let value = weight.strip_prefix("q=");
    value.is_some_and(|value| value.parse() == Ok(0.0_f32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn the_first_language_that_is_not_refused_counts() {
        for (accepted, expected) in [
            ("", Language::English),
            ("zh-CN,en;q=0.8", Language::Chinese),
            ("en,zh;q=0.9", Language::English),
            ("fr, zh;q=0.5", Language::Chinese),
            ("zh;q=0, en", Language::English),
            ("zh-CN ; Q=0.000,en;q=0.1", Language::English),
            ("zh;q=0.001", Language::Chinese),
            ("zh;q=x", Language::Chinese),
        ] {
            let value = HeaderValue::from_static(accepted);
            let fields = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, value)]);
            assert_eq!(preferred(&fields), expected, "{accepted}");
        }
    }
}
