//! The session of the host: one loop over everything that can happen while the server runs.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rust_i18n::t;
use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::cli::arguments::ServeOptions;
use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::console::foreground::Size;
use crate::console::input::{HostInput, Input};
use crate::console::key::Key;
use crate::console::log::RequestLog;
use crate::console::menu::Choice;
use crate::console::record::Level;
use crate::console::screen_line::ScreenLine;
use crate::console::signals::{Signals, Stop};
use crate::console::{layout, output};
use crate::control::addresses::PlayerAddresses;
use crate::control::announce::{Announcement, secure_context_note};
use crate::control::build_job::{BuildFailure, PROGRESS_DELAY};
use crate::control::command::Command;
use crate::control::first_game::{FirstGame, LinePrompt, find_game};
use crate::control::host_console::{HostConsole, KeyPress};
use crate::control::library_source::LibrarySource;
use crate::control::protocol::Reply;
use crate::control::publisher::{Publication, Publisher, ReplySender, title};
use crate::control::request_rate::RequestRate;
use crate::control::socket::ControlRequest;
use crate::control::state;
use crate::control::status::{MissingFile, RefusalCount, RequestCount, Status, Traffic};
use crate::control::watch::{Changed, Watcher};
use webserver::config::Config;
use webserver::library::game::Game;
use webserver::library::listing::Library;
use webserver::metrics::counters::Counters;
use webserver::publish::slot::{GRACE, Slot};
use webserver::site::Site;

/// The interval of the status line while nothing happens.
const TICK: Duration = Duration::from_secs(1);

/// The time after which an incomplete export is published.
const MAX_INCOMPLETE: Duration = Duration::from_secs(30);

/// The limit of requested and of missing files in the status.
const MAX_FILES: usize = 10;

/// The parts that a session is made of.
pub(crate) struct SessionParts<'a> {
    pub options: &'a ServeOptions,
    pub config: Config,
    pub library_source: LibrarySource,
    pub library: Library,
    pub input: HostInput,
    pub log: RequestLog,
    pub signals: Signals,
    pub listening: SocketAddr,
    /// The announcement of the first game.
    pub announcement: Announcement,
    pub counters: &'static Counters,
    /// The slot, which waits for the first game.
    pub slot: &'static Slot,
    /// Cancelled when the server is to stop.
    pub shutdown: CancellationToken,
}

/// The running program: config, library, publisher, watcher and the host's terminal.
pub(crate) struct Session<'a> {
    options: &'a ServeOptions,
    config: Config,
    library_source: LibrarySource,
    library: Library,
    publisher: Publisher,
    console: HostConsole,
    log: RequestLog,
    signals: Signals,
    listening: SocketAddr,
    announcement: Announcement,
    counters: &'static Counters,
    shutdown: CancellationToken,
    prompt: Option<LinePrompt>,
    started: Instant,
    rate: RequestRate,
    watcher: Watcher,
    /// The time since which the changed game on the air lacks files.
    incomplete_since: Option<Instant>,
    /// The result of the session, once it is over.
    end: Option<Result<Exit, Failure>>,
}

/// Something that happened.
enum Event {
    Typed(Option<Input>),
    Request(ControlRequest),
    Built(Box<Result<Site, BuildFailure>>),
    Stop(Stop),
    Resized,
    HungUp,
    Changed(Changed),
    Tick,
}

/// The signals that do not stop the server.
struct OtherSignals {
    resized: Option<Signal>,
    hung_up: Option<Signal>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(parts: SessionParts<'a>) -> Self {
        let now = Instant::now();
        Self {
            options: parts.options,
            config: parts.config,
            library_source: parts.library_source,
            library: parts.library,
            publisher: Publisher::new(parts.slot, parts.counters),
            console: HostConsole::new(parts.input),
            log: parts.log,
            signals: parts.signals,
            listening: parts.listening,
            announcement: parts.announcement,
            counters: parts.counters,
            shutdown: parts.shutdown,
            prompt: None,
            started: now,
            rate: RequestRate::new(now),
            watcher: Watcher::default(),
            incomplete_since: None,
            end: None,
        }
    }

