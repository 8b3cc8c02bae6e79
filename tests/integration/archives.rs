//! Reading zip archives, and refusing malicious ones.

use std::fs::File;
use std::io::{Cursor, Read, Write};

use proptest::prelude::*;
use webserver::archive::Archive;
use webserver::archive::error::ArchiveError;
use webserver::archive::member::Method;
use webserver::fs::budget::{GameBudget, GameLimits, OverBudget};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::zips::{Entry, archive, zip};

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn read(bytes: &[u8]) -> Result<Archive, ArchiveError> {
    Archive::read(file(bytes), &GameBudget::default())
}

/// All files with their content.
fn unpacked(archive: &Archive) -> Vec<(String, Vec<u8>)> {
    let one = |member| {
        let mut content = Vec::new();
        archive.content(member).read_to_end(&mut content).unwrap();
        (member.path.clone(), content)
    };
    archive.members().iter().map(one).collect()
}

fn names(bytes: &[u8]) -> Vec<String> {
    let archive = read(bytes).unwrap();
    let members = archive.members().iter();
    members.map(|member| member.path.clone()).collect()
}

#[test]
fn packed_files_are_read_back() {
    let script = b"let score = 0;\n".repeat(1000);
    let files: &[(&str, &[u8])] = &[
        ("index.html", b"<!doctype html>"),
        ("build/game.js", &script),
        ("build/hero.png", &[7; 300]),
        ("empty.txt", b""),
        ("empty.png", b""),
        ("角色/英雄.json", b"{}"),
    ];
    let archive = read(&zip(files)).unwrap();
    let expected: Vec<_> = files
        .iter()
        .map(|(name, content)| ((*name).to_owned(), content.to_vec()))
        .collect();
    assert_eq!(unpacked(&archive), expected);
    let script = &archive.members()[1];
    assert_eq!((script.method, script.length), (Method::Deflated, 15_000));
    let mut packed = Vec::new();
    archive.packed(script).read_to_end(&mut packed).unwrap();
    assert_eq!(packed.len() as u64, script.packed.end - script.packed.start);
    assert_eq!(archive.members()[2].method, Method::Stored);
}

#[test]
fn archives_of_every_packer_are_read() {
    let mut streamed = ZipWriter::new_stream(Vec::new());
    let mut large = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    streamed.start_file("index.html", options).unwrap();
    streamed.write_all(b"page").unwrap();
    large
        .start_file("index.html", options.large_file(true))
        .unwrap();
    large.write_all(b"page").unwrap();
    let plain = zip(&[("index.html", b"page")]);
    for bytes in [
        streamed.finish().unwrap().into_inner(),
        large.finish().unwrap().into_inner(),
        [b"#!/bin/sh\nexit\n".to_vec(), plain.clone()].concat(), // unpacks itself
        plain,
    ] {
        let archive = read(&bytes).unwrap();
        let expected = ("index.html".to_owned(), b"page".to_vec());
        assert_eq!(unpacked(&archive), [expected]);
    }
    assert!(read(&archive(&[])).unwrap().members().is_empty());
}

#[test]
fn folders_and_leftovers_are_left_out() {
    let folder = Entry {
        attributes: 0o040_755 << 16,
        ..Entry::stored("game/", "")
    };
    let bytes = archive(&[
        folder.clone(),
        Entry {
            attributes: 0x10, // as DOS writes it
            ..folder
        },
        Entry {
            attributes: 0x10, // without a slash
            ..Entry::stored("game/build", "")
        },
        Entry::stored("game\\empty\\", ""),
        Entry::stored("game\\levels\\", ""),
        Entry::deflated("game/index.html", "page"),
        Entry::stored("game\\hero.png", "hero"),
        Entry::stored("game/build/a.js", "script"),
        Entry::stored("game\\levels\\1.json", "level"),
        Entry::stored("game/.DS_Store", "junk"),
        Entry::stored("__MACOSX/game/._index.html", "junk"),
        Entry::stored("game/Icon\r", ""),
    ]);
    let expected = [
        "game/index.html",
        "game/hero.png",
        "game/build/a.js",
        "game/levels/1.json",
    ];
    assert_eq!(names(&bytes), expected);
}

