//! The limits on the size of one game, however it arrives: counted, and compared with the free disk space, while it
//! grows.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use thiserror::Error;

use crate::fs::disk_room::DiskRoom;

/// The largest game that is accepted. There is no limit on the compression ratio of archives: what may be in a folder
/// may be in an archive, and a mostly empty disk image packs a thousandfold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GameLimits {
    /// The maximum number of files; in an archive, of members.
    pub files: u64,
    /// The maximum size of all files together, unpacked, in bytes.
    pub bytes: u64,
    /// The maximum number of bytes that the compressed files decode to together: more than any browser can hold.
    pub decoded: u64,
}

impl Default for GameLimits {
    fn default() -> Self {
        Self {
            files: 200_000,
            bytes: 64_000_000_000,
            decoded: 4 << 30,
        }
    }
}

/// The largest ratio of a compressed file's decoded to its coded size, from a decoded size on.
const MAX_RATIO: u64 = 200;
const RATIO_FROM: u64 = 10_000_000;

/// A game that exceeds its limits.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum OverBudget {
    /// There are too many files.
    #[error("more than {most} files")]
    Files {
        /// The limit.
        most: u64,
    },
    /// The files are too large.
    #[error("more than {most} bytes unpacked")]
    Bytes {
        /// The limit.
        most: u64,
    },
}

impl From<OverBudget> for io::Error {
    fn from(over: OverBudget) -> Self {
        Self::other(over)
    }
}

/// The files and bytes that one game has become so far. Unpacking, copying, receiving and decoding all count here, from
/// several threads at once.
#[derive(Debug)]
pub struct GameBudget {
    limits: GameLimits,
    files: AtomicU64,
    bytes: AtomicU64,
    decoded: AtomicU64,
    disk: Option<DiskRoom>,
}

impl Default for GameBudget {
    fn default() -> Self {
        Self::new(GameLimits::default())
    }
}

impl GameBudget {
    /// The budget of a game of which nothing is written.
    pub fn new(limits: GameLimits) -> Self {
        Self {
            limits,
            files: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            decoded: AtomicU64::new(0),
            disk: None,
        }
    }

    /// The budget of a game that is written to a folder's disk. `spare_memory` bounds what a disk in memory takes where
    /// the machine's memory cannot be read while it grows.
    pub fn on_disk_of(folder: &Path, spare_memory: Option<u64>) -> Self {
        Self {
            disk: Some(DiskRoom::of(folder, spare_memory)),
            ..Self::default()
        }
    }

    /// The limits of the game.
    pub fn limits(&self) -> GameLimits {
        self.limits
    }

    /// Counts a file of a stated length, holes included, before anything of it is written.
    ///
    /// # Errors
    /// If there are too many files, or they are too large together.
    pub fn admit(&self, length: u64) -> Result<(), OverBudget> {
        let GameLimits { files, bytes, .. } = self.limits;
        if add(&self.files, 1) > files {
            return Err(OverBudget::Files { most: files });
        }
        if add(&self.bytes, length) > bytes {
            return Err(OverBudget::Bytes { most: bytes });
        }
        Ok(())
    }

    /// Counts bytes that are written next. Holes take no space.
    ///
    /// # Errors
    /// If the disk is almost full.
    pub fn write(&self, bytes: u64) -> io::Result<()> {
        self.disk.as_ref().map_or(Ok(()), |disk| disk.take(bytes))
    }

    /// The most bytes that the next compressed file, of `coded` bytes, may decode to: 200 times its size or 10 MB,
    /// within what the others leave.
    pub(crate) fn most_decoded(&self, coded: u64) -> u64 {
        let left = self.limits.decoded.saturating_sub(self.decoded.load(ORDER));
        coded.saturating_mul(MAX_RATIO).max(RATIO_FROM).min(left)
    }

    /// Counts the bytes of a file that was decoded.
    pub(crate) fn decoded(&self, bytes: u64) {
        add(&self.decoded, bytes);
    }
}

const ORDER: Ordering = Ordering::Relaxed;

/// Adds without overflow, and returns the sum.
fn add(sum: &AtomicU64, more: u64) -> u64 {
    let added = |sum: u64| Some(sum.saturating_add(more));
    let before = sum.fetch_update(ORDER, ORDER, added);
    before.unwrap_or_else(|full| full).saturating_add(more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_bytes_are_admitted_up_to_their_limits() {
        let limits = GameLimits {
            files: 3,
            bytes: 10,
            ..GameLimits::default()
        };
        for (lengths, expected) in [
            (&[1, 2, 7][..], Ok(())),
            (&[0, 0, 0, 0], Err(OverBudget::Files { most: 3 })),
            (&[4, 7], Err(OverBudget::Bytes { most: 10 })),
            (&[1, u64::MAX], Err(OverBudget::Bytes { most: 10 })),
        ] {
            let budget = GameBudget::new(limits);
            let admitted = lengths.iter().try_for_each(|length| budget.admit(*length));
            assert_eq!(admitted, expected, "{lengths:?}");
        }
    }

    #[test]
    fn a_compressed_file_may_become_what_its_size_allows_and_the_others_leave() {
        let budget = GameBudget::default();
        for (coded, decoded, most) in [
            (10, 1_000_000, 10_000_000),
            (1_000_000, 199_000_000, 200_000_000),
            (1 << 30, 4_000_000_000, (4 << 30) - 200_000_000),
            (1 << 30, 0, (4 << 30) - 4_200_000_000),
            (10, 0, 10_000_000),
        ] {
            assert_eq!(budget.most_decoded(coded), most, "{coded}");
            budget.decoded(decoded);
        }
    }
}
