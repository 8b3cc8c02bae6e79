//! What an archive may hold. Its members are checked one by one, whatever format they come in.

use std::collections::HashMap;
use std::io;

use thiserror::Error;

use crate::fs::confined::is_leftover;

/// The longest name of a member, in bytes; no system opens a longer path.
const LONGEST_NAME: usize = 4096;

/// How much an archive may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// How many members.
    pub members: usize,
    /// How many bytes they may be together when they are unpacked.
    pub bytes: u64,
    /// How many times larger than packed a member, or all of them together, may be ...
    pub ratio: u64,
    /// ... when that is more than this many bytes.
    pub ratio_from: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            members: 20_000,
            bytes: 4_000_000_000,
            ratio: 200,
            ratio_from: 10_000_000,
        }
    }
}

impl ArchiveLimits {
    /// Compares what a member, or with no name all of them, is unpacked with the bytes that it is packed in.
    ///
    /// # Errors
    /// When those are so few that the archive was made to do harm.
    pub fn check_ratio(&self, name: &str, length: u64, packed: u64) -> Result<(), ArchiveError> {
        if length > self.ratio_from && length > packed.saturating_mul(self.ratio) {
            return Err(ArchiveError::Ratio {
                name: name.to_owned(),
                most: self.ratio,
            });
        }
        Ok(())
    }
}

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// Bytes with a name.
    File,
    /// A folder.
    Folder,
    /// A symbolic or hard link.
    Link,
    /// A device, a pipe, a socket.
    Special,
}

/// Why an archive is not used. None of it is unpacked or served.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// A name with a `..` in it.
    #[error("{name:?} leads out of the archive")]
    Escape {
        /// The member.
        name: String,
    },
    /// A name that begins with a slash or a drive.
    #[error("{name:?} is an absolute path")]
    Absolute {
        /// The member.
        name: String,
    },
    /// A name that is empty, too long or has a NUL in it.
    #[error("{name:?} cannot be a file name")]
    Name {
        /// The member, or the beginning of its name.
        name: String,
    },
    /// A symbolic or hard link.
    #[error("{name:?} is a link")]
    Link {
        /// The member.
        name: String,
    },
    /// A device, a pipe, a socket.
    #[error("{name:?} is a device or a pipe")]
    Special {
        /// The member.
        name: String,
    },
    /// A member that needs a password.
    #[error("{name:?} is encrypted")]
    Encrypted {
        /// The member.
        name: String,
    },
    /// A member packed in a way that is neither stored nor deflated.
    #[error("{name:?} is compressed with method {method}")]
    Method {
        /// The member.
        name: String,
        /// The method's number (APPNOTE.TXT, 4.4.5).
        method: u16,
    },
    /// Two members of one name, or a file where another member has a folder.
    #[error("{name:?} is there more than once")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// Two members that share bytes of the archive.
    #[error("{name:?} shares bytes with another member")]
    Overlap {
        /// The later one.
        name: String,
    },
    /// More members than allowed.
    #[error("more than {most} members")]
    Members {
        /// How many are allowed.
        most: usize,
    },
    /// More bytes than allowed.
    #[error("more than {most} bytes unpacked")]
    Bytes {
        /// How many are allowed.
        most: u64,
    },
    /// Bytes out of next to nothing, as in an archive made to fill a disk.
    #[error("{name:?} unpacks to more than {most} times its size")]
    Ratio {
        /// The member, or nothing for all of them together.
        name: String,
        /// How many times its packed size it may be.
        most: u64,
    },
    /// A member that does not unpack to what the archive says of it.
    #[error("{name:?} is damaged")]
    Broken {
        /// The member.
        name: String,
    },
    /// It is no archive, or a part of one.
    #[error("not a complete archive")]
    Torn,
    /// It cannot be read.
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

/// The members seen so far, and what is allowed.
#[derive(Debug)]
pub struct Members {
    limits: ArchiveLimits,
    count: usize,
    bytes: u64,
    /// Each part of each name, by the number of the folder it is in; the root is 0.
    tree: HashMap<(usize, Box<str>), Node>,
}

