//! The metadata by which a file is recognized without being read.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A file's identity, length and times, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    device: u64,
    inode: u64,
    length: u64,
    modified: i128,
    /// The change time, which no program can set.
    changed: i128,
}

/// The coarsest clock step of a file system (FAT). Within it, a file can change again and look the same.
const CLOCK_STEP: Duration = Duration::from_secs(2);

impl Fingerprint {
    /// Takes the fingerprint of a file.
    pub fn from_metadata(metadata: &Metadata) -> Self {
        let nanos =
            |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.len(),
            modified: nanos(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanos(metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// The fingerprint, if every later change will show in it: the file has not changed within [`CLOCK_STEP`] of `now`.
    pub(crate) fn settled(self, now: SystemTime) -> Option<Self> {
        let before = now
            .checked_sub(CLOCK_STEP)?
            .duration_since(UNIX_EPOCH)
            .ok()?;
        let before = i128::try_from(before.as_nanos()).ok()?;
        (self.modified.max(self.changed) < before).then_some(self)
    }

    /// True if the file was not written to between two fingerprints. Unlike equality, this allows changes of its links
    /// and permissions.
    pub fn has_same_content(&self, other: &Self) -> bool {
        let content = |fingerprint: &Self| Self {
            changed: 0,
            ..*fingerprint
        };
        content(self) == content(other)
    }

    /// The file's length in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};

    #[test]
    fn a_settled_fingerprint_shows_every_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "one").unwrap();
        let now = SystemTime::now();
        let later = now + 2 * CLOCK_STEP;
        let settled = |now| Fingerprint::from_metadata(&fs::metadata(&path).unwrap()).settled(now);
        assert_eq!(settled(now), None, "it may change within the same step");
        let first = settled(later);
        assert!(first.is_some());
        assert_eq!(first, settled(later + CLOCK_STEP));

        // The same length and the same time, which is what tools that restore times leave behind.
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        fs::write(&path, "two").unwrap();
        let file = File::options().append(true).open(&path).unwrap();
        file.set_modified(modified).unwrap();
        assert_ne!(settled(later), first);

        let second = settled(later);
        fs::write(folder.path().join("new"), "two").unwrap();
        fs::rename(folder.path().join("new"), &path).unwrap();
        assert_ne!(settled(later), second);

        file.set_modified(later + CLOCK_STEP).unwrap();
        fs::File::options()
            .append(true)
            .open(&path)
            .unwrap()
            .set_modified(later + CLOCK_STEP)
            .unwrap();
        assert_eq!(settled(later), None, "a time in the future proves nothing");
    }

    #[test]
    fn a_new_link_is_another_fingerprint_of_the_same_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "one").unwrap();
        let file = File::options().append(true).open(&path).unwrap();
        file.set_modified(UNIX_EPOCH + CLOCK_STEP).unwrap();
        let fingerprint = || Fingerprint::from_metadata(&file.metadata().unwrap());
        let first = fingerprint();
        fs::hard_link(&path, folder.path().join("link")).unwrap();
        assert!(first.has_same_content(&fingerprint()));
        fs::write(&path, "two").unwrap();
        assert!(!first.has_same_content(&fingerprint()));
    }
}
