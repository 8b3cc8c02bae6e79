//! An open file that detects writes by other programs.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use rustix::buffer::spare_capacity;
use thiserror::Error;

use crate::fs::fingerprint::Fingerprint;

/// An open file with its fingerprint. Replacing or deleting the file on disk does not affect it. After a write to the
/// file, reads fail instead of mixing old and new content. Clones share the file.
#[derive(Clone, Debug)]
pub struct Pinned {
    file: Arc<File>,
    /// `None` for a file that no other program can open.
    fingerprint: Option<Fingerprint>,
}

/// The file was written to while it was read. Travels inside an [`io::Error`].
#[derive(Clone, Copy, Debug, Error)]
#[error("the file changed while it was read")]
pub struct FileChanged;

impl Pinned {
    /// Pins a file with its present content.
    ///
    /// # Errors
    /// When its metadata cannot be read.
    pub fn new(file: File) -> io::Result<Self> {
        let fingerprint = Some(Fingerprint::from_metadata(&file.metadata()?));
        let file = Arc::new(file);
        Ok(Self { file, fingerprint })
    }

    /// Pins a file that no other program can open.
    pub fn ours(file: Arc<File>) -> Self {
        Self {
            file,
            fingerprint: None,
        }
    }

    /// True if this is the file at a path, with the same content.
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        let there = fs::metadata(path).map(|metadata| Fingerprint::from_metadata(&metadata));
        match (there, self.fingerprint) {
            (Ok(there), Some(pinned)) => there.has_same_content(&pinned),
            _ => false,
        }
    }

    /// The file's length in bytes.
    ///
    /// # Errors
    /// When its metadata cannot be read.
    pub fn length(&self) -> io::Result<u64> {
        match self.fingerprint {
            Some(fingerprint) => Ok(fingerprint.length()),
            None => Ok(self.file.metadata()?.len()),
        }
    }

    /// Reads into `buffer`; returns 0 at the end.
    ///
    /// # Errors
    /// When the file cannot be read or was written to.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let read = self.file.read_at(buffer, offset)?;
        self.check()?;
        Ok(read)
    }

    /// Reads into the spare capacity of `buffer`; returns 0 at the end.
    ///
    /// # Errors
    /// Same as [`Self::read_at`].
    pub(crate) fn append_at(&self, buffer: &mut Vec<u8>, offset: u64) -> io::Result<usize> {
        let read = rustix::io::pread(&self.file, spare_capacity(buffer), offset)?;
        self.check()?;
        Ok(read)
    }

    /// Fails if the file was written to. Must follow every read, whose bytes are right only then.
    fn check(&self) -> io::Result<()> {
        if let Some(pinned) = self.fingerprint {
            let now = Fingerprint::from_metadata(&self.file.metadata()?);
            if !now.has_same_content(&pinned) {
                return Err(io::Error::other(FileChanged));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_write_fails_later_reads_and_a_replacement_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let write: &dyn Fn() = &|| fs::write(&path, "news").unwrap();
        let append = || {
            let mut file = File::options().append(true).open(&path).unwrap();
            file.write_all(b"more").unwrap();
        };
        let truncate = || {
            File::options()
                .write(true)
                .open(&path)
                .unwrap()
                .set_len(2)
                .unwrap()
        };
        let replace = || {
            fs::write(folder.path().join("new"), "else").unwrap();
            fs::rename(folder.path().join("new"), &path).unwrap();
        };
        let delete = || fs::remove_file(&path).unwrap();
        for (change, is_noticed) in [
            (write, true),
            (&append, true),
            (&truncate, true),
            (&replace, false),
            (&delete, false),
        ] {
            fs::write(&path, "file").unwrap();
            let file = File::options().append(true).read(true).open(&path).unwrap();
            file.set_modified(long_ago).unwrap();
            let pinned = Pinned::new(file).unwrap();
            let mut buffer = [0; 4];
            assert_eq!(pinned.read_at(&mut buffer, 0).unwrap(), 4);
            change();
            let read = pinned.read_at(&mut buffer, 0);
            assert_eq!(read.is_err(), is_noticed, "{read:?}");
            assert!(is_noticed || &buffer == b"file");
            assert_eq!(
                pinned.append_at(&mut Vec::with_capacity(4), 0).is_err(),
                is_noticed
            );
        }
    }
}
