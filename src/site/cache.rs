//! What was compressed once, kept on disk for the next time: a folder of files named by the content's hash.
//!
//! Several processes may use it at once: a file appears whole by a rename, carries the hash of its bytes, and is taken
//! for missing when they do not fit (a torn write, another program's file).

use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

use crate::compression::coding::Coding;
use crate::site::etag::EntityTag;

/// How much is kept, in bytes; what was used longest ago goes first.
const MOST: u64 = 1 << 30;

/// The length of the hash at the end of each file.
const HASH: usize = blake3::OUT_LEN;

/// A folder of compressed content.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache in this folder, which need not be there yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// What the content of this tag is in a coding; empty when it was found not to be worth it.
    pub fn get(&self, content: &EntityTag, coding: Coding) -> Option<Vec<u8>> {
        let file = self.file(content, coding);
        let mut bytes = fs::read(&file).ok()?;
        let end = bytes.len().checked_sub(HASH)?;
        let hash = bytes.split_off(end);
        if blake3::hash(&bytes).as_bytes() != hash.as_slice() {
            return None;
        }
        // The time says when it was last of use; a folder that is not ours to write keeps its order.
        let _ = fs::File::options()
            .append(true)
            .open(&file)
            .and_then(|file| file.set_modified(SystemTime::now()));
        Some(bytes)
    }

    /// Keeps it. That it cannot be kept costs time the next time, and nothing else.
    pub fn put(&self, content: &EntityTag, coding: Coding, bytes: &[u8]) {
        let _ = self.write(&self.file(content, coding), bytes);
    }

    /// Removes what was used longest ago until what is left is within bounds.
    pub fn tidy(&self) {
        let _ = tidy(&self.folder, MOST);
    }

    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let new = file.with_extension(format!(
            "{}.{:?}.new",
            std::process::id(),
            std::thread::current().id()
        ));
        let mut whole = bytes.to_vec();
        whole.extend_from_slice(blake3::hash(bytes).as_bytes());
        fs::write(&new, whole)
            .and_then(|()| fs::rename(&new, file))
            .inspect_err(|_| {
                let _ = fs::remove_file(&new);
            })
    }

    fn file(&self, content: &EntityTag, coding: Coding) -> PathBuf {
        self.folder
            .join(format!("{}.{}", content.digits(), coding.extension()))
    }
}

fn tidy(folder: &Path, most: u64) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        // Another process may have tidied up meanwhile.
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
    fn what_is_put_is_got_and_what_is_torn_is_not() {
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
    fn what_was_used_longest_ago_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let long_ago = SystemTime::now() - Duration::from_secs(1000);
        for (name, age) in [("old", 0), ("middle", 10), ("new", 20)] {
            fs::write(folder.path().join(name), [0; 100]).unwrap();
            let file = fs::File::options()
                .append(true)
                .open(folder.path().join(name))
                .unwrap();
            file.set_modified(long_ago + Duration::from_secs(age))
                .unwrap();
        }
        tidy(folder.path(), 250).unwrap();
        let left = |name| folder.path().join(name).exists();
        assert!(!left("old") && left("middle") && left("new"));
    }
}
