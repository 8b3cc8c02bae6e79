//! The latest lines of the log, for the console in the host's browser.

use std::collections::VecDeque;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use tokio::sync::watch;

use crate::console::record::Level;

/// The lines kept.
const CAPACITY: usize = 500;

/// The most bytes of a line.
const MOST_BYTES: usize = 2000;

/// The latest lines. Keeps none until somebody subscribes.
#[derive(Debug)]
pub(crate) struct LogTail {
    lines: Mutex<VecDeque<LogLine>>,
    /// The number of the next line; 0 while nobody wants lines.
    next: watch::Sender<u64>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct LogLine {
    /// Counted from 1.
    pub number: u64,
    /// Milliseconds since 1970.
    pub time: u64,
    pub kind: LineKind,
    pub text: String,
}

/// The subject of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LineKind {
    /// A request, or a page load.
    Request,
    Info,
    Warning,
    Error,
}

impl From<Level> for LineKind {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Warn => Self::Warning,
            Level::Error => Self::Error,
        }
    }
}

/// The tail of this process's log.
pub(crate) fn tail() -> &'static LogTail {
    static TAIL: LazyLock<LogTail> = LazyLock::new(LogTail::new);
    &TAIL
}

impl LogTail {
    fn new() -> Self {
        Self {
            lines: Mutex::default(),
            next: watch::Sender::new(0),
        }
    }

    /// Keeps lines from now on.
    pub(crate) fn keep(&self) {
        self.next.send_if_modified(|next| {
            let is_first = *next == 0;
            *next = (*next).max(1);
            is_first
        });
    }

    /// Adds a line, if lines are kept.
    pub(crate) fn add(&self, kind: LineKind, text: &str) {
        let mut lines = self.lock();
        let number = *self.next.borrow();
        if number == 0 {
            return;
        }
        if lines.len() == CAPACITY {
            lines.pop_front();
        }
        lines.push_back(LogLine {
            number,
            time: milliseconds_since_1970(),
            kind,
            text: text[..text.floor_char_boundary(MOST_BYTES)].to_owned(),
        });
        self.next.send_replace(number + 1);
    }

    /// The lines from a number on.
    pub(crate) fn since(&self, number: u64) -> Vec<LogLine> {
        let lines = self.lock();
        let new = lines.iter().filter(|line| line.number >= number);
        new.cloned().collect()
    }

    /// Changes with each line.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.next.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<LogLine>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time now, as scripts count it.
pub(crate) fn milliseconds_since_1970() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_the_oldest_give_way() {
        let tail = LogTail::new();
        tail.add(LineKind::Info, "before anybody wants lines");
        assert_eq!(tail.since(0), []);
        tail.keep();
        let changes = tail.changes();
        for number in 1..=CAPACITY + 5 {
            tail.add(LineKind::Request, &format!("line {number}"));
        }
        assert!(changes.has_changed().unwrap());
        tail.keep();
        let lines = tail.since(0);
        assert_eq!(lines.len(), CAPACITY);
        assert_eq!((lines[0].number, &*lines[0].text), (6, "line 6"));
        assert_eq!(tail.since(CAPACITY as u64 + 5).len(), 1);
        assert_eq!(tail.since(CAPACITY as u64 + 6).len(), 0);
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let tail = LogTail::new();
        tail.keep();
        tail.add(LineKind::Warning, &"界".repeat(MOST_BYTES));
        assert_eq!(tail.since(0)[0].text.chars().count(), MOST_BYTES / 3);
    }
}
