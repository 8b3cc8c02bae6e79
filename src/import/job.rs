//! One source on its way into the library: what it tells whoever watches, and what tells it to stop.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

use crate::import::error::ImportError;

/// What is being done with a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Its bytes come from the web.
    Downloading,
    /// Its files are copied.
    Copying,
    /// Its members are unpacked.
    Unpacking,
}

/// Something to know about a source that goes on all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// Nothing protects the download on its way.
    PlainHttp,
    /// The connection broke for this reason; the next try follows.
    Broken(String),
    /// The server has another file now, so the download began anew.
    Changed,
}

/// Who is told what happens to the sources, which are numbered from 0 in the order they were named in.
pub(crate) trait ProgressSink: Sync {
    /// A step begins; its size in bytes, when that is known.
    fn begins(&self, source: usize, step: Step, bytes: Option<u64>);
    /// So many bytes of the step are done.
    fn reached(&self, source: usize, bytes: u64);
    /// There is something to know.
    fn note(&self, source: usize, note: &Note);
    /// It is in the library now, or failed.
    fn ended(&self, source: usize, error: Option<&ImportError>);
}

/// Nobody.
impl ProgressSink for () {
    fn begins(&self, _: usize, _: Step, _: Option<u64>) {}
    fn reached(&self, _: usize, _: u64) {}
    fn note(&self, _: usize, _: &Note) {}
    fn ended(&self, _: usize, _: Option<&ImportError>) {}
}

/// One source on its way.
pub(crate) struct Job<'a> {
    number: usize,
    watch: &'a dyn ProgressSink,
    stop: watch::Receiver<bool>,
    reached: AtomicU64,
}

impl<'a> Job<'a> {
    /// The source of this number. It stops when `stop` holds `true`.
    pub(crate) fn new(
        number: usize,
        watch: &'a dyn ProgressSink,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self {
            number,
            watch,
            stop,
            reached: AtomicU64::new(0),
        }
    }

    /// Begins a step of so many bytes.
    pub(crate) fn begin(&self, step: Step, bytes: Option<u64>) {
        self.reached.store(0, Ordering::Relaxed);
        self.watch.begins(self.number, step, bytes);
    }

    /// So many more bytes are done; several threads may say so at once.
    ///
    /// # Errors
    /// When it is to stop.
    pub(crate) fn advance(&self, bytes: u64) -> Result<(), ImportError> {
        let reached = self.reached.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.watch.reached(self.number, reached);
        self.go_on()
    }

    /// Tells something.
    pub(crate) fn note(&self, note: &Note) {
        self.watch.note(self.number, note);
    }

    /// Asks whether to go on.
    ///
    /// # Errors
    /// When it is to stop.
    pub(crate) fn go_on(&self) -> Result<(), ImportError> {
        match *self.stop.borrow() {
            true => Err(ImportError::Interrupted),
            false => Ok(()),
        }
    }

    /// Waits until it is to stop.
    pub(crate) async fn stopped(&self) -> ImportError {
        let mut stop = self.stop.clone();
        match stop.wait_for(|stop| *stop).await {
            Ok(_) => ImportError::Interrupted,
            // Whoever could have said so is gone.
            Err(_) => std::future::pending().await,
        }
    }
}
