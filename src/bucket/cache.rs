//! The cache of files on disk, each named by the hash of its content. Beyond its limit, the least recently used files
//! are deleted.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;
use walkdir::WalkDir;

use crate::bucket::error::BucketError;
use crate::source::bucket::BucketPlace;
use crate::source::manifest::HashedFile;

/// The prefix of the name of a file that is being fetched.
const UNFINISHED: &str = ".fetching-";

/// The age beyond which an unfinished file is left over from a crash.
const LEFT_BEHIND: Duration = Duration::from_secs(3600);

/// The bytes that are hashed at a time.
const CHUNK: usize = 128 << 10;

/// The cache of a library.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FileCache<'a> {
    place: &'a BucketPlace,
}

/// A file that is being fetched into the cache.
#[derive(Debug)]
pub(crate) struct UnfinishedFile {
    file: NamedTempFile,
    hasher: blake3::Hasher,
    length: u64,
}

impl<'a> FileCache<'a> {
    pub(crate) fn new(place: &'a BucketPlace) -> Self {
        Self { place }
    }

    /// True if the cache has an intact copy of a file. Reads all of it, and deletes a damaged one.
    pub(crate) fn has(&self, file: &HashedFile) -> bool {
        let path = self.place.cached(&file.hash);
        let Ok(cached) = File::open(&path) else {
            return false;
        };
        let is_whole = matches!(hash(&cached), Ok(hash) if hash == file.hash);
        match is_whole {
            // The time of the last use; a failure only affects what is deleted first.
            true => drop(cached.set_modified(SystemTime::now())),
            false => drop(fs::remove_file(&path)),
        }
        is_whole
    }

    /// Starts a new file.
    ///
    /// # Errors
    /// When the cache cannot be written.
    pub(crate) fn begin(&self) -> Result<UnfinishedFile, BucketError> {
        let folder = self.place.cache.join("files");
        let begin = || {
            fs::create_dir_all(&folder)?;
            tempfile::Builder::new()
                .prefix(UNFINISHED)
                .tempfile_in(&folder)
        };
        Ok(UnfinishedFile {
            file: begin().map_err(|error| unwritable(&folder, error))?,
            hasher: blake3::Hasher::new(),
            length: 0,
        })
    }

    /// Moves a finished file into the cache. Returns false if it is not the expected file.
    ///
    /// # Errors
    /// When the cache cannot be written.
    pub(crate) fn finish(
        &self,
        unfinished: UnfinishedFile,
        expected: &HashedFile,
    ) -> Result<bool, BucketError> {
        let is_it =
            unfinished.length == expected.length && unfinished.hasher.finalize() == expected.hash;
        if !is_it {
            return Ok(false);
        }
        let path = self.place.cached(&expected.hash);
        let persist = || {
            fs::create_dir_all(path.parent().unwrap_or(&self.place.cache))?;
            unfinished.file.persist(&path)?;
            Ok(())
        };
        persist().map_err(|error| unwritable(&path, error))?;
        Ok(true)
    }

    /// Deletes the least recently used files until `needed` more bytes fit, except those to keep.
    ///
    /// # Errors
    /// When they cannot fit.
    pub(crate) fn make_room(
        &self,
        needed: u64,
        keep: &HashSet<blake3::Hash>,
    ) -> Result<(), BucketError> {
        let most = self.place.cache_bytes;
        let (mut all, mut kept) = (0, 0);
        let mut others = Vec::new();
        let now = SystemTime::now();
        for (path, metadata) in self.files() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let length = metadata.len();
            let modified = metadata.modified().unwrap_or(now);
            if name.starts_with(UNFINISHED) {
                let age = now.duration_since(modified).unwrap_or_default();
                if age > LEFT_BEHIND {
                    let _ = fs::remove_file(&path);
                }
                continue;
            }
            all += length;
            match blake3::Hash::from_hex(name.as_bytes()) {
                Ok(hash) if keep.contains(&hash) => kept += length,
                _ => others.push((modified, length, path)),
            }
        }
        if kept + needed > most {
            let bytes = kept + needed;
            return Err(BucketError::CacheTooSmall { bytes, most });
        }
        others.sort();
        for (_, length, path) in others {
            if all + needed <= most {
                break;
            }
            if fs::remove_file(path).is_ok() {
                all -= length;
            }
        }
        Ok(())
    }

    fn files(&self) -> impl Iterator<Item = (PathBuf, fs::Metadata)> + use<> {
        let walk = WalkDir::new(self.place.cache.join("files")).into_iter();
        walk.flatten()
            .filter(|entry| entry.file_type().is_file())
            .filter_map(|entry| Some((entry.path().to_owned(), entry.metadata().ok()?)))
    }
}

impl UnfinishedFile {
    /// Appends bytes.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), BucketError> {
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
        let written = self.file.write_all(bytes);
        written.map_err(|error| unwritable(self.file.path(), error))
    }

    /// The bytes so far.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }
}

fn hash(mut file: &File) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hasher.finalize()),
            read => hasher.update(&chunk[..read]),
        };
    }
}

fn unwritable(path: &Path, error: io::Error) -> BucketError {
    BucketError::Cache {
        path: path.to_owned(),
        error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(folder: &Path, cache_bytes: u64) -> BucketPlace {
        BucketPlace {
            address: "file:///nowhere".into(),
            endpoint: None,
            cache: folder.to_owned(),
            cache_bytes,
        }
    }

    fn put(cache: FileCache<'_>, content: &str) -> HashedFile {
        let file = HashedFile {
            length: content.len() as u64,
            hash: blake3::hash(content.as_bytes()),
        };
        let mut unfinished = cache.begin().unwrap();
        unfinished.append(content.as_bytes()).unwrap();
        assert!(cache.finish(unfinished, &file).unwrap());
        file
    }

    #[test]
    fn a_file_is_cached_only_if_it_is_the_one_expected() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path(), 100);
        let cache = FileCache::new(&place);
        let file = put(cache, "content");
        assert!(cache.has(&file));
        for (content, length) in [("contend", 7), ("conten", 6), ("contents", 8)] {
            let mut unfinished = cache.begin().unwrap();
            unfinished.append(content.as_bytes()).unwrap();
            assert_eq!(unfinished.length(), length);
            assert!(!cache.finish(unfinished, &file).unwrap(), "{content}");
        }
        // Damage on disk, of the same length.
        fs::write(place.cached(&file.hash), "contend").unwrap();
        assert!(!cache.has(&file));
        assert!(!place.cached(&file.hash).exists());
    }

    #[test]
    fn the_files_used_longest_ago_go_first_and_those_to_keep_stay() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path(), 12);
        let cache = FileCache::new(&place);
        let files = ["one!", "two!", "six!"].map(|content| put(cache, content));
        let mut age = Duration::from_secs(1_000);
        for file in &files {
            let cached = File::options().write(true).open(place.cached(&file.hash));
            let time = SystemTime::now() - age;
            cached.unwrap().set_modified(time).unwrap();
            age -= Duration::from_secs(100);
        }
        let [one, two, six] = files;
        assert!(cache.has(&one), "now the one used last");
        cache.make_room(4, &HashSet::from([six.hash])).unwrap();
        assert!(cache.has(&one) && !cache.has(&two) && cache.has(&six));
        let refused = cache.make_room(9, &HashSet::from([six.hash]));
        assert!(matches!(
            refused,
            Err(BucketError::CacheTooSmall {
                bytes: 13,
                most: 12
            })
        ));
        assert!(cache.has(&one), "nothing is deleted in vain");
    }
}
