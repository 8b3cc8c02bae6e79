//! Range requests (RFC 9110, 14).

use std::ops::Range;

use http::{HeaderMap, header};

use crate::http::conditional::{Validators, date};

/// The maximum number of ranges answered one by one. Players and download tools ask for far fewer, and RFC 9110, 14.2
/// permits ignoring the rest.
const MAX_RANGES: usize = 16;

/// The most bytes of a field that is read: 16 of the longest ranges are shorter.
const MAX_LENGTH: usize = 1024;

/// The selected bytes of a representation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// All bytes: no `Range`, or one that is ignored.
    Whole,
    /// One part, never empty.
    Part(Range<u64>),
    /// Several parts, none empty, none overlapping, in the requested order.
    Parts(Vec<Range<u64>>),
    /// No requested part lies within the representation (RFC 9110, 15.5.17).
    Unsatisfiable,
}

/// Evaluates `Range` and `If-Range` for a representation of this length (RFC 9110, 14.2 and 13.1.5).
pub(crate) fn select(fields: &HeaderMap, current: Validators<'_>, length: u64) -> Selection {
    let mut values = fields.get_all(header::RANGE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Selection::Whole;
    };
    if !if_range_holds(fields, current) {
        return Selection::Whole;
    }
    let read = || value.to_str().ok().and_then(parse);
    match (value.len() <= MAX_LENGTH).then(read).flatten() {
        Some(ranges) => satisfy(&ranges, length),
        None => Selection::Whole,
    }
}

/// RFC 9110, 13.1.5: a strong tag equal to the current one, or exactly the date of publication, which no two sites share.
fn if_range_holds(fields: &HeaderMap, current: Validators<'_>) -> bool {
    let mut values = fields.get_all(header::IF_RANGE).iter();
    match (values.next(), values.next()) {
        (None, _) => true,
        (Some(value), None) if value.as_bytes().contains(&b'"') => {
            value.as_bytes().trim_ascii() == current.etag.as_bytes()
        }
        (Some(_), None) => {
            current.modified.is_some() && date(fields, &header::IF_RANGE) == current.modified
        }
        _ => false,
    }
}

/// A range specifier (RFC 9110, 14.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RangeSpec {
    From(u64),
    FromTo(u64, u64),
    Last(u64),
}

/// Reads a set of byte ranges. `None` for another unit, a malformed set or too many ranges: RFC 9110, 14.2 has the field
/// ignored.
fn parse(value: &str) -> Option<Vec<RangeSpec>> {
    let (unit, set) = value.trim().split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let mut texts = { set.split(',') }
        .map(|range| range.trim_matches([' ', '\t']))
        .filter(|range| !range.is_empty());
    let few = texts.by_ref().take(MAX_RANGES);
    let ranges = few.map(parse_one).collect::<Option<Vec<_>>>()?;
    (!ranges.is_empty() && texts.next().is_none()).then_some(ranges)
}

fn parse_one(range: &str) -> Option<RangeSpec> {
    let (first, last) = range.split_once('-')?;
    match (first, last) {
        ("", last) => number(last).map(RangeSpec::Last),
        (first, "") => number(first).map(RangeSpec::From),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(RangeSpec::FromTo(first, last))
        }
    }
}

/// Reads a number of digits only; one too large for `u64` is larger than any file.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

fn satisfy(ranges: &[RangeSpec], length: u64) -> Selection {
    // RFC 9110, 14.1.2: a suffix of an empty representation is satisfiable, but no `Content-Range` can express it.
    let is_empty_suffix = length == 0
        && ranges
            .iter()
            .any(|range| matches!(range, RangeSpec::Last(1..)));
    if is_empty_suffix {
        return Selection::Whole;
    }
    let mut parts = Vec::with_capacity(ranges.len());
    for part in ranges.iter().filter_map(|range| range.within(length)) {
        join(&mut parts, part);
    }
    match parts.as_slice() {
        [] => Selection::Unsatisfiable,
        // Several ranges that are everything together, or more: RFC 9110, 14.2 permits ignoring them.
        [part] if ranges.len() > 1 && *part == (0..length) => Selection::Whole,
        [part] => Selection::Part(part.clone()),
        _ => Selection::Parts(parts),
    }
}

impl RangeSpec {
    fn within(self, length: u64) -> Option<Range<u64>> {
        let part = match self {
            Self::From(first) => first..length,
            Self::FromTo(first, last) => first..last.saturating_add(1).min(length),
            Self::Last(count) => length.saturating_sub(count)..length,
        };
        (part.start < part.end).then_some(part)
    }
}

