//! A bounded scan of an export: its file names, its page, and its scripts.

use std::collections::{HashSet, VecDeque};

use bytes::Bytes;
use percent_encoding::percent_decode_str;

use crate::compression::format::decoded_head;
use crate::detect::script::{ScannedText, as_utf8, code_in};
use crate::detect::word_list::WordList;
use crate::html::page::tags;
use crate::html::tag::Tag;
use crate::source::Source;
use crate::source::entry_page::has_page_name;

/// Limits on what a scan reads: the bytes of the page, of each script and of all, how many scripts, and how many of them are
/// other pages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScanBudget {
    page: u64,
    script: u64,
    all_scripts: u64,
    most_scripts: usize,
    most_pages: usize,
}

/// For a library, which may have hundreds of games.
pub(crate) const GLANCE: ScanBudget = ScanBudget {
    page: 512 << 10,
    script: 256 << 10,
    all_scripts: 768 << 10,
    most_scripts: 64,
    most_pages: 8,
};

/// For a single game: when it is built, explained or checked. Three scripts of this size are in memory at times, which a
/// container of 64 MiB must have room for.
pub(crate) const THOROUGH: ScanBudget = ScanBudget {
    page: 16 << 20,
    script: 12 << 20,
    all_scripts: 64 << 20,
    most_scripts: usize::MAX,
    most_pages: 64,
};

/// The words before the names of scripts that run whatever their names end in, besides those of tags.
pub(crate) const WORDS: &[&str] = &["Worker(", "importScripts("];

/// The bytes of texts that a scan holds at once, besides the one that it reads: larger scripts are read again when they
/// are needed.
const HELD: u64 = 8 << 20;

/// The bytes of a module or package that are read to identify it, compressed and decompressed.
pub(crate) const HEAD: u64 = 256 << 10;

/// The bytes of any file that are read to tell its format.
const SIGNATURE: u64 = 128;

/// The export to scan.
#[derive(Clone, Debug)]
pub(crate) struct Export<'a> {
    pub source: &'a Source,
    pub names: Vec<String>,
    /// The entry page.
    pub entry: &'a str,
}

/// A scanned export.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    source: &'a Source,
    /// The file names, those in the root first.
    pub names: Vec<String>,
    /// The indices of the names in alphabetical order, in which one is looked up.
    sorted: Vec<usize>,
    /// The entry page.
    pub page: ScannedText,
    /// The scripts, those that the page loads first, and the code of other pages.
    pub scripts: Vec<ScannedText>,
    tags: Vec<Tag>,
}

impl<'a> Scan<'a> {
    /// Reads the page, the scripts and other pages within a budget, and finds the vocabulary's words in them.
    pub(crate) fn new(
        export: Export<'a>,
        budget: ScanBudget,
        vocabulary: &'static WordList,
    ) -> Self {
        let Export {
            source,
            mut names,
            entry,
        } = export;
        names.sort_by_key(|name| name.matches('/').count());
        let mut sorted: Vec<_> = (0..names.len()).collect();
        sorted.sort_by(|a, b| names[*a].cmp(&names[*b]));
        let page = read_page(source, entry, budget.page);
        let mut unheld = HELD.saturating_sub(page.len() as u64);
        let mut scan = Self {
            source,
            names,
            sorted,
            tags: tags(&page),
            page: ScannedText::new(entry, page, vocabulary),
            scripts: Vec::new(),
        };
        let mut left = budget.all_scripts;
        let mut unread = VecDeque::from(scan.code_names(budget.most_pages));
        let mut seen: HashSet<_> = unread.iter().cloned().collect();
        unread.extend(scan.worker_names(&scan.page, &mut seen));
        for _ in 0..budget.most_scripts {
            let Some(name) = unread.pop_front().filter(|_| left > 0) else {
                break;
            };
            let most = budget.script.min(left);
            let bytes = as_utf8(source.head(&name, most));
            let length = bytes.len() as u64;
            left -= length.min(left);
            let mut script = ScannedText::new(&name, code_in(&name, bytes), vocabulary);
            match unheld.checked_sub(length) {
                Some(rest) => unheld = rest,
                None => script.let_go(source, most),
            }
            unread.extend(scan.worker_names(&script, &mut seen));
            scan.scripts.push(script);
        }
        scan
    }

