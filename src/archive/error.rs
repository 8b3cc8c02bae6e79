//! Reasons to refuse an archive.

use std::io;

use thiserror::Error;

use crate::fs::budget::OverBudget;

/// A refused archive. Nothing of it is unpacked or served.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// A member's name contains `..`.
    #[error("{name:?} leads out of the archive")]
    Escape {
        /// The member.
        name: String,
    },
    /// A member's name is empty, too long or contains NUL.
    #[error("{name:?} cannot be a file name")]
    Name {
        /// The beginning of the name.
        name: String,
    },
    /// A member is a hard link to a file that did not come before.
    #[error("{name:?} is a link to nothing")]
    Link {
        /// The member.
        name: String,
    },
    /// A member is encrypted.
    #[error("{name:?} is encrypted")]
    Encrypted {
        /// The member.
        name: String,
    },
    /// A member is compressed with a method that is not supported.
    #[error("{name:?} is compressed with method {method}")]
    Method {
        /// The member.
        name: String,
        /// The compression method (APPNOTE.TXT, 4.4.5).
        method: u16,
    },
    /// A member is a file where another is a folder.
    #[error("{name:?} is both a file and a folder")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// Two members share bytes of the archive.
    #[error("{name:?} shares bytes with another member")]
    Overlap {
        /// The second member.
        name: String,
    },
    /// A member is compressed with an unsupported method that has a name instead of a number.
    #[error("{name:?} is compressed with {method}")]
    Coder {
        /// The member.
        name: String,
        /// The name of the method.
        method: String,
    },
    /// The archive needs a larger dictionary in memory than is allowed.
    #[error("a dictionary of {bytes} bytes")]
    Dictionary {
        /// The size that the archive asks for.
        bytes: u64,
        /// The largest that is allowed.
        most: u64,
    },
    /// There are too many members, or they are too large.
    #[error(transparent)]
    TooLarge(#[from] OverBudget),
    /// A member's content does not have the length or checksum that the archive states.
    #[error("{name:?} is damaged")]
    Broken {
        /// The member.
        name: String,
    },
    /// The file is not an archive, or is incomplete.
    #[error("not a complete archive")]
    Torn,
    /// The file cannot be read.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
}

impl From<ArchiveError> for io::Error {
    fn from(refused: ArchiveError) -> Self {
        match refused {
            ArchiveError::Unreadable(error) => error,
            refused => Self::other(refused),
        }
    }
}