/// Adds a part, joined with those that it overlaps or touches (RFC 9110, 15.3.7.2), so that no byte is sent twice.
fn join(parts: &mut Vec<Range<u64>>, mut new: Range<u64>) {
    let touches = |a: &Range<u64>, b: &Range<u64>| a.start <= b.end && b.start <= a.end;
    let mut index = parts.len();
    while let Some(found) = parts.iter().position(|part| touches(part, &new)) {
        let old = parts.remove(found);
        new = old.start.min(new.start)..old.end.max(new.end);
        index = index.min(found);
    }
    parts.insert(index.min(parts.len()), new);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::etag::EntityTag;

    fn undated(etag: &EntityTag) -> Validators<'_> {
        Validators {
            etag,
            modified: None,
        }
    }

    #[test]
    fn ranges_of_ten_bytes_select_parts_or_are_ignored_when_malformed() {
        use Selection::{Part, Parts, Unsatisfiable, Whole};
        let many = format!("bytes={}", ["0-0"; 17].join(","));
        let most = format!("bytes={},", ["0-0"; 16].join(","));
        for (value, expected) in [
            ("bytes=0-0", Part(0..1)),
            ("bytes=0-1", Part(0..2)),
            ("bytes=9-9", Part(9..10)),
            ("bytes=5-", Part(5..10)),
            ("bytes=0-", Part(0..10)),
            ("bytes=-3", Part(7..10)),
            ("bytes=-10", Part(0..10)),
            ("bytes=-99", Part(0..10)),
            ("bytes=2-99999999999999999999999", Part(2..10)),
            ("BYTES=1-2", Part(1..3)),
            ("bytes= 1-2 ", Part(1..3)),
            ("bytes=10-", Unsatisfiable),
            ("bytes=10-20", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=99999999999999999999999-", Unsatisfiable),
            ("bytes=10-,-0", Unsatisfiable),
            ("bytes=10-,1-1", Part(1..2)),
            ("bytes=0-1,4-5", Parts(vec![0..2, 4..6])),
            ("bytes=4-5, 0-1", Parts(vec![4..6, 0..2])),
            ("bytes=0-1,,4-5", Parts(vec![0..2, 4..6])),
            ("bytes=0-1,2-3", Part(0..4)),
            ("bytes=0-5,3-8", Part(0..9)),
            ("bytes=0-5,3-9", Whole),
            ("bytes=0-1,8-9,1-8", Whole),
            ("bytes=-5,0-99", Whole),
            ("bytes=5-", Part(5..10)),
            (many.as_str(), Whole),
            (most.as_str(), Part(0..1)),
            ("bytes=", Whole),
            ("bytes=-", Whole),
            ("bytes=3-1", Whole),
            ("bytes=a-b", Whole),
            ("bytes=1", Whole),
            ("bytes=+1-2", Whole),
            ("bytes=1 -2", Whole),
            ("bytes=0-1,x", Whole),
            ("lines=0-1", Whole),
            ("0-1", Whole),
        ] {
            let mut fields = HeaderMap::new();
            fields.insert(header::RANGE, value.parse().unwrap());
            let selection = select(&fields, undated(&EntityTag::from_content(b"")), 10);
            assert_eq!(selection, expected, "{value}");
        }
    }

    #[test]
    fn an_empty_representation_satisfies_no_range() {
        for (value, expected) in [
            ("bytes=0-", Selection::Unsatisfiable),
            ("bytes=0-9", Selection::Unsatisfiable),
            ("bytes=-0", Selection::Unsatisfiable),
            ("bytes=-5", Selection::Whole),
        ] {
            let mut fields = HeaderMap::new();
            fields.insert(header::RANGE, value.parse().unwrap());
            let selection = select(&fields, undated(&EntityTag::from_content(b"")), 0);
            assert_eq!(selection, expected, "{value}");
        }
    }

    #[test]
    fn if_range_with_another_tag_or_date_selects_the_whole() {
        let current = EntityTag::from_content(b"current");
        let tag = String::from_utf8_lossy(current.as_bytes()).into_owned();
        for (value, expected) in [
            (tag.clone(), Selection::Part(0..1)),
            (format!("W/{tag}"), Selection::Whole),
            ("\"other\"".into(), Selection::Whole),
            ("*".into(), Selection::Whole),
            (
                "Sun, 06 Nov 1994 08:49:37 GMT".into(),
                Selection::Part(0..1),
            ),
            ("Sun Nov  6 08:49:37 1994".into(), Selection::Part(0..1)),
            ("Sun, 06 Nov 1994 08:49:38 GMT".into(), Selection::Whole),
            ("Sat, 01 Jan 2050 00:00:00 GMT".into(), Selection::Whole),
        ] {
            let mut fields = HeaderMap::new();
            fields.insert(header::RANGE, "bytes=0-0".parse().unwrap());
            fields.insert(header::IF_RANGE, value.parse().unwrap());
            let validators = Validators {
                etag: &current,
                modified: httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").ok(),
            };
            let selection = select(&fields, validators, 10);
            assert_eq!(selection, expected, "{value}");
        }
    }
}
