//! Games in zip archives: found where folders are, sent as they were packed, and right whatever becomes of the archive.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use flate2::read::MultiGzDecoder;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;
use webserver::archive::Archive;
use webserver::archive::member::Method;
use webserver::fs::budget::GameBudget;
use webserver::library::game::Game;
use webserver::site::Site;
use webserver::site::options::BuildOptions;
use webserver::site::progress::BuildProgress;

use crate::content;
use crate::support::{Client, Place, Running, head, in_time, respond};
use crate::zips::{Entry, archive, zip};

/// The accept-encoding fields of the tests: none, a phone's on plain http, a desktop's on localhost.
const ACCEPTED: [Option<&str>; 4] = [
    None,
    Some("gzip, deflate"),
    Some("gzip, deflate, br, zstd"),
    Some("identity"),
];

fn files() -> Vec<(&'static str, Vec<u8>)> {
    let noise = (0..70_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8);
    vec![
        ("index.html", b"<!doctype html><title>zip</title>".repeat(3)),
        ("build/game.js", b"let score = 0;\n".repeat(20_000)),
        ("build/noise.bin", noise.clone().collect()),
        ("build/hero.png", noise.collect()),
        ("empty.txt", Vec::new()),
        ("角色/英雄 1.json", b"{\"name\": \"hero\"}".repeat(30)),
    ]
}

/// The archive of a game whose files are in `folder`, which is nothing or ends in a slash.
fn packed(folder: &str) -> Vec<u8> {
    let files = files();
    let names: Vec<_> = files
        .iter()
        .map(|(name, _)| format!("{folder}{name}"))
        .collect();
    let files = names.iter().zip(&files);
    let files: Vec<_> = files
        .map(|(name, (_, content))| (name.as_str(), content.as_slice()))
        .collect();
    zip(&files)
}

fn options(settings: &str) -> BuildOptions {
    toml::from_str(settings).unwrap()
}

/// A whole answer.
fn ask(
    site: &Site,
    path: &str,
    fields: &[(header::HeaderName, &str)],
) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut request = Request::get(path).header("host", "localhost");
    for (name, value) in fields {
        request = request.header(name, *value);
    }
    let (parts, body) = respond(site, &request.body(()).unwrap()).into_parts();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let body = runtime.block_on(body.collect()).unwrap().to_bytes();
    (parts.status, parts.headers, body.to_vec())
}

fn decoded(coding: Option<&str>, body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match coding {
        None => plain.extend(body),
        Some("gzip") => {
            MultiGzDecoder::new(body).read_to_end(&mut plain).unwrap();
        }
        Some("br") => {
            brotli::Decompressor::new(body, 4096)
                .read_to_end(&mut plain)
                .unwrap();
        }
        Some("zstd") => plain = zstd::decode_all(body).unwrap(),
        Some(other) => panic!("{other}"),
    }
    plain
}

fn url(name: &str) -> String {
    let escape = |c: char| match c {
        ' ' => "%20".to_owned(),
        c => c.to_string(),
    };
    let name: String = name.chars().map(escape).collect();
    format!(
        "/{}",
        percent_encoding::utf8_percent_encode(&name, percent_encoding::CONTROLS)
    )
}

#[test]
fn every_file_of_a_zip_is_sent_whole_in_every_coding_from_memory_and_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("game.zip");
    for inner in ["", "game/"] {
        fs::write(&path, packed(inner)).unwrap();
        let game = Game::from_path(&path).unwrap();
        for settings in ["", "big_file_mib = 0", "memory_mib = 0"] {
            let site =
                Site::build(&game, options(settings), None, &BuildProgress::default()).unwrap();
            check_site(&site);
            check_site(&site.compressed(None, &|| true).unwrap());
        }
    }
}

fn check_site(site: &Site) {
    assert_eq!(site.files, files().len());
    for (name, content) in files() {
        for accepted in ACCEPTED {
            let fields: Vec<_> = accepted
                .map(|accepted| (header::ACCEPT_ENCODING, accepted))
                .into_iter()
                .collect();
            let (status, answered, body) = ask(site, &url(name), &fields);
            assert_eq!(status, 200, "{name}");
            let coding = answered.get(header::CONTENT_ENCODING);
            let coding = coding.map(|coding| coding.to_str().unwrap());
            let length = answered[header::CONTENT_LENGTH].to_str().unwrap();
            assert_eq!(length, body.len().to_string());
            assert_eq!(decoded(coding, &body), content, "{name} {accepted:?}");
            let is_text = name.ends_with(".js") || name.ends_with(".json");
            if let (Some("gzip, deflate"), true) = (accepted, is_text) {
                assert_eq!(coding, Some("gzip"), "{name}");
            }
            let tag = (header::IF_RANGE, answered[header::ETAG].to_str().unwrap());
            check_ranges(site, &url(name), &fields, &content);
            check_ranges(site, &url(name), &[&fields[..], &[tag]].concat(), &body);
        }
    }
}

