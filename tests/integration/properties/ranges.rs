//! Ranges (RFC 9110, 14 and 13.1.5): the bytes asked for, each once, each where it is said to be.

use std::ops::Range;
use std::sync::OnceLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use webserver::site::Site;
use webserver::site::last_modified::LastModified;

use super::{Answer, Fields, PUBLISHED, PUBLISHED_SECONDS, ask, config, multipart, site};
use crate::content::noise;

/// More ranges than these are answered with the whole file.
const MOST: usize = 16;

/// The most bytes between the parts of a multipart answer.
const FRAMING: usize = 200;

struct File {
    url: String,
    content: Vec<u8>,
    tag: String,
    media_type: String,
}

/// Files of several lengths, the empty one among them.
fn files() -> &'static (Site, Vec<File>) {
    static FILES: OnceLock<(Site, Vec<File>)> = OnceLock::new();
    FILES.get_or_init(|| {
        let named = [
            ("empty.js", 0),
            ("one.html", 1),
            ("ten.txt", 10),
            ("k.png", 1000),
            ("big.bin", 70_000),
        ]
        .map(|(name, length)| (name, noise(1, length)));
        let entry = [("index.html", &b"entry"[..])];
        let all = named
            .iter()
            .map(|(name, content)| (*name, content.as_slice()));
        let site = site(
            all.chain(entry),
            LastModified::from_unix_seconds(PUBLISHED_SECONDS),
        );
        let files = named.into_iter().map(|(name, content)| {
            let url = format!("/{name}");
            let whole = ask(&site, "GET", &url, &Fields::new());
            File {
                url,
                content,
                tag: whole.field("etag").to_owned(),
                media_type: whole.field("content-type").to_owned(),
            }
        });
        let files = files.collect();
        (site, files)
    })
}

/// A position or length: within the files, around their ends, or larger than any number of 64 bits.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0..12_u64).prop_map(|n| n.to_string()),
        4 => (0..1100_u64).prop_map(|n| n.to_string()),
        2 => (0..80_000_u64).prop_map(|n| n.to_string()),
        1 => any::<u64>().prop_map(|n| n.to_string()),
        1 => "0{0,3}[0-9]{1,2}",
        1 => "[1-9][0-9]{19,25}",
    ]
}

/// A range that is almost always well formed.
fn range() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (0..80_000_u64, 0..3000_u64).prop_map(|(first, more)| format!("{first}-{}", first + more)),
        6 => (0..12_u64, 0..4_u64).prop_map(|(first, more)| format!("{first}-{}", first + more)),
        3 => number().prop_map(|first| format!("{first}-")),
        3 => number().prop_map(|count| format!("-{count}")),
        1 => (number(), number()).prop_map(|(first, last)| format!("{first}-{last}")),
    ]
}

fn value() -> impl Strategy<Value = String> {
    let unit = select(&["bytes", "bytes", "Bytes", "BYTES"]);
    let separator = select(&[",", ", ", " ,", ",,", "\t,\t"]);
    let set = prop_oneof![3 => vec(range(), 1..4), 1 => vec(range(), 4..20)];
    prop_oneof![
        8 => (unit, set, separator).prop_map(|(unit, set, separator)| format!("{unit}={}", set.join(separator))),
        2 => "bytes=[0-9, x-]{0,16}",
        1 => "[bytes=0-9, x+é]{0,24}",
        1 => "(lines|byte|none|bytes )=0-1",
        1 => "[ -~]{0,20}",
    ]
}

/// `If-Range`, and whether the range is to be heeded.
fn condition(tag: &str, kind: usize) -> (Option<String>, bool) {
    let other = "\"0123456789abcdef\"";
    let [date, obsolete, asctime] = PUBLISHED;
    let (value, holds) = match kind {
        0 => (tag.to_owned(), true),
        1 => (date.to_owned(), true),
        2 => (obsolete.to_owned(), true),
        3 => (asctime.to_owned(), true),
        4 => (format!("W/{tag}"), false),
        5 => (other.to_owned(), false),
        6 => (date.replace(":37", ":36"), false),
        7 => (date.replace("1994", "2030").replace("Sun", "Wed"), false),
        8 => (tag.trim_matches('"').to_owned(), false),
        9 => (String::new(), false),
        _ => return (None, true),
    };
    (Some(value), holds)
}

/// The ranges of a `Range`: `None` for a malformed one (14.1.1), which is ignored (14.2); else the ranges of a file of
/// this length that each of its parts comes to (14.1.2).
fn asked(value: &str, length: usize) -> Option<Vec<Range<usize>>> {
    let is_space = [' ', '\t'];
    let (unit, set) = value.trim_matches(is_space).split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let specs: Vec<_> = set
        .split(',')
        .map(|spec| spec.trim_matches(is_space))
        .filter(|spec| !spec.is_empty())
        .collect();
    if specs.is_empty() || specs.len() > MOST {
        return None;
    }
    // The end of an empty file is there, but no `Content-Range` can say where.
    if length == 0 && specs.iter().any(|spec| is_suffix(spec)) {
        return None;
    }
    specs.into_iter().map(|spec| one(spec, length)).collect()
}

