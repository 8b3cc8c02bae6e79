//! The symbolic links of an archive, resolved among its own members as a file system would resolve them.

use std::collections::BTreeMap;

use crate::archive::error::ArchiveError;
use crate::fs::budget::GameBudget;
use crate::names::left_out::{LeftOut, LeftOutCause};

/// The maximum number of links followed for one path, as on Linux (path_resolution(7)).
const MOST_FOLLOWED: usize = 40;

/// The links of an archive whose members are all known.
#[derive(Debug)]
pub(super) struct Links {
    /// The lengths of the files, by path.
    pub(super) files: BTreeMap<String, u64>,
    /// The targets of the links, by path.
    pub(super) targets: BTreeMap<String, String>,
}

/// The files that links stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkedFiles {
    /// The path of each, and the path of the member that it is the same as.
    pub files: Vec<(String, String)>,
    /// The links that are broken, circular, or point outside the archive.
    pub left_out: Vec<LeftOut>,
}

/// The end of a path whose links are followed.
enum Target {
    File(String),
    Folder(String),
}

impl Links {
    /// Finds the files that the links stand for. Those below a linked folder count, too.
    ///
    /// # Errors
    /// When the files exceed a limit.
    pub(super) fn resolve(&self, mut found: Found<'_>) -> Result<LinkedFiles, ArchiveError> {
        for path in self.targets.keys() {
            let ancestors = path
                .rmatch_indices('/')
                .map(|(end, _)| path[..end].to_owned());
            let mut above: Vec<_> = ancestors.chain([String::new()]).collect();
            self.follow(path, path, 1, &mut above, &mut found)?;
        }
        Ok(found.linked)
    }

    /// Follows the link at a path, which is seen at another path, of so many links, by those who follow links above it.
    fn follow(
        &self,
        path: &str,
        seen_at: &str,
        links: usize,
        above: &mut Vec<String>,
        found: &mut Found<'_>,
    ) -> Result<(), ArchiveError> {
        found.budget.admit(0)?;
        match self.target(path) {
            Ok(Target::File(file)) => found.add(seen_at, &file, self.length(&file)),
            Ok(Target::Folder(folder)) if links <= MOST_FOLLOWED && !above.contains(&folder) => {
                above.push(folder.clone());
                let below = format!("{folder}/");
                for (file, length) in entries(&self.files, &below) {
                    found.add(
                        &format!("{seen_at}/{}", &file[below.len()..]),
                        file,
                        *length,
                    )?;
                }
                for (link, _) in entries(&self.targets, &below) {
                    let seen_at = format!("{seen_at}/{}", &link[below.len()..]);
                    self.follow(link, &seen_at, links + 1, above, found)?;
                }
                above.pop();
                Ok(())
            }
            Ok(Target::Folder(_)) => {
                found.leave_out(seen_at, LeftOutCause::DeadLink);
                Ok(())
            }
            Err(cause) => {
                found.leave_out(seen_at, cause);
                Ok(())
            }
        }
    }

    fn length(&self, file: &str) -> u64 {
        self.files.get(file).copied().unwrap_or_default()
    }

    /// The file or folder that a path leads to.
    fn target(&self, path: &str) -> Result<Target, LeftOutCause> {
        let mut left: Vec<&str> = path.rsplit('/').collect();
        let mut at: Vec<&str> = Vec::new();
        let mut followed = 0;
        while let Some(part) = left.pop() {
            match part {
                "" | "." => continue,
                ".." => {
                    at.pop().ok_or(LeftOutCause::LinkOut)?;
                    continue;
                }
                part => at.push(part),
            }
            let Some(target) = self.targets.get(&at.join("/")) else {
                continue;
            };
            followed += 1;
            if followed > MOST_FOLLOWED {
                return Err(LeftOutCause::DeadLink);
            }
            if target.starts_with('/') {
                return Err(LeftOutCause::LinkOut);
            }
            at.pop();
            left.extend(target.rsplit('/'));
        }
        let path = at.join("/");
        if self.files.contains_key(&path) {
            return Ok(Target::File(path));
        }
        let below = format!("{path}/");
        let is_folder = path.is_empty()
            || entries(&self.files, &below).next().is_some()
            || entries(&self.targets, &below).next().is_some();
        match is_folder {
            true => Ok(Target::Folder(path)),
            false => Err(LeftOutCause::DeadLink),
        }
    }
}

/// The entries below a folder, whose path ends with a slash.
fn entries<'a, T>(
    all: &'a BTreeMap<String, T>,
    below: &'a str,
) -> impl Iterator<Item = (&'a String, &'a T)> {
    all.range(below.to_owned()..)
        .take_while(move |(path, _)| path.starts_with(below))
}

