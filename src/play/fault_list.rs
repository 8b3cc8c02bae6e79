//! The faults of a visit, each once, with the names of the game's files.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;

use webserver::check::play_fault::{ObservedFault, PlayFault};

/// The most faults that are kept: a game may throw in every frame.
pub(super) const MAX_FAULTS: usize = 100;

/// The longest message that is kept, in characters.
pub(super) const MAX_MESSAGE: usize = 300;

/// The faults of a visit.
#[derive(Debug)]
pub(crate) struct FaultList {
    /// The origin of the game, with a slash.
    origin: String,
    missing: HashSet<String>,
    pub found: Vec<ObservedFault>,
}

impl FaultList {
    /// A list for a game at this origin.
    pub(super) fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            missing: HashSet::new(),
            found: Vec::new(),
        }
    }

    /// Records a missing file; true the first time.
    pub(super) fn is_first_miss(&mut self, name: &str) -> bool {
        self.missing.insert(name.to_owned())
    }

    /// True if a message names a missing file.
    pub(super) fn names_missing(&self, message: &str) -> bool {
        self.missing.iter().any(|name| message.contains(name))
    }

    /// Adds a fault at a line counted from 0, unless it is known.
    pub(super) fn add(&mut self, fault: PlayFault, url: &str, line: Option<u64>) {
        let file = url
            .strip_prefix(&self.origin)
            .map(|path| self.file_name(path));
        let observed = ObservedFault {
            fault,
            line: file.as_ref().and(line).map(|line| line as usize + 1),
            file,
        };
        if self.found.len() < MAX_FAULTS && !self.found.contains(&observed) {
            self.found.push(observed);
        }
    }

    /// The name of a file of the game, or the URL, and whether it is on another host.
    pub(super) fn name(&self, url: &str) -> (String, bool) {
        match url.strip_prefix(&self.origin) {
            Some(path) => (self.file_name(path), false),
            None => (url.chars().take(MAX_MESSAGE).collect(), true),
        }
    }

    fn file_name(&self, path: &str) -> String {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let name = percent_decode_str(path).decode_utf8_lossy();
        match &*name {
            "" => "/".to_owned(),
            name => name.chars().take(MAX_MESSAGE).collect(),
        }
    }

    /// The first line of a message, without the origin, which differs between visits.
    pub(super) fn message(&self, text: &str) -> String {
        let line = text.lines().find(|line| !line.trim().is_empty());
        let line = line.unwrap_or_default().replace(&self.origin, "");
        line.trim().chars().take(MAX_MESSAGE).collect()
    }
}