#[derive(Clone, Copy, Debug)]
enum Node {
    File,
    Folder(usize),
}

impl Members {
    /// None seen yet.
    pub fn new(limits: ArchiveLimits) -> Self {
        Self {
            limits,
            count: 0,
            bytes: 0,
            tree: HashMap::new(),
        }
    }

    /// Takes the next member, `length` bytes when unpacked, and returns the path of a file that belongs to the game:
    /// with `/` between its parts, not beginning with one. Folders and junk have none.
    ///
    /// # Errors
    /// When it is not allowed, or no more is.
    pub fn admit(
        &mut self,
        name: &str,
        kind: MemberKind,
        length: u64,
    ) -> Result<Option<String>, ArchiveError> {
        self.count += 1;
        if self.count > self.limits.members {
            return Err(ArchiveError::Members {
                most: self.limits.members,
            });
        }
        let path = path(name)?;
        let name = || name.to_owned();
        match kind {
            MemberKind::Link => return Err(ArchiveError::Link { name: name() }),
            MemberKind::Special => return Err(ArchiveError::Special { name: name() }),
            MemberKind::File | MemberKind::Folder => {}
        }
        self.bytes = self.bytes.saturating_add(length);
        if self.bytes > self.limits.bytes {
            return Err(ArchiveError::Bytes {
                most: self.limits.bytes,
            });
        }
        if is_junk(&path) {
            return Ok(None);
        }
        if !self.place(&path, kind) {
            return Err(ArchiveError::Duplicate { name: name() });
        }
        Ok((kind == MemberKind::File).then_some(path))
    }

    /// How many bytes the members seen so far are together when they are unpacked.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Puts a path into the tree; `false` when something else is in its place.
    fn place(&mut self, path: &str, kind: MemberKind) -> bool {
        let mut folder = 0;
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            let is_last = parts.peek().is_none();
            let new = self.tree.len() + 1;
            match (self.tree.get(&(folder, part.into())).copied(), is_last) {
                (Some(Node::Folder(inner)), false) => folder = inner,
                (Some(Node::Folder(_)), true) => return kind == MemberKind::Folder,
                (Some(Node::File), _) => return false,
                (None, true) if kind == MemberKind::File => {
                    self.tree.insert((folder, part.into()), Node::File);
                }
                (None, _) => {
                    self.tree.insert((folder, part.into()), Node::Folder(new));
                    folder = new;
                }
            }
        }
        true
    }
}

/// A member's name as a path that cannot lead anywhere else. A backslash separates, as Windows programs write it and as
/// browsers read it.
fn path(name: &str) -> Result<String, ArchiveError> {
    let owned = || name.chars().take(80).collect();
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains('\0') {
        return Err(ArchiveError::Name { name: owned() });
    }
    let has_drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if has_drive || name.starts_with(['/', '\\']) {
        return Err(ArchiveError::Absolute { name: owned() });
    }
    let parts = || name.split(['/', '\\']);
    if parts().any(|part| part == "..") {
        return Err(ArchiveError::Escape { name: owned() });
    }
    let parts: Vec<_> = parts()
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    Ok(parts.join("/"))
}

