//! The desk: everything that the operator can do while a game is on the air.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use console::Key;
use rust_i18n::t;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};

use crate::cli::ServeOptions;
use crate::console::describe::Describe;
use crate::console::failure::{Failure, say};
use crate::console::input::{HostInput, Input};
use crate::console::log::RequestLog;
use crate::console::menu::{Choice, Menu};
use crate::console::plural;
use crate::console::terminal::Terminal;
use crate::control::announce::addresses;
use crate::control::build_job::BuildOutcome;
use crate::control::command::Command;
use crate::control::first_game::next_signal;
use crate::control::publisher::{Publisher, title};
use crate::control::socket::{ControlRequest, Reply};
use crate::control::status::{MissingFile, Rates, RefusalCount, Requested, Status, Traffic};
use crate::control::watch::{Changed, Watcher};
use crate::control::{build_job, first_game};
use webserver::config::Config;
use webserver::library::game::Game;
use webserver::library::listing::Library;
use webserver::metrics::counters::Counters;
use webserver::publish::{GRACE, Slot};

/// How often the status line is looked at while nothing happens.
const TICK: Duration = Duration::from_secs(1);

/// How many files, and how many missing ones, the status names.
const MOST_SHOWN: usize = 10;

/// What is laid on the desk when the first game is on the air.
pub(crate) struct SessionStart<'a> {
    /// As typed.
    pub options: &'a ServeOptions,
    /// In force.
    pub config: Config,
    /// What can be published.
    pub library: Library,
    /// The game on the air.
    pub game: Game,
    /// The slot.
    pub published: &'static Slot,
    /// Where players find it.
    pub listening: SocketAddr,
    /// What has happened since the start.
    pub counters: &'static Counters,
    /// What has changed since the game was built.
    pub watch: Watcher,
}

/// The desk of the operator.
pub(crate) struct Session<'a> {
    options: &'a ServeOptions,
    config: Config,
    library: Library,
    show: Publisher,
    listening: SocketAddr,
    counters: &'static Counters,
    console: Option<HostInput>,
    log: RequestLog,
    menu: Option<Menu>,
    stop: StopState,
    started: Instant,
    rates: Rates,
    watch: Watcher,
}

/// What happened at the desk.
enum Event {
    Typed(Option<Input>),
    Asked(ControlRequest),
    BuildOutcome(Option<Box<BuildOutcome>>),
    Resized,
    HungUp,
    Changed(Changed),
    Tick,
}

/// Those that do not stop the server.
struct OtherSignals {
    resized: Option<Signal>,
    hung_up: Option<Signal>,
}

/// Whether the operator has said that it is to end.
enum StopState {
    Not(oneshot::Sender<()>),
    Once,
    Twice,
}

impl<'a> Session<'a> {
    /// Sets the desk up. `stop` is told when the server is to stop.
    pub(crate) fn new(
        setting: SessionStart<'a>,
        console: Option<HostInput>,
        log: RequestLog,
        stop: oneshot::Sender<()>,
    ) -> Self {
        let SessionStart {
            options,
            config,
            library,
            game,
            published,
            listening,
            counters,
            watch,
        } = setting;
        let now = Instant::now();
        Self {
            options,
            config,
            library,
            show: Publisher::new(game, published, counters),
            listening,
            counters,
            console,
            log,
            menu: None,
            stop: StopState::Not(stop),
            started: now,
            rates: Rates::new(now),
            watch,
        }
    }

    /// Does what is asked until it is asked twice to stop, which is not to wait any longer for answers under way.
    pub(crate) async fn work(mut self, mut requests: mpsc::Receiver<ControlRequest>) {
        let mut signals = OtherSignals {
            resized: signal(SignalKind::window_change()).ok(),
            hung_up: signal(SignalKind::hangup()).ok(),
        };
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !matches!(self.stop, StopState::Twice) {
            self.draw();
            match self.next(&mut requests, &mut signals, &mut tick).await {
                Event::Typed(Some(Input::Key(key))) => self.press(&key),
                Event::Typed(Some(Input::Line(line))) => match Command::parse(&line) {
                    Ok(Some(command)) => self.obey(command, None),
                    Ok(None) => {}
                    Err(failure) => self.print(&failure.text()),
                },
                Event::Typed(None) => {
                    // The end of the input does not stop the server, but a terminal that was closed does.
                    if self.terminal().is_some() {
                        self.stop();
                    }
                    self.console = None;
                }
                Event::Asked((command, answer)) => self.obey(command, Some(answer)),
                Event::BuildOutcome(built) => self.switch(built),
                Event::Resized => self.draw_again(),
                Event::HungUp => {
                    self.reload();
                    self.rebuild(None);
                }
                Event::Changed(Changed::Game) => self.rebuild(None),
                Event::Changed(Changed::Config) => {
                    let before = self.show.game.clone();
                    self.reload();
                    if self.show.game != before {
                        self.rebuild(None);
                    }
                }
                Event::Tick => {
                    // A machine may have been started less than that ago.
                    if let Some(before) = Instant::now().checked_sub(GRACE) {
                        self.show.published.forget_earlier(before);
                    }
                }
            }
        }
    }

