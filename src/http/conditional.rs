//! Preconditions, in the order of RFC 9110, 13.2.2.

use std::time::SystemTime;

use http::header::GetAll;
use http::{HeaderMap, HeaderValue, header};

use crate::site::etag::EntityTag;

/// What the request's conditions come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Precondition {
    /// Go on.
    Holds,
    /// Answer 304.
    NotModified,
    /// Answer 412.
    Failed,
}

/// Evaluates the conditions of a GET or HEAD for the representation that has been chosen.
///
/// A site that cannot vouch for its date has none, and conditions about dates are ignored, as 13.1.3 and 13.1.4 demand.
pub(crate) fn evaluate(
    fields: &HeaderMap,
    current: &EntityTag,
    modified: Option<SystemTime>,
) -> Precondition {
    // Steps 1 and 2; 13.1.1: tags are compared strongly.
    if let Some(tags) = listed(fields, &header::IF_MATCH) {
        if !matches(tags, |tag| tag == current.as_bytes()) {
            return Precondition::Failed;
        }
    } else if let (Some(date), Some(modified)) =
        (date(fields, &header::IF_UNMODIFIED_SINCE), modified)
        && modified > date
    {
        return Precondition::Failed;
    }
    // Steps 3 and 4; 13.1.2: tags are compared weakly.
    if let Some(tags) = listed(fields, &header::IF_NONE_MATCH) {
        let weakly = |tag: &[u8]| tag.strip_prefix(b"W/").unwrap_or(tag) == current.as_bytes();
        if matches(tags, weakly) {
            return Precondition::NotModified;
        }
    } else if let (Some(date), Some(modified)) =
        (date(fields, &header::IF_MODIFIED_SINCE), modified)
        && modified <= date
    {
        return Precondition::NotModified;
    }
    Precondition::Holds
}

fn listed<'a>(fields: &'a HeaderMap, name: &header::HeaderName) -> Option<GetAll<'a, HeaderValue>> {
    fields.contains_key(name).then(|| fields.get_all(name))
}

/// A date in any of the three formats of RFC 9110, 5.6.7; `None` when it is not one, or there are several.
pub(crate) fn date(fields: &HeaderMap, name: &header::HeaderName) -> Option<SystemTime> {
    let mut values = fields.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => httpdate::parse_http_date(value.to_str().ok()?.trim()).ok(),
        _ => None,
    }
}

/// Whether `*` or any of the listed tags fits.
fn matches<'a>(
    values: impl IntoIterator<Item = &'a HeaderValue>,
    fits: impl Fn(&[u8]) -> bool,
) -> bool {
    values.into_iter().any(|value| {
        let value = value.as_bytes().trim_ascii();
        value == b"*" || EntityTags(value).any(&fits)
    })
}

/// The entity tags of a list (RFC 9110, 8.8.3); ends at what is not one.
struct EntityTags<'a>(&'a [u8]);

