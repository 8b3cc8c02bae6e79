//! How long things took, by size.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::metrics::counters::{add_alone, value};

/// The upper bounds of the buckets, in milliseconds; one more bucket has what is above them all.
pub(crate) const BOUNDS: [u64; 13] = [
    5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000,
];

/// Counts by duration.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    buckets: [AtomicU64; BOUNDS.len() + 1],
    /// In microseconds, which overflow after half a million years.
    sum: AtomicU64,
}

/// What a histogram, or several of them together, have counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// By bucket.
    pub(crate) buckets: [u64; BOUNDS.len() + 1],
    /// In microseconds.
    pub sum: u64,
}

impl Histogram {
    /// Counts one.
    pub(crate) fn record(&self, took: Duration) {
        self.buckets[bucket(took)].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(micros(took), Ordering::Relaxed);
    }

    /// The same where no other thread does.
    pub(crate) fn record_alone(&self, took: Duration) {
        add_alone(&self.buckets[bucket(took)], 1);
        add_alone(&self.sum, micros(took));
    }
}

impl Recorded {
    /// Adds what a histogram has counted.
    pub(crate) fn add(&mut self, histogram: &Histogram) {
        for (total, bucket) in self.buckets.iter_mut().zip(&histogram.buckets) {
            *total += value(bucket);
        }
        self.sum += value(&histogram.sum);
    }
}

fn bucket(took: Duration) -> usize {
    // Up to and including its bound.
    BOUNDS
        .iter()
        .position(|bound| took <= Duration::from_millis(*bound))
        .unwrap_or(BOUNDS.len())
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_counted_up_to_its_bound() {
        for (millis, expected) in [(0, 0), (5, 0), (6, 1), (1000, 7), (1001, 8), (60_001, 13)] {
            assert_eq!(bucket(Duration::from_millis(millis)), expected, "{millis}");
        }
    }
}
