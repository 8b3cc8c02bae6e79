//! The rates in the status line.

use std::time::{Duration, Instant};

/// Requests and bytes a second, averaged over the last seconds.
#[derive(Debug)]
pub(crate) struct RequestRate {
    /// The totals at earlier times, oldest first.
    samples: Vec<(Instant, u64, u64)>,
}

/// The time that a rate is averaged over.
const WINDOW: Duration = Duration::from_secs(5);

impl RequestRate {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            samples: vec![(now, 0, 0)],
        }
    }

    /// Records the totals up to now and returns the rates of both.
    pub(crate) fn record(&mut self, now: Instant, requests: u64, bytes: u64) -> (f64, f64) {
        // Keep one sample from before the window to compare with.
        let old = |(time, _, _): &(Instant, u64, u64)| now.duration_since(*time) >= WINDOW;
        let keep = self.samples.iter().rposition(old).unwrap_or(0);
        self.samples.drain(..keep);
        let (since, requests_then, bytes_then) = self.samples[0];
        let seconds = now.duration_since(since).as_secs_f64();
        let last = self.samples.last().map(|(time, _, _)| *time);
        if last.is_none_or(|last| now.duration_since(last) >= WINDOW / 10) {
            self.samples.push((now, requests, bytes));
        }
        let rate = |now: u64, then: u64| match seconds {
            0.0 => 0.0,
            seconds => now.saturating_sub(then) as f64 / seconds,
        };
        (rate(requests, requests_then), rate(bytes, bytes_then))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_the_average_over_the_last_seconds() {
        let start = Instant::now();
        let mut rate = RequestRate::new(start);
        let at = |millis| start + Duration::from_millis(millis);
        for (millis, requests, bytes, expected) in [
            (0, 0, 0, (0.0, 0.0)),
            (1000, 10, 1000, (10.0, 1000.0)),
            (2000, 20, 2000, (10.0, 1000.0)),
            (5000, 50, 5000, (10.0, 1000.0)),
            (7000, 50, 5000, (6.0, 600.0)),
            (60_000, 50, 5000, (0.0, 0.0)),
        ] {
            assert_eq!(
                rate.record(at(millis), requests, bytes),
                expected,
                "{millis}"
            );
        }
    }
}
