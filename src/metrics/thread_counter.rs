//! Counters with a single writing thread: a plain load and store, cheaper than an atomic addition.

use std::sync::atomic::{AtomicU64, Ordering};

/// Adds to a counter that no other thread writes.
pub(crate) fn add_single_writer(counter: &AtomicU64, amount: u64) {
    counter.store(read(counter).wrapping_add(amount), Ordering::Relaxed);
}

/// The counter's value.
pub(crate) fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
