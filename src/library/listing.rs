//! TODO

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::library::entry::{ConfigLocation, Entry, Origin};
use crate::library::game::{Game, Reason, visible};
use crate::library::mistake::Mistake;
use crate::names::parts::file_name;
use crate::source::zip::Zip;

/// An entry of the configuration, or a folder or archive of the library, that cannot be played.
#[derive(Debug)]
pub struct Rejected {
    /// The slug or file name, or the entry's number.
    pub name: RejectedName,
    /// The file and line to mend, when it came from a file.
    pub place: Option<ConfigLocation>,
    /// What is wrong and what to write instead.
    pub reason: Reason,
}

/// How to refer to a rejected game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RejectedName {
    /// By its slug or file name.
    Name(String),
    /// By the number of its entry in the file, counted from 1; the entry has no legible slug.
    Entry(usize),
}

/// Where the library comes from.
#[derive(Clone, Debug)]
pub struct LibraryOptions {
    /// The `[[games]]` entries in order, each well written or with what is wrong with it.
    pub entries: Vec<Result<Entry, Mistake>>,
    /// The entries of the games that come with the program, to be offered unless another has their slug.
    pub bundled: Vec<Entry>,
    /// A folder whose sub-folders and zip archives are offered too.
    pub library: Option<PathBuf>,
    /// What the entries were read from, and what their paths are relative to.
    pub origin: Origin,
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
    /// Reads the library: the listed games first, then what is in `library` by name.
    pub fn open(options: &LibraryOptions) -> Self {
        let mut library = Self::default();
        let mut listed = HashSet::new();
        for (number, entry) in (1..).zip(&options.entries) {
            match entry {
                Err(Mistake { span, problem }) => library.rejected.push(Rejected {
                    name: RejectedName::Entry(number),
                    place: options.origin.place(span),
                    reason: Reason::Entry(problem.clone()),
                }),
                Ok(entry) => {
                    let source = options.origin.source(entry.path.get_ref());
                    listed.extend(source.path().and_then(|path| path.canonicalize().ok()));
                    library.admit(entry, &options.origin);
                }
            }
        }
        for entry in &options.bundled {
            if !library.has(entry.slug.get_ref()) {
                library.admit(entry, &Origin::Bundled);
            }
        }
        if let Some(folder) = &options.library {
            library.offer_all_in(folder, &listed);
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
                name: RejectedName::Name(entry.slug.get_ref().clone()),
                place: origin.place(&span),
                reason,
            }),
        }
    }

    fn offer_all_in(&mut self, library: &Path, listed: &HashSet<PathBuf>) {
        let mut paths = match visible(library) {
            Ok(children) => children,
            Err(error) => {
                self.reject_path(
                    library,
                    Reason::Unreadable {
                        path: library.to_owned(),
                        error,
                    },
                );
                return;
            }
        };
        paths.retain(|path| {
            let is_source = path.is_dir() || Zip::is_at(path);
            is_source && !path.canonicalize().is_ok_and(|real| listed.contains(&real))
        });
        paths.sort();
        for path in paths {
            match Game::from_path(&path) {
                Ok(mut game) => {
                    game.slug = self.free_slug(game.slug);
                    self.games.push(game);
                }
                Err(reason) => self.reject_path(&path, reason),
            }
        }
    }

    fn reject_path(&mut self, path: &Path, reason: Reason) {
        self.rejected.push(Rejected {
            name: RejectedName::Name(file_name(path)),
            place: None,
            reason,
        });
    }

    fn has(&self, slug: &str) -> bool {
        self.games.iter().any(|game| game.slug == slug)
    }

    /// Names may differ and yet make the same slug (`游戏一`, `游戏二`).
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
