//! What may be played: the library, its games in menu order, and what was rejected with its reason.
//!
//! Nothing here knows HTTP. A scan never fails: good games and rejected ones come back together.

pub mod source;

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_i18n::t;
use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

use crate::language::Text;
use source::Source;

/// One playable export: a folder with an entry page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Game {
    /// What the operator types: `a-z 0-9 -`.
    pub slug: String,
    /// Its name for people.
    pub title: Text,
    /// One line about it.
    pub description: Option<Text>,
    /// The picture that shows it, by its name in the game's folder.
    pub cover: Option<String>,
    /// Where its files are.
    pub source: Source,
    /// The page that `/` answers with, by its name in the game's folder.
    pub entry: String,
}

/// An entry of the configuration, or a folder of the library, that cannot be played.
#[derive(Debug)]
pub struct Rejected {
    /// What it was meant to be: a slug, a folder's name or its number in the file.
    pub name: String,
    /// The file and line to mend, when it came from a file.
    pub place: Option<Place>,
    /// What is wrong and what to write instead.
    pub reason: Reason,
}

/// A line of a file, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as it was named.
    pub file: PathBuf,
    /// The line in it.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file.display(), self.line)
    }
}

/// Why something is not a game.
#[derive(Debug, Error)]
pub enum Reason {
    /// The entry itself is not written right; says what to write instead.
    #[error("{0}")]
    Entry(String),
    /// The slug has other characters than `a-z 0-9 -`.
    #[error("{}", t!("reject.slug", slug = slug, instead = slug_of(slug)))]
    Slug {
        /// As it was written.
        slug: String,
    },
    /// Another game has this slug.
    #[error("{}", t!("reject.duplicate", slug = slug))]
    Duplicate {
        /// The slug of both.
        slug: String,
    },
    /// There is nothing at this path.
    #[error("{}", t!("reject.missing", path = path.display()))]
    Missing {
        /// As it was looked for.
        path: PathBuf,
    },
    /// There is something at this path, but it is not a folder.
    #[error("{}", t!("reject.not_a_folder", path = path.display()))]
    NotAFolder {
        /// As it was looked for.
        path: PathBuf,
    },
    /// The folder has no page to start with.
    #[error("{}", t!("reject.no_entry", path = path.display()))]
    NoEntry {
        /// The folder.
        path: PathBuf,
    },
    /// The folder lacks the page that the entry names.
    #[error("{}", t!("reject.entry_missing", path = path.display(), entry = entry))]
    EntryMissing {
        /// The folder.
        path: PathBuf,
        /// The page it should have.
        entry: String,
    },
    /// The folder cannot be read.
    #[error("{}", t!("source.unreadable", path = path.display(), error = error))]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}

/// One `[[games]]` entry of a configuration file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    slug: Spanned<String>,
    title: Option<Text>,
    path: Spanned<PathBuf>,
    entry: Option<Spanned<String>>,
    description: Option<Text>,
    cover: Option<String>,
}

/// Something written wrong: where in the text, and what to write instead.
pub type Mistake = (Range<usize>, String);

/// Where the library comes from.
#[derive(Clone, Debug)]
pub struct Options {
    /// The `[[games]]` entries in order, each well written or with what is wrong with it.
    pub entries: Vec<Result<Entry, Mistake>>,
    /// A folder whose sub-folders are offered too.
    pub library: Option<PathBuf>,
    /// What the entries were read from, and what their paths are relative to.
    pub origin: Origin,
}

/// The text that entries were written in.
#[derive(Clone, Debug, Default)]
pub enum Origin {
    /// A file; its folder is what relative paths start from.
    File {
        /// The file as it was named.
        file: PathBuf,
        /// What it says.
        text: Arc<str>,
    },
    /// The configuration that comes with the program; its games are embedded.
    #[default]
    Bundled,
}

