//! Files that browsers may keep as dictionaries for their next versions (RFC 9842).

use http::header::{CACHE_CONTROL, VARY};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::compression::coding::Coding;
use crate::site::asset::Asset;
use crate::site::content::Content;
use crate::site::path::to_url;

/// `Use-As-Dictionary` (RFC 9842, 2.1).
pub(crate) const USE_AS_DICTIONARY: HeaderName = HeaderName::from_static("use-as-dictionary");

/// `Available-Dictionary` (RFC 9842, 2.2).
pub(crate) const AVAILABLE_DICTIONARY: &str = "available-dictionary";

const VALIDATED: HeaderValue = HeaderValue::from_static("*");

/// Smaller files cost less than the fields that a difference needs are worth, in bytes.
const LEAST: u64 = 64 * 1024;

/// The field by which browsers keep a file as the dictionary of its next version, under the same path only. `None` for
/// a file that is not worth it: those below 64 KiB, pages, pictures, sounds, videos, fonts, and those on disk.
pub(crate) fn dictionary_offer(
    asset: &Asset,
    site_fields: &[(HeaderName, HeaderValue)],
) -> Option<HeaderValue> {
    let file = asset.representations.first()?;
    let is_suitable = file.coding == Coding::Identity
        && matches!(&file.content, Content::Memory(bytes) if bytes.len() as u64 >= LEAST)
        && is_data(file.media_type.as_bytes())
        && !asset.is_measured;
    let mut fields = asset.fields.iter().chain(site_fields);
    // A rule of the author or the host for caches stays.
    if !is_suitable || fields.any(|(name, _)| matches!(*name, CACHE_CONTROL | VARY)) {
        return None;
    }
    // Relative to the file's URL, so that it is right behind a proxy that serves the game below another path.
    let url = to_url(&asset.name);
    let name = url.rsplit('/').next().unwrap_or_default();
    // Others may be operators of a URL pattern, or end the string.
    let is_literal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%@,;=&$!'".contains(&byte);
    let is_literal = !name.is_empty() && name.bytes().all(is_literal);
    is_literal
        .then(|| HeaderValue::from_str(&format!("match=\"{name}\"")).ok())
        .flatten()
}

/// True for the types of files that change in places only. The content of media is packed, and pages are small.
fn is_data(media_type: &[u8]) -> bool {
    const OTHERS: [&[u8]; 6] = [
        b"application/xhtml+xml",
        b"audio/",
        b"font/",
        b"image/",
        b"text/html",
        b"video/",
    ];
    !OTHERS.iter().any(|other| media_type.starts_with(other))
}

/// Adds to the fields of a response what has the browser keep it as a dictionary. Chromium keeps none that is stale at
/// once, as with `no-cache`. `Vary: *` has caches validate each use (RFC 9111, 4.1), which is the same otherwise.
pub(crate) fn offer_dictionary(fields: &mut HeaderMap, offer: &HeaderValue) {
    const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=2592000");
    fields.insert(USE_AS_DICTIONARY, offer.clone());
    fields.insert(CACHE_CONTROL, KEPT);
    fields.insert(VARY, VALIDATED);
}

/// True if the fields are those of an offer.
pub(crate) fn is_offer(fields: &HeaderMap) -> bool {
    fields.get(VARY) == Some(&VALIDATED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::representation::Representation;

    #[test]
    fn large_data_in_memory_is_offered_as_a_dictionary_under_its_own_name() {
        let large = vec![0; LEAST as usize];
        for (name, length, expected) in [
            ("game.pck", LEAST, Some("match=\"game.pck\"")),
            ("Build/web.data", LEAST, Some("match=\"web.data\"")),
            ("a/b/game.wasm", LEAST, Some("match=\"game.wasm\"")),
            ("My Game.pck", LEAST, Some("match=\"My%20Game.pck\"")),
            ("中.pck", LEAST, Some("match=\"%E4%B8%AD.pck\"")),
            ("Build/web.unityweb", LEAST, Some("match=\"web.unityweb\"")),
            ("data.json", LEAST, Some("match=\"data.json\"")),
            ("game.pck", LEAST - 1, None),
            ("a*.pck", LEAST, None),
            ("a(1).pck", LEAST, None),
            ("a:b.pck", LEAST, None),
            ("a+.pck", LEAST, None),
            ("a[1].pck", LEAST, None),
            ("game.js", LEAST, Some("match=\"game.js\"")),
            ("index.html", LEAST, None),
            ("page.xhtml", LEAST, None),
            ("a.png", LEAST, None),
            ("a.ogg", LEAST, None),
            ("a.mp4", LEAST, None),
            ("a.woff2", LEAST, None),
        ] {
            let content = Content::Memory(large[..length as usize].to_vec().into());
            let file = Representation::identity(name, content, &|| true).unwrap();
            let asset = Asset::new(name, vec![file]);
            let offer = dictionary_offer(&asset, &[]);
            let offer = offer.as_ref().map(|offer| offer.to_str().unwrap());
            assert_eq!(offer, expected, "{name} {length}");
        }
    }

    #[test]
    fn nothing_is_offered_of_a_coded_or_measured_file_or_where_the_host_has_a_rule_for_caches() {
        let content = Content::Memory(vec![0; LEAST as usize].into());
        let file = Representation::identity("a.pck", content, &|| true).unwrap();
        let asset = Asset::new("a.pck", vec![file]);
        assert!(dictionary_offer(&asset, &[]).is_some());
        let rule = (CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let of_site = std::slice::from_ref(&rule);
        assert_eq!(dictionary_offer(&asset, of_site), None);
        let authors = Asset {
            fields: vec![rule],
            ..asset.clone()
        };
        let measured = Asset {
            is_measured: true,
            ..asset.clone()
        };
        let mut coded = asset;
        coded.representations[0].coding = Coding::Brotli;
        for asset in [authors, measured, coded] {
            assert_eq!(dictionary_offer(&asset, &[]), None);
        }
    }
}
