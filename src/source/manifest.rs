//! The manifest of a game in object storage: its files by hash, written by whoever added the game and not trusted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::archive::error::ArchiveError;
use crate::archive::members::{MemberKind, Members};
use crate::fs::budget::GameBudget;
use crate::language::LocalizedText;

/// The version of the format that this program reads and writes.
const VERSION: u32 = 1;

/// The most bytes of a manifest.
pub const MAX_MANIFEST: u64 = 64 << 20;

/// The longest title or description, in bytes.
const LONGEST_TEXT: usize = 4096;

/// The description of a game, and its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GameManifest {
    /// The title.
    pub title: LocalizedText,
    /// One line about the game.
    pub description: Option<LocalizedText>,
    /// The path of a picture in the game.
    pub cover: Option<String>,
    /// The path of the entry page.
    pub entry: String,
    /// The files by path.
    pub files: BTreeMap<String, HashedFile>,
}

/// A file of a game, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashedFile {
    /// The length in bytes.
    pub length: u64,
    /// The BLAKE3 hash of its content.
    pub hash: blake3::Hash,
}

/// A reason to refuse a manifest.
#[derive(Debug, Error)]
pub enum ManifestError {
    /// It is longer than any manifest that this program writes.
    #[error("longer than {most} bytes")]
    TooLong {
        /// The limit.
        most: u64,
    },
    /// It is not JSON, or lacks something.
    #[error("malformed: {problem}")]
    Malformed {
        /// The parser's explanation.
        problem: String,
    },
    /// A later version of this program wrote it.
    #[error("version {version}")]
    Version {
        /// The version.
        version: u32,
    },
    /// A path points outside the game, is repeated, or is never served.
    #[error("path {path:?}")]
    Path {
        /// The beginning of the path.
        path: String,
    },
    /// A hash is not 64 hexadecimal digits.
    #[error("hash of {path:?}")]
    Hash {
        /// The file.
        path: String,
    },
    /// There are more files, or more bytes, than a game may have.
    #[error("too large")]
    TooLarge,
    /// The entry page is not among the files.
    #[error("no entry page {entry:?}")]
    Entry {
        /// The page.
        entry: String,
    },
}

/// The JSON of a manifest.
#[derive(Deserialize, Serialize)]
struct ManifestJson {
    version: u32,
    title: LocalizedText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cover: Option<String>,
    entry: String,
    files: Vec<HashedFileJson>,
}

#[derive(Deserialize, Serialize)]
struct HashedFileJson {
    path: String,
    size: u64,
    hash: String,
}

#[derive(Deserialize)]
struct VersionJson {
    version: u32,
}

impl GameManifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// When it is malformed, or describes something that cannot be a game.
    pub fn parse(text: &[u8]) -> Result<Self, ManifestError> {
        if text.len() as u64 > MAX_MANIFEST {
            return Err(ManifestError::TooLong { most: MAX_MANIFEST });
        }
        let malformed = |error: serde_json::Error| ManifestError::Malformed {
            problem: error.to_string(),
        };
        let VersionJson { version } = serde_json::from_slice(text).map_err(malformed)?;
        if version != VERSION {
            return Err(ManifestError::Version { version });
        }
        let json: ManifestJson = serde_json::from_slice(text).map_err(malformed)?;
        let is_long = |text: &LocalizedText| text.wordings().any(|text| text.len() > LONGEST_TEXT);
        if is_long(&json.title) || json.description.as_ref().is_some_and(is_long) {
            return Err(ManifestError::TooLong {
                most: LONGEST_TEXT as u64,
            });
        }
        let budget = GameBudget::default();
        let mut members = Members::new(&budget);
        let mut files = BTreeMap::new();
        for file in json.files {
            let hash = hash(&file.hash).ok_or_else(|| ManifestError::Hash {
                path: beginning(&file.path),
            })?;
            admit(&mut members, &file)?;
            let length = file.size;
            let path = beginning(&file.path);
            // In an archive the last of two files with one name counts; a manifest has no reason for two.
            if files
                .insert(file.path, HashedFile { length, hash })
                .is_some()
            {
                return Err(ManifestError::Path { path });
            }
        }
        if !members.has_file(&json.entry) {
            return Err(ManifestError::Entry {
                entry: beginning(&json.entry),
            });
        }
        Ok(Self {
            title: json.title,
            description: json.description,
            cover: json.cover,
            entry: json.entry,
            files,
        })
    }

    /// The text of the manifest, the same for the same game.
    pub fn to_json(&self) -> Vec<u8> {
        let files = self.files.iter().map(|(path, file)| HashedFileJson {
            path: path.clone(),
            size: file.length,
            hash: file.hash.to_hex().to_string(),
        });
        let json = ManifestJson {
            version: VERSION,
            title: self.title.clone(),
            description: self.description.clone(),
            cover: self.cover.clone(),
            entry: self.entry.clone(),
            files: files.collect(),
        };
        // Text, numbers and lists always have a form in JSON.
        let mut text = serde_json::to_vec_pretty(&json).unwrap_or_default();
        text.push(b'\n');
        text
    }
}