    async fn next(
        &mut self,
        requests: &mut mpsc::Receiver<ControlRequest>,
        signals: &mut OtherSignals,
        tick: &mut tokio::time::Interval,
    ) -> Event {
        let is_building = self.show.building().is_some();
        // What changes while a game is built waits until that has an end.
        let changed = async {
            match is_building {
                true => std::future::pending().await,
                false => self.watch.changed().await,
            }
        };
        let typed = async {
            match &mut self.console {
                Some(console) => console.next().await,
                None => std::future::pending().await,
            }
        };
        let passed = async {
            match is_building {
                true => tokio::time::sleep(build_job::SHORT).await,
                false => {
                    tick.tick().await;
                }
            }
        };
        tokio::select! {
            built = self.show.built() => Event::BuildOutcome(built.map(Box::new)),
            Some(request) = requests.recv() => Event::Asked(request),
            typed = typed => Event::Typed(typed),
            changed = changed => Event::Changed(changed),
            () = next_signal(&mut signals.resized) => Event::Resized,
            () = next_signal(&mut signals.hung_up) => Event::HungUp,
            () = passed => Event::Tick,
        }
    }

    fn terminal(&self) -> Option<&Terminal> {
        self.console.as_ref()?.terminal.as_ref()
    }

    fn press(&mut self, key: &Key) {
        if *key == Terminal::SUSPEND {
            if let Some(terminal) = self.terminal() {
                terminal.suspend();
            }
            return self.draw_again();
        }
        match &mut self.menu {
            Some(menu) => match menu.press(key, &self.library) {
                None => {}
                Some(Choice::Game(game)) => {
                    self.close_menu();
                    self.build(*game, None);
                }
                Some(Choice::Left) => self.close_menu(),
                Some(Choice::Interrupted) => {
                    self.close_menu();
                    self.obey(Command::Stop, None);
                }
            },
            None if *key == Key::Escape => self.show.cancel(),
            None => {
                if let Some(command) = Command::from_key(key) {
                    self.obey(command, None);
                }
            }
        }
    }

    /// Does what a command asks; the answer goes to whoever asked through the socket, else to the console.
    fn obey(&mut self, command: Command, answer: Option<oneshot::Sender<Reply>>) {
        let text = match command {
            Command::Publish { game, folder } => {
                if answer.is_some() {
                    // Who asks from outside may have added it just now.
                    self.reload();
                }
                return match self.named(&game, &folder) {
                    Ok(game) => self.build(game, answer),
                    Err(failure) => self.fail(failure, answer),
                };
            }
            Command::Rebuild => return self.rebuild(answer),
            Command::Menu => {
                self.open_menu();
                String::new()
            }
            Command::Open => self.open_browser(),
            Command::Addresses => self.addresses().join("\n") + "\n",
            Command::Log => match self.log.pause_or_resume() {
                None => t!("log.off").into_owned(),
                Some(true) => t!("log.resumed").into_owned(),
                Some(false) => t!("log.paused").into_owned(),
            },
            Command::Status => self.status().text(),
            Command::Help => match self.terminal() {
                Some(_) => t!("desk.keys").into_owned(),
                None => t!("desk.words").into_owned(),
            },
            Command::Stop => {
                self.stop();
                String::new()
            }
        };
        match answer {
            Some(answer) => {
                // Whoever has gone away does not want it.
                let _ = answer.send(Ok(self.status()));
            }
            None => self.print(&text),
        }
    }

    fn named(&self, game: &str, folder: &Path) -> Result<Game, Failure> {
        match game.trim() {
            "" => Err(Failure::usage(t!("command.which"))),
            game => first_game::named(&self.library, game, folder),
        }
    }

    /// Says that it could not be done.
    fn fail(&self, failure: Failure, answer: Option<oneshot::Sender<Reply>>) {
        match answer {
            Some(answer) => {
                let _ = answer.send(Err(failure));
            }
            None => self.print(&failure.text()),
        }
    }

    fn build(&mut self, game: Game, answer: Option<oneshot::Sender<Reply>>) {
        self.follow(Some(&game));
        self.show.build(game, self.config.site, answer);
    }

    fn rebuild(&mut self, answer: Option<oneshot::Sender<Reply>>) {
        self.build(self.show.game.clone(), answer);
    }

    /// Follows what is on the air now, what is to be next, and the configuration in force.
    fn follow(&mut self, next: Option<&Game>) {
        if !self.config.watch {
            self.watch = Watcher::default();
            return;
        }
        let next = next.map(|game| &game.source);
        self.watch
            .follow(&self.show.game.source, next, self.config.file());
    }

