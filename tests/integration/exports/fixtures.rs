//! Files as engines write them.

use std::io::{Read, Write};

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};

/// The codings that browsers accept on a plain http address of a LAN.
pub(super) const LAN: &str = "gzip, deflate";
/// The codings that they accept on a secure address and on localhost.
pub(super) const SECURE: &str = "gzip, deflate, br, zstd";

pub(super) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn brotli(plain: &[u8]) -> Vec<u8> {
    let mut coded = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut coded, 4096, 11, 22);
    encoder.write_all(plain).unwrap();
    drop(encoder);
    coded
}

pub(super) fn zstd(plain: &[u8]) -> Vec<u8> {
    zstd::encode_all(plain, 19).unwrap()
}

/// A frame of unknown length, as pipes make, with a window of so many bits.
pub(super) fn zstd_with_window(plain: &[u8], bits: u32) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.window_log(bits).unwrap();
    encoder.include_contentsize(false).unwrap();
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// As Unity writes it: with a comment in the header (RFC 1952, 2.3.1).
pub(super) fn unity_gzip(plain: &[u8]) -> Vec<u8> {
    let comment = "UnityWeb Compressed Content (gzip)";
    let mut encoder = GzBuilder::new()
        .comment(comment)
        .write(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// As Unity writes it: with a comment in a block of metadata, here before blocks that are not compressed (RFC 7932,
/// 9.1 and 9.2).
pub(super) fn unity_brotli(plain: &[u8]) -> Vec<u8> {
    let mut coded = b"\x6b\x8d\0UnityWeb Compressed Content (brotli)".to_vec();
    for block in plain.chunks(1 << 16) {
        let head = ((block.len() as u32 - 1) << 3) | (1 << 19);
        coded.extend(&head.to_le_bytes()[..3]);
        coded.extend(block);
    }
    coded.push(3);
    coded
}

/// The decoded content.
pub(super) fn decoded(coding: &str, coded: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match coding {
        "" => Ok(coded).map(|coded| plain.extend(coded)),
        "gzip" => MultiGzDecoder::new(coded).read_to_end(&mut plain).map(drop),
        "br" => brotli::Decompressor::new(coded, 4096)
            .read_to_end(&mut plain)
            .map(drop),
        "zstd" => zstd::Decoder::new(coded)
            .unwrap()
            .read_to_end(&mut plain)
            .map(drop),
        other => panic!("{other}"),
    }
    .unwrap_or_else(|error| panic!("{coding}: {error}"));
    plain
}

/// A module of one imported memory, shared or not, as `wat2wasm --enable-threads` writes it.
pub(super) fn wasm(is_shared: bool) -> Vec<u8> {
    let flags = if is_shared { 3 } else { 1 };
    let mut module = b"\0asm\x01\0\0\0\x02\x10\x01\x03env\x06memory\x02".to_vec();
    module.extend([flags, 1, 2]);
    module
}

/// The head of a Godot package of this version.
pub(super) fn pck(major: u32, minor: u32) -> Vec<u8> {
    let mut head = b"GDPC".to_vec();
    for number in [2, major, minor, 1] {
        head.extend(number.to_le_bytes());
    }
    head
}

#[test]
fn the_fixtures_have_their_formats() {
    let plain = b"let answer = 42;".repeat(5000);
    for (coding, coded) in [
        ("gzip", gzip(&plain)),
        ("gzip", unity_gzip(&plain)),
        ("br", brotli(&plain)),
        ("br", unity_brotli(&plain)),
        ("zstd", zstd(&plain)),
    ] {
        assert!(decoded(coding, &coded) == plain, "{coding}");
    }
}
