//! The state that all consoles see, asked for by one task.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until};

use crate::console::detection::engine_text_in;
use crate::console::log_tail::milliseconds_since_1970;
use crate::control::command::Command;
use crate::control::console_link::LibraryView;
use crate::control::socket::ControlRequest;
use crate::web_console::history::{History, STEP};
use crate::web_console::import_list::ImportList;
use crate::web_console::removals::Removals;
use webserver::language::Language;
use webserver::library::game::Game;
use webserver::metrics::counters::Counters;

/// The interval of looks while somebody watches.
const LOOK: Duration = Duration::from_millis(500);

/// The events with everything that consoles show but the log, as JSON.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Snapshot {
    status: String,
    library: String,
    /// Imports under way, and games that are to be removed.
    work: String,
    history: String,
}

impl Snapshot {
    /// The events by their names.
    pub(crate) fn sections(&self) -> impl Iterator<Item = (&'static str, &str)> {
        ["library", "status", "work", "history"]
            .into_iter()
            .map(|name| (name, self.section(name)))
            .filter(|(_, event)| !event.is_empty())
    }

    pub(crate) fn section(&self, name: &str) -> &str {
        match name {
            "library" => &self.library,
            "status" => &self.status,
            "work" => &self.work,
            _ => &self.history,
        }
    }
}

/// The state, for everybody who watches.
#[derive(Clone, Debug)]
pub(crate) struct Feed {
    pub imports: ImportList,
    pub removals: Removals,
    snapshots: watch::Sender<Arc<Snapshot>>,
    wanted: Arc<Notify>,
    /// True if a console was opened since the last look.
    is_opened: Arc<AtomicBool>,
}

/// The sources of the state.
pub(crate) struct FeedSources {
    pub requests: mpsc::Sender<ControlRequest>,
    pub library: watch::Receiver<Arc<LibraryView>>,
    pub counters: &'static Counters,
    pub removals: Removals,
}

impl Feed {
    /// Starts the task.
    pub(crate) fn start(sources: FeedSources) -> Self {
        let feed = Self {
            imports: ImportList::default(),
            removals: sources.removals.clone(),
            snapshots: watch::Sender::new(Arc::default()),
            wanted: Arc::default(),
            is_opened: Arc::default(),
        };
        tokio::spawn(feed.clone().run(sources));
        feed
    }

    /// The state from now on.
    pub(crate) fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        let receiver = self.snapshots.subscribe();
        self.is_opened.store(true, Ordering::Relaxed);
        self.refresh();
        receiver
    }

    /// Looks at once, because something has changed or somebody has begun to watch.
    pub(crate) fn refresh(&self) {
        self.wanted.notify_one();
    }

    /// Looks repeatedly, until the session has ended.
    async fn run(self, mut sources: FeedSources) {
        let mut history = History::default();
        let mut next_sample = Instant::now();
        loop {
            if Instant::now() >= next_sample {
                let counts = sources.counters.now();
                history.add(milliseconds_since_1970(), counts.requests, counts.sent);
                next_sample = Instant::now() + Duration::from_secs(STEP);
            }
            if self.snapshots.receiver_count() > 0 {
                let Some(snapshot) = self.look(&mut sources, &history).await else {
                    return;
                };
                self.snapshots.send_if_modified(|before| {
                    let is_new = **before != snapshot;
                    *before = Arc::new(snapshot);
                    is_new
                });
            }
            let pause = async {
                match self.snapshots.receiver_count() {
                    0 => sleep_until(next_sample).await,
                    _ => sleep(LOOK).await,
                }
            };
            tokio::select! {
                () = pause => {}
                () = self.wanted.notified() => {}
                changed = sources.library.changed() => if changed.is_err() { return },
            }
        }
    }

    /// The state now; `None` once the session has ended.
    async fn look(&self, sources: &mut FeedSources, history: &History) -> Option<Snapshot> {
        let (sender, reply) = oneshot::channel();
        // The folder of the library is watched in an arcade only.
        let command = match self.is_opened.swap(false, Ordering::Relaxed) {
            true => Command::LookForGames,
            false => Command::Status,
        };
        sources.requests.send((command, sender)).await.ok()?;
        let status = reply.await.ok()?.ok()?;
        let library = Arc::clone(&sources.library.borrow_and_update());
        let games: Vec<_> = library
            .games
            .iter()
            .map(|game| game_value(game, &library))
            .collect();
        let library =
            json!({ "games": games, "rejected": library.rejected, "live": library.is_live });
        let (imports, removals) = (self.imports.views(), self.removals.views());
        let work = json!({ "imports": imports, "removals": removals });
        Some(Snapshot {
            status: serde_json::to_string(&status).unwrap_or_default(),
            library: library.to_string(),
            work: work.to_string(),
            history: serde_json::to_string(history).unwrap_or_default(),
        })
    }
}

fn game_value(game: &Game, library: &LibraryView) -> Value {
    json!({
        "slug": game.slug,
        "title": game.title,
        "description": game.description,
        // In both languages, as the title: each console is in the language of its own browser.
        "engine": {
            "en": engine_text_in(&game.engine, Language::English),
            "zh": engine_text_in(&game.engine, Language::Chinese),
        },
        "cover": game.cover,
        "cover_file": game.cover_file.as_ref().and_then(|file| file.file_name()?.to_str()),
        "editable": library.is_changeable && game.source.path().is_some(),
        "removable": library.removable.contains(&game.slug),
    })
}