    /// Puts what was built on the air, and tells those who asked for it.
    fn switch(&mut self, built: Option<Box<BuildOutcome>>) {
        let answer = self.show.switch(built.map(|built| *built));
        self.follow(None);
        if let Some(answer) = answer {
            let _ = answer.send(Ok(self.status()));
        }
    }

    /// Reads the configuration and the library again. When that is not possible, those from before stay in force.
    fn reload(&mut self) {
        let mut config = match Config::find(self.options.config.as_deref()) {
            Ok(config) => config,
            Err(error) => {
                tracing::warn!("{}", t!("desk.not_reloaded", error = error.text()));
                return;
            }
        };
        self.options.apply(&mut config);
        let was_listed = self.library.games.contains(&self.show.game);
        self.library = Library::open(&config.games());
        self.config = config;
        if let Some(menu) = &mut self.menu {
            menu.fit(&self.library);
        }
        let games = plural::games(self.library.games.len() as u64);
        let rejected = self.library.rejected.len();
        tracing::info!(
            "{}",
            t!("desk.reloaded", games = games, rejected = rejected)
        );
        let same = |game: &&Game| was_listed && game.slug == self.show.game.slug;
        if let Some(game) = self.library.games.iter().find(same) {
            self.show.game = game.clone();
        }
        let next = self.show.building().map(|building| building.game.clone());
        self.follow(next.as_ref());
    }

    fn stop(&mut self) {
        self.stop = match std::mem::replace(&mut self.stop, StopState::Twice) {
            StopState::Not(stop) => {
                // The server may have been stopped by a signal.
                let _ = stop.send(());
                StopState::Once
            }
            StopState::Once | StopState::Twice => StopState::Twice,
        };
    }

    fn open_menu(&mut self) {
        if let Some(terminal) = self.terminal() {
            terminal.hold();
            self.menu = Some(Menu::open(&self.library, [self.show.game.slug.clone()]));
        }
    }

    fn close_menu(&mut self) {
        self.menu = None;
        let status = self.bottom();
        if let Some(terminal) = self.terminal() {
            // A terminal that is gone needs nothing.
            let _ = terminal.draw(status).and_then(|()| terminal.release());
        }
    }

    fn open_browser(&self) -> String {
        let addresses = self.addresses();
        let Some(address) = addresses.first() else {
            return String::new();
        };
        match open::that_detached(address) {
            Ok(()) => t!("desk.opened", address = address).into_owned(),
            Err(error) => t!("desk.not_opened", address = address, error = error).into_owned(),
        }
    }

    fn addresses(&self) -> Vec<String> {
        addresses(self.listening)
    }

    /// How it goes.
    fn status(&mut self) -> Status {
        let now = Instant::now();
        let counts = self.counters.now();
        let site = self.show.site();
        let (requests, bytes) = self.rates.note(now, counts.requests, counts.sent);
        let building = self.show.building();
        Status {
            game: self.show.game.slug.clone(),
            title: title(&self.show.game),
            addresses: self.addresses(),
            on_the_air_seconds: now.duration_since(self.show.switched).as_secs(),
            uptime_seconds: now.duration_since(self.started).as_secs(),
            building: building.map(|building| title(&building.game)),
            traffic: Traffic {
                players: counts.players,
                connections: counts.connections,
                requests: counts.requests,
                bytes: counts.sent,
                requests_per_second: requests,
                bytes_per_second: bytes,
                not_found: counts.not_found,
            },
            refused: RefusalCount::among(&counts),
            top: site
                .top(MOST_SHOWN)
                .into_iter()
                .map(Requested::from)
                .collect(),
            missing: site
                .missing()
                .into_iter()
                .take(MOST_SHOWN)
                .map(MissingFile::from)
                .collect(),
        }
    }

    /// What stands at the bottom of the terminal.
    fn bottom(&mut self) -> Vec<String> {
        let Some((rows, columns)) = self.terminal().map(Terminal::size) else {
            return Vec::new();
        };
        if let Some(menu) = &self.menu {
            return menu.lines(&self.library, (rows, columns));
        }
        let line = match (self.show.building(), &self.stop) {
            (_, StopState::Once | StopState::Twice) => t!("desk.stopping").into_owned(),
            (Some(building), _) if building.is_long() => building.line(columns),
            _ => return vec![self.status().line(columns)],
        };
        vec![crate::console::layout::fit(&line, columns)]
    }

    fn draw(&mut self) {
        let lines = self.bottom();
        if let Some(terminal) = self.terminal() {
            // A terminal that is gone shows in the next key.
            let _ = terminal.draw(lines);
        }
    }

    fn draw_again(&mut self) {
        let lines = self.bottom();
        if let Some(terminal) = self.terminal() {
            let _ = terminal.draw_again(lines);
        }
    }

    fn print(&self, text: &str) {
        let text = match text {
            "" => return,
            text if text.ends_with('\n') => text.to_owned(),
            text => format!("{text}\n"),
        };
        match self.terminal() {
            Some(terminal) => {
                let _ = terminal.print(text.as_bytes());
            }
            None => say(&text),
        }
    }
}