/// A range is one of the file, or with `If-Range` of the representation that the whole answer had.
fn check_ranges(site: &Site, path: &str, fields: &[(header::HeaderName, &str)], whole: &[u8]) {
    let length = whole.len();
    for (range, expected) in [
        ("bytes=0-1", 0..2.min(length)),
        ("bytes=7-", 7.min(length)..length),
        ("bytes=-5", length.saturating_sub(5)..length),
        ("bytes=11-20", 11.min(length)..21.min(length)),
    ] {
        let fields = [fields, &[(header::RANGE, range)]].concat();
        let (status, _, body) = ask(site, path, &fields);
        let expected_status = if expected.is_empty() { 416 } else { 206 };
        match status.as_u16() {
            // RFC 9110, 14.2: a server may ignore a range of nothing.
            200 => assert!(length == 0),
            status => assert_eq!(status, expected_status, "{path} {range}"),
        }
        if status == 206 {
            assert_eq!(body, whole[expected], "{path} {range}");
        }
    }
}

#[test]
fn deflated_members_are_sent_without_compressing_them_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("game.zip");
    fs::write(&path, packed("")).unwrap();
    let archive = Archive::open(&path, &GameBudget::default()).unwrap();
    for settings in ["", "big_file_mib = 0"] {
        let game = Game::from_path(&path).unwrap();
        let site = Site::build(&game, options(settings), None, &BuildProgress::default()).unwrap();
        for site in [&site, &site.compressed(None, &|| true).unwrap()] {
            let script = &archive.members()[1];
            assert_eq!(script.method, Method::Deflated);
            let mut deflated = Vec::new();
            archive.packed(script).read_to_end(&mut deflated).unwrap();
            let fields = [(header::ACCEPT_ENCODING, "gzip")];
            let (_, _, gzip) = ask(site, "/build/game.js", &fields);
            // RFC 1952, 2.3: ten bytes before, eight after.
            assert_eq!(gzip[10..gzip.len() - 8], deflated);
        }
    }
}

#[test]
fn archives_are_listed_beside_folders() {
    let place = Place::new();
    place.write("listed.zip", packed(""));
    place.write("library/first.zip", packed("first/"));
    place.write("library/Second.ZIP", packed(""));
    place.write("library/third/index.html", "a folder");
    place.write("library/folder.zip/index.html", "a folder of that name");
    place.write("library/notes.txt", "no game");
    place.write(
        "pages.zip",
        zip(&[("a/start.html", b"start"), ("a/other.html", b"other")]),
    );
    place.write(
        "config.toml",
        "library = \"library\"\n\
        [[games]]\nslug = \"listed\"\npath = \"listed.zip\"\n\
        [[games]]\nslug = \"pages\"\npath = \"pages.zip\"\nentry = \"start.html\"\n",
    );
    let finished = place.run(&["list", "--json"]).with_code(0);
    let library: Value = serde_json::from_str(&finished.out).unwrap();
    let slugs: Vec<_> = library["games"]
        .as_array()
        .unwrap()
        .iter()
        .map(|game| game["slug"].as_str().unwrap())
        .collect();
    let expected = ["listed", "pages", "first", "folder-zip", "second", "third"];
    assert_eq!(slugs, expected);
    assert_eq!(library["rejected"].as_array().unwrap().len(), 0);
    for (game, page) in [
        ("listed", "<title>zip"),
        ("first", "<title>zip"),
        ("second", "<title>zip"),
        ("pages", "start"),
        ("listed.zip", "<title>zip"),
        ("./library/first.zip", "<title>zip"),
    ] {
        let (_running, port) = place.serve(&[game]);
        let mut client = Client::connect(port);
        assert!(client.get("/").text().contains(page), "{game}");
        if page != "start" {
            let hero = client.get("/build/hero.png");
            assert_eq!((hero.status, hero.body), (200, files()[3].1.clone()));
        }
    }
}

