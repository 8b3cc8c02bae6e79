//! Requests and bytes of the last hour.

use std::collections::VecDeque;

use serde::Serialize;

/// The time between two samples, in seconds.
pub(crate) const STEP: u64 = 10;

/// The samples of an hour.
const SAMPLES: usize = 360;

/// The samples, the latest last.
#[derive(Debug, Default, Serialize)]
pub(crate) struct History {
    samples: VecDeque<Sample>,
    #[serde(skip)]
    totals: Option<(u64, u64)>,
}

/// The requests and bytes of the step before a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Sample {
    /// Milliseconds since 1970. Steps are longer where the machine slept.
    time: u64,
    requests: u64,
    bytes: u64,
}

impl History {
    /// Adds the difference to the totals before.
    pub(crate) fn add(&mut self, time: u64, requests: u64, bytes: u64) {
        let before = self.totals.replace((requests, bytes));
        let (requests_before, bytes_before) = before.unwrap_or((requests, bytes));
        if self.samples.len() == SAMPLES {
            self.samples.pop_front();
        }
        self.samples.push_back(Sample {
            time,
            requests: requests.saturating_sub(requests_before),
            bytes: bytes.saturating_sub(bytes_before),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_the_difference_to_the_one_before_and_an_hour_is_kept() {
        let mut history = History::default();
        for step in 0..=SAMPLES as u64 {
            history.add(step * STEP * 1000, step * 3, step * 100);
        }
        assert_eq!(history.samples.len(), SAMPLES);
        let sample = |time, requests, bytes| Sample {
            time,
            requests,
            bytes,
        };
        assert_eq!(history.samples[0], sample(10_000, 3, 100));
        assert_eq!(history.samples[SAMPLES - 1], sample(3_600_000, 3, 100));
    }
}
