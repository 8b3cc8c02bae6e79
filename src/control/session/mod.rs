//! The session of the host: one loop over everything that can happen while the server runs.

mod commands;
mod publication;

use std::net::SocketAddr;
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use crate::console::failure::{Exit, Failure};
use crate::console::foreground::TerminalSize;
use crate::console::input::{HostInput, Input};
use crate::console::key::Key;
use crate::console::layout;
use crate::console::log::RequestLog;
use crate::console::menu::Choice;
use crate::console::message::t;
use crate::console::screen_line::ScreenLine;
use crate::control::addresses::{PlayerAddresses, is_container};
use crate::control::announce::Announcement;
use crate::control::arcade::ArcadeGames;
use crate::control::catalog::{Catalog, GameBefore};
use crate::control::command::Command;
use crate::control::console_link::ConsoleLink;
use crate::control::event::{Event, EventSources};
use crate::control::first_game::{FirstGame, LinePrompt};
use crate::control::followed_game::FollowedGame;
use crate::control::guest_watch::{GuestWatch, Guests};
use crate::control::host_console::{HostConsole, KeyPress};
use crate::control::local_name::AnnouncedName;
use crate::control::player_service::PlayerService;
use crate::control::publisher::Publisher;
use crate::control::replica::ReplicaHandle;
use crate::control::state;
use crate::control::status::Status;
use crate::control::status_source::StatusSource;
use crate::control::watch::Changed;
use webserver::library::game::Game;
use webserver::metrics::page_reports::PageReports;
use webserver::publish::join_board::JoinBoard;
use webserver::publish::slot::GRACE;
use webserver::server::Server;

/// The ticks after which the machine's addresses are looked at for the page for the projector.
const TICKS_OF_BOARD: u32 = 5;

/// The parts that a session is made of.
pub(crate) struct SessionParts<'a> {
    pub catalog: Catalog<'a>,
    pub input: HostInput,
    pub log: RequestLog,
    pub listening: SocketAddr,
    /// The announcement of the first game.
    pub announcement: Announcement,
    pub players: PlayerService,
    /// The games at names of their own.
    pub arcade: ArcadeGames,
    /// The console in the host's browser.
    pub web_console: Option<ConsoleLink>,
    /// The other replicas of this server, in which the game on the air is chosen.
    pub replica: Option<ReplicaHandle>,
    /// The name in the local network.
    pub name: AnnouncedName,
}

