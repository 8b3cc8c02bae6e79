//! A game of an arcade: built when it is first requested, again when its files change, and from disk when others need the
//! memory more.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::console::message::t;
use crate::control::build_job::{self, BuildBasis, BuildFailure, BuildJob, MissingFiles};
use crate::control::lobby::LobbyNews;
use crate::control::publisher::{failure, title};
use crate::control::said_failure::SaidFailure;
use crate::control::state;
use crate::control::watch::{Changed, Watcher};
use webserver::config::Config;
use webserver::library::game::Game;
use webserver::metrics::counters::Counters;
use webserver::publish::arcade_game::ArcadeGame;
use webserver::site::Site;
use webserver::site::options::BuildOptions;

/// The time after which a game that could not be built may be requested again.
const RETRY: Duration = Duration::from_secs(5);

/// The time after which an incomplete export is published.
const MAX_INCOMPLETE: Duration = Duration::from_secs(30);

/// The time without a request after which a game may leave memory for another.
const UNUSED: Duration = Duration::from_secs(15 * 60);

/// The games of an arcade by slug, those that have left the library included: they may come back.
pub(crate) type TendedGames = Arc<Mutex<HashMap<String, Tended>>>;

/// A game with the task that builds and watches it.
pub(crate) struct Tended {
    pub game: Game,
    pub door: &'static ArcadeGame,
    pub options: BuildOptions,
    pub watches: bool,
    pub is_listed: bool,
    share: Arc<MemoryShare>,
    said: SaidFailure,
    last_used: Instant,
    task: Option<JoinHandle<()>>,
}

/// A game's share of the arcade's memory.
#[derive(Debug, Default)]
struct MemoryShare {
    /// The bytes that its sites may take.
    reserved: AtomicU64,
    /// True while the game is served from disk, because it was not used for long.
    is_resting: AtomicBool,
    /// Notified when that changes.
    changed: Notify,
}

/// The games' common parts.
#[derive(Clone)]
pub(crate) struct House {
    pub games: TendedGames,
    /// The bytes that all games may hold together.
    pub memory: u64,
    /// A permit for the one build at a time.
    pub turns: Arc<Semaphore>,
    pub lobby: Sender<LobbyNews>,
    pub counters: &'static Counters,
}

/// The task of one game.
struct Tending {
    game: Game,
    door: &'static ArcadeGame,
    options: BuildOptions,
    watches: bool,
    share: Arc<MemoryShare>,
    said: SaidFailure,
    house: House,
}

impl Tended {
    /// A game that waits for its first request.
    pub(crate) fn new(game: &Game, config: &Config) -> Self {
        Self {
            game: game.clone(),
            door: ArcadeGame::start(&game.slug, &game.title),
            options: config.site,
            watches: config.watch,
            is_listed: true,
            share: Arc::default(),
            said: SaidFailure::default(),
            last_used: Instant::now(),
            task: None,
        }
    }

    /// Ends the task; the next request starts another.
    pub(crate) fn end(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
        self.door.rest();
    }

    /// Ends the task and gives the memory back.
    pub(crate) fn leave(&mut self) {
        self.end();
        let slot = self.door.slot;
        if slot.held() > 0 || self.share.reserved.load(Ordering::Relaxed) > 0 {
            slot.publish(Site::opening(&self.game.title));
            slot.forget_earlier(Instant::now());
        }
        self.share.reserved.store(0, Ordering::Relaxed);
    }

    /// Notes whether the game was requested since the last call. A requested game that rests gets memory again.
    pub(crate) fn note_use(&mut self) {
        if self.door.take_use() {
            self.last_used = Instant::now();
            if self.share.is_resting.swap(false, Ordering::Relaxed) {
                self.share.changed.notify_one();
            }
        }
    }

    /// The work of the task.
    fn tending(&self, house: House) -> Tending {
        Tending {
            game: self.game.clone(),
            door: self.door,
            options: self.options,
            watches: self.watches,
            share: Arc::clone(&self.share),
            said: self.said.clone(),
            house,
        }
    }

    /// The time since the last request, for a game that holds memory.
    fn unused_since(&self) -> Option<Instant> {
        let holds = self.share.reserved.load(Ordering::Relaxed) > 0;
        (holds && self.last_used.elapsed() >= UNUSED).then_some(self.last_used)
    }
}

