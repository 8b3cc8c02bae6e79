//! The games of an arcade, each built when it is first requested and again when its files change.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rust_i18n::t;
use tokio::runtime::Builder;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::console::failure::Failure;
use crate::console::output::say;
use crate::control::build_job::{self, BuildBasis, BuildFailure, BuildJob, MissingFiles};
use crate::control::game_ports::GamePorts;
use crate::control::library_watch::LibraryWatch;
use crate::control::lobby::{LobbyKeeper, LobbyNews};
use crate::control::publisher::{failure, title};
use crate::control::state;
use crate::control::watch::{Changed, Watcher};
use webserver::config::Config;
use webserver::language::Language;
use webserver::library::game::Game;
use webserver::metrics::counters::Counters;
use webserver::publish::arcade::{Arcade, ArcadeGame};
use webserver::site::Site;
use webserver::site::options::BuildOptions;

/// The time after which a game that could not be built may be requested again.
const RETRY: Duration = Duration::from_secs(5);

/// The time after which an incomplete export is published.
const MAX_INCOMPLETE: Duration = Duration::from_secs(30);

/// The most addresses in the announcement.
const MAX_SHOWN: usize = 8;

/// The games of an arcade by slug, those that have left the library included: they may come back.
pub(crate) struct ArcadeGames {
    arcade: &'static Arcade,
    /// The slugs of games that are requested, until the arcade is opened for the first time.
    wanted: Option<UnboundedReceiver<String>>,
    games: Arc<Mutex<HashMap<String, Tended>>>,
    memory: u64,
    ports: GamePorts,
    counters: &'static Counters,
    library_changed: mpsc::Sender<()>,
    /// From the first opening on.
    lobby: Option<LobbyKeeper>,
    /// While it is open, if files are watched.
    watch: Option<LibraryWatch>,
    /// The game at the top of the lobby.
    featured: Option<Game>,
}

/// A game with the task that builds and watches it.
struct Tended {
    game: Game,
    door: &'static ArcadeGame,
    /// The bytes of memory that its sites may take.
    reserved: Arc<AtomicU64>,
    options: BuildOptions,
    watches: bool,
    is_listed: bool,
    task: Option<JoinHandle<()>>,
}

/// The task of one game.
struct Tending {
    game: Game,
    door: &'static ArcadeGame,
    reserved: Arc<AtomicU64>,
    options: BuildOptions,
    watches: bool,
    games: Arc<Mutex<HashMap<String, Tended>>>,
    memory: u64,
    turns: Arc<Semaphore>,
    lobby: Sender<LobbyNews>,
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
    /// A closed arcade. Its games are built one at a time; together they hold as much memory as one site may. Reports
    /// changes of the library. Call it on a thread that may read games.
    pub(crate) fn new(
        config: &Config,
        ports: GamePorts,
        counters: &'static Counters,
        library_changed: mpsc::Sender<()>,
    ) -> Self {
        let (arcade, wanted) = Arcade::start(config.domain.as_deref());
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
        self.watch = None;
        let mut known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        known.values_mut().for_each(Tended::leave);
        for language in Language::ALL {
            // Open lobbies notice, and load what is there now.
            self.arcade.lobby(language).publish(Site::waiting());
        }
    }