/// The running program: config, library, publisher, watcher and the host's terminal.
pub(crate) struct Session<'a> {
    catalog: Catalog<'a>,
    arcade: ArcadeGames,
    replica: Option<ReplicaHandle>,
    followed: FollowedGame,
    /// The game on the air, if it is of the library.
    listed: Option<GameBefore>,
    status: StatusSource,
    console: HostConsole,
    web_console: Option<ConsoleLink>,
    log: RequestLog,
    page_reports: &'static PageReports,
    announcement: Announcement,
    board: &'static JoinBoard,
    server: Server,
    shutdown: CancellationToken,
    prompt: Option<LinePrompt>,
    /// The games to publish first if the one before cannot be.
    next_first: std::vec::IntoIter<Game>,
    ticks: u32,
    guests: Guests,
    guest_watch: GuestWatch,
    /// The result of the session, once it is over.
    end: Option<Result<Exit, Failure>>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(parts: SessionParts<'a>) -> Self {
        let players = parts.players;
        Self {
            arcade: parts.arcade,
            replica: parts.replica,
            followed: FollowedGame::new(Publisher::new(players.slot, players.counters)),
            listed: None,
            status: StatusSource::start(
                players.counters,
                parts.listening,
                parts.catalog.config.tls.mode,
                parts.name,
            ),
            catalog: parts.catalog,
            console: HostConsole::new(parts.input),
            web_console: parts.web_console,
            log: parts.log,
            page_reports: &players.counters.page_reports,
            announcement: parts.announcement,
            board: players.board,
            server: players.server,
            shutdown: players.shutdown,
            prompt: None,
            next_first: Vec::new().into_iter(),
            ticks: 0,
            guests: players.guests,
            guest_watch: GuestWatch::default(),
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
        mut events: EventSources,
    ) -> Result<Exit, Failure> {
        if let Some(console) = &self.web_console {
            console.update(&self.catalog);
            console.announce();
        }
        self.begin(first);
        loop {
            self.draw();
            let event = events
                .next(&mut self.console, &mut self.followed, self.replica.as_mut())
                .await;
            self.handle(event);
            if let Some(end) = self.end.take() {
                return end;
            }
        }
    }

    fn begin(&mut self, first: FirstGame) {
        match first {
            FirstGame::Chosen(games) => self.build_first_of(games),
            FirstGame::Menu => {
                // Games may be added to the config file while it is open.
                self.followed.update(None, &self.catalog.config);
                self.open_menu();
            }
            FirstGame::Prompt(prompt) => {
                prompt.ask(&self.catalog.library);
                self.prompt = Some(prompt);
            }
            FirstGame::Awaited => {}
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
            Event::Changed(Changed::Game) => {
                self.followed.rebuild_if_complete(&self.catalog.config)
            }
            Event::Changed(Changed::UnsettledGame) => self.rebuild_unfinished(),
            Event::Changed(Changed::Config) => self.take_over_config(),
            Event::Replica(event) => self.follow_replica(event),
            Event::LibraryChanged => self.reload(),
            Event::Tick => self.tick(),
        }
    }

    fn press(&mut self, key: Key) {
        let choice = match self.console.press(key, &self.catalog.library) {
            KeyPress::Key => return self.press_without_menu(key),
            KeyPress::Handled => return self.redraw(),
            KeyPress::Stop => return self.stop(Exit::Done),
            KeyPress::Chosen(choice) => choice,
        };
        match choice {
            Choice::Game(game) => self.build(*game, None),
            Choice::Left if self.followed.publisher.current().is_none() => {
                self.end = Some(Ok(Exit::Done))
            }
            Choice::Left => {}
            Choice::Interrupted => self.stop(Exit::Interrupted),
        }
    }

    fn press_without_menu(&mut self, key: Key) {
        let is_first = self.followed.publisher.current().is_none();
        match (key, is_first, Command::from_key(key)) {
            (Key::Escape, false, _) => self.followed.cancel(&self.catalog.config),
            (Key::Escape, true, _) => self.end = Some(Ok(Exit::Done)),
            (Key::CtrlC, ..) => self.stop(Exit::Interrupted),
            (_, false, Some(Command::Stop)) => {
                self.console.ask_to_stop(self.status.browsers());
            }
            (_, false, Some(command)) => self.execute(command, None),
            _ => {}
        }
    }

    /// Handles a line of input: an answer to the prompt, else a command.
    fn enter(&mut self, line: &str) {
        if let Some(prompt) = &mut self.prompt {
            match prompt.answer(line, &self.catalog.library) {
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
            match prompt.end(&self.catalog.library, &self.catalog.config) {
                Ok(first) => self.begin(first),
                Err(failure) => self.end = Some(Err(failure)),
            }
        } else if self.console.has_terminal() && self.followed.publisher.current().is_none() {
            self.end = Some(Ok(Exit::Done));
        }
        self.console.close();
    }

    /// Reads the config and the library again, and builds the game on the air again if its description has changed.
    fn take_over_config(&mut self) {
        let before = self.followed.publisher.game().cloned();
        self.reload();
        if self.followed.publisher.game() != before.as_ref() {
            self.rebuild(None);
        }
    }

    /// Reads the config and the library again. If that fails, the earlier ones stay in use.
    fn reload(&mut self) {
        self.read_again(Catalog::reload);
    }

    /// Reads the library again for games that have come to its folder, which is watched in an arcade only. Replicas follow
    /// theirs by themselves.
    fn look_for_games(&mut self) {
        if self.replica.is_none() {
            self.read_again(Catalog::look_again);
        }
    }

    fn read_again(&mut self, read: impl FnOnce(&mut Catalog<'a>) -> bool) {
        let current = self.followed.publisher.game().cloned();
        let listed = current.and_then(|game| {
            // Its entry may be missing for a while, because it has a mistake or is being written.
            let earlier = self.listed.take().filter(|earlier| earlier.is_of(&game));
            self.catalog.listing_of(game).or(earlier)
        });
        if read(&mut self.catalog) {
            self.take_over_library();
            let listed = listed.as_ref();
            let game = listed.and_then(|listed| self.catalog.listed_again(listed));
            self.followed.update(game, &self.catalog.config);
        }
        self.listed = listed;
    }

    /// Shows another library everywhere.
    fn take_over_library(&mut self) {
        self.catalog
            .with_arcade_library(|library| self.arcade.update(library));
        if let Some(console) = &self.web_console {
            console.update(&self.catalog);
        }
        self.console.update_menu(&self.catalog.library);
    }

    /// Stops the server: gracefully the first time, at once the second time or if no game has been published.
    fn stop(&mut self, exit: Exit) {
        if self.followed.publisher.current().is_none() {
            self.end = Some(Ok(exit));
        } else if self.shutdown.is_cancelled() {
            self.end = Some(Ok(Exit::Interrupted));
        }
        self.followed.publisher.slot().end_events();
        if let Some(replica) = &self.replica {
            replica.leave();
        }
        self.arcade.stop();
        self.shutdown.cancel();
    }

    fn tick(&mut self) {
        let has_come = self.guests.has_come();
        if self.guest_watch.is_hint_due(Instant::now(), has_come) {
            let port = self.status.port();
            tracing::info!(event = "nobody_came", port);
        }
        self.ticks = self.ticks.wrapping_add(1);
        if self.ticks.is_multiple_of(TICKS_OF_BOARD) {
            self.update_board();
        }
        if self.followed.is_overdue() {
            self.rebuild_unfinished();
        }
        // The machine may have been started less than the grace period ago.
        if let Some(before) = Instant::now().checked_sub(GRACE) {
            self.followed.publisher.slot().forget_earlier(before);
            self.arcade.tick(before);
        }
        // Answers of other games that are as old may be cut with them, which is simpler than to know what each reads.
        let slot = self.followed.publisher.slot();
        let cut = slot.answers_to_cut().max(self.arcade.answers_to_cut());
        if let Some(before) = cut {
            self.server.cut_answers_before(before);
        }
    }

    /// Updates the address on the page for the projector.
    fn update_board(&self) {
        let is_hidden = is_container() && self.status.listens_everywhere();
        let addresses = self.addresses();
        self.board
            .show(addresses.shared(), addresses.named(), is_hidden);
    }

    fn open_menu(&mut self) {
        let current = self.followed.publisher.game().map(|game| game.slug.clone());
        let games = current
            .into_iter()
            .chain(state::last_game())
            .chain(self.catalog.config.default_game.clone());
        self.console.open_menu(&self.catalog.library, games);
    }

    /// The addresses for the game on the air.
    fn addresses(&self) -> PlayerAddresses {
        self.status.addresses(&self.followed.publisher.site())
    }

    fn status(&mut self) -> Status {
        self.status.status(&self.followed.publisher)
    }

    /// The lines at the bottom of the terminal.
    fn bottom(&mut self) -> Vec<ScreenLine> {
        let Some(TerminalSize { columns, .. }) = self.console.size() else {
            return Vec::new();
        };
        if let Some(lines) = self.console.open_lines(&self.catalog.library) {
            return lines;
        }
        let line = match self.followed.publisher.job() {
            _ if self.shutdown.is_cancelled() => t!("session.stopping").into_owned(),
            Some(job) if job.shows_progress() => job.progress_line(columns),
            _ if self.followed.publisher.current().is_none() => return Vec::new(),
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
