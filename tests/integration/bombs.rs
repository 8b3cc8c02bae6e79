//! Games that become larger than a game may, or than the disk: whichever way they come, others keep their room.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, symlink};
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use rustix::fs::statvfs;
use tar::{Builder, Header};
use webserver::fs::budget::GameLimits;

use crate::content::gzip;
use crate::faults::on_a_disk_of;
use crate::support::{Client, Place};
use crate::zips::zip;

/// The small disk of these tests, and what stays free of it: 64 MiB, less what is written between two looks.
const DISK: &str = "192m";
const LEFT_FREE: u64 = (64 - 16) << 20;

/// Compressed files of a few kilobytes that become so many bytes each, together more than the disk: small enough each to be
/// decoded.
const BOMBS: usize = 30;
const DECODED: usize = 9_900_000;

fn add_member(tar: &mut Builder<impl Write>, mut header: Header, path: &str, content: &[u8]) {
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    tar.append_data(&mut header, path, content).unwrap();
}

fn tar_gz<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content) in files {
        add_member(&mut tar, Header::new_gnu(), path, content);
    }
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn bombs_in_a_folder_a_zip_and_a_tar_leave_room_on_the_disk() {
    let place = Place::new();
    place.write("config.toml", "[site]\nmemory_mib = 0\n");
    let bomb = gzip(&vec![0; DECODED]);
    let names: Vec<String> = (0..BOMBS)
        .map(|number| format!("{number}.wasm.gz"))
        .collect();
    let files = || {
        let bombs = names.iter().map(|name| (name.as_str(), &bomb[..]));
        bombs.chain([("index.html", &b"page"[..])])
    };
    for (name, content) in files() {
        place.write(&format!("folder/{name}"), content);
    }
    place.write("packed.zip", zip(&files().collect::<Vec<_>>()));
    place.write("packed.tar.gz", tar_gz(files()));
    for game in ["./folder", "./packed.zip", "./packed.tar.gz"] {
        let running = on_a_disk_of(DISK, &place, &["temporary"], &["0", game]);
        let mut player = Client::connect(running.port());
        assert_eq!(player.get("/").text(), "page", "{game}");
        // The disk is mounted for the server alone.
        let disk = format!(
            "/proc/{}/root{}",
            running.pid(),
            place.path("temporary").display()
        );
        let disk = statvfs(disk.as_str()).unwrap();
        let free = disk.f_bavail * disk.f_frsize;
        assert!(free >= LEFT_FREE, "{game}: {free}");
        let total = disk.f_blocks * disk.f_frsize;
        assert!(
            total < (BOMBS * DECODED) as u64,
            "{total}: the disk is mounted"
        );
        // Browsers that decode have them all.
        for number in [0, BOMBS - 1] {
            let target = format!("/{number}.wasm");
            let coded = player.request("GET", &target, &["Accept-Encoding: gzip"]);
            assert_eq!(
                (coded.status, coded.body == bomb),
                (200, true),
                "{game} {target}"
            );
        }
        let err = running.err();
        assert!(
            err.contains("sent only to browsers that unpack it"),
            "{game}: {err}"
        );
        assert!(err.contains("set TMPDIR"), "{game}: {err}");
    }
}

#[test]
fn a_game_that_would_leave_little_of_the_temporary_folder_is_not_published() {
    let place = Place::new();
    place.write("config.toml", "[site]\nmemory_mib = 0\n");
    // It would fit, but 64 MiB are left to others.
    let big = vec![7; 40 << 20];
    place.write(
        "big.zip",
        zip(&[("index.html", b"page"), ("big.bin", &big)]),
    );
    place.write(
        "big.tar.gz",
        tar_gz([("index.html", &b"page"[..]), ("big.bin", &big)]),
    );
    for (game, expected) in [
        ("./big.zip", "set TMPDIR"),
        ("./big.tar.gz", "cannot write"),
    ] {
        let running = on_a_disk_of("90m", &place, &["temporary"], &["0", game]);
        let finished = running.exit().with_code(1);
        assert!(finished.err.contains(expected), "{game}: {finished:?}");
        assert!(finished.err.contains("temporary"), "{game}: {finished:?}");
    }
}

