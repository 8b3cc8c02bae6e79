//! Media types: the type from a file's name, the charset from its bytes.

use std::collections::HashMap;
use std::sync::LazyLock;

use encoding_rs::Encoding;
use http::HeaderValue;

use crate::detect::loaded::LoadedAs;
use crate::site::charset::{is_utf8, may_be_in};

/// Plain text.
pub(crate) const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// An HTML page.
pub(crate) const PAGE: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// A JavaScript file.
pub(crate) const SCRIPT: HeaderValue = HeaderValue::from_static("text/javascript; charset=utf-8");

/// The table of mime-db, an extension and a type in each line. The browser tests compare it with the package.
const TABLE: &str = include_str!("media_types.txt");

static TYPES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    TABLE
        .lines()
        .filter_map(|line| line.split_once(' '))
        .collect()
});

/// Extensions that the tables lack or have wrong for web games.
const OVERRIDES: &[(&str, &str)] = &[
    ("mjs", JAVASCRIPT),
    ("cjs", JAVASCRIPT),
    ("jsm", JAVASCRIPT),
    ("es6", JAVASCRIPT),
    ("cur", "image/x-icon"),
    ("jfif", "image/jpeg"),
    ("flac", "audio/flac"),
    ("reality", "model/vnd.reality"),
    ("m4a", "audio/mp4"),
    ("map", "application/json"),
    ("woff", "font/woff"),
    ("otf", "font/otf"),
    ("ktx2", "image/ktx2"),
    ("obj", "model/obj"),
    ("mtl", "model/mtl"),
    ("stl", "model/stl"),
    ("ts", "video/mp2t"),
    ("mod", "audio/x-mod"),
    ("xm", "audio/x-mod"),
    ("s3m", "audio/x-mod"),
    ("it", "audio/x-mod"),
    ("wgsl", "text/wgsl"),
    ("tmx", "application/xml"),
    ("tsx", "application/xml"),
    ("tmj", "application/json"),
    ("ldtk", "application/json"),
    ("p8", "text/plain"),
    ("atlas", "text/plain"),
    ("fnt", "text/plain"),
    ("glsl", "text/plain"),
    ("frag", "text/plain"),
    ("vert", "text/plain"),
    ("pck", OCTET_STREAM),
    ("data", OCTET_STREAM),
    ("mem", OCTET_STREAM),
    ("bundle", OCTET_STREAM),
    ("unity3d", OCTET_STREAM),
    ("pak", OCTET_STREAM),
    ("love", OCTET_STREAM),
    ("rpa", OCTET_STREAM),
    ("rgssad", OCTET_STREAM),
    ("bank", OCTET_STREAM),
    ("drc", OCTET_STREAM),
    ("basis", OCTET_STREAM),
];

const JAVASCRIPT: &str = "text/javascript";

const OCTET_STREAM: &str = "application/octet-stream";

/// The `Content-Type` of a file that pages load as a script or style. Without a charset, browsers decode it by the encoding
/// of the page, which is right if the file may be in that.
pub(crate) fn loaded_type(
    loaded: LoadedAs,
    content: &[u8],
    page: Option<&'static Encoding>,
) -> HeaderValue {
    let media_type = match loaded {
        LoadedAs::Script | LoadedAs::LikelyScript => JAVASCRIPT,
        LoadedAs::Style => "text/css",
    };
    match page.is_some_and(|page| may_be_in(content, page)) {
        true => HeaderValue::from_static(media_type),
        false => with_charset(media_type, content),
    }
}

/// Types that browsers insist on, or show in one way only.
const CERTAIN: &[&str] = &[
    "text/html",
    "text/css",
    JAVASCRIPT,
    "application/wasm",
    "image/",
    "audio/",
    "video/",
    "font/",
];

/// True if browsers may be told not to guess another type. They run texts and data of any other type as scripts, if a page
/// loads them so.
pub(crate) fn is_certain(media_type: &HeaderValue) -> bool {
    let media_type = media_type.as_bytes();
    CERTAIN
        .iter()
        .any(|known| media_type.starts_with(known.as_bytes()))
}

/// True for a type that the name of a file does not tell, or tells for its compressed form only.
pub(crate) fn is_unknown(media_type: &HeaderValue) -> bool {
    let unknown = [OCTET_STREAM, "application/gzip"];
    unknown
        .iter()
        .any(|known| media_type.as_bytes() == known.as_bytes())
}

/// Extensions of compressed files, whose type is that of the file inside.
const WRAPPERS: &[&str] = &["gz", "br", "zst", "unityweb"];

/// Extensions of Unity 5 that are followed by `gz` without a dot.
const GLUED: &[&str] = &["js", "data", "mem"];

/// Endings of Unity 2018 and 2019 before `.unityweb`.
const UNITY_2018: &[(&str, &str)] = &[
    (".wasm.code", "application/wasm"),
    (".wasm.framework", "text/javascript"),
    (".asm.code", "text/javascript"),
    (".asm.framework", "text/javascript"),
    (".asm.memory", OCTET_STREAM),
];