#[test]
fn an_archive_that_is_no_game_is_rejected_with_the_reason() {
    let place = Place::new();
    let locked = Entry {
        flags: 1,
        ..Entry::stored("secret.js", "x")
    };
    let page = Entry::stored("index.html", "page");
    for (name, bytes) in [
        ("torn", packed("")[..500].to_vec()),
        ("locked", archive(&[page.clone(), locked])),
        ("escape", archive(&[page, Entry::stored("../x", "x")])),
        ("pageless", zip(&[("readme.txt", b"hello")])),
    ] {
        place.write(&format!("library/{name}.zip"), bytes);
    }
    place.write("config.toml", "library = \"library\"");
    let finished = place.run(&["list", "--json"]).with_code(0);
    let library: Value = serde_json::from_str(&finished.out).unwrap();
    let reasons: Vec<_> = library["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rejected| {
            (
                rejected["name"].as_str().unwrap(),
                rejected["reason"].as_str().unwrap(),
            )
        })
        .collect();
    for ((name, reason), (expected, words)) in reasons.iter().zip([
        ("escape.zip", "\"../x\", which points outside"),
        ("locked.zip", "\"secret.js\", which is encrypted"),
        ("pageless.zip", "no index.html"),
        ("torn.zip", "not a complete archive"),
    ]) {
        assert_eq!(*name, expected);
        assert!(reason.contains(words), "{reason}");
    }
    for (name, code, english, chinese) in [
        (
            "library/torn.zip",
            1,
            "not a complete archive",
            "不是完整的压缩包",
        ),
        ("library/locked.zip", 1, "is encrypted", "已加密"),
        (
            "library/pageless.zip",
            2,
            "no index.html",
            "没有 index.html",
        ),
        ("library/none.zip", 2, "does not exist", "不存在"),
    ] {
        for (language, words) in [("en", english), ("zh-CN", chinese)] {
            let finished = place.run(&["0", name, "--lang", language]).with_code(code);
            assert!(finished.err.contains(words), "{}", finished.err);
        }
    }
}

#[test]
fn a_zip_with_damaged_content_is_not_published() {
    let place = Place::new();
    let damaged = Entry {
        crc: 1,
        ..Entry::deflated("game.js", "let score = 0;")
    };
    place.write(
        "game.zip",
        archive(&[Entry::stored("index.html", "page"), damaged.clone()]),
    );
    let finished = place.run(&["0", "game.zip"]).with_code(1);
    assert!(finished.err.contains("\"game.js\""), "{}", finished.err);

    // The same where it would have been sent from disk.
    place.write("config.toml", "[site]\nbig_file_mib = 0\n");
    for damaged in [
        damaged,
        Entry {
            crc: 1,
            ..Entry::stored("game.js", "let score = 0;")
        },
    ] {
        place.write(
            "game.zip",
            archive(&[Entry::stored("index.html", "page"), damaged]),
        );
        let finished = place.run(&["0", "game.zip"]).with_code(1);
        assert!(finished.err.contains("\"game.js\""), "{}", finished.err);
    }
}

#[test]
fn an_arcade_begins_with_the_first_game_that_is_not_damaged() {
    let place = Place::new();
    let damaged = Entry {
        crc: 1,
        ..Entry::deflated("game.js", "let score = 0;")
    };
    let page = Entry::stored("index.html", "page");
    place.write("games/a.zip", archive(&[page, damaged]));
    for settings in ["", "default_game = \"a\"\n"] {
        fs::remove_dir_all(place.path("games/b")).unwrap_or_default();
        place.write("config.toml", format!("library = \"games\"\n{settings}"));
        let none = place.run(&["0", "--arcade"]).with_code(1);
        assert!(none.err.contains("\"game.js\""), "{}", none.err);
        place.game("games/b");
        let (running, _) = place.serve(&["--arcade"]);
        running.until_err("note", |err| err.contains("b is published instead"));
        let is_on_air = in_time(|| {
            let status = place.run(&["status", "--json"]).with_code(0).out;
            let status: Value = serde_json::from_str(&status).unwrap();
            (status["game"] == "b").then_some(())
        });
        assert!(is_on_air.is_some(), "{}", running.err());
    }
}

/// A stored file that is read from the archive while it is sent: more than the sockets between hold.
const LENGTH: usize = 16 << 20;

/// An unpacked file of more than the settings want in memory.
const UNPACKED: usize = 2 << 20;

/// A game whose stored `big.ogg` and deflated `big.bin` are sent from disk, with a download of the former under way.
fn downloading() -> (Place, Running, Client) {
    let place = Place::new();
    place.write("config.toml", "[site]\nbig_file_mib = 1\n");
    let big = noise();
    let files: [(&str, &[u8]); 3] = [
        ("index.html", b"page"),
        ("big.ogg", big),
        ("big.bin", &big[..UNPACKED]),
    ];
    place.write("game.zip", zip(&files));
    let zip = File::options()
        .append(true)
        .open(place.path("game.zip"))
        .unwrap();
    let long_ago = SystemTime::now() - Duration::from_secs(1000);
    zip.set_modified(long_ago).unwrap();
    let (running, port) = place.serve(&["game.zip"]);
    let mut client = Client::connect(port);
    client.send(head("GET", "/big.ogg", &[]));
    let answer = client.answer_head().unwrap();
    assert_eq!((answer.status, answer.length()), (200, LENGTH));
    (place, running, client)
}

fn noise() -> &'static [u8] {
    static NOISE: OnceLock<Vec<u8>> = OnceLock::new();
    NOISE.get_or_init(|| content::noise(1, LENGTH))
}

