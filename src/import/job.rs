//! One source being imported: reports its progress and stops when it is cancelled.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use crate::import::error::ImportError;
use webserver::fs::unsupported::Unsupported;
use webserver::names::left_out::{LeftOut, LeftOutCause};

/// A step of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Downloading,
    Copying,
    Unpacking,
    Sending,
    /// The server has not begun to send; it may be packing the game.
    Answering,
    /// The server asked for another attempt at this time.
    Waiting(Instant),
}

/// Something that the host should know, although the import continues.
#[derive(Debug)]
pub(crate) enum Note {
    /// The download is not protected.
    PlainHttp,
    /// An attempt failed; another follows.
    Broken(ImportError),
    /// The download starts again, because the file on the server changed or cannot be continued.
    Restarted,
    /// The download resumes after this number of bytes from an earlier run.
    Continued(u64),
    /// The names in the archive are in this encoding.
    NamesIn(&'static str),
    /// Files are left out, as they are not served either.
    LeftOut(Vec<LeftOut>),
    /// The file system refused an operation that is not essential.
    Unsupported(Unsupported),
}

impl Note {
    /// A note of what is left out; `None` if that is leftovers only, which nobody misses.
    pub(crate) fn of_left_out(left_out: &[LeftOut]) -> Option<Self> {
        let is_odd = |one: &&LeftOut| one.cause != LeftOutCause::Leftover;
        let odd: Vec<_> = left_out.iter().filter(is_odd).cloned().collect();
        (!odd.is_empty()).then_some(Self::LeftOut(odd))
    }
}

/// Receives the progress of all sources, which are numbered from 0 in the order in which they were given.
pub(crate) trait ProgressSink: Sync {
    /// A step of `bytes` begins, if its size is known.
    fn begin(&self, source: usize, step: Step, bytes: Option<u64>);
    /// `bytes` of the step are done.
    fn advance(&self, source: usize, bytes: u64);
    fn note(&self, source: usize, note: &Note);
    /// The source was imported or failed.
    fn end(&self, source: usize);
}

/// One source being imported.
pub(crate) struct Job<'a> {
    number: usize,
    sink: &'a dyn ProgressSink,
    cancellation: CancellationToken,
    done: AtomicU64,
    unsupported: Mutex<BTreeSet<Unsupported>>,
}

impl<'a> Job<'a> {
    pub(crate) fn new(
        number: usize,
        sink: &'a dyn ProgressSink,
        cancellation: CancellationToken,
    ) -> Self {
        Self {
            number,
            sink,
            cancellation,
            done: AtomicU64::new(0),
            unsupported: Mutex::default(),
        }
    }

    /// The number of the source, counted from 0.
    pub(crate) fn number(&self) -> usize {
        self.number
    }

    /// Begins a step of `bytes`, if its size is known.
    pub(crate) fn begin(&self, step: Step, bytes: Option<u64>) {
        self.done.store(0, Ordering::Relaxed);
        self.sink.begin(self.number, step, bytes);
    }

    /// Adds to the bytes that are done. Can be called by several threads.
    ///
    /// # Errors
    /// When the job is cancelled.
    pub(crate) fn advance(&self, bytes: u64) -> Result<(), ImportError> {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.sink.advance(self.number, done);
        self.check()
    }

    pub(crate) fn note(&self, note: &Note) {
        self.sink.note(self.number, note);
    }

    /// Notes operations that the file system refused, each once.
    pub(crate) fn note_unsupported(&self, unsupported: impl IntoIterator<Item = Unsupported>) {
        for unsupported in unsupported {
            let mut noted = self
                .unsupported
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if noted.insert(unsupported) {
                self.note(&Note::Unsupported(unsupported));
            }
        }
    }

    /// Continues unless the job is cancelled.
    ///
    /// # Errors
    /// When it is.
    pub(crate) fn check(&self) -> Result<(), ImportError> {
        match self.cancellation.is_cancelled() {
            true => Err(ImportError::Interrupted),
            false => Ok(()),
        }
    }

    /// Waits until the job is cancelled.
    pub(crate) async fn cancelled(&self) -> ImportError {
        self.cancellation.cancelled().await;
        ImportError::Interrupted
    }
}

/// Shows nothing.
#[cfg(test)]
pub(crate) struct Silent;

#[cfg(test)]
impl ProgressSink for Silent {
    fn begin(&self, _: usize, _: Step, _: Option<u64>) {}
    fn advance(&self, _: usize, _: u64) {}
    fn note(&self, _: usize, _: &Note) {}
    fn end(&self, _: usize) {}
}