/// The `Content-Type` of a file.
///
/// UTF-8 text gets `charset=utf-8`. Other text (UTF-16, GBK) gets none, which would override its byte-order mark or
/// `<meta charset>`.
pub(crate) fn content_type(name: &str, content: &[u8]) -> HeaderValue {
    with_charset(media_type(name), content)
}

fn with_charset(media_type: &'static str, content: &[u8]) -> HeaderValue {
    if is_text(media_type) && is_utf8(content) {
        let with_charset = format!("{media_type}; charset=utf-8");
        return HeaderValue::from_str(&with_charset)
            .unwrap_or(HeaderValue::from_static(OCTET_STREAM));
    }
    HeaderValue::from_static(media_type)
}

fn media_type(name: &str) -> &'static str {
    let name = name.rsplit('/').next().unwrap_or(name);
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return OCTET_STREAM;
    };
    let extension = extension.to_ascii_lowercase();
    if WRAPPERS.contains(&extension.as_str()) && stem.contains('.') {
        return media_type(stem);
    }
    if let Some(inner) = GLUED
        .iter()
        .find(|glued| extension.strip_suffix("gz") == Some(glued))
    {
        return media_type(&format!("{stem}.{inner}"));
    }
    if let Some((_, unity)) = UNITY_2018
        .iter()
        .find(|(end, _)| name.to_ascii_lowercase().ends_with(end))
    {
        return unity;
    }
    OVERRIDES
        .iter()
        .find(|(known, _)| *known == extension)
        .map(|(_, media_type)| *media_type)
        .or_else(|| TYPES.get(extension.as_str()).copied())
        .or_else(|| mime_guess::from_ext(&extension).first_raw())
        .unwrap_or(OCTET_STREAM)
}

fn is_text(media_type: &str) -> bool {
    media_type.starts_with("text/")
        || media_type.ends_with("+json")
        || media_type.ends_with("+xml")
        || [
            "application/json",
            "application/xml",
            "application/javascript",
        ]
        .contains(&media_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_type_follows_from_its_name() {
        for (name, expected) in [
            ("index.html", "text/html; charset=utf-8"),
            ("INDEX.HTM", "text/html; charset=utf-8"),
            ("main.js", "text/javascript; charset=utf-8"),
            ("main.mjs", "text/javascript; charset=utf-8"),
            ("style.css", "text/css; charset=utf-8"),
            ("data.json", "application/json; charset=utf-8"),
            ("game.js.map", "application/json; charset=utf-8"),
            (
                "app.webmanifest",
                "application/manifest+json; charset=utf-8",
            ),
            ("icon.svg", "image/svg+xml; charset=utf-8"),
            ("map.tmx", "application/xml; charset=utf-8"),
            ("shader.wgsl", "text/wgsl; charset=utf-8"),
            ("font.fnt", "text/plain; charset=utf-8"),
            ("game.wasm", "application/wasm"),
            ("game.wasm.br", "application/wasm"),
            ("build/x.framework.js.gz", "text/javascript; charset=utf-8"),
            ("x.data.unityweb", "application/octet-stream"),
            ("backup.gz", "application/gzip"),
            ("game.pck", "application/octet-stream"),
            ("hero.png", "image/png"),
            ("hero.webp", "image/webp"),
            ("hero.ktx2", "image/ktx2"),
            ("song.mp3", "audio/mpeg"),
            ("song.ogg", "audio/ogg"),
            ("song.m4a", "audio/mp4"),
            ("intro.mp4", "video/mp4"),
            ("font.woff2", "font/woff2"),
            ("font.woff", "font/woff"),
            ("model.glb", "model/gltf-binary"),
            ("seg.ts", "video/mp2t"),
            ("what.unknownext", "application/octet-stream"),
            ("README", "application/octet-stream"),
            ("v1.2/README", "application/octet-stream"),
            ("ar.usdz", "model/vnd.usdz+zip"),
            ("ar.reality", "model/vnd.reality"),
            ("x.jsm", "text/javascript; charset=utf-8"),
            ("x.cur", "image/x-icon"),
            ("x.caf", "audio/x-caf"),
            ("x.wav", "audio/wav"),
        ] {
            assert_eq!(content_type(name, b"x"), expected, "{name}");
        }
    }

    #[test]
    fn only_utf8_text_has_a_charset() {
        let utf16 = b"\xff\xfe<\0h\0";
        let gbk = b"<meta charset=gbk>\xd6\xd0\xce\xc4";
        let short_gbk = b"<meta charset=\"gbk\"><title>\xd0\xa1\xd1\xa7</title>";
        for (content, expected) in [
            ("中文".as_bytes(), "text/html; charset=utf-8"),
            (b"", "text/html; charset=utf-8"),
            (utf16, "text/html"),
            (gbk, "text/html"),
            (short_gbk, "text/html"),
        ] {
            assert_eq!(content_type("index.html", content), expected);
        }
    }
}
