//! Job control: detect whether this process is in the foreground of its terminal.

use std::os::fd::BorrowedFd;

use rustix::process::getpgrp;
use rustix::termios::{isatty, tcgetpgrp, tcgetwinsize};

/// The relation of a descriptor to this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    /// No terminal: a pipe, a file, nothing.
    NoTerminal,
    /// The terminal of this process, with the process in its foreground group.
    Foreground,
    /// A terminal that a shell or another process uses now.
    Background,
}

/// Rows and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TerminalSize {
    pub rows: usize,
    pub columns: usize,
}

/// Returns the current relation of a descriptor to this process; `fg` and `bg` change it.
pub(crate) fn ground(descriptor: BorrowedFd<'_>) -> Ground {
    match tcgetpgrp(descriptor) {
        Ok(group) if group == getpgrp() => Ground::Foreground,
        Ok(_) => Ground::Background,
        // After `setsid`, it is the terminal of another session.
        Err(_) if isatty(descriptor) => Ground::Background,
        Err(_) => Ground::NoTerminal,
    }
}

/// True unless the terminal says that it only prints lines, as the shell in an editor does.
pub(crate) fn is_drawable() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// The size of the terminal that is drawn on.
pub(crate) fn size() -> Option<TerminalSize> {
    let size = tcgetwinsize(rustix::stdio::stderr()).ok()?;
    Some(TerminalSize {
        rows: size.ws_row.into(),
        columns: size.ws_col.into(),
    })
}
