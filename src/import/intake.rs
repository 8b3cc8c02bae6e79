//! The games of one run of `add` on their way into the library: their slugs, and the move into place.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::import::config_edit::{ConfigEdit, NewEntry};
use crate::import::error::ImportError;
use crate::import::job::Job;
use crate::import::staging::{Folder, Plan, Staging};
use crate::import::store::{GAMES, Owner, Store, folder};
use webserver::library::game::Game;

/// One run: what was in the library before it, and the slugs that it has given out.
pub(crate) struct Intake<'a> {
    store: &'a Store,
    /// True if earlier games are replaced by new ones with the same slug.
    replaces: bool,
    /// The earlier slugs, with the owner of each that no entry lists.
    before: HashMap<String, Owner>,
    given: Mutex<HashSet<String>>,
}

/// A game to be added.
#[derive(Clone, Debug)]
pub(crate) struct NewGame {
    /// The slug; numbered if an earlier source of the run has it.
    pub slug: String,
    /// The title; by default a replaced game keeps its own.
    pub title: Option<String>,
    /// The title of a game that has no other.
    pub name: String,
}

/// The place of a game in the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LibraryPlace {
    pub slug: String,
    pub folder: PathBuf,
    /// True if an earlier game had it.
    pub is_replaced: bool,
}

impl<'a> Intake<'a> {
    /// Begins a run.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub(crate) fn begin(store: &'a Store, replaces: bool) -> Result<Self, ImportError> {
        let games = store.library()?.games.into_iter();
        let owner = |path: Option<&Path>| match path {
            Some(path) => Owner::Unlisted(path.to_owned()),
            None => Owner::Bundled,
        };
        let mut before: HashMap<_, _> = games
            .map(|game| (game.slug, owner(game.source.path())))
            .collect();
        let listing = ConfigEdit::read(store.file())?;
        before.extend(listing.slugs().map(|slug| (slug.to_owned(), Owner::Entry)));
        Ok(Self {
            store,
            replaces,
            before,
            given: Mutex::default(),
        })
    }

    /// Checks early whether a game can be added, before it is downloaded or copied.
    ///
    /// # Errors
    /// When its slug is taken and must not be replaced.
    pub(crate) fn check(&self, new: &NewGame) -> Result<(), ImportError> {
        match self.before.contains_key(&new.slug) && !self.replaces {
            true => Err(ImportError::Taken {
                slug: new.slug.clone(),
            }),
            false => Ok(()),
        }
    }

    /// Gives a game its slug without adding it.
    ///
    /// # Errors
    /// When the slug is taken and must not be replaced.
    pub(crate) fn place(&self, new: &NewGame) -> Result<LibraryPlace, ImportError> {
        let listing = ConfigEdit::read(self.store.file())?;
        let (slug, owner) = self.give_slug(new, &listing)?;
        Ok(LibraryPlace {
            folder: self.store.games().join(&slug),
            slug,
            is_replaced: !matches!(owner, Owner::Nobody),
        })
    }

    /// Moves a prepared game into the library.
    ///
    /// # Errors
    /// When its slug is taken, something cannot be written, or the job is cancelled. The library does not change then.
    pub(crate) fn install(
        &self,
        staging: Staging,
        game: &Game,
        new: &NewGame,
        job: &Job<'_>,
    ) -> Result<LibraryPlace, ImportError> {
        let store = self.store;
        let _lock = store.lock(job)?;
        // Dropped before the lock, while that is still held.
        let staging = staging;
        let mut listing = ConfigEdit::read(store.file())?;
        let (slug, owner) = self.give_slug(new, &listing)?;
        let old = match &owner {
            Owner::Entry => store.own_folder(&slug, &listing),
            Owner::Unlisted(path) => store.unlisted_folder(path),
            Owner::Nobody | Owner::Bundled => None,
        };
        let content = game.source.path().unwrap_or(Path::new("")).to_owned();
        let name = store.free_name(&slug);
        let target = store.games().join(&name);
        let config = store.file().file_name().map(PathBuf::from);
        staging.write_plan(&Plan {
            config: config.unwrap_or_default(),
            new: Some(Folder::identify(&content, &name)?),
            old: old.map(|old| folder(&old)).transpose()?,
        })?;
        let name_as_title = Some(new.name.as_str()).filter(|name| *name != slug);
        listing.put(
            NewEntry {
                slug: &slug,
                title: match &owner {
                    Owner::Entry => new.title.as_deref(),
                    _ => new.title.as_deref().or(name_as_title),
                },
                path: &format!("{GAMES}/{name}"),
            },
            |file| game.source.has(file),
        );
        fs::rename(&content, &target).map_err(|error| ImportError::write(&target, error))?;
        job.note_unsupported(listing.save()?);
        Ok(LibraryPlace {
            slug,
            folder: target,
            is_replaced: !matches!(owner, Owner::Nobody),
        })
    }

    /// Assigns a slug: the game's own, or the first with a number that neither this run nor another game has.
    fn give_slug(
        &self,
        new: &NewGame,
        listing: &ConfigEdit,
    ) -> Result<(String, Owner), ImportError> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let numbered = (2..u32::MAX).map(|number| format!("{}-{number}", new.slug));
        for slug in std::iter::once(new.slug.clone()).chain(numbered) {
            if given.contains(&slug) {
                continue;
            }
            let before = self.before.get(&slug);
            let owner = match before {
                _ if listing.has(&slug) => Owner::Entry,
                // The earlier entry was removed meanwhile.
                None | Some(Owner::Entry) => Owner::Nobody,
                Some(owner) => owner.clone(),
            };
            let is_free = matches!(owner, Owner::Nobody);
            if is_free || (self.replaces && before.is_some()) {
                given.insert(slug.clone());
                return Ok((slug, owner));
            }
            if slug == new.slug && !self.replaces {
                break;
            }
        }
        Err(ImportError::Taken {
            slug: new.slug.clone(),
        })
    }
}