#[test]
fn names_are_decoded_in_their_encoding() {
    for (raw, expected) in [
        (&b"\xe8\xa7\x92.png"[..], "角.png"),
        (b"\xbd\xc7\xc9\xab.png", "角色.png"),
        (b"caf\x82.png", "café.png"),
    ] {
        for flags in [0, 1 << 11] {
            let entry = Entry {
                flags,
                ..Entry::stored(raw, "")
            };
            assert_eq!(names(&archive(&[entry])), [expected]);
        }
    }
    // The Unicode Path field of Info-ZIP, which `zip` writes beside a name in the system's encoding.
    let mut crc = flate2::Crc::new();
    crc.update(b"#U89d2.png");
    let path = "角.png".as_bytes();
    let mut extra = 0x7075_u16.to_le_bytes().to_vec();
    extra.extend((5 + path.len() as u16).to_le_bytes());
    extra.push(1);
    extra.extend(crc.sum().to_le_bytes());
    extra.extend(path);
    let entry = Entry {
        extra,
        ..Entry::stored("#U89d2.png", "")
    };
    assert_eq!(names(&archive(&[entry])), ["角.png"]);
}

/// The name of the error variant.
fn refusal(bytes: &[u8]) -> String {
    match read(bytes) {
        Ok(archive) => format!("taken: {:?}", archive.members()),
        Err(refused) => {
            let text = format!("{refused:?}");
            let end = text.find(|c: char| !c.is_alphanumeric());
            text[..end.unwrap_or(text.len())].to_owned()
        }
    }
}

#[test]
fn each_malicious_archive_is_refused_with_its_reason() {
    let page = Entry::stored("index.html", "page");
    let named = |name: &str| Entry::stored(name, "x");
    for (entry, expected) in [
        (named("../x"), "Escape"),
        (named("a/../../x"), "Escape"),
        (named("..\\x"), "Escape"),
        (named("/../x"), "Escape"),
        (named("C:\\..\\x"), "Escape"),
        (named(""), "Name"),
        (named("a\0b"), "Name"),
        (named(&"long/".repeat(1000)), "Name"),
        (
            Entry {
                flags: 1,
                ..named("x")
            },
            "Encrypted",
        ),
        (
            Entry {
                flags: 1 << 6 | 1,
                ..named("x")
            },
            "Encrypted",
        ),
        (
            Entry {
                method: 99,
                ..named("x")
            },
            "Encrypted",
        ),
        (
            Entry {
                method: 98, // PPMd
                ..named("x")
            },
            "Method",
        ),
        (
            Entry {
                method: 6, // imploded
                ..named("x")
            },
            "Method",
        ),
        (named("index.html/x"), "Duplicate"),
        (
            Entry {
                is_shadow: true,
                ..named("x")
            },
            "Overlap",
        ),
        (
            Entry {
                length: 2,
                ..named("x")
            },
            "Broken",
        ),
    ] {
        let shown = String::from_utf8_lossy(&entry.name).into_owned();
        assert_eq!(
            refusal(&archive(&[page.clone(), entry])),
            expected,
            "{shown}"
        );
    }
}

#[test]
fn the_number_of_members_is_limited() {
    let members = |count: usize| {
        let entries = (0..count).map(|number| Entry::stored(number.to_string(), ""));
        archive(&entries.collect::<Vec<_>>())
    };
    let few = GameLimits {
        files: 100,
        ..GameLimits::default()
    };
    let read = |count| Archive::read(file(&members(count)), &GameBudget::new(few));
    assert_eq!(read(100).unwrap().members().len(), 100);
    let refused = read(101).unwrap_err();
    let over = OverBudget::Files { most: 100 };
    assert!(matches!(refused, ArchiveError::TooLarge(refused) if refused == over));
    assert!(GameLimits::default().files >= 100_000);
}

#[test]
fn the_bytes_of_all_members_together_are_limited() {
    let bytes = archive(&[
        Entry::stored("a", "1234"),
        Entry::deflated("b", vec![0; 60]),
    ]);
    for (most, is_refused) in [(64, false), (63, true)] {
        let limits = GameLimits {
            bytes: most,
            ..GameLimits::default()
        };
        let read = Archive::read(file(&bytes), &GameBudget::new(limits));
        let was_refused = matches!(read, Err(ArchiveError::TooLarge(OverBudget::Bytes { .. })));
        assert_eq!(was_refused, is_refused, "{most}");
    }
}

