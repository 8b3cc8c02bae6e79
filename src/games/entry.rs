//! Games as a configuration file lists them, and where in it something stands.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::source::{Source, file_name};
use crate::language::Text;

/// One `[[games]]` entry of a configuration file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub(super) slug: Spanned<String>,
    pub(super) title: Option<Text>,
    pub(super) path: Spanned<PathBuf>,
    pub(super) entry: Option<Spanned<String>>,
    pub(super) description: Option<Text>,
    pub(super) cover: Option<String>,
}

/// Something written wrong: where in the text, and what to write instead.
pub type Mistake = (Range<usize>, String);

/// The text that entries were written in.
#[derive(Clone, Debug, Default)]
pub enum Origin {
    /// A file; its folder is what relative paths start from.
    File {
        /// The file as it was named.
        file: PathBuf,
        /// What it says.
        text: Arc<str>,
    },
    /// The configuration that comes with the program; its games are embedded.
    #[default]
    Bundled,
}

impl Origin {
    /// What a path in the text means.
    pub fn path(&self, path: &Path) -> PathBuf {
        match self {
            Self::File { file, .. } => file.parent().unwrap_or(Path::new("")).join(path),
            Self::Bundled => path.to_owned(),
        }
    }

    pub(super) fn source(&self, path: &Path) -> Source {
        match self {
            Self::File { .. } => Source::Folder(self.path(path)),
            Self::Bundled => Source::Embedded(file_name(path)),
        }
    }

    /// The line that a range of the text begins in.
    pub fn place(&self, span: &Range<usize>) -> Option<Place> {
        match self {
            Self::File { file, text } => {
                let before = &text.as_bytes()[..span.start.min(text.len())];
                Some(Place {
                    file: file.clone(),
                    line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
                })
            }
            Self::Bundled => None,
        }
    }
}

/// A line of a file, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as it was named.
    pub file: PathBuf,
    /// The line in it.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file.display(), self.line)
    }
}