/// All the games that can be published, in menu order, and those rejected.
#[derive(Debug, Default)]
pub struct Library {
    /// What the menu offers.
    pub games: Vec<Game>,
    /// What it does not, and why.
    pub rejected: Vec<Rejected>,
}

impl Library {
    /// Reads the library: the listed games first, then the folders below `library` by name.
    pub fn open(options: &Options) -> Self {
        let mut library = Self::default();
        let mut listed = HashSet::new();
        for (number, entry) in (1..).zip(&options.entries) {
            match entry {
                Err((span, problem)) => library.rejected.push(Rejected {
                    name: t!("reject.entry_number", number = number).into_owned(),
                    place: options.origin.place(span),
                    reason: Reason::Entry(problem.clone()),
                }),
                Ok(entry) => {
                    if let Source::Folder(path) = options.origin.source(entry.path.get_ref()) {
                        listed.extend(path.canonicalize());
                    }
                    library.admit(entry, &options.origin);
                }
            }
        }
        if let Some(folder) = &options.library {
            library.offer_folders(folder, &listed);
        }
        library
    }

    /// Finds a game by what an operator would type: slug, title in any language, or number in the menu.
    pub fn find(&self, name: &str) -> Option<&Game> {
        let name = name.trim();
        let folded = name.to_lowercase();
        let by_name = |game: &&Game| {
            game.slug == folded
                || game
                    .title
                    .wordings()
                    .any(|title| title.to_lowercase() == folded)
        };
        self.games.iter().find(by_name).or_else(|| {
            let number: usize = name.parse().ok()?;
            self.games.get(number.checked_sub(1)?)
        })
    }

    /// The slugs nearest to a name that fits nothing, best first, three at most.
    pub fn nearest(&self, name: &str) -> Vec<&str> {
        let name = name.trim().to_lowercase();
        let distance = |game: &Game| {
            std::iter::once(game.slug.as_str())
                .chain(game.title.wordings())
                .map(|word| strsim::damerau_levenshtein(&word.to_lowercase(), &name))
                .min()
                .unwrap_or(usize::MAX)
        };
        let mut slugs: Vec<_> = self
            .games
            .iter()
            .map(|game| (distance(game), game.slug.as_str()))
            .collect();
        slugs.sort_by_key(|(distance, _)| *distance);
        slugs.into_iter().take(3).map(|(_, slug)| slug).collect()
    }

    fn admit(&mut self, entry: &Entry, origin: &Origin) {
        let game = Game::from_entry(entry, origin).and_then(|game| {
            if self.has(&game.slug) {
                Err((entry.slug.span(), Reason::Duplicate { slug: game.slug }))
            } else {
                Ok(game)
            }
        });
        match game {
            Ok(game) => self.games.push(game),
            Err((span, reason)) => self.rejected.push(Rejected {
                name: entry.slug.get_ref().clone(),
                place: origin.place(&span),
                reason,
            }),
        }
    }

    fn offer_folders(&mut self, library: &Path, listed: &HashSet<PathBuf>) {
        let mut folders = match visible(library) {
            Ok(children) => children,
            Err(error) => {
                self.reject_folder(
                    library,
                    Reason::Unreadable {
                        path: library.to_owned(),
                        error,
                    },
                );
                return;
            }
        };
        folders.retain(|path| {
            path.is_dir() && !path.canonicalize().is_ok_and(|real| listed.contains(&real))
        });
        folders.sort();
        for folder in folders {
            match Game::from_folder(&folder) {
                Ok(mut game) => {
                    game.slug = self.free_slug(game.slug);
                    self.games.push(game);
                }
                Err(reason) => self.reject_folder(&folder, reason),
            }
        }
    }

    fn reject_folder(&mut self, folder: &Path, reason: Reason) {
        self.rejected.push(Rejected {
            name: file_name(folder),
            place: None,
            reason,
        });
    }

    fn has(&self, slug: &str) -> bool {
        self.games.iter().any(|game| game.slug == slug)
    }

