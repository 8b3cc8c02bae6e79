//! Files that are compressed already: which, how, and whether the page or its browser is to inflate them.
//!
//! A name alone does not tell: Unity's `x.wasm.gz` must be sent as what is inside, while a page that inflates
//! `index.pck.gz` by itself must get the file as it is.

use aho_corasick::AhoCorasick;

use crate::compression::detect::{Compression, compression, inner_name, is_marked};
use crate::detect::evidence::Evidence;
use crate::detect::scan::{Scan, TextFile};

/// A file that is compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrecompressedFile {
    /// How.
    pub compression: Compression,
    /// What the file would be called if it were not: `x.wasm` for `x.wasm.br`, `x.js` for `x.jsgz`.
    pub inner: String,
    /// Who inflates it.
    pub inflated_by: Inflater,
    /// What that was seen from.
    pub evidence: Evidence,
}

/// Who turns a compressed file into what is inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inflater {
    /// The browser, when it is told how the file is compressed.
    Browser,
    /// The page's own script, which must get the file as it is.
    Page,
}

/// How much of a compressed head is inflated, in bytes.
pub(crate) const HEAD: u64 = 256 << 10;

/// Names that stand for another, what they end in and what that stands for. The last four are one word with what is
/// inside: Unity 5's, and compressed SVG.
pub(crate) const ENDINGS: &[(&str, &str)] = &[
    (".gz", ""),
    (".br", ""),
    (".zst", ""),
    (".unityweb", ""),
    (".jsgz", ".js"),
    (".datagz", ".data"),
    (".memgz", ".mem"),
    (".svgz", ".svg"),
];

pub(crate) const UNITY_MARKERS: [&[u8]; 2] = [
    b"UnityWeb Compressed Content (gzip)",
    b"UnityWeb Compressed Content (brotli)",
];

/// Words of scripts that inflate gzip; the last ones are messages of zlib, of its ports and of fflate, which no
/// minifier changes.
pub(crate) const GZIP_INFLATERS: &[&str] = &[
    "DecompressionStream",
    "pako",
    "fflate",
    "gunzip",
    "Gunzip",
    "GunZip",
    "ungzip",
    "inflate(",
    "inflateSync",
    "inflateRaw",
    "Inflate(",
    "incorrect header check",
    "invalid distance too far back",
    "invalid gzip data",
];

pub(crate) const BROTLI_INFLATERS: &[&str] = &[
    "BrotliDecode",
    "brotliDecode",
    "BrotliDecompress",
    "brotliDecompress",
    "brotli_dec",
    "brotli-dec",
    "brotli-wasm",
    "brotli_wasm",
    "unbrotli",
    "DecompressionStream('br",
    "DecompressionStream(\"br",
    "decode.min.js",
];

pub(crate) const ZSTD_INFLATERS: &[&str] = &[
    "ZSTDDecoder",
    "zstddec",
    "fzstd",
    "ZstdCodec",
    "ZSTD_decompress",
    "zstd_decompress",
    "DecompressionStream('zstd",
    "DecompressionStream(\"zstd",
];

/// Unity's own loader inflates what is marked, and nothing else.
const UNITY_LOADER: &str = "UnityWeb Compressed Content";

/// The words that are looked for.
pub fn words() -> impl Iterator<Item = &'static str> {
    [GZIP_INFLATERS, BROTLI_INFLATERS, ZSTD_INFLATERS]
        .into_iter()
        .flatten()
        .copied()
        .chain([UNITY_LOADER])
}

/// The compressed files of an export by name, with who inflates each.
pub fn files(look: &Scan<'_>) -> Vec<(String, PrecompressedFile)> {
    let found: Vec<_> = look
        .names
        .iter()
        .filter_map(|name| {
            let inner = inner_name(name)?;
            let head = look.head(name);
            Some((name, inner, compression(name, &head)?, is_marked(&head)))
        })
        .collect();
    let mentions = Mentions::of(look, found.iter().map(|(name, ..)| base_name(name)));
    let decide =
        |(index, (name, inner, compression, is_marked)): (usize, &(&String, String, _, _))| {
            let (inflated_by, evidence) = match is_marked {
                true => (Inflater::Browser, Evidence::Marked),
                false => unmarked(look, inner, *compression, &mentions.0[index]),
            };
            let encoded = PrecompressedFile {
                compression: *compression,
                inner: inner.clone(),
                inflated_by,
                evidence,
            };
            ((*name).clone(), encoded)
        };
    found.iter().enumerate().map(decide).collect()
}

/// Who inflates a file that nothing marks, of which the page and its scripts speak in these places.
fn unmarked(
    look: &Scan<'_>,
    inner: &str,
    compression: Compression,
    mentions: &[Mention],
) -> (Inflater, Evidence) {
    let inflater = look.texts().find_map(|text| {
        let word = inflater(text, compression)?;
        Some(Evidence::Inflater {
            file: text.name.clone(),
            words: word.to_owned(),
        })
    });
    let Some(inflater) = inflater else {
        return (Inflater::Browser, Evidence::NoInflater);
    };
    let of = |how: How| mentions.iter().find(|mention| mention.how == how);
    if let Some(mention) = of(How::ReadByBrowser) {
        let evidence = Evidence::ReadByBrowser(mention.file.clone());
        return (Inflater::Browser, evidence);
    }
    // Scripts and styles are read by tags, unless a script is seen to fetch them.
    if is_for_tags(inner) && of(How::Fetched).is_none() {
        let evidence = Evidence::ReadByBrowser(look.page.name.clone());
        return (Inflater::Browser, evidence);
    }
    (Inflater::Page, inflater)
}

