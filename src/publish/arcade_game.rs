//! A game of an arcade: its slot, and the requests for it.

use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, AtomicU64, Ordering};

use crate::language::LocalizedText;
use crate::publish::slot::Slot;
use crate::site::Site;

/// The numbers of the games of this process, from 1 on.
static NUMBERS: AtomicU32 = AtomicU32::new(1);

/// A game of an arcade. It is built when it is first requested.
#[derive(Debug)]
pub struct ArcadeGame {
    /// The slot, with a waiting page until the game is built.
    pub slot: &'static Slot,
    slug: String,
    number: u32,
    plays: AtomicU64,
    /// The game's own port; 0 before it has one.
    port: AtomicU16,
    is_wanted: AtomicBool,
    /// True if there was a request since the last check.
    is_used: AtomicBool,
    /// False once the game has left the library.
    is_listed: AtomicBool,
}

impl ArcadeGame {
    /// A game that waits for its first request. Leaked on purpose, once for a slug: so is its slot.
    pub fn start(slug: &str, title: &LocalizedText) -> &'static Self {
        Box::leak(Box::new(Self {
            slot: Slot::start(Site::opening(title)),
            slug: slug.to_owned(),
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            plays: AtomicU64::new(0),
            port: AtomicU16::new(0),
            is_wanted: AtomicBool::new(false),
            is_used: AtomicBool::new(false),
            is_listed: AtomicBool::new(false),
        }))
    }

    /// The name that the host types.
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// The number by which its browsers are told from those of other games.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The number of times that the game was started.
    pub fn plays(&self) -> u64 {
        self.plays.load(Ordering::Relaxed)
    }

    /// Adds to the number of times that the game was started.
    pub fn add_plays(&self, plays: u64) {
        self.plays.fetch_add(plays, Ordering::Relaxed);
    }

    /// The game's own port, if it has one.
    pub fn port(&self) -> Option<u16> {
        Some(self.port.load(Ordering::Relaxed)).filter(|port| *port > 0)
    }

    /// Sets the game's own port, once a listener has it.
    pub fn set_port(&self, port: u16) {
        self.port.store(port, Ordering::Relaxed);
    }

    /// True if the game was requested since the start, or since [`ArcadeGame::rest`].
    pub fn is_wanted(&self) -> bool {
        self.is_wanted.load(Ordering::Relaxed)
    }

    /// Notes a request for the game.
    pub fn note_use(&self) {
        // Written once between two looks: threads that answer players would contend for it.
        if !self.is_used.load(Ordering::Relaxed) {
            self.is_used.store(true, Ordering::Relaxed);
        }
    }

    /// True if there was a request since the last call.
    pub fn take_use(&self) -> bool {
        self.is_used.swap(false, Ordering::Relaxed)
    }

    /// Lets the next request ask for the game again.
    pub fn rest(&self) {
        self.is_wanted.store(false, Ordering::Relaxed);
    }

    /// True while the game is in the library.
    pub(super) fn is_listed(&self) -> bool {
        self.is_listed.load(Ordering::Relaxed)
    }

    /// Notes that the game is in the library, or has left it.
    pub(super) fn set_listed(&self, is_listed: bool) {
        self.is_listed.store(is_listed, Ordering::Relaxed);
    }

    /// True the first time that somebody wants the game; see [`ArcadeGame::is_wanted`].
    pub(super) fn want(&self) -> bool {
        !self.is_wanted() && !self.is_wanted.swap(true, Ordering::Relaxed)
    }
}
