//! Codings, validators, and content in memory or on disk.

use crate::compression::coding::Coding;
use crate::http::tests::{
    FILES, ask, build, bytes, compressed, field, folder, folder_of, site, text,
};
use crate::site::last_modified::LastModified;
use crate::site::options::BuildOptions;
use http::StatusCode;
use http_body_util::BodyExt;
use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;
use std::time::SystemTime;

#[test]
fn a_refresh_with_the_current_tag_gets_304() {
    let site = site(FILES);
    let tag = field(ask(&site, "GET /main.js").headers(), "etag").to_owned();
    let response = ask(
        &site,
        &format!("GET /main.js\nif-none-match: \"x\", W/{tag}"),
    );
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(field(response.headers(), "etag"), tag);
    assert_eq!(field(response.headers(), "cache-control"), "no-cache");
    assert_eq!(field(response.headers(), "content-length"), "");
    assert!(bytes(response).is_empty());

    let failed = ask(&site, "GET /main.js\nif-match: \"x\"");
    assert_eq!(failed.status(), StatusCode::PRECONDITION_FAILED);
}

/// Invariant 8: after a switch, no answer takes one game's bytes for another's.
#[test]
fn no_validator_of_one_game_confirms_another() {
    let script = |game: &str, length: usize| format!("// {game}\n").repeat(length);
    let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let mut cases = 0;
    for (older, equal_or_newer) in [(1000, 500), (1000, 1000), (1000, 2000)] {
        for other_length in [50, 60] {
            // Publication dates as they are given out: growing, or none when the clock does not vouch for it.
            for date in [None, LastModified::from_unix_seconds(5001)] {
                let first = compressed(
                    &[("index.html", "A"), ("main.js", &script("A", 50))],
                    at(older),
                    LastModified::from_unix_seconds(5000),
                );
                let second = compressed(
                    &[("index.html", "B"), ("main.js", &script("B", other_length))],
                    at(equal_or_newer),
                    date,
                );
                for coding in ["identity", "gzip", "br", "zstd"] {
                    let get = format!("GET /main.js\naccept-encoding: {coding}");
                    let kept = ask(&first, &get);
                    let tag = field(kept.headers(), "etag");
                    let date = field(kept.headers(), "last-modified");
                    assert_eq!(date, "Thu, 01 Jan 1970 01:23:20 GMT");
                    let fresh = bytes(ask(&second, &get));
                    for condition in [
                        format!("if-none-match: {tag}"),
                        format!("if-modified-since: {date}"),
                        format!("if-none-match: {tag}\nif-modified-since: {date}"),
                        format!("range: bytes=5-\nif-range: {tag}"),
                        format!("range: bytes=5-\nif-range: {date}"),
                    ] {
                        let answer = ask(&second, &format!("{get}\n{condition}"));
                        assert_eq!(answer.status(), StatusCode::OK, "{coding}, {condition}");
                        assert_eq!(bytes(answer), fresh, "{coding}, {condition}");
                        let known = ask(&first, &format!("{get}\n{condition}"));
                        assert_ne!(known.status(), StatusCode::OK, "{coding}, {condition}");
                        cases += 1;
                    }
                }
            }
        }
    }
    assert_eq!(cases, 3 * 2 * 2 * 4 * 5);
}

