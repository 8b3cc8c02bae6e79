//! How far a build is, for whoever waits for it, and a way to end it.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio_util::sync::CancellationToken;

/// Shared between a build and those who watch it.
#[derive(Debug, Default)]
pub struct BuildProgress {
    files: StepCount,
    bytes: StepCount,
    cancellation: CancellationToken,
}

#[derive(Debug, Default)]
struct StepCount {
    done: AtomicU64,
    all: AtomicU64,
}

impl BuildProgress {
    /// Ends the build before its next file.
    pub fn cancel(&self) {
        self.cancellation.cancel();
    }

    /// Whether it is to end.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancellation.is_cancelled()
    }

    /// How many files are read, and how many there are; zero as long as that is not known.
    pub fn files(&self) -> (u64, u64) {
        self.files.get()
    }

    /// How many bytes are read, and how many there are; zero as long as that is not known.
    pub fn bytes(&self) -> (u64, u64) {
        self.bytes.get()
    }

    pub(super) fn expect(&self, files: u64, bytes: u64) {
        self.files.all.store(files, Ordering::Relaxed);
        self.bytes.all.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn read(&self, bytes: u64) {
        self.files.done.fetch_add(1, Ordering::Relaxed);
        self.bytes.done.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl StepCount {
    fn get(&self) -> (u64, u64) {
        let get = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (get(&self.done), get(&self.all))
    }
}
