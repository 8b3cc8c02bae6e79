//! Range requests (RFC 9110, 14).

use std::ops::Range;
use std::time::SystemTime;

use http::{HeaderMap, header};

use crate::http::conditional::date;
use crate::site::etag::EntityTag;

/// More ranges than a player or a download tool asks for at once are not worth answering one by one (14.2).
const MOST: usize = 16;

/// What is to be sent of a representation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// All of it: no range was asked for, or the request is one to ignore.
    Whole,
    /// One part, never empty.
    Part(Range<u64>),
    /// Several parts, none empty, none overlapping, in the order asked for.
    Parts(Vec<Range<u64>>),
    /// None of what was asked for is there.
    Unsatisfiable,
}

/// Reads `Range`, heeding `If-Range`, for a representation with this tag and length.
pub(crate) fn select(
    fields: &HeaderMap,
    current: &EntityTag,
    modified: Option<SystemTime>,
    length: u64,
) -> Selection {
    let mut values = fields.get_all(header::RANGE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Selection::Whole;
    };
    if !if_range_holds(fields, current, modified) {
        return Selection::Whole;
    }
    match value.to_str().ok().and_then(parse) {
        Some(asked) => satisfy(&asked, length),
        None => Selection::Whole,
    }
}

/// 13.1.5: a strong tag that is the current one, or exactly the date of publication, which no two sites share.
fn if_range_holds(fields: &HeaderMap, current: &EntityTag, modified: Option<SystemTime>) -> bool {
    let mut values = fields.get_all(header::IF_RANGE).iter();
    match (values.next(), values.next()) {
        (None, _) => true,
        (Some(value), None) if value.as_bytes().contains(&b'"') => {
            value.as_bytes().trim_ascii() == current.as_bytes()
        }
        (Some(_), None) => modified.is_some() && date(fields, &header::IF_RANGE) == modified,
        _ => false,
    }
}

/// A range as it was asked for (14.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RangeSet {
    From(u64),
    FromTo(u64, u64),
    Last(u64),
}

/// `None` for another unit or a set that is not well formed: such a field is ignored (14.2).
fn parse(value: &str) -> Option<Vec<RangeSet>> {
    let (unit, set) = value.trim().split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let asked = set
        .split(',')
        .map(|range| range.trim_matches([' ', '\t']))
        .filter(|range| !range.is_empty())
        .map(parse_one)
        .collect::<Option<Vec<_>>>()?;
    (!asked.is_empty()).then_some(asked)
}

fn parse_one(range: &str) -> Option<RangeSet> {
    let (first, last) = range.split_once('-')?;
    match (first, last) {
        ("", last) => number(last).map(RangeSet::Last),
        (first, "") => number(first).map(RangeSet::From),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(RangeSet::FromTo(first, last))
        }
    }
}

/// Digits alone; a number too large to be held is larger than any file.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

fn satisfy(asked: &[RangeSet], length: u64) -> Selection {
    // 14.1.2: the last bytes of nothing can be had, but no Content-Range can say which they are.
    let is_of_nothing = length == 0
        && asked
            .iter()
            .any(|range| matches!(range, RangeSet::Last(1..)));
    if asked.len() > MOST || is_of_nothing {
        return Selection::Whole;
    }
    let mut parts = Vec::with_capacity(asked.len());
    for part in asked.iter().filter_map(|range| range.within(length)) {
        join(&mut parts, part);
    }
    match parts.as_slice() {
        [] => Selection::Unsatisfiable,
        [part] => Selection::Part(part.clone()),
        _ => Selection::Parts(parts),
    }
}

impl RangeSet {
    fn within(self, length: u64) -> Option<Range<u64>> {
        let part = match self {
            Self::From(first) => first..length,
            Self::FromTo(first, last) => first..last.saturating_add(1).min(length),
            Self::Last(count) => length.saturating_sub(count)..length,
        };
        (part.start < part.end).then_some(part)
    }
}

/// Adds a part, made one with those it overlaps or touches (15.3.7.2), so that no byte is sent twice.
fn join(parts: &mut Vec<Range<u64>>, mut new: Range<u64>) {
    let touches = |a: &Range<u64>, b: &Range<u64>| a.start <= b.end && b.start <= a.end;
    let mut place = parts.len();
    while let Some(index) = parts.iter().position(|part| touches(part, &new)) {
        let old = parts.remove(index);
        new = old.start.min(new.start)..old.end.max(new.end);
        place = index.min(place);
    }
    parts.insert(place.min(parts.len()), new);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_ten_bytes() {
        use Selection::{Part, Parts, Unsatisfiable, Whole};
        let many = format!("bytes={}", ["0-0"; 17].join(","));
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
            ("bytes=0-5,3-9", Part(0..10)),
            ("bytes=0-1,8-9,1-8", Part(0..10)),
            ("bytes=5-", Part(5..10)),
            (many.as_str(), Whole),
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
            let selection = select(&fields, &EntityTag::from_content(b""), None, 10);
            assert_eq!(selection, expected, "{value}");
        }
    }

    #[test]
    fn an_empty_file_has_no_part() {
        for (value, expected) in [
            ("bytes=0-", Selection::Unsatisfiable),
            ("bytes=0-9", Selection::Unsatisfiable),
            ("bytes=-0", Selection::Unsatisfiable),
            ("bytes=-5", Selection::Whole),
        ] {
            let mut fields = HeaderMap::new();
            fields.insert(header::RANGE, value.parse().unwrap());
            let selection = select(&fields, &EntityTag::from_content(b""), None, 0);
            assert_eq!(selection, expected, "{value}");
        }
    }

    #[test]
    fn if_range_guards_against_another_build() {
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
            let published = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").ok();
            let selection = select(&fields, &current, published, 10);
            assert_eq!(selection, expected, "{value}");
        }
    }
}
