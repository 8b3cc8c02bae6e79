//! Adding games in the console: uploads and addresses.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{Console, JSON};
use crate::bombs::ZIP_OF_TOO_MANY;
use crate::support::{Client, Place, in_time};

/// A zip archive with one page.
fn zip(page: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("index.html", options).unwrap();
    std::io::Write::write_all(&mut archive, page.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

impl Console {
    /// Begins an upload; returns its number.
    fn begin_upload(&self, name: &str, bytes: u64) -> u64 {
        let answer = self.act("upload", &json!({"name": name, "bytes": bytes}));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let begun: Value = serde_json::from_slice(&answer.body).unwrap();
        begun["import"].as_u64().unwrap()
    }

    /// The status of the answer to a piece.
    fn send_piece(&self, upload: u64, offset: usize, content: &[u8]) -> u16 {
        let mut client = Client::connect(self.port);
        client.send(format!(
            "POST /pieces/{upload}/{offset} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{}\r\n{}\r\nContent-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n",
            self.port,
            self.with_cookie(),
            self.own_origin(),
            content.len()
        ));
        // The server may have refused it by its head.
        let _ = client.try_send(content);
        client.answer().status
    }

    /// The stage of an import, once it is over, and what is said of it.
    fn end_of(&self, import: u64) -> (String, String) {
        let view = |work: &Value| {
            let imports = work["imports"].as_array().unwrap().iter();
            imports
                .clone()
                .find(|view| view["number"] == import)
                .cloned()
        };
        let is_over = |work: &Value| {
            view(work).is_some_and(|view| {
                ["added", "failed", "taken", "cancelled"].contains(&view["stage"].as_str().unwrap())
            })
        };
        let work = self.events().until("work", is_over).unwrap();
        let view = view(&work).unwrap();
        let text = view["text"].as_str().unwrap_or_default().to_owned();
        (view["stage"].as_str().unwrap().to_owned(), text)
    }
}

/// The hidden folders of imports under way, and the games.
fn in_games(place: &Place) -> Vec<String> {
    let files = fs::read_dir(place.path("games"));
    let names = files
        .into_iter()
        .flatten()
        .map(|file| file.unwrap().file_name());
    names.map(|name| name.into_string().unwrap()).collect()
}

#[test]
fn an_uploaded_archive_is_added_and_can_be_published() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha", "--no-watch"]);
    let archive = zip("uploaded");
    let upload = console.begin_upload("../My Game.zip", archive.len() as u64);
    let (first, second) = archive.split_at(50);
    assert_eq!(console.send_piece(upload, 50, second), 409, "out of order");
    assert_eq!(console.send_piece(upload, 0, first), 200);
    assert_eq!(console.send_piece(upload, 0, first), 409, "twice");
    assert_eq!(
        console.send_piece(upload, 50, &[second, b"x"].concat()),
        409,
        "too long"
    );
    assert_eq!(console.send_piece(upload, 50, second), 200);
    assert_eq!(console.end_of(upload), ("added".into(), "my-game".into()));
    let has_it = |library: &Value| {
        library["games"]
            .as_array()
            .unwrap()
            .iter()
            .any(|game| game["slug"] == "my-game")
    };
    console.events().until("library", has_it).unwrap();
    assert_eq!(
        console.act("publish", &json!({"game": "my-game"})).status,
        200
    );
    assert_eq!(Client::connect(console.players).get("/").text(), "uploaded");
    assert!(
        in_time(|| (in_games(&place) == ["my-game"]).then_some(())).is_some(),
        "{:?}",
        in_games(&place)
    );
}

#[test]
fn a_cancelled_or_broken_upload_leaves_nothing() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    let config = fs::read(place.path("config.toml")).unwrap();
    let upload = console.begin_upload("half.zip", 2_000_000_000);
    assert_eq!(console.send_piece(upload, 0, &vec![7; 1 << 20]), 200);
    assert_eq!(
        console.send_piece(upload, 1 << 20, &vec![7; (1 << 20) + 1]),
        413
    );
    assert_eq!(in_games(&place).len(), 1);
    assert_eq!(
        console.act("cancel", &json!({"import": upload})).status,
        200
    );
    assert_eq!(console.end_of(upload).0, "cancelled");
    assert_eq!(console.send_piece(upload, 1 << 20, b"more"), 404);
    assert_eq!(
        console.act("cancel", &json!({"import": upload})).status,
        404
    );
    let broken = console.begin_upload("broken.zip", 7);
    assert_eq!(console.send_piece(broken, 0, b"no game"), 200);
    let (stage, text) = console.end_of(broken);
    assert_eq!(stage, "failed");
    assert!(!text.is_empty());
    let is_empty = in_time(|| in_games(&place).is_empty().then_some(()));
    assert!(is_empty.is_some(), "{:?}", in_games(&place));
    assert_eq!(fs::read(place.path("config.toml")).unwrap(), config);
    let large = console.act(
        "upload",
        &json!({"name": "large.zip", "bytes": 5_000_000_000u64}),
    );
    assert_eq!(large.status, 409);
}

