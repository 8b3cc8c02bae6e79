//! A bounded look at an export: the names of its files, and what its page and its scripts say.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use bytes::Bytes;
use percent_encoding::percent_decode_str;

use crate::detect::{isolation, precompressed, rules};
use crate::html::tags::{Tag, tags};
use crate::source::Source;

/// How much is read, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct ScanBudget {
    page: u64,
    script: u64,
    scripts: u64,
}

/// For a library, which may have hundreds of games.
pub(crate) const GLANCE: ScanBudget = ScanBudget {
    page: 512 << 10,
    script: 256 << 10,
    scripts: 768 << 10,
};

/// For the one game that is published or asked about.
pub(crate) const THOROUGH: ScanBudget = ScanBudget {
    page: 16 << 20,
    script: 16 << 20,
    scripts: 64 << 20,
};

/// How much of a module or a package is read to see what it is, in bytes.
const HEAD: u64 = 256 << 10;

/// What was seen of an export.
#[derive(Debug)]
pub struct Scan<'a> {
    source: &'a Source,
    /// The names of the files, those at the top first.
    pub names: Vec<String>,
    /// The page to start with.
    pub page: TextFile,
    /// The scripts, those that the page names first.
    pub scripts: Vec<TextFile>,
}

/// A text and which of the words that mean something it has.
#[derive(Debug)]
pub struct TextFile {
    /// Its file's name.
    pub name: String,
    /// What was read of it.
    pub bytes: Bytes,
    found: BTreeMap<&'static str, Vec<usize>>,
}

impl<'a> Scan<'a> {
    /// Looks at the files of these names, of which `entry` is the page.
    pub fn new(
        source: &'a Source,
        mut names: Vec<String>,
        entry: &str,
        budget: ScanBudget,
    ) -> Self {
        names.sort_by_key(|name| name.matches('/').count());
        let mut look = Self {
            source,
            page: TextFile::new(entry, source.head(entry, budget.page)),
            names,
            scripts: Vec::new(),
        };
        let mut left = budget.scripts;
        for name in look.script_names() {
            let bytes = source.head(&name, budget.script.min(left));
            left -= (bytes.len() as u64).min(left);
            look.scripts.push(TextFile::new(&name, bytes));
            if left == 0 {
                break;
            }
        }
        look
    }

    /// The page, then the scripts.
    pub fn texts(&self) -> impl Iterator<Item = &TextFile> {
        std::iter::once(&self.page).chain(&self.scripts)
    }

    /// What the page's tags load from the game's own host, as names below the game's folder; of an absolute path,
    /// its leading slash is kept.
    pub(crate) fn references(&self) -> Vec<String> {
        let page = self.page.to_str();
        let references = tags(&page).filter_map(|tag| tag.reference());
        references.filter_map(|raw| self.local(raw)).collect()
    }

    /// The first `<base>` that says where references start.
    pub fn base(&self) -> Option<String> {
        let page = self.page.to_str();
        let mut bases = tags(&page).filter(|tag| tag.is("base"));
        let href = bases.find_map(|tag| tag.attribute("href"))?;
        Some(href.trim().to_owned())
    }

    /// What the page's tags load from other hosts without asking for permission to read it.
    pub(crate) fn loaded_from_other_host(&self) -> Option<String> {
        let page = self.page.to_str();
        let is_foreign = |tag: &Tag<'_>| {
            let reference = tag.reference().unwrap_or_default();
            let is_loaded = !tag.is("link")
                || tag
                    .attribute("rel")
                    .is_some_and(|rel| rel.to_ascii_lowercase().contains("stylesheet"));
            let is_remote = ["http://", "https://", "//"]
                .iter()
                .any(|scheme| reference.starts_with(scheme));
            is_loaded && is_remote && tag.attribute("crossorigin").is_none()
        };
        let tag = tags(&page).find(is_foreign)?;
        tag.reference().map(str::to_owned)
    }

    /// Whether there is a file of this name.
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// The beginning of a file.
    pub fn head(&self, name: &str) -> Bytes {
        self.source.head(name, HEAD)
    }

    fn script_names(&self) -> Vec<String> {
        let references = self.references().into_iter();
        let named = references.map(|name| name.trim_start_matches('/').to_owned());
        let named = named.filter(|name| self.has(name));
        let mut seen = HashSet::new();
        named
            .chain(self.names.iter().cloned())
            .filter(|name| is_script(name) && seen.insert(name.clone()))
            .collect()
    }

    /// A reference without its query, decoded, below the game's folder; `None` for what other hosts have.
    fn local(&self, reference: &str) -> Option<String> {
        let path = reference.split(['?', '#']).next().unwrap_or_default();
        if path.is_empty() || path.starts_with("//") || path.split('/').next()?.contains(':') {
            return None;
        }
        let path = percent_decode_str(path).decode_utf8().ok()?;
        if path.starts_with('/') {
            return Some(path.into_owned());
        }
        let folder = self.page.name.rsplit_once('/').map(|(folder, _)| folder);
        let mut parts: Vec<_> = folder.into_iter().flat_map(|f| f.split('/')).collect();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        Some(parts.join("/"))
    }
}

impl TextFile {
    fn new(name: &str, bytes: Bytes) -> Self {
        let mut found: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        let (search, words) = &*WORDS;
        if let Some(search) = search {
            for hit in search.find_overlapping_iter(&bytes) {
                let places = found.entry(words[hit.pattern()]).or_default();
                if places.len() < 16 {
                    places.push(hit.start());
                }
            }
        }
        Self {
            name: name.to_owned(),
            bytes,
            found,
        }
    }

    /// Whether it has this word, which must be one of those that are looked for.
    pub fn says(&self, word: &str) -> bool {
        debug_assert!(WORDS.1.contains(&word), "{word} is not looked for");
        self.found.contains_key(word)
    }

    /// Where it has this word, the first few times.
    pub fn places(&self, word: &str) -> &[usize] {
        self.found.get(word).map_or(&[], Vec::as_slice)
    }

    /// What stands in it from `start`, at most `length` bytes.
    pub(crate) fn excerpt(&self, start: usize, length: usize) -> String {
        let start = start.min(self.bytes.len());
        let end = start.saturating_add(length).min(self.bytes.len());
        String::from_utf8_lossy(&self.bytes[start..end]).into_owned()
    }

    /// As text, whatever its encoding.
    pub fn to_str(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}

/// Whether this is the name of a script.
pub(crate) fn is_script(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default();
    ["js", "mjs", "cjs"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

/// All words that mean something, and one pass that finds them all.
static WORDS: LazyLock<(Option<AhoCorasick>, Vec<&'static str>)> = LazyLock::new(|| {
    let mut words: Vec<_> = rules::words()
        .chain(isolation::WORDS.iter().copied())
        .chain(precompressed::words())
        .collect();
    words.sort_unstable();
    words.dedup();
    let search = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .build(&words)
        .ok();
    (search, words)
});
