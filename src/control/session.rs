//! The session of the host: one loop over everything that can happen while the server runs.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use rust_i18n::t;
use tokio_util::sync::CancellationToken;

use crate::console::failure::{Exit, Failure};
use crate::console::foreground::TerminalSize;
use crate::console::input::{HostInput, Input};
use crate::console::key::Key;
use crate::console::layout;
use crate::console::log::RequestLog;
use crate::console::menu::Choice;
use crate::console::output;
use crate::console::screen_line::ScreenLine;
use crate::control::addresses::{PlayerAddresses, is_container};
use crate::control::announce::{Announcement, announce_replacement};
use crate::control::arcade::{ArcadeGames, ArcadeLibrary};
use crate::control::browser;
use crate::control::build_job::BuildFailure;
use crate::control::catalog::Catalog;
use crate::control::command::Command;
use crate::control::console_link::ConsoleLink;
use crate::control::event::{Event, EventSources};
use crate::control::first_game::{FirstGame, LinePrompt};
use crate::control::followed_game::{FollowedGame, send};
use crate::control::guest_watch::{GuestWatch, Guests};
use crate::control::host_console::{HostConsole, KeyPress};
use crate::control::local_name::AnnouncedName;
use crate::control::publisher::{Publication, Publisher, ReplySender, title};
use crate::control::replica::ReplicaHandle;
use crate::control::replica_event::ReplicaEvent;
use crate::control::share::{self, Audience};
use crate::control::state;
use crate::control::status::Status;
use crate::control::status_source::StatusSource;
use crate::control::watch::Changed;
use webserver::library::game::Game;
use webserver::metrics::counters::Counters;
use webserver::metrics::page_reports::PageReports;
use webserver::publish::join_board::JoinBoard;
use webserver::publish::slot::{GRACE, Slot};
use webserver::site::Site;
use webserver::source::Source;

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
    pub counters: &'static Counters,
    /// The games at names of their own.
    pub arcade: ArcadeGames,
    /// The console in the host's browser.
    pub web_console: Option<ConsoleLink>,
    /// The other replicas of this server, in which the game on the air is chosen.
    pub replica: Option<ReplicaHandle>,
    /// The slot, which waits for the first game.
    pub slot: &'static Slot,
    /// The name in the local network.
    pub name: AnnouncedName,
    /// The address on the page for the projector.
    pub board: &'static JoinBoard,
    pub guests: Guests,
    /// Cancelled when the server is to stop.
    pub shutdown: CancellationToken,
}

