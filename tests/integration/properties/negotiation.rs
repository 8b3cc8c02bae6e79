//! Content negotiation (RFC 9110, 12.5.3): nothing is sent that was refused, and nothing less liked than could be.

use std::io::Read;
use std::sync::OnceLock;

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use webserver::site::Site;

use super::{Answer, Fields, ask, config, site};
use crate::content::noise;

const CODINGS: [&str; 4] = ["identity", "gzip", "br", "zstd"];

struct File {
    url: &'static str,
    content: Vec<u8>,
    /// The codings that there are, with their lengths.
    offered: Vec<(&'static str, usize)>,
}

/// A script that shrinks, and noise that does not.
fn files() -> &'static (Site, [File; 2]) {
    static FILES: OnceLock<(Site, [File; 2])> = OnceLock::new();
    FILES.get_or_init(|| {
        let script: String = (0..400)
            .map(|n| format!("let enemy{n} = {};\n", n * n))
            .collect();
        let noise = noise(1, 1000);
        let files = [
            ("index.html", &b"page"[..]),
            ("main.js", script.as_bytes()),
            ("noise.png", &noise),
        ];
        let site = site(files, None).compressed(None, &|| true).unwrap();
        let offered = |url| {
            let offered = CODINGS.map(|coding| {
                let only = format!("{coding}, *;q=0");
                let answer = ask(&site, "GET", url, &vec![("accept-encoding", only)]);
                (answer.status == 200).then_some((coding, answer.body.len()))
            });
            offered.into_iter().flatten().collect::<Vec<_>>()
        };
        let (script_in, noise_in) = (offered("/main.js"), offered("/noise.png"));
        assert_eq!((script_in.len(), noise_in.len()), (4, 1));
        let files = [
            File {
                url: "/main.js",
                content: script.into_bytes(),
                offered: script_in,
            },
            File {
                url: "/noise.png",
                content: noise,
                offered: noise_in,
            },
        ];
        (site, files)
    })
}

/// A client's statement about a coding, and its spelling.
#[derive(Clone, Debug)]
struct Said {
    coding: &'static str,
    /// In thousandths.
    weight: u16,
    written: String,
}

/// Something of each coding or nothing, in any order, among codings that nobody has.
fn accepted() -> impl Strategy<Value = Vec<Said>> {
    let known = CODINGS
        .iter()
        .chain(&["*"])
        .map(|coding| option::of(said(coding)));
    let unknown = option::weighted(0.3, said("deflate"));
    let all = (known.collect::<Vec<_>>(), unknown);
    let all = all.prop_map(|(known, unknown)| {
        known
            .into_iter()
            .chain([unknown])
            .flatten()
            .collect::<Vec<_>>()
    });
    all.prop_shuffle()
}

fn said(coding: &'static str) -> impl Strategy<Value = Said> {
    let name = select(match coding {
        // RFC 9110, 8.4.1.3 has two names for it.
        "gzip" => vec!["gzip", "GZip", "x-gzip"],
        "br" => vec!["br", "BR"],
        coding => vec![coding],
    });
    (name, option::weighted(0.7, weight())).prop_map(move |(name, weight)| Said {
        coding,
        weight: weight.as_ref().map_or(1000, |(weight, _)| *weight),
        written: weight.map_or(name.to_owned(), |(_, written)| format!("{name}{written}")),
    })
}

/// RFC 9110, 12.4.2.
fn weight() -> impl Strategy<Value = (u16, String)> {
    let thousandths = prop_oneof![Just(0), Just(1), Just(500), Just(1000), 0..=1000_u16];
    let prefix = select(&[";q=", "; q=", " ;\tq=", ";Q="]);
    (thousandths, prefix, any::<bool>()).prop_map(|(weight, prefix, is_short)| {
        let digits = format!("{}.{:03}", weight / 1000, weight % 1000);
        let digits = match digits.trim_end_matches('0') {
            short if is_short => short.trim_end_matches('.'),
            _ => &digits,
        };
        (weight, format!("{prefix}{digits}"))
    })
}

/// The weight of a coding; `None` when it is not acceptable. `identity` is when nothing is said of it, but least.
fn liking(accepted: &[Said], coding: &str) -> Option<u16> {
    let of = |wanted: &str| accepted.iter().find(|said| said.coding == wanted);
    match of(coding).or(of("*")) {
        Some(said) => (said.weight > 0).then_some(said.weight),
        None => (coding == "identity").then_some(0),
    }
}

fn decode(answer: &Answer) -> Vec<u8> {
    let coded = answer.body.as_slice();
    let mut decoder: Box<dyn Read + '_> = match answer.field("content-encoding") {
        "" => Box::new(coded),
        "gzip" => Box::new(flate2::read::GzDecoder::new(coded)),
        "br" => Box::new(brotli::Decompressor::new(coded, 4096)),
        "zstd" => Box::new(zstd::Decoder::new(coded).unwrap()),
        other => panic!("{other}"),
    };
    let mut plain = Vec::new();
    decoder.read_to_end(&mut plain).unwrap();
    plain
}

proptest! {
    #![proptest_config(config(5000))]

    #[test]
    fn the_coding_of_the_highest_weight_is_sent(
        accepted in accepted(),
        separator in select(&[",", ", ", " ,", ",,"]),
        is_split in any::<bool>(),
    ) {
        let (site, files) = files();
        let (first, rest) = accepted.split_at(if is_split { accepted.len() / 2 } else { 0 });
        let mut fields = Fields::new();
        for line in [first, rest] {
            let written: Vec<_> = line.iter().map(|said| said.written.as_str()).collect();
            fields.push(("accept-encoding", written.join(separator)));
        }
        for file in files {
            let answer = ask(site, "GET", file.url, &fields);
            let offered = file.offered.iter();
            let likings = offered.filter_map(|(coding, length)| {
                Some((liking(&accepted, coding)?, *length, *coding))
            });
            // The shortest of those liked best.
            let best = likings.max_by_key(|(liking, length, _)| (*liking, usize::MAX - length));
            let Some((_, length, coding)) = best else {
                prop_assert_eq!(answer.status, 406, "{:?}", fields);
                continue;
            };
            prop_assert_eq!(answer.status, 200, "{:?}", fields);
            let sent = match answer.field("content-encoding") {
                "" => "identity",
                coding => coding,
            };
            prop_assert_eq!(sent, coding, "{:?}", fields);
            prop_assert_eq!(answer.body.len(), length);
            prop_assert_eq!(&decode(&answer), &file.content);
            let vary = if file.offered.len() > 1 { "Accept-Encoding" } else { "" };
            prop_assert_eq!(answer.field("vary"), vary);
        }
    }

    #[test]
    fn any_accept_encoding_gets_an_answer(accepted in "[ -~é]{0,30}") {
        let (site, files) = files();
        for file in files {
            let answer = ask(site, "GET", file.url, &vec![("accept-encoding", accepted.clone())]);
            if answer.status != 406 {
                prop_assert_eq!(answer.status, 200);
                prop_assert_eq!(&decode(&answer), &file.content);
            }
        }
    }
}