    /// The page, then the scripts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &ScannedText> {
        std::iter::once(&self.page).chain(&self.scripts)
    }

    /// The files of this export that the page's tags load, by name; absolute paths keep their leading slash. Icons and
    /// links to other sites' copies of the page are no part of it: a page copied from elsewhere keeps them.
    pub(crate) fn references(&self) -> Vec<String> {
        let loaded = ["stylesheet", "modulepreload", "preload"];
        let tags = self.tags.iter();
        tags.filter(|tag| tag.name != "link" || tag.has_word("rel", &loaded))
            .filter_map(Tag::reference)
            .filter_map(|reference| self.resolve(reference))
            .collect()
    }

    /// The `href` of the page's first `<base>` that has one.
    pub(crate) fn base(&self) -> Option<&str> {
        let mut bases = self.tags.iter().filter(|tag| tag.name == "base");
        bases.find_map(|tag| tag.attribute("href"))
    }

    /// The scripts that the page's tags load from other hosts.
    pub(crate) fn scripts_of_other_hosts(&self) -> impl Iterator<Item = &str> {
        let scripts = self.tags.iter().filter(|tag| tag.name == "script");
        let references = scripts.filter_map(Tag::reference);
        references.filter(|reference| is_remote(reference))
    }

    /// The first file that the page loads from another host without CORS, which `require-corp` blocks.
    pub(crate) fn loaded_from_other_host(&self) -> Option<String> {
        let is_foreign = |tag: &&Tag| {
            let reference = tag.reference().unwrap_or_default();
            let is_loaded = tag.name != "link"
                || tag
                    .attribute("rel")
                    .is_some_and(|rel| rel.to_ascii_lowercase().contains("stylesheet"));
            is_loaded && is_remote(reference) && tag.attribute("crossorigin").is_none()
        };
        let tag = self.tags.iter().find(is_foreign)?;
        tag.reference().map(str::to_owned)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        let compare = |at: &usize| self.names[*at].as_str().cmp(name);
        self.sorted.binary_search_by(compare).is_ok()
    }

    /// The first bytes of a file; see [`HEAD`].
    pub(crate) fn head(&self, name: &str) -> Bytes {
        self.source.head(name, HEAD)
    }

    /// The first bytes of a file, for its signature.
    pub(crate) fn signature(&self, name: &str) -> Bytes {
        self.source.head(name, SIGNATURE)
    }

    /// The first `most` bytes of a file.
    pub(crate) fn start(&self, name: &str, most: u64) -> Bytes {
        self.source.head(name, most)
    }

    /// The folders against which the names in a text may be resolved: its own, those above, and that of the entry page.
    pub(crate) fn folders_from<'n>(&'n self, name: &'n str) -> Vec<&'n str> {
        let above = std::iter::successors(Some(folder_of(name)), |folder| {
            (!folder.is_empty()).then(|| folder_of(folder))
        });
        above.chain([folder_of(&self.page.name)]).collect()
    }

    /// The files that a text starts as workers, or imports into them, and that are not seen yet.
    fn worker_names(&self, text: &ScannedText, seen: &mut HashSet<String>) -> Vec<String> {
        let folders = self.folders_from(&text.name);
        let find = |literal: String| {
            let names = folders
                .iter()
                .filter_map(|folder| resolve_in(folder, &literal));
            let mut names = names.map(|name| name.trim_start_matches('/').to_owned());
            names.find(|name| self.has(name))
        };
        let literals = WORDS.iter().flat_map(|word| text.literals_after(word));
        let names = literals.filter_map(find);
        names.filter(|name| seen.insert(name.clone())).collect()
    }

    /// The files that hold code by their tags or endings: the scripts, then the pages.
    fn code_names(&self, most_pages: usize) -> Vec<String> {
        // A tag tells a script, whatever its name.
        let loaded = self.tags.iter().filter(|tag| tag.name == "script");
        let loaded = loaded.filter_map(|tag| self.resolve(tag.reference()?));
        let loaded = loaded.map(|name| name.trim_start_matches('/').to_owned());
        let named = self.names.iter().filter(|name| is_script(name)).cloned();
        let is_other_page = |name: &&String| has_page_name(name) && **name != self.page.name;
        let pages = self.names.iter().filter(is_other_page).cloned();
        let mut seen = HashSet::new();
        { loaded.filter(|name| self.has(name)) }
            .chain(named)
            .chain(pages.take(most_pages))
            .filter(|name| seen.insert(name.clone()))
            .collect()
    }

    /// Resolves a reference against the page; see [`resolve_in`].
    fn resolve(&self, reference: &str) -> Option<String> {
        resolve_in(folder_of(&self.page.name), reference)
    }
}

/// The folder of a file; empty for the root.
pub(crate) fn folder_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Resolves a reference against a folder, without its query and decoded; absolute paths keep their leading slash; `None`
/// for other hosts.
pub(crate) fn resolve_in(folder: &str, reference: &str) -> Option<String> {
    let path = reference.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() || path.starts_with("//") || path.split('/').next()?.contains(':') {
        return None;
    }
    let path = percent_decode_str(path).decode_utf8().ok()?;
    if path.starts_with('/') {
        return Some(path.into_owned());
    }
    let mut parts: Vec<_> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let slash = if path.ends_with('/') { "/" } else { "" };
    Some(parts.join("/") + slash)
}

/// The text of the entry page, which may be there only as a compressed file.
fn read_page(source: &Source, entry: &str, most: u64) -> Bytes {
    let plain = source.head(entry, most);
    let packed = || {
        ["gz", "br", "zst"].iter().find_map(|extension| {
            let name = format!("{entry}.{extension}");
            let head = source.head(&name, most);
            (!head.is_empty()).then(|| decoded_head(&name, &head, most).into())
        })
    };
    as_utf8(match plain.is_empty() {
        true => packed().unwrap_or_default(),
        false => plain,
    })
}

fn is_remote(reference: &str) -> bool {
    ["http://", "https://", "//"]
        .iter()
        .any(|scheme| reference.starts_with(scheme))
}

fn is_script(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default();
    ["js", "mjs", "cjs"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}
