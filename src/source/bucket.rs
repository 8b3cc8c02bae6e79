//! A game in object storage: its files are read from a cache on disk, where each is named by the hash of its content.
//! The cache is filled before a build; nothing here uses the network.

use std::fs::File as DiskFile;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::{fmt, fs};

use bytes::Bytes;

use crate::fs::pinned::Pinned;
use crate::source::file::{File, FileContent};
use crate::source::manifest::{GameManifest, HashedFile};

/// A library in object storage, and the cache of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketPlace {
    /// The address, `s3://bucket/games`.
    pub address: String,
    /// The address of the service, if it is not the provider's own.
    pub endpoint: Option<String>,
    /// The folder of the cache.
    pub cache: PathBuf,
    /// The most bytes that the cache keeps.
    pub cache_bytes: u64,
}

impl BucketPlace {
    /// The path of a file in the cache.
    pub fn cached(&self, hash: &blake3::Hash) -> PathBuf {
        let name = hash.to_hex();
        self.cache.join("files").join(&name[..2]).join(&*name)
    }
}

/// The files of a game in object storage.
#[derive(Clone)]
pub struct BucketFiles {
    /// The library.
    pub place: Arc<BucketPlace>,
    /// The name of the game in the library.
    pub slug: String,
    /// The hash of the manifest.
    pub digest: blake3::Hash,
    /// The manifest.
    pub manifest: Arc<GameManifest>,
}

impl BucketFiles {
    /// Lists the files.
    pub(super) fn files(&self) -> Vec<File> {
        let file = |(path, file): (&String, &HashedFile)| File {
            path: path.clone(),
            length: file.length,
            packed: None,
            on_disk: None,
            fingerprint: None,
        };
        self.manifest.files.iter().map(file).collect()
    }

    /// Opens a file of the cache; one of more than `most` bytes stays on disk.
    pub(super) fn open(&self, path: &str, most: u64) -> io::Result<FileContent> {
        let (file, length) = self.find(path)?;
        if file.metadata()?.len() != length {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut bytes = Vec::new();
        // A file for which there is no memory stays on disk too.
        if length > most || bytes.try_reserve_exact(length as usize).is_err() {
            return Ok(FileContent::Big(Pinned::new(file)?, 0..length));
        }
        file.take(length).read_to_end(&mut bytes)?;
        Ok(FileContent::Bytes(bytes.into()))
    }

    /// Reads the first `most` bytes of a file; fails if it has not been fetched.
    pub(super) fn head(&self, path: &str, most: u64) -> io::Result<Bytes> {
        let (file, length) = self.find(path)?;
        let mut head = Vec::with_capacity(length.min(most) as usize);
        file.take(most).read_to_end(&mut head)?;
        Ok(head.into())
    }

    fn find(&self, path: &str) -> io::Result<(DiskFile, u64)> {
        let file = self.manifest.files.get(path);
        let file = file.ok_or(io::ErrorKind::NotFound)?;
        let opened = fs::File::open(self.place.cached(&file.hash))?;
        Ok((opened, file.length))
    }
}

/// Compares the manifests, which name every file by its content.
impl PartialEq for BucketFiles {
    fn eq(&self, other: &Self) -> bool {
        (&self.place, &self.slug, self.digest) == (&other.place, &other.slug, other.digest)
    }
}

impl Eq for BucketFiles {}

impl fmt::Debug for BucketFiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BucketFiles({self})")
    }
}

impl fmt::Display for BucketFiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.place.address.trim_end_matches('/');
        write!(formatter, "{address}/games/{}", self.slug)
    }
}
