//! The terminal of a running server: keys are read one by one, and a few lines stay at the bottom below the scrolling
//! log. It is used only while the program is in the terminal's foreground group, and its modes are restored on every exit.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, kill_current_process_group};
use rustix::termios::{QueueSelector, tcflush};

use crate::console::foreground::{Ground, TerminalSize, ground, is_drawable, size};
use crate::console::output;
use crate::console::screen_line::ScreenLine;

/// The longest wait for a terminal that takes no output, before it is given back.
const FLUSH: Duration = Duration::from_millis(300);

/// The interval of checks for the foreground.
const LOOK: Duration = Duration::from_millis(100);

/// A terminal that is drawn on and read key by key. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Terminal(Arc<Mutex<Hold>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    /// Ours.
    Taken,
    /// Used by another process, until this one is in the foreground.
    Released,
    /// Used by the shell, until it continues this process.
    Suspended,
    /// Given back for good.
    GivenBack,
}

/// The result of a read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TerminalRead {
    /// This many bytes.
    Bytes(usize),
    /// Nothing was typed.
    Quiet,
    /// It is ours again.
    Resumed,
    /// It is gone, or given back.
    Gone,
}

impl Terminal {
    /// Opens the terminal if standard input and standard error are one that can be drawn on, and takes it if the program is
    /// in the foreground.
    pub(crate) fn open() -> Option<Self> {
        let is_there = [rustix::stdio::stdin(), rustix::stdio::stderr()]
            .into_iter()
            .all(|descriptor| ground(descriptor) != Ground::NoTerminal);
        let terminal =
            (is_there && is_drawable()).then(|| Self(Arc::new(Mutex::new(Hold::Released))))?;
        take(&mut terminal.hold_state());
        Some(terminal)
    }

    /// True while it is drawn on and read.
    pub(crate) fn is_ours(&self) -> bool {
        *self.hold_state() == Hold::Taken
    }

    /// Rows and columns.
    pub(crate) fn size(&self) -> TerminalSize {
        size().unwrap_or(TerminalSize {
            rows: 24,
            columns: 80,
        })
    }

    /// Draws lines in place of those drawn before.
    pub(crate) fn draw(&self, lines: Vec<ScreenLine>) {
        output::stderr().draw(lines);
    }

    /// Draws lines again after the terminal has changed its size.
    pub(crate) fn redraw(&self, lines: Vec<ScreenLine>) {
        output::stderr().redraw(lines);
    }

    /// Has text wait, while a menu is open.
    pub(crate) fn hold(&self) {
        output::stderr().hold();
    }

    /// Prints the text that has waited.
    pub(crate) fn release(&self) {
        output::stderr().release();
    }

    /// Discards keys that were typed before a question was asked.
    pub(crate) fn forget_typed(&self) {
        if self.is_ours() {
            let _ = tcflush(rustix::stdio::stdin(), QueueSelector::IFlush);
        }
    }

    /// Waits for bytes, at most this long.
    pub(crate) fn read(&self, buffer: &mut [u8], most: Duration) -> TerminalRead {
        match self.look_around() {
            Some(state) => return state,
            None if !self.is_ours() => {
                std::thread::sleep(LOOK);
                return TerminalRead::Quiet;
            }
            None => {}
        }
        let input = rustix::stdio::stdin();
        let mut waiting = [PollFd::new(&input, PollFlags::IN)];
        let timeout = Timespec::try_from(most.min(LOOK)).ok();
        match poll(&mut waiting, timeout.as_ref()) {
            Ok(1..) => {}
            _ => return TerminalRead::Quiet,
        }
        if waiting[0]
            .revents()
            .intersects(PollFlags::HUP | PollFlags::ERR)
        {
            return TerminalRead::Gone;
        }
        // Held while reading: a terminal that was given back must not be read.
        let hold = self.hold_state();
        if *hold != Hold::Taken || ground(input) != Ground::Foreground {
            return TerminalRead::Quiet;
        }
        match rustix::io::read(input, buffer) {
            Ok(length @ 1..) => TerminalRead::Bytes(length),
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => TerminalRead::Quiet,
            _ => TerminalRead::Gone,
        }
    }

    /// Gives the terminal to the shell until it continues the program.
    pub(crate) fn suspend(&self) {
        self.give_up(Hold::Suspended);
        let _ = kill_current_process_group(Signal::TSTP);
        let mut hold = self.hold_state();
        if *hold == Hold::Suspended {
            *hold = Hold::Released;
        }
    }

    /// Clears what was drawn and restores the terminal.
    pub(crate) fn give_back(&self) {
        output::stderr().draw(Vec::new());
        output::stderr().release();
        self.give_up(Hold::GivenBack);
    }

    /// Follows the shell's `fg` and `bg`.
    fn look_around(&self) -> Option<TerminalRead> {
        let mut hold = self.hold_state();
        match (*hold, ground(rustix::stdio::stdin())) {
            (Hold::GivenBack, _) | (_, Ground::NoTerminal) => Some(TerminalRead::Gone),
            (Hold::Released, Ground::Foreground) => {
                take(&mut hold).then_some(TerminalRead::Resumed)
            }
            (Hold::Taken, Ground::Background) => {
                // Its modes are not ours to change any more.
                *hold = Hold::Released;
                output::stderr().show_screen(false);
                None
            }
            _ => None,
        }
    }

    fn give_up(&self, state: Hold) {
        let mut hold = self.hold_state();
        if *hold == Hold::GivenBack {
            return;
        }
        let was_taken = std::mem::replace(&mut *hold, state) == Hold::Taken;
        output::stderr().show_screen(false);
        output::stderr().flush(FLUSH);
        if was_taken && ground(rustix::stdio::stdin()) == Ground::Foreground {
            // A terminal that is gone needs nothing.
            let _ = disable_raw_mode();
        }
    }

    fn hold_state(&self) -> MutexGuard<'_, Hold> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the terminal if the program is in the foreground; returns true if it did.
fn take(hold: &mut Hold) -> bool {
    if ground(rustix::stdio::stdin()) != Ground::Foreground {
        return false;
    }
    // The shell may have set the modes back since.
    let _ = disable_raw_mode();
    let is_taken = enable_raw_mode().is_ok();
    if is_taken {
        *hold = Hold::Taken;
        output::stderr().show_screen(true);
    }
    is_taken
}
