//! Failures to build a site.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::source::unreadable::Unreadable;

/// A failure to build a site. The published site is not affected.
#[derive(Debug, Error)]
pub enum BuildError {
    /// A file or folder of the game cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The entry page has disappeared since the library was listed.
    #[error("the entry page {entry} is gone")]
    EntryGone {
        /// The entry page.
        entry: String,
    },
    /// The temporary folder is full or not writable.
    #[error("cannot write to the temporary folder {}: {error}", folder.display())]
    TempFolder {
        /// The temporary folder.
        folder: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
    /// The build was cancelled.
    #[error("the build was cancelled")]
    Cancelled,
}