#[test]
fn uploads_are_few_and_need_the_cookie_and_the_own_origin() {
    let place = Place::with_three_games();
    let mut console = Console::open(&place, &["alpha"]);
    let uploads: Vec<_> = (0..8)
        .map(|number| console.begin_upload(&format!("{number}.zip"), 100))
        .collect();
    assert_eq!(
        console
            .act("upload", &json!({"name": "9.zip", "bytes": 100}))
            .status,
        409
    );
    let own = console.own_origin();
    let octets = "Content-Type: application/octet-stream";
    let path = format!("/pieces/{}/0", uploads[0]);
    let cookie = console.with_cookie();
    for (fields, expected) in [
        (&[&*own, octets][..], 401),
        (&[&*cookie, octets], 403),
        (&[&cookie, "Origin: http://evil.example", octets], 403),
        (
            &[
                &cookie,
                &own,
                "Content-Type: multipart/form-data; boundary=x",
            ],
            415,
        ),
        (&[&cookie, &own, JSON], 415),
    ] {
        assert_eq!(
            console.send("POST", &path, fields, "x").status,
            expected,
            "{fields:?}"
        );
    }
    console.cookie = "none=1".to_owned();
    assert_eq!(console.send_piece(uploads[0], 0, b"x"), 401);
}

#[test]
fn only_an_address_of_the_web_is_added_and_what_fails_says_why() {
    let place = Place::with_three_games();
    place.game("elsewhere");
    let console = Console::open(&place, &["alpha"]);
    let path = place.path("elsewhere").to_str().unwrap().to_owned();
    for url in [
        &*path,
        "elsewhere",
        "file:///etc",
        "ftp://x.example/a.zip",
        "",
    ] {
        assert_eq!(
            console.act("add", &json!({"url": url})).status,
            409,
            "{url}"
        );
    }
    // The players' port has no archive.
    let url = format!("http://127.0.0.1:{}/none.zip", console.players);
    let answer = console.act("add", &json!({"url": url}));
    assert_eq!(answer.status, 200);
    let begun: Value = serde_json::from_slice(&answer.body).unwrap();
    let (stage, text) = console.end_of(begun["import"].as_u64().unwrap());
    assert_eq!(stage, "failed");
    assert!(text.contains("404"), "{text}");
}