fn inflater(text: &TextFile, compression: Compression) -> Option<&'static str> {
    if text.says(UNITY_LOADER) {
        return None;
    }
    let is_other_format = |word: &str| {
        // Of its three formats, two are not gzip.
        word == "DecompressionStream"
            && text.places(word).iter().all(|start| {
                let argument = text.excerpt(start + word.len(), 12);
                let argument = argument.trim_start_matches(['(', ' ', '"', '\'', '`']);
                argument.starts_with("deflate") || argument.starts_with("br")
            })
    };
    let mut words = compression.inflaters().iter().copied();
    words.find(|word| text.says(word) && !is_other_format(word))
}

/// How a text speaks of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// As something that the browser itself reads: by a tag, as a worker or module, or streamed into WebAssembly.
    ReadByBrowser,
    /// As something that a script fetches.
    Fetched,
    /// Otherwise.
    Named,
}

#[derive(Clone, Debug)]
struct Mention {
    file: String,
    how: How,
}

/// Where the page and its scripts speak of each of some files.
struct Mentions(Vec<Vec<Mention>>);

impl Mentions {
    fn of<'n>(look: &Scan<'_>, names: impl Iterator<Item = &'n str>) -> Self {
        let names: Vec<_> = names.collect();
        let mut mentions = vec![Vec::new(); names.len()];
        let Ok(search) = AhoCorasick::new(&names) else {
            return Self(mentions);
        };
        for text in look.texts() {
            for hit in search.find_overlapping_iter(&text.bytes) {
                let of_file = &mut mentions[hit.pattern()];
                if of_file.len() < 16 {
                    let start = hit.start().saturating_sub(80);
                    of_file.push(Mention {
                        file: text.name.clone(),
                        how: how(&text.excerpt(start, hit.start() - start)),
                    });
                }
            }
        }
        Self(mentions)
    }
}

/// How a file is spoken of after these words.
fn how(before: &str) -> How {
    // Back to where the string with its name begins, then to where the statement does.
    let string = before.rfind(['"', '\'', '`', '=']).unwrap_or(0);
    let is_bare = before[string..].starts_with('=');
    let end = string + usize::from(is_bare);
    let before = before[..end].trim_end();
    let statement = &before[before.rfind([';', '{', '}', '\n']).map_or(0, |at| at + 1)..];
    let statement: String = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_read = [
        "src=",
        "src =",
        "href=",
        "href =",
        "from",
        "import",
        "import(",
        "importScripts(",
        "Worker(",
        "addModule(",
        "register(",
        "Streaming(fetch(",
        "Streaming( fetch(",
    ]
    .iter()
    .any(|word| statement.ends_with(word));
    if is_read {
        return How::ReadByBrowser;
    }
    let is_fetched = [
        "fetch(", "open(", "load(", "get(", "axios", "flate", "gunzip", "ungzip",
    ]
    .iter()
    .any(|word| statement.contains(word));
    match is_fetched {
        true => How::Fetched,
        false => How::Named,
    }
}

fn is_for_tags(inner: &str) -> bool {
    let extension = inner.rsplit('.').next().unwrap_or_default();
    ["js", "mjs", "css", "svg", "html"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

fn base_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_inside() {
        for (name, expected) in [
            ("a/x.wasm.br", Some("a/x.wasm")),
            ("x.wasm.GZ", Some("x.wasm")),
            (
                "Build/x.framework.js.unityweb",
                Some("Build/x.framework.js"),
            ),
            ("x.jsgz", Some("x.js")),
            ("x.datagz", Some("x.data")),
            ("x.memgz", Some("x.mem")),
            ("x.svgz", Some("x.svg")),
            ("engine.gz.wasm", None),
            ("a/.gz", None),
            ("levels.tar.gz", None),
            ("gz", None),
            ("中文.gz", Some("中文")),
        ] {
            assert_eq!(inner_name(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn how_a_file_is_spoken_of() {
        for (before, expected) in [
            ("<script src=\"", How::ReadByBrowser),
            ("<script async src=lib/", How::ReadByBrowser),
            ("<link rel=stylesheet href='", How::ReadByBrowser),
            ("s.src = `", How::ReadByBrowser),
            ("import x from './", How::ReadByBrowser),
            ("await import(\"./", How::ReadByBrowser),
            ("new Worker('", How::ReadByBrowser),
            (
                "WebAssembly.instantiateStreaming(fetch(\"",
                How::ReadByBrowser,
            ),
            ("const r = await fetch('", How::Fetched),
            ("xhr.open('GET', \"", How::Fetched),
            ("fetch(base + '", How::Fetched),
            ("pako.ungzip(await bytes('", How::Fetched),
            ("dataUrl: buildUrl + \"/", How::Named),
            ("fetch('a'); const x = ['", How::Named),
            ("", How::Named),
        ] {
            assert_eq!(how(before), expected, "{before}");
        }
    }
}
