//! The members of an archive of any format, checked one by one as they are read.

use std::collections::{BTreeMap, HashMap};

use crate::archive::error::ArchiveError;
use crate::archive::links::{Found, LinkedFiles, Links};
use crate::fs::budget::GameBudget;
use crate::names::left_out::{LeftOut, LeftOutCause};
use crate::names::leftover::is_never_listed;

/// The longest name of a member, in bytes; no system opens a longer path.
pub const LONGEST_NAME: usize = 4096;

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
pub struct Members<'a> {
    budget: &'a GameBudget,
    special: Vec<String>,
    /// Each part of each name, by the number of its folder; the root is 0.
    tree: HashMap<(usize, Box<str>), Node>,
}

#[derive(Clone, Debug)]
enum Node {
    /// Its length in bytes.
    File(u64),
    Folder(usize),
    /// Its target.
    Link(String),
}

impl<'a> Members<'a> {
    /// Creates an empty set, which counts in a budget.
    pub fn new(budget: &'a GameBudget) -> Self {
        Self {
            budget,
            special: Vec::new(),
            tree: HashMap::new(),
        }
    }

    /// Checks the next member, which is `length` bytes unpacked. Returns the path of a file of the game: relative, with
    /// `/` as separator. Returns `None` for folders, for what is left out, and for links, which [`Self::admit_link`] takes.
    /// A file may come again; the last one counts.
    ///
    /// # Errors
    /// When the member is not allowed, or a limit is exceeded.
    pub fn admit(
        &mut self,
        name: &str,
        kind: MemberKind,
        length: u64,
    ) -> Result<Option<String>, ArchiveError> {
        let path = self.count(name, length)?;
        match kind {
            _ if is_never_requested(&path) => return Ok(None),
            MemberKind::Special => {
                self.special.push(path);
                return Ok(None);
            }
            MemberKind::Link => return Ok(None),
            MemberKind::File | MemberKind::Folder => {}
        }
        let leaf = (kind == MemberKind::File).then_some(Node::File(length));
        // Unpacking programs let the last of several files with one name win.
        match self.insert(&path, leaf) {
            true => Ok((kind == MemberKind::File).then_some(path)),
            false => Err(ArchiveError::Duplicate {
                name: name.to_owned(),
            }),
        }
    }

    /// Checks a symbolic link, and keeps its target for [`Self::linked_files`].
    ///
    /// # Errors
    /// Same as [`Self::admit`].
    pub fn admit_link(&mut self, name: &str, target: &str) -> Result<(), ArchiveError> {
        let path = self.count(name, 0)?;
        match is_never_requested(&path) || self.insert(&path, Some(Node::Link(target.to_owned()))) {
            true => Ok(()),
            false => Err(ArchiveError::Duplicate {
                name: name.to_owned(),
            }),
        }
    }

    /// Counts a member, and returns its path.
    fn count(&self, name: &str, length: u64) -> Result<String, ArchiveError> {
        self.budget.admit(length)?;
        relative_path(name)
    }

    /// The files that links stand for, and what is left out, once all members are admitted.
    ///
    /// # Errors
    /// When these files exceed a limit.
    pub fn linked_files(&self) -> Result<LinkedFiles, ArchiveError> {
        let is_link = |node: &Node| matches!(node, Node::Link(_));
        let mut linked = match self.tree.values().any(is_link) {
            false => LinkedFiles::default(),
            true => self.links().resolve(Found::new(self.budget))?,
        };
        linked
            .left_out
            .extend(self.special.iter().map(|path| LeftOut {
                path: path.clone(),
                cause: LeftOutCause::Special,
            }));
        Ok(linked)
    }

    /// The files and links by their paths.
    fn links(&self) -> Links {
        let folders: HashMap<usize, (usize, &str)> = { self.tree.iter() }
            .filter_map(|((above, name), node)| match node {
                Node::Folder(number) => Some((*number, (*above, &**name))),
                Node::File(_) | Node::Link(_) => None,
            })
            .collect();
        let path = |(above, name): &(usize, Box<str>)| {
            let mut parts = vec![&**name];
            let mut folder = *above;
            while let Some((above, name)) = folders.get(&folder) {
                parts.push(name);
                folder = *above;
            }
            parts.reverse();
            parts.join("/")
        };
        let (mut files, mut targets) = (BTreeMap::new(), BTreeMap::new());
        for (at, node) in &self.tree {
            match node {
                Node::File(length) => drop(files.insert(path(at), *length)),
                Node::Link(target) => drop(targets.insert(path(at), target.clone())),
                Node::Folder(_) => {}
            }
        }
        Links { files, targets }
    }

