//! One game, and why something is not one.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::archive::limits::ArchiveError;
use crate::detect::engine::Engine;
use crate::detect::glance::glance;
use crate::fs::confined::is_leftover;
use crate::html::page::tags;
use crate::language::LocalizedText;
use crate::library::entry::{Entry, Origin, Overrides};
use crate::library::mistake::{Mistake, Problem};
use crate::names::parts::file_name;
use crate::names::slug::slug_of;
use crate::source::Source;
use crate::source::entry_page::page_among;
use crate::source::zip::Zip;

/// One playable export: a folder or a zip archive with an entry page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Game {
    /// What the operator types: `a-z 0-9 -`.
    pub slug: String,
    /// Its name for people.
    pub title: LocalizedText,
    /// One line about it.
    pub description: Option<LocalizedText>,
    /// The picture that shows it, by its name in the game's folder.
    pub cover: Option<String>,
    /// Where its files are.
    pub source: Source,
    /// The page that `/` answers with, by its name in the game's folder.
    pub entry: String,
    /// What made it, at a glance.
    pub engine: Engine,
    /// What the configuration says of how it is served.
    pub overrides: Overrides,
}

/// Why something is not a game.
#[derive(Debug, Error)]
pub enum Reason {
    /// The entry itself is not written right; says what to write instead.
    #[error("{0}")]
    Entry(Problem),
    /// The slug has other characters than `a-z 0-9 -`.
    #[error("not a slug: {slug:?}")]
    Slug {
        /// As it was written.
        slug: String,
    },
    /// Another game has this slug.
    #[error("duplicate slug: {slug:?}")]
    Duplicate {
        /// The slug of both.
        slug: String,
    },
    /// There is nothing at this path.
    #[error("not found: {}", path.display())]
    Missing {
        /// As it was looked for.
        path: PathBuf,
    },
    /// There is something at this path, but it is neither a folder nor a zip archive.
    #[error("neither a folder nor a .zip: {}", path.display())]
    NotAFolder {
        /// As it was looked for.
        path: PathBuf,
    },
    /// The folder has no page to start with.
    #[error("no entry page: {}", path.display())]
    NoEntry {
        /// The folder.
        path: PathBuf,
    },
    /// The folder lacks the page that the entry names.
    #[error("no {entry} in {}", path.display())]
    EntryMissing {
        /// The folder.
        path: PathBuf,
        /// The page it should have.
        entry: String,
    },
    /// The archive is torn, or has something in it that is not allowed.
    #[error("cannot use {}: {refused}", path.display())]
    Archive {
        /// The archive.
        path: PathBuf,
        /// What is wrong with it.
        refused: ArchiveError,
    },
    /// The folder cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}

impl Game {
    /// The game in a folder: its slug and title are the folder's name.
    ///
    /// # Errors
    /// When the folder is not there or has no entry page.
    pub fn from_folder(folder: &Path) -> Result<Self, Reason> {
        Self::from_source(Source::Folder(folder.to_owned()), folder)
    }

    /// The game in a folder or a zip archive, named after it.
    ///
    /// # Errors
    /// When it is not there, cannot be used or has no entry page.
    pub fn from_path(path: &Path) -> Result<Self, Reason> {
        Self::from_source(Source::from_path(path), path)
    }

    fn from_source(source: Source, path: &Path) -> Result<Self, Reason> {
        let (source, entry) = locate(source, None)?;
        let absolute = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let name = match source {
            Source::Zip(_) => file_name(&absolute.with_extension("")),
            _ => file_name(&absolute),
        };
        Ok(Self {
            slug: slug_of(&name),
            title: LocalizedText::plain(name),
            description: None,
            cover: None,
            engine: glance(&source, &entry),
            overrides: Overrides::default(),
            source,
            entry,
        })
    }

