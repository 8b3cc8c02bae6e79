//! The free space of a disk, checked while something grows.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::fs::machine::available_memory;

/// The bytes that are left to others.
const LEFT_FREE: u64 = 64 << 20;

/// The bytes written between two checks.
const STEP: u64 = 16 << 20;

/// A folder whose disk several threads together never fill completely.
#[derive(Debug)]
pub(super) struct DiskRoom {
    folder: PathBuf,
    /// The memory that the machine could spare at the beginning.
    spare_memory: Option<u64>,
    written: AtomicU64,
    until_check: AtomicU64,
}

impl DiskRoom {
    /// The room on the disk of a folder.
    pub(super) fn of(folder: &Path, spare_memory: Option<u64>) -> Self {
        Self {
            folder: folder.to_owned(),
            spare_memory,
            written: AtomicU64::new(0),
            until_check: AtomicU64::new(STEP),
        }
    }

    /// Counts bytes that are written next, and checks the disk now and then.
    ///
    /// # Errors
    /// When the disk is almost full.
    pub(super) fn take(&self, bytes: u64) -> io::Result<()> {
        let count = |left: u64| left.checked_sub(bytes);
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        let before = self.written.fetch_add(bytes, Ordering::Relaxed);
        if self.until_check.fetch_update(set, fetch, count).is_ok() {
            return Ok(());
        }
        match self.free(before) {
            Some(free) if free < LEFT_FREE.saturating_add(bytes) => {
                Err(io::ErrorKind::StorageFull.into())
            }
            _ => {
                self.until_check.store(STEP, Ordering::Relaxed);
                Ok(())
            }
        }
    }

    /// The bytes that this user may still write after this many; `None` where the system does not tell. A file system
    /// in memory (tmpfs) has no more room than the memory.
    fn free(&self, written: u64) -> Option<u64> {
        let disk = rustix::fs::statvfs(&self.folder).ok()?;
        let free = disk.f_bavail.checked_mul(disk.f_frsize)?;
        if !is_in_memory(&self.folder) {
            return Some(free);
        }
        let at_first = self.spare_memory.map(|spare| spare.saturating_sub(written));
        let memory = available_memory().or(at_first);
        Some(memory.map_or(free, |memory| memory.min(free)))
    }
}

#[cfg(target_os = "linux")]
fn is_in_memory(folder: &Path) -> bool {
    /// statfs(2).
    const TMPFS: u64 = 0x0102_1994;
    rustix::fs::statfs(folder).is_ok_and(|disk| disk.f_type as u64 == TMPFS)
}

#[cfg(not(target_os = "linux"))]
fn is_in_memory(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_with_room_is_written_to_and_a_full_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let room = DiskRoom::of(folder.path(), None);
        assert!((0..100).all(|_| room.take(1 << 20).is_ok()));
        let error = room.take(u64::MAX / 2).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_lies_in_memory_has_no_more_room_than_memory() {
        // Always tmpfs or devtmpfs.
        let folder = Path::new("/dev/shm");
        if !is_in_memory(folder) {
            return;
        }
        let memory = available_memory().unwrap();
        let room = DiskRoom::of(folder, None);
        assert!(room.free(0).unwrap() <= memory.saturating_add(64 << 20));
        assert!(!is_in_memory(Path::new("/proc")));
    }
}
