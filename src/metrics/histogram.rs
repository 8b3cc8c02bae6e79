//! Histograms of durations.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::metrics::thread_counter::{add_single_writer, read};

/// The inclusive upper bounds of the buckets, in milliseconds; the last bucket has no bound.
pub(crate) const BOUNDS: [u64; 13] = [
    5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000,
];

/// A histogram that threads can write at the same time.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    buckets: [AtomicU64; BOUNDS.len() + 1],
    /// In microseconds, which overflow after half a million years.
    sum: AtomicU64,
}

/// The sum of one or several histograms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct HistogramTotal {
    pub(crate) buckets: [u64; BOUNDS.len() + 1],
    /// In microseconds.
    pub(crate) sum: u64,
}

impl Histogram {
    /// Counts a duration.
    pub(crate) fn record(&self, duration: Duration) {
        self.buckets[bucket(duration)].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(micros(duration), Ordering::Relaxed);
    }

    /// Counts a duration in a histogram that only this thread writes.
    pub(crate) fn record_single_writer(&self, duration: Duration) {
        add_single_writer(&self.buckets[bucket(duration)], 1);
        add_single_writer(&self.sum, micros(duration));
    }
}

impl HistogramTotal {
    /// Adds the counts of a histogram.
    pub(crate) fn add(&mut self, histogram: &Histogram) {
        for (total, bucket) in self.buckets.iter_mut().zip(&histogram.buckets) {
            *total += read(bucket);
        }
        self.sum += read(&histogram.sum);
    }
}

fn bucket(duration: Duration) -> usize {
    BOUNDS
        .iter()
        .position(|bound| duration <= Duration::from_millis(*bound))
        .unwrap_or(BOUNDS.len())
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_falls_into_the_bucket_whose_bound_it_does_not_exceed() {
        for (millis, expected) in [(0, 0), (5, 0), (6, 1), (1000, 7), (1001, 8), (60_001, 13)] {
            assert_eq!(bucket(Duration::from_millis(millis)), expected, "{millis}");
        }
    }
}
