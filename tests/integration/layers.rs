//! Invariant 1: imports point down, between rooms and between files. The map of rooms in `docs/architecture.md` is drawn
//! from the imports; after a change, `UPDATE_MAP=1 cargo test --test integration layers` draws it again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const BEGIN: &str = "<!-- map: begin -->\n```text\n";
const END: &str = "```\n<!-- map: end -->";

/// Rooms of the binary; all others belong to the library.
const BINARY: &[&str] = &[
    "main",
    "cli",
    "commands",
    "console",
    "control",
    "import",
    "play",
    "web_console",
];

/// A node and what it imports.
pub(crate) type Graph = BTreeMap<String, BTreeSet<String>>;

#[test]
fn files_import_each_other_without_a_circle() {
    assert_eq!(circle(&files()), None, "these files import each other");
}

#[test]
fn rooms_import_each_other_without_a_circle() {
    assert_eq!(
        circle(&rooms(&files())),
        None,
        "these rooms import each other"
    );
}

#[test]
fn the_library_imports_nothing_of_the_binary() {
    let rooms = rooms(&files());
    for (room, imported) in &rooms {
        let is_upward = |other: &&String| BINARY.contains(&other.as_str());
        if !BINARY.contains(&room.as_str()) {
            assert_eq!(imported.iter().find(is_upward), None, "{room} imports it");
        }
    }
}

#[test]
fn the_map_in_the_architecture_page_is_the_code() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let text = fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the page has a map");
    let (drawn, after) = rest.split_once(END).expect("the map has an end");
    let rooms = rooms(&files());
    assert_eq!(circle(&rooms), None, "no map has a circle");
    let map = map(&rooms);
    if std::env::var_os("UPDATE_MAP").is_some() {
        fs::write(&page, format!("{before}{BEGIN}{map}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(drawn, map, "draw it again with UPDATE_MAP=1");
}

#[test]
fn every_type_has_a_name_of_its_own() {
    let mut declared = BTreeMap::new();
    for (file, code) in source_files() {
        for name in types(&code) {
            let other = declared.insert(name.clone(), file.clone());
            assert_eq!(other, None, "{file} and another file declare {name}");
        }
    }
    assert!(declared.len() > 100, "{} types", declared.len());
}

#[test]
fn declared_types_are_found() {
    let code = "pub(crate) struct A<T>(T);\nenum B {}\npub trait C {\n    type Inner;\n}\n/// A struct D.\ntype E = A<B>;\nmod f {\n    pub struct G;\n}\n";
    assert_eq!(types(code), ["A", "B", "C", "E", "G"]);
}

#[test]
fn imports_are_found_in_every_form() {
    let code =
        "use crate::a::{b::C, d::{self, E as F}};\nfn f() { crate::g::h(); super::i::J::new() }\n";
    let mut found: Vec<_> = imports(code);
    found.sort();
    assert_eq!(
        found,
        [
            "crate::a::b::C",
            "crate::a::d",
            "crate::a::d::E",
            "crate::g::h",
            "super::i::J::new"
        ]
    );
}

#[test]
fn a_circle_is_found() {
    let graph = |arrows: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in arrows {
            graph
                .entry((*from).into())
                .or_default()
                .insert((*to).into());
        }
        graph
    };
    assert_eq!(circle(&graph(&[("a", "b"), ("b", "c"), ("a", "c")])), None);
    let found = circle(&graph(&[("a", "b"), ("b", "c"), ("c", "b")]));
    assert_eq!(found, Some(vec!["b".into(), "c".into()]));
}

/// The names of the types that code declares; associated types belong to their trait.
fn types(code: &str) -> Vec<String> {
    let mut types = Vec::new();
    for line in code.lines() {
        let mut words = line.split_whitespace().peekable();
        while words.next_if(|word| word.starts_with("pub")).is_some() {}
        let is_type = match words.next() {
            Some("struct" | "enum" | "trait" | "union") => true,
            Some("type") => !line.starts_with(' '),
            _ => false,
        };
        let name = words.next().unwrap_or_default();
        let end = name.find(|c: char| !c.is_alphanumeric());
        let name = &name[..end.unwrap_or(name.len())];
        if is_type && !name.is_empty() {
            types.push(name.to_owned());
        }
    }
    types
}

/// Every file of `src` below it without `.rs`, and its code, without comments and test modules.
pub(crate) fn source_files() -> BTreeMap<String, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = BTreeMap::new();
    for file in rust_files(&source) {
        let name = file.strip_prefix(&source).unwrap().with_extension("");
        let name = name.to_str().unwrap().to_owned();
        let text = fs::read_to_string(file).unwrap();
        let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap();
        let is_test = name.split('/').any(|part| part == "tests");
        if !is_test {
            files.insert(name, without_comments(code));
        }
    }
    files
}

