//! Differences from the version that a client has (RFC 9842).

use std::io::Read;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;

use crate::compression::difference::dictionary_hash;
use crate::http::tests::{ask, bytes, field};
use crate::site::Site;
use crate::site::options::BuildOptions;
use crate::site::test_site::test_site;

const CHROMIUM: &str = "sec-ch-ua: \"Chromium\";v=\"156\"";

const CODINGS: &str = "accept-encoding: gzip, deflate, br, zstd, dcb, dcz";

/// Text of 100 kB that does not compress well, with another end for each version.
fn text(version: &str) -> String {
    let mut bytes = vec![0; 100_000];
    blake3::Hasher::new().finalize_xof().fill(&mut bytes);
    let text = bytes.iter().map(|byte| char::from(byte % 64 + 32));
    text.chain(version.chars()).collect()
}

fn version(version: &str) -> Site {
    let text = text(version);
    let script = text.clone() + ";";
    let files = [("index.html", ""), ("a.pck", &text), ("main.js", &script)];
    let site = test_site("game", &files, BuildOptions::default());
    site.compressed(None, &|| true).unwrap()
}

/// The second version of a game, which knows the first.
fn updated() -> Site {
    let before = [Arc::new(version("1"))];
    version("2").with_differences(&before, &|| true).unwrap()
}

fn has(version: &str) -> String {
    let hash = STANDARD.encode(dictionary_hash(text(version).as_bytes()));
    format!("available-dictionary: :{hash}:")
}

#[test]
fn a_large_file_is_offered_as_a_dictionary_to_chromium_and_to_nobody_else() {
    let site = version("1");
    let kept = "private, max-age=2592000";
    let offer = "match=\"a.pck\"";
    let tag = field(ask(&site, "GET /a.pck").headers(), "etag").to_owned();
    for (request, use_as, cache) in [
        (format!("GET /a.pck\n{CHROMIUM}"), offer, kept),
        (format!("HEAD /a.pck\n{CHROMIUM}"), offer, kept),
        (format!("GET /a.pck\n{CHROMIUM}\n{CODINGS}"), offer, kept),
        (
            format!("GET /a.pck\n{CHROMIUM}\nif-none-match: {tag}"),
            offer,
            kept,
        ),
        (
            format!("GET /a.pck\n{CHROMIUM}\nrange: bytes=5-"),
            "",
            "no-cache",
        ),
        (
            format!("GET /main.js\n{CHROMIUM}"),
            "match=\"main.js\"",
            kept,
        ),
        (format!("GET /\n{CHROMIUM}"), "", "no-cache"),
        ("GET /a.pck".to_owned(), "", "no-cache"),
    ] {
        let response = ask(&site, &request);
        let fields = response.headers();
        assert_eq!(field(fields, "use-as-dictionary"), use_as, "{request}");
        assert_eq!(field(fields, "cache-control"), cache, "{request}");
        let is_kept = cache == kept;
        assert_eq!(field(fields, "vary") == "*", is_kept, "{request}");
    }
}

#[test]
fn a_game_that_keeps_a_cache_of_its_own_is_offered_none_and_has_no_differences() {
    let build = |version: &str| {
        let text = text(version);
        let worker = "caches.open('game').then((cache) => cache.addAll(['a.pck']))";
        let files = [("index.html", ""), ("a.pck", &text), ("sw.js", worker)];
        test_site("game", &files, BuildOptions::default())
    };
    let (first, second) = (Arc::new(build("1")), build("2"));
    assert!(second.with_differences(&[first], &|| true).is_none());
    let answer = ask(&second, &format!("GET /a.pck\n{CHROMIUM}"));
    assert_eq!(field(answer.headers(), "use-as-dictionary"), "");
    assert_eq!(field(answer.headers(), "vary"), "");
}

#[test]
fn a_cache_of_its_own_is_known_by_the_words_of_page_and_scripts() {
    for (page, script, expected) in [
        ("", "self.caches.open('a').then(put)", false),
        ("<script>caches.open('a')</script>", "", false),
        ("", "x instanceof CacheStorage", false),
        ("", "importScripts('workbox-1a2b.js')", false),
        ("", "((c) => c.open('a'))(self.caches)", false),
        ("", "const { caches } = window", false),
        ("", "this.caches = [] // caches opened files", true),
        ("caches opened", "", true),
    ] {
        let text = text("1");
        let files = [("index.html", page), ("a.pck", &text), ("sw.js", script)];
        let site = test_site("game", &files, BuildOptions::default());
        let answer = ask(&site, &format!("GET /a.pck\n{CHROMIUM}"));
        let is_offered = answer.headers().contains_key("use-as-dictionary");
        assert_eq!(is_offered, expected, "{page} {script}");
    }
}

