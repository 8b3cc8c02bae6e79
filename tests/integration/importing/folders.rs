//! Games that are folders: copied as they are served.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::games;
use crate::support::{Client, Place, Running};

#[test]
fn a_copied_folder_is_identical() {
    let place = Place::new();
    place.game("export");
    let sparse = File::create(place.path("export/sparse.bin")).unwrap();
    sparse.write_all_at(b"end", 64 << 20).unwrap();
    sparse.write_all_at(b"middle", 8 << 20).unwrap();
    sparse.set_len(80 << 20).unwrap();
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    sparse.set_modified(old).unwrap();
    place.write("export/big.bin", vec![7; 20 << 20]);
    place.write("export/empty", "");
    symlink("big.bin", place.path("export/same.bin")).unwrap();
    place.run(&["add", "export"]).with_code(0);
    let copied = |name: &str| place.path("games/export").join(name);
    let is_same = |name: &str| {
        fs::read(copied(name)).unwrap() == fs::read(place.path("export").join(name)).unwrap()
    };
    for name in ["sparse.bin", "big.bin", "empty", "same.bin"] {
        assert!(is_same(name), "{name}");
        assert!(!copied(name).is_symlink());
    }
    let metadata = fs::metadata(copied("sparse.bin")).unwrap();
    assert_eq!(metadata.modified().unwrap(), old);
    assert!(
        metadata.blocks() * 512 < 10 << 20,
        "{} blocks",
        metadata.blocks()
    );
}

#[test]
fn a_folder_of_games_that_is_a_link_to_nowhere_is_said_to_be_one() {
    let place = Place::new();
    place.game("export");
    symlink("/media/usb/games", place.path("games")).unwrap();
    let failed = place.run(&["add", "export"]).with_code(1);
    let expected = "games is a link to /media/usb/games, where nothing is";
    assert!(failed.out.contains(expected), "{failed:?}");
}

/// Puts something into a game's folder.
type Spoil = fn(&Path);

#[test]
fn what_serving_leaves_out_is_left_out_and_said() {
    let spoil: [(&str, &str, Spoil); 6] = [
        ("out.js", "link-out", |game| {
            symlink("/etc/hostname", game.join("out.js")).unwrap()
        }),
        ("dead.js", "dead-link", |game| {
            symlink("nowhere", game.join("dead.js")).unwrap()
        }),
        ("loop", "dead-link", |game| {
            symlink(".", game.join("loop")).unwrap()
        }),
        ("pipe", "special", |game| {
            rustix::fs::mknodat(
                rustix::fs::CWD,
                game.join("pipe"),
                rustix::fs::FileType::Fifo,
                0o600.into(),
                0,
            )
            .unwrap();
        }),
        ("socket", "special", |game| {
            UnixListener::bind(game.join("socket")).unwrap();
        }),
        ("caf\u{fffd}.js", "name", |game| {
            fs::write(game.join(OsStr::from_bytes(b"caf\xe9.js")), "x").unwrap();
        }),
    ];
    for (path, reason, spoil) in spoil {
        let place = Place::new();
        place.game("export");
        spoil(&place.path("export"));
        let done = place.run(&["add", "export"]).with_code(0);
        assert!(done.err.contains(path), "{path}: {done:?}");
        assert_eq!(games(&place)["export"].len(), 1, "{path}");
        assert!(!place.path("games/export").join(path).exists(), "{path}");

        let why = place.run(&["list", "--json", "--why", "export/"]);
        let why: serde_json::Value = serde_json::from_str(&why.out).unwrap();
        let expected = serde_json::json!([{"file": path, "reason": reason}]);
        assert_eq!(why["left_out"], expected, "{path}");
        let why = place.run(&["list", "--why", "export/"]).with_code(0).out;
        assert!(why.contains("left out") && why.contains(path), "{why}");
        let check = place.run(&["check", "export/"]).out;
        assert!(
            check.contains(path) && check.contains("is not served"),
            "{check}"
        );
    }
}

#[test]
fn the_folder_of_the_library_is_not_added_to_itself() {
    let place = Place::new();
    place.game("export");
    fs::create_dir(place.path("export/games")).unwrap();
    let mut command = place.webserver(&["add", "."]);
    command.current_dir(place.path("export"));
    let done = Running::start(command).exit().with_code(1);
    assert!(done.out.contains("library itself"), "{done:?}");
    assert!(!place.path("config.toml").exists());
}

#[test]
fn backslashes_in_names_of_an_unpacked_folder_are_separators() {
    let place = Place::new();
    place.write("export/index.html", "page");
    place.write("export/assets\\hero.js", "hero");
    place.write("export/a\\b.js", "backslash");
    place.write("export/a/b.js", "slash");
    place.write("export/end\\", "no separator");
    let (_server, port) = place.serve(&["export"]);
    let mut client = Client::connect(port);
    assert_eq!(client.get("/assets/hero.js").text(), "hero");
    assert_eq!(client.get("/a/b.js").text(), "slash");
    assert_eq!(client.get("/a%5Cb.js").text(), "backslash");
    assert_eq!(client.get("/end%5C").text(), "no separator");
    place.run(&["add", "export"]).with_code(0);
    let files = &games(&place)["export"];
    assert_eq!(files["assets/hero.js"], b"hero");
    assert_eq!(files["a/b.js"], b"slash");
    assert_eq!(files["a\\b.js"], b"backslash");
}
