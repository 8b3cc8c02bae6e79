//! The hint for a host whose QR code brings nobody: usually because of a firewall, or a network that isolates its
//! devices.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use if_addrs::get_if_addrs;

/// The time after which the hint is given.
const PATIENCE: Duration = Duration::from_secs(2 * 60);

/// A flag that is set once anybody has connected from another machine. Leaked on purpose: read by every connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guests(&'static AtomicBool);

/// The time since a code was shown.
#[derive(Debug, Default)]
pub(crate) struct GuestWatch {
    shown: Option<Instant>,
    is_over: bool,
}

impl Guests {
    /// Nobody yet.
    pub(crate) fn none() -> Self {
        Self(Box::leak(Box::default()))
    }

    /// Records the peer of a new connection.
    pub(crate) fn note(self, peer: IpAddr) {
        // This machine's addresses are looked up only until the first guest has come.
        if !self.has_come() && !peer.to_canonical().is_loopback() && !is_own(peer) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn has_come(self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// True for an address of this machine.
fn is_own(peer: IpAddr) -> bool {
    let interfaces = get_if_addrs().unwrap_or_default();
    let peer = peer.to_canonical();
    interfaces.iter().any(|interface| interface.ip() == peer)
}

impl GuestWatch {
    /// Begins to wait, if it has not begun.
    pub(crate) fn begin(&mut self, now: Instant) {
        self.shown.get_or_insert(now);
    }

    /// True once: when a code has been shown for a while and nobody has come.
    pub(crate) fn is_hint_due(&mut self, now: Instant, has_come: bool) -> bool {
        let Some(shown) = self.shown.filter(|_| !self.is_over) else {
            return false;
        };
        let is_late = now.duration_since(shown) >= PATIENCE;
        self.is_over = has_come || is_late;
        is_late && !has_come
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_comes_once_after_two_minutes_without_a_guest() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut watch = GuestWatch::default();
        assert!(!watch.is_hint_due(after(500), false), "no code was shown");
        watch.begin(start);
        watch.begin(after(60));
        for (seconds, expected) in [(119, false), (120, true), (121, false), (999, false)] {
            assert_eq!(
                watch.is_hint_due(after(seconds), false),
                expected,
                "{seconds}"
            );
        }
        let mut watch = GuestWatch::default();
        watch.begin(start);
        for (seconds, has_come) in [(5, false), (6, true), (300, false)] {
            assert!(!watch.is_hint_due(after(seconds), has_come), "{seconds}");
        }
    }

    #[test]
    fn a_guest_is_a_peer_of_another_machine() {
        let guests = Guests::none();
        let own = get_if_addrs().unwrap_or_default();
        let own = own.iter().map(|interface| interface.ip());
        for peer in ["127.0.0.1", "::ffff:127.0.0.9", "::1"].map(|peer| peer.parse().unwrap()) {
            guests.note(peer);
        }
        own.for_each(|peer| guests.note(peer));
        assert!(!guests.has_come());
        guests.note("203.0.113.7".parse().unwrap());
        assert!(guests.has_come());
    }
}
