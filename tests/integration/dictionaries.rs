//! A new export reaches a browser that has the one before as its difference, over TCP.

use std::fs;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::support::{Client, Place, in_time};

const CODINGS: &str = "Accept-Encoding: gzip, deflate, br, zstd, dcb, dcz";

/// A million bytes that do not compress.
fn noise(seed: u8) -> Vec<u8> {
    let mut bytes = vec![0; 1_000_000];
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[seed]).finalize_xof().fill(&mut bytes);
    bytes
}

/// The field of a client that has this file.
fn has(file: &[u8]) -> String {
    let hash = STANDARD.encode(Sha256::digest(file));
    format!("Available-Dictionary: :{hash}:")
}

#[test]
fn a_new_export_is_sent_as_its_difference_to_those_who_have_the_one_before() {
    let place = Place::new();
    place.game("game");
    place.game("other");
    let (old, others) = (noise(1), noise(2));
    place.write("game/game.pck", &old);
    place.write("other/game.pck", &others);
    let config =
        ["game", "other"].map(|slug| format!("[[games]]\nslug = \"{slug}\"\npath = \"{slug}\"\n"));
    place.write("config.toml", config.concat());
    let (_running, port) = place.serve(&["game", "--lang", "en"]);
    let mut client = Client::connect(port);
    let asks_as = |client: &mut Client, fields: &[&str]| client.request("GET", "/game.pck", fields);
    let browser = ["Sec-CH-UA: \"Chromium\";v=\"156\""];
    let first = asks_as(&mut client, &browser);
    assert_eq!(first.body, old);
    assert_eq!(first.field("use-as-dictionary"), Some("match=\"game.pck\""));

    let mut new = old.clone();
    new.splice(400_000..410_000, noise(3).into_iter().take(11_000));
    place.write("game/game.pck", &new);
    let known = has(&old);
    let fields = [browser[0], CODINGS, &known];
    let difference = in_time(|| {
        let answer = asks_as(&mut client, &fields);
        (answer.field("content-encoding") == Some("dcz")).then_some(answer)
    });
    let difference = difference.unwrap();
    assert!(difference.body.len() < 12_000, "{}", difference.body.len());
    assert_eq!(
        difference.field("use-as-dictionary"),
        Some("match=\"game.pck\"")
    );
    assert_eq!(difference.body[8..40], *Sha256::digest(&old));
    assert_eq!(patched(&place, &old, &difference.body), new);

    let tag = difference.field("etag").unwrap();
    let (now, none_match) = (has(&new), format!("If-None-Match: {tag}"));
    let refresh = asks_as(&mut client, &[CODINGS, &now, &none_match]);
    assert_eq!((refresh.status, refresh.field("etag")), (304, Some(tag)));

    let (strangers, anothers) = (has(b"stranger"), has(&others));
    for fields in [
        &[CODINGS][..],
        &[CODINGS, &strangers],
        &[CODINGS, &anothers],
        &[CODINGS, "Available-Dictionary: :not base64:"],
        &["Accept-Encoding: gzip, deflate, br, zstd", &known],
    ] {
        let answer = asks_as(&mut client, fields);
        assert_eq!(
            (answer.status, answer.field("content-encoding")),
            (200, None)
        );
        assert!(answer.body == new, "{fields:?}");
    }
}

/// The file that `zstd` makes of the one before and a difference.
fn patched(place: &Place, old: &[u8], difference: &[u8]) -> Vec<u8> {
    place.write("old", old);
    // The hash of the dictionary is checked by whoever has the dictionary.
    place.write("difference", &difference[40..]);
    let (old, difference, new) = (
        place.path("old"),
        place.path("difference"),
        place.path("new"),
    );
    let mut zstd = Command::new("zstd");
    zstd.args(["-q", "-d", "--patch-from"])
        .arg(&old)
        .arg(&difference)
        .arg("-o")
        .arg(&new);
    match zstd.status() {
        Ok(status) => {
            assert!(status.success());
            fs::read(new).unwrap()
        }
        // Not installed: by our own library.
        Err(_) => {
            let (old, difference) = (fs::read(old).unwrap(), fs::read(difference).unwrap());
            let decoder = zstd::stream::read::Decoder::with_ref_prefix(&difference[..], &old);
            let mut plain = Vec::new();
            std::io::Read::read_to_end(&mut decoder.unwrap(), &mut plain).unwrap();
            plain
        }
    }
}