#[test]
fn each_coding_is_a_representation_of_its_own() {
    let script = "let score = 0;\n".repeat(100);
    let site = compressed(
        &[("index.html", ""), ("main.js", &script)],
        SystemTime::now(),
        None,
    );
    let mut tags = BTreeSet::new();
    for (accepted, coding) in [
        ("deflate", Coding::Identity),
        ("gzip, deflate", Coding::Gzip),
        ("br", Coding::Brotli),
        ("zstd", Coding::Zstd),
        ("identity;q=0, gzip", Coding::Gzip),
    ] {
        let get = format!("GET /main.js\naccept-encoding: {accepted}");
        let response = ask(&site, &get);
        let fields = response.headers().clone();
        let token = match coding {
            Coding::Identity => "",
            coding => coding.token(),
        };
        assert_eq!(field(&fields, "content-encoding"), token, "{accepted}");
        assert_eq!(field(&fields, "vary"), "Accept-Encoding");
        assert_eq!(
            field(&fields, "content-type"),
            "text/javascript; charset=utf-8"
        );
        tags.insert(field(&fields, "etag").to_owned());
        let body = bytes(response);
        assert!(coding.decodes_to(&body, script.as_bytes()), "{accepted}");
        assert_eq!(field(&fields, "content-length"), body.len().to_string());
        // A transfer that is resumed continues in its coding. Other ranges are the file's, if it may be sent as it is.
        let resumed = format!("range: bytes=3-6\nif-range: {}", field(&fields, "etag"));
        for (range, whole) in [
            (resumed.as_str(), body.as_slice()),
            (
                "range: bytes=3-6",
                match accepted.contains("identity;q=0") {
                    true => &body,
                    false => script.as_bytes(),
                },
            ),
        ] {
            let part = ask(&site, &format!("{get}\n{range}"));
            assert_eq!(
                field(part.headers(), "content-range"),
                format!("bytes 3-6/{}", whole.len()),
                "{accepted}"
            );
            assert_eq!(bytes(part), whole[3..7]);
        }
        let same = ask(
            &site,
            &format!("{get}\nif-none-match: {}", field(&fields, "etag")),
        );
        assert_eq!(same.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(field(same.headers(), "vary"), "Accept-Encoding");
    }
    assert_eq!(tags.len(), 4);
}

#[test]
fn files_are_refused_or_sent_plain_when_no_coding_fits() {
    let script = "let score = 0;\n".repeat(100);
    let files = [
        ("index.html", ""),
        ("main.js", &script),
        ("noise.png", "\u{1}x"),
    ];
    let site = compressed(&files, SystemTime::now(), None);
    let refused = ask(
        &site,
        "GET /main.js\naccept-encoding: identity;q=0, br;q=0, *;q=0",
    );
    assert_eq!(refused.status(), StatusCode::NOT_ACCEPTABLE);
    // Two bytes do not shrink.
    let noise = ask(&site, "GET /noise.png\naccept-encoding: gzip, br, zstd");
    assert_eq!(field(noise.headers(), "content-encoding"), "");
    assert_eq!(field(noise.headers(), "vary"), "");
}

#[test]
fn a_sibling_counts_when_it_decodes_to_the_same_bytes() {
    let script = "let score = 0;\n".repeat(100);
    // Not what is made here: a weaker level.
    let weak = zstd::encode_all(script.as_bytes(), 1).unwrap();
    let stale = zstd::encode_all(&script.as_bytes()[1..], 1).unwrap();
    for (sibling, is_used) in [(&weak, true), (&stale, false), (&vec![0; 9], false)] {
        let folder = folder(
            &[("index.html", ""), ("main.js", &script)],
            SystemTime::now(),
        );
        fs::write(folder.path().join("main.js.zst"), sibling).unwrap();
        let site = build(&folder, BuildOptions::default(), None)
            .compressed(None, &|| true)
            .unwrap();
        let body = bytes(ask(&site, "GET /main.js\naccept-encoding: zstd"));
        assert_eq!(&body == sibling, is_used);
        assert!(Coding::Zstd.decodes_to(&body, script.as_bytes()));
    }
}

#[test]
fn a_big_file_is_sent_from_disk_as_it_was_when_it_was_published() {
    let folder = folder(&[("index.html", "")], SystemTime::now());
    let big: Vec<u8> = (0..(1 << 20) + 99).map(|n: u32| (n / 7) as u8).collect();
    let path = folder.path().join("game.data");
    fs::write(&path, &big).unwrap();
    let options = toml::from_str("big_file_mib = 1").unwrap();
    let site = build(&folder, options, None);
    // A new export replaces the file.
    fs::rename(folder.path().join("index.html"), &path).unwrap();

    assert_eq!(bytes(ask(&site, "GET /game.data")), big);
    let part = ask(&site, "GET /game.data\nrange: bytes=1000-300000");
    assert_eq!(bytes(part), big[1000..=300_000]);
    let parts = ask(&site, "GET /game.data\nrange: bytes=0-9,-5");
    let length = field(parts.headers(), "content-length").to_owned();
    let body = bytes(parts);
    assert_eq!(body.len().to_string(), length);
    let last = body
        .windows(5)
        .any(|window| window == &big[big.len() - 5..]);
    assert!(last && body.windows(10).any(|window| window == &big[..10]));
    let in_memory = build(&folder_of("game.data", &big), BuildOptions::default(), None);
    let tag = |site| field(ask(site, "GET /game.data").headers(), "etag").to_owned();
    assert_eq!(tag(&site), tag(&in_memory));
}

#[test]
fn a_truncated_file_ends_its_answer_short() {
    let big = vec![7; (1 << 20) + 1];
    let folder = folder_of("game.data", &big);
    let options = toml::from_str("big_file_mib = 1").unwrap();
    let site = build(&folder, options, None);
    let file = fs::File::options()
        .write(true)
        .open(folder.path().join("game.data"))
        .unwrap();
    file.set_len(1000).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let body = ask(&site, "GET /game.data").into_body();
    assert!(runtime.block_on(body.collect()).is_err());
}

#[test]
fn files_beyond_the_memory_budget_are_sent_from_disk() {
    let half = "x".repeat(600 << 10);
    let folder = folder(
        &[("index.html", "i"), ("a.js", &half), ("b.js", &half)],
        SystemTime::now(),
    );
    let options = toml::from_str("memory_mib = 1").unwrap();
    let site = build(&folder, options, None);
    for name in ["a.js", "b.js"] {
        assert_eq!(text(ask(&site, &format!("GET /{name}"))), half);
    }
    // There is memory for the copies of one and for the encoder of gzip, but not for one of what is on disk.
    let site = site.compressed(None, &|| true).unwrap();
    let coding = |name| {
        let response = ask(&site, &format!("GET /{name}\naccept-encoding: br, gzip"));
        field(response.headers(), "content-encoding").to_owned()
    };
    assert_eq!(
        (coding("a.js"), coding("b.js")),
        ("gzip".into(), String::new())
    );
}
