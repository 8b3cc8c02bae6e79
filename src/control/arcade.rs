//! The games of an arcade, each built when it is first requested and again when its files change.

use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use tokio::runtime::Builder;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Semaphore, mpsc};

use crate::console::failure::Failure;
use crate::console::message::t;
use crate::console::output::say;
use crate::control::arcade_game::{House, Tended, TendedGames};
use crate::control::bucket_watch::BucketWatch;
use crate::control::game_ports::GamePorts;
use crate::control::library_source::bucket_place;
use crate::control::library_watch::LibraryWatch;
use crate::control::lobby::{LobbyKeeper, LobbyNews};
use webserver::config::Config;
use webserver::config::host_name::Domain;
use webserver::language::Language;
use webserver::library::game::Game;
use webserver::metrics::counters::Counters;
use webserver::publish::arcade::Arcade;
use webserver::site::Site;

/// The most addresses in the announcement.
const MAX_SHOWN: usize = 8;

/// The games of an arcade by slug, those that have left the library included: they may come back.
pub(crate) struct ArcadeGames {
    arcade: &'static Arcade,
    /// The slugs of games that are requested, until the arcade is opened for the first time.
    wanted: Option<UnboundedReceiver<String>>,
    games: TendedGames,
    memory: u64,
    ports: GamePorts,
    counters: &'static Counters,
    library_changed: mpsc::Sender<()>,
    /// From the first opening on.
    lobby: Option<LobbyKeeper>,
    /// While it is open, if files are watched.
    watch: Option<LibraryWatch>,
    /// The same for games in object storage.
    bucket_watch: Option<BucketWatch>,
    /// The game at the top of the lobby.
    featured: Option<Game>,
}

/// The library, and the settings that its games are built with.
#[derive(Clone, Copy)]
pub(crate) struct ArcadeLibrary<'a> {
    pub config: &'a Config,
    pub games: &'a [Game],
    /// The folder that further games may come to.
    pub folder: Option<&'a Path>,
}

impl ArcadeGames {
    /// Creates a closed arcade. Its games are built one at a time; together they hold as much memory as one site may.
    /// Reports changes of the library. Call it on a thread that may read games.
    pub(crate) fn new(
        config: &Config,
        ports: GamePorts,
        counters: &'static Counters,
        library_changed: mpsc::Sender<()>,
    ) -> Self {
        let (arcade, wanted) = Arcade::start(config.domain.as_ref().map(Domain::as_str));
        Self {
            arcade,
            wanted: Some(wanted),
            games: Arc::default(),
            memory: config.site.measure_machine().memory(),
            ports,
            counters,
            library_changed,
            lobby: None,
            watch: None,
            bucket_watch: None,
            featured: None,
        }
    }

