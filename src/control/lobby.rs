//! Keeps the lobby of an arcade up to date: compiles it again when the library, a game or the featured game changes,
//! and when games are started and left.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use crate::control::{sandbox, state};
use webserver::language::Language;
use webserver::library::cover::Cover;
use webserver::library::game::Game;
use webserver::metrics::counters::Counters;
use webserver::parallel;
use webserver::publish::arcade::Arcade;
use webserver::publish::arcade_game::ArcadeGame;
use webserver::site::Site;
use webserver::site::lobby::LobbyPage;
use webserver::site::lobby_game::{LobbyCover, LobbyGame};

/// The interval at which the numbers of players and plays are checked.
const LOOK: Duration = Duration::from_secs(1);

/// The least time between two lobbies that differ in numbers only.
const FIGURES: Duration = Duration::from_secs(3);

/// The age at which the page itself takes over the numbers, for browsers without scripts.
const PAGE: Duration = Duration::from_secs(60);

/// The interval at which the numbers of plays are saved.
const KEEP: Duration = Duration::from_secs(30);

/// The bytes of all covers together; the pictures of further games are drawn.
const MAX_COVERS: u64 = 64 << 20;

/// A game and its place in the arcade.
pub(crate) type ListedGame = (Game, &'static ArcadeGame);

/// The thread that compiles the lobby. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct LobbyKeeper(Sender<LobbyNews>);

/// News that the lobby does not show yet.
#[derive(Debug)]
pub(crate) enum LobbyNews {
    /// The games of the library, in its order.
    Games(Vec<ListedGame>),
    /// The slug of the game at the top.
    Featured(String),
    /// Files of a game have changed, perhaps its picture.
    Changed,
    /// The server is stopping.
    Stop(Sender<()>),
}

/// The lobby on its thread.
struct LobbyThread {
    arcade: &'static Arcade,
    counters: &'static Counters,
    games: Vec<ListedGame>,
    covers: Vec<LobbyCover>,
    featured: Option<String>,
    pages: Vec<LobbyPage>,
    rendered: Instant,
    published: Instant,
    /// Players and plays of each game, as published.
    figures: Vec<(u64, u64)>,
    /// Plays of earlier runs, of games that were not listed yet.
    kept_plays: HashMap<String, u64>,
    plays_kept: Instant,
}

impl LobbyKeeper {
    /// Starts the thread. It must be started from one that may read games.
    pub(crate) fn start(arcade: &'static Arcade, counters: &'static Counters) -> Self {
        let (sender, news) = channel();
        let now = Instant::now();
        let lobby = LobbyThread {
            arcade,
            counters,
            games: Vec::new(),
            covers: Vec::new(),
            featured: None,
            pages: Vec::new(),
            rendered: now,
            published: now,
            figures: Vec::new(),
            kept_plays: state::plays(),
            plays_kept: now,
        };
        thread::spawn(move || lobby.run(&news));
        Self(sender)
    }

    /// Passes news to the thread, which updates the lobby. The thread ends only with the program.
    pub(crate) fn tell(&self, news: LobbyNews) {
        let _ = self.0.send(news);
    }

    /// A sender for others who have news.
    pub(crate) fn sender(&self) -> Sender<LobbyNews> {
        self.0.clone()
    }

    /// Saves the numbers of plays for the next run.
    pub(crate) fn stop(&self) {
        let (stopped, wait) = channel();
        self.tell(LobbyNews::Stop(stopped));
        let _ = wait.recv_timeout(LOOK);
    }
}

impl LobbyThread {
    fn run(mut self, news: &Receiver<LobbyNews>) {
        loop {
            let next = match self.arcade.is_open() {
                true => news.recv_timeout(LOOK),
                false => news.recv().map_err(RecvTimeoutError::from),
            };
            match next {
                Ok(first) => self.take(std::iter::once(first).chain(news.try_iter()).collect()),
                Err(RecvTimeoutError::Timeout) => self.look(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, news: Vec<LobbyNews>) {
        let mut are_covers_due = false;
        for news in news {
            match news {
                LobbyNews::Games(games) => {
                    self.list(games);
                    are_covers_due = true;
                }
                LobbyNews::Featured(slug) => self.featured = Some(slug),
                LobbyNews::Changed => are_covers_due = true,
                LobbyNews::Stop(stopped) => {
                    self.keep_plays();
                    let _ = stopped.send(());
                }
            }
        }
        if !self.arcade.is_open() {
            return;
        }
        self.render();
        if are_covers_due {
            let found = find_covers(&self.games);
            let are_new = found.iter().any(Option::is_some) || self.pages.is_empty();
            self.covers = covers(&self.games, found);
            if are_new {
                self.render();
            }
        }
    }

    /// Replaces the list of games; those without a known picture get a drawing until theirs is found.
    fn list(&mut self, games: Vec<ListedGame>) {
        let before: HashMap<_, _> = self
            .games
            .drain(..)
            .zip(self.covers.drain(..))
            .map(|((game, _), cover)| (game.slug.clone(), cover))
            .collect();
        let known = |(game, _): &ListedGame| {
            let cover = before.get(&game.slug).cloned();
            cover.unwrap_or_else(|| LobbyCover::new(&game.slug, &game.title, None))
        };
        self.covers = games.iter().map(known).collect();
        for (game, place) in &games {
            if let Some(plays) = self.kept_plays.remove(&game.slug) {
                place.add_plays(plays);
            }
        }
        self.games = games;
    }

    /// Publishes the numbers of players and plays, if they have changed.
    fn look(&mut self) {
        let figures = self.current_figures();
        if figures != self.figures && self.published.elapsed() >= FIGURES {
            match self.rendered.elapsed() >= PAGE {
                true => self.render(),
                false => self.publish(&self.lobby_games(&figures)),
            }
            self.figures = figures;
        }
        if self.plays_kept.elapsed() >= KEEP {
            self.keep_plays();
        }
    }

    fn render(&mut self) {
        let figures = self.current_figures();
        let games = self.lobby_games(&figures);
        self.pages = Language::ALL
            .map(|language| LobbyPage::new(&games, language))
            .into();
        self.rendered = Instant::now();
        self.figures = figures;
        self.publish(&games);
        self.published = Instant::now();
    }

    fn publish(&self, games: &[LobbyGame]) {
        for (page, language) in self.pages.iter().zip(Language::ALL) {
            let slot = self.arcade.lobby(language);
            let before = slot.load().site.clone();
            // A lobby can always be compiled.
            let Ok(site) = Site::lobby(page, games, Some(&before)) else {
                continue;
            };
            if site.id != before.id {
                slot.publish(site);
            }
        }
        let arcade = self.arcade;
        let compressing = thread::Builder::new().spawn(move || {
            sandbox::for_compressing().enter();
            // Without the disk cache, which would fill with pages that nobody asks for again.
            for language in Language::ALL {
                arcade.lobby(language).compress(None);
            }
        });
        if let Err(error) = compressing {
            tracing::debug!("no thread to compress the lobby: {error}");
        }
    }

    fn current_figures(&self) -> Vec<(u64, u64)> {
        let players = self.counters.browsers.in_arcade();
        let places = self.games.iter().map(|(_, place)| place);
        let figures = places.map(|place| {
            let players = players.get(&place.number()).copied();
            (players.unwrap_or_default(), place.plays())
        });
        figures.collect()
    }

    fn lobby_games(&self, figures: &[(u64, u64)]) -> Vec<LobbyGame> {
        let games = self.games.iter().zip(&self.covers).zip(figures);
        let games = games.map(|(((game, _), cover), (players, plays))| LobbyGame {
            slug: game.slug.clone(),
            title: game.title.clone(),
            description: game.description.clone(),
            cover: cover.clone(),
            added: added(game),
            is_featured: self.featured.as_deref() == Some(game.slug.as_str()),
            plays: *plays,
            players: *players,
        });
        games.collect()
    }

    fn keep_plays(&mut self) {
        self.plays_kept = Instant::now();
        let listed = self.games.iter();
        let mut plays = self.kept_plays.clone();
        plays.extend(listed.map(|(game, place)| (game.slug.clone(), place.plays())));
        state::keep_plays(&plays);
    }
}

/// Finds the pictures of games, on a thread that may read these games and nothing else.
fn find_covers(games: &[ListedGame]) -> Vec<Option<Cover>> {
    let sandbox = sandbox::for_looking(games.iter().map(|(game, _)| game));
    let found = thread::scope(|threads| {
        let find = || {
            sandbox.enter();
            parallel::map(games, |(game, _)| Cover::find(game))
        };
        let search = thread::Builder::new().spawn_scoped(threads, find);
        search.ok()?.join().ok()
    });
    // A picture that makes the search fail leaves all games with drawings, and so does a system without a thread to give.
    found.unwrap_or_else(|| games.iter().map(|_| None).collect())
}

/// The covers of games, as far as they fit in memory.
fn covers(games: &[ListedGame], found: Vec<Option<Cover>>) -> Vec<LobbyCover> {
    let mut left = MAX_COVERS;
    let games = games.iter().zip(found);
    let covers = games.map(|((game, _), found)| {
        let rest = |cover: &Cover| left.checked_sub(cover.content.len() as u64);
        let found = match found.as_ref().and_then(rest) {
            Some(rest) => {
                left = rest;
                found
            }
            None => None,
        };
        LobbyCover::new(&game.slug, &game.title, found)
    });
    covers.collect()
}

/// The time when a game came or changed, in seconds since 1970; 0 for one that is part of the program.
fn added(game: &Game) -> u64 {
    let modified = game.source.path().and_then(|path| {
        let metadata = std::fs::metadata(path).ok()?;
        metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()
    });
    modified.map_or(0, |modified| modified.as_secs())
}