#[test]
fn members_in_the_methods_of_other_packers_are_read() {
    let content = b"let b;\n".repeat(100);
    // Packed by 7-Zip 9 (Deflate64), Python 3 (bzip2, LZMA, xz) and zstd 1.5.
    let packed: [(u16, &[u8]); 5] = [
        (
            9,
            b"\xe5\xc5\x31\x0d\0\0\x0c\x02\xb0\x7f\x2a\xe6\x63\x6e\x96\xf0\x71\xe2\x3f\xe8\x20\xf4\
              \x29\xa1\xfd\x9b\xfa\xea\x0b\xcc",
        ),
        (
            12,
            b"BZh91AY&SY\xe1\xe9\x7b\x12\0\x01\x2b\xd9\x80\0\x10\x40\0\0\x08\x12\x04\x04\0\x20\0\x31\
              \x0c\0\x52\xa0\x69\xb2\x2c\x22\xe9\x17\x48\xb0\x8b\xc4\x58\x45\xf1\x77\x24\x53\x85\x09\
              \x0e\x1e\x97\xb1\x20",
        ),
        (
            14,
            b"\x09\x04\x05\0\x5d\0\0\x80\0\0\x36\x19\x4a\xea\x25\x54\xc3\xe0\xd3\xad\x15\x02\x57\
              \x66\x6b\xe3\xfb\xff\xfe\xd0\xc0\0",
        ),
        (
            93,
            b"\x28\xb5\x2f\xfd\x64\xbc\x01\x75\0\0\x38let b;\n\x01\0\xb2\x54\x15\x23\xc3\xc8\x39\xaa",
        ),
        (
            95,
            b"\xfd7zXZ\0\0\x01\x69\x22\xde\x36\x02\0\x21\x01\x16\0\0\0\x74\x2f\xe5\xa3\xe0\x02\xbb\0\
              \x11\x5d\0\x36\x19\x4a\xea\x25\x54\xc3\xe0\xd3\xad\x15\x02\x57\x63\xd2\xa0\0\0\0\0\0\
              \x2e\x48\xc4\x30\0\x01\x29\xbc\x05\0\0\0\x04\x95\x1f\x01\x3e\x30\x0d\x8b\x02\0\0\0\0\
              \x01YZ",
        ),
    ];
    for (method, packed) in packed {
        let entry = Entry {
            method,
            packed: packed.to_vec(),
            ..Entry::stored("a.js", &content)
        };
        let whole = unpacked(&read(&archive(std::slice::from_ref(&entry))).unwrap());
        assert_eq!(whole, [("a.js".to_owned(), content.clone())], "{method}");
        // Each byte changed, and the end cut off: an error, or, in a few places, the same content.
        for at in 0..packed.len() {
            let mut broken = entry.clone();
            broken.packed[at] ^= 0x40;
            let mut short = entry.clone();
            short.packed.truncate(at);
            for damaged in [broken, short] {
                let archive = read(&archive(&[damaged])).unwrap();
                let mut bytes = Vec::new();
                let mut content_read = archive.content(&archive.members()[0]);
                match content_read.read_to_end(&mut bytes) {
                    Ok(_) => assert_eq!(bytes, content, "{method} {at}"),
                    Err(error) => assert!(bytes.len() <= content.len(), "{method} {at} {error}"),
                }
            }
        }
    }
    // A dictionary of 0x80800000 bytes.
    let (method, packed) = packed[2];
    let mut packed = packed.to_vec();
    packed[8] = 0x80;
    let entry = Entry {
        method,
        packed,
        ..Entry::stored("a.js", &content)
    };
    let archive = read(&archive(&[entry])).unwrap();
    let mut content_read = archive.content(&archive.members()[0]);
    let refused = content_read.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(refused.to_string(), "a dictionary of 2155872256 bytes");
}

#[test]
fn an_empty_disk_image_is_no_bomb() {
    let image = Entry::deflated("hd.img", vec![0; 20_000_000]);
    assert_eq!(names(&archive(&[image])), ["hd.img"]);
}