impl<'a> Iterator for EntityTags<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let list = self.0.trim_ascii_start();
        let list = match list.iter().position(|byte| !b", \t".contains(byte)) {
            Some(start) => &list[start..],
            None => return None,
        };
        let opening = if list.starts_with(b"W/\"") { 3 } else { 1 };
        if list.get(opening - 1) != Some(&b'"') {
            return None;
        }
        let closing = list[opening..].iter().position(|byte| *byte == b'"')?;
        let (tag, rest) = list.split_at(opening + closing + 1);
        self.0 = rest;
        Some(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_come_to_what_the_rfc_says() {
        let current = EntityTag::from_content(b"current");
        let tag = String::from_utf8_lossy(current.as_bytes()).into_owned();
        let holds = Precondition::Holds;
        for (name, value, expected) in [
            ("if-none-match", tag.clone(), Precondition::NotModified),
            (
                "if-none-match",
                format!("W/{tag}"),
                Precondition::NotModified,
            ),
            ("if-none-match", "*".into(), Precondition::NotModified),
            (
                "if-none-match",
                format!("\"a,b\", W/\"c\" ,{tag}"),
                Precondition::NotModified,
            ),
            (
                "if-none-match",
                format!(" ,, {tag}"),
                Precondition::NotModified,
            ),
            ("if-none-match", "\"other\"".into(), holds),
            ("if-none-match", tag.trim_matches('"').into(), holds),
            ("if-none-match", format!("\"open, {tag}"), holds),
            ("if-none-match", "".into(), holds),
            ("if-match", tag.clone(), holds),
            ("if-match", "*".into(), holds),
            ("if-match", format!("\"other\", {tag}"), holds),
            ("if-match", format!("W/{tag}"), Precondition::Failed),
            ("if-match", "\"other\"".into(), Precondition::Failed),
            (
                "if-modified-since",
                "Sat, 01 Jan 2050 00:00:00 GMT".into(),
                holds,
            ),
            (
                "if-unmodified-since",
                "Sat, 01 Jan 2000 00:00:00 GMT".into(),
                holds,
            ),
        ] {
            let mut fields = HeaderMap::new();
            fields.insert(name, value.parse().unwrap());
            assert_eq!(
                evaluate(&fields, &current, None),
                expected,
                "{name}: {value}"
            );
        }
    }

    #[test]
    fn if_match_comes_before_if_none_match() {
        let current = EntityTag::from_content(b"current");
        let mut fields = HeaderMap::new();
        fields.insert(header::IF_MATCH, HeaderValue::from_static("\"other\""));
        fields.insert(header::IF_NONE_MATCH, HeaderValue::from_static("*"));
        assert_eq!(evaluate(&fields, &current, None), Precondition::Failed);
    }

    #[test]
    fn fields_may_be_repeated() {
        let current = EntityTag::from_content(b"current");
        let mut fields = HeaderMap::new();
        fields.append(header::IF_NONE_MATCH, HeaderValue::from_static("\"other\""));
        fields.append(header::IF_NONE_MATCH, current.value().clone());
        assert_eq!(evaluate(&fields, &current, None), Precondition::NotModified);
    }

    #[test]
    fn dates_are_read_in_three_formats_and_count_only_without_tags() {
        // The example date of RFC 9110, 5.6.7, as the date of publication.
        let published = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").ok();
        let current = EntityTag::from_content(b"current");
        let (holds, same, failed) = (
            Precondition::Holds,
            Precondition::NotModified,
            Precondition::Failed,
        );
        for (fields, expected) in [
            ("if-modified-since: Sun, 06 Nov 1994 08:49:37 GMT", same),
            ("if-modified-since: Sunday, 06-Nov-94 08:49:37 GMT", same),
            ("if-modified-since: Sun Nov  6 08:49:37 1994", same),
            ("if-modified-since: Mon, 07 Nov 1994 00:00:00 GMT", same),
            ("if-modified-since: Sun, 06 Nov 1994 08:49:36 GMT", holds),
            ("if-modified-since: yesterday", holds),
            (
                "if-modified-since: Mon, 07 Nov 1994 00:00:00 GMT\nif-none-match: \"x\"",
                holds,
            ),
            ("if-unmodified-since: Sun, 06 Nov 1994 08:49:37 GMT", holds),
            ("if-unmodified-since: Sun, 06 Nov 1994 08:49:36 GMT", failed),
            ("if-unmodified-since: yesterday", holds),
            (
                "if-unmodified-since: Sun, 06 Nov 1994 08:49:36 GMT\nif-match: *",
                holds,
            ),
        ] {
            let mut map = HeaderMap::new();
            for field in fields.lines() {
                let (name, value) = field.split_once(": ").unwrap();
                map.append(
                    name.parse::<header::HeaderName>().unwrap(),
                    value.parse().unwrap(),
                );
            }
            assert_eq!(evaluate(&map, &current, published), expected, "{fields}");
            assert_eq!(evaluate(&map, &current, None), holds, "no date: {fields}");
        }
    }
}
