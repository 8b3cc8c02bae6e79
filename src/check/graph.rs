//! The files of a game and the references between them.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::check::reference::Role;
use crate::source::file::File;

/// Extensions of the files that engines load before the game can be played.
const PAYLOADS: &[&str] = &["wasm", "pck", "data", "mem", "unityweb", "pak", "love"];

/// Endings of compressed files.
const ENDINGS: &[&str] = &[".gz", ".br", ".zst", ".unityweb"];

/// A reference that was resolved to a file.
#[derive(Debug)]
struct Edge {
    to: String,
    role: Role,
}

/// The references that were resolved.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    edges: HashMap<String, Vec<Edge>>,
    /// The last path segments of the string constants in each file's scripts.
    words: HashMap<String, HashSet<String>>,
}

impl Graph {
    pub(crate) fn add(&mut self, from: &str, to: &str, role: Role) {
        let to = to.to_owned();
        let edge = Edge { to, role };
        self.edges.entry(from.to_owned()).or_default().push(edge);
    }

    pub(crate) fn add_word(&mut self, file: &str, constant: &str) {
        let last = constant.rsplit('/').next().unwrap_or_default();
        let words = self.words.entry(file.to_owned()).or_default();
        words.insert(last.to_owned());
    }

    /// The files that a file leads to, itself included.
    pub(crate) fn reachable(
        &self,
        from: &str,
        follows: impl Fn(&str, Role) -> bool,
    ) -> HashSet<String> {
        let mut reached = HashSet::from([from.to_owned()]);
        let mut queue = VecDeque::from([from.to_owned()]);
        while let Some(file) = queue.pop_front() {
            let edges = self.edges.get(&file).into_iter().flatten();
            for edge in edges.filter(|edge| follows(&file, edge.role)) {
                if reached.insert(edge.to.clone()) {
                    queue.push_back(edge.to.clone());
                }
            }
        }
        reached
    }

    /// The files that are loaded before the game can be played. Of a file and its compressed siblings, one is counted.
    pub(crate) fn loaded_first(&self, entry: &str, files: &[File]) -> HashSet<String> {
        let is_style = |file: &str| !file.ends_with("manifest") && !file.ends_with(".json");
        let mut loaded_first = self.reachable(entry, |file, role| match role {
            Role::Loaded => true,
            Role::Decoration => is_style(file),
            Role::Linked => false,
        });
        let words: HashSet<&str> = loaded_first
            .iter()
            .filter_map(|file| self.words.get(file))
            .flatten()
            .map(String::as_str)
            .collect();
        let names: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let is_sibling = |name: &str| {
            let inner = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
            inner.is_some_and(|inner| names.contains(inner))
        };
        let payloads = files.iter().map(|file| &file.path);
        let payloads = payloads.filter(|name| is_payload(name, &words) && !is_sibling(name));
        let payloads: Vec<_> = payloads.cloned().collect();
        loaded_first.extend(payloads);
        loaded_first
    }
}

/// True if a file is loaded by an engine, which joins its name from words of its script, such as `index` and `.pck`.
fn is_payload(name: &str, words: &HashSet<&str>) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let inner = ENDINGS.iter().find_map(|ending| last.strip_suffix(ending));
    let inner = inner.unwrap_or(last);
    let has_payload_extension = |name: &str| {
        let extension = name.rsplit('.').next().unwrap_or_default();
        PAYLOADS.contains(&extension)
    };
    let stem = inner.split('.').next().unwrap_or(inner);
    (has_payload_extension(inner) || has_payload_extension(last))
        && [last, inner, stem].iter().any(|word| words.contains(word))
}
