//! Preconditions, in the order of RFC 9110, 13.2.2.

use std::sync::OnceLock;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use webserver::site::Site;
use webserver::site::last_modified::LastModified;

use super::{Fields, PUBLISHED, PUBLISHED_SECONDS, ask, config, site};

const FILE: &str = "/main.js";

/// The same site twice, with and without a date that is vouched for, and its file's tag.
fn sites() -> &'static [(Site, String); 2] {
    static SITES: OnceLock<[(Site, String); 2]> = OnceLock::new();
    SITES.get_or_init(|| {
        [LastModified::from_unix_seconds(PUBLISHED_SECONDS), None].map(|date| {
            let files = [("index.html", &b"page"[..]), ("main.js", b"0123456789")];
            let site = site(files, date);
            let tag = ask(&site, "GET", FILE, &Fields::new())
                .field("etag")
                .to_owned();
            (site, tag)
        })
    })
}

/// `If-Match` or `If-None-Match`.
#[derive(Clone, Debug)]
enum Tags {
    Any,
    /// With what separates them, and whether the last one has a line of its own.
    Listed(Vec<Tag>, &'static str, bool),
}

#[derive(Clone, Debug)]
enum Tag {
    Current,
    CurrentWeak,
    Other(String),
}

/// `If-Modified-Since` or `If-Unmodified-Since`, against the date of publication.
#[derive(Clone, Debug)]
enum Date {
    Earlier(&'static str),
    Same(&'static str),
    Later(&'static str),
    /// No date, or several: to be ignored (13.1.3, 13.1.4).
    None(&'static [&'static str]),
}

#[derive(Clone, Debug)]
struct Conditions {
    matches: Option<Tags>,
    none_matches: Option<Tags>,
    modified_since: Option<Date>,
    unmodified_since: Option<Date>,
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let fields = (
        option::weighted(0.3, tags()),
        option::weighted(0.4, tags()),
        option::of(date()),
        option::weighted(0.4, date()),
    );
    fields.prop_map(
        |(matches, none_matches, modified_since, unmodified_since)| Conditions {
            matches,
            none_matches,
            modified_since,
            unmodified_since,
        },
    )
}

fn tags() -> impl Strategy<Value = Tags> {
    // Commas and whatever else RFC 9110, 8.8.3 allows between the quotes.
    let other = ("(W/)?", "[!#-~]{0,6}")
        .prop_map(|(weak, opaque)| Tag::Other(format!("{weak}\"{opaque}\"")));
    let tag = prop_oneof![1 => Just(Tag::Current), 1 => Just(Tag::CurrentWeak), 3 => other];
    let separators = [",", ", ", " , ", ",,", " ,\t, "];
    prop_oneof![
        1 => Just(Tags::Any),
        6 => (vec(tag, 0..4), select(separators.to_vec()), any::<bool>())
            .prop_map(|(tags, separator, is_split)| Tags::Listed(tags, separator, is_split)),
    ]
}

fn date() -> impl Strategy<Value = Date> {
    let earlier = [
        "Sun, 06 Nov 1994 08:49:36 GMT",
        "Saturday, 05-Nov-94 23:59:59 GMT",
        "Thu Jan  1 00:00:00 1970",
    ];
    let later = [
        "Sun, 06 Nov 1994 08:49:38 GMT",
        "Monday, 07-Nov-94 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ];
    let no_date: [&[&str]; 6] = [
        &[""],
        &["yesterday"],
        &["784111777"],
        &["Sun, 06 Nov 1994 08:49:37"],
        &["Sun, 32 Nov 1994 08:49:37 GMT"],
        &[
            "Sun, 06 Nov 1994 08:49:36 GMT",
            "Sun, 06 Nov 1994 08:49:38 GMT",
        ],
    ];
    prop_oneof![
        3 => select(earlier.to_vec()).prop_map(Date::Earlier),
        3 => select(&PUBLISHED).prop_map(Date::Same),
        3 => select(later.to_vec()).prop_map(Date::Later),
        1 => select(no_date.to_vec()).prop_map(Date::None),
    ]
}

impl Tags {
    fn fields(&self, name: &'static str, current: &str) -> Fields {
        let (tags, separator, is_split) = match self {
            Self::Any => return vec![(name, "*".to_owned())],
            Self::Listed(tags, separator, is_split) => (tags, separator, is_split),
        };
        let tags: Vec<_> = tags.iter().map(|tag| tag.value(current)).collect();
        match tags.split_last() {
            Some((last, rest)) if *is_split => {
                vec![(name, rest.join(separator)), (name, last.clone())]
            }
            _ => vec![(name, tags.join(separator))],
        }
    }

    fn fits(&self, fits: impl Fn(&Tag) -> bool) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(tags, ..) => tags.iter().any(fits),
        }
    }

    /// 13.1.1: a weak tag is equal to none.
    fn fits_strongly(&self) -> bool {
        self.fits(|tag| matches!(tag, Tag::Current))
    }

    /// 13.1.2.
    fn fits_weakly(&self) -> bool {
        self.fits(|tag| !matches!(tag, Tag::Other(_)))
    }
}

impl Tag {
    fn value(&self, current: &str) -> String {
        match self {
            Self::Current => current.to_owned(),
            Self::CurrentWeak => format!("W/{current}"),
            Self::Other(tag) => tag.clone(),
        }
    }
}

impl Date {
    fn fields(&self, name: &'static str) -> Fields {
        let values = match self {
            Self::Earlier(value) | Self::Same(value) | Self::Later(value) => &[*value],
            Self::None(values) => *values,
        };
        values
            .iter()
            .map(|value| (name, (*value).to_owned()))
            .collect()
    }
}

impl Conditions {
    fn fields(&self, current: &str) -> Fields {
        let tags = [
            ("if-match", &self.matches),
            ("if-none-match", &self.none_matches),
        ];
        let dates = [
            ("if-modified-since", &self.modified_since),
            ("if-unmodified-since", &self.unmodified_since),
        ];
        let tags = tags
            .into_iter()
            .filter_map(|(name, tags)| Some(tags.as_ref()?.fields(name, current)));
        let dates = dates
            .into_iter()
            .filter_map(|(name, date)| Some(date.as_ref()?.fields(name)));
        tags.chain(dates).flatten().collect()
    }