#[test]
fn the_last_of_several_files_with_one_name_counts() {
    let files = [
        Entry::stored("a.js", "old"),
        Entry::stored("b.js", "b"),
        Entry::stored("./a.js", "older"),
        Entry::stored("/a.js", "new"),
        Entry::stored("/", ""),
    ];
    let expected = [("a.js", "new"), ("b.js", "b")];
    let expected = expected.map(|(path, content)| (path.to_owned(), content.into()));
    assert_eq!(unpacked(&read(&archive(&files)).unwrap()), expected);
}

#[test]
fn a_truncated_archive_is_refused() {
    let whole = zip(&[("index.html", b"page"), ("a.js", &b"let a;".repeat(50))]);
    for length in 0..whole.len() {
        assert_eq!(refusal(&whole[..length]), "Torn", "{length} bytes of it");
    }
    for bytes in [&b"<!doctype html>"[..], b"PK", &[0; 5000]] {
        assert_eq!(refusal(bytes), "Torn");
    }
    // The directory promises one more member.
    let mut more = archive(&[Entry::stored("a", "")]);
    let count = more.len() - 14;
    more[count..count + 4].copy_from_slice(&[2, 0, 2, 0]);
    assert_eq!(refusal(&more), "Torn");
}

#[test]
fn damaged_content_fails_to_read() {
    let honest = Entry::deflated("x", b"let a;".repeat(50));
    let stored = Entry::stored("x", "abc");
    for entry in [
        Entry {
            crc: 1,
            ..honest.clone()
        },
        Entry { crc: 1, ..stored },
        Entry {
            length: 299,
            ..honest.clone()
        },
        Entry {
            length: 301,
            ..honest.clone()
        },
        Entry {
            packed: vec![0xff; 20],
            ..honest.clone()
        },
        Entry {
            packed: honest.packed[..5].to_vec(),
            ..honest.clone()
        },
        // Would be sent after the content.
        Entry {
            packed: [&honest.packed[..], b"more"].concat(),
            ..honest
        },
    ] {
        let archive = read(&archive(&[entry])).unwrap();
        let mut content = archive.content(&archive.members()[0]);
        let error = content.read_to_end(&mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("\"x\""), "{error}");
    }
}

#[test]
fn a_truncated_file_fails_to_read() {
    let bytes = zip(&[("a.png", &[1; 5000]), ("b.js", &b"let b;".repeat(500))]);
    let file = file(&bytes);
    let archive = Archive::read(file.try_clone().unwrap(), &GameBudget::default()).unwrap();
    file.set_len(40).unwrap();
    for member in archive.members() {
        let mut content = archive.content(member);
        assert!(content.read_to_end(&mut Vec::new()).is_err());
    }
}

proptest! {
    /// Every packed file is read back.
    #[test]
    fn reading_inverts_packing(
        contents in prop::collection::vec(prop::collection::vec(0_u8..4, 0..2000), 0..8),
    ) {
        let name = |number: usize| match number % 2 {
            0 => format!("folder/{number}.png"),
            _ => format!("{number}.js"),
        };
        let names: Vec<_> = (0..contents.len()).map(name).collect();
        let files: Vec<_> = names
            .iter()
            .map(String::as_str)
            .zip(contents.iter().map(Vec::as_slice))
            .collect();
        let unpacked = unpacked(&read(&zip(&files)).unwrap());
        prop_assert_eq!(unpacked.len(), files.len());
        for ((name, content), expected) in unpacked.iter().zip(&files) {
            prop_assert_eq!((name.as_str(), content.as_slice()), *expected);
        }
    }

    /// Damaged bytes are refused or stay within the limits; a member has its packed content or fails.
    #[test]
    fn damage_is_detected(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        first in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let second = b"let b;".repeat(100);
        let mut bytes = zip(&[("a.png", &first), ("b.js", &second)]);
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(archive) = read(&bytes) {
            for member in archive.members() {
                prop_assert!(!member.path.starts_with('/'));
                prop_assert!(member.path.split('/').all(|part| !["", ".", ".."].contains(&part)));
                let mut content = Vec::new();
                if archive.content(member).read_to_end(&mut content).is_ok() {
                    prop_assert_eq!(content.len() as u64, member.length);
                }
            }
        }
    }
}
