//! Dictionaries that clients have or may keep (RFC 9842).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, header};

use crate::compression::difference::DictionaryHash;
use crate::http::conditional::none_match;
use crate::http::header_presence::HeaderPresence;
use crate::http::session;
use crate::site::asset::Asset;
use crate::site::dictionary::AVAILABLE_DICTIONARY;
use crate::site::representation::Representation;

/// The difference of a file from the version that the client has.
pub(crate) fn difference<'a>(asset: &'a Asset, fields: &HeaderMap) -> Option<&'a Representation> {
    if asset.differences.is_empty() {
        return None;
    }
    let hash = available_dictionary(fields)?;
    let mut differences = asset.differences.iter();
    let difference = differences.find(|difference| difference.dictionary == hash)?;
    Some(&difference.representation)
}

/// The field that has the client keep a file as a dictionary. Only for Chromium, which alone was seen to use them. It
/// states its brand only in a secure context, in which alone it keeps dictionaries. A shared cache on the way could not
/// store the answer, and a service worker of an earlier game could not keep it, so they get the usual one.
pub(crate) fn offer<'a>(
    asset: &'a Asset,
    fields: &HeaderMap,
    presence: &HeaderPresence<'_>,
) -> Option<&'a HeaderValue> {
    const BRAND: &[u8] = b"\"Chromium\"";
    let offer = asset.dictionary.as_ref().filter(|_| presence.brands)?;
    let brands = fields.get("sec-ch-ua")?.as_bytes();
    let is_chromium = brands.windows(BRAND.len()).any(|brand| brand == BRAND);
    let is_by_cache = fields.contains_key(header::VIA) || fields.contains_key("cdn-loop");
    (is_chromium && !is_by_cache && !session::has_worker(fields)).then_some(offer)
}

/// The tag by which the client knows a difference that led to the file as it is now, whichever server made it. What it has
/// decoded is as good as any other coding of the file.
pub(crate) fn known_difference(asset: &Asset, fields: &HeaderMap) -> Option<Box<HeaderValue>> {
    asset.dictionary.as_ref()?;
    let file = asset.etag()?;
    let tag = none_match(fields, |tag| file.is_of_difference(tag))?;
    HeaderValue::from_bytes(tag).ok().map(Box::new)
}

/// The hash that a client states (RFC 9842, 2.2): one byte sequence of RFC 9651, 3.3.5.
fn available_dictionary(fields: &HeaderMap) -> Option<DictionaryHash> {
    let mut values = fields.get_all(AVAILABLE_DICTIONARY).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let coded = value.as_bytes().trim_ascii();
    let coded = coded.strip_prefix(b":")?.strip_suffix(b":")?;
    // One byte more than the hash has, for which the decoder asks before it knows the padding.
    let mut decoded = [0; 33];
    let length = STANDARD.decode_slice(coded, &mut decoded).ok()?;
    decoded.get(..length)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::content::Content;
    use crate::site::difference::Difference;
    use crate::site::etag::EntityTag;

    const HASH: &str = ":47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";

    fn fields(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut fields = HeaderMap::new();
        for (name, value) in lines {
            fields.append(*name, HeaderValue::from_str(value).unwrap());
        }
        fields
    }

    /// A file that has a difference from an empty one.
    fn asset() -> Asset {
        let content = Content::Memory(vec![0; 100_000].into());
        let file = Representation::identity("a.pck", content, &|| true).unwrap();
        let empty = crate::compression::difference::dictionary_hash(b"");
        let version = EntityTag::from_content(b"");
        let difference = Difference::new((&version, empty), &file, b"coded".to_vec());
        Asset {
            differences: vec![difference],
            dictionary: Some(HeaderValue::from_static("match=\"a.pck\"")),
            ..Asset::new("a.pck", vec![file])
        }
    }

    #[test]
    fn a_difference_is_found_by_the_hash_of_one_byte_sequence() {
        let asset = asset();
        for (values, expected) in [
            (&[HASH][..], true),
            (&[&format!(" {HASH} ")], true),
            (&[], false),
            (&[HASH, HASH], false),
            (&[HASH.trim_matches(':')], false),
            (&[&HASH[1..]], false),
            (&[&HASH.replace('=', "")], false),
            (&[&HASH.replace('4', "5")], false),
            (&[&HASH.replace('4', "-")], false),
            (&[&format!("{HASH}, {HASH}")], false),
            (&[&format!("\"{HASH}\"")], false),
            (&["::"], false),
            (&[":"], false),
            (&[""], false),
            (&[":AAAA:"], false),
            (&[&format!(":{}:", "A".repeat(400))], false),
        ] {
            let lines: Vec<_> = { values.iter() }
                .map(|value| (AVAILABLE_DICTIONARY, *value))
                .collect();
            let found = difference(&asset, &fields(&lines));
            assert_eq!(found.is_some(), expected, "{values:?}");
        }
    }

    #[test]
    fn only_chromium_is_offered_a_dictionary_and_no_shared_cache() {
        let chromium = (
            "sec-ch-ua",
            "\"Not:A-Brand\";v=\"8\", \"Chromium\";v=\"156\"",
        );
        let asset = asset();
        for (lines, expected) in [
            (&[chromium][..], true),
            (&[chromium, ("via", "1.1 cache")], false),
            (&[chromium, ("cdn-loop", "cdn")], false),
            (&[chromium, ("cookie", "on-air=1a2b")], true),
            (&[chromium, ("cookie", "a=b; on-air=1a2b.worker")], false),
            (&[("sec-ch-ua", "\"Other\";v=\"1\"")], false),
            (&[("sec-ch-ua", "")], false),
            (&[], false),
        ] {
            let fields = fields(lines);
            let offer = offer(&asset, &fields, &HeaderPresence::scan(&fields));
            assert_eq!(offer.is_some(), expected, "{lines:?}");
        }
        let plain = Asset {
            dictionary: None,
            ..asset
        };
        let fields = fields(&[chromium]);
        assert_eq!(offer(&plain, &fields, &HeaderPresence::scan(&fields)), None);
    }

    #[test]
    fn a_difference_to_the_same_file_is_known_by_its_tag() {
        let asset = asset();
        let other = EntityTag::from_content(b"another file");
        let tag = |file: &EntityTag| {
            let tag = EntityTag::of_difference(file, b"by another server");
            tag.value().to_str().unwrap().to_owned()
        };
        let known = tag(asset.etag().unwrap());
        for (value, expected) in [
            (known.clone(), Some(&known)),
            (format!("W/{known}"), Some(&known)),
            (format!("\"a\", {known}"), Some(&known)),
            (tag(&other), None),
            ("*".to_owned(), None),
        ] {
            let found = known_difference(&asset, &fields(&[("if-none-match", &value)]));
            let found = found.as_ref().map(|tag| tag.to_str().unwrap());
            assert_eq!(found, expected.map(String::as_str), "{value}");
        }
        assert_eq!(known_difference(&asset, &HeaderMap::new()), None);
    }
}