    /// Chooses and publishes the first game, then handles events until the session ends: when the host leaves before
    /// there is a game, or tells the server a second time to stop.
    ///
    /// # Errors
    /// If the first game is not found or cannot be built.
    pub(crate) async fn run(
        mut self,
        first: FirstGame,
        mut requests: mpsc::Receiver<ControlRequest>,
    ) -> Result<Exit, Failure> {
        let mut signals = OtherSignals {
            resized: signal(SignalKind::window_change()).ok(),
            hung_up: signal(SignalKind::hangup()).ok(),
        };
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.begin(first);
        loop {
            self.draw();
            let event = self.next(&mut requests, &mut signals, &mut tick).await;
            self.handle(event);
            if let Some(end) = self.end.take() {
                return end;
            }
        }
    }

    fn begin(&mut self, first: FirstGame) {
        match first {
            FirstGame::Chosen(game) => self.build(*game, None),
            FirstGame::Menu => self.open_menu(),
            FirstGame::Prompt(prompt) => {
                prompt.ask(&self.library);
                self.prompt = Some(prompt);
            }
        }
    }

    async fn next(
        &mut self,
        requests: &mut mpsc::Receiver<ControlRequest>,
        signals: &mut OtherSignals,
        tick: &mut Interval,
    ) -> Event {
        let is_building = self.publisher.job().is_some();
        // Lines that are typed while the first game is built are commands for later; keys are not.
        let keeps_lines = is_building && self.publisher.current().is_none();
        let changed = async {
            match is_building {
                true => std::future::pending().await,
                false => self.watcher.changed().await,
            }
        };
        let passed = async {
            match is_building {
                true => tokio::time::sleep(PROGRESS_DELAY).await,
                false => {
                    tick.tick().await;
                }
            }
        };
        tokio::select! {
            built = self.publisher.built() => Event::Built(Box::new(built)),
            Some(request) = requests.recv() => Event::Request(request),
            stop = self.signals.next() => Event::Stop(stop),
            typed = self.console.typed(keeps_lines) => Event::Typed(typed),
            changed = changed => Event::Changed(changed),
            () = next_signal(&mut signals.resized) => Event::Resized,
            () = next_signal(&mut signals.hung_up) => Event::HungUp,
            () = passed => Event::Tick,
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Typed(Some(Input::Key(key))) => self.press(key),
            Event::Typed(Some(Input::Resumed)) => self.redraw(),
            Event::Typed(Some(Input::Line(line))) => self.enter(&line),
            Event::Typed(None) => self.end_input(),
            Event::Request((command, reply)) => self.execute(command, Some(reply)),
            Event::Built(built) => self.finish_build(*built),
            Event::Stop(stop) => self.stop(stop.exit()),
            Event::Resized => self.redraw(),
            Event::HungUp => {
                self.reload();
                self.rebuild(None);
            }
            Event::Changed(Changed::Game) => self.rebuild_after_change(),
            Event::Changed(Changed::UnsettledGame) => self.rebuild_anyway(),
            Event::Changed(Changed::Config) => {
                let before = self.publisher.game().cloned();
                self.reload();
                if self.publisher.game() != before.as_ref() {
                    self.rebuild(None);
                }
            }
            Event::Tick => self.tick(),
        }
    }

    fn press(&mut self, key: Key) {
        let choice = match self.console.press(key, &self.library) {
            KeyPress::Key => return self.press_without_menu(key),
            KeyPress::Handled => return self.redraw(),
            KeyPress::Stop => return self.stop(Exit::Done),
            KeyPress::Chosen(choice) => choice,
        };
        match choice {
            Choice::Game(game) => self.build(*game, None),
            Choice::Left if self.publisher.current().is_none() => self.end = Some(Ok(Exit::Done)),
            Choice::Left => {}
            Choice::Interrupted => self.stop(Exit::Interrupted),
        }
    }

