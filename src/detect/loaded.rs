//! The files that a game loads as scripts and styles, whatever their names end in.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use bytes::Bytes;

use crate::detect::scan::{Scan, folder_of, resolve_in};
use crate::detect::script::{NAME, literals};
use crate::html::page::{Token, tokens};
use crate::html::style_sheet::style_urls;
use crate::html::tag::Tag;
use crate::source::entry_page::has_page_name;

/// The use that a page makes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadedAs {
    /// A script that a tag names.
    Script,
    /// A file that a script names where it may load a script, module, worker or worklet. The words stand in comments, prose
    /// and imports of data, too.
    LikelyScript,
    /// A style sheet.
    Style,
}

/// The maximum number of oddly named scripts, and of style sheets, that are read.
const MAX_TEXTS: usize = 64;

/// Words before the name of a script.
const LOADERS: &[&str] = &[
    "Worker(",
    "addModule(",
    "importScripts(",
    "import(",
    "import ",
    "import\"",
    "import'",
    "from ",
    "from\"",
    "from'",
    "serviceWorker.register(",
];

/// Leftmost-first, for which there is a fast search for so few words.
static LOADER_SEARCH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let mut search = AhoCorasick::builder();
    search
        .match_kind(MatchKind::LeftmostFirst)
        .build(LOADERS)
        .ok()
});

/// The files of the game that its pages and scripts load as scripts and styles.
pub(crate) fn find_loaded(scan: &Scan<'_>) -> BTreeMap<String, LoadedAs> {
    let mut loaded = Loaded {
        scan,
        read: scan.texts().map(|text| text.name.as_str()).collect(),
        files: BTreeMap::new(),
        unread: VecDeque::new(),
        styles: VecDeque::new(),
    };
    loaded.add_page(&scan.page.name, &scan.page.bytes());
    for text in &scan.scripts {
        match has_page_name(&text.name) {
            true => loaded.add_page(&text.name, &text.bytes()),
            false => loaded.add_script(&text.name, &text.bytes()),
        }
    }
    for _ in 0..MAX_TEXTS {
        let Some(name) = loaded.unread.pop_front() else {
            break;
        };
        loaded.add_script(&name, &scan.head(&name));
    }
    for _ in 0..MAX_TEXTS {
        let Some(name) = loaded.styles.pop_front() else {
            break;
        };
        loaded.add_style(
            &[folder_of(&name)],
            &String::from_utf8_lossy(&scan.head(&name)),
        );
    }
    loaded.files
}

struct Loaded<'a> {
    scan: &'a Scan<'a>,
    /// The names of the texts of the scan.
    read: HashSet<&'a str>,
    files: BTreeMap<String, LoadedAs>,
    /// Scripts that were found by their use only.
    unread: VecDeque<String>,
    /// Style sheets, which may import others.
    styles: VecDeque<String>,
}

impl Loaded<'_> {
    fn add_page(&mut self, name: &str, page: &Bytes) {
        let (mut tags, mut styles) = (Vec::new(), Vec::new());
        let mut is_style = false;
        for token in tokens(page) {
            match token {
                Token::Start(tag) => {
                    is_style = tag.name == "style";
                    tags.push(tag);
                }
                Token::Text { text, .. } if is_style => styles.push(text),
                Token::Text { .. } | Token::End { .. } => is_style = false,
            }
        }
        let base = tags.iter().find(|tag| tag.name == "base");
        let base = base.and_then(|tag| resolve_in(folder_of(name), tag.attribute("href")?));
        let folder = base.map_or_else(
            || folder_of(name).to_owned(),
            |base| folder_of(&base).into(),
        );
        for tag in &tags {
            if let (Some(used), Some(reference)) = (use_of(tag), tag.reference()) {
                self.add(&[&folder, folder_of(name)], reference, used);
            }
        }
        let text = String::from_utf8_lossy(page);
        if let Some((_, map)) = text.split_once("importmap") {
            let map = map.split("</script").next().unwrap_or_default();
            for value in map.split('"').skip(1).step_by(2) {
                self.add(&[&folder], value, LoadedAs::LikelyScript);
            }
        }
        for style in &styles {
            self.add_style(&[&folder], style);
        }
        self.add_script(name, page);
    }

    /// Adds the style sheets that one imports.
    fn add_style(&mut self, folders: &[&str], style: &str) {
        let urls = style_urls(style);
        for url in urls.iter().filter(|url| url.is_import) {
            self.add(folders, &url.target, LoadedAs::Style);
        }
    }

    /// Adds the scripts that a script names.
    fn add_script(&mut self, name: &str, script: &[u8]) {
        let Some(search) = &*LOADER_SEARCH else {
            return;
        };
        let folders = self.scan.folders_from(name);
        for hit in search.find_iter(script) {
            let ends_with_quote = script[hit.end() - 1] == b'"' || script[hit.end() - 1] == b'\'';
            let start = hit.end() - usize::from(ends_with_quote);
            let after = &script[start..script.len().min(start + NAME)];
            for literal in literals(&String::from_utf8_lossy(after)) {
                self.add(&folders, literal, LoadedAs::LikelyScript);
            }
        }
    }

    fn add(&mut self, folders: &[&str], reference: &str, used: LoadedAs) {
        for folder in folders {
            let Some(name) = resolve_in(folder, reference) else {
                continue;
            };
            let name = name.trim_start_matches('/').to_owned();
            if !self.scan.has(&name) {
                let plain = plain_name(&name);
                if plain.is_some_and(|plain| self.scan.has(plain)) {
                    self.files.insert(name, used);
                    return;
                }
                continue;
            }
            let known = self.files.get(&name).copied();
            if known.is_none() || known == Some(LoadedAs::LikelyScript) {
                match used {
                    LoadedAs::Style => self.styles.push_back(name.clone()),
                    _ if known.is_none() && !self.read.contains(name.as_str()) => {
                        self.unread.push_back(name.clone());
                    }
                    _ => {}
                }
                self.files.insert(name, used);
            }
            return;
        }
    }
}

/// The name of a compressed file without the ending: `x.js` for `x.js.gz`.
pub(crate) fn plain_name(name: &str) -> Option<&str> {
    name.strip_suffix(".gz").or(name.strip_suffix(".br"))
}

/// The use of the file that a tag names.
fn use_of(tag: &Tag) -> Option<LoadedAs> {
    match tag.name.as_str() {
        "script" => {
            let kind = tag
                .attribute("type")
                .unwrap_or_default()
                .to_ascii_lowercase();
            let is_script = ["", "module", "jsx", "text/babel"].contains(&kind.as_str())
                || kind.contains("javascript")
                || kind.contains("ecmascript");
            is_script.then_some(LoadedAs::Script)
        }
        "link" if tag.has_word("rel", &["stylesheet"]) => Some(LoadedAs::Style),
        "link" if tag.has_word("rel", &["preload", "modulepreload"]) => match tag.attribute("as") {
            Some("script" | "worker") => Some(LoadedAs::Script),
            Some("style") => Some(LoadedAs::Style),
            None if tag.has_word("rel", &["modulepreload"]) => Some(LoadedAs::Script),
            _ => None,
        },
        _ => None,
    }
}
