//! Files that arrive compressed, and whether the browser or the page inflates each.
//!
//! The name alone does not tell: Unity's `x.wasm.gz` must be sent with a content coding, while a page that inflates
//! `index.pck.gz` itself must get the file as it is.

use crate::compression::coding::Coding;
use crate::compression::format::{detect_coding, has_unity_marker, inner_name};
use crate::detect::evidence::Evidence;
use crate::detect::scan::Scan;
use crate::detect::script::ScannedText;
use crate::detect::usage::{Usage, UsageKind, find_usages};

/// A compressed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrecompressedFile {
    /// Its coding.
    pub coding: Coding,
    /// The name of the file inside: `x.wasm` for `x.wasm.br`, `x.js` for `x.jsgz`.
    pub inner: String,
    /// The side that inflates it.
    pub inflated_by: Inflater,
    /// The reason for that.
    pub evidence: Evidence,
}

/// The side that inflates a compressed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inflater {
    /// The browser, told by `Content-Encoding`.
    Browser,
    /// A script of the page, which must get the file as it is.
    Page,
}

/// Signs of scripts that inflate gzip. The last ones are error messages of zlib, its ports and fflate, which survive
/// minification.
const GZIP_INFLATERS: &[&str] = &[
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

const BROTLI_INFLATERS: &[&str] = &[
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

const ZSTD_INFLATERS: &[&str] = &[
    "ZSTDDecoder",
    "zstddec",
    "fzstd",
    "ZstdCodec",
    "ZSTD_decompress",
    "zstd_decompress",
    "DecompressionStream('zstd",
    "DecompressionStream(\"zstd",
];

/// Unity's own loader inflates marked files only.
const UNITY_LOADER: &str = "UnityWeb Compressed Content";

/// The words of this file for the vocabulary.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    [GZIP_INFLATERS, BROTLI_INFLATERS, ZSTD_INFLATERS]
        .into_iter()
        .flatten()
        .copied()
        .chain([UNITY_LOADER])
}

/// The compressed files of an export, by name.
pub(crate) fn find_precompressed(scan: &Scan<'_>) -> Vec<(String, PrecompressedFile)> {
    let candidates: Vec<_> = scan
        .names
        .iter()
        .filter_map(|name| Candidate::from_file(scan, name))
        .collect();
    let file_names: Vec<_> = candidates.iter().map(|file| file_name(file.name)).collect();
    let usages = find_usages(scan.texts(), &file_names);
    let decided = candidates.into_iter().zip(usages).map(|(file, usages)| {
        let (inflated_by, evidence) = match file.is_marked {
            true => (Inflater::Browser, Evidence::Marked),
            false => decide_unmarked(scan, &file, &usages),
        };
        let precompressed = PrecompressedFile {
            coding: file.coding,
            inner: file.inner,
            inflated_by,
            evidence,
        };
        (file.name.to_owned(), precompressed)
    });
    decided.collect()
}

struct Candidate<'a> {
    name: &'a str,
    inner: String,
    coding: Coding,
    /// True if it carries Unity's marker.
    is_marked: bool,
}

impl<'a> Candidate<'a> {
    fn from_file(scan: &Scan<'_>, name: &'a str) -> Option<Self> {
        let inner = inner_name(name)?;
        let head = scan.head(name);
        Some(Self {
            name,
            inner,
            coding: detect_coding(name, &head)?,
            is_marked: has_unity_marker(&head),
        })
    }
}

/// Decides who inflates a file without Unity's marker, from the scripts that can inflate and the mentions of the file.
fn decide_unmarked(
    scan: &Scan<'_>,
    file: &Candidate<'_>,
    usages: &[Usage],
) -> (Inflater, Evidence) {
    let inflater = scan.texts().find_map(|text| {
        let word = find_inflater(text, file.coding)?;
        Some(Evidence::Inflater {
            file: text.name.clone(),
            words: word.to_owned(),
        })
    });
    let Some(inflater) = inflater else {
        return (Inflater::Browser, Evidence::NoInflater);
    };
    let find = |kind| usages.iter().find(|usage| usage.kind == kind);
    if let Some(usage) = find(UsageKind::ReadByBrowser) {
        let evidence = Evidence::ReadByBrowser(usage.file.clone());
        return (Inflater::Browser, evidence);
    }
    // Tags load scripts and styles, unless a script visibly fetches them.
    if is_loaded_by_tags(&file.inner) && find(UsageKind::Fetched).is_none() {
        let evidence = Evidence::ReadByBrowser(scan.page.name.clone());
        return (Inflater::Browser, evidence);
    }
    (Inflater::Page, inflater)
}

/// The first sign that a text can inflate a coding.
fn find_inflater(text: &ScannedText, coding: Coding) -> Option<&'static str> {
    if text.contains(UNITY_LOADER) {
        return None;
    }
    let is_other_format = |word: &str| {
        // `DecompressionStream` has three formats; two of them are not gzip.
        word == "DecompressionStream"
            && text.positions(word).iter().all(|start| {
                let argument = text.excerpt(start + word.len(), 12);
                let argument = argument.trim_start_matches(['(', ' ', '"', '\'', '`']);
                argument.starts_with("deflate") || argument.starts_with("br")
            })
    };
    let words = match coding {
        Coding::Identity => &[],
        Coding::Gzip => GZIP_INFLATERS,
        Coding::Brotli => BROTLI_INFLATERS,
        Coding::Zstd => ZSTD_INFLATERS,
    };
    let mut words = words.iter().copied();
    words.find(|word| text.contains(word) && !is_other_format(word))
}

fn is_loaded_by_tags(inner: &str) -> bool {
    let extension = inner.rsplit('.').next().unwrap_or_default();
    ["js", "mjs", "css", "svg", "html"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

fn file_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
