//! The games of an arcade, each built when it is first requested and again when its files change.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rust_i18n::t;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::console::failure::Failure;
use crate::console::output::say;
use crate::control::build_job::{self, BuildBasis, BuildFailure, BuildJob, MissingFiles};
use crate::control::game_ports::GamePorts;
use crate::control::publisher::{failure, title};
use crate::control::state;
use crate::control::watch::{Changed, Watcher};
use webserver::config::Config;
use webserver::library::game::Game;
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
    games: Arc<Mutex<HashMap<String, Tended>>>,
    memory: u64,
    ports: GamePorts,
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
}

impl ArcadeGames {
    /// Opens an arcade with these games. Its games are built one at a time; together they hold as much memory as one
    /// site may. Call it on a thread that may read them.
    ///
    /// # Errors
    /// If the system refuses another event loop.
    pub(crate) fn start(
        config: &Config,
        games: &[Game],
        ports: GamePorts,
    ) -> Result<(&'static Arcade, Self), Failure> {
        let (arcade, mut wanted) = Arcade::start(config.domain.as_deref());
        let mut opened = Self {
            arcade,
            games: Arc::default(),
            memory: config.site.measure_machine().memory(),
            ports,
        };
        opened.update(config, games);
        let (all, memory) = (Arc::clone(&opened.games), opened.memory);
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
        Ok((arcade, opened))
    }

    /// Takes over the games of the library. A game that is no longer there leaves memory; one that is described
    /// otherwise is built again with its next request. Call it where ports may be bound.
    pub(crate) fn update(&mut self, config: &Config, games: &[Game]) {
        let mut known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        for tended in known.values_mut() {
            tended.is_listed = false;
        }
        for game in games {
            if self.arcade.host_name(&game.slug).is_none() {
                tracing::warn!(event = "arcade_no_address", slug = game.slug);
                continue;
            }
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
        for tended in known.values_mut().filter(|tended| !tended.is_listed) {
            tended.end();
            tended.door.slot.publish(Site::opening(&tended.game.title));
            tended.door.slot.forget_earlier(Instant::now());
            tended.reserved.store(0, Ordering::Relaxed);
        }
        let listed = known.values().filter(|tended| tended.is_listed);
        self.arcade.open(listed.map(|tended| tended.door));
        // In the order of the library.
        let doors = games.iter().filter_map(|game| known.get(&game.slug));
        self.ports.open(doors.map(|tended| tended.door));
    }

    /// Drops the sites that were replaced before this moment.
    pub(crate) fn forget_earlier(&self, before: Instant) {
        let known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        for tended in known.values() {
            tended.door.slot.forget_earlier(before);
        }
    }

    /// Ends all event streams, so that a stopping server need not wait for them.
    pub(crate) fn end_events(&self) {
        let known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        for tended in known.values() {
            tended.door.slot.end_events();
        }
    }

    /// Prints the games' addresses, in the order of the library.
    pub(crate) fn announce(&self, games: &[Game], port: u16) {
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
                    missing = Some(found);
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
