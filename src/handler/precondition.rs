//! Preconditions, in the order of RFC 9110, 13.2.2.
//!
//! A site has no modification dates: a file's date says nothing about its bytes when another game has a file of the
//! same name. So `If-Modified-Since` and `If-Unmodified-Since` are ignored, as 13.1.3 and 13.1.4 demand of a resource
//! without one, and no 304 can be about another body.

use http::{HeaderMap, HeaderValue, header};

use crate::site::EntityTag;

/// What the request's conditions come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// Go on.
    Holds,
    /// Answer 304.
    NotModified,
    /// Answer 412.
    Failed,
}

/// Evaluates the conditions of a GET or HEAD for the representation that has been chosen.
pub fn evaluate(fields: &HeaderMap, current: &EntityTag) -> Precondition {
    // Step 1; 13.1.1: compared strongly.
    if fields.contains_key(header::IF_MATCH)
        && !matches(fields.get_all(header::IF_MATCH), |tag| {
            tag == current.as_bytes()
        })
    {
        return Precondition::Failed;
    }
    // Step 3; 13.1.2: compared weakly.
    if fields.contains_key(header::IF_NONE_MATCH)
        && matches(fields.get_all(header::IF_NONE_MATCH), |tag| {
            tag.strip_prefix(b"W/").unwrap_or(tag) == current.as_bytes()
        })
    {
        return Precondition::NotModified;
    }
    Precondition::Holds
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
        let current = EntityTag::of(b"current");
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
            assert_eq!(evaluate(&fields, &current), expected, "{name}: {value}");
        }
    }

    #[test]
    fn if_match_comes_before_if_none_match() {
        let current = EntityTag::of(b"current");
        let mut fields = HeaderMap::new();
        fields.insert(header::IF_MATCH, HeaderValue::from_static("\"other\""));
        fields.insert(header::IF_NONE_MATCH, HeaderValue::from_static("*"));
        assert_eq!(evaluate(&fields, &current), Precondition::Failed);
    }

    #[test]
    fn fields_may_be_repeated() {
        let current = EntityTag::of(b"current");
        let mut fields = HeaderMap::new();
        fields.append(header::IF_NONE_MATCH, HeaderValue::from_static("\"other\""));
        fields.append(header::IF_NONE_MATCH, current.value().clone());
        assert_eq!(evaluate(&fields, &current), Precondition::NotModified);
    }
}
