//! The session's end of the console in the host's browser.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::json;
use tokio::sync::watch;

use crate::console::library_table::rejection;
use crate::console::message::t;
use crate::console::output::{self, say};
use crate::console::record::Level;
use crate::control::browser;
use crate::control::catalog::Catalog;
use crate::control::console_access::ConsoleAccess;
use webserver::config::Config;
use webserver::library::game::Game;
use webserver::library::listing::Library;

/// The library as the console shows it.
#[derive(Debug, Default)]
pub(crate) struct LibraryView {
    pub games: Vec<Game>,
    /// True if changes of `config.toml` change this library; false for one from the command line.
    pub is_changeable: bool,
    /// The slugs of the games that can be removed from the library.
    pub removable: HashSet<String>,
    /// A line about each rejected game, in the host's language.
    pub rejected: Vec<String>,
    /// True if open pages follow the server, so that it can have them reload.
    pub is_live: bool,
}

/// Tells the console about the library, and the host about the console.
#[derive(Debug)]
pub(crate) struct ConsoleLink {
    pub access: ConsoleAccess,
    library: watch::Sender<Arc<LibraryView>>,
}

impl ConsoleLink {
    /// A link, and the console's view of the library.
    pub(crate) fn new(access: ConsoleAccess) -> (Self, watch::Receiver<Arc<LibraryView>>) {
        let (library, view) = watch::channel(Arc::default());
        (Self { access, library }, view)
    }

    /// Passes on the library that is in force now.
    pub(crate) fn update(&self, catalog: &Catalog<'_>) {
        let (library, config) = (&catalog.library, &catalog.config);
        let is_changeable = !catalog.source.is_folder() && catalog.options.library.is_none();
        let view = LibraryView {
            games: library.games.clone(),
            is_changeable,
            removable: match is_changeable {
                true => removable(library, config),
                false => HashSet::new(),
            },
            rejected: library.rejected.iter().map(rejection).collect(),
            is_live: config.site.live,
        };
        self.library.send_replace(Arc::new(view));
    }

    /// Prints the addresses with the token. Nothing else shows them, so they are printed even where little else is.
    pub(crate) fn announce(&self) {
        if !output::is_json() {
            return say(&self.access.text());
        }
        let (local, shared) = (self.access.local_address(), self.access.shared_address());
        let fields = json!({ "address": local, "share": shared });
        output::print_record(Level::Info, "console", fields);
    }

    /// Opens the console in the browser of this machine.
    pub(crate) fn open(&self) {
        browser::open_in_background(self.access.local_address());
    }

    /// Signs every browser out; returns what to print: the new addresses.
    pub(crate) fn end_access(&self) -> String {
        match self.access.end() {
            Ok(()) => t!("console.ended").into_owned() + "\n" + &self.access.text(),
            Err(failure) => failure.text(),
        }
    }
}

/// The games that the configuration file lists, or that are in the folder of added games. Others are the host's own files.
fn removable(library: &Library, config: &Config) -> HashSet<String> {
    let options = config.library_options();
    let added = config.games_folder().canonicalize().ok();
    let folder = options.folder.as_deref();
    let folder = folder.and_then(|folder| folder.canonicalize().ok());
    let is_added = folder.is_some() && folder == added;
    let is_removable = |game: &&Game| {
        let is_listed = || config.file().is_some() && options.lists(&game.slug);
        game.source.path().is_some() && (is_added || is_listed())
    };
    let games = library.games.iter().filter(is_removable);
    games.map(|game| game.slug.clone()).collect()
}