fn rewrite(place: &Place) {
    let mut zip = File::options()
        .write(true)
        .open(place.path("game.zip"))
        .unwrap();
    zip.seek(SeekFrom::Start(100)).unwrap();
    zip.write_all(&vec![0; LENGTH]).unwrap();
}

fn truncate(place: &Place) {
    let zip = File::options()
        .write(true)
        .open(place.path("game.zip"))
        .unwrap();
    zip.set_len(1000).unwrap();
}

fn replace(place: &Place) {
    place.write("new.zip", packed(""));
    fs::rename(place.path("new.zip"), place.path("game.zip")).unwrap();
}

fn delete(place: &Place) {
    fs::remove_file(place.path("game.zip")).unwrap();
}

#[test]
fn a_changing_archive_never_corrupts_a_download() {
    for (change, is_whole) in [
        (rewrite as fn(&Place), false),
        (truncate, false),
        (replace, true),
        (delete, true),
    ] {
        let (place, running, mut client) = downloading();
        change(&place);
        let mut body = Vec::new();
        while body.len() < LENGTH {
            match client.read(1 << 16) {
                Ok(piece) if !piece.is_empty() => body.extend(piece),
                _ => break,
            }
        }
        assert!(body[..] == noise()[..body.len()], "other bytes got in");
        assert_eq!(body.len() == LENGTH, is_whole);
        if !is_whole {
            running.until_err("warning", |err| err.contains("big.ogg"));
        }
        // What is in memory, and what was unpacked, is as it was.
        let mut client = Client::connect(running.port());
        assert_eq!(client.get("/").text(), "page");
        let answer = client.get("/big.bin");
        assert!(answer.body == noise()[..UNPACKED]);
    }
}

#[test]
fn an_archive_is_read_anew_for_each_build() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("game.zip");
    fs::write(&path, zip(&[("index.html", b"old")])).unwrap();
    let game = Game::from_path(&path).unwrap();
    let old = Site::build(
        &game,
        BuildOptions::default(),
        None,
        &BuildProgress::default(),
    )
    .unwrap();
    fs::write(&path, zip(&[("index.html", b"new page")])).unwrap();
    let new = Site::build(
        &game,
        BuildOptions::default(),
        None,
        &BuildProgress::default(),
    )
    .unwrap();
    for (site, expected) in [(&old, "old"), (&new, "new page")] {
        assert_eq!(ask(site, "/", &[]).2, expected.as_bytes());
    }
    fs::remove_file(&path).unwrap();
    assert!(
        Site::build(
            &game,
            BuildOptions::default(),
            None,
            &BuildProgress::default()
        )
        .is_err()
    );
}

/// Descriptors are what a busy machine runs out of.
#[test]
fn nothing_is_left_open_or_behind() {
    let place = Place::new();
    for number in 0..20 {
        place.write(&format!("library/{number}.zip"), packed(""));
    }
    place.write(
        "config.toml",
        "library = \"library\"\n[site]\nbig_file_mib = 0\n",
    );
    let temporary = place.path("temporary");
    fs::create_dir(&temporary).unwrap();
    let mut command = place.webserver(&["0", "7"]);
    command.env("TMPDIR", &temporary);
    let running = Running::start(command);
    running.port();
    let left = fs::read_dir(&temporary).unwrap().flatten();
    let files = left.filter(|entry| entry.file_type().unwrap().is_file());
    assert_eq!(files.count(), 0);
    let links = || {
        let open = fs::read_dir(format!("/proc/{}/fd", running.pid())).unwrap();
        let links = open.flatten().map(|entry| fs::read_link(entry.path()));
        links.flatten().collect::<Vec<_>>()
    };
    let of_library = || {
        let links = links().into_iter();
        let links = links.filter(|link| link.to_string_lossy().contains("library"));
        links.count()
    };
    // The site's, not one for each of the twenty. The look for missing files after the publication has its own for a moment.
    in_time(|| (of_library() == 1).then_some(())).unwrap_or_else(|| panic!("{:?}", links()));
    let links = links();
    let copies = links.iter().filter(|link| link.starts_with(&temporary));
    assert_eq!(copies.count(), 1, "{links:?}");
    in_time(|| Some(Client::connect(running.port()).get("/").status)).unwrap();
}

#[test]
fn an_unusable_temporary_folder_is_named() {
    let place = Place::new();
    place.write("game.zip", packed(""));
    place.write("config.toml", "[site]\nbig_file_mib = 0\n");
    let mut command = place.webserver(&["0", "game.zip"]);
    command.env("TMPDIR", place.path("nowhere"));
    let finished = Running::start(command).exit().with_code(1);
    for words in ["nowhere", "TMPDIR"] {
        assert!(finished.err.contains(words), "{}", finished.err);
    }
}