    /// Starts the threads that compile the lobby, and games when they are requested, unless they run.
    fn start_threads(&mut self) -> Result<(), Failure> {
        let Some(mut wanted) = self.wanted.take() else {
            return Ok(());
        };
        let keeper = LobbyKeeper::start(self.arcade, self.counters);
        let (all, memory, lobby) = (Arc::clone(&self.games), self.memory, keeper.sender());
        self.lobby = Some(keeper);
        let turns = Arc::new(Semaphore::new(1));
        let tend = async move {
            while let Some(slug) = wanted.recv().await {
                let mut known = all.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(tended) = known.get_mut(&slug) {
                    let tending = Tending {
                        game: tended.game.clone(),
                        door: tended.door,
                        reserved: Arc::clone(&tended.reserved),
                        options: tended.options,
                        watches: tended.watches,
                        games: Arc::clone(&all),
                        memory,
                        turns: Arc::clone(&turns),
                        lobby: lobby.clone(),
                    };
                    tended.task = Some(tokio::spawn(tending.run()));
                }
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

    /// Takes over the games of the library, and the featured game if that comes from elsewhere. A game that is no longer
    /// there leaves memory; one that is described otherwise is built again with its next request. Call it where ports may
    /// be bound.
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
            let tended = known.entry(game.slug.clone()).or_insert_with(|| Tended {
                game: game.clone(),
                door: ArcadeGame::start(&game.slug, &game.title),
                reserved: Arc::default(),
                options: config.site,
                watches: config.watch,
                is_listed: true,
                task: None,
            });
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
        } else {
            self.watch = None;
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

    /// Drops the sites that were replaced before this moment.
    pub(crate) fn forget_earlier(&self, before: Instant) {
        let known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        for tended in known.values() {
            tended.door.slot.forget_earlier(before);
        }
    }

    /// Ends all event streams, so that a stopping server need not wait for them, and keeps the numbers of plays.
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

impl Tended {
    /// Ends the task; the next request starts another.
    fn end(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
        self.door.rest();
    }

    /// Ends the task and gives the memory back.
    fn leave(&mut self) {
        self.end();
        let slot = self.door.slot;
        if slot.held() > 0 || self.reserved.load(Ordering::Relaxed) > 0 {
            slot.publish(Site::opening(&self.game.title));
            slot.forget_earlier(Instant::now());
        }
        self.reserved.store(0, Ordering::Relaxed);
    }
}

impl Tending {
    /// Builds the game, and again after each change on disk.
    async fn run(self) {
        let mut watcher = Watcher::default();
        let mut missing: Option<MissingFiles> = None;
        let mut is_incomplete = false;
        loop {
            if self.watches {
                // Before the build, so that no change between the two is lost.
                watcher.follow(Some(&self.game.source), None, None);
            }
            let before = match is_incomplete {
                true => None,
                false => missing
                    .as_ref()
                    .map(|missing| missing.get().cloned().unwrap_or_default()),
            };
            match self.build(before).await {
                Ok(found) => {
                    // Its picture may be another.
                    if missing.replace(found).is_some() {
                        let _ = self.lobby.send(LobbyNews::Changed);
                    }
                    is_incomplete = false;
                }
                Err(BuildFailure::Incomplete { .. }) => is_incomplete = true,
                Err(error) => {
                    let message = failure(&self.game, &error.text()).what;
                    tracing::warn!(event = "build_failed", message);
                    if missing.is_none() {
                        sleep(RETRY).await;
                        return self.door.rest();
                    }
                    is_incomplete = false;
                }
            }
            if !self.watches {
                return;
            }
            // An incomplete export waits for its next change, or is published as it is after a while.
            let limit = match is_incomplete {
                true => MAX_INCOMPLETE,
                false => Duration::MAX,
            };
            is_incomplete = timeout(limit, watcher.changed()).await != Ok(Changed::Game);
        }
    }

    /// Builds and publishes the game in its turn, within what is left of the memory.
    async fn build(
        &self,
        missing_before: Option<BTreeSet<String>>,
    ) -> Result<MissingFiles, BuildFailure> {
        let slot = self.door.slot;
        let _turn = self.turns.acquire().await;
        // The site before it stays for page loads under way: twice a site's memory, for half of what is left.
        let site_memory = self.memory_left() / 4;
        self.reserved.store(2 * site_memory, Ordering::Relaxed);
        let basis = BuildBasis {
            earlier: slot.site_of(&self.game.slug),
            missing_before,
        };
        let options = self.options.within(site_memory);
        let mut job = BuildJob::start(self.game.clone(), options, basis);
        let mut site = job.finished().await?;
        site.publish_at(state::publication_date());
        let (slug, title, files, bytes) =
            (&self.game.slug, title(&self.game), site.files, site.bytes);
        let millis = job.elapsed().as_millis() as u64;
        slot.publish(site);
        tracing::info!(event = "arcade_built", slug, title, files, bytes, millis);
        let (reserved, done) = (Arc::clone(&self.reserved), build_job::finish_in_background);
        Ok(done(&self.game, slot, move || {
            reserved.store(slot.held(), Ordering::Relaxed);
        }))
    }

    fn memory_left(&self) -> u64 {
        self.reserved.store(0, Ordering::Relaxed);
        let known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        let reserved = known
            .values()
            .map(|tended| tended.reserved.load(Ordering::Relaxed));
        self.memory.saturating_sub(reserved.sum())
    }
}
