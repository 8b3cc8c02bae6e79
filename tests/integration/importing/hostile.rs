//! Archives that are malicious, broken or packed by old systems.

use std::fs;
use std::os::unix::fs::symlink;

use tar::EntryType;

use super::{PAGE, games, gzip, tar};
use crate::support::{Client, Place, Running};
use crate::zips::{Entry, archive};

#[test]
fn a_malicious_archive_leaves_nothing() {
    let long: Vec<u8> = vec![b'a'; 3 << 20];
    let whole = tar(&[PAGE, (b"a.bin", EntryType::Regular, &long)]);
    let regular = EntryType::Regular;
    for (name, archive, word) in [
        (
            "escape.tar",
            tar(&[PAGE, (b"../evil", regular, b"x")]),
            "points outside",
        ),
        (
            "deep.tar",
            tar(&[PAGE, (b"a/../../evil", regular, b"x")]),
            "points outside",
        ),
        (
            "hard.tar",
            tar(&[PAGE, (b"evil", EntryType::Link, b"")]),
            "link",
        ),
        (
            "name.tar",
            tar(&[
                PAGE,
                (b"././@LongLink", EntryType::GNULongName, &long),
                PAGE,
            ]),
            "not a complete archive",
        ),
        (
            "pax.tar",
            tar(&[PAGE, (b"pax", EntryType::XHeader, &long), PAGE]),
            "not a complete archive",
        ),
        (
            "torn.tar",
            whole[..whole.len() / 2].to_vec(),
            "not a complete archive",
        ),
        (
            "torn.tar.gz",
            gzip(&whole)[..1000].to_vec(),
            "not a complete archive",
        ),
        (
            "changed.tar.gz",
            changed(gzip(&whole)),
            "not a complete archive",
        ),
        ("torn.tar.zst", torn_zstd(&whole), "not a complete archive"),
        ("text.gz", gzip(b"no tar"), "not a complete archive"),
        ("nothing.gz", gzip(b""), "not a complete archive"),
        ("empty.zip", Vec::new(), "not an archive"),
    ] {
        let place = Place::new();
        place.write(name, archive);
        let done = place.run(&["add", name]).with_code(1);
        assert!(done.out.contains(word), "{name}: {done:?}");
        assert!(!place.path("games").exists(), "{name}");
        assert!(!place.path("config.toml").exists(), "{name}");
        assert!(
            !place.path("evil").exists() && !place.path("../evil").exists(),
            "{name}"
        );
    }
}

#[test]
fn links_in_an_archive_stand_for_the_files_that_they_lead_to() {
    let place = Place::new();
    place.game("game");
    place.write("game/art/hero.png", "hero");
    for (path, target) in [
        ("same.png", "art/hero.png"),
        ("pictures", "art"),
        ("art/page.html", "../index.html"),
        ("out", "/etc"),
        ("up.html", "../../game/index.html"),
        ("dead", "nowhere"),
        ("round", "."),
    ] {
        symlink(target, place.path("game").join(path)).unwrap();
    }
    let made = place.command("mkfifo", &["game/pipe"]);
    Running::start(made).exit().with_code(0);
    let packed = place.command("tar", &["-czf", "game.tar.gz", "game"]);
    Running::start(packed).exit().with_code(0);
    let page = fs::read(place.path("game/index.html")).unwrap();
    let link = |path: &str, target: &str| Entry {
        attributes: 0o120_777 << 16,
        ..Entry::stored(path, target)
    };
    let entries = [
        link("game/same.png", "art/hero.png"),
        link("game/pictures", "art"),
        link("game/art/page.html", "../index.html"),
        link("game/out", "/etc"),
        link("game/up.html", "../../game/index.html"),
        link("game/dead", "nowhere"),
        link("game/round", "."),
        Entry {
            attributes: 0o010_644 << 16,
            ..Entry::stored("game/pipe", "")
        },
        Entry::deflated("game/art/hero.png", "hero"),
        Entry::stored("game/index.html", &page),
    ];
    place.write("game.zip", archive(&entries));
    for source in ["game.tar.gz", "game.zip"] {
        let done = place.run(&["add", source, "--force"]).with_code(0);
        for left_out in ["out", "up.html", "dead", "round", "pipe"] {
            assert!(done.err.contains(left_out), "{source} {left_out}: {done:?}");
        }
        let files = &games(&place)["game"];
        let expected: [(&str, &[u8]); 6] = [
            ("art/hero.png", b"hero"),
            ("art/page.html", &page),
            ("index.html", &page),
            ("pictures/hero.png", b"hero"),
            ("pictures/page.html", &page),
            ("same.png", b"hero"),
        ];
        let files = files.iter().map(|(path, content)| (&**path, &**content));
        assert!(files.eq(expected), "{source}");
    }
    // Served from the archive as well.
    let (_server, port) = place.serve(&["game.zip"]);
    let mut client = Client::connect(port);
    assert_eq!(client.get("/pictures/hero.png").text(), "hero");
    assert_eq!(client.get("/art/page.html").body, page);
    assert_eq!(client.get("/out/hostname").status, 404);
}

/// Changes the checksum (RFC 1952, 2.3.1).
fn changed(mut gzip: Vec<u8>) -> Vec<u8> {
    let crc = gzip.len() - 8;
    gzip[crc] ^= 1;
    gzip
}

fn torn_zstd(bytes: &[u8]) -> Vec<u8> {
    let mut packed = zstd::encode_all(bytes, 1).unwrap();
    packed.truncate(packed.len() / 2);
    packed
}

#[test]
fn a_member_name_in_gbk_is_decoded() {
    let place = Place::new();
    // Encoded by Python's codec gbk.
    place.write(
        "a.tar",
        tar(&[
            PAGE,
            (
                b"\xd3\xce\xcf\xb7/\xbd\xc7\xc9\xab.png",
                EntryType::Regular,
                b"x",
            ),
            // As many rare characters as common ones.
            (b"\xcd\xbc/\x98\x8e1.png", EntryType::Regular, b"y"),
        ]),
    );
    place.run(&["add", "a.tar"]).with_code(0);
    assert_eq!(games(&place)["a"]["游戏/角色.png"], b"x");
    assert_eq!(games(&place)["a"]["图/槑1.png"], b"y");
}
