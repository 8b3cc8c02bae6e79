//! Copying a game's folder with several threads. Blocks are shared if the file system supports it.

use std::collections::BTreeSet;
use std::fs::{File, FileTimes};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::{fs, io};

use rustix::fs::{SeekFrom, seek};
use rustix::io::Errno;

use crate::import::error::ImportError;
use crate::import::job::{Job, Step};
use webserver::fs::budget::GameBudget;
use webserver::fs::confined::ConfinedFolder;
use webserver::fs::unsupported::{Unsupported, tolerate};
use webserver::names::left_out::LeftOut;
use webserver::parallel;
use webserver::source::Source;

/// The bytes that are copied before the job checks whether it is cancelled.
const SLICE: u64 = 8 << 20;

/// The files of a game, by their paths below its folder.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    folders: BTreeSet<PathBuf>,
    files: Vec<TreeFile>,
    /// The size of all files.
    pub bytes: u64,
    /// The rest of the folder, which is not served either.
    pub left_out: Vec<LeftOut>,
}

#[derive(Debug)]
struct TreeFile {
    from: PathBuf,
    to: PathBuf,
}

impl Tree {
    /// Lists the files that are served from a folder.
    ///
    /// # Errors
    /// When something cannot be read.
    pub(crate) fn list(root: &Path) -> Result<Self, ImportError> {
        let listing = Source::Folder(root.to_owned()).listing();
        let listing = listing.map_err(|unreadable| {
            ImportError::read(Path::new(&unreadable.path), unreadable.error)
        })?;
        let mut tree = Self {
            left_out: listing.left_out,
            ..Self::default()
        };
        for file in listing.files {
            let (from, to) = (PathBuf::from(file.disk_path()), PathBuf::from(&file.path));
            let folders = to.ancestors().skip(1).map(Path::to_owned);
            tree.folders.extend(folders);
            tree.bytes += file.length;
            tree.files.push(TreeFile { from, to });
        }
        tree.folders.remove(Path::new(""));
        Ok(tree)
    }

    /// Opens each file, as [`Self::copy`] would.
    ///
    /// # Errors
    /// If a file cannot be read, or the job is cancelled.
    pub(crate) fn try_read(&self, from: &Path, job: &Job<'_>) -> Result<(), ImportError> {
        let source = GameFolder::open(from)?;
        self.files.iter().try_for_each(|file| {
            job.check()?;
            let opened = source.file(&file.from);
            let read = |error| ImportError::read(&from.join(&file.from), error);
            opened.map(|_| ()).map_err(read)
        })
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
        let source = GameFolder::open(from)?;
        let next = AtomicUsize::new(0);
        let disk = TargetDisk {
            shares_blocks: AtomicBool::new(cfg!(target_os = "linux")),
            budget: GameBudget::on_disk_of(to, None),
        };
        let has_failed = AtomicBool::new(false);
        let work = || {
            while let Some(file) = self.files.get(next.fetch_add(1, Ordering::Relaxed))
                && !has_failed.load(Ordering::Relaxed)
            {
                let target = to.join(&file.to);
                let copied = copy_file(&source, &file.from, &target, &disk, job);
                copied.inspect_err(|_| has_failed.store(true, Ordering::Relaxed))?;
            }
            Ok(())
        };
        let copied = parallel::on_threads(parallel::readers(), work);
        copied.into_iter().collect()
    }
}

/// The folder that a game is copied from. Its owner may change anything in it meanwhile, so its files are opened below
/// it as serving does.
struct GameFolder<'a> {
    path: &'a Path,
    real_path: PathBuf,
    open: ConfinedFolder,
}

impl<'a> GameFolder<'a> {
    fn open(path: &'a Path) -> Result<Self, ImportError> {
        let opened = path
            .canonicalize()
            .and_then(|real_path| Ok((ConfinedFolder::open(&real_path)?, real_path)));
        let (open, real_path) = opened.map_err(|error| ImportError::read(path, error))?;
        Ok(Self {
            path,
            real_path,
            open,
        })
    }

