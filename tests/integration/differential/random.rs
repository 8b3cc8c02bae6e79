//! Random requests, the same ones in every run.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;

use super::{Both, Why, summary};
use crate::properties::{Answer, PUBLISHED, config, multipart};

/// A random request in its parts.
#[derive(Clone, Debug)]
struct Asked {
    method: &'static str,
    target: &'static str,
    range: Option<Ranges>,
    /// `If-Range`, and whether it holds.
    if_range: Option<(&'static str, bool)>,
    conditions: Vec<String>,
}

#[derive(Clone, Debug)]
enum Ranges {
    One(String),
    Several(Vec<String>),
    Unreadable(String),
}

impl Asked {
    fn without_range(&self) -> String {
        let lines = [format!("{} {}", self.method, self.target)];
        lines
            .into_iter()
            .chain(self.conditions.clone())
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn request(&self) -> String {
        let mut request = self.without_range();
        if let Some(range) = &self.range {
            request += &format!("\nrange: {}", range.value());
        }
        if let Some((value, _)) = self.if_range {
            request += &format!("\nif-range: {value}");
        }
        request
    }

    /// The reason that the answers differ, when `ServeDir` gets as far as to the range.
    fn why(&self, theirs: &Answer) -> Option<Why> {
        let range = self
            .range
            .as_ref()
            .filter(|_| [206, 416].contains(&theirs.status))?;
        if self.method == "HEAD" {
            return Some(Why::RangeOfHead);
        }
        if self.if_range.is_some_and(|(_, holds)| !holds) {
            return Some(Why::IfRange);
        }
        match range {
            Ranges::Several(_) => Some(Why::SeveralRanges),
            Ranges::Unreadable(_) => Some(Why::UnreadableRange),
            Ranges::One(_) if self.target == "/empty.txt" && theirs.status == 206 => {
                Some(Why::EmptyFile)
            }
            Ranges::One(range) => {
                let is_suffix = range.starts_with('-') && range != "-0";
                (is_suffix && theirs.status == 416).then_some(Why::LongSuffix)
            }
        }
    }
}

impl Ranges {
    fn value(&self) -> String {
        match self {
            Self::One(range) => format!("bytes={range}"),
            Self::Several(ranges) => format!("bytes={}", ranges.join(", ")),
            Self::Unreadable(value) => value.clone(),
        }
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let targets = [
        "/",
        "/digits.txt",
        "/digits.txt",
        "/main.js?v=2",
        "/empty.txt",
        "/levels/",
        "/nothing",
        "/main.js/",
    ];
    let if_ranges = [
        ("{tag}", true),
        (PUBLISHED[0], true),
        ("\"x\"", false),
        ("W/{tag}", false),
        ("yesterday", false),
    ];
    (
        select(&["GET", "GET", "GET", "HEAD"]),
        select(targets.to_vec()),
        option::weighted(0.7, ranges()),
        option::weighted(0.2, select(if_ranges.to_vec())),
        conditions(),
    )
        .prop_map(|(method, target, range, if_range, conditions)| Asked {
            method,
            target,
            range,
            if_range,
            conditions,
        })
}

fn ranges() -> impl Strategy<Value = Ranges> {
    let unreadable = [
        "lines=0-1",
        "bytes=",
        "bytes=-",
        "bytes=5-2",
        "bytes=1",
        "bytes=a-b",
        "bytes=0-1,x",
        "0-1",
    ];
    prop_oneof![
        4 => range().prop_map(Ranges::One),
        2 => vec(range(), 2..5).prop_map(Ranges::Several),
        1 => select(unreadable.to_vec()).prop_map(|value| Ranges::Unreadable(value.to_owned())),
    ]
}

fn range() -> impl Strategy<Value = String> {
    let number = || 0..24_u32;
    prop_oneof![
        (number(), number()).prop_map(|(first, more)| format!("{first}-{}", first + more)),
        number().prop_map(|first| format!("{first}-")),
        number().prop_map(|count| format!("-{count}")),
    ]
}

/// At most one line of each field.
fn conditions() -> impl Strategy<Value = Vec<String>> {
    let tags = [
        "*",
        "{tag}",
        "W/{tag}",
        "\"x\"",
        "\"x\", {tag}",
        "\"a,b\" , W/\"c\",{tag}",
    ];
    let dates = [
        PUBLISHED[0],
        PUBLISHED[1],
        PUBLISHED[2],
        "yesterday",
        "",
        "Sun, 06 Nov 1994 08:49:36 GMT",
        "Sun, 06 Nov 1994 08:49:38 GMT",
    ];
    let line = |name: &'static str, values: &[&'static str]| {
        let value = option::weighted(0.2, select(values.to_vec()));
        value.prop_map(move |value| value.map(|value| format!("{name}: {value}")))
    };
    let lines = (
        line("if-match", &tags),
        line("if-none-match", &tags),
        line("if-modified-since", &dates),
        line("if-unmodified-since", &dates),
    );
    lines.prop_map(|(a, b, c, d)| [a, b, c, d].into_iter().flatten().collect())
}

/// Each part is what `ServeDir` sends when it is asked for that alone, and each byte of what it sends for the ranges one
/// by one is in a part.
fn check_parts(both: &Both, asked: &Asked, ranges: &[String], ours: &Answer) {
    let alone = |range: &str| {
        let one = Asked {
            range: Some(Ranges::One(range.to_owned())),
            if_range: None,
            ..asked.clone()
        };
        // A suffix longer than the file, and an empty file: the other differences.
        let theirs = both.theirs(&one.request());
        match one.why(&theirs) {
            Some(_) => both.ours(&one.request()),
            None => theirs,
        }
    };
    let place = |answer: &Answer| multipart::content_range(answer.field("content-range"));
    let parts: Vec<_> = match (ours.status, multipart::read(ours)) {
        (416, _) => Vec::new(),
        (200, _) if asked.target == "/empty.txt" => Vec::new(),
        // Together they are everything.
        (200, _) => {
            let length = ours.body.len();
            vec![((0, length - 1, length), ours.body.clone())]
        }
        (_, Some(parts)) => parts
            .into_iter()
            .map(|part| ((part.first, part.last, part.length), part.content))
            .collect(),
        (_, None) => vec![(place(ours), ours.body.clone())],
    };
    for ((first, last, _), content) in &parts {
        assert_eq!(&alone(&format!("{first}-{last}")).body, content);
    }
    for range in ranges {
        let answer = alone(range);
        if answer.status == 206 {
            let (first, last, length) = place(&answer);
            let is_sent = |part: &&((usize, usize, usize), Vec<u8>)| {
                part.0.0 <= first && last <= part.0.1 && part.0.2 == length
            };
            assert_eq!(parts.iter().filter(is_sent).count(), 1, "{range}");
        }
    }
}

#[test]
fn random_requests_differ_for_known_reasons_only() {
    let both = Both::new();
    let mut runner = TestRunner::new(config(3000));
    let result = runner.run(&asked(), |asked| {
        let (ours, theirs) = (both.ours(&asked.request()), both.theirs(&asked.request()));
        let whole = || summary(&both.theirs(&asked.without_range()));
        match (asked.why(&theirs), &asked.range) {
            (None, _) => prop_assert_eq!(summary(&ours), summary(&theirs)),
            (Some(Why::EmptyFile), _) => prop_assert_eq!(summary(&ours), "416 bytes */0"),
            (Some(Why::LongSuffix), _) => {
                let file = both.theirs(&asked.without_range()).body;
                prop_assert_eq!(ours.status, if file.is_empty() { 200 } else { 206 });
                prop_assert_eq!(ours.body, file);
            }
            (Some(Why::SeveralRanges), Some(Ranges::Several(ranges))) => {
                check_parts(&both, &asked, ranges, &ours);
            }
            (Some(_), _) => prop_assert_eq!(summary(&ours), whole()),
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}
