//! Archives written by the `zip` crate, and the same bytes changed.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::archive::Archive;
use crate::archive::error::ArchiveError;
use crate::archive::member::Method;
use crate::fs::budget::GameBudget;

const STORED: &[u8] = b"stored content";

/// An archive with a stored and a deflated member.
fn packed() -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for (name, content, method) in [
        ("a.png", STORED.to_vec(), CompressionMethod::Stored),
        ("b.js", deflated(), CompressionMethod::Deflated),
    ] {
        let options = options.compression_method(method);
        writer.start_file(name, options).unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn deflated() -> Vec<u8> {
    b"let b;\n".repeat(100)
}

fn open(bytes: &[u8]) -> Result<Archive, ArchiveError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    Archive::read(file, &GameBudget::default())
}

fn position(bytes: &[u8], part: &[u8]) -> usize {
    let mut windows = bytes.windows(part.len());
    windows.position(|window| window == part).unwrap()
}

#[test]
fn members_have_their_content_method_and_length() {
    let archive = open(&packed()).unwrap();
    let expected = [
        ("a.png", Method::Stored, STORED.to_vec()),
        ("b.js", Method::Deflated, deflated()),
    ];
    assert_eq!(archive.members().len(), expected.len());
    for (member, (path, method, content)) in archive.members().iter().zip(expected) {
        assert_eq!((member.path.as_str(), member.method), (path, method));
        assert_eq!(member.length, content.len() as u64);
        let mut read = Vec::new();
        archive.content(member).read_to_end(&mut read).unwrap();
        assert_eq!(read, content, "{path}");
    }
}

#[test]
fn a_member_is_found_by_its_path_whatever_the_order_in_the_archive() {
    let paths = [
        "b/index.html",
        "b.js",
        "a/b/c.png",
        "index.html",
        "b/a.js",
        "B.js",
    ];
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for path in paths {
        writer
            .start_file(path, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(path.as_bytes()).unwrap();
    }
    let archive = open(&writer.finish().unwrap().into_inner()).unwrap();
    for path in paths {
        let member = archive.member(path).unwrap();
        assert_eq!(member.path, path);
    }
    for other in ["", "b", "b/", "index.htm", "index.html.gz", "b/b.js"] {
        assert!(archive.member(other).is_none(), "{other}");
    }
}

#[test]
fn a_deflated_member_is_a_gzip_file_without_compressing_it_again() {
    let archive = open(&packed()).unwrap();
    let [stored, member] = archive.members() else {
        panic!("two members");
    };
    assert!(archive.gzip(stored).is_none());
    let (length, mut bytes) = archive.gzip(member).unwrap();
    let mut gzip = Vec::new();
    bytes.read_to_end(&mut gzip).unwrap();
    assert_eq!(gzip.len() as u64, length);
    let mut read = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(gzip.as_slice());
    decoder.read_to_end(&mut read).unwrap();
    assert_eq!(read, deflated());
}

#[test]
fn a_member_with_changed_bytes_fails_to_read() {
    let mut bytes = packed();
    let content = position(&bytes, STORED);
    bytes[content] ^= 1;
    let archive = open(&bytes).unwrap();
    let mut read = Vec::new();
    let failed = archive.content(&archive.members()[0]);
    let error = { failed }.read_to_end(&mut read).unwrap_err();
    let broken = error.get_ref().and_then(|error| error.downcast_ref());
    let is_broken = matches!(broken, Some(ArchiveError::Broken { name }) if name == "a.png");
    assert!(is_broken, "{error}");
}

#[test]
fn members_that_share_bytes_are_refused() {
    let mut bytes = packed();
    // APPNOTE.TXT, 4.3.12: the offset of the local header is 42 bytes into a record of the directory.
    let directory = position(&bytes, b"PK\x01\x02");
    let second = directory + position(&bytes[directory + 1..], b"PK\x01\x02") + 1;
    assert_ne!(bytes[second + 42..second + 46], [0; 4]);
    bytes[second + 42..second + 46].fill(0);
    let refused = open(&bytes).unwrap_err();
    assert!(matches!(refused, ArchiveError::Overlap { .. }), "{refused}");
}