    /// Folder names may differ and yet make the same slug (`游戏一`, `游戏二`).
    fn free_slug(&self, slug: String) -> String {
        if !self.has(&slug) {
            return slug;
        }
        (2..)
            .map(|number| format!("{slug}-{number}"))
            .find(|slug| !self.has(slug))
            .unwrap_or(slug)
    }
}

impl Game {
    /// The game in a folder: its slug and title are the folder's name.
    ///
    /// # Errors
    /// When the folder is not there or has no entry page.
    pub fn from_folder(folder: &Path) -> Result<Self, Reason> {
        let (source, entry) = locate(Source::Folder(folder.to_owned()), None)?;
        let absolute = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let name = file_name(&absolute);
        Ok(Self {
            slug: slug_of(&name),
            title: Text::plain(name),
            description: None,
            cover: None,
            source,
            entry,
        })
    }

    fn from_entry(entry: &Entry, origin: &Origin) -> Result<Self, (Range<usize>, Reason)> {
        let slug = entry.slug.get_ref().clone();
        if slug.is_empty() || slug != slug_of(&slug) {
            return Err((entry.slug.span(), Reason::Slug { slug }));
        }
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
            title: entry.title.clone().unwrap_or_else(|| Text::plain(&slug)),
            slug,
            description: entry.description.clone(),
            cover: entry.cover.clone(),
            source,
            entry: entry_page,
        })
    }
}

impl Origin {
    /// What a path in the text means.
    pub fn path(&self, path: &Path) -> PathBuf {
        match self {
            Self::File { file, .. } => file.parent().unwrap_or(Path::new("")).join(path),
            Self::Bundled => path.to_owned(),
        }
    }

    fn source(&self, path: &Path) -> Source {
        match self {
            Self::File { .. } => Source::Folder(self.path(path)),
            Self::Bundled => Source::Embedded(file_name(path)),
        }
    }

    /// The line that a range of the text begins in.
    pub fn place(&self, span: &Range<usize>) -> Option<Place> {
        match self {
            Self::File { file, text } => {
                let before = &text.as_bytes()[..span.start.min(text.len())];
                Some(Place {
                    file: file.clone(),
                    line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
                })
            }
            Self::Bundled => None,
        }
    }
}

/// Checks that the source is there and finds its entry page: the one asked for, else `index.html`, else the only
/// page there is; else the same in the only sub-folder that has one, as archives unpack.
fn locate(source: Source, page: Option<&str>) -> Result<(Source, String), Reason> {
    let Source::Folder(path) = &source else {
        return Ok((source, page.unwrap_or("index.html").to_owned()));
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
    let mut inside: Vec<_> = visible(path)
        .map_err(unreadable)?
        .into_iter()
        .filter(|child| child.is_dir())
        .filter_map(|child| Some((entry_page(&child).ok()??, child)))
        .collect();
    match (inside.pop(), inside.is_empty()) {
        (Some((page, child)), true) => Ok((Source::Folder(child), page)),
        _ => Err(Reason::NoEntry { path: path.clone() }),
    }
}

fn entry_page(folder: &Path) -> std::io::Result<Option<String>> {
    let mut pages: Vec<_> = visible(folder)?
        .into_iter()
        .filter(|child| child.is_file())
        .map(|child| file_name(&child))
        .filter(|name| name.to_lowercase().ends_with(".html"))
        .collect();
    if let Some(index) = pages.iter().position(|name| name == "index.html") {
        return Ok(Some(pages.swap_remove(index)));
    }
    Ok(if pages.len() == 1 { pages.pop() } else { None })
}

fn visible(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let children = fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    Ok(children
        .into_iter()
        .map(|child| child.path())
        .filter(|child| !is_hidden(child))
        .collect())
}

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The slug that a name would have: lower-case letters, digits, and `-` between them.
fn slug_of(name: &str) -> String {
    let slug: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let parts: Vec<_> = slug.split('-').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        "game".to_owned()
    } else {
        parts.join("-")
    }
}
