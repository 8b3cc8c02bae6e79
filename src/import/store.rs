//! Changes to the library: the configuration file, and the folder `games` beside it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use crate::import::config_edit::{ConfigEdit, EntryChanges, NewEntry};
use crate::import::error::ImportError;
use crate::import::job::Job;
use crate::import::source::Address;
use crate::import::staging::{Folder, Plan, Staging, sweep};
use crate::import::unfinished::{self, UnfinishedDownload};
use webserver::config::Config;
use webserver::fs::unsupported::{Unsupported, tolerate};
use webserver::language::Language;
use webserver::library::listing::Library;
use webserver::library::title::own_title;

/// The folder of imported games, beside the configuration file.
pub(super) const GAMES: &str = "games";
/// The configuration file that is created if there is none.
const NEW_FILE: &str = "config.toml";

/// The library of one configuration file.
#[derive(Debug)]
pub(crate) struct Store {
    /// The file that was named on the command line.
    named: Option<PathBuf>,
    file: PathBuf,
    games: PathBuf,
}

/// The present owner of a slug.
#[derive(Clone, Debug)]
pub(super) enum Owner {
    Nobody,
    /// An entry of the configuration.
    Entry,
    /// A folder, or file, in the library's folder that no entry lists.
    Unlisted(PathBuf),
    /// A bundled game.
    Bundled,
}

/// The effects of removing a game.
#[derive(Debug)]
pub(crate) struct Removal {
    /// The folder, or file, that is deleted.
    pub deleted: Option<PathBuf>,
    /// The one that is kept, because it is not in the folder of imported games, or has another game in it.
    pub kept: Option<PathBuf>,
    /// True if it is the default game.
    pub is_default: bool,
}

impl Store {
    /// Opens the library of the configuration that the server would use. Without a configuration, `./config.toml` is
    /// created by the first change.
    ///
    /// # Errors
    /// When the configuration cannot be read or has a mistake.
    pub(crate) fn find(named: Option<&Path>) -> Result<Self, ImportError> {
        let config = Config::find(named)?;
        let file = config.file().unwrap_or(Path::new(NEW_FILE)).to_owned();
        Ok(Self {
            named: named.map(Path::to_owned),
            games: config.games_folder(),
            file,
        })
    }

    /// The configuration file.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// The folder of imported games.
    pub(crate) fn games(&self) -> &Path {
        &self.games
    }

    /// Cleans up after interrupted changes, and creates a hidden folder for the next one.
    ///
    /// # Errors
    /// When it cannot be created, or the job is cancelled.
    pub(crate) fn prepare(&self, job: &Job<'_>) -> Result<Staging, ImportError> {
        let _lock = self.lock(job)?;
        sweep(&self.games);
        unfinished::sweep(&self.games);
        if let Err(error) = fs::create_dir(&self.games)
            && !self.games.is_dir()
        {
            return Err(match fs::read_link(&self.games) {
                Ok(target) => ImportError::DeadLink {
                    path: self.games.clone(),
                    target,
                },
                Err(_) => ImportError::write(&self.games, error),
            });
        }
        Staging::new(&self.games, job)
    }

    /// The download of an address that an earlier run began, or a new one. `None` where it cannot be kept.
    ///
    /// # Errors
    /// When the library cannot be locked, or the job is cancelled.
    pub(crate) fn unfinished(
        &self,
        address: &Address,
        job: &Job<'_>,
    ) -> Result<Option<UnfinishedDownload>, ImportError> {
        let _lock = self.lock(job)?;
        Ok(UnfinishedDownload::open(&self.games, address))
    }

    /// True if the folder of imported games is this folder, or in it.
    pub(crate) fn is_in(&self, folder: &Path) -> bool {
        let above = self.games.parent().filter(|above| *above != Path::new(""));
        let above = above.unwrap_or(Path::new(".")).canonicalize();
        let games = self.games.canonicalize();
        games.is_ok_and(|games| games.starts_with(folder))
            || above.is_ok_and(|above| above.join(GAMES).starts_with(folder))
    }

    /// Removes the folder of imported games if it is empty.
    pub(crate) fn remove_empty_games(&self) {
        let _ = fs::remove_dir(&self.games);
    }

