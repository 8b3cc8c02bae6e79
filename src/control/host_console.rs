//! The host's end of a session: what is typed, what is printed, and the lines at the bottom of the terminal.

use crate::console::foreground::TerminalSize;
use crate::console::input::{HostInput, Input};
use crate::console::key::Key;
use crate::console::menu::{Choice, Menu};
use crate::console::message::t;
use crate::console::output::say;
use crate::console::question::{Confirmation, Question, YesNo};
use crate::console::screen_line::ScreenLine;
use crate::console::terminal::Terminal;
use crate::control::share::{self, Audience};
use webserver::library::listing::Library;

/// The terminal, or plain standard input and error; no input is read once it is closed.
pub(crate) struct HostConsole {
    input: Option<HostInput>,
    menu: Option<Menu>,
    /// The question whether to stop.
    question: Option<Question>,
    /// The address whose QR code is shown over the log.
    code: Option<(String, Audience)>,
}

/// The effect of a key.
pub(crate) enum KeyPress {
    /// No menu is open: the key may be a command.
    Key,
    /// The key moved in the menu, or suspended the program.
    Handled,
    /// The menu is closed with a choice.
    Chosen(Choice),
    /// Stop the server, as the host confirmed.
    Stop,
}

impl HostConsole {
    pub(crate) fn new(input: HostInput) -> Self {
        Self {
            input: Some(input),
            menu: None,
            question: None,
            code: None,
        }
    }

    /// Waits for the next key or line; `None` at the end. Reads keys only if `keys_only`. Cancel safe.
    pub(crate) async fn typed(&mut self, keys_only: bool) -> Option<Input> {
        match &mut self.input {
            Some(input) if input.terminal.is_some() || !keys_only => input.next().await,
            _ => std::future::pending().await,
        }
    }

    /// Stops reading, and gives the terminal back.
    pub(crate) fn close(&mut self) {
        self.input = None;
        self.menu = None;
        self.question = None;
        self.code = None;
    }

    pub(crate) fn has_terminal(&self) -> bool {
        self.terminal().is_some()
    }

    /// Rows and columns of the terminal, if there is one.
    pub(crate) fn size(&self) -> Option<TerminalSize> {
        self.terminal().map(Terminal::size)
    }

    fn terminal(&self) -> Option<&Terminal> {
        self.input.as_ref()?.terminal.as_ref()
    }

    /// Passes a key to the menu, if it is open.
    pub(crate) fn press(&mut self, key: Key, library: &Library) -> KeyPress {
        if key == Key::CtrlZ {
            if let Some(terminal) = self.terminal() {
                terminal.suspend();
            }
            return KeyPress::Handled;
        }
        if matches!(key, Key::Text(_)) && self.menu.is_none() {
            return KeyPress::Handled;
        }
        if self.code.is_some() && key != Key::CtrlC {
            self.close_code();
            return KeyPress::Handled;
        }
        if let Some(question) = &mut self.question {
            return match question.press(key) {
                None => KeyPress::Handled,
                Some(answer) => {
                    self.question = None;
                    match answer {
                        YesNo::Yes | YesNo::Interrupted => KeyPress::Stop,
                        YesNo::No => KeyPress::Handled,
                    }
                }
            };
        }
        let Some(menu) = &mut self.menu else {
            return KeyPress::Key;
        };
        match menu.press(key, library) {
            None => KeyPress::Handled,
            Some(choice) => {
                self.close_menu();
                KeyPress::Chosen(choice)
            }
        }
    }

    /// Opens the menu on the first of these games that is in the library. Needs a terminal.
    pub(crate) fn open_menu(&mut self, library: &Library, games: impl IntoIterator<Item = String>) {
        if let Some(terminal) = self.terminal() {
            terminal.hold();
            self.menu = Some(Menu::open(library, games));
        }
    }

    /// Shows the QR code of an address over the log, or prints it where there is no terminal.
    pub(crate) fn show_code(&mut self, address: Option<&str>, audience: Audience) {
        match (address, self.terminal()) {
            (None, _) => self.print(&t!("qr.only_here")),
            (Some(address), None) => share::print(address, audience),
            (Some(address), Some(terminal)) => {
                terminal.hold();
                self.code = Some((address.to_owned(), audience));
            }
        }
    }

    fn close_code(&mut self) {
        self.code = None;
        self.close_menu();
    }

    /// Updates the menu after the library was reloaded.
    pub(crate) fn update_menu(&mut self, library: &Library) {
        if let Some(menu) = &mut self.menu {
            menu.update(library);
        }
    }

    /// Closes the menu and clears the lines at the bottom.
    pub(crate) fn close_menu(&mut self) {
        self.menu = None;
        if let Some(terminal) = self.terminal() {
            terminal.draw(Vec::new());
            terminal.release();
        }
    }

    /// The lines of the question or the menu, if one is open.
    pub(crate) fn open_lines(&self, library: &Library) -> Option<Vec<ScreenLine>> {
        let size = self.size()?;
        if let Some((address, audience)) = &self.code {
            return Some(share::screen(address, *audience, size));
        }
        match (&self.question, &self.menu) {
            (Some(question), _) => Some(question.lines(size.columns)),
            (None, Some(menu)) => Some(menu.lines(library, size)),
            (None, None) => None,
        }
    }

    /// Asks whether to stop. Keys that were typed before do not count.
    pub(crate) fn ask_to_stop(&mut self, browsers: u64) {
        let Some(input) = self.input.as_mut().filter(|input| input.terminal.is_some()) else {
            return;
        };
        input.forget_typed();
        let text = match browsers {
            1 => t!("stop.ask_one"),
            browsers => t!("stop.ask_many", n = browsers),
        };
        self.question = Some(Question::new(text.into_owned(), Confirmation::Key));
    }

    /// Draws the lines at the bottom.
    pub(crate) fn draw(&self, lines: Vec<ScreenLine>) {
        if let Some(terminal) = self.terminal() {
            terminal.draw(lines);
        }
    }

    /// Draws the lines at the bottom after the terminal has changed its size.
    pub(crate) fn redraw(&self, lines: Vec<ScreenLine>) {
        if let Some(terminal) = self.terminal() {
            terminal.redraw(lines);
        }
    }

    /// Prints a text above the lines at the bottom.
    pub(crate) fn print(&self, text: &str) {
        let text = match text {
            "" => return,
            text if text.ends_with('\n') => text.to_owned(),
            text => format!("{text}\n"),
        };
        say(&text);
    }
}
