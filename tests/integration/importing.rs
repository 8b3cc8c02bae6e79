//! Adding games from folders and archives, removing and renaming them.

mod entries;
mod folders;
mod hostile;
mod interruptions;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{EntryType, Header};
use webserver::config::Config;
use webserver::library::listing::Library;

use crate::support::{Client, Place};

/// Reads the games of a library, each with its files and their content. No game may be rejected.
pub(crate) fn games(place: &Place) -> BTreeMap<String, BTreeMap<String, Vec<u8>>> {
    let config = Config::find(Some(&place.path("config.toml"))).unwrap();
    let library = Library::open(&config.library_options());
    assert!(library.rejected.is_empty(), "{:?}", library.rejected);
    let bundled = |slug: &str| {
        ["garden", "carrot", "2048", "mind"]
            .iter()
            .any(|name| slug.starts_with(name))
    };
    let own = library
        .games
        .into_iter()
        .filter(|game| !bundled(&game.slug));
    own.map(|game| {
        let root = PathBuf::from(game.source.to_string());
        let files = game.source.files().unwrap().into_iter();
        let read = |path: String| (path.clone(), fs::read(root.join(path)).unwrap());
        (game.slug, files.map(|file| read(file.path)).collect())
    })
    .collect()
}

/// Lists the folder of imported games.
pub(crate) fn kept(place: &Place) -> Vec<String> {
    let children = fs::read_dir(place.path("games")).into_iter().flatten();
    let mut names: Vec<_> = children
        .map(|child| child.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn config(place: &Place) -> String {
    fs::read_to_string(place.path("config.toml")).unwrap()
}

pub(crate) fn zip(place: &Place, name: &str, files: &[(&str, &str)]) {
    let mut zip = zip::ZipWriter::new(File::create(place.path(name)).unwrap());
    for (path, content) in files {
        zip.start_file(*path, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

fn tar(files: &[(&[u8], EntryType, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, entry_type, content) in files {
        let mut header = Header::new_gnu();
        // The builder refuses some of these names.
        header.as_old_mut().name[..path.len()].copy_from_slice(path);
        header.set_entry_type(*entry_type);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, *content).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

const PAGE: (&[u8], EntryType, &[u8]) = (b"index.html", EntryType::Regular, b"page");

#[test]
fn every_kind_of_source_is_imported() {
    let place = Place::new();
    place.write("export/index.html", "page");
    place.write("export/sub/a.js", "a");
    place.write("export/.git/config", "secret");
    place.write("wrapped/Build 1.0/index.html", "page");
    zip(
        &place,
        "Some Game.zip",
        &[
            ("Some Game/index.html", "page"),
            ("Some Game/sub/a.js", "a"),
        ],
    );
    let tarball = tar(&[
        PAGE,
        (b"sub/a.js", EntryType::Regular, b"a"),
        (b".x", EntryType::Regular, b"x"),
    ]);
    place.write("one.tar", &tarball);
    place.write("two.tar.gz", gzip(&tarball));
    place.write(
        "three.tar.zst",
        zstd::encode_all(tarball.as_slice(), 1).unwrap(),
    );
    let done = place
        .run(&[
            "add",
            "export",
            "wrapped",
            "Some Game.zip",
            "one.tar",
            "two.tar.gz",
            "three.tar.zst",
        ])
        .with_code(0);
    assert_eq!(done.out.lines().count(), 6, "{done:?}");

    let games = games(&place);
    let slugs: Vec<_> = games.keys().collect();
    assert_eq!(
        slugs,
        ["export", "one", "some-game", "three", "two", "wrapped"]
    );
    for (slug, files) in &games {
        assert_eq!(files["index.html"], b"page", "{slug}");
        if slug != "wrapped" {
            assert_eq!(files["sub/a.js"], b"a", "{slug}");
            assert_eq!(files.len(), 2, "{slug}");
        }
    }
    assert!(!place.path("games/export/.git").exists());
    assert!(config(&place).contains("title = \"Some Game\""));
    // The bundled games are still in the library.
    assert!(place.run(&["list"]).out.contains("2048"));
}

#[test]
fn a_failed_source_does_not_stop_the_others() {
    let place = Place::new();
    place.game("good");
    place.game("better");
    fs::create_dir(place.path("empty")).unwrap();
    place.write("text.zip", "no archive at all");
    let done = place
        .run(&[
            "add",
            "good",
            "nowhere",
            "empty",
            "text.zip",
            "better",
            "ftp://a/b.zip",
            "file:///a/b.zip",
        ])
        .with_code(1);
    let failed = done
        .out
        .lines()
        .filter(|line| line.starts_with("failed"))
        .count();
    assert_eq!(failed, 5, "{done:?}");
    for word in [
        "nowhere not found",
        "no entry page",
        "not an archive",
        "ftp is not supported",
        "without file://",
    ] {
        assert!(done.out.contains(word), "{word}: {done:?}");
    }
    assert_eq!(games(&place).len(), 2);
    assert_eq!(kept(&place), ["better", "good"]);
}

#[test]
fn a_dry_run_changes_nothing() {
    let place = Place::new();
    place.game("export");
    zip(&place, "a.zip", &[("a/index.html", "page")]);
    place.write(
        "b.tar.gz",
        gzip(&tar(&[(b"readme.txt", EntryType::Regular, b"x")])),
    );
    let done = place
        .run(&["add", "--dry-run", "export", "a.zip", "b.tar.gz"])
        .with_code(1);
    assert_eq!(done.out.matches("would be added").count(), 2, "{done:?}");
    assert!(done.out.contains("no entry page"), "{done:?}");
    assert!(!place.path("config.toml").exists());
    assert!(!place.path("games").exists());
}

#[test]
fn a_slug_can_be_chosen_and_is_taken_once() {
    let place = Place::new();
    place.game("export");
    place
        .run(&[
            "add",
            "export",
            "--as",
            "my-game",
            "--title",
            "My \"Game\" 游戏",
        ])
        .with_code(0);
    let listed = place.run(&["list"]).out;
    assert!(listed.contains("My \"Game\" 游戏"), "{listed}");
    for (arguments, code, word) in [
        (&["add", "export", "--as", "my-game"][..], 1, "--force"),
        (&["add", "export", "--as", "2048"], 1, "--force"),
        (&["add", "export", "--as", "My Game"], 2, "my-game"),
        (
            &["add", "export", "export", "--as", "a"],
            2,
            "number of --as",
        ),
        (&["add"], 2, "SOURCE"),
        (&["add", "export", "--jobs", "0"], 2, "--jobs"),
        (&["add", "export", "--max-size", "big"], 2, "--max-size"),
        (&["rename", "my-game"], 2, "NEW-SLUG"),
        (&["rename", "my-game", "2048"], 1, "already"),
        (&["rename", "mygame", "x"], 1, "my-game"),
        (&["rename", "nothing", "x"], 1, "webserver list"),
    ] {
        let done = place.run(arguments).with_code(code);
        assert!(
            format!("{}{}", done.out, done.err).contains(word),
            "{done:?}"
        );
    }
    assert_eq!(kept(&place), ["my-game"]);
}

#[test]
fn a_replaced_game_keeps_its_settings() {
    let place = Place::new();
    place.game("export");
    place.write("config.toml", "# mine\n[[games]]\nslug = \"a\" # short\ntitle = { en = \"A\", zh = \"甲\" }\npath = \"games/a\"\nentry = \"old.html\"\ncover = \"c.png\"\n");
    place.write("games/a/old.html", "old");
    place.write("new/index.html", "new");
    place.write("new/c.png", "picture");
    place
        .run(&["add", "new", "--as", "a", "--force"])
        .with_code(0);
    let expected = "# mine\n[[games]]\nslug = \"a\" # short\ntitle = { en = \"A\", zh = \"甲\" }\npath = \"games/a-2\"\ncover = \"c.png\"\n";
    assert_eq!(config(&place), expected);
    assert_eq!(games(&place)["a"]["index.html"], b"new");
    assert_eq!(kept(&place), ["a-2"]);
    // A failed import leaves it.
    place.write("bad.zip", "PK\x03\x04 and nothing");
    place
        .run(&["add", "bad.zip", "--as", "a", "--force"])
        .with_code(1);
    assert_eq!(config(&place), expected);
    assert_eq!(kept(&place), ["a-2"]);
}

/// Waits until a process handles SIGINT.
pub(crate) fn wait_for_handler(pid: u32) {
    crate::support::in_time(|| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let caught = status
            .lines()
            .find_map(|line| line.strip_prefix("SigCgt:"))?;
        let caught = u64::from_str_radix(caught.trim(), 16).ok()?;
        (caught & 1 << (2 - 1) != 0).then_some(())
    })
    .expect("it does not listen");
}

#[test]
fn an_added_game_is_published_on_request() {
    let place = Place::with_three_games();
    let (_running, port) = place.serve(&["alpha"]);
    let add = ["add", "export", "--force", "--publish"];
    for edition in ["first", "second"] {
        place.write("export/index.html", edition);
        place.run(&add).with_code(0);
        assert_eq!(Client::connect(port).get("/").text(), edition);
    }
    let (_other, other) = place.serve(&["beta"]);
    let done = place.run(&add).with_code(1);
    assert!(done.err.contains("--port"), "{done:?}");
    let done = place.run(&[&add[..], &["--port", &other.to_string()]].concat());
    assert_eq!(Client::connect(other).get("/").text(), "second", "{done:?}");
}

#[test]
fn adding_needs_no_terminal() {
    let place = Place::new();
    place.game("export");
    let mut command = place.webserver(&["add", "export"]);
    command.stdout(File::options().write(true).open("/dev/full").unwrap());
    let status = command.stderr(io::stderr()).status().unwrap();
    // The result cannot be printed, but the game is added.
    assert_eq!(status.code(), Some(1));
    assert_eq!(games(&place).len(), 1);
}
