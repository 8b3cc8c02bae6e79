//! A file that is held open, and notices when somebody writes to it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::SystemTime;

use rustix::buffer::spare_capacity;
use thiserror::Error;

/// An open file. That another one takes its place on disk does not touch it; once it has been written to, reading from
/// it is an error rather than a mixture of old and new. Clones share it.
#[derive(Clone, Debug)]
pub struct Pinned {
    file: Arc<File>,
    stamp: Option<ContentFingerprint>,
}

/// The file was written to while it was read. Travels inside an [`io::Error`].
#[derive(Clone, Copy, Debug, Error)]
#[error("the file changed while it was read")]
pub struct Changed;

/// What every writer changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ContentFingerprint {
    length: u64,
    modified: Option<SystemTime>,
}

impl Pinned {
    /// Holds a file as it is now.
    ///
    /// # Errors
    /// When the system does not say what it is.
    pub fn new(file: File) -> io::Result<Self> {
        let stamp = Some(ContentFingerprint::of_file(&file)?);
        let file = Arc::new(file);
        Ok(Self { file, stamp })
    }

    /// Holds a file that nobody else can open.
    pub fn ours(file: Arc<File>) -> Self {
        Self { file, stamp: None }
    }

    /// How many bytes it has.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn length(&self) -> io::Result<u64> {
        match self.stamp {
            Some(stamp) => Ok(stamp.length),
            None => Ok(self.file.metadata()?.len()),
        }
    }

    /// Reads into `buffer`; 0 at the end.
    ///
    /// # Errors
    /// When it cannot be read or has been written to.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let read = self.file.read_at(buffer, offset)?;
        self.check()?;
        Ok(read)
    }

    /// Reads into the room that is left in `buffer`; 0 at the end.
    ///
    /// # Errors
    /// As [`Self::read_at`].
    pub(crate) fn append_at(&self, buffer: &mut Vec<u8>, offset: u64) -> io::Result<usize> {
        let read = rustix::io::pread(&self.file, spare_capacity(buffer), offset)?;
        self.check()?;
        Ok(read)
    }

    /// What was read is right when this is asked afterwards.
    fn check(&self) -> io::Result<()> {
        match self.stamp {
            Some(stamp) if ContentFingerprint::of_file(&self.file)? != stamp => {
                Err(io::Error::other(Changed))
            }
            _ => Ok(()),
        }
    }
}

impl ContentFingerprint {
    fn of_file(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write;
    use std::time::Duration;

    #[test]
    fn a_file_that_is_written_to_is_not_read_any_more() {
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
            let held = Pinned::new(file).unwrap();
            let mut buffer = [0; 4];
            assert_eq!(held.read_at(&mut buffer, 0).unwrap(), 4);
            change();
            let read = held.read_at(&mut buffer, 0);
            assert_eq!(read.is_err(), is_noticed, "{read:?}");
            assert!(is_noticed || &buffer == b"file");
            assert_eq!(
                held.append_at(&mut Vec::with_capacity(4), 0).is_err(),
                is_noticed
            );
        }
    }
}
