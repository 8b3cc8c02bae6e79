//! The config and the library in force, read again on demand.

use std::collections::HashSet;
use std::path::Path;

use crate::cli::arguments::ServeOptions;
use crate::console::describe::Describe;
use crate::console::failure::Failure;
use crate::console::message::t;
use crate::control::arcade::ArcadeLibrary;
use crate::control::first_game::find_game;
use crate::control::library_source::LibrarySource;
use webserver::config::Config;
use webserver::library::game::Game;
use webserver::library::listing::Library;

/// A game of the library, before the library is read again.
pub(crate) struct GameBefore {
    game: Game,
    /// The slugs of all games.
    slugs: HashSet<String>,
}

impl GameBefore {
    /// True if a game is this one.
    pub(crate) fn is_of(&self, game: &Game) -> bool {
        self.game.slug == game.slug && self.game.source.path() == game.source.path()
    }
}

/// The config, the library, and where both come from.
pub(crate) struct Catalog<'a> {
    pub options: &'a ServeOptions,
    pub source: LibrarySource,
    pub config: Config,
    pub library: Library,
}

impl Catalog<'_> {
    /// Reads the config and the library again. If that fails, the earlier ones stay in use.
    pub(crate) fn reload(&mut self) -> bool {
        let mut config = match Config::find(self.options.config.as_deref()) {
            Ok(config) => config,
            Err(error) => {
                tracing::warn!(event = "config_rejected", error = error.text());
                return false;
            }
        };
        self.options.apply(&mut config);
        self.library = match self.source.open(&config) {
            Ok(library) => library,
            Err(failure) => {
                tracing::warn!(event = "library_unread", message = failure.what);
                return false;
            }
        };
        let before = std::mem::replace(&mut self.config, config);
        let keys = self.config.keys_for_restart(&before).join(", ");
        if !keys.is_empty() {
            tracing::warn!(event = "config_waits", keys);
        }
        let (games, rejected) = (self.library.games.len(), self.library.rejected.len());
        tracing::info!(event = "library_reloaded", games, rejected);
        true
    }

    /// Reads the library alone again; true if its games have changed. Nothing is said if they have not, because the host
    /// only looks at it.
    pub(crate) fn look_again(&mut self) -> bool {
        // A library that cannot be read is said where it is reloaded.
        let Ok(library) = self.source.open(&self.config) else {
            return false;
        };
        let (games, rejected) = (library.games.len(), library.rejected.len());
        if library.games == self.library.games && rejected == self.library.rejected.len() {
            return false;
        }
        self.library = library;
        tracing::info!(event = "library_reloaded", games, rejected);
        true
    }

    /// Puts another library in force.
    pub(crate) fn replace(&mut self, library: Library) {
        let Self { library: known, .. } = self;
        *known = library;
    }

    /// Shows the library to an arcade.
    pub(crate) fn with_arcade_library<T>(&self, show: impl FnOnce(ArcadeLibrary<'_>) -> T) -> T {
        let folder = self.source.folder(&self.config);
        show(ArcadeLibrary {
            config: &self.config,
            games: &self.library.games,
            folder: folder.as_deref(),
        })
    }

    /// Finds a game by slug, title, number in the menu, or path relative to a folder.
    ///
    /// # Errors
    /// If no name is given, or there is no such game.
    pub(crate) fn find(&self, name: &str, folder: &Path) -> Result<Game, Failure> {
        match name.trim() {
            "" => Err(Failure::usage(t!("command.no_game"))),
            name => find_game(&self.library, name, folder),
        }
    }

    /// The game of the library with this slug.
    pub(crate) fn game(&self, slug: &str) -> Option<&Game> {
        self.library.games.iter().find(|game| game.slug == slug)
    }

    /// Notes a game that was published from the library; `None` for one from elsewhere. Its page may have been chosen again
    /// since.
    pub(crate) fn listing_of(&self, game: Game) -> Option<GameBefore> {
        let listed = self.game(&game.slug)?;
        let is_there = match game.source.path() {
            Some(path) => listed.source.path() == Some(path),
            None => listed.source == game.source,
        };
        let with_its_page = Game {
            source: game.source.clone(),
            entry: game.entry.clone(),
            ..listed.clone()
        };
        let slugs = self.library.games.iter().map(|game| game.slug.clone());
        (is_there && with_its_page == game).then(|| GameBefore {
            game,
            slugs: slugs.collect(),
        })
    }

    /// The game as the library has it now, which may be under a new slug.
    pub(crate) fn listed_again(&self, before: &GameBefore) -> Option<&Game> {
        let GameBefore { game, slugs } = before;
        let is_renamed = |other: &&Game| {
            let is_same = other.source == game.source && other.entry == game.entry;
            is_same && !slugs.contains(&other.slug)
        };
        let renamed = || self.library.games.iter().find(is_renamed);
        self.game(&game.slug).or_else(renamed)
    }
}
