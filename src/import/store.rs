//! The library as something that is changed: the configuration file, and the folder `games` beside it.

use std::fs;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use crate::import::config_edit::{ConfigEdit, NewEntry};
use crate::import::error::ImportError;
use crate::import::job::Job;
use crate::import::staging::{Folder, Plan, Staging, sweep};
use webserver::config::Config;
use webserver::library::game::Game;
use webserver::library::listing::Library;

/// The folder that added games are kept in, beside the configuration file.
const GAMES: &str = "games";
/// Where they are when there is no configuration yet: the first place it is sought in.
const NEW_FILE: &str = "config.toml";

/// The library of one configuration file.
#[derive(Debug)]
pub(crate) struct Store {
    asked_for: Option<PathBuf>,
    file: PathBuf,
    games: PathBuf,
}

/// What a game is called in the library.
#[derive(Clone, Debug)]
pub(crate) struct NewGame {
    /// What is typed.
    pub slug: String,
    /// What is shown, when that was said; a game that is replaced keeps its title otherwise.
    pub title: Option<String>,
    /// The name that it came with: the title of a game that has no other.
    pub name: String,
    /// Whether it may take the place of another.
    pub replace: bool,
}

/// Who has a slug.
enum Holder {
    Nobody,
    /// An entry of the configuration.
    NewEntry,
    /// A folder, or file, of the library that no entry lists.
    Offered(PathBuf),
    /// A game that comes with the program.
    Bundled,
}

/// What taking a game out would do.
#[derive(Debug)]
pub(crate) struct Removal {
    /// The folder, or file, that is deleted.
    pub deleted: Option<PathBuf>,
    /// The one that stays, because it is not in the folder of added games, or another game is in it.
    pub kept: Option<PathBuf>,
    /// Whether it is the default game.
    pub is_default: bool,
}

impl Store {
    /// The library of the configuration that the server would use; where there is none, the one to be written is
    /// `./config.toml`.
    ///
    /// # Errors
    /// When there is one that cannot be read or is not written right.
    pub(crate) fn find(asked_for: Option<&Path>) -> Result<Self, ImportError> {
        let config = Config::find(asked_for)?;
        let file = config.file().unwrap_or(Path::new(NEW_FILE)).to_owned();
        Ok(Self {
            asked_for: asked_for.map(Path::to_owned),
            games: file.with_file_name(GAMES),
            file,
        })
    }

    /// The folder of added games.
    pub(crate) fn games(&self) -> &Path {
        &self.games
    }

    /// Clears away what interrupted changes have left, and makes a hidden folder for the next one.
    ///
    /// # Errors
    /// When it cannot be made, or the job is to stop.
    pub(crate) fn stage(&self, job: &Job<'_>) -> Result<Staging, ImportError> {
        let _lock = self.lock(job)?;
        sweep(&self.games);
        if let Err(error) = fs::create_dir(&self.games)
            && !self.games.is_dir()
        {
            return Err(ImportError::write(&self.games, error));
        }
        Staging::new(&self.games)
    }

    /// Whether the folder of added games is in this one, or is it.
    pub(crate) fn is_in(&self, folder: &Path) -> bool {
        let above = self.games.parent().filter(|above| *above != Path::new(""));
        let above = above.unwrap_or(Path::new(".")).canonicalize();
        let games = self.games.canonicalize();
        games.is_ok_and(|games| games.starts_with(folder))
            || above.is_ok_and(|above| above.join(GAMES).starts_with(folder))
    }

    /// Takes the folder of games away if nothing is in it.
    pub(crate) fn tidy(&self) {
        let _ = fs::remove_dir(&self.games);
    }

    /// Asks whether a game could get this name.
    ///
    /// # Errors
    /// When another has it and must not be replaced.
    pub(crate) fn check(&self, wish: &NewGame) -> Result<(), ImportError> {
        self.holder(&wish.slug, &ConfigEdit::read(&self.file)?)
            .and_then(|holder| admit(&holder, wish))
    }

