//! By what a file on disk is known to be unchanged without being read.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What the system says of a file; some of it changes whenever its bytes do. Times are in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    length: u64,
    modified: i128,
    /// The time that no program can set.
    changed: i128,
    inode: u64,
    device: u64,
}

/// The coarsest step in which a file system counts time (FAT's): a file may change again within it and look the same.
const STEP: Duration = Duration::from_secs(2);

impl Fingerprint {
    /// The stamp of a file, when a later change will show in it: not when it has changed within [`STEP`] before `now`.
    pub(crate) fn from_metadata(metadata: &Metadata, now: SystemTime) -> Option<Self> {
        let nanos =
            |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        let stamp = Self {
            length: metadata.len(),
            modified: nanos(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanos(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
            device: metadata.dev(),
        };
        let settled = now.checked_sub(STEP)?.duration_since(UNIX_EPOCH).ok()?;
        let settled = i128::try_from(settled.as_nanos()).ok()?;
        (stamp.modified.max(stamp.changed) < settled).then_some(stamp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};

    #[test]
    fn a_stamp_shows_every_change_or_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "one").unwrap();
        let now = SystemTime::now();
        let later = now + 2 * STEP;
        let stamp = |now| Fingerprint::from_metadata(&fs::metadata(&path).unwrap(), now);
        assert_eq!(stamp(now), None, "it may change again within the same step");
        let first = stamp(later);
        assert!(first.is_some());
        assert_eq!(first, stamp(later + STEP));

        // The same length and the same time, which is what tools that restore times leave behind.
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        fs::write(&path, "two").unwrap();
        let file = File::options().append(true).open(&path).unwrap();
        file.set_modified(modified).unwrap();
        assert_ne!(stamp(later), first);

        let second = stamp(later);
        fs::write(folder.path().join("new"), "two").unwrap();
        fs::rename(folder.path().join("new"), &path).unwrap();
        assert_ne!(stamp(later), second);

        file.set_modified(later + STEP).unwrap();
        fs::File::options()
            .append(true)
            .open(&path)
            .unwrap()
            .set_modified(later + STEP)
            .unwrap();
        assert_eq!(stamp(later), None, "a time in the future tells nothing");
    }
}