    /// Determines the effects of [`Self::remove`].
    ///
    /// # Errors
    /// When there is no such game, or it cannot be removed.
    pub(crate) fn removal(&self, slug: &str) -> Result<Removal, ImportError> {
        let listing = ConfigEdit::read(&self.file)?;
        let (deleted, path) = match self.owner(slug, &listing)? {
            Owner::Entry => (self.own_folder(slug, &listing), listing.path(slug)),
            Owner::Unlisted(path) => match self.unlisted_folder(&path) {
                Some(deleted) => (Some(deleted), None),
                None => {
                    return Err(ImportError::NotOurs {
                        slug: slug.to_owned(),
                        folder: path,
                    });
                }
            },
            owner => return Err(self.absent(slug, &owner)),
        };
        Ok(Removal {
            kept: path.filter(|path| deleted.is_none() && path.exists()),
            deleted,
            is_default: listing.is_default(slug),
        })
    }

    /// Removes a game from the library. Deletes its folder if that is in the folder of imported games and has no other game
    /// in it.
    ///
    /// # Errors
    /// When there is no such game, something cannot be written, or the job is cancelled. The library does not change then.
    pub(crate) fn remove(&self, slug: &str, job: &Job<'_>) -> Result<Removal, ImportError> {
        let removal = self.removal(slug)?;
        let staging = match removal.deleted {
            Some(_) => Some(self.prepare(job)?),
            None => None,
        };
        let _lock = self.lock(job)?;
        let staging = staging;
        let removal = self.removal(slug)?;
        let mut listing = ConfigEdit::read(&self.file)?;
        let deleted = removal.deleted.as_deref().zip(staging.as_ref());
        if !listing.has(slug) {
            if let Some((path, staging)) = deleted {
                fs::rename(path, staging.trash())
                    .map_err(|error| ImportError::write(path, error))?;
            }
            return Ok(removal);
        }
        if let Some((path, staging)) = deleted {
            staging.write_plan(&Plan {
                config: self.file.file_name().map(PathBuf::from).unwrap_or_default(),
                new: None,
                old: Some(folder(path)?),
            })?;
        }
        let cover = listing.cover_file(slug).map(str::to_owned);
        listing.remove(slug);
        job.note_unsupported(listing.save()?);
        self.remove_cover(cover.as_deref(), &listing);
        Ok(removal)
    }

    /// The slug of the unlisted game in a folder that was kept: one in the library's folder stays in the library.
    pub(crate) fn slug_of_kept(&self, folder: &Path) -> Option<String> {
        let folder = folder.canonicalize().ok()?;
        let listing = ConfigEdit::read(&self.file).ok()?;
        let is_in = |path: &Path| path.canonicalize().is_ok_and(|it| it.starts_with(&folder));
        let games = self.library().ok()?.games.into_iter();
        let mut kept = games.filter(|game| !listing.has(&game.slug));
        let game = kept.find(|game| game.source.path().is_some_and(is_in))?;
        Some(game.slug)
    }

    /// Changes the slug, title, description and cover of a game.
    ///
    /// # Errors
    /// When there is no such game, the slug is taken, or the file cannot be written.
    pub(crate) fn change(
        &self,
        slug: &str,
        to: &EntryChanges<'_>,
        job: &Job<'_>,
    ) -> Result<(), ImportError> {
        let _lock = self.lock(job)?;
        let mut listing = ConfigEdit::read(&self.file)?;
        let owner = self.owner(slug, &listing)?;
        if slug != to.slug && !matches!(self.owner(to.slug, &listing)?, Owner::Nobody) {
            return Err(ImportError::NewSlugTaken {
                slug: to.slug.to_owned(),
            });
        }
        match owner {
            Owner::Entry => {}
            Owner::Unlisted(path) => {
                let folder = self.file.parent().unwrap_or(Path::new(""));
                let path = path.strip_prefix(folder).unwrap_or(&path);
                let path = path
                    .to_str()
                    .ok_or(ImportError::Name { path: path.into() })?;
                let title = self.title_by_name(slug)?;
                let title = title.as_deref();
                listing.put(NewEntry { slug, title, path }, |_| true);
            }
            owner => return Err(self.absent(slug, &owner)),
        }
        let cover = listing.cover_file(slug).map(str::to_owned);
        listing.change(slug, to);
        job.note_unsupported(listing.save()?);
        self.remove_cover(cover.as_deref(), &listing);
        Ok(())
    }