/// Admits a file as a member of an archive is admitted, by a path that is its own normal form.
fn admit(members: &mut Members<'_>, file: &HashedFileJson) -> Result<(), ManifestError> {
    match members.admit(&file.path, MemberKind::File, file.size) {
        Ok(Some(path)) if path == file.path => Ok(()),
        Err(ArchiveError::TooLarge(_)) => Err(ManifestError::TooLarge),
        _ => Err(ManifestError::Path {
            path: beginning(&file.path),
        }),
    }
}

fn hash(digits: &str) -> Option<blake3::Hash> {
    let is_lower = digits.len() == 64 && !digits.bytes().any(|byte| byte.is_ascii_uppercase());
    is_lower.then(|| blake3::Hash::from_hex(digits).ok())?
}

fn beginning(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(version: u32, files: &str) -> String {
        format!(
            r#"{{"version": {version}, "title": "Game", "entry": "index.html", "files": [
                {{"path": "index.html", "size": 5, "hash": "{}"}}{files}]}}"#,
            "a".repeat(64)
        )
    }

    #[test]
    fn a_manifest_reads_as_it_was_written() {
        let hash = blake3::hash(b"content");
        let file = HashedFile { length: 7, hash };
        let written = GameManifest {
            title: serde_json::from_str(r#"{"en": "Game", "zh": "游戏"}"#).unwrap(),
            description: Some(
                serde_json::from_str(r#"{"en": "A game", "zh": "一个游戏"}"#).unwrap(),
            ),
            cover: None,
            entry: "a/index.html".into(),
            files: [("a/index.html".into(), file), ("b c/中.js".into(), file)].into(),
        };
        assert_eq!(GameManifest::parse(&written.to_json()).unwrap(), written);
    }

    #[test]
    fn a_manifest_that_lies_is_refused() {
        let file = |path: &str, size: u64| {
            let path = serde_json::to_string(path).unwrap();
            format!(
                r#", {{"path": {path}, "size": {size}, "hash": "{}"}}"#,
                "b".repeat(64)
            )
        };
        assert!(GameManifest::parse(manifest(1, &file("a/b.js", 3)).as_bytes()).is_ok());
        for path in [
            "../index.html",
            "/etc/passwd",
            "a//b.js",
            "./a.js",
            "a\\b.js",
            "C:/a.js",
            "",
            "a/../b.js",
            ".git/config",
            "index.html",
            "index.html/b.js",
            "a\u{0}b",
            "line\nbreak",
        ] {
            let refused = GameManifest::parse(manifest(1, &file(path, 3)).as_bytes());
            assert!(
                matches!(refused, Err(ManifestError::Path { .. })),
                "{path:?}"
            );
        }
        let refused = GameManifest::parse(manifest(1, &file("big", u64::MAX)).as_bytes());
        assert!(matches!(refused, Err(ManifestError::TooLarge)));
        let refused = GameManifest::parse(manifest(2, "").as_bytes());
        assert!(matches!(
            refused,
            Err(ManifestError::Version { version: 2 })
        ));
        for wrong in ["", "a", &"A".repeat(64), &"z".repeat(64)] {
            let text = manifest(1, "").replace(&"a".repeat(64), wrong);
            let refused = GameManifest::parse(text.as_bytes());
            assert!(
                matches!(refused, Err(ManifestError::Hash { .. })),
                "{wrong}"
            );
        }
        let text = manifest(1, "").replace(r#""entry": "index.html""#, r#""entry": "x.html""#);
        let refused = GameManifest::parse(text.as_bytes());
        assert!(matches!(refused, Err(ManifestError::Entry { .. })));
        let text = manifest(1, "").replace(r#""size": 5"#, r#""size": -5"#);
        let refused = GameManifest::parse(text.as_bytes());
        assert!(matches!(refused, Err(ManifestError::Malformed { .. })));
        let torn = &manifest(1, "").into_bytes()[..50];
        let refused = GameManifest::parse(torn);
        assert!(matches!(refused, Err(ManifestError::Malformed { .. })));
    }
}
