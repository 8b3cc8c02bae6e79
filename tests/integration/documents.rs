//! The documents speak of what there is.

use std::fs;
use std::path::Path;

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
