//! The state of a replica: when it last looked at the choice of the library, and whether it lags behind it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The time without a look after which a replica may be on the air with a game that no other has.
pub const LEASE: Duration = Duration::from_secs(10);

/// The time without a look after which others may be on the air with another game: twice the longest interval of looks.
const BEHIND: Duration = Duration::from_secs(3);

/// The state of a server as a replica.
#[derive(Debug)]
pub struct ReplicaState {
    started: Instant,
    is_replica: AtomicBool,
    is_lagging: AtomicBool,
    /// The time of the last look, in milliseconds since the start.
    looked: AtomicU64,
}

/// The state at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplicaCounts {
    /// The time since the last look.
    pub since_look: Duration,
    /// True if the game that is chosen is not on the air here.
    pub is_lagging: bool,
}

impl Default for ReplicaState {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            is_replica: AtomicBool::new(false),
            is_lagging: AtomicBool::new(false),
            looked: AtomicU64::new(0),
        }
    }
}

impl ReplicaState {
    /// Makes the server a replica.
    pub fn begin(&self) {
        self.is_replica.store(true, Ordering::Relaxed);
        self.looked();
    }

    /// Counts a look.
    pub fn looked(&self) {
        let now = self.started.elapsed().as_millis() as u64;
        self.looked.store(now, Ordering::Relaxed);
    }

    /// Sets whether another game than the one on the air is chosen.
    pub fn set_lagging(&self, is_lagging: bool) {
        self.is_lagging.store(is_lagging, Ordering::Relaxed);
    }

    /// The state now; `None` if the server is not a replica.
    pub fn now(&self) -> Option<ReplicaCounts> {
        let looked = Duration::from_millis(self.looked.load(Ordering::Relaxed));
        self.is_replica
            .load(Ordering::Relaxed)
            .then(|| ReplicaCounts {
                since_look: self.started.elapsed().saturating_sub(looked),
                is_lagging: self.is_lagging.load(Ordering::Relaxed),
            })
    }
}

impl ReplicaCounts {
    /// True if others may be on the air with a game that is not here.
    pub fn may_be_behind(&self) -> bool {
        self.is_lagging || self.since_look > BEHIND
    }

    /// True if the last look is so long ago that another game may have been chosen.
    pub fn is_expired(&self) -> bool {
        self.since_look > LEASE
    }
}
