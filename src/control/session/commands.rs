//! The commands of the host, by key, by line and by control client.

use crate::console::failure::{Exit, Failure};
use crate::console::foreground::TerminalSize;
use crate::console::layout;
use crate::console::message::t;
use crate::console::output;
use crate::control::browser;
use crate::control::command::Command;
use crate::control::console_link::ConsoleLink;
use crate::control::followed_game::send;
use crate::control::publisher::{ReplySender, title};
use crate::control::session::Session;
use crate::control::share::Audience;
use std::time::Instant;

impl Session<'_> {
    /// Executes a command. The reply goes to the client, if there is one, else to the terminal.
    pub(super) fn execute(&mut self, command: Command, reply: Option<ReplySender>) {
        let text = match command {
            Command::Publish { game, folder } => return self.find_and_build(&game, &folder, reply),
            Command::Rebuild => return self.rebuild(reply),
            Command::Reload => {
                self.take_over_config();
                String::new()
            }
            Command::LookForGames => {
                self.look_for_games();
                String::new()
            }
            Command::ReloadPages => match self.reload_pages() {
                Ok(()) => String::new(),
                Err(failure) => match reply {
                    Some(reply) => return send(reply, Err(failure)),
                    None => failure.text(),
                },
            },
            Command::Menu => {
                self.look_for_games();
                self.open_menu();
                String::new()
            }
            Command::Open => self.open_game(),
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
            Command::Log => self.pause_or_resume_log(),
            Command::Errors => self.pause_or_resume_errors(),
            Command::Status => self.status().text(),
            Command::Help => match self.console.size() {
                Some(TerminalSize { columns, .. }) => key_help(columns),
                None => t!("session.commands").into_owned(),
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

    /// Opens the game on the air in this machine's browser.
    fn open_game(&self) -> String {
        let address = self.addresses().first().to_owned();
        let opening = t!("session.opening", address = address).into_owned();
        browser::open_in_background(address);
        opening
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

    /// Has all open pages reload, in the arcade as well.
    ///
    /// # Errors
    /// If pages do not follow the server's events.
    fn reload_pages(&self) -> Result<(), Failure> {
        if !self.catalog.config.site.live {
            return Err(Failure::failed(t!("reload.off")).hint(t!("reload.off_hint")));
        }
        self.followed.publisher.slot().reload_pages();
        self.arcade.reload_pages();
        Ok(())
    }

    fn pause_or_resume_log(&mut self) -> String {
        match self.log.pause_or_resume() {
            None => t!("log.off"),
            Some(true) => t!("log.resumed"),
            Some(false) => t!("log.paused"),
        }
        .into_owned()
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

    pub(super) fn announce_arcade(&self) {
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
}

/// The keys, in as many columns as the terminal has room for.
fn key_help(columns: usize) -> String {
    let keys = t!("session.keys");
    layout::in_columns(&keys.lines().collect::<Vec<_>>(), columns)
}