    fn press_without_menu(&mut self, key: Key) {
        let is_first = self.publisher.current().is_none();
        match (key, is_first, Command::from_key(key)) {
            (Key::Escape, false, _) => self.publisher.cancel(),
            (Key::Escape, true, _) => self.end = Some(Ok(Exit::Done)),
            (Key::CtrlC, ..) => self.stop(Exit::Interrupted),
            (_, false, Some(Command::Stop)) => {
                self.console.ask_to_stop(self.counters.now().players);
            }
            (_, false, Some(command)) => self.execute(command, None),
            _ => {}
        }
    }

    /// Handles a line of input: an answer to the prompt, else a command.
    fn enter(&mut self, line: &str) {
        if let Some(prompt) = &mut self.prompt {
            match prompt.answer(line, &self.library) {
                Ok(Some(game)) => self.build(game, None),
                Ok(None) => {}
                Err(failure) => self.end = Some(Err(failure)),
            }
            return;
        }
        match Command::parse(line) {
            Ok(Some(command)) => self.execute(command, None),
            Ok(None) => {}
            Err(failure) => self.console.print(&failure.text()),
        }
    }

    /// Handles the end of the input. The server goes on, even if a terminal was closed.
    fn end_input(&mut self) {
        if let Some(prompt) = self.prompt.take() {
            match prompt.end(&self.library, &self.config) {
                Ok(game) => self.build(game, None),
                Err(failure) => self.end = Some(Err(failure)),
            }
        } else if self.console.has_terminal() && self.publisher.current().is_none() {
            self.end = Some(Ok(Exit::Done));
        }
        self.console.close();
    }

    /// Executes a command. The reply goes to the client, if there is one, else to the terminal.
    fn execute(&mut self, command: Command, reply: Option<ReplySender>) {
        let text = match command {
            Command::Publish { game, folder } => return self.find_and_build(&game, &folder, reply),
            Command::Rebuild => return self.rebuild(reply),
            Command::Menu => {
                self.open_menu();
                String::new()
            }
            Command::Open => self.open_browser(),
            Command::Addresses => self.addresses().full_list().join("\n") + "\n",
            Command::Log => match self.log.pause_or_resume() {
                None => t!("log.off").into_owned(),
                Some(true) => t!("log.resumed").into_owned(),
                Some(false) => t!("log.paused").into_owned(),
            },
            Command::Status => self.status().text(),
            Command::Help => match self.console.has_terminal() {
                true => t!("session.keys").into_owned(),
                false => t!("session.commands").into_owned(),
            },
            Command::Stop => {
                self.stop(Exit::Done);
                String::new()
            }
        };
        match reply {
            Some(reply) => send(reply, Ok(self.status())),
            None => self.console.print(&text),
        }
    }

    fn find_and_build(&mut self, game: &str, folder: &Path, reply: Option<ReplySender>) {
        if reply.is_some() {
            // The game may have been added a moment ago.
            self.reload();
        }
        let found = match game.trim() {
            "" => Err(Failure::usage(t!("command.no_game"))),
            game => find_game(&self.library, game, folder),
        };
        match (found, reply) {
            (Ok(game), reply) => self.build(game, reply),
            (Err(failure), Some(reply)) => send(reply, Err(failure)),
            (Err(failure), None) => self.console.print(&failure.text()),
        }
    }

    fn build(&mut self, game: Game, reply: Option<ReplySender>) {
        self.prompt = None;
        self.incomplete_since = None;
        self.follow(Some(&game));
        self.publisher.build(game, self.config.site, reply);
    }

    fn rebuild(&mut self, reply: Option<ReplySender>) {
        match (self.publisher.game().cloned(), reply) {
            (Some(game), reply) => self.build(game, reply),
            (None, Some(reply)) => send(reply, Err(Failure::failed(t!("status.no_game")))),
            (None, None) => {}
        }
    }

    /// Watches the game on the air, the one that is being built, and the config file.
    fn follow(&mut self, next: Option<&Game>) {
        if !self.config.watch {
            self.watcher = Watcher::default();
            return;
        }
        let next = next.map(|game| &game.source);
        let current = self.publisher.game().map(|game| &game.source);
        self.watcher.follow(current, next, self.config.file());
    }