    pub(super) fn from_entry(
        entry: &Entry,
        origin: &Origin,
    ) -> Result<Self, (Range<usize>, Reason)> {
        let slug = entry.slug.get_ref().clone();
        if slug.is_empty() || slug != slug_of(&slug) {
            return Err((entry.slug.span(), Reason::Slug { slug }));
        }
        let overrides = entry
            .overrides()
            .map_err(|Mistake { span, problem }| (span, Reason::Entry(problem)))?;
        let page = entry.entry.as_ref();
        let (source, entry_page) = locate(
            origin.source(entry.path.get_ref()),
            page.map(|page| page.get_ref().as_str()),
        )
        .map_err(|reason| {
            let span = match (&reason, page) {
                (Reason::EntryMissing { .. }, Some(page)) => page.span(),
                _ => entry.path.span(),
            };
            (span, reason)
        })?;
        Ok(Self {
            title: entry
                .title
                .clone()
                .unwrap_or_else(|| LocalizedText::plain(&slug)),
            slug,
            description: entry.description.clone(),
            cover: entry.cover.clone(),
            engine: glance(&source, &entry_page),
            overrides,
            source,
            entry: entry_page,
        })
    }
}

/// Checks that the source is there and finds its entry page: the one asked for, else that of its files, else that of
/// the only sub-folder that has one, as archives unpack.
fn locate(source: Source, page: Option<&str>) -> Result<(Source, String), Reason> {
    let path = match source {
        Source::Folder(ref path) => path,
        Source::Zip(zip) => return locate_in_zip(zip, page),
        Source::Embedded(_) => return Ok((source, page.unwrap_or("index.html").to_owned())),
    };
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Reason::Missing { path: path.clone() },
        _ => Reason::Unreadable {
            path: path.clone(),
            error,
        },
    })?;
    if !metadata.is_dir() {
        return Err(Reason::NotAFolder { path: path.clone() });
    }
    if let Some(page) = page {
        if source.has(page) {
            return Ok((source.clone(), page.to_owned()));
        }
        return Err(Reason::EntryMissing {
            path: path.clone(),
            entry: page.to_owned(),
        });
    }
    let unreadable = |error| Reason::Unreadable {
        path: path.clone(),
        error,
    };
    if let Some(page) = entry_page(path).map_err(unreadable)? {
        return Ok((source.clone(), page));
    }
    for depth in 1..=2 {
        let mut inside = below(path, depth).map_err(unreadable)?;
        match (inside.pop(), inside.is_empty()) {
            (Some((folder, page)), true) => return Ok(rooted(source, &folder, &page)),
            (None, _) => {}
            (Some(_), false) => break,
        }
    }
    Err(Reason::NoEntry { path: path.clone() })
}

/// The folders that have an entry page, so many levels below this one, each with that page.
fn below(folder: &Path, depth: usize) -> std::io::Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    for child in visible(folder)?.into_iter().filter(|child| child.is_dir()) {
        // What cannot be read is no game.
        match depth {
            1 => found.extend(entry_page(&child).ok().flatten().map(|page| (child, page))),
            _ => found.extend(below(&child, depth - 1).unwrap_or_default()),
        }
    }
    Ok(found)
}

/// The game in a folder below the source; the source itself where the page reaches for what lies beside its folder.
fn rooted(source: Source, folder: &Path, page: &str) -> (Source, String) {
    let inner = Source::Folder(folder.to_owned());
    let text = inner.head(page, LONGEST_HEAD);
    let reaches_out = tags(&text).iter().any(|tag| {
        let reference = tag.reference().unwrap_or_default();
        reference.starts_with("../")
    });
    let Source::Folder(root) = &source else {
        return (inner, page.to_owned());
    };
    match folder.strip_prefix(root).ok().and_then(Path::to_str) {
        Some(below) if reaches_out => {
            let page = format!("{}/{page}", below.replace('\\', "/"));
            (source, page)
        }
        _ => (inner, page.to_owned()),
    }
}

fn locate_in_zip(zip: Zip, page: Option<&str>) -> Result<(Source, String), Reason> {
    let path = zip.path().to_owned();
    match zip.locate(page) {
        Ok(Some((zip, page))) => Ok((Source::Zip(zip), page)),
        Ok(None) => Err(match page.map(str::to_owned) {
            Some(entry) => Reason::EntryMissing { path, entry },
            None => Reason::NoEntry { path },
        }),
        Err(refused) => Err(Reason::Archive { path, refused }),
    }
}

/// Where a page's references to its scripts are, in bytes.
const LONGEST_HEAD: u64 = 64 << 10;

fn entry_page(folder: &Path) -> std::io::Result<Option<String>> {
    let files = visible(folder)?.into_iter().filter(|child| child.is_file());
    let names: Vec<_> = files.map(|child| file_name(&child)).collect();
    Ok(page_among(names.iter().map(String::as_str)))
}

/// What is in a folder, but for what is hidden or left behind.
pub(crate) fn visible(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let children = fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    Ok(children
        .into_iter()
        .map(|child| child.path())
        .filter(|child| !is_leftover(&file_name(child)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_to_start_with_is_guessed_from_the_names() {
        for (names, expected) in [
            (
                &["a.html", "index.html", "Index.html"][..],
                Some("index.html"),
            ),
            (&["a.html", "INDEX.HTML"], Some("INDEX.HTML")),
            (&["index.htm", "a.html"], Some("index.htm")),
            (&["index.htm", "Index.html"], Some("Index.html")),
            (&["Play Me.html", "a.js"], Some("Play Me.html")),
            (
                &["Game.html", "Game.offline.html", "Game.pck"],
                Some("Game.html"),
            ),
            (&["game.html", "about.html", "Game.wasm"], Some("game.html")),
            (&["main.html", "404.html"], Some("main.html")),
            (&["a.html", "b.html"], None),
            (&["a.html", "a.js", "b.html", "b.js"], None),
            (&["a.js"], None),
        ] {
            let page = page_among(names.iter().copied());
            assert_eq!(page.as_deref(), expected, "{names:?}");
        }
    }
}
