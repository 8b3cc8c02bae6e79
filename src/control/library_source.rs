//! The games of a session: those of the config, or those in a folder named on the command line.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::arguments::NamedGame;
use crate::console::describe::Describe;
use crate::console::failure::Failure;
use crate::control::state;
use webserver::bucket::error::BucketError;
use webserver::bucket::games;
use webserver::config::Config;
use webserver::library::game::Game;
use webserver::library::listing::{Library, LibraryOptions};
use webserver::library::origin::Origin;
use webserver::library::reason::Reason;
use webserver::source::bucket::BucketPlace;

/// The place that the library is read from, now and after every reload.
#[derive(Clone, Debug, Default)]
pub(crate) struct LibrarySource {
    /// A folder of games; `None` for the config.
    folder: Option<PathBuf>,
}

impl LibrarySource {
    /// Opens the library. If the name is not that of a game in the config but of a folder of games, that folder is the
    /// library.
    ///
    /// # Errors
    /// If the library is in object storage and cannot be read.
    pub(crate) fn find(
        named: Option<&NamedGame>,
        config: &Config,
    ) -> Result<(Self, Library), Failure> {
        let library = Self::default().open(config)?;
        let folder = named
            .map(|named| (named.name(), named))
            .filter(|(name, _)| library.find(name).is_none())
            .filter(|(name, named)| {
                let found = Game::from_path_with(Path::new(name), named.overrides.clone());
                matches!(
                    found,
                    Err(Reason::NoEntry { .. }
                        | Reason::SeveralGames { .. }
                        | Reason::Foreign { .. })
                )
            })
            .map(|(name, _)| PathBuf::from(name));
        let source = Self { folder };
        if source.is_folder() {
            let games = source.open(config)?;
            if !games.games.is_empty() {
                return Ok((source, games));
            }
        }
        Ok((Self::default(), library))
    }

    /// True if a folder named on the command line is the library.
    pub(crate) fn is_folder(&self) -> bool {
        self.folder.is_some()
    }

    /// The folder that games may be added to.
    pub(crate) fn folder(&self, config: &Config) -> Option<PathBuf> {
        let own = self.folder.clone();
        own.or_else(|| config.library_options().folder)
    }

    /// Reads the library.
    ///
    /// # Errors
    /// If it is in object storage and cannot be read.
    pub(crate) fn open(&self, config: &Config) -> Result<Library, Failure> {
        let Some(folder) = &self.folder else {
            return read_library(config);
        };
        Ok(Library::open(&LibraryOptions {
            entries: Vec::new(),
            bundled: Vec::new(),
            folder: Some(folder.clone()),
            origin: Origin::default(),
        }))
    }
}

/// Reads the library of a configuration, with the games in object storage after the others.
///
/// # Errors
/// If they cannot be read.
pub(crate) fn read_library(config: &Config) -> Result<Library, Failure> {
    let mut library = Library::open(&config.library_options());
    if let Some(place) = bucket_place(config)? {
        let stored = games::open(&place).map_err(|error| Failure::failed(error.text()))?;
        library.append(stored);
    }
    Ok(library)
}

/// The place of the library, if it is in object storage.
///
/// # Errors
/// If the system has no folder for its cache.
pub(crate) fn bucket_place(config: &Config) -> Result<Option<Arc<BucketPlace>>, Failure> {
    let cache = state::cache_folder().map(|folder| folder.join("library"));
    let Some(place) = config.bucket(cache.clone().unwrap_or_default()) else {
        return Ok(None);
    };
    match cache {
        Some(_) => Ok(Some(Arc::new(place))),
        None => Err(Failure::failed(BucketError::NoCache.text())),
    }
}
