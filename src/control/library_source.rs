//! The games of a session: those of the config, or those in a folder named on the command line.

use std::path::{Path, PathBuf};

use crate::cli::arguments::NamedGame;
use webserver::config::Config;
use webserver::library::game::Game;
use webserver::library::listing::{Library, LibraryOptions};
use webserver::library::origin::Origin;
use webserver::library::reason::Reason;

/// The place that the library is read from, now and after every reload.
#[derive(Clone, Debug, Default)]
pub(crate) struct LibrarySource {
    /// A folder of games; `None` for the config.
    folder: Option<PathBuf>,
}

impl LibrarySource {
    /// Opens the library. A name that is no game of the config but a folder with games below it is the library.
    pub(crate) fn find(named: Option<&NamedGame>, config: &Config) -> (Self, Library) {
        let library = Self::default().open(config);
        let folder = named
            .map(|named| (named.name(), named))
            .filter(|(name, _)| library.find(name).is_none())
            .filter(|(name, named)| {
                let found = Game::from_path_with(Path::new(name), named.overrides.clone());
                matches!(found, Err(Reason::NoEntry { .. } | Reason::Foreign { .. }))
            })
            .map(|(name, _)| PathBuf::from(name));
        let source = Self { folder };
        if source.is_folder() {
            let games = source.open(config);
            if !games.games.is_empty() {
                return (source, games);
            }
        }
        (Self::default(), library)
    }

    /// True if a folder named on the command line is the library.
    pub(crate) fn is_folder(&self) -> bool {
        self.folder.is_some()
    }

    /// Reads the library.
    pub(crate) fn open(&self, config: &Config) -> Library {
        let Some(folder) = &self.folder else {
            return Library::open(&config.library_options());
        };
        Library::open(&LibraryOptions {
            entries: Vec::new(),
            bundled: Vec::new(),
            folder: Some(folder.clone()),
            origin: Origin::default(),
        })
    }
}
