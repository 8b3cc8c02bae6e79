//! The progress of a build, and its cancellation.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio_util::sync::CancellationToken;

/// The progress of a build, shared between the build and its observers.
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
    /// Ends the build at its next step.
    pub fn cancel(&self) {
        self.cancellation.cancel();
    }

    /// The token that [`BuildProgress::cancel`] cancels.
    pub fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }

    /// True if the build was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.cancellation.is_cancelled()
    }

    /// The numbers of files read and of all files; zero until they are known.
    pub fn files(&self) -> (u64, u64) {
        self.files.get()
    }

    /// The numbers of bytes read and of all bytes; zero until they are known.
    pub fn bytes(&self) -> (u64, u64) {
        self.bytes.get()
    }

    /// Takes the bytes that a game in object storage is fetched with, before it is read.
    pub fn fetch(&self, bytes: u64, all: u64) {
        self.bytes.done.store(bytes, Ordering::Relaxed);
        self.bytes.all.store(all, Ordering::Relaxed);
    }

    pub(super) fn expect(&self, files: u64, bytes: u64) {
        self.files.all.store(files, Ordering::Relaxed);
        self.bytes.done.store(0, Ordering::Relaxed);
        self.bytes.all.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn add_file(&self, bytes: u64) {
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