/// What no game asks for: leftovers, as in folders, and names that no URL can express.
fn is_junk(path: &str) -> bool {
    path.is_empty()
        || path.split('/').any(is_leftover)
        || path.chars().any(|c| c.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members() -> Members {
        Members::new(ArchiveLimits::default())
    }

    fn file(name: &str) -> Result<Option<String>, ArchiveError> {
        members().admit(name, MemberKind::File, 1)
    }

    #[test]
    fn names_become_paths_that_stay_inside() {
        for (name, expected) in [
            ("index.html", Some("index.html")),
            ("a/b/c.js", Some("a/b/c.js")),
            ("./a//b/./c", Some("a/b/c")),
            ("build\\game.wasm", Some("build/game.wasm")),
            ("..a/b../c..d", None), // hidden
            ("a/b../c..d", Some("a/b../c..d")),
            ("ab:c", Some("ab:c")),
            ("中文/角色.png", Some("中文/角色.png")),
            ("__MACOSX/._index.html", None),
            ("a/__MACOSX", None),
            ("a/Thumbs.db", None),
            (".DS_Store", None),
            ("a/.git/config", None),
            ("Icon\r", None),
            (".", None),
        ] {
            assert_eq!(file(name).unwrap().as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn names_that_lead_out_are_refused() {
        for name in [
            "..",
            "../a",
            "a/../b",
            "a/..",
            "a\\..\\..\\b",
            "..\\a",
            "a/..\\b",
        ] {
            assert!(
                matches!(file(name), Err(ArchiveError::Escape { .. })),
                "{name}"
            );
        }
        for name in [
            "/a",
            "/",
            "//host/a",
            "\\a",
            "\\\\host\\a",
            "C:\\a",
            "c:a",
            "C:/a",
        ] {
            assert!(
                matches!(file(name), Err(ArchiveError::Absolute { .. })),
                "{name}"
            );
        }
        let long = "a/".repeat(LONGEST_NAME);
        for name in ["", "a\0b", &long] {
            assert!(
                matches!(file(name), Err(ArchiveError::Name { .. })),
                "{name:?}"
            );
        }
    }

    #[test]
    fn links_and_devices_are_refused_wherever_they_are() {
        for name in ["a", ".hidden"] {
            let admitted = members().admit(name, MemberKind::Link, 1);
            assert!(matches!(admitted, Err(ArchiveError::Link { .. })));
            let admitted = members().admit(name, MemberKind::Special, 0);
            assert!(matches!(admitted, Err(ArchiveError::Special { .. })));
        }
    }

    #[test]
    fn a_place_is_taken_once() {
        use MemberKind::{File, Folder};
        for (first, second, is_taken) in [
            (("a", File), ("a", File), true),
            (("a/b", File), ("a\\b", File), true),
            (("a", File), ("./a", File), true),
            (("a", File), ("a/b", File), true),
            (("a/b", File), ("a", File), true),
            (("a/", Folder), ("a", File), true),
            (("a", File), ("a/", Folder), true),
            (("a/", Folder), ("a/", Folder), false),
            (("a/", Folder), ("a/b", File), false),
            (("a/b", File), ("a/", Folder), false),
            (("a", File), ("A", File), false),
            (("a/b", File), ("b", File), false),
        ] {
            let mut members = members();
            members.admit(first.0, first.1, 1).unwrap();
            let admitted = members.admit(second.0, second.1, 1);
            let was_taken = matches!(admitted, Err(ArchiveError::Duplicate { .. }));
            assert_eq!(was_taken, is_taken, "{first:?} {second:?}");
        }
    }

    #[test]
    fn so_many_and_no_more() {
        let limits = ArchiveLimits {
            members: 3,
            bytes: 10,
            ..ArchiveLimits::default()
        };
        let mut members = Members::new(limits);
        for name in ["a", "b", ".c"] {
            members.admit(name, MemberKind::File, 1).unwrap();
        }
        let admitted = members.admit("d", MemberKind::File, 1);
        assert!(matches!(admitted, Err(ArchiveError::Members { most: 3 })));

        let mut members = Members::new(limits);
        members.admit("a", MemberKind::File, 4).unwrap();
        members.admit("b", MemberKind::File, 6).unwrap();
        let admitted = members.admit("c", MemberKind::File, 1);
        assert!(matches!(admitted, Err(ArchiveError::Bytes { most: 10 })));
        let admitted = Members::new(limits).admit("a", MemberKind::File, u64::MAX);
        assert!(matches!(admitted, Err(ArchiveError::Bytes { .. })));
    }

    #[test]
    fn much_out_of_little_is_refused() {
        let megabyte = 1_000_000;
        for (length, packed, is_refused) in [
            (10 * megabyte, 1, false),
            (11 * megabyte, 55_000, false),
            (11 * megabyte, 54_999, true),
            (11 * megabyte, 0, true),
        ] {
            let checked = ArchiveLimits::default().check_ratio("a", length, packed);
            let was_refused = matches!(checked, Err(ArchiveError::Ratio { .. }));
            assert_eq!(was_refused, is_refused, "{length} out of {packed}");
        }
    }
}
