//! A temporary file for content that is too large for memory.

use std::env;
use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use thiserror::Error;

use crate::fs::budget::GameBudget;
use crate::fs::pinned::Pinned;
use crate::site::content::{OpenFile, PIECE};
use crate::site::error::BuildError;

/// One unnamed file, created with its first content. It disappears with its last reader, however the program ends.
#[derive(Debug)]
pub(crate) struct TempStore<'a> {
    file: Option<Arc<File>>,
    length: u64,
    budget: &'a GameBudget,
}

/// Content that cannot be stored.
#[derive(Debug, Error)]
pub(crate) enum StoreError {
    #[error("cannot read the content: {0}")]
    Read(io::Error),
    #[error("cannot write the temporary file: {0}")]
    Write(io::Error),
    #[error("interrupted")]
    Interrupted,
}

impl StoreError {
    /// The error of the build; `unreadable` names the file whose content it was.
    pub(crate) fn into_build_error(
        self,
        unreadable: impl FnOnce(io::Error) -> BuildError,
    ) -> BuildError {
        match self {
            Self::Read(error) => unreadable(error),
            Self::Write(error) => BuildError::TempFolder {
                folder: env::temp_dir(),
                error,
            },
            Self::Interrupted => BuildError::Cancelled,
        }
    }
}

impl<'a> TempStore<'a> {
    /// No file yet, for a game with a budget on the disk of the temporary folder.
    pub(crate) fn new(budget: &'a GameBudget) -> Self {
        Self {
            file: None,
            length: 0,
            budget,
        }
    }

    /// Appends content to the file. The name is for messages.
    ///
    /// # Errors
    /// When the content cannot be read, the file cannot be written, or `keep_going` returns false.
    pub(crate) fn store(
        &mut self,
        mut content: impl Read,
        name: &str,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<OpenFile, StoreError> {
        let file = match &self.file {
            Some(file) => file,
            None => {
                let file = tempfile::tempfile().map_err(StoreError::Write)?;
                self.file.insert(Arc::new(file))
            }
        };
        let start = self.length;
        let mut buffer = vec![0; PIECE];
        loop {
            let read = content.read(&mut buffer).map_err(StoreError::Read)?;
            let Some(bytes @ [_, ..]) = buffer.get(..read) else {
                break;
            };
            self.budget.write(read as u64).map_err(StoreError::Write)?;
            (&**file).write_all(bytes).map_err(StoreError::Write)?;
            self.length += read as u64;
            if !keep_going() {
                return Err(StoreError::Interrupted);
            }
        }
        Ok(OpenFile::new(
            Pinned::ours(Arc::clone(file)),
            name,
            start..self.length,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_content_is_read_back_from_one_file() {
        let budget = GameBudget::default();
        let mut store = TempStore::new(&budget);
        let contents = [&b"one"[..], b"", b"three"];
        let stored: Vec<_> = contents
            .iter()
            .map(|content| store.store(*content, "name", &|| true).unwrap())
            .collect();
        for (mut stored, content) in stored.into_iter().zip(contents) {
            let piece = stored.read_piece().unwrap();
            assert_eq!(piece.unwrap_or_default(), content);
        }
        assert_eq!(store.length, 8);
    }

    #[test]
    fn storing_stops_when_it_is_interrupted() {
        let stored =
            TempStore::new(&GameBudget::default()).store(&b"content"[..], "name", &|| false);
        assert!(matches!(stored, Err(StoreError::Interrupted)), "{stored:?}");
    }
}