/// A tar of which one file is a hole of this many bytes (GNU tar's manual, "Storing Sparse Files", format 0.1).
fn tar_with_hole(length: u64) -> Vec<u8> {
    let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    let size = length.to_string();
    tar.append_pax_extensions([
        ("GNU.sparse.major", &b"0"[..]),
        ("GNU.sparse.minor", b"1"),
        ("GNU.sparse.name", b"disk.img"),
        ("GNU.sparse.size", size.as_bytes()),
        ("GNU.sparse.numblocks", b"1"),
        ("GNU.sparse.map", format!("{length},0").as_bytes()),
    ])
    .unwrap();
    for (path, content) in [
        ("GNUSparseFile.0/disk.img", &b""[..]),
        ("index.html", b"page"),
    ] {
        add_member(&mut tar, Header::new_ustar(), path, content);
    }
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn holes_of_a_tar_stay_holes() {
    const HOLE: u64 = 256 << 20;
    let place = Place::new();
    place.write("config.toml", "[site]\nmemory_mib = 0\n");
    let packed = tar_with_hole(HOLE);
    assert!(packed.len() < 600, "{}", packed.len());
    place.write("image.tar.gz", packed);
    place.run(&["add", "image.tar.gz"]).with_code(0);
    let added = fs::metadata(place.path("games/image/disk.img")).unwrap();
    assert_eq!(added.len(), HOLE);
    assert!(added.blocks() * 512 < 1 << 20, "{}", added.blocks());
    // A disk that has not half of it.
    let running = on_a_disk_of("100m", &place, &["temporary"], &["0", "./image.tar.gz"]);
    let mut player = Client::connect(running.port());
    let answer = player.request("HEAD", "/disk.img", &[]);
    assert_eq!((answer.status, answer.length() as u64), (200, HOLE));
}

/// A page, and as many other files as make one more than a game may have.
pub(crate) static ZIP_OF_TOO_MANY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let names: Vec<String> = (0..GameLimits::default().files)
        .map(|n| n.to_string())
        .collect();
    let others = names.iter().map(|name| (name.as_str(), &b""[..]));
    zip(&[("index.html", &b"page"[..])]
        .into_iter()
        .chain(others)
        .collect::<Vec<_>>())
});

#[test]
fn too_many_files_are_refused_whichever_way_they_come() {
    let place = Place::new();
    place.write("many.zip", &*ZIP_OF_TOO_MANY);
    // None of these is written, but they count.
    let names: Vec<String> = { 0..GameLimits::default().files }
        .map(|number| format!(".git/{number}"))
        .collect();
    let others = names.iter().map(|name| (name.as_str(), &b""[..]));
    let page = ("index.html", &b"page"[..]);
    place.write("many.tar.gz", tar_gz([page].into_iter().chain(others)));
    // Few on the disk, but each link is as many files as the folder that it leads to.
    place.write("many/index.html", "page");
    for number in 0..1000 {
        place.write(&format!("many/0/{number}"), "");
    }
    for number in 1..=GameLimits::default().files / 1000 {
        symlink("0", place.path(&format!("many/{number}"))).unwrap();
    }
    for arguments in [
        &["add", "many.zip"][..],
        &["add", "many.tar.gz"],
        &["add", "many"],
        &["check", "./many.zip"],
        &["check", "./many"],
        &["0", "./many.zip"],
        &["0", "./many.tar.gz"],
        &["0", "./many"],
    ] {
        let finished = place.run(arguments);
        let said = format!("{}{}", finished.out, finished.err);
        assert_ne!(finished.code, Some(0), "{arguments:?}: {said}");
        assert!(
            said.contains("more than 200000 files"),
            "{arguments:?}: {said}"
        );
        assert!(!place.path("games/many").exists(), "{arguments:?}");
    }
}
