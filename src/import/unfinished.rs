//! A download that ended early. It stays in a hidden folder beside the games, and the next run continues it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::import::http_response::Version;
use crate::import::source::Address;

const PREFIX: &str = ".downloading-";

/// The version on the server that the bytes belong to.
const VERSION: &str = "version.json";

/// The time for which it is kept.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The hidden folder of a download, locked while its process lives. Deleted on drop, unless it is kept.
#[derive(Debug)]
pub(crate) struct UnfinishedDownload {
    folder: PathBuf,
    is_kept: bool,
    _lock: File,
}

/// The written form of a version.
#[derive(Debug, Deserialize, Serialize)]
struct KeptVersion {
    validator: String,
    total: Option<u64>,
    is_gzip: bool,
    is_html: bool,
}

impl UnfinishedDownload {
    /// Opens or creates the folder for an address. `None` where one cannot be, or another process downloads the same.
    /// The caller must hold the library's lock.
    pub(crate) fn open(games: &Path, address: &Address) -> Option<Self> {
        let digest = Sha256::digest(address.url.as_str());
        let name = digest.iter().take(16).map(|byte| format!("{byte:02x}"));
        let folder = games.join(format!("{PREFIX}{}", name.collect::<String>()));
        let _ = fs::create_dir(&folder);
        let lock = File::open(&folder).ok()?;
        lock.try_lock().ok()?;
        Some(Self {
            folder,
            is_kept: false,
            _lock: lock,
        })
    }

    /// The file that is downloaded to.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join("download")
    }

    /// The version that was remembered.
    pub(crate) fn version(&self) -> Option<Version> {
        let text = fs::read(self.folder.join(VERSION)).ok()?;
        let kept: KeptVersion = serde_json::from_slice(&text).ok()?;
        Some(Version {
            validator: Some(HeaderValue::from_str(&kept.validator).ok()?),
            total: kept.total,
            is_gzip: kept.is_gzip,
            is_html: kept.is_html,
        })
    }

    /// Forgets the version, before the bytes of another one are written.
    pub(crate) fn forget(&self) {
        let _ = fs::remove_file(self.folder.join(VERSION));
    }

    /// Remembers the version of the bytes that follow. Without a validator they cannot be continued.
    pub(crate) fn remember(&self, version: &Version) {
        let validator = version.validator.as_ref();
        if let Some(validator) = validator.and_then(|validator| validator.to_str().ok()) {
            let kept = KeptVersion {
                validator: validator.to_owned(),
                total: version.total,
                is_gzip: version.is_gzip,
                is_html: version.is_html,
            };
            // A failure only means that the next run starts again.
            if let Ok(text) = serde_json::to_vec(&kept) {
                let _ = fs::write(self.folder.join(VERSION), text);
            }
        }
    }

    /// Keeps what has arrived for the next run, if that can continue it.
    pub(crate) fn keep(&mut self) {
        let has_bytes = { self.file().metadata() }.is_ok_and(|file| file.len() > 0);
        self.is_kept = has_bytes && self.version().is_some();
    }
}

impl Drop for UnfinishedDownload {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Deletes downloads that nobody continued. The caller must hold the library's lock.
pub(crate) fn sweep(games: &Path) {
    let children = fs::read_dir(games).into_iter().flatten().flatten();
    let ours = children.filter(|child| {
        let name = child.file_name();
        name.as_encoded_bytes().starts_with(PREFIX.as_bytes())
    });
    for folder in ours.map(|child| child.path()) {
        let changed = folder.join("download").metadata();
        let changed = changed.or_else(|_| folder.metadata());
        let age = changed.and_then(|file| file.modified());
        let age = age.ok().and_then(|changed| changed.elapsed().ok());
        let is_locked = || File::open(&folder).is_ok_and(|lock| lock.try_lock().is_err());
        if age.is_some_and(|age| age > KEPT) && !is_locked() {
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::source::ImportSource;
    use std::time::SystemTime;

    fn address(url: &str) -> Address {
        match ImportSource::parse(url.as_ref()) {
            Ok(ImportSource::Web(address)) => address,
            other => panic!("{other:?}"),
        }
    }

    fn version(validator: Option<&'static str>) -> Version {
        Version {
            validator: validator.map(HeaderValue::from_static),
            total: Some(7),
            is_gzip: true,
            is_html: false,
        }
    }

    #[test]
    fn what_arrived_is_kept_with_its_version_only() {
        for (validator, bytes, is_kept) in [
            (Some("\"1\""), "some", true),
            (Some("\"1\""), "", false),
            (None, "some", false),
        ] {
            let games = tempfile::tempdir().unwrap();
            let open = || UnfinishedDownload::open(games.path(), &address("http://a.example/a"));
            let mut first = open().unwrap();
            assert!(open().is_none(), "it is locked");
            fs::write(first.file(), bytes).unwrap();
            first.remember(&version(validator));
            first.keep();
            drop(first);
            let second = open().unwrap();
            assert_eq!(second.version().is_some(), is_kept, "{validator:?} {bytes}");
            assert_eq!(second.file().exists(), is_kept, "{validator:?} {bytes}");
            assert!(!is_kept || second.version() == Some(version(validator)));
            drop(second);
            assert_eq!(fs::read_dir(games.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn downloads_of_long_ago_are_deleted() {
        let games = tempfile::tempdir().unwrap();
        for (url, days) in [("http://a.example/new", 6), ("http://a.example/old", 8)] {
            let mut download = UnfinishedDownload::open(games.path(), &address(url)).unwrap();
            let file = File::create(download.file()).unwrap();
            fs::write(download.file(), "some").unwrap();
            let day = Duration::from_secs(24 * 60 * 60);
            file.set_modified(SystemTime::now() - days * day).unwrap();
            download.remember(&version(Some("\"1\"")));
            download.keep();
        }
        sweep(games.path());
        let open = |url| UnfinishedDownload::open(games.path(), &address(url)).unwrap();
        assert!(open("http://a.example/new").version().is_some());
        assert!(open("http://a.example/old").version().is_none());
    }
}
