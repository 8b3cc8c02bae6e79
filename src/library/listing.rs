//! The library: all games that can be published, and those rejected.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::library::entry::Entry;
use crate::library::game::Game;
use crate::library::locate::visible_children;
use crate::library::mistake::Mistake;
use crate::library::origin::{ConfigLocation, Origin};
use crate::library::reason::Reason;
use crate::names::natural::NaturalKey;
use crate::names::parts::{file_name, name_of};
use crate::names::slug::slug_of;
use crate::names::typo;
use crate::parallel;
use crate::source::zip::Zip;

/// An entry of the configuration, or a folder or archive in the library's folder, that is not playable.
#[derive(Debug)]
pub struct Rejected {
    /// The slug or file name, or the entry's number.
    pub name: RejectedName,
    /// The line of the configuration file to correct; `None` for a folder or archive.
    pub location: Option<ConfigLocation>,
    /// The reason.
    pub reason: Reason,
}

/// The name of a rejected game in messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RejectedName {
    /// By its slug or file name.
    Name(String),
    /// By the number of its entry in the file, counted from 1; the entry has no legible slug.
    Entry(usize),
}

/// The settings that the library is read from.
#[derive(Clone, Debug)]
pub struct LibraryOptions {
    /// The `[[games]]` entries in order, or the mistake in each.
    pub entries: Vec<Result<Entry, Mistake>>,
    /// The entries of bundled games. One whose slug is taken is left out.
    pub bundled: Vec<Entry>,
    /// A folder whose sub-folders and zip archives are in the library, too.
    pub folder: Option<PathBuf>,
    /// The origin of the entries.
    pub origin: Origin,
}

impl LibraryOptions {
    /// True if an entry has this slug.
    pub fn lists(&self, slug: &str) -> bool {
        let mut entries = self.entries.iter().flatten();
        entries.any(|entry| entry.slug.get_ref() == slug)
    }
}

/// All games that can be published, and those rejected.
#[derive(Debug, Default)]
pub struct Library {
    /// The games, in menu order.
    pub games: Vec<Game>,
    /// The rejected ones.
    pub rejected: Vec<Rejected>,
}

impl Library {
    /// Reads the library: the listed games first, then those in the folder, sorted by name.
    pub fn open(options: &LibraryOptions) -> Self {
        let mut library = Self::default();
        let mut listed = HashSet::new();
        for (number, entry) in (1..).zip(&options.entries) {
            match entry {
                Err(Mistake { span, problem }) => library.rejected.push(Rejected {
                    name: RejectedName::Entry(number),
                    location: options.origin.location(span),
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
        if let Some(folder) = &options.folder {
            library.admit_folder(folder, &listed);
        }
        library
    }

    /// Finds a game by its slug, its title in any language, or its number in the menu.
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

    /// Returns up to three slugs of games whose slug or title is near a name, the nearest first.
    pub fn nearest(&self, name: &str) -> Vec<&str> {
        let name = name.trim();
        let distance = |game: &Game| {
            std::iter::once(game.slug.as_str())
                .chain(game.title.wordings())
                .filter_map(|word| typo::distance(name, word))
                .min()
        };
        let mut slugs: Vec<_> = self
            .games
            .iter()
            .filter_map(|game| Some((distance(game)?, game.slug.as_str())))
            .collect();
        slugs.sort_by_key(|(distance, _)| *distance);
        slugs.into_iter().take(3).map(|(_, slug)| slug).collect()
    }

    /// Adds the games of another library after those of this one. A game whose slug is taken is rejected.
    pub fn append(&mut self, other: Self) {
        for game in other.games {
            match self.has(&game.slug) {
                true => self.rejected.push(Rejected {
                    name: RejectedName::Name(game.slug.clone()),
                    location: None,
                    reason: Reason::Duplicate { slug: game.slug },
                }),
                false => self.games.push(game),
            }
        }
        self.rejected.extend(other.rejected);
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
                location: origin.location(&span),
                reason,
            }),
        }
    }

    fn admit_folder(&mut self, folder: &Path, listed: &HashSet<PathBuf>) {
        let mut paths = match visible_children(folder) {
            Ok(children) => children,
            Err(error) => {
                self.reject_path(
                    folder,
                    Reason::Unreadable {
                        path: folder.to_owned(),
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
        paths.sort_by_cached_key(|path| NaturalKey::new(&file_name(path)));
        let slugs = self.slugs_of(&paths);
        let games = parallel::map(&paths, |path| Game::from_child(path));
        for ((path, slug), game) in paths.iter().zip(slugs).zip(games) {
            match game {
                Ok(game) => self.games.push(Game { slug, ..game }),
                Err(reason) => self.reject_path(path, reason),
            }
        }
    }

    fn reject_path(&mut self, path: &Path, reason: Reason) {
        self.rejected.push(Rejected {
            name: RejectedName::Name(file_name(path)),
            location: None,
            reason,
        });
    }

    fn has(&self, slug: &str) -> bool {
        self.games.iter().any(|game| game.slug == slug)
    }

    /// The slugs of what is in the library's folder, playable or not. If several names lead to one slug, only the name
    /// that equals the slug gets it; the slugs of the others end in a checksum of their names. So slugs do not depend on
    /// the order. The slug of such a name changes when the first other one comes or the last one goes: no rule without a
    /// record of who came first avoids that, unless every slug had the checksum. The slug of an entry in the
    /// configuration stays.
    fn slugs_of(&self, paths: &[PathBuf]) -> Vec<String> {
        let names: Vec<_> = paths.iter().map(|path| file_name(path)).collect();
        let slugs: Vec<_> = paths.iter().map(|path| slug_of(&name_of(path))).collect();
        let is_shared = |slug: &String| slugs.iter().filter(|other| *other == slug).count() > 1;
        let mut used: HashSet<String> = self.games.iter().map(|game| game.slug.clone()).collect();
        let own = |name: &String, slug: &String| match is_shared(slug) && name != slug {
            true => format!("{slug}-{}", checksum(name)),
            false => slug.clone(),
        };
        let mut slugs: Vec<_> = names.iter().zip(&slugs).map(|(n, s)| own(n, s)).collect();
        for (slug, name) in slugs.iter_mut().zip(&names) {
            if used.contains(slug) {
                *slug = format!("{slug}-{}", checksum(name));
            }
            used.insert(slug.clone());
        }
        slugs
    }
}

/// A short checksum of a name.
fn checksum(name: &str) -> String {
    let mut crc = flate2::Crc::new();
    crc.update(name.as_bytes());
    format!("{:04x}", crc.sum() & 0xffff)
}
