//! Why a game was not brought in, taken out or renamed.

use std::io;
use std::path::{Path, PathBuf};

use rust_i18n::t;
use thiserror::Error as ThisError;

use webserver::archive::limits::ArchiveError;
use webserver::config;
use webserver::library::game::Reason;

/// What went wrong. Nothing of it is in the library.
#[derive(Debug, ThisError)]
pub(crate) enum ImportError {
    #[error("{}", t!("import.interrupted"))]
    Interrupted,
    #[error("{}", t!("import.missing", path = path.display()))]
    Missing { path: PathBuf },
    #[error("{}", t!("import.no_source", path = path.display()))]
    NoSource { path: PathBuf },
    #[error("{}", t!("import.address", typed = typed, problem = problem))]
    Address { typed: String, problem: String },
    #[error("{}", t!("import.scheme", scheme = scheme))]
    Scheme { scheme: String },
    #[error("{}", t!("import.checksum"))]
    Checksum,
    #[error("{}", t!("import.read", path = path.display(), error = error))]
    Read { path: PathBuf, error: io::Error },
    #[error("{}", t!("import.write", path = path.display(), error = error))]
    Write { path: PathBuf, error: io::Error },
    #[error("{}", t!("import.link_out", path = path.display()))]
    LinkOut { path: PathBuf },
    #[error("{}", t!("import.link_dead", path = path.display()))]
    LinkDead { path: PathBuf },
    #[error("{}", t!("import.special", path = path.display()))]
    Special { path: PathBuf },
    #[error("{}", t!("import.name", path = path.display()))]
    Name { path: PathBuf },
    #[error("{}", t!("import.around_games", path = path.display()))]
    AroundGames { path: PathBuf },
    #[error("{}", t!("import.client", problem = problem))]
    Client { problem: String },
    #[error("{}", t!("import.connection", problem = problem))]
    Connection { problem: String },
    #[error("{}", t!("import.status", status = status))]
    Status { status: reqwest::StatusCode },
    #[error("{}", t!("import.html"))]
    Html,
    #[error("{}", t!("import.no_archive"))]
    NoArchive,
    #[error("{}", t!("import.too_big", most = most / 1_000_000))]
    TooBig { most: u64 },
    #[error("{}", t!("import.too_long", minutes = minutes))]
    TooLong { minutes: u64 },
    #[error("{}", t!("import.ranges"))]
    Ranges,
    #[error("{}", t!("import.other_bytes", found = found))]
    OtherBytes { found: String },
    #[error("{0}")]
    Archive(#[from] ArchiveError),
    #[error("{}", t!("import.no_entry"))]
    NoEntry,
    #[error("{0}")]
    Game(Reason),
    #[error("{}", t!("import.taken", slug = slug))]
    Taken { slug: String },
    #[error("{}", t!("import.new_slug_taken", slug = slug))]
    NewSlugTaken { slug: String },
    #[error("{}", t!("import.unknown", slug = slug, near = near))]
    Unknown { slug: String, near: String },
    #[error("{}", t!("import.bundled", slug = slug))]
    Bundled { slug: String },
    #[error("{}", t!("import.not_ours", slug = slug, folder = folder.display()))]
    NotOurs { slug: String, folder: PathBuf },
    #[error("{0}")]
    Config(#[from] config::ConfigError),
}

impl ImportError {
    /// This could not be read.
    pub(crate) fn read(path: &Path, error: io::Error) -> Self {
        Self::Read {
            path: path.to_owned(),
            error,
        }
    }

    /// This could not be written.
    pub(crate) fn write(path: &Path, error: io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            error,
        }
    }
}

impl From<Reason> for ImportError {
    /// The folder it speaks of is a hidden one, which is gone when this is read.
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::NoEntry { .. } => Self::NoEntry,
            reason => Self::Game(reason),
        }
    }
}
