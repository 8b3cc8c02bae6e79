//! Copying a game's folder with several threads. Blocks are shared if the file system supports it.

use std::fs::{File, FileTimes};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::{fs, io, thread};

use rustix::fs::{SeekFrom, seek};
use rustix::io::Errno;
use walkdir::{DirEntry, WalkDir};

use crate::import::error::ImportError;
use crate::import::job::{Job, Step};
use webserver::fs::unsupported::{Unsupported, tolerate};
use webserver::names::leftover::is_leftover;

/// The bytes that are copied before the job checks whether it is cancelled.
const SLICE: u64 = 8 << 20;

/// The files and folders of a game, by their paths below its folder.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
    /// The size of all files.
    pub bytes: u64,
}

impl Tree {
    /// Lists a folder without leftovers, which are never served. Links inside the folder are followed.
    ///
    /// # Errors
    /// When something cannot be read or is neither file nor folder, or a link leads nowhere or out of the folder.
    pub(crate) fn list(root: &Path) -> Result<Self, ImportError> {
        let real_root = root
            .canonicalize()
            .map_err(|error| ImportError::read(root, error))?;
        let is_of_the_game = |entry: &DirEntry| {
            entry.depth() == 0 || !entry.file_name().to_str().is_some_and(is_leftover)
        };
        let mut tree = Self::default();
        let walk = WalkDir::new(root).min_depth(1).follow_links(true);
        for entry in walk.into_iter().filter_entry(is_of_the_game) {
            let entry = entry.map_err(|error| unreadable(root, error))?;
            tree.admit(&entry, root, &real_root)?;
        }
        Ok(tree)
    }

    fn admit(
        &mut self,
        entry: &DirEntry,
        root: &Path,
        real_root: &Path,
    ) -> Result<(), ImportError> {
        let path = || entry.path().to_owned();
        if entry.file_name().to_str().is_none() {
            return Err(ImportError::Name { path: path() });
        }
        if entry.path_is_symlink() {
            let target = entry.path().canonicalize();
            let target = target.map_err(|error| ImportError::read(entry.path(), error))?;
            if !target.starts_with(real_root) {
                return Err(ImportError::LinkOut { path: path() });
            }
        }
        let below = entry.path().strip_prefix(root).unwrap_or(entry.path());
        match entry.file_type() {
            kind if kind.is_dir() => self.folders.push(below.to_owned()),
            kind if kind.is_file() => {
                let metadata = entry.metadata();
                self.bytes += metadata.map_err(|error| unreadable(root, error))?.len();
                self.files.push(below.to_owned());
            }
            _ => return Err(ImportError::Special { path: path() }),
        }
        Ok(())
    }

    /// Copies everything to an existing, empty folder.
    ///
    /// # Errors
    /// When a file cannot be read or written, or the job is cancelled.
    pub(crate) fn copy(&self, from: &Path, to: &Path, job: &Job<'_>) -> Result<(), ImportError> {
        job.begin(Step::Copying, Some(self.bytes));
        for folder in &self.folders {
            let folder = to.join(folder);
            fs::create_dir(&folder).map_err(|error| ImportError::write(&folder, error))?;
        }
        let next = AtomicUsize::new(0);
        let shares_blocks = AtomicBool::new(cfg!(target_os = "linux"));
        let has_failed = AtomicBool::new(false);
        let work = || {
            while let Some(file) = self.files.get(next.fetch_add(1, Ordering::Relaxed))
                && !has_failed.load(Ordering::Relaxed)
            {
                let copied = copy_file(&from.join(file), &to.join(file), &shares_blocks, job);
                copied.inspect_err(|_| has_failed.store(true, Ordering::Relaxed))?;
            }
            Ok(())
        };
        let workers = thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8));
        thread::scope(|scope| {
            let workers: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
            let mine = work();
            let others = workers.into_iter().map(|worker| worker.join());
            others.fold(mine, |all, one| match one {
                Ok(one) => all.and(one),
                Err(panic) => std::panic::resume_unwind(panic),
            })
        })
    }
}

fn unreadable(root: &Path, error: walkdir::Error) -> ImportError {
    let path = error.path().unwrap_or(root).to_owned();
    match error.loop_ancestor().is_some() || (path.is_symlink() && !path.exists()) {
        true => ImportError::LinkDead { path },
        false => ImportError::read(&path, error.into()),
    }
}

fn copy_file(
    from: &Path,
    to: &Path,
    shares_blocks: &AtomicBool,
    job: &Job<'_>,
) -> Result<(), ImportError> {
    job.check()?;
    let read = |error| ImportError::read(from, error);
    let write = |error| ImportError::write(to, error);
    let source = File::open(from).map_err(read)?;
    let metadata = source.metadata().map_err(read)?;
    let target = File::create_new(to).map_err(write)?;
    let length = metadata.len();
    if shares_blocks.load(Ordering::Relaxed) && length > 0 {
        if share_blocks(&source, &target) {
            job.advance(length)?;
            return keep_times(&target, &metadata, job).map_err(write);
        }
        // If one file cannot, the others in this folder most likely cannot either.
        shares_blocks.store(false, Ordering::Relaxed);
    }
    let is_sparse = metadata.blocks() * 512 < length;
    let mut done = 0;
    while done < length {
        let (start, end) = match is_sparse {
            true => data_after(&source, done, length).map_err(read)?,
            false => (done, length),
        };
        job.advance(start - done)?;
        done = start;
        if is_sparse {
            seek(&source, SeekFrom::Start(start)).map_err(|error| read(error.into()))?;
            seek(&target, SeekFrom::Start(start)).map_err(|error| write(error.into()))?;
        }
        while done < end {
            // Copied in the kernel if possible.
            let mut slice = io::Read::take(&source, SLICE.min(end - done));
            let copied = io::copy(&mut slice, &mut &target).map_err(|error| {
                // The side that failed is unknown; a full disk is the likely cause.
                ImportError::write(to, error)
            })?;
            job.advance(copied)?;
            done += copied;
            if copied == 0 {
                // The file was truncated.
                return keep_times(&target, &metadata, job).map_err(write);
            }
        }
    }
    if is_sparse {
        target.set_len(length).map_err(write)?;
    }
    keep_times(&target, &metadata, job).map_err(write)
}

/// Finds the next range of a sparse file that has data, at or after an offset. Without any, it is empty and at the end.
fn data_after(file: &File, offset: u64, length: u64) -> io::Result<(u64, u64)> {
    match seek(file, SeekFrom::Data(offset)) {
        Ok(start) => Ok((
            start.min(length),
            seek(file, SeekFrom::Hole(start))?.min(length),
        )),
        Err(Errno::NXIO) => Ok((length, length)),
        // The file system does not support holes.
        Err(Errno::INVAL) => Ok((offset, length)),
        Err(error) => Err(error.into()),
    }
}

/// Makes the copy share the blocks of the file (copy on write).
#[cfg(target_os = "linux")]
fn share_blocks(source: &File, target: &File) -> bool {
    rustix::fs::ioctl_ficlone(target, source).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn share_blocks(_: &File, _: &File) -> bool {
    false
}

fn keep_times(target: &File, metadata: &fs::Metadata, job: &Job<'_>) -> io::Result<()> {
    let times = FileTimes::new().set_modified(metadata.modified()?);
    let times = match metadata.accessed() {
        Ok(accessed) => times.set_accessed(accessed),
        Err(_) => times,
    };
    job.note_unsupported(tolerate(target.set_times(times), Unsupported::Times)?);
    Ok(())
}