    /// The steps of 13.2.2: 412, 304, or `None` to go on.
    fn status(&self, is_dated: bool) -> Option<u16> {
        let unmodified_since = self.unmodified_since.as_ref().filter(|_| is_dated);
        let modified_since = self.modified_since.as_ref().filter(|_| is_dated);
        let goes_on = match (&self.matches, unmodified_since) {
            (Some(tags), _) => tags.fits_strongly(),
            (None, Some(Date::Earlier(_))) => false,
            (None, _) => true,
        };
        if !goes_on {
            return Some(412);
        }
        let is_there_already = match (&self.none_matches, modified_since) {
            (Some(tags), _) => tags.fits_weakly(),
            (None, Some(Date::Same(_) | Date::Later(_))) => true,
            (None, _) => false,
        };
        is_there_already.then_some(304)
    }
}

proptest! {
    #![proptest_config(config(10_000))]

    #[test]
    fn conditions_are_evaluated_in_the_order_of_the_rfc(
        conditions in conditions(),
        method in select(&["GET", "HEAD"]),
        is_dated in any::<bool>(),
        has_range in any::<bool>(),
    ) {
        let [dated, dateless] = sites();
        let (site, tag) = if is_dated { dated } else { dateless };
        let mut fields = conditions.fields(tag);
        if has_range {
            fields.push(("range", "bytes=2-4".to_owned()));
        }
        let answer = ask(site, method, FILE, &fields);
        // Step 5.
        let is_part = has_range && method == "GET";
        let expected = conditions.status(is_dated).unwrap_or(if is_part { 206 } else { 200 });
        prop_assert_eq!(answer.status, expected, "{:?}", fields);
        let body: &[u8] = match (expected, method) {
            (412, "GET") => &answer.body,
            (200, "GET") => b"0123456789",
            (206, _) => b"234",
            _ => b"",
        };
        prop_assert_eq!(&answer.body, body);
        if expected == 304 {
            // 15.4.5.
            prop_assert_eq!(answer.field("etag"), tag);
            prop_assert_eq!(answer.field("cache-control"), "no-cache");
            prop_assert_eq!(answer.field("content-range"), "");
        }
    }
}
