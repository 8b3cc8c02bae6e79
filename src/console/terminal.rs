//! The terminal, borrowed: keys are read one by one, a few lines stay at the bottom, everything else scrolls above
//! them; what was drawn is wiped, and the modes are put back, on every way out.

use std::io;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use console::{Key, Term};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Signal, getpid, kill_process};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use unicode_width::UnicodeWidthStr;

/// What may wait to be printed while the menu is open, in bytes.
const MOST_HELD: usize = 1 << 20;

/// A terminal that is drawn on and read key by key. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Terminal(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    term: Term,
    modes: Termios,
    screen: Mutex<Screen>,
}

#[derive(Debug, Default)]
struct Screen {
    /// The lines at the bottom now; the cursor stands behind the last.
    drawn: Vec<String>,
    /// What is to be printed when the menu is closed; `None` while it is not open.
    held: Option<Vec<u8>>,
    is_given_back: bool,
}

impl Terminal {
    /// Ctrl-Z.
    pub(crate) const SUSPEND: Key = Key::Char('\u{1a}');

    /// The terminal, where there is one to read from and to draw on.
    pub(crate) fn borrow() -> Option<Self> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return None;
        }
        let modes = tcgetattr(rustix::stdio::stdin()).ok()?;
        let terminal = Self(Arc::new(Shared {
            term: Term::buffered_stderr(),
            modes,
            screen: Mutex::default(),
        }));
        terminal.take_keys().ok()?;
        Some(terminal)
    }

    /// Rows and columns.
    pub(crate) fn size(&self) -> (usize, usize) {
        let (rows, columns) = self.0.term.size();
        (rows.into(), columns.into())
    }

    /// Draws lines in the place of those drawn before. None may be wider than the terminal.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn draw(&self, lines: Vec<String>) -> io::Result<()> {
        let mut screen = self.screen();
        if screen.is_given_back || screen.drawn == lines {
            return Ok(());
        }
        self.wipe(&screen.drawn)?;
        screen.drawn = lines;
        self.redraw(&screen)
    }

    /// Draws them once more: the terminal has another size now.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn draw_again(&self, lines: Vec<String>) -> io::Result<()> {
        let mut screen = self.screen();
        self.wipe(&screen.drawn)?;
        screen.drawn = lines;
        self.redraw(&screen)
    }

    /// Prints whole lines above what is drawn, or later while the menu is open.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn print(&self, text: &[u8]) -> io::Result<()> {
        let mut screen = self.screen();
        if let Some(held) = &mut screen.held {
            if held.len() + text.len() <= MOST_HELD {
                held.extend_from_slice(text);
            }
            return Ok(());
        }
        self.print_above(&screen, text)
    }

    /// From here on, what is printed waits.
    pub(crate) fn hold(&self) {
        self.screen().held.get_or_insert_default();
    }

    /// Prints what has waited.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn release(&self) -> io::Result<()> {
        let mut screen = self.screen();
        match screen.held.take() {
            Some(held) if !held.is_empty() => self.print_above(&screen, &held),
            _ => Ok(()),
        }
    }

    /// Waits for a key.
    ///
    /// # Errors
    /// When the terminal is gone, or given back.
    pub(crate) fn key(&self) -> io::Result<Key> {
        let input = rustix::stdio::stdin();
        while poll(&mut [PollFd::new(&input, PollFlags::IN)], None) == Err(Errno::INTR) {}
        // Reading a key sets the terminal's modes for a moment, which must not be when it has been given back.
        let screen = self.screen();
        match screen.is_given_back {
            true => Err(io::ErrorKind::NotConnected.into()),
            false => self.0.term.read_key_raw(),
        }
    }

    /// Gives the terminal to the shell until it continues the program.
    pub(crate) fn suspend(&self) {
        self.give_back();
        let _ = kill_process(getpid(), Signal::TSTP);
        let _ = self.take_keys();
        self.screen().is_given_back = false;
    }

    /// Wipes what was drawn and gives the terminal back as it was.
    pub(crate) fn give_back(&self) {
        let mut screen = self.screen();
        if screen.is_given_back {
            return;
        }
        // A terminal that is gone needs nothing.
        let _ = self.wipe(&screen.drawn);
        let held = screen.held.take().unwrap_or_default();
        *screen = Screen {
            is_given_back: true,
            ..Screen::default()
        };
        let _ = self.print_above(&screen, &held);
        let _ = self.0.term.show_cursor();
        let _ = self.0.term.flush();
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &self.0.modes);
    }

    /// All the time, not only while a key is waited for: what is typed meanwhile must not be echoed.
    fn take_keys(&self) -> io::Result<()> {
        let mut raw = self.0.modes.clone();
        raw.make_raw();
        raw.output_modes = self.0.modes.output_modes;
        Ok(tcsetattr(
            rustix::stdio::stdin(),
            OptionalActions::Now,
            &raw,
        )?)
    }

    fn screen(&self) -> MutexGuard<'_, Screen> {
        self.0.screen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn print_above(&self, screen: &Screen, text: &[u8]) -> io::Result<()> {
        self.wipe(&screen.drawn)?;
        io::Write::write_all(&mut &self.0.term, text)?;
        self.redraw(screen)
    }

    fn redraw(&self, screen: &Screen) -> io::Result<()> {
        if !screen.drawn.is_empty() {
            self.0.term.hide_cursor()?;
            self.0.term.write_str(&screen.drawn.join("\n"))?;
        }
        self.0.term.flush()
    }

    /// A line that was wider than the terminal is now takes several rows.
    fn wipe(&self, drawn: &[String]) -> io::Result<()> {
        if drawn.is_empty() {
            return Ok(());
        }
        let (_, columns) = self.size();
        let rows = |line: &String| {
            let width = console::strip_ansi_codes(line).width();
            width.div_ceil(columns.max(1)).max(1)
        };
        self.0.term.clear_line()?;
        self.0
            .term
            .clear_last_lines(drawn.iter().map(rows).sum::<usize>() - 1)
    }
}
