//! The terminal, borrowed: what was drawn is wiped, and its modes are put back, on every way out.

use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex, PoisonError};

use console::{Key, Term};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use unicode_width::UnicodeWidthStr;

/// A terminal that is drawn on and read key by key. Clones share it, so that whoever ends the process can give it back
/// while another thread waits for a key.
#[derive(Clone, Debug)]
pub struct Terminal(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    term: Term,
    modes: Termios,
    /// The lines on the screen now.
    drawn: Mutex<Vec<String>>,
}

impl Terminal {
    /// The terminal, where there is one to read from and to draw on.
    pub fn borrow() -> Option<Self> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return None;
        }
        let modes = tcgetattr(rustix::stdio::stdin()).ok()?;
        // All the time, not only while a key is waited for: what is typed meanwhile must not be echoed.
        let mut raw = modes.clone();
        raw.make_raw();
        raw.output_modes = modes.output_modes;
        tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &raw).ok()?;
        Some(Self(Arc::new(Shared {
            term: Term::buffered_stderr(),
            modes,
            drawn: Mutex::new(Vec::new()),
        })))
    }

    /// Rows and columns.
    pub fn size(&self) -> (usize, usize) {
        let (rows, columns) = self.0.term.size();
        (rows.into(), columns.into())
    }

    /// Draws lines in the place of those drawn before. None may be wider than the terminal.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&self, lines: Vec<String>) -> io::Result<()> {
        let mut drawn = self.0.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        self.wipe(&drawn)?;
        self.0.term.hide_cursor()?;
        for line in &lines {
            self.0.term.write_line(line)?;
        }
        *drawn = lines;
        self.0.term.flush()
    }

    /// Waits for a key.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn key(&self) -> io::Result<Key> {
        self.0.term.read_key_raw()
    }

    /// Wipes what was drawn and gives the terminal back as it was.
    pub fn give_back(&self) {
        let mut drawn = self.0.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        // A terminal that is gone needs nothing.
        let _ = self.wipe(&drawn);
        drawn.clear();
        let _ = self.0.term.show_cursor();
        let _ = self.0.term.flush();
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &self.0.modes);
    }

    /// A line that was wider than the terminal is now takes several rows.
    fn wipe(&self, drawn: &[String]) -> io::Result<()> {
        let (_, columns) = self.size();
        let rows = |line: &String| {
            let width = console::strip_ansi_codes(line).width();
            width.div_ceil(columns.max(1)).max(1)
        };
        self.0.term.clear_last_lines(drawn.iter().map(rows).sum())
    }
}
