//! Writes frames to standard error: text scrolls above the lines at the bottom, which are wiped and drawn again.

use std::io;
use std::time::Duration;

use crossterm::cursor::{Hide, MoveToColumn, MoveUp, Show};
use crossterm::queue;
use crossterm::style::Print;
use crossterm::terminal::{Clear, ClearType};
use rustix::io::Errno;
use rustix::termios::{LocalModes, tcgetattr};

use crate::console::foreground::{Ground, ground, size};
use crate::console::frame::{Chunk, Frame, Importance, Screen, Sink};
use crate::console::screen_line::ScreenLine;

/// The pause before another try on a descriptor that another program made non-blocking.
const FULL: Duration = Duration::from_millis(20);

/// Has the terminal mark what is pasted (bracketed paste); crossterm has these only with its reader of events.
const MARK_PASTES: &str = "\u{1b}[?2004h";
const LEAVE_PASTES: &str = "\u{1b}[?2004l";

/// Draws on standard error, and remembers what it drew.
#[derive(Debug, Default)]
pub(crate) struct Painter {
    screen: Screen,
    /// The lines that are drawn now; the cursor is behind the last.
    drawn: Vec<ScreenLine>,
    /// The cursor is hidden, and pastes are marked.
    is_prepared: bool,
}

impl Sink for Painter {
    fn write(&mut self, frame: &Frame) {
        if let Some(screen) = &frame.screen {
            self.screen = screen.clone();
        }
        let mut bytes = Vec::new();
        // Writing to memory does not fail.
        let _ = self.paint(frame, &mut bytes);
        write_all(&bytes);
    }
}

impl Painter {
    fn paint(&mut self, frame: &Frame, out: &mut Vec<u8>) -> io::Result<()> {
        let (ground, is_terminal) = (
            ground(rustix::stdio::stderr()),
            rustix::termios::isatty(rustix::stdio::stderr()),
        );
        if ground == Ground::Background {
            // The shell has drawn over it.
            self.drawn.clear();
            self.is_prepared = false;
            if !stops_background_output() {
                let notices = frame.chunks.iter();
                text(
                    notices.filter(|chunk| chunk.importance == Importance::Notice),
                    LineEnd::Plain,
                    out,
                );
            }
            return Ok(());
        }
        self.wipe(out)?;
        text(frame.chunks.iter(), LineEnd::of(is_terminal), out);
        match self.screen.is_shown && !self.screen.lines.is_empty() {
            true => self.draw(out),
            false => self.restore(out),
        }
    }

    /// A line that was wider than the terminal is now takes several rows.
    fn wipe(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        if self.drawn.is_empty() {
            return Ok(());
        }
        let columns = size().map_or(80, |size| size.columns).max(1);
        let rows = |line: &ScreenLine| line.width().div_ceil(columns).max(1);
        let above = self.drawn.iter().map(rows).sum::<usize>() - 1;
        self.drawn.clear();
        queue!(out, MoveToColumn(0))?;
        if let Ok(above @ 1..) = u16::try_from(above) {
            queue!(out, MoveUp(above))?;
        }
        queue!(out, Clear(ClearType::FromCursorDown))
    }

    fn draw(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        if !self.is_prepared {
            queue!(out, Hide, Print(MARK_PASTES))?;
            self.is_prepared = true;
        }
        self.drawn.clone_from(&self.screen.lines);
        let lines: Vec<_> = self.drawn.iter().map(ScreenLine::as_str).collect();
        out.extend(lines.join("\r\n").into_bytes());
        Ok(())
    }

    fn restore(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        if self.is_prepared {
            queue!(out, Print(LEAVE_PASTES), Show)?;
            self.is_prepared = false;
        }
        Ok(())
    }
}

/// Writes without the lock of [`io::stderr`], which a panic elsewhere would wait for.
fn write_all(mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match rustix::io::write(rustix::stdio::stderr(), bytes) {
            Ok(length @ 1..) => bytes = bytes.get(length..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => std::thread::sleep(FULL),
            // A terminal that is gone, or a reader that went away, needs nothing.
            Ok(0) | Err(_) => break,
        }
    }
}

/// A terminal whose keys are read one by one needs a carriage return.
#[derive(Clone, Copy)]
enum LineEnd {
    Plain,
    Carriage,
}

impl LineEnd {
    fn of(is_terminal: bool) -> Self {
        match is_terminal {
            true => Self::Carriage,
            false => Self::Plain,
        }
    }
}

fn text<'a>(chunks: impl Iterator<Item = &'a Chunk>, end: LineEnd, out: &mut Vec<u8>) {
    for chunk in chunks {
        let text = chunk.text.as_str();
        match end {
            LineEnd::Plain => out.extend(text.bytes()),
            LineEnd::Carriage => out.extend(text.replace('\n', "\r\n").bytes()),
        }
    }
}

/// True if the terminal stops background processes that write to it (`stty tostop`).
fn stops_background_output() -> bool {
    let modes = tcgetattr(rustix::stdio::stderr());
    modes.is_ok_and(|modes| modes.local_modes.contains(LocalModes::TOSTOP))
}