    /// Puts a game from a stage into the library.
    ///
    /// # Errors
    /// When its name is taken, something cannot be written, or the job is to stop. The library is as it was then.
    pub(crate) fn install(
        &self,
        stage: Staging,
        game: &Game,
        wish: &NewGame,
        job: &Job<'_>,
    ) -> Result<PathBuf, ImportError> {
        let _lock = self.lock(job)?;
        // Dropped before the lock, that is while it is held.
        let stage = stage;
        let mut listing = ConfigEdit::read(&self.file)?;
        let holder = self.holder(&wish.slug, &listing)?;
        admit(&holder, wish)?;
        let old = match &holder {
            Holder::NewEntry => self.own_folder(&wish.slug, &listing),
            Holder::Offered(path) => self.kept_in_games(path),
            Holder::Nobody | Holder::Bundled => None,
        };
        let content = place(game).unwrap_or(Path::new("")).to_owned();
        let name = self.free_name(&wish.slug);
        let target = self.games.join(&name);
        stage.plan(&Plan {
            config: self.file.file_name().map(PathBuf::from).unwrap_or_default(),
            new: Some(Folder::create(&content, &name)?),
            old: old.map(|old| folder(&old)).transpose()?,
        })?;
        listing.put(
            NewEntry {
                slug: &wish.slug,
                title: match &holder {
                    Holder::NewEntry => wish.title.as_deref(),
                    _ => {
                        let name = Some(wish.name.as_str()).filter(|name| *name != wish.slug);
                        wish.title.as_deref().or(name)
                    }
                },
                path: &format!("{GAMES}/{name}"),
            },
            |file| game.source.has(file),
        );
        fs::rename(&content, &target).map_err(|error| ImportError::write(&target, error))?;
        listing.save()?;
        Ok(target)
    }

    /// What [`Self::remove`] would do.
    ///
    /// # Errors
    /// When there is no such game, or it is none that could be taken out.
    pub(crate) fn removal(&self, slug: &str) -> Result<Removal, ImportError> {
        let listing = ConfigEdit::read(&self.file)?;
        let (deleted, path) = match self.holder(slug, &listing)? {
            Holder::NewEntry => (self.own_folder(slug, &listing), listing.path(slug)),
            Holder::Offered(path) => match self.kept_in_games(&path) {
                Some(deleted) => (Some(deleted), None),
                None => {
                    return Err(ImportError::NotOurs {
                        slug: slug.to_owned(),
                        folder: path,
                    });
                }
            },
            holder => return Err(self.absent(slug, &holder)),
        };
        Ok(Removal {
            kept: path.filter(|path| deleted.is_none() && path.exists()),
            deleted,
            is_default: listing.is_default(slug),
        })
    }

    /// Takes a game out of the library, and deletes it if it is kept in the folder of added games and no other game is.
    ///
    /// # Errors
    /// When there is no such game, something cannot be written, or the job is to stop. The library is as it was then.
    pub(crate) fn remove(&self, slug: &str, job: &Job<'_>) -> Result<Removal, ImportError> {
        let removal = self.removal(slug)?;
        let stage = match removal.deleted {
            Some(_) => Some(self.stage(job)?),
            None => None,
        };
        let _lock = self.lock(job)?;
        let stage = stage;
        let removal = self.removal(slug)?;
        let mut listing = ConfigEdit::read(&self.file)?;
        let deleted = removal.deleted.as_deref().zip(stage.as_ref());
        if !listing.has(slug) {
            if let Some((path, stage)) = deleted {
                fs::rename(path, stage.bin()).map_err(|error| ImportError::write(path, error))?;
            }
            return Ok(removal);
        }
        if let Some((path, stage)) = deleted {
            stage.plan(&Plan {
                config: self.file.file_name().map(PathBuf::from).unwrap_or_default(),
                new: None,
                old: Some(folder(path)?),
            })?;
        }
        listing.remove(slug);
        listing.save()?;
        Ok(removal)
    }

