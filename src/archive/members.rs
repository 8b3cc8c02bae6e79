//! The members of an archive of any format, checked one by one as they are read.

use std::collections::HashMap;

use crate::archive::error::ArchiveError;
use crate::archive::limits::ArchiveLimits;
use crate::names::leftover::is_never_listed;

/// The longest name of a member, in bytes; no system opens a longer path.
const LONGEST_NAME: usize = 4096;

/// The type of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A device, a pipe or a socket.
    Special,
}

/// The members of an archive that were read so far.
#[derive(Debug)]
pub struct Members {
    limits: ArchiveLimits,
    count: usize,
    bytes: u64,
    /// Each part of each name, by the number of its folder; the root is 0.
    tree: HashMap<(usize, Box<str>), Node>,
}

#[derive(Clone, Copy, Debug)]
enum Node {
    File,
    Folder(usize),
}

impl Members {
    /// Creates an empty set.
    pub fn new(limits: ArchiveLimits) -> Self {
        Self {
            limits,
            count: 0,
            bytes: 0,
            tree: HashMap::new(),
        }
    }

    /// Checks the next member, which is `length` bytes unpacked. Returns the path of a file of the game: relative, with
    /// `/` as separator. Returns `None` for folders and leftovers. A file may come again; the last one counts.
    ///
    /// # Errors
    /// When the member is not allowed, or a limit is exceeded.
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
        let path = relative_path(name)?;
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
        if is_never_requested(&path) {
            return Ok(None);
        }
        // Unpacking programs let the last of several files with one name win.
        if !self.insert(&path, kind) {
            return Err(ArchiveError::Duplicate { name: name() });
        }
        Ok((kind == MemberKind::File).then_some(path))
    }

    /// The unpacked size of all members so far, in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// True if a file was admitted under a path.
    pub fn has_file(&self, path: &str) -> bool {
        let mut node = Node::Folder(0);
        for part in path.split('/') {
            let Node::Folder(folder) = node else {
                return false;
            };
            match self.tree.get(&(folder, part.into())) {
                Some(inner) => node = *inner,
                None => return false,
            }
        }
        matches!(node, Node::File)
    }

    /// Inserts a path into the tree; returns `false` if a file is where a folder must be, or the reverse.
    fn insert(&mut self, path: &str, kind: MemberKind) -> bool {
        let mut folder = 0;
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            let is_last = parts.peek().is_none();
            let new = self.tree.len() + 1;
            match (self.tree.get(&(folder, part.into())).copied(), is_last) {
                (Some(Node::Folder(inner)), false) => folder = inner,
                (Some(Node::Folder(_)), true) => return kind == MemberKind::Folder,
                (Some(Node::File), true) => return kind == MemberKind::File,
                (Some(Node::File), false) => return false,
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

/// Converts a member's name to a path below the game's folder. A backslash is a separator: Windows programs write it,
/// and browsers read it as one. The root or drive of an absolute name is dropped, as unpacking programs do.
pub fn relative_path(name: &str) -> Result<String, ArchiveError> {
    let beginning = || name.chars().take(80).collect();
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains('\0') {
        return Err(ArchiveError::Name { name: beginning() });
    }
    let below = match name.as_bytes() {
        [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic() => name.get(2..),
        _ => Some(name),
    };
    let parts = || below.unwrap_or(name).split(['/', '\\']);
    if parts().any(|part| part == "..") {
        return Err(ArchiveError::Escape { name: beginning() });
    }
    let parts: Vec<_> = parts()
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    Ok(parts.join("/"))
}

/// True if no game can request this path: leftovers, and names that no URL can express.
fn is_never_requested(path: &str) -> bool {
    path.is_empty()
        || path.split('/').any(is_never_listed)
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
    fn a_name_becomes_a_path_below_the_folder() {
        for (name, expected) in [
            ("index.html", Some("index.html")),
            ("a/b/c.js", Some("a/b/c.js")),
            ("./a//b/./c", Some("a/b/c")),
            ("build\\game.wasm", Some("build/game.wasm")),
            ("..a/b../c..d", None), // hidden
            ("a/b../c..d", Some("a/b../c..d")),
            ("ab:c", Some("ab:c")),
            ("c:a", Some("c:a")),
            ("/index.html", Some("index.html")),
            ("//host/a", Some("host/a")),
            ("C:\\game\\a.js", Some("game/a.js")),
            ("c:/a", Some("a")),
            ("/", None),
            ("\\", None),
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
    fn a_name_that_leads_out_is_refused() {
        for name in [
            "..",
            "../a",
            "a/../b",
            "a/..",
            "a\\..\\..\\b",
            "..\\a",
            "a/..\\b",
            "/../a",
            "C:\\..\\a",
        ] {
            assert!(
                matches!(file(name), Err(ArchiveError::Escape { .. })),
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
    fn a_link_or_device_is_refused_even_if_hidden() {
        for name in ["a", ".hidden"] {
            let admitted = members().admit(name, MemberKind::Link, 1);
            assert!(matches!(admitted, Err(ArchiveError::Link { .. })));
            let admitted = members().admit(name, MemberKind::Special, 0);
            assert!(matches!(admitted, Err(ArchiveError::Special { .. })));
        }
    }

    #[test]
    fn a_path_is_a_file_or_a_folder() {
        use MemberKind::{File, Folder};
        for (first, second, is_taken) in [
            (("a", File), ("a", File), false),
            (("a/b", File), ("a\\b", File), false),
            (("a", File), ("./a", File), false),
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
    fn members_beyond_a_limit_are_refused() {
        let limits = ArchiveLimits {
            members: 3,
            bytes: 10,
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
}
