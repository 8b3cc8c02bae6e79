//! The text that a configuration was read from, and positions in it.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::names::parts::file_name;
use crate::source::Source;

/// The origin of configuration text.
#[derive(Clone, Debug, Default)]
pub enum Origin {
    /// A file. Paths in it are relative to its folder.
    File {
        /// The path, as the host wrote it.
        file: PathBuf,
        /// The content.
        text: Arc<str>,
    },
    /// The configuration that comes with the program, with the embedded games.
    #[default]
    Bundled,
}

impl Origin {
    /// Resolves a path in the text.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        match self {
            Self::File { file, .. } => file.parent().unwrap_or(Path::new("")).join(path),
            Self::Bundled => path.to_owned(),
        }
    }

    /// Resolves the path of a game.
    pub(super) fn source(&self, path: &Path) -> Source {
        match self {
            Self::File { .. } => Source::from_path(self.resolve(path)),
            Self::Bundled => Source::Embedded(file_name(path)),
        }
    }

    /// Finds the line that a range of the text begins in.
    pub fn location(&self, span: &Range<usize>) -> Option<ConfigLocation> {
        match self {
            Self::File { file, text } => {
                let before = &text.as_bytes()[..span.start.min(text.len())];
                Some(ConfigLocation {
                    file: file.clone(),
                    line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
                })
            }
            Self::Bundled => None,
        }
    }
}

/// A line of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigLocation {
    /// The path, as the host wrote it.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
}

impl fmt::Display for ConfigLocation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file.display(), self.line)
    }
}