    /// Gives a game another slug, another title or both.
    ///
    /// # Errors
    /// When there is no such game, the slug is taken, or the file cannot be written.
    pub(crate) fn rename(
        &self,
        slug: &str,
        to: &str,
        title: Option<&str>,
        job: &Job<'_>,
    ) -> Result<(), ImportError> {
        let _lock = self.lock(job)?;
        let mut listing = ConfigEdit::read(&self.file)?;
        let holder = self.holder(slug, &listing)?;
        if slug != to && !matches!(self.holder(to, &listing)?, Holder::Nobody) {
            return Err(ImportError::NewSlugTaken {
                slug: to.to_owned(),
            });
        }
        match holder {
            Holder::NewEntry => {}
            Holder::Offered(path) => {
                let folder = self.file.parent().unwrap_or(Path::new(""));
                let path = path.strip_prefix(folder).unwrap_or(&path);
                let path = path
                    .to_str()
                    .ok_or(ImportError::Name { path: path.into() })?;
                let title = Some(slug);
                listing.put(NewEntry { slug, title, path }, |_| true);
            }
            holder => return Err(self.absent(slug, &holder)),
        }
        listing.rename(slug, to, title);
        listing.save()
    }

    fn holder(&self, slug: &str, listing: &ConfigEdit) -> Result<Holder, ImportError> {
        if listing.has(slug) {
            return Ok(Holder::NewEntry);
        }
        let library = self.library()?;
        let game = library.games.iter().find(|game| game.slug == slug);
        Ok(match game.map(|game| (place(game), game)) {
            None => Holder::Nobody,
            Some((Some(path), _)) => Holder::Offered(path.to_owned()),
            Some((None, _)) => Holder::Bundled,
        })
    }

    fn library(&self) -> Result<Library, ImportError> {
        Ok(Library::open(
            &Config::find(self.asked_for.as_deref())?.library_options(),
        ))
    }

    fn absent(&self, slug: &str, holder: &Holder) -> ImportError {
        let slug = slug.to_owned();
        match holder {
            Holder::Bundled => ImportError::Bundled { slug },
            _ => {
                let library = self.library().unwrap_or_default();
                let near = library.nearest(&slug).join(", ");
                ImportError::Unknown { slug, near }
            }
        }
    }

    /// The folder, or file, that an entry has for itself directly in the folder of added games.
    fn own_folder(&self, slug: &str, listing: &ConfigEdit) -> Option<PathBuf> {
        let path = listing.path(slug)?.canonicalize().ok()?;
        let is_direct = path.parent() == self.games.canonicalize().ok().as_deref();
        let is_own = || listing.slugs_in(&path) == [slug];
        (is_direct && is_own()).then(|| self.games.join(path.file_name().unwrap_or_default()))
    }

    /// The folder, or file, directly in the folder of added games that an unlisted game is kept in, maybe some way down.
    fn kept_in_games(&self, path: &Path) -> Option<PathBuf> {
        let games = self.games.canonicalize().ok()?;
        let config = Config::find(self.asked_for.as_deref()).ok()?;
        let library = config.library_options().folder?.canonicalize().ok()?;
        let path = path.canonicalize().ok()?;
        let first = path.strip_prefix(&games).ok()?.components().next()?;
        (library == games).then(|| self.games.join(first))
    }

    fn free_name(&self, slug: &str) -> String {
        let is_free = |name: &String| self.games.join(name).symlink_metadata().is_err();
        let others = (2..u32::MAX).map(|number| format!("{slug}-{number}"));
        let mut names = std::iter::once(slug.to_owned()).chain(others);
        names.find(is_free).unwrap_or_else(|| slug.to_owned())
    }

    /// Waits until nobody else changes this library, and keeps others waiting while it is held.
    fn lock(&self, job: &Job<'_>) -> Result<File, ImportError> {
        let folder = match self.file.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let lock = File::open(folder).map_err(|error| ImportError::read(folder, error))?;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::Error(error)) => return Err(ImportError::write(folder, error)),
                Err(TryLockError::WouldBlock) => {}
            }
            job.go_on()?;
            // A signal must end the waiting, and nothing wakes whoever waits for a file lock.
            sleep(Duration::from_millis(20));
        }
    }
}

fn admit(holder: &Holder, wish: &NewGame) -> Result<(), ImportError> {
    match holder {
        Holder::Nobody => Ok(()),
        _ if wish.replace => Ok(()),
        _ => Err(ImportError::Taken {
            slug: wish.slug.clone(),
        }),
    }
}

/// Where a game is on disk.
pub(crate) fn place(game: &Game) -> Option<&Path> {
    game.source.path()
}

fn folder(path: &Path) -> Result<Folder, ImportError> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| ImportError::Name { path: path.into() })?;
    Folder::create(path, name)
}
