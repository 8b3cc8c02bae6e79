//! A monotonic clock with a resolution of a few milliseconds that costs a few nanoseconds to read.

use std::time::Duration;

/// A moment of the coarse clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CoarseClock(Duration);

impl CoarseClock {
    /// The current moment.
    pub(crate) fn now() -> Self {
        #[cfg(target_os = "linux")]
        let clock = rustix::time::ClockId::MonotonicCoarse;
        #[cfg(not(target_os = "linux"))]
        let clock = rustix::time::ClockId::Monotonic;
        let now = rustix::time::clock_gettime(clock);
        Self(now.try_into().unwrap_or_default())
    }

    /// The milliseconds from the clock's zero to this moment.
    pub(crate) fn millis(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }

    /// The time since this moment.
    pub(crate) fn elapsed(self) -> Duration {
        Self::now().0.saturating_sub(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coarse_clock_never_goes_back() {
        let mut last = CoarseClock::now();
        for _ in 0..1000 {
            let now = CoarseClock::now();
            assert!(now.0 >= last.0);
            last = now;
        }
    }
}
