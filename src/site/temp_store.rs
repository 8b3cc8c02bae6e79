//! Where unpacked content goes that is too big for memory: one file that has no name.

use std::env;
use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use rust_i18n::t;

use crate::fs::pinned::Pinned;
use crate::site::content::{OpenFile, PIECE};

/// A temporary file, made when the first content comes. It is gone when nobody serves from it any more, whatever happens
/// to the program.
#[derive(Debug, Default)]
pub(crate) struct TempStore {
    file: Option<Arc<File>>,
    length: u64,
}

impl TempStore {
    /// Writes all of the content to the end of the file. The name is for messages.
    ///
    /// # Errors
    /// When the content cannot be read or the file not be written, and when `go_on` says so in between.
    pub(crate) fn keep(
        &mut self,
        mut content: impl Read,
        name: &str,
        go_on: &dyn Fn() -> bool,
    ) -> io::Result<OpenFile> {
        let file = match &self.file {
            Some(file) => file,
            None => {
                let file = tempfile::tempfile().map_err(unwritable)?;
                self.file.insert(Arc::new(file))
            }
        };
        let start = self.length;
        let mut buffer = vec![0; PIECE];
        loop {
            let read = content.read(&mut buffer)?;
            let Some(bytes @ [_, ..]) = buffer.get(..read) else {
                break;
            };
            (&**file).write_all(bytes).map_err(unwritable)?;
            self.length += read as u64;
            if !go_on() {
                return Err(io::ErrorKind::Interrupted.into());
            }
        }
        Ok(OpenFile::new(
            Pinned::ours(Arc::clone(file)),
            name,
            start..self.length,
        ))
    }
}

fn unwritable(error: io::Error) -> io::Error {
    let folder = env::temp_dir();
    io::Error::other(t!(
        "build.temporary",
        folder = folder.display(),
        error = error
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        let mut spool = TempStore::default();
        let contents = [&b"one"[..], b"", b"three"];
        let kept: Vec<_> = contents
            .iter()
            .map(|content| spool.keep(*content, "name", &|| true).unwrap())
            .collect();
        for (mut kept, content) in kept.into_iter().zip(contents) {
            let piece = kept.read_piece().unwrap();
            assert_eq!(piece.unwrap_or_default(), content);
        }
    }
}