#[test]
fn a_game_of_a_taken_slug_is_replaced_only_if_the_host_says_so() {
    let place = Place::with_three_games_and("");
    let console = Console::open(&place, &["alpha"]);
    let upload = |content: &[u8], replace: bool| {
        let content = (
            content,
            json!({"name": "Alpha.zip", "bytes": content.len(), "replace": replace}),
        );
        let answer = console.act("upload", &content.1);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let begun: Value = serde_json::from_slice(&answer.body).unwrap();
        let number = begun["import"].as_u64().unwrap();
        (number, content.0.to_vec())
    };
    // Before anything is sent.
    let config = fs::read(place.path("config.toml")).unwrap();
    let (taken, _) = upload(&zip("new"), false);
    assert_eq!(console.end_of(taken), ("taken".into(), "alpha".into()));
    assert_eq!(console.send_piece(taken, 0, b"x"), 404);
    assert_eq!(fs::read(place.path("config.toml")).unwrap(), config);
    let (number, archive) = upload(&zip("new"), true);
    assert_eq!(console.send_piece(number, 0, &archive), 200);
    assert_eq!(console.end_of(number), ("added".into(), "alpha".into()));
    // It was on the air, and is built again.
    let is_new = || (Client::connect(console.players).get("/").text() == "new").then_some(());
    assert!(in_time(is_new).is_some());
    let url = format!("http://127.0.0.1:{}/alpha.zip", console.players);
    let answer = console.act("add", &json!({"url": url, "replace": "yes"}));
    assert_eq!(answer.status, 400);
}

#[test]
fn an_upload_of_too_many_files_is_refused_with_the_reason() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha", "--no-watch"]);
    let archive = &*ZIP_OF_TOO_MANY;
    let upload = console.begin_upload("many.zip", archive.len() as u64);
    for (number, piece) in archive.chunks(1 << 20).enumerate() {
        assert_eq!(console.send_piece(upload, number << 20, piece), 200);
    }
    let (stage, text) = console.end_of(upload);
    assert_eq!(stage, "failed");
    assert!(text.contains("more than 200000 files"), "{text}");
    let is_empty = in_time(|| in_games(&place).is_empty().then_some(()));
    assert!(is_empty.is_some(), "{:?}", in_games(&place));
}

#[test]
fn a_large_upload_that_is_cancelled_half_way_leaves_nothing() {
    const PIECE: usize = 1 << 20;
    const SENT: usize = 1000;
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    let config = fs::read(place.path("config.toml")).unwrap();
    let upload = console.begin_upload("half.zip", 2 * (SENT * PIECE) as u64);
    let mut client = Client::connect(console.port);
    let piece = vec![7; PIECE];
    for number in 0..SENT {
        client.send(format!(
            "POST /pieces/{upload}/{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{}\r\n{}\r\nContent-Type: application/octet-stream\r\nContent-Length: {PIECE}\r\n\r\n",
            number * PIECE,
            console.port,
            console.with_cookie(),
            console.own_origin(),
        ));
        client.send(&piece);
        assert_eq!(client.answer().status, 200, "piece {number}");
    }
    let on_disk = || -> u64 {
        let folders = in_games(&place).into_iter();
        let files = folders.flat_map(|name| walk(&place.path(&format!("games/{name}"))));
        files.sum()
    };
    assert_eq!(
        on_disk(),
        (SENT * PIECE) as u64,
        "it is on the disk, not in memory"
    );
    // Cut in the middle of a piece, as by a browser that is closed, then cancelled from another console.
    client.send(format!(
        "POST /pieces/{upload}/{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{}\r\n{}\r\nContent-Type: application/octet-stream\r\nContent-Length: {PIECE}\r\n\r\n",
        SENT * PIECE,
        console.port,
        console.with_cookie(),
        console.own_origin(),
    ));
    client.send(&piece[..PIECE / 2]);
    drop(client);
    assert_eq!(
        console.act("cancel", &json!({"import": upload})).status,
        200
    );
    assert_eq!(console.end_of(upload).0, "cancelled");
    let is_empty = in_time(|| in_games(&place).is_empty().then_some(()));
    assert!(is_empty.is_some(), "{:?}", in_games(&place));
    assert_eq!(fs::read(place.path("config.toml")).unwrap(), config);
}

/// The sizes of all files in a folder.
pub(super) fn walk(folder: &Path) -> Vec<u64> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.flat_map(|entry| match entry.file_type().unwrap().is_dir() {
        true => walk(&entry.path()),
        false => vec![entry.metadata().unwrap().len()],
    });
    sizes.collect()
}