    /// Opens a file by its path below the folder.
    fn file(&self, below: &Path) -> io::Result<File> {
        self.open.open_file(below).or_else(|error| {
            // An absolute link to another file of the game.
            let real = self.path.join(below).canonicalize()?;
            match real.strip_prefix(&self.real_path) {
                Ok(below) => self.open.open_file(below),
                Err(_) => Err(error),
            }
        })
    }
}

/// The disk that files are copied to.
struct TargetDisk {
    /// The file system may let a copy share the blocks of its source.
    shares_blocks: AtomicBool,
    budget: GameBudget,
}

fn copy_file(
    folder: &GameFolder<'_>,
    below: &Path,
    to: &Path,
    disk: &TargetDisk,
    job: &Job<'_>,
) -> Result<(), ImportError> {
    job.check()?;
    let read = |error| ImportError::read(&folder.path.join(below), error);
    let write = |error| ImportError::write(to, error);
    let source = folder.file(below).map_err(read)?;
    let metadata = source.metadata().map_err(read)?;
    let target = File::create_new(to).map_err(write)?;
    let length = metadata.len();
    if disk.shares_blocks.load(Ordering::Relaxed) && length > 0 {
        if share_blocks(&source, &target) {
            job.advance(length)?;
            return keep_times(&target, &metadata, job).map_err(write);
        }
        // If one file cannot, the others in this folder most likely cannot either.
        disk.shares_blocks.store(false, Ordering::Relaxed);
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
            disk.budget.write(SLICE.min(end - done)).map_err(write)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::unix::fs::symlink;
    use std::thread;

    use rustix::fs::{CWD, FileType, Mode, RenameFlags, mknodat, renameat_with};

    #[test]
    #[cfg(target_os = "linux")]
    fn files_and_folders_exchanged_for_links_never_lead_out() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("game");
        for folder in ["game/levels", "game/spare", "outside"] {
            fs::create_dir_all(place.path().join(folder)).unwrap();
        }
        for (file, content) in [
            ("outside/one", "secret"),
            ("game/levels/one", "inside"),
            ("game/two", "inside"),
        ] {
            fs::write(place.path().join(file), content).unwrap();
        }
        symlink(place.path().join("outside"), root.join("link")).unwrap();
        symlink("../outside/one", root.join("file-link")).unwrap();
        let exchange = |a: &str, b: &str| {
            let (a, b) = (root.join(a), root.join(b));
            renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE).unwrap();
        };
        let is_over = AtomicBool::new(false);
        let mut opened = 0;
        thread::scope(|threads| {
            threads.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    for _ in 0..2 {
                        exchange("levels", "link");
                        exchange("two", "file-link");
                    }
                    thread::yield_now();
                }
            });
            let source = GameFolder::open(&root).unwrap();
            for _ in 0..10_000 {
                for below in ["levels/one", "two"] {
                    if let Ok(mut file) = source.file(Path::new(below)) {
                        let mut content = String::new();
                        file.read_to_string(&mut content).unwrap();
                        assert_eq!(content, "inside", "{below}");
                        opened += 1;
                    }
                }
            }
            is_over.store(true, Ordering::Relaxed);
        });
        assert!(opened > 100, "the files are there half of the time");
    }

    #[test]
    fn a_file_exchanged_for_a_pipe_is_refused_at_once() {
        let place = tempfile::tempdir().unwrap();
        let pipe = place.path().join("a.js");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR, 0).unwrap();
        let source = GameFolder::open(place.path()).unwrap();
        assert!(source.file(Path::new("a.js")).is_err());
    }

    #[test]
    fn an_absolute_link_to_another_file_of_the_game_is_followed() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("a"), "").unwrap();
        for (target, name) in [(place.path().join("a"), "in"), ("/etc/hosts".into(), "out")] {
            symlink(target, place.path().join(name)).unwrap();
        }
        let source = GameFolder::open(place.path()).unwrap();
        assert!(source.file(Path::new("in")).is_ok());
        assert!(source.file(Path::new("out")).is_err());
    }
}
