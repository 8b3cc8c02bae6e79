//! Preconditions, evaluated in the order of RFC 9110, 13.2.2.

use std::time::SystemTime;

use http::header::GetAll;
use http::{HeaderMap, HeaderValue, header};

use crate::site::etag::EntityTag;

/// The validators of the selected representation (RFC 9110, 8.8).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Validators<'a> {
    pub(crate) etag: &'a EntityTag,
    /// `None` for a site that cannot vouch for its date. Conditions on dates are then ignored (RFC 9110, 13.1.3 and
    /// 13.1.4).
    pub(crate) modified: Option<SystemTime>,
}

/// The result of a request's preconditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Precondition {
    Holds,
    /// 304.
    NotModified,
    /// 412.
    Failed,
}

/// Evaluates the preconditions of a GET or HEAD.
pub(crate) fn evaluate(fields: &HeaderMap, current: Validators<'_>) -> Precondition {
    // RFC 9110, 13.1.1: `If-Match` compares strongly; 13.1.4: `If-Unmodified-Since` counts only without it.
    if let Some(tags) = values(fields, &header::IF_MATCH) {
        if !any_tag(tags, |tag| tag == current.etag.as_bytes()) {
            return Precondition::Failed;
        }
    } else if let (Some(date), Some(modified)) =
        (date(fields, &header::IF_UNMODIFIED_SINCE), current.modified)
        && modified > date
    {
        return Precondition::Failed;
    }
    // RFC 9110, 13.1.2: `If-None-Match` compares weakly; 13.1.3: `If-Modified-Since` counts only without it.
    if let Some(tags) = values(fields, &header::IF_NONE_MATCH) {
        let opaque = |tag: &[u8]| tag.strip_prefix(b"W/").unwrap_or(tag) == current.etag.as_bytes();
        if any_tag(tags, opaque) {
            return Precondition::NotModified;
        }
    } else if let (Some(date), Some(modified)) =
        (date(fields, &header::IF_MODIFIED_SINCE), current.modified)
        && modified <= date
    {
        return Precondition::NotModified;
    }
    Precondition::Holds
}

/// The first tag of `If-None-Match` that fits, without its mark of weakness.
pub(crate) fn none_match(fields: &HeaderMap, fits: impl Fn(&[u8]) -> bool) -> Option<&[u8]> {
    let values = fields.get_all(header::IF_NONE_MATCH).iter();
    let tags = values.flat_map(|value| EntityTags(value.as_bytes()));
    let mut opaque = tags.map(|tag| tag.strip_prefix(b"W/").unwrap_or(tag));
    opaque.find(|tag| fits(tag))
}

fn values<'a>(fields: &'a HeaderMap, name: &header::HeaderName) -> Option<GetAll<'a, HeaderValue>> {
    fields.contains_key(name).then(|| fields.get_all(name))
}

/// A date in any of the three formats of RFC 9110, 5.6.7; `None` for anything else, or for several values.
pub(crate) fn date(fields: &HeaderMap, name: &header::HeaderName) -> Option<SystemTime> {
    let mut values = fields.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => httpdate::parse_http_date(value.to_str().ok()?.trim()).ok(),
        _ => None,
    }
}

/// True if a value is `*` or lists a tag that fits.
fn any_tag<'a>(
    values: impl IntoIterator<Item = &'a HeaderValue>,
    fits: impl Fn(&[u8]) -> bool,
) -> bool {
    values.into_iter().any(|value| {
        let value = value.as_bytes().trim_ascii();
        value == b"*" || EntityTags(value).any(&fits)
    })
}

/// The entity tags of a list (RFC 9110, 8.8.3), up to the first malformed one.
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

    fn validators(etag: &EntityTag, modified: Option<SystemTime>) -> Validators<'_> {
        Validators { etag, modified }
    }

    #[test]
    fn tags_match_strongly_for_if_match_and_weakly_for_if_none_match() {
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
                evaluate(&fields, validators(&current, None)),
                expected,
                "{name}: {value}"
            );
        }
    }

    #[test]
    fn a_failed_if_match_wins_over_a_matching_if_none_match() {
        let current = EntityTag::from_content(b"current");
        let mut fields = HeaderMap::new();
        fields.insert(header::IF_MATCH, HeaderValue::from_static("\"other\""));
        fields.insert(header::IF_NONE_MATCH, HeaderValue::from_static("*"));
        assert_eq!(
            evaluate(&fields, validators(&current, None)),
            Precondition::Failed
        );
    }

    #[test]
    fn a_tag_in_the_second_of_two_fields_matches() {
        let current = EntityTag::from_content(b"current");
        let mut fields = HeaderMap::new();
        fields.append(header::IF_NONE_MATCH, HeaderValue::from_static("\"other\""));
        fields.append(header::IF_NONE_MATCH, current.value().clone());
        assert_eq!(
            evaluate(&fields, validators(&current, None)),
            Precondition::NotModified
        );
    }

    #[test]
    fn dates_in_three_formats_count_only_without_tags_and_for_a_dated_site() {
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
            assert_eq!(
                evaluate(&map, validators(&current, published)),
                expected,
                "{fields}"
            );
            assert_eq!(
                evaluate(&map, validators(&current, None)),
                holds,
                "no date: {fields}"
            );
        }
    }
}