    /// The title of a game that states none itself.
    fn title_by_name(&self, slug: &str) -> Result<Option<String>, ImportError> {
        let library = self.library()?;
        let game = library.games.iter().find(|game| game.slug == slug);
        let game = game.filter(|game| own_title(&game.source, &game.entry).is_none());
        Ok(game.map(|game| game.title.get(Language::English).to_owned()))
    }

    fn owner(&self, slug: &str, listing: &ConfigEdit) -> Result<Owner, ImportError> {
        if listing.has(slug) {
            return Ok(Owner::Entry);
        }
        let library = self.library()?;
        let game = library.games.iter().find(|game| game.slug == slug);
        Ok(match game.map(|game| (game.source.path(), game)) {
            None => Owner::Nobody,
            Some((Some(path), _)) => Owner::Unlisted(path.to_owned()),
            Some((None, _)) => Owner::Bundled,
        })
    }

    pub(super) fn library(&self) -> Result<Library, ImportError> {
        Ok(Library::open(
            &Config::find(self.named.as_deref())?.library_options(),
        ))
    }

    fn absent(&self, slug: &str, owner: &Owner) -> ImportError {
        let slug = slug.to_owned();
        match owner {
            Owner::Bundled => ImportError::Bundled { slug },
            _ => {
                let library = self.library().unwrap_or_default();
                let near = library.nearest(&slug);
                let near = near.into_iter().map(str::to_owned).collect();
                ImportError::Unknown { slug, near }
            }
        }
    }

    /// The folder, or file, of an entry that is directly in the folder of imported games and has no other game in it.
    pub(super) fn own_folder(&self, slug: &str, listing: &ConfigEdit) -> Option<PathBuf> {
        let path = listing.path(slug)?.canonicalize().ok()?;
        let is_direct = path.parent() == self.games.canonicalize().ok().as_deref();
        let is_own = || listing.slugs_in(&path) == [slug];
        (is_direct && is_own()).then(|| self.games.join(path.file_name().unwrap_or_default()))
    }

    /// The folder, or file, directly in the folder of imported games that an unlisted game is in.
    pub(super) fn unlisted_folder(&self, path: &Path) -> Option<PathBuf> {
        let games = self.games.canonicalize().ok()?;
        let config = Config::find(self.named.as_deref()).ok()?;
        let library = config.library_options().folder?.canonicalize().ok()?;
        let path = path.canonicalize().ok()?;
        let first = path.strip_prefix(&games).ok()?.components().next()?;
        (library == games).then(|| self.games.join(first))
    }

    pub(super) fn free_name(&self, slug: &str) -> String {
        let is_free = |name: &String| self.games.join(name).symlink_metadata().is_err();
        let others = (2..u32::MAX).map(|number| format!("{slug}-{number}"));
        let mut names = std::iter::once(slug.to_owned()).chain(others);
        names.find(is_free).unwrap_or_else(|| slug.to_owned())
    }

    /// Waits for the lock on this library. On a file system without locks it continues without one.
    pub(super) fn lock(&self, job: &Job<'_>) -> Result<File, ImportError> {
        let folder = match self.file.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let lock = File::open(folder).map_err(|error| ImportError::read(folder, error))?;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::Error(error)) => {
                    let tolerated = tolerate(Err(error), Unsupported::Lock);
                    let write = |error| ImportError::write(folder, error);
                    job.note_unsupported(tolerated.map_err(write)?);
                    return Ok(lock);
                }
                Err(TryLockError::WouldBlock) => {}
            }
            job.check()?;
            // Polled, because a wait for a file lock cannot be cancelled.
            sleep(Duration::from_millis(20));
        }
    }
}

pub(super) fn folder(path: &Path) -> Result<Folder, ImportError> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| ImportError::Name { path: path.into() })?;
    Folder::identify(path, name)
}
