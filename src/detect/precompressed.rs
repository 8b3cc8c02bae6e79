//! Files that arrive compressed, and whether the browser or the page inflates each.
//!
//! The name alone does not tell: Unity's `x.wasm.gz` must be sent with a content coding, while a page that inflates
//! `index.pck.gz` itself must get the file as it is.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;

use crate::compression::coding::Coding;
use crate::compression::format::{detect_coding, has_unity_marker, inner_name};
use crate::detect::evidence::Evidence;
use crate::detect::host_files::FileWishes;
use crate::detect::kind::EngineKind;
use crate::detect::scan::{Scan, folder_of};
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

/// The words that this file adds to the vocabulary.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    [GZIP_INFLATERS, BROTLI_INFLATERS, ZSTD_INFLATERS]
        .into_iter()
        .flatten()
        .chain(GZIP_CALLS)
        .copied()
        .chain([UNITY_LOADER])
}

/// The compressed files of an export, by name. `wishes` are those of the author for other hosts.
pub(crate) fn find_precompressed(
    kind: EngineKind,
    scan: &Scan<'_>,
    wishes: &BTreeMap<String, FileWishes>,
) -> Vec<(String, PrecompressedFile)> {
    let candidates: Vec<_> = scan
        .names
        .iter()
        .filter_map(|name| {
            let stated = wishes.get(name).and_then(|wish| wish.coding.as_ref());
            Candidate::from_file(scan, name, stated)
        })
        .collect();
    let file_names: Vec<_> = candidates.iter().map(|file| file_name(file.name)).collect();
    let usages = find_usages(scan.texts(), &file_names);
    let decided = candidates.into_iter().zip(usages).map(|(file, usages)| {
        let (inflated_by, evidence) = match &file.stated {
            _ if file.is_marked => (Inflater::Browser, Evidence::Marked),
            // On the author's host browsers decode it.
            Some(stated) => (Inflater::Browser, stated.clone()),
            None => decide_unmarked(kind, scan, &file, &usages),
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
    /// The author's statement that it has this coding.
    stated: Option<Evidence>,
}

impl<'a> Candidate<'a> {
    fn from_file(
        scan: &Scan<'_>,
        name: &'a str,
        stated: Option<&(Coding, Evidence)>,
    ) -> Option<Self> {
        let Some(inner) = inner_name(name) else {
            let stated = stated.map(|(coding, evidence)| Self {
                name,
                inner: name.to_owned(),
                coding: *coding,
                is_marked: false,
                stated: Some(evidence.clone()),
            });
            return Self::without_ending(scan, name).or(stated);
        };
        let head = scan.head(name);
        let coding = detect_coding(name, &head)?;
        let stated = stated.filter(|(stated, _)| *stated == coding);
        Some(Self {
            name,
            inner,
            coding,
            is_marked: has_unity_marker(&head),
            stated: stated.map(|(_, evidence)| evidence.clone()),
        })
    }

    /// A file that is compressed although its name does not say so: with Unity's marker, or a script or style, which
    /// only browsers can inflate.
    fn without_ending(scan: &Scan<'_>, name: &'a str) -> Option<Self> {
        let extension = name.rsplit('.').next()?.to_ascii_lowercase();
        let is_code = ["js", "mjs", "css"].contains(&extension.as_str());
        let is_of_unity = ["wasm", "data", "json", "mem"].contains(&extension.as_str());
        if !is_code && !is_of_unity {
            return None;
        }
        let head = scan.signature(name);
        let is_marked = has_unity_marker(&head);
        let is_gzip = head.starts_with(&[0x1f, 0x8b, 8]);
        if !(is_marked || is_code && is_gzip) {
            return None;
        }
        Some(Self {
            name,
            inner: name.to_owned(),
            coding: if is_gzip {
                Coding::Gzip
            } else {
                Coding::Brotli
            },
            is_marked,
            stated: None,
        })
    }
}

/// Decides who inflates a file without Unity's marker, from the way in which the game loads it, then from the scripts
/// and modules that can inflate. Without a sign a file is sent as it is, as by any file server.
fn decide_unmarked(
    kind: EngineKind,
    scan: &Scan<'_>,
    file: &Candidate<'_>,
    usages: &[Usage],
) -> (Inflater, Evidence) {
    let find = |kind| usages.iter().find(|usage| usage.kind == kind);
    if let Some(usage) = find(UsageKind::ReadByBrowser) {
        let evidence = Evidence::ReadByBrowser(usage.file.clone());
        return (Inflater::Browser, evidence);
    }
    let in_scripts = scan.texts().find_map(|text| {
        let words = find_inflater(text, file.coding)?.to_owned();
        let file = text.name.clone();
        Some(Evidence::Inflater { file, words })
    });
    if let Some(inflater) = in_scripts
        && !is_for_saves(scan, file.coding)
    {
        return (Inflater::Page, inflater);
    }
    // Nobody but a script or the browser can inflate a module; tags load scripts and styles, unless a script visibly
    // fetches them; no browser's script can inflate brotli by itself.
    let is_module = file.inner.to_ascii_lowercase().ends_with(".wasm");
    let is_tagged = file.inner == file.name
        || is_loaded_by_tags(&file.inner) && find(UsageKind::Fetched).is_none();
    // A script of another host, which is not read, may inflate what its page fetches.
    let is_seen = file.coding != Coding::Gzip || scan.scripts_of_other_hosts().next().is_none();
    if is_module && is_seen || is_tagged || kind == EngineKind::Unity && is_of_engine(file, usages)
    {
        return (Inflater::Browser, Evidence::NoInflater);
    }
    match (find_in_modules(scan, file.coding), file.coding) {
        (Some(inflater), _) => (Inflater::Page, inflater),
        (None, Coding::Brotli) => (Inflater::Browser, Evidence::NoInflater),
        (None, _) => (Inflater::Page, Evidence::NoSign),
    }
}

/// True if Unity's loader loads the file: from its folder, or by a list of names. Scripts fetch others, such as streaming
/// assets.
fn is_of_engine(file: &Candidate<'_>, usages: &[Usage]) -> bool {
    let folder = file_name(folder_of(file.name));
    ["Build", "Release"]
        .iter()
        .any(|known| folder.eq_ignore_ascii_case(known))
        || usages.iter().any(|usage| usage.kind == UsageKind::Named)
}

/// Calls of gzip inflaters.
const GZIP_CALLS: &[&str] = &["pako.", "fflate.", "gunzip(", "ungzip(", "inflate("];

/// True if scripts of the game's own inflate only what they have saved before.
fn is_for_saves(scan: &Scan<'_>, coding: Coding) -> bool {
    let is_library = |text: &ScannedText| {
        let name = text.name.to_ascii_lowercase();
        ["pako", "fflate", "zlib", "inflate"]
            .iter()
            .any(|library| name.contains(library))
    };
    let own = scan.texts().filter(|text| !is_library(text));
    let calls = own.flat_map(|text| {
        let positions = GZIP_CALLS.iter().flat_map(|word| text.positions(word));
        positions.map(|start| text.excerpt(start.saturating_sub(80), 160))
    });
    let is_of_save = |context: &str| {
        let context = context.to_ascii_lowercase();
        context.contains("localstorage") || context.contains("save")
    };
    let (of_saves, others): (Vec<_>, Vec<_>) = calls.partition(|context| is_of_save(context));
    coding == Coding::Gzip && !of_saves.is_empty() && others.is_empty()
}

/// Error messages of inflaters in a module's data: zlib's, flate2's and miniz's.
const GZIP_MESSAGES: &[&str] = &[
    "incorrect header check",
    "invalid distance too far back",
    "invalid gzip header",
    "corrupt deflate stream",
    "incorrect data check",
];

/// Those of zstd and its ports.
const ZSTD_MESSAGES: &[&str] = &[
    "Unknown frame descriptor",
    "Restored data doesn't match checksum",
    "MagicNumber",
    "ZSTD_",
];

const BROTLI_MESSAGES: &[&str] = &[
    "BrotliDecoder",
    "brotli_decompressor",
    "brotli-decompressor",
];

/// The modules that are searched, at most, and the bytes of each.
const MAX_MODULES: usize = 8;
const MODULE: u64 = 32 << 20;

/// The first module that can inflate a coding.
fn find_in_modules(scan: &Scan<'_>, coding: Coding) -> Option<Evidence> {
    let words = match coding {
        Coding::Identity => &[],
        Coding::Gzip => GZIP_MESSAGES,
        Coding::Brotli => BROTLI_MESSAGES,
        Coding::Zstd => ZSTD_MESSAGES,
    };
    let automaton = AhoCorasick::new(words).ok()?;
    let mut modules = { scan.names.iter() }
        .filter(|name| name.to_ascii_lowercase().ends_with(".wasm"))
        .take(MAX_MODULES);
    modules.find_map(|name| {
        let hit = automaton.find(&scan.start(name, MODULE)[..])?;
        Some(Evidence::Inflater {
            file: name.clone(),
            words: words[hit.pattern().as_usize()].to_owned(),
        })
    })
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
