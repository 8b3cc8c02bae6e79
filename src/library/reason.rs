//! Reasons to reject a game.

use std::path::PathBuf;

use thiserror::Error;

use crate::archive::error::ArchiveError;
use crate::library::foreign::Foreign;
use crate::library::mistake::SettingProblem;
use crate::source::manifest::ManifestError;

/// The reason why something is not a game.
#[derive(Debug, Error)]
pub enum Reason {
    /// The entry has a mistake.
    #[error("{0}")]
    Entry(SettingProblem),
    /// The slug has characters other than `a-z 0-9 -`.
    #[error("not a slug: {slug:?}")]
    Slug {
        /// The malformed slug.
        slug: String,
    },
    /// Another game has the same slug.
    #[error("duplicate slug: {slug:?}")]
    Duplicate {
        /// The slug.
        slug: String,
    },
    /// Nothing is at the path.
    #[error("not found: {}", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// The path is neither a folder nor a zip archive.
    #[error("neither a folder nor a .zip: {}", path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// The folder or archive has no entry page.
    #[error("no entry page: {}", path.display())]
    NoEntry {
        /// The path.
        path: PathBuf,
    },
    /// The configured game has no entry page, and the configuration may name one.
    #[error("no entry page: {}", path.display())]
    EntryUnset {
        /// The path.
        path: PathBuf,
    },
    /// The folder or archive is not a game, but holds several.
    #[error("several games: {}", path.display())]
    SeveralGames {
        /// The path.
        path: PathBuf,
        /// Their folders and archives.
        games: Vec<String>,
    },
    /// The configured entry page is not a page.
    #[error("not a page: {entry}")]
    NotAPage {
        /// The file.
        entry: String,
    },
    /// The path is not a web export, but something that has one.
    #[error("{kind:?}: {}", path.display())]
    Foreign {
        /// The path.
        path: PathBuf,
        /// The kind.
        kind: Foreign,
    },
    /// The configured entry page is missing.
    #[error("no {entry} in {}", path.display())]
    EntryMissing {
        /// The path.
        path: PathBuf,
        /// The page.
        entry: String,
    },
    /// The archive is refused.
    #[error("cannot use {}: {refused}", path.display())]
    Archive {
        /// The path.
        path: PathBuf,
        /// The reason.
        refused: ArchiveError,
    },
    /// The manifest of a game in object storage is refused.
    #[error("cannot use {object}: {refused}")]
    Manifest {
        /// The name of the manifest.
        object: String,
        /// The reason.
        refused: ManifestError,
    },
    /// The folder cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
}
