//! The documents speak of what there is.

use std::fs;
use std::path::Path;

use crate::layers::rust_files;

#[test]
fn every_file_that_a_document_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for document in [
        "CONTRIBUTING.md",
        "README.md",
        "SECURITY.md",
        "docs/architecture.md",
    ] {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let words = text.split(|c: char| !(c.is_alphanumeric() || "_-./".contains(c)));
        let mut named = 0;
        for word in words.map(|word| word.trim_end_matches('.')) {
            let path = match word.split_once('/') {
                Some(("src" | "tests" | "docs" | "dist", _)) => root.join(word),
                // The architecture page names files below `src`.
                Some((room, _)) if !room.is_empty() && word.ends_with(".rs") => {
                    root.join("src").join(word)
                }
                _ => continue,
            };
            assert!(path.exists(), "{document} names {word}");
            named += 1;
        }
        assert!(named > 0, "{document} names files");
    }
}

/// Openings of a doc comment that announce a thing instead of naming it. A predicate begins with "True if".
const OPENINGS: &[&str] = &[
    "How", "What", "Whatever", "Where", "Whether", "Which", "Who", "Why",
];

#[test]
fn doc_comments_begin_with_a_noun_phrase_or_an_imperative() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut docs = 0;
    for folder in ["src", "tests"] {
        for file in rust_files(&root.join(folder)) {
            let text = fs::read_to_string(&file).unwrap();
            for doc in doc_openings(&text) {
                docs += 1;
                let first = doc
                    .split(|c: char| !c.is_alphanumeric())
                    .next()
                    .unwrap_or_default();
                assert!(!OPENINGS.contains(&first), "{}: {doc:?}", file.display());
            }
        }
    }
    assert!(docs > 1000, "{docs} docs");
}

#[test]
fn the_first_line_of_a_doc_comment_is_its_opening() {
    let text = "//! How a\n//! What b\n\n/// C\nfn c() {}\n    /// Why d\n    ///\n    /// Who e\n// What f\n";
    assert_eq!(doc_openings(text), ["How a", "C", "Why d", "Who e"]);
}

/// The first line of each paragraph of doc comments.
fn doc_openings(text: &str) -> Vec<&str> {
    let mut openings = Vec::new();
    let mut is_inside = false;
    for line in text.lines() {
        let line = line.trim_start();
        let doc = line
            .strip_prefix("///")
            .or_else(|| line.strip_prefix("//!"));
        let doc = doc.map(str::trim).filter(|doc| !doc.is_empty());
        if let (false, Some(doc)) = (is_inside, doc) {
            openings.push(doc);
        }
        is_inside = doc.is_some();
    }
    openings
}