#[test]
fn a_client_with_the_version_before_gets_the_difference_and_every_other_the_file() {
    let site = updated();
    let (get, known) = ("GET /a.pck", has("1"));
    let stranger = "available-dictionary: :47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
    let full = |request: &str| field(ask(&site, request).headers(), "content-encoding").to_owned();
    for (request, expected) in [
        (format!("{get}\n{CODINGS}\n{known}"), "dcz"),
        (format!("{get}\naccept-encoding: dcz\n{known}"), "dcz"),
        (
            format!("{get}\naccept-encoding: br, dcz;q=0\n{known}"),
            "br",
        ),
        (format!("{get}\naccept-encoding: br, dcb\n{known}"), "br"),
        (format!("{get}\n{CODINGS}\n{stranger}"), "br"),
        (format!("{get}\n{CODINGS}\n{}", has("2")), "br"),
        (
            format!("{get}\n{CODINGS}\navailable-dictionary: :AAAA"),
            "br",
        ),
        (format!("{get}\n{CODINGS}\n{known}\n{known}"), "br"),
        (format!("{get}\n{CODINGS}"), "br"),
        (format!("{get}\n{known}"), ""),
        (format!("HEAD /a.pck\n{CODINGS}\n{known}"), ""),
        (format!("GET /main.js\n{CODINGS}\n{known}"), "br"),
    ] {
        assert_eq!(full(&request), expected, "{request}");
    }
}

#[test]
fn a_difference_is_a_representation_of_its_own() {
    let site = updated();
    let get = format!("GET /a.pck\n{CODINGS}\n{}", has("1"));
    let response = ask(&site, &get);
    let fields = response.headers().clone();
    assert_eq!(field(&fields, "content-encoding"), "dcz");
    assert_eq!(
        field(&fields, "vary"),
        "Accept-Encoding, Available-Dictionary"
    );
    assert_eq!(field(&fields, "content-type"), "application/octet-stream");
    let body = bytes(response);
    assert_eq!(field(&fields, "content-length"), body.len().to_string());
    assert!(body.len() < 1000, "{}", body.len());
    let (old, mut plain) = (text("1"), Vec::new());
    let decoder = zstd::stream::read::Decoder::with_ref_prefix(&body[40..], old.as_bytes());
    decoder.unwrap().read_to_end(&mut plain).unwrap();
    assert_eq!(plain, text("2").as_bytes());

    // Ranges are of the coded bytes.
    let tag = field(&fields, "etag").to_owned();
    let part = ask(&site, &format!("{get}\nrange: bytes=0-7\nif-range: {tag}"));
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(bytes(part), b"\x5e\x2a\x4d\x18\x20\0\0\0");
    let own = ask(&site, "GET /a.pck\naccept-encoding: br");
    let own_tag = field(own.headers(), "etag");
    assert_ne!(own_tag, tag);
    assert_eq!(
        field(own.headers(), "vary"),
        "Accept-Encoding, Available-Dictionary"
    );
}

#[test]
fn a_client_that_has_decoded_a_difference_is_told_that_it_has_the_current_file() {
    let site = updated();
    let get = format!("GET /a.pck\n{CODINGS}\n");
    let difference = ask(&site, &(get.clone() + &has("1")));
    let tag = field(difference.headers(), "etag").to_owned();
    // It has the new version as its dictionary, and no difference leads from that to itself.
    let refresh = format!("{get}{}\nif-none-match: {tag}", has("2"));
    // Another server, or this one after a restart, does not know the version before.
    for site in [&site, &version("2")] {
        let answer = ask(site, &refresh);
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(field(answer.headers(), "etag"), tag);
        let failed = ask(site, &format!("{refresh}\nif-match: \"x\""));
        assert_eq!(failed.status(), StatusCode::PRECONDITION_FAILED);
    }
    for other in ["1", "3"] {
        let answer = ask(&version(other), &refresh);
        assert_eq!(answer.status(), StatusCode::OK, "{other}");
    }
}
