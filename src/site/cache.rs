//! The disk cache of coded content: a folder of files named after the hash of the plain content.
//!
//! Several processes can share it: files are created by a rename and end with a hash of their bytes; a file with a wrong
//! hash is ignored.

use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

use crate::compression::coding::Coding;
use crate::fs::replace::{Durability, replace};
use crate::site::etag::EntityTag;

/// The size of the cache, in bytes; the least recently used files are removed first.
const MAX_SIZE: u64 = 1 << 30;

/// The length of the hash at the end of a file.
const HASH: usize = blake3::OUT_LEN;

/// A folder of coded content.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// A cache in a folder, which is created when needed.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// The coded content for a tag; empty if the coding saves nothing.
    pub fn get(&self, content: &EntityTag, coding: Coding) -> Option<Vec<u8>> {
        let file = self.file(content, coding);
        let mut bytes = fs::read(&file).ok()?;
        let end = bytes.len().checked_sub(HASH)?;
        let hash = bytes.split_off(end);
        if blake3::hash(&bytes).as_bytes() != hash.as_slice() {
            return None;
        }
        // The time records the last use; failure only affects the order of removal.
        let _ = fs::File::options()
            .append(true)
            .open(&file)
            .and_then(|file| file.set_modified(SystemTime::now()));
        Some(bytes)
    }

    /// Stores coded content. Failure is ignored: it only costs time later.
    pub fn put(&self, content: &EntityTag, coding: Coding, bytes: &[u8]) {
        let _ = self.write(&self.file(content, coding), bytes);
    }

    /// Removes the least recently used files beyond the size of the cache.
    pub fn tidy(&self) {
        let _ = tidy(&self.folder, MAX_SIZE);
    }

    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut whole = bytes.to_vec();
        whole.extend_from_slice(blake3::hash(bytes).as_bytes());
        replace(file, &whole, Durability::Unsynced)?;
        Ok(())
    }

    fn file(&self, content: &EntityTag, coding: Coding) -> PathBuf {
        self.folder
            .join(format!("{}.{}", content.digits(), coding.extension()))
    }
}

fn tidy(folder: &Path, most: u64) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        // Another process may have removed the file.
        let Ok(metadata) = entry
            .as_ref()
            .map_or_else(|_| Err(()), |entry| entry.metadata().map_err(|_| ()))
        else {
            continue;
        };
        if let (Ok(entry), true) = (entry, metadata.is_file()) {
            files.push((metadata.modified()?, metadata.len(), entry.path()));
        }
    }
    files.sort();
    let mut total: u64 = files.iter().map(|(_, length, _)| length).sum();
    for (_, length, file) in files {
        if total <= most {
            break;
        }
        let _ = fs::remove_file(file);
        total -= length;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn stored_content_is_found_unless_its_file_is_torn() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("new/folder"));
        let (tag, other) = (EntityTag::from_content(b"a"), EntityTag::from_content(b"b"));
        assert_eq!(cache.get(&tag, Coding::Gzip), None);
        cache.put(&tag, Coding::Gzip, b"coded");
        cache.put(&tag, Coding::Zstd, b"");
        assert_eq!(
            cache.get(&tag, Coding::Gzip).as_deref(),
            Some(&b"coded"[..])
        );
        assert_eq!(cache.get(&tag, Coding::Zstd).as_deref(), Some(&b""[..]));
        assert_eq!(cache.get(&tag, Coding::Brotli), None);
        assert_eq!(cache.get(&other, Coding::Gzip), None);

        let file = cache.file(&tag, Coding::Gzip);
        let whole = fs::read(&file).unwrap();
        for length in 0..whole.len() {
            fs::write(&file, &whole[..length]).unwrap();
            assert_eq!(cache.get(&tag, Coding::Gzip), None, "{length} bytes of it");
        }
    }

    #[test]
    fn the_least_recently_used_files_are_removed_until_the_rest_fits() {
        let folder = tempfile::tempdir().unwrap();
        let long_ago = SystemTime::now() - Duration::from_secs(1000);
        let ages = [("oldest", 0), ("old", 10), ("new", 20), ("newest", 30)];
        for (name, age) in ages {
            fs::write(folder.path().join(name), [0; 100]).unwrap();
            let file = fs::File::options()
                .append(true)
                .open(folder.path().join(name))
                .unwrap();
            file.set_modified(long_ago + Duration::from_secs(age))
                .unwrap();
        }
        tidy(folder.path(), 250).unwrap();
        let left = ages.map(|(name, _)| folder.path().join(name).exists());
        assert_eq!(left, [false, false, true, true]);
    }
}
