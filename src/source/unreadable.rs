//! Files that could not be read.

use std::io;
use std::path::Path;

use thiserror::Error;

/// A file or folder of a game that could not be read.
#[derive(Debug, Error)]
#[error("cannot read {path}: {error}")]
pub struct Unreadable {
    /// The path, below the path of an archive if it is in one.
    pub path: String,
    /// The system's error.
    pub error: io::Error,
}

impl Unreadable {
    pub(super) fn new(path: &Path, error: io::Error) -> Self {
        Self {
            path: path.display().to_string(),
            error,
        }
    }
}
