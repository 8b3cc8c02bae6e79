//! Errors of libraries in object storage.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::bucket::address::AddressError;
use crate::source::manifest::ManifestError;
use crate::source::unreadable::Unreadable;

/// A failed operation on a library in object storage.
#[derive(Debug, Error)]
pub enum BucketError {
    /// The address is not one of object storage.
    #[error("{0}")]
    Address(#[from] AddressError),
    /// The settings of the service are wrong or incomplete.
    #[error("{address}: {problem}")]
    Settings {
        /// The library.
        address: String,
        /// The client's explanation.
        problem: String,
    },
    /// The service rejects the credentials, or they lack a permission.
    #[error("access denied to {object}")]
    Denied {
        /// The object.
        object: String,
    },
    /// The service cannot be reached, or answers with an error.
    #[error("{object}: {problem}")]
    Service {
        /// The object.
        object: String,
        /// The client's explanation.
        problem: String,
    },
    /// The library has no such game.
    #[error("no game {slug}")]
    Unknown {
        /// The slug.
        slug: String,
    },
    /// The library has a game of this name.
    #[error("slug in use: {slug}")]
    Taken {
        /// The slug.
        slug: String,
    },
    /// Somebody else changed the object at the same time.
    #[error("changed by somebody else: {object}")]
    Changed {
        /// The object.
        object: String,
    },
    /// Another game is being published.
    #[error("{slug} is being published")]
    BeingPublished {
        /// The game.
        slug: String,
    },
    /// A replica cannot get the game.
    #[error("refused by a replica: {problem}")]
    Refused {
        /// The replica's explanation.
        problem: String,
    },
    /// Too few replicas get a game ready.
    #[error("{ready} of {replicas} replicas are ready")]
    NotReady {
        /// The replicas that are ready.
        ready: usize,
        /// The replicas that are there.
        replicas: usize,
    },
    /// A manifest is refused.
    #[error("{object}: {refused}")]
    Manifest {
        /// The manifest.
        object: String,
        /// The reason.
        refused: ManifestError,
    },
    /// A file that the manifest names is missing.
    #[error("{path} is missing")]
    FileMissing {
        /// The file.
        path: String,
    },
    /// A file does not match its manifest.
    #[error("{path} is not the file that its manifest names")]
    OtherBytes {
        /// The file.
        path: String,
    },
    /// The game does not fit in the cache.
    #[error("{bytes} bytes do not fit in a cache of {most}")]
    CacheTooSmall {
        /// The size of the game.
        bytes: u64,
        /// The limit of the cache.
        most: u64,
    },
    /// The system has no folder for caches.
    #[error("no cache folder")]
    NoCache,
    /// The cache cannot be written.
    #[error("cannot write {}: {error}", path.display())]
    Cache {
        /// The path.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// A file to upload cannot be read.
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
    /// The operation was cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl BucketError {
    /// An error of the client about an object.
    pub(super) fn of(error: object_store::Error, object: &str) -> Self {
        use object_store::Error;

        let object = object.to_owned();
        match error {
            Error::Precondition { .. } | Error::AlreadyExists { .. } => Self::Changed { object },
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
                Self::Denied { object }
            }
            error => Self::Service {
                problem: root_cause(&error),
                object,
            },
        }
    }

    /// True if another attempt may succeed.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Service { .. })
    }
}

/// The last cause, which is the most specific one, on one line.
pub(super) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let text = cause.to_string();
    let text = message(&text).unwrap_or(&text);
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").chars().take(300).collect()
}

/// The message in a service's answer, which is XML.
fn message(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("<Message>")?;
    let (message, _) = rest.split_once("</Message>")?;
    Some(message)
}