fn is_suffix(spec: &str) -> bool {
    let count = spec.strip_prefix('-').unwrap_or_default();
    count.bytes().any(|byte| byte != b'0')
}

/// Positions that do not fit into 64 bits are all the same one, too far to be in any file.
fn beyond_any_file(position: u128) -> u128 {
    position.min(u64::MAX.into())
}

fn one(spec: &str, length: usize) -> Option<Range<usize>> {
    let mut ends = spec.split('-').map(|end| match end {
        "" => Some(None),
        end if end.bytes().all(|byte| byte.is_ascii_digit()) => {
            end.parse().ok().map(beyond_any_file).map(Some)
        }
        _ => None,
    });
    let (first, last) = (ends.next()??, ends.next()??);
    if ends.next().is_some() || first.zip(last).is_some_and(|(first, last)| last < first) {
        return None;
    }
    let within = |position: u128| position.min(length as u128) as usize;
    match (first, last) {
        (None, None) => None,
        (None, Some(count)) => Some(length - within(count)..length),
        (Some(first), None) => Some(within(first)..length),
        (Some(first), Some(last)) => Some(within(first)..within(last + 1)),
    }
}

/// The longest runs of bytes that are asked for, in the order in which they are first asked for (15.3.7.2).
fn runs(asked: &[Range<usize>], length: usize) -> Vec<Range<usize>> {
    let mut is_asked = vec![false; length];
    for range in asked {
        is_asked[range.clone()].fill(true);
    }
    let mut runs = Vec::new();
    for range in asked.iter().filter(|range| !range.is_empty()) {
        let before = is_asked[..range.start].iter().rposition(|asked| !asked);
        let after = is_asked[range.end..].iter().position(|asked| !asked);
        let start = before.map_or(0, |before| before + 1);
        let run = start..after.map_or(length, |after| range.end + after);
        if !runs.contains(&run) {
            runs.push(run);
        }
    }
    runs
}

fn check_parts(answer: &Answer, file: &File, expected: &[Range<usize>]) {
    let parts = multipart::read(answer).unwrap();
    assert_eq!(answer.field("content-range"), "");
    let places: Vec<_> = parts.iter().map(|part| part.first..part.last + 1).collect();
    assert_eq!(places, expected);
    for (part, place) in parts.iter().zip(expected) {
        assert_eq!(part.content, file.content[place.clone()]);
        assert_eq!(part.length, file.content.len());
        assert_eq!(part.media_type, file.media_type);
    }
}

fn check_part(answer: &Answer, file: &File, expected: &Range<usize>) {
    let (first, last, length) = multipart::content_range(answer.field("content-range"));
    assert_eq!(first..last + 1, *expected);
    assert_eq!(length, file.content.len());
    assert_eq!(answer.body, file.content[expected.clone()]);
    assert_eq!(answer.field("content-type"), file.media_type);
}

proptest! {
    #![proptest_config(config(10_000))]

    #[test]
    fn a_range_is_answered_as_the_rfc_defines(
        file in any::<Index>(),
        value in value(),
        condition_kind in 0..20_usize,
    ) {
        let (site, files) = files();
        let file = file.get(files);
        let length = file.content.len();
        let (condition, holds) = condition(&file.tag, condition_kind);
        let mut fields = vec![("range", value.clone())];
        fields.extend(condition.map(|condition| ("if-range", condition)));
        let answer = ask(site, "GET", &file.url, &fields);
        prop_assert_eq!(answer.field("content-length"), answer.body.len().to_string());

        // Several ranges that are everything together are ignored (14.2).
        let is_heeded = |asked: &Vec<Range<usize>>| asked.len() == 1 || runs(asked, length).first() != Some(&(0..length));
        let Some(asked) = asked(&value, length).filter(|asked| holds && is_heeded(asked)) else {
            prop_assert_eq!(answer.status, 200);
            prop_assert_eq!(answer.field("content-range"), "");
            prop_assert_eq!(&answer.body, &file.content);
            return Ok(());
        };
        let runs = runs(&asked, length);
        prop_assert_eq!(answer.status, if runs.is_empty() { 416 } else { 206 });
        match runs.as_slice() {
            [] => prop_assert_eq!(answer.field("content-range"), format!("bytes */{length}")),
            [run] => check_part(&answer, file, run),
            runs => check_parts(&answer, file, runs),
        }
        let most: usize = asked.iter().map(ExactSizeIterator::len).sum();
        let framing = if runs.len() == 1 { 0 } else { (runs.len() + 1) * FRAMING };
        prop_assert!(answer.body.len() <= most + framing);
    }

    #[test]
    fn two_range_fields_are_ignored(first in range(), second in range()) {
        let (site, files) = files();
        let fields = vec![("range", format!("bytes={first}")), ("range", format!("bytes={second}"))];
        let file = &files[3];
        let answer = ask(site, "GET", &file.url, &fields);
        prop_assert_eq!(answer.status, 200);
        prop_assert_eq!(&answer.body, &file.content);
    }
}