impl House {
    /// Starts the task of the game with this slug.
    pub(crate) fn tend(&self, slug: &str) {
        let mut known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tended) = known.get_mut(slug) {
            tended.last_used = Instant::now();
            tended.task = Some(tokio::spawn(tended.tending(self.clone()).run()));
        }
    }

    /// The memory for the site of a game of this size. If too little is left, the games that were unused for longest
    /// move to disk, except those that have a browser.
    fn memory_for(&self, bytes: u64) -> u64 {
        let known = self.games.lock().unwrap_or_else(PoisonError::into_inner);
        let present = self.counters.browsers.in_arcade();
        let unused = known
            .values()
            .filter(|tended| !present.contains_key(&tended.door.number()));
        let unused = unused.filter_map(|tended| Some((tended.unused_since()?, tended)));
        let mut unused: Vec<_> = unused.collect();
        unused.sort_by_key(|(since, _)| *since);
        let mut unused = unused.into_iter();
        loop {
            let reserved = known
                .values()
                .map(|tended| tended.share.reserved.load(Ordering::Relaxed));
            // The site before it stays for page loads under way: twice a site's memory, for half of what is left.
            let left = self.memory.saturating_sub(reserved.sum()) / 4;
            let is_enough = left >= bytes.saturating_mul(2).min(self.memory / 4);
            let Some((_, tended)) = unused.next().filter(|_| !is_enough) else {
                return left;
            };
            tended.share.reserved.store(0, Ordering::Relaxed);
            tended.share.is_resting.store(true, Ordering::Relaxed);
            tended.share.changed.notify_one();
        }
    }
}

impl Tending {
    /// Builds the game, and again after each change on disk and of its memory.
    async fn run(mut self) {
        let mut watcher = Watcher::default();
        let mut missing: Option<MissingFiles> = None;
        let mut incomplete_since: Option<Instant> = None;
        let mut is_overdue = false;
        loop {
            if self.watches {
                // Before the build, so that no change between the two is lost.
                watcher.follow(Some(&self.game.source), None, None);
            }
            let before = match is_overdue {
                true => None,
                false => missing.clone(),
            };
            let built = self.build(before).await;
            watcher.mind_permissions(built.is_err());
            match built {
                Ok(found) => {
                    // Its picture may have changed.
                    if missing.replace(found).is_some() {
                        let _ = self.house.lobby.send(LobbyNews::Changed);
                    }
                    incomplete_since = None;
                }
                Err(BuildFailure::Incomplete { .. }) if incomplete_since.is_some() => {}
                Err(error @ BuildFailure::Incomplete { .. }) => {
                    let message = failure(&self.game, &error.text()).what;
                    tracing::warn!(event = "build_failed", message);
                    incomplete_since = Some(Instant::now());
                }
                Err(error) => {
                    let message = failure(&self.game, &error.text()).what;
                    if missing.is_none() {
                        self.say_unopened(&message);
                        sleep(RETRY).await;
                        return self.door.rest();
                    }
                    let message = t!("build.kept", what = message);
                    tracing::warn!(event = "build_failed", %message);
                    incomplete_since = None;
                }
            }
            // An incomplete export waits for its next change, or is published as it is after a while.
            let left = |since: Instant| MAX_INCOMPLETE.saturating_sub(since.elapsed());
            let limit = incomplete_since.map_or(Duration::MAX, left);
            let next = async {
                tokio::select! {
                    changed = watcher.changed(), if self.watches => changed,
                    () = self.share.changed.notified() => Changed::Game,
                }
            };
            let is_settled = timeout(limit, next).await == Ok(Changed::Game);
            is_overdue = !is_settled || incomplete_since.map(left) == Some(Duration::ZERO);
            if is_overdue || self.game.can_be_located() {
                self.game = self.game.located_again();
            }
        }
    }

    /// Tells the host, once, and players who wait for the game, unless they have an earlier build, that it does not start.
    fn say_unopened(&self, message: &str) {
        // The pages of those who wait have it built again and again.
        if self.said.is_news(message) {
            tracing::warn!(event = "build_failed", message);
        }
        let slot = self.door.slot;
        if slot.site_of(&self.game.slug).is_none() {
            slot.publish(Site::unopened(&self.game.title));
        }
    }

