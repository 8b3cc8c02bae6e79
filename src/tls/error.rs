//! Reasons why a certificate cannot be made or used.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// A certificate that cannot be made or used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{}: {error}", file.display())]
    File {
        /// The path.
        file: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: not a certificate or key in PEM", file.display())]
    NotPem {
        /// The path.
        file: PathBuf,
    },
    /// A key needs a password.
    #[error("{}: the key is encrypted", file.display())]
    Encrypted {
        /// The path.
        file: PathBuf,
    },
    /// The certificate and the key do not belong together, or are of a kind that is not supported.
    #[error("the certificate and the key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
    /// A certificate cannot be made.
    #[error("cannot make a certificate: {0}")]
    NotMade(#[from] rcgen::Error),
    /// The user has no folder for data.
    #[error("no folder for data: HOME is not set")]
    NoFolder,
}
