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
        .map(|range| range.split(';').next().unwrap_or_default().trim())
        .find_map(|tag| {
            let is_english =
                tag.len() >= 2 && tag.is_char_boundary(2) && tag[..2].eq_ignore_ascii_case("en");
            match Language::from_locale(tag) {
                Language::Chinese => Some(Language::Chinese),
                Language::English => is_english.then_some(Language::English),
            }
        })
        .unwrap_or_default()
}