    /// Publishes the finished build. The session ends if there is no game to publish.
    fn finish_build(&mut self, built: Result<Site, BuildFailure>) {
        let before = self.publisher.current().map(|current| current.since);
        let is_first = self.publisher.current().is_none();
        let publication = self.publisher.finish(built);
        match publication {
            Publication::Published { reply } => {
                self.incomplete_since = None;
                let current = self.publisher.current();
                if let Some(game) = self.publisher.game() {
                    self.log.set_title(&title(game));
                }
                if is_first {
                    self.announce_first();
                } else if current.map(|current| current.since) != before && !self.config.quiet {
                    self.print_addresses();
                    self.note_secure_context();
                }
                if let Some(reply) = reply {
                    send(reply, Ok(self.status()));
                }
            }
            Publication::Failed(failure) if is_first => self.end = Some(Err(failure)),
            Publication::Failed(failure) => {
                self.incomplete_since = None;
                tracing::warn!(event = "build_failed", message = failure.what);
            }
            Publication::Incomplete(failure) => self.wait_until_complete(&failure),
            Publication::Cancelled => {}
        }
        self.follow(None);
    }

    fn announce_first(&mut self) {
        let site = self.publisher.site();
        let Some(game) = self.publisher.game() else {
            return;
        };
        // Another terminal may have published it while the menu was open.
        self.console.close_menu();
        self.announcement.print(game, &site, &self.addresses());
        if self.config.quiet && self.console.has_terminal() {
            self.console.close();
        }
    }

    /// Reads the config and the library again. If that fails, the earlier ones stay in force.
    fn reload(&mut self) {
        let mut config = match Config::find(self.options.config.as_deref()) {
            Ok(config) => config,
            Err(error) => {
                tracing::warn!(event = "config_rejected", error = error.text());
                return;
            }
        };
        self.options.apply(&mut config);
        let current = self.publisher.game().cloned();
        let current = current.filter(|game| self.library.games.contains(game));
        self.library = self.library_source.open(&config);
        self.config = config;
        self.console.update_menu(&self.library);
        let (games, rejected) = (self.library.games.len(), self.library.rejected.len());
        tracing::info!(event = "library_reloaded", games, rejected);
        let is_current = |game: &&Game| {
            let current = current.as_ref();
            current.is_some_and(|current| current.slug == game.slug)
        };
        if let Some(game) = self.library.games.iter().find(is_current) {
            self.publisher.update_game(game);
        }
        let next = self.publisher.job().map(|job| job.game.clone());
        self.follow(next.as_ref());
    }

    /// Stops the server: gracefully the first time, at once the second time or if no game has been published.
    fn stop(&mut self, exit: Exit) {
        if self.publisher.current().is_none() {
            self.end = Some(Ok(exit));
        } else if self.shutdown.is_cancelled() {
            self.end = Some(Ok(Exit::Interrupted));
        }
        self.publisher.slot().end_events();
        self.shutdown.cancel();
    }

    /// Builds the game on the air again, once its files are complete.
    fn rebuild_after_change(&mut self) {
        if let Some(game) = self.publisher.game().cloned() {
            self.follow(Some(&game));
            self.publisher.rebuild_if_complete(self.config.site);
        }
    }

    /// Builds the game on the air again although it may be incomplete.
    fn rebuild_anyway(&mut self) {
        self.incomplete_since = None;
        tracing::warn!(
            event = "build_unfinished",
            seconds = MAX_INCOMPLETE.as_secs()
        );
        self.rebuild(None);
    }

    /// Keeps the game on the air until the new export is complete, and says so once.
    fn wait_until_complete(&mut self, failure: &Failure) {
        if self.incomplete_since.is_none() {
            self.incomplete_since = Some(Instant::now());
            tracing::warn!(event = "build_failed", message = failure.what);
        }
    }

    fn tick(&mut self) {
        let waited = self.incomplete_since.map(|since| since.elapsed());
        if waited.is_some_and(|waited| waited >= MAX_INCOMPLETE) {
            self.rebuild_anyway();
        }
        self.forget_earlier_sites();
    }