    /// True if a file was admitted under a path.
    pub fn has_file(&self, path: &str) -> bool {
        let mut at = Some(0);
        let mut is_file = false;
        for part in path.split('/') {
            let Some(folder) = at else {
                return false;
            };
            match self.tree.get(&(folder, part.into())) {
                Some(Node::Folder(inner)) => at = Some(*inner),
                Some(node) => (at, is_file) = (None, matches!(node, Node::File(_))),
                None => return false,
            }
        }
        is_file
    }

    /// Inserts a file or link, or a folder if there is no leaf. Returns `false` if something of another kind is there.
    fn insert(&mut self, path: &str, leaf: Option<Node>) -> bool {
        let mut folder = 0;
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            let is_last = parts.peek().is_none();
            let new = self.tree.len() + 1;
            let key = (folder, Box::from(part));
            match (self.tree.get(&key), leaf.as_ref().filter(|_| is_last)) {
                (Some(Node::Folder(inner)), None) => folder = *inner,
                (None, None) => {
                    self.tree.insert(key, Node::Folder(new));
                    folder = new;
                }
                (Some(Node::File(_)), Some(Node::File(_)))
                | (Some(Node::Link(_)), Some(Node::Link(_)))
                | (None, Some(_)) => {
                    self.tree.extend(leaf.map(|leaf| (key, leaf)));
                    return true;
                }
                (Some(_), _) => return false,
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
    use crate::fs::budget::GameLimits;

    fn file(name: &str) -> Result<Option<String>, ArchiveError> {
        Members::new(&GameBudget::default()).admit(name, MemberKind::File, 1)
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
    fn a_link_stands_for_a_file_and_a_device_is_left_out() {
        let budget = GameBudget::default();
        let mut members = Members::new(&budget);
        members.admit("game/a.js", MemberKind::File, 1).unwrap();
        members.admit_link("game/b.js", "a.js").unwrap();
        members.admit_link("game/.DS_Store", "a.js").unwrap();
        let pipe = members.admit("game/pipe", MemberKind::Special, 0);
        assert_eq!(pipe.unwrap(), None);
        let linked = members.linked_files().unwrap();
        let same = [("game/b.js".to_owned(), "game/a.js".to_owned())];
        assert_eq!(linked.files, same);
        let pipe = LeftOut {
            path: "game/pipe".to_owned(),
            cause: LeftOutCause::Special,
        };
        assert_eq!(linked.left_out, [pipe]);
        for (name, target) in [("game", "x"), ("game/a.js", "x"), ("game/b.js/c", "x")] {
            let refused = members.admit_link(name, target);
            assert!(
                matches!(refused, Err(ArchiveError::Duplicate { .. })),
                "{name}"
            );
        }
        // Nothing is written through a link.
        let refused = members.admit("game/b.js/c", MemberKind::File, 1);
        assert!(matches!(refused, Err(ArchiveError::Duplicate { .. })));
        let refused = members.admit("game/b.js", MemberKind::File, 1);
        assert!(matches!(refused, Err(ArchiveError::Duplicate { .. })));
        let refused = members.admit_link("../b.js", "a.js");
        assert!(matches!(refused, Err(ArchiveError::Escape { .. })));
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
            let budget = GameBudget::default();
            let mut members = Members::new(&budget);
            members.admit(first.0, first.1, 1).unwrap();
            let admitted = members.admit(second.0, second.1, 1);
            let was_taken = matches!(admitted, Err(ArchiveError::Duplicate { .. }));
            assert_eq!(was_taken, is_taken, "{first:?} {second:?}");
        }
    }

    #[test]
    fn members_are_counted_with_those_that_are_left_out() {
        let budget = GameBudget::new(GameLimits {
            files: 3,
            ..GameLimits::default()
        });
        let mut members = Members::new(&budget);
        for name in ["a", "b", ".c"] {
            members.admit(name, MemberKind::File, 1).unwrap();
        }
        let refused = members.admit("d", MemberKind::File, 1).unwrap_err();
        assert_eq!(refused.to_string(), "more than 3 files");
    }
}