/// The files found so far, counted with the members before them.
#[derive(Debug)]
pub(super) struct Found<'a> {
    budget: &'a GameBudget,
    linked: LinkedFiles,
}

impl<'a> Found<'a> {
    /// None yet, after the members that the budget has counted.
    pub(super) fn new(budget: &'a GameBudget) -> Self {
        Self {
            budget,
            linked: LinkedFiles::default(),
        }
    }

    fn add(&mut self, path: &str, file: &str, length: u64) -> Result<(), ArchiveError> {
        self.budget.admit(length)?;
        self.linked.files.push((path.to_owned(), file.to_owned()));
        Ok(())
    }

    fn leave_out(&mut self, path: &str, cause: LeftOutCause) {
        let path = path.to_owned();
        self.linked.left_out.push(LeftOut { path, cause });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::budget::GameLimits;

    #[test]
    fn links_lead_where_a_file_system_leads_them() {
        let links = Links {
            files: ["a.js", "d/b.js", "d/e/c.js", "x/y.js"]
                .map(|path| (path.to_owned(), 1))
                .into(),
            targets: [
                ("same.js", "a.js"),
                ("d/up.js", "../a.js"),
                ("d/e/again.js", "../up.js"),
                ("folder", "d/e"),
                ("through.js", "folder/./c.js"),
                ("x/self", "."),
                ("x/root", ".."),
                ("gone.js", "nowhere.js"),
                ("round", "trip"),
                ("trip", "round"),
                ("out.js", "../outside.js"),
                ("etc", "/etc/passwd"),
                ("x/far", "../../x/y.js"),
            ]
            .map(|(path, target)| (path.to_owned(), target.to_owned()))
            .into(),
        };
        let budget = GameBudget::default();
        let mut linked = links.resolve(Found::new(&budget)).unwrap();
        linked.files.sort();
        let files = [
            ("d/e/again.js", "a.js"),
            ("d/up.js", "a.js"),
            ("folder/again.js", "a.js"),
            ("folder/c.js", "d/e/c.js"),
            ("same.js", "a.js"),
            ("through.js", "d/e/c.js"),
        ];
        let files = files.map(|(path, file)| (path.to_owned(), file.to_owned()));
        assert_eq!(linked.files, files);
        let mut left_out: Vec<_> = { linked.left_out.iter() }
            .map(|left_out| (left_out.path.as_str(), left_out.cause.token()))
            .collect();
        left_out.sort();
        let expected = [
            ("etc", "link-out"),
            ("gone.js", "dead-link"),
            ("out.js", "link-out"),
            ("round", "dead-link"),
            ("trip", "dead-link"),
            ("x/far", "link-out"),
            ("x/root", "dead-link"),
            ("x/self", "dead-link"),
        ];
        assert_eq!(left_out, expected);

        let few = GameBudget::new(GameLimits {
            bytes: 5,
            ..GameLimits::default()
        });
        let refused = links.resolve(Found::new(&few)).unwrap_err();
        assert_eq!(refused.to_string(), "more than 5 bytes unpacked");
    }

    #[test]
    fn a_long_chain_of_linked_folders_ends() {
        let budget = GameBudget::default();
        let chain = |length: u32| {
            let link = |level: u32| (format!("{level}/a"), format!("../{}", level + 1));
            let links = Links {
                files: [(format!("{length}/a.js"), 1)].into(),
                targets: (0..length).map(link).collect(),
            };
            links.resolve(Found::new(&budget))
        };
        assert_eq!(chain(100).unwrap().files.len(), MOST_FOLLOWED);
        // Would overflow the stack.
        assert!(matches!(chain(50_000), Err(ArchiveError::TooLarge(_))));
    }

    #[test]
    fn folders_linked_over_and_over_are_refused() {
        // Each folder is seen twice in the one before: 2^40 paths, without one file.
        let target = |(level, name): (u32, &str)| {
            let path = format!("{level}/{name}");
            (path, format!("../{}", level + 1))
        };
        let levels = (0..40).flat_map(|level| [(level, "a"), (level, "b")]);
        let mut targets: BTreeMap<_, _> = levels.map(target).collect();
        targets.insert("40/a".to_owned(), "nowhere".to_owned());
        let files = BTreeMap::new();
        let budget = GameBudget::default();
        let refused = Links { files, targets }.resolve(Found::new(&budget));
        assert!(matches!(refused, Err(ArchiveError::TooLarge(_))));
    }
}