    fn forget_earlier_sites(&self) {
        // The machine may have been started less than the grace period ago.
        if let Some(before) = Instant::now().checked_sub(GRACE) {
            self.publisher.slot().forget_earlier(before);
        }
    }

    fn open_menu(&mut self) {
        let current = self.publisher.game().map(|game| game.slug.clone());
        let games = current
            .into_iter()
            .chain(state::last_game())
            .chain(self.config.default_game.clone());
        self.console.open_menu(&self.library, games);
    }

    fn open_browser(&self) -> String {
        let address = self.addresses().first().to_owned();
        let opening = t!("session.opening", address = address).into_owned();
        // A launcher may run as long as the browser.
        std::thread::spawn(move || {
            if !start_browser(&address) {
                tracing::warn!(event = "no_browser", address);
            }
        });
        opening
    }

    fn print_addresses(&self) {
        let addresses = self.addresses();
        if output::is_json() {
            let fields = json!({ "addresses": addresses.urls() });
            return output::print_record(Level::Info, "addresses", fields);
        }
        self.console.print(&addresses.short_list().join("\n"));
    }

    fn addresses(&self) -> PlayerAddresses {
        PlayerAddresses::of_server(self.listening)
    }

    /// Logs it if the game that was published needs a secure context.
    fn note_secure_context(&self) {
        let site = self.publisher.site();
        let note = secure_context_note(&site, &self.addresses());
        if let Some(note) = note {
            tracing::warn!(event = "secure_context", message = note);
        }
    }

    fn status(&mut self) -> Status {
        let now = Instant::now();
        let counts = self.counters.now();
        let (requests, bytes) = self.rate.record(now, counts.requests, counts.sent);
        let on_air = self.publisher.slot().load();
        let published = on_air.current();
        let top = published.top(MAX_FILES);
        let missing = published.counters.missing();
        let current = self.publisher.current();
        Status {
            game: current.map(|current| current.game.slug.clone()),
            title: current.map(|current| title(&current.game)),
            addresses: self.addresses().urls(),
            on_the_air_seconds: current.map_or(0, |current| (now - current.since).as_secs()),
            uptime_seconds: (now - self.started).as_secs(),
            building: self.publisher.job().map(|job| title(&job.game)),
            traffic: Traffic {
                players: counts.players,
                connections: counts.connections,
                requests: counts.requests,
                bytes: counts.sent,
                requests_per_second: requests,
                bytes_per_second: bytes,
                not_found: counts.not_found,
            },
            refused: RefusalCount::all_in(&counts),
            top: top.into_iter().map(RequestCount::from).collect(),
            missing: missing
                .into_iter()
                .take(MAX_FILES)
                .map(MissingFile::from)
                .collect(),
        }
    }

    /// The lines at the bottom of the terminal.
    fn bottom(&mut self) -> Vec<ScreenLine> {
        let Some(Size { columns, .. }) = self.console.size() else {
            return Vec::new();
        };
        if let Some(lines) = self.console.open_lines(&self.library) {
            return lines;
        }
        let line = match self.publisher.job() {
            _ if self.shutdown.is_cancelled() => t!("session.stopping").into_owned(),
            Some(job) if job.shows_progress() => job.progress_line(columns),
            _ if self.publisher.current().is_none() => return Vec::new(),
            _ => self.status().line(columns),
        };
        vec![ScreenLine::plain(&layout::fit(&line, columns))]
    }

    fn draw(&mut self) {
        let lines = self.bottom();
        self.console.draw(lines);
    }

    fn redraw(&mut self) {
        let lines = self.bottom();
        self.console.redraw(lines);
    }
}

/// Runs the system's launchers until one succeeds.
fn start_browser(address: &str) -> bool {
    open::commands(address).into_iter().any(|mut launcher| {
        launcher
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

/// Sends a reply to a client, which may have gone away.
fn send(sender: ReplySender, reply: Reply) {
    let _ = sender.send(reply);
}

/// Waits for a signal, for ever if the system refused to deliver it.
async fn next_signal(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}