/// Every file of `src` with the files that it imports, test modules aside.
pub(crate) fn files() -> Graph {
    let mut modules = BTreeMap::new();
    for (name, code) in source_files() {
        let name: Vec<_> = name.split('/').map(str::to_owned).collect();
        modules.insert(module(&name), (name, code));
    }
    let mut graph = Graph::new();
    for (path, (name, code)) in &modules {
        let arrows = graph.entry(name.join("/")).or_default();
        let mut named = imports(code);
        if name == &["main"] {
            // It names its rooms without `crate`.
            let rooms = code.lines().filter_map(|line| line.strip_prefix("mod "));
            named.extend(rooms.map(|room| format!("crate::{}", room.trim_end_matches(';'))));
        }
        for import in named {
            let imported = resolve(path, &import);
            // The longest module that the path begins with.
            let known = (0..=imported.len())
                .rev()
                .find_map(|end| modules.get(&imported[..end]));
            if let Some((other, _)) = known
                && other != name
            {
                arrows.insert(other.join("/"));
            }
        }
    }
    graph
}

/// The crate's name, then the module's path.
fn module(name: &[String]) -> Vec<String> {
    let is_binary = BINARY.contains(&name[0].as_str());
    let mut path = vec![if is_binary { "main" } else { "lib" }.to_owned()];
    path.extend(
        name.iter()
            .filter(|part| !["mod", "main", "lib"].contains(&part.as_str()))
            .cloned(),
    );
    path
}

/// The whole path of what a file imports; empty for what is in another package.
fn resolve(from: &[String], import: &str) -> Vec<String> {
    let mut path = from.to_vec();
    let mut parts = import.split("::").peekable();
    match parts.next() {
        Some("crate") => path.truncate(1),
        Some("webserver") => path = vec!["lib".into()],
        Some("super") => {
            path.pop();
            while parts.next_if_eq(&"super").is_some() {
                path.pop();
            }
        }
        _ => return Vec::new(),
    }
    path.extend(parts.map(str::to_owned));
    path
}

/// The paths that code names after `crate`, `super` or `webserver`, in `use` or elsewhere.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for root in ["crate::", "super::", "webserver::"] {
        for (start, _) in code.match_indices(root) {
            let is_inner =
                code[..start].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c));
            if !is_inner {
                tree(&code[start..], "", &mut found);
            }
        }
    }
    found
}

/// Reads one tree of paths, such as `a::{b, c::d}`, and returns its length.
fn tree(text: &str, prefix: &str, found: &mut Vec<String>) -> usize {
    let is_path = |c: char| c.is_alphanumeric() || "_:*".contains(c);
    let end = text.find(|c| !is_path(c)).unwrap_or(text.len());
    let path = format!("{prefix}{}", &text[..end]);
    if !text[end..].starts_with('{') || !path.ends_with("::") {
        let path = path.trim_end_matches("::self").trim_end_matches(':');
        found.push(path.to_owned());
        return end;
    }
    let mut at = end + 1;
    loop {
        at += text[at..].len() - text[at..].trim_start_matches([' ', '\n', ',']).len();
        if text[at..].is_empty() || text[at..].starts_with('}') {
            return at + 1;
        }
        at += tree(&text[at..], &path, found);
        // Another name for it.
        at += text[at..].find([',', '}']).unwrap_or(text.len() - at);
    }
}

fn without_comments(code: &str) -> String {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    code.lines()
        .filter(is_code)
        .flat_map(|line| [line, "\n"])
        .collect()
}

pub(crate) fn rooms(files: &Graph) -> Graph {
    let room = |file: &str| file.split('/').next().unwrap_or(file).to_owned();
    let mut rooms = Graph::new();
    for (file, imported) in files {
        let arrows = rooms.entry(room(file)).or_default();
        // `super` in a module within a file may name the crate's root.
        let is_other = |other: &String| *other != room(file) && other != "lib";
        arrows.extend(imported.iter().map(|other| room(other)).filter(is_other));
    }
    rooms
}

/// The nodes of the first circle found.
fn circle(graph: &Graph) -> Option<Vec<String>> {
    let mut left = graph.clone();
    // Whatever imports nothing that is left cannot be in a circle.
    loop {
        let ends: Vec<_> = left
            .iter()
            .filter(|(_, imported)| !imported.iter().any(|other| left.contains_key(other)))
            .map(|(node, _)| node.clone())
            .collect();
        if ends.is_empty() {
            break;
        }
        left.retain(|node, _| !ends.contains(node));
    }
    // From any that is left, arrows lead into a circle.
    let mut path: Vec<String> = vec![left.keys().next()?.clone()];
    loop {
        let next = left[path.last()?]
            .iter()
            .find(|other| left.contains_key(*other))?;
        if let Some(start) = path.iter().position(|node| node == next) {
            path.drain(..start);
            path.sort();
            return Some(path);
        }
        path.push(next.clone());
    }
}

/// One line a room, each above all that it imports.
fn map(rooms: &Graph) -> String {
    fn depth(rooms: &Graph, room: &str) -> usize {
        let below = rooms.get(room).into_iter().flatten();
        below
            .map(|other| depth(rooms, other) + 1)
            .max()
            .unwrap_or(0)
    }
    let mut order: Vec<_> = rooms.keys().filter(|room| *room != "lib").collect();
    order.sort_by_key(|room| (std::cmp::Reverse(depth(rooms, room)), room.as_str()));
    let mut map = String::new();
    for room in order {
        let imported: Vec<_> = rooms[room].iter().map(String::as_str).collect();
        let line = format!("{room:<12} {}", imported.join(" "));
        map += line.trim_end();
        map.push('\n');
    }
    map
}

pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