/// The running program: config, library, publisher, watcher and the host's terminal.
pub(crate) struct Session<'a> {
    catalog: Catalog<'a>,
    arcade: ArcadeGames,
    replica: Option<ReplicaHandle>,
    followed: FollowedGame,
    status: StatusSource,
    console: HostConsole,
    web_console: Option<ConsoleLink>,
    log: RequestLog,
    page_reports: &'static PageReports,
    announcement: Announcement,
    board: &'static JoinBoard,
    shutdown: CancellationToken,
    prompt: Option<LinePrompt>,
    ticks: u32,
    guests: Guests,
    guest_watch: GuestWatch,
    /// The result of the session, once it is over.
    end: Option<Result<Exit, Failure>>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(parts: SessionParts<'a>) -> Self {
        Self {
            arcade: parts.arcade,
            replica: parts.replica,
            followed: FollowedGame::new(Publisher::new(parts.slot, parts.counters)),
            status: StatusSource::start(
                parts.counters,
                parts.listening,
                parts.catalog.config.tls.mode,
                parts.name,
            ),
            catalog: parts.catalog,
            console: HostConsole::new(parts.input),
            web_console: parts.web_console,
            log: parts.log,
            page_reports: &parts.counters.page_reports,
            announcement: parts.announcement,
            board: parts.board,
            shutdown: parts.shutdown,
            prompt: None,
            ticks: 0,
            guests: parts.guests,
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
            console.update(&self.catalog.library);
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
            FirstGame::Chosen(game) => self.build(*game, None),
            FirstGame::Menu => self.open_menu(),
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
            Event::Changed(Changed::UnsettledGame) => {
                self.followed.rebuild_unfinished(&self.catalog.config);
            }
            Event::Changed(Changed::Config) => {
                let before = self.followed.publisher.game().cloned();
                self.reload();
                if self.followed.publisher.game() != before.as_ref() {
                    self.rebuild(None);
                }
            }
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
            (Key::Escape, false, _) => self.followed.publisher.cancel(),
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

    /// Executes a command. The reply goes to the client, if there is one, else to the terminal.
    fn execute(&mut self, command: Command, reply: Option<ReplySender>) {
        let text = match command {
            Command::Publish { game, folder } => return self.find_and_build(&game, &folder, reply),
            Command::Rebuild => return self.rebuild(reply),
            Command::Reload => {
                self.reload();
                String::new()
            }
            Command::Menu => {
                self.open_menu();
                String::new()
            }
            Command::Open => {
                let address = self.addresses().first().to_owned();
                let opening = t!("session.opening", address = address).into_owned();
                browser::open_in_background(address);
                opening
            }
            Command::Addresses => self.addresses().full_list().join("\n") + "\n",
            Command::Code => {
                self.console
                    .show_code(self.addresses().shared(), Audience::Players);
                self.guest_watch.begin(Instant::now());
                String::new()
            }
            Command::Console => self.open_web_console(),
            Command::EndConsoles => self
                .web_console
                .as_ref()
                .map_or_else(|| t!("console.off").into_owned(), ConsoleLink::end_access),
            Command::Arcade => match self.open_or_close_arcade() {
                Ok(text) => text,
                Err(failure) => failure.text(),
            },
            Command::Log => match self.log.pause_or_resume() {
                None => t!("log.off").into_owned(),
                Some(true) => t!("log.resumed").into_owned(),
                Some(false) => t!("log.paused").into_owned(),
            },
            Command::Errors => self.pause_or_resume_errors(),
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

    /// Opens the console in the browser, and shows the code for a phone if one can reach it.
    fn open_web_console(&mut self) -> String {
        let Some(console) = &self.web_console else {
            return t!("console.off").into_owned();
        };
        console.open();
        if let Some(address) = console.access.shared_address() {
            self.console.show_code(Some(&address), Audience::Host);
        }
        console.access.text()
    }

    fn pause_or_resume_errors(&self) -> String {
        if !self.catalog.config.site.live {
            return t!("errors.off").into_owned();
        }
        match self.page_reports.pause_or_resume() {
            true => t!("errors.resumed"),
            false => t!("errors.paused"),
        }
        .into_owned()
    }

    fn find_and_build(&mut self, game: &str, folder: &Path, reply: Option<ReplySender>) {
        if reply.is_some() {
            // The game may have been added a moment ago.
            self.reload();
        }
        match (self.catalog.find(game, folder), reply) {
            (Ok(game), reply) => self.build(game, reply),
            (Err(failure), Some(reply)) => send(reply, Err(failure)),
            (Err(failure), None) => self.console.print(&failure.text()),
        }
    }

    fn build(&mut self, game: Game, reply: Option<ReplySender>) {
        self.prompt = None;
        if let Some(replica) = &self.replica {
            return match &game.source {
                Source::Bucket(_) => replica.publish(game.slug, reply),
                _ => self.refuse(Failure::usage(t!("replica.not_stored")), reply),
            };
        }
        self.followed.build(game, &self.catalog.config, reply);
    }

    fn refuse(&self, failure: Failure, reply: Option<ReplySender>) {
        match reply {
            Some(reply) => send(reply, Err(failure)),
            None => self.console.print(&failure.text()),
        }
    }

    /// Takes over what happened to this server as a replica.
    fn follow_replica(&mut self, event: ReplicaEvent) {
        match event {
            ReplicaEvent::OnAir { game, took } => {
                let current = self.followed.publisher.current();
                let before = current.map(|current| current.since);
                self.followed.publisher.take_over(*game, took);
                self.announce(before);
            }
            ReplicaEvent::Chosen { reply, result } => match (reply, result) {
                (Some(reply), Ok(())) => send(reply, Ok(self.status())),
                (None, Ok(())) => {}
                (reply, Err(failure)) => self.refuse(failure, reply),
            },
        }
    }

    fn rebuild(&mut self, reply: Option<ReplySender>) {
        if let (Some(_), Some(game)) = (&self.replica, self.followed.publisher.game()) {
            // All replicas have the same files, which do not change.
            return match self.catalog.game(&game.slug).cloned() {
                Some(game) => self.build(game, reply),
                None => self.refuse(Failure::failed(t!("status.no_game")), reply),
            };
        }
        self.followed.rebuild(&self.catalog.config, reply);
    }

    /// Publishes the finished build. The session ends if there is no game to publish.
    fn finish_build(&mut self, built: Result<Site, BuildFailure>) {
        let before = self
            .followed
            .publisher
            .current()
            .map(|current| current.since);
        match self.followed.finish(built, &self.catalog.config) {
            Publication::Published { reply } => {
                self.feature();
                self.announce(before);
                if let Some(reply) = reply {
                    send(reply, Ok(self.status()));
                }
            }
            Publication::Failed(failure) if before.is_none() => self.end = Some(Err(failure)),
            Publication::Failed(failure) => {
                tracing::warn!(event = "build_failed", message = failure.what);
            }
            Publication::Incomplete(_) | Publication::Cancelled => {}
        }
    }

    /// Announces the game on the air, unless the one that is there since `before` was only built again.
    fn announce(&mut self, before: Option<Instant>) {
        let publisher = &self.followed.publisher;
        let Some(current) = publisher.current() else {
            return;
        };
        self.log.set_title(&title(&current.game));
        self.update_board();
        if before.is_none() {
            // Another terminal may have published it while the menu was open.
            self.console.close_menu();
            let addresses = self.addresses();
            self.announcement
                .print(&current.game, &publisher.site(), &addresses);
            let config = &self.catalog.config;
            if !config.quiet && share::announce(config.qr, self.console.size(), &addresses) {
                self.guest_watch.begin(Instant::now());
            }
            self.announce_arcade();
            if self.catalog.config.quiet && self.console.has_terminal() {
                self.console.close();
            }
        } else if before != Some(current.since) && !self.catalog.config.quiet {
            announce_replacement(&publisher.site(), &self.addresses());
        }
    }

    /// Shows the game on the air at the top of the lobby.
    fn feature(&mut self) {
        if let Some(game) = self.followed.publisher.game() {
            let arcade = &mut self.arcade;
            let feature = |library: ArcadeLibrary<'_>| arcade.feature(game, library);
            self.catalog.with_arcade_library(feature);
        }
    }

    fn announce_arcade(&self) {
        if !self.catalog.config.quiet && !output::is_json() {
            let games = &self.catalog.library.games;
            self.arcade.announce(games, self.status.port());
        }
    }

    /// Opens the arcade, or closes it. Returns the message for the host.
    ///
    /// # Errors
    /// If it cannot be opened.
    fn open_or_close_arcade(&mut self) -> Result<String, Failure> {
        let site = self.followed.publisher.site();
        let addresses = self.status.addresses(&site);
        let address = addresses.first();
        if self.arcade.is_open() {
            self.arcade.close();
            let title = self
                .followed
                .publisher
                .game()
                .map(title)
                .unwrap_or_default();
            return Ok(t!("arcade.closed", address = address, title = title).into_owned());
        }
        let arcade = &mut self.arcade;
        self.catalog
            .with_arcade_library(|library| arcade.open(library))?;
        self.announce_arcade();
        Ok(t!("arcade.open", address = address).into_owned())
    }

    /// Reads the config and the library again. If that fails, the earlier ones stay in force.
    fn reload(&mut self) {
        let current = self.followed.publisher.game();
        let current = current.filter(|game| self.catalog.library.games.contains(game));
        let slug = current.map(|game| game.slug.clone());
        if self.catalog.reload() {
            self.catalog
                .with_arcade_library(|library| self.arcade.update(library));
            if let Some(console) = &self.web_console {
                console.update(&self.catalog.library);
            }
            self.console.update_menu(&self.catalog.library);
            let game = slug.and_then(|slug| self.catalog.game(&slug));
            self.followed.update(game, &self.catalog.config);
        }
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
            self.followed.rebuild_unfinished(&self.catalog.config);
        }
        // The machine may have been started less than the grace period ago.
        if let Some(before) = Instant::now().checked_sub(GRACE) {
            self.followed.publisher.slot().forget_earlier(before);
            self.arcade.tick(before);
        }
    }

    /// Puts the address of this moment on the page for the projector.
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
