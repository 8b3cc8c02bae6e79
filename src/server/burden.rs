//! The burden of a connection, by which the places of open connections are compared.

use std::time::Duration;

use crate::server::state::Use;

/// The weight of idle time: browsers open a closed idle connection again unnoticed, unlike one that is cut.
const IDLE_WEIGHT: u64 = 4;

/// The longest pause within a page load, in which a closed connection would cost a player a request.
pub(crate) const LOAD_PAUSE: Duration = Duration::from_millis(250);

/// Above the burden of every connection that has a request or waits for one.
const ENDLESS: u64 = 1 << 62;

/// The burden of a connection in a network of this size; `None` if it stays.
pub(crate) fn burden(use_of_place: Use, size: u64, patience: u64) -> Option<u64> {
    match use_of_place {
        Use::New => None,
        Use::Busy(wasted) => {
            let beyond = wasted.checked_sub(patience)?;
            Some(beyond.saturating_mul(size).min(ENDLESS - 1))
        }
        Use::Idle(since) => {
            let beyond = since.checked_sub(LOAD_PAUSE.as_millis() as u64)?;
            let weighted = beyond.saturating_mul(IDLE_WEIGHT).saturating_mul(size);
            Some(weighted.min(ENDLESS - 1))
        }
        Use::Endless(since) => Some(ENDLESS + since.saturating_mul(size).min(ENDLESS)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_burden_is_the_time_without_use_beyond_what_is_allowed_times_the_network() {
        let just_below = Some(ENDLESS - 1);
        for (use_of_place, size, patience, expected) in [
            (Use::New, 1, 0, None),
            (Use::Busy(1999), 1, 2000, None),
            (Use::Busy(2000), 1, 2000, Some(0)),
            (Use::Busy(2100), 3, 2000, Some(300)),
            (Use::Busy(u64::MAX), 2, 0, just_below),
            (Use::Idle(249), 1, 0, None),
            (Use::Idle(250), 1, 0, Some(0)),
            (Use::Idle(1250), 1, 0, Some(4000)),
            (Use::Idle(1250), 2, 0, Some(8000)),
            (Use::Idle(u64::MAX), 1, 0, just_below),
            // Above every other, whatever the network.
            (Use::Endless(0), 1, 2000, Some(ENDLESS)),
            (Use::Endless(7), 3, 2000, Some(ENDLESS + 21)),
            (Use::Endless(u64::MAX), 2, 0, Some(2 * ENDLESS)),
        ] {
            let found = burden(use_of_place, size, patience);
            assert_eq!(found, expected, "{use_of_place:?}, {size}, {patience}");
        }
    }
}