    /// The part that answers requests.
    pub(crate) fn arcade(&self) -> &'static Arcade {
        self.arcade
    }

    /// True if the games are served.
    pub(crate) fn is_open(&self) -> bool {
        self.arcade.is_open()
    }

    /// Serves the games of a library, and their lobby at the server's own address. Call it where ports may be bound.
    ///
    /// # Errors
    /// If the system refuses another event loop.
    pub(crate) fn open(&mut self, library: ArcadeLibrary<'_>) -> Result<(), Failure> {
        self.start_threads()?;
        self.arcade.set_open(true);
        self.update(library);
        Ok(())
    }

    /// Serves the game on the air alone.
    pub(crate) fn close(&mut self) {
        self.arcade.set_open(false);
        (self.watch, self.bucket_watch) = (None, None);
        let mut known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        known.values_mut().for_each(Tended::leave);
        for language in Language::ALL {
            // Open lobbies notice, and load what is there now.
            self.arcade.lobby(language).publish(Site::waiting());
        }
    }

    /// Starts the threads that compile the lobby, and games when they are requested, unless they are running.
    fn start_threads(&mut self) -> Result<(), Failure> {
        let Some(mut wanted) = self.wanted.take() else {
            return Ok(());
        };
        let keeper = LobbyKeeper::start(self.arcade, self.counters);
        let house = House {
            games: Arc::clone(&self.games),
            memory: self.memory,
            turns: Arc::new(Semaphore::new(1)),
            lobby: keeper.sender(),
            counters: self.counters,
        };
        self.lobby = Some(keeper);
        let tend = async move {
            while let Some(slug) = wanted.recv().await {
                house.tend(&slug);
            }
        };
        // A thread of its own: those that answer players may not read games, nor may any thread that they start.
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Failure::failed)?;
        std::thread::spawn(move || runtime.block_on(tend));
        Ok(())
    }

    /// Shows a game at the top of the lobby.
    pub(crate) fn feature(&mut self, game: &Game, library: ArcadeLibrary<'_>) {
        let is_listed = |known: &Option<Game>| known.as_ref() == Some(game);
        let is_known = library.games.contains(game) || is_listed(&self.featured);
        self.featured = Some(game.clone());
        if !is_known {
            self.update(library);
        }
        self.tell_lobby(LobbyNews::Featured(game.slug.clone()));
    }

    fn tell_lobby(&self, news: LobbyNews) {
        if let Some(lobby) = &self.lobby {
            lobby.tell(news);
        }
    }

    /// Takes over the games of the library, and the featured game if that comes from elsewhere. A game that is no
    /// longer there is dropped from memory; one whose description changed is built again on its next request. Call it
    /// where ports may be bound.
    pub(crate) fn update(&mut self, library: ArcadeLibrary<'_>) {
        if !self.is_open() {
            return;
        }
        let config = library.config;
        let games = self.listed(library.games);
        let mut known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        for tended in known.values_mut() {
            tended.is_listed = false;
        }
        for game in &games {
            let tended = known
                .entry(game.slug.clone())
                .or_insert_with(|| Tended::new(game, config));
            tended.is_listed = true;
            (tended.options, tended.watches) = (config.site, config.watch);
            if tended.game != *game {
                tended.game = game.clone();
                tended.end();
            }
        }
        let left = known.values_mut().filter(|tended| !tended.is_listed);
        left.for_each(Tended::leave);
        let listed = known.values().filter(|tended| tended.is_listed);
        self.arcade.list(listed.map(|tended| tended.door));
        // In the order of the library.
        let doors = games.iter().filter_map(|game| known.get(&game.slug));
        self.ports.open(doors.map(|tended| tended.door));
        let listed = games.iter().filter_map(|game| {
            let tended = known.get(&game.slug)?;
            Some((game.clone(), tended.door))
        });
        self.tell_lobby(LobbyNews::Games(listed.collect()));
        if let Some(game) = &self.featured {
            self.tell_lobby(LobbyNews::Featured(game.slug.clone()));
        }
        drop(known);
        let (arcade, changed) = (self.arcade, &self.library_changed);
        if config.watch {
            let watch = &mut self.watch;
            let watch = watch.get_or_insert_with(|| LibraryWatch::start(arcade, changed.clone()));
            watch.follow(library.folder.map(Path::to_owned), &games);
            let place = bucket_place(config).ok().flatten();
            BucketWatch::follow(&mut self.bucket_watch, place, changed);
        } else {
            (self.watch, self.bucket_watch) = (None, None);
        }
    }

    /// The games of the library that can have addresses, and the featured game.
    fn listed(&self, games: &[Game]) -> Vec<Game> {
        let is_featured = |game: &Game| {
            let featured = self.featured.as_ref();
            featured.is_some_and(|featured| featured.slug == game.slug)
        };
        let in_library = games.iter().any(is_featured);
        let elsewhere = self.featured.iter().filter(|_| !in_library);
        let (named, nameless): (Vec<_>, Vec<_>) = { elsewhere.chain(games) }
            .cloned()
            .partition(|game| self.arcade.host_name(&game.slug).is_some());
        for game in nameless {
            tracing::warn!(event = "arcade_no_address", slug = game.slug);
        }
        named
    }

    /// Notes which games are used, and drops the sites that were replaced before this moment. Called once a second.
    pub(crate) fn tick(&self, before: Instant) {
        let mut known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        for tended in known.values_mut() {
            tended.note_use();
            tended.door.slot.forget_earlier(before);
        }
    }

    /// Has all open pages of the games reload.
    pub(crate) fn reload_pages(&self) {
        let known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        for tended in known.values() {
            tended.door.slot.reload_pages();
        }
    }

    /// The time before which answers began that must be cut, according to the games' slots.
    pub(crate) fn answers_to_cut(&self) -> Option<Instant> {
        let known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        let slots = known.values().map(|tended| tended.door.slot);
        slots.filter_map(|slot| slot.answers_to_cut()).max()
    }

    /// Ends all event streams, so that a stopping server need not wait for them, and saves the play counts.
    pub(crate) fn stop(&self) {
        if let Some(lobby) = &self.lobby {
            lobby.stop();
        }
        for language in Language::ALL {
            self.arcade.lobby(language).end_events();
        }
        let known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        for tended in known.values() {
            tended.door.slot.end_events();
        }
    }

    /// Prints the games' addresses, in the order of the library, if they are served.
    pub(crate) fn announce(&self, games: &[Game], port: u16) {
        if !self.is_open() {
            return;
        }
        let known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        let doors = games.iter().filter_map(|game| known.get(&game.slug));
        let addresses = doors.filter_map(|tended| {
            let host = self.arcade.host_name(tended.door.slug())?;
            let url = format!("http://{host}:{port}/");
            Some(match tended.door.port() {
                Some(own) => t!("arcade.address", url = url, port = own).into_owned(),
                None => format!("  {url}"),
            })
        });
        let addresses: Vec<_> = addresses.collect();
        let more = addresses.len().saturating_sub(MAX_SHOWN);
        let mut lines = vec![t!("arcade.addresses").into_owned()];
        lines.extend(addresses.into_iter().take(MAX_SHOWN));
        if more > 0 {
            lines.push(t!("arcade.more", count = more).into_owned());
        }
        say(&(lines.join("\n") + "\n"));
    }
}