    /// Builds and publishes the game in its turn, within what is left of the memory.
    async fn build(
        &self,
        missing_before: Option<MissingFiles>,
    ) -> Result<MissingFiles, BuildFailure> {
        let slot = self.door.slot;
        let _turn = self.house.turns.acquire().await;
        let site_memory = self.reserve();
        let basis = BuildBasis {
            earlier: slot.site_of(&self.game.slug),
            missing_before,
        };
        let options = self.options.within(site_memory);
        let mut job = BuildJob::start(self.game.clone(), options, basis);
        let built = job.finished().await;
        if built.is_err() {
            // Other games may have the memory.
            self.share.reserved.store(slot.held(), Ordering::Relaxed);
        }
        let mut site = built?;
        site.publish_at(state::publication_date());
        let (slug, title, files, bytes) =
            (&self.game.slug, title(&self.game), site.files, site.bytes);
        let millis = job.elapsed().as_millis() as u64;
        slot.publish(site);
        self.said.clear();
        tracing::info!(event = "arcade_built", slug, title, files, bytes, millis);
        let (share, done) = (Arc::clone(&self.share), build_job::finish_in_background);
        Ok(done(&self.game, slot, move || {
            share.reserved.store(slot.held(), Ordering::Relaxed);
        }))
    }

    /// Reserves memory, and returns how much the site may take.
    fn reserve(&self) -> u64 {
        self.share.reserved.store(0, Ordering::Relaxed);
        if self.share.is_resting.load(Ordering::Relaxed) {
            return 0;
        }
        let files = self.game.source.files().unwrap_or_default();
        let bytes = files.iter().map(|file| file.length).sum();
        let site_memory = self.house.memory_for(bytes);
        self.share
            .reserved
            .store(2 * site_memory, Ordering::Relaxed);
        site_memory
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use webserver::publish::arcade::Arcade;

    fn house(games: TendedGames) -> House {
        let (lobby, _) = std::sync::mpsc::channel();
        House {
            games,
            memory: 1000,
            turns: Arc::new(Semaphore::new(1)),
            lobby,
            counters: Counters::start(),
        }
    }

    #[tokio::test]
    async fn a_game_that_cannot_be_built_holds_no_memory() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), "page").unwrap();
        let game = Game::from_folder(folder.path()).unwrap();
        let tended = Tended::new(&game, &Config::find(None).unwrap());
        std::fs::remove_file(folder.path().join("index.html")).unwrap();
        let share = Arc::clone(&tended.share);
        let tending = tended.tending(house(Arc::default()));
        assert!(tending.reserve() > 0);
        assert!(share.reserved.load(Ordering::Relaxed) > 0);
        assert!(tending.build(None).await.is_err());
        assert_eq!(share.reserved.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn the_least_used_games_leave_memory_and_none_with_a_browser_or_a_recent_request() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), "page").unwrap();
        let config = Config::find(None).unwrap();
        let tended = |slug: &str, unused: Duration, reserved: u64| {
            let mut game = Game::from_folder(folder.path()).unwrap();
            game.slug = slug.to_owned();
            let mut tended = Tended::new(&game, &config);
            tended.last_used = Instant::now().checked_sub(unused).unwrap();
            tended.share.reserved.store(reserved, Ordering::Relaxed);
            (slug.to_owned(), tended)
        };
        let games = HashMap::from([
            tended("older", UNUSED + Duration::from_secs(9), 300),
            tended("oldest", UNUSED + Duration::from_secs(10), 300),
            tended("recent", UNUSED - Duration::from_secs(60), 300),
            tended("empty", 2 * UNUSED, 0),
        ]);
        let games: TendedGames = Arc::new(Mutex::new(games));
        let house = house(Arc::clone(&games));
        let resting = || {
            let known = games.lock().unwrap();
            let resting = known
                .iter()
                .filter(|(_, tended)| tended.share.is_resting.load(Ordering::Relaxed));
            let mut resting: Vec<_> = resting.map(|(slug, _)| slug.clone()).collect();
            resting.sort();
            resting
        };
        assert_eq!(house.memory_for(10), 25, "enough");
        assert!(resting().is_empty());
        assert_eq!(house.memory_for(50), 100);
        assert_eq!(resting(), ["oldest"]);
        assert_eq!(house.memory_for(100_000), 175);
        assert_eq!(resting(), ["older", "oldest"]);
        assert_eq!(house.memory_for(100_000), 175, "no other may rest");
        // A game that is requested again gets its memory back.
        let (arcade, _wanted) = Arcade::start(None);
        let mut known = games.lock().unwrap();
        arcade.list(known.values().map(|tended| tended.door));
        let oldest = known.get_mut("oldest").unwrap();
        oldest.note_use();
        assert!(oldest.share.is_resting.load(Ordering::Relaxed));
        oldest.door.note_use();
        oldest.note_use();
        assert!(!oldest.share.is_resting.load(Ordering::Relaxed));
    }
}
