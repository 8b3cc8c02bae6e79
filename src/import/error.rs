//! Errors of changes to the library.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error as ThisError;

use webserver::archive::error::ArchiveError;
use webserver::bucket::error::BucketError;
use webserver::config;
use webserver::library::foreign::Foreign;
use webserver::library::reason::Reason;

/// A failed change. The library is as it was before.
#[derive(Debug, ThisError)]
pub(crate) enum ImportError {
    #[error("interrupted")]
    Interrupted,
    #[error("not found: {}", path.display())]
    Missing { path: PathBuf },
    #[error("neither a folder nor a file: {}", path.display())]
    NoSource { path: PathBuf },
    #[error("not a URL: {typed:?}: {problem}")]
    Address { typed: String, problem: String },
    #[error("unsupported scheme: {scheme}")]
    Scheme { scheme: String },
    #[error("malformed checksum")]
    Checksum,
    #[error("cannot read {}: {error}", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("cannot write {}: {error}", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("{} is a link to {}, where nothing is", path.display(), target.display())]
    DeadLink { path: PathBuf, target: PathBuf },
    #[error("not UTF-8: {}", path.display())]
    Name { path: PathBuf },
    #[error("the library is in {}", path.display())]
    AroundGames { path: PathBuf },
    #[error("no game that is not in the library: {}", folder.display())]
    NothingNew { folder: PathBuf },
    #[error("{games} games in one source")]
    Several { games: usize },
    #[error("the page loads {file} in {}", folder.display())]
    PageOfFolder { file: String, folder: PathBuf },
    #[error("not an archive")]
    NoArchive,
    #[error("{0}")]
    Download(#[from] DownloadError),
    #[error("{0}")]
    Archive(#[from] ArchiveError),
    #[error("no entry page")]
    NoEntry,
    #[error("{0:?}")]
    Foreign(Foreign),
    #[error("{0}")]
    Game(Reason),
    #[error("slug in use: {slug}")]
    Taken { slug: String },
    #[error("slug in use: {slug}")]
    NewSlugTaken { slug: String },
    #[error("no such game: {slug}")]
    Unknown { slug: String, near: Vec<String> },
    #[error("bundled game: {slug}")]
    Bundled { slug: String },
    #[error("not listed: {slug}, in {}", folder.display())]
    NotOurs { slug: String, folder: PathBuf },
    #[error("{0}")]
    Bucket(BucketError),
    #[error("{0}")]
    Config(#[from] config::ConfigError),
}

/// A site whose pages are often mistaken for the downloads on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DownloadSite {
    Itch,
    GitHub,
    GoogleDrive,
    Dropbox,
}

impl DownloadSite {
    /// Recognises a site by the authority of a URL.
    pub(crate) fn of(host: &str) -> Option<Self> {
        let is_of = |site: &str| {
            let below = host.strip_suffix(site);
            below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
        };
        match () {
            () if is_of("itch.io") => Some(Self::Itch),
            () if is_of("github.com") => Some(Self::GitHub),
            () if is_of("drive.google.com") || is_of("docs.google.com") => Some(Self::GoogleDrive),
            () if is_of("dropbox.com") => Some(Self::Dropbox),
            () => None,
        }
    }
}

/// A failed download.
#[derive(Debug, ThisError)]
pub(crate) enum DownloadError {
    #[error("no HTTP client: {problem}")]
    Client { problem: String },
    #[error("download failed: {problem}")]
    Connection { problem: String },
    #[error("the server answered {status}")]
    Status { status: reqwest::StatusCode },
    #[error("an HTML page instead of an archive")]
    Html,
    #[error("a page of {site:?} instead of an archive")]
    PageOf { site: DownloadSite },
    #[error("larger than {most} bytes")]
    TooBig { most: u64 },
    #[error("not complete after {minutes} minutes")]
    TooLong { minutes: u64 },
    #[error("the server asks to come again in {seconds} seconds")]
    Busy { seconds: u64 },
    #[error("no answer within {minutes} minutes")]
    NoAnswer { minutes: u64 },
    #[error("nothing arrived for {seconds} seconds")]
    Idle { seconds: u64 },
    #[error("the server sent another range")]
    Ranges,
    #[error("wrong checksum: {found}")]
    OtherBytes { found: String },
}

impl ImportError {
    /// A path that cannot be read.
    pub(crate) fn read(path: &Path, error: io::Error) -> Self {
        Self::Read {
            path: path.to_owned(),
            error,
        }
    }

    /// A path that cannot be written.
    pub(crate) fn write(path: &Path, error: io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            error,
        }
    }
}

impl From<BucketError> for ImportError {
    fn from(error: BucketError) -> Self {
        match error {
            BucketError::Taken { slug } => Self::Taken { slug },
            BucketError::Cancelled => Self::Interrupted,
            error => Self::Bucket(error),
        }
    }
}

impl From<Reason> for ImportError {
    /// Drops the path of a missing entry page: it is that of the hidden folder, which is deleted.
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::NoEntry { .. } | Reason::SeveralGames { .. } => Self::NoEntry,
            Reason::Foreign { kind, .. } => Self::Foreign(kind),
            reason => Self::Game(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_recognised_by_their_domain() {
        for (host, expected) in [
            ("me.itch.io", Some(DownloadSite::Itch)),
            ("github.com", Some(DownloadSite::GitHub)),
            ("drive.google.com", Some(DownloadSite::GoogleDrive)),
            ("www.dropbox.com", Some(DownloadSite::Dropbox)),
            ("notgithub.com", None),
            ("github.com.example.org", None),
        ] {
            assert_eq!(DownloadSite::of(host), expected, "{host}");
        }
    }
}
