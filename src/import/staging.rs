//! The hidden folder that a game is prepared in, and the recovery of interrupted changes to the library.
//!
//! The configuration file is replaced in one step and decides whether a change was made. Before a folder is moved, a plan
//! is written that names the new and the old folder. The process itself, or the next one after a crash, compares the plan
//! with the configuration and deletes the folder that is not needed.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

use serde::{Deserialize, Serialize};

use crate::import::config_edit::ConfigEdit;
use crate::import::error::ImportError;
use crate::import::job::Job;
use webserver::fs::unsupported::{Unsupported, tolerate};

const PREFIX: &str = ".adding-";
const PLAN: &str = "plan.json";

/// A hidden folder beside the games, locked while its process lives and deleted on drop.
#[derive(Debug)]
pub(crate) struct Staging {
    path: PathBuf,
    _lock: File,
}

/// The folders of a change.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Plan {
    /// The name of the configuration file in the folder above the games.
    pub config: PathBuf,
    /// The folder that is moved to the games.
    pub new: Option<Folder>,
    /// The folder that is deleted after the change.
    pub old: Option<Folder>,
}

/// A folder, or file, of the games, with its identity: another one can have the same name later.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Folder {
    name: PathBuf,
    inode: u64,
    born: Option<SystemTime>,
}

impl Staging {
    /// Creates one. The caller must hold the library's lock: until it is locked itself, [`sweep`] would delete it.
    ///
    /// # Errors
    /// When the folder of games cannot be written to.
    pub(crate) fn new(games: &Path, job: &Job<'_>) -> Result<Self, ImportError> {
        let free = |number: u32| games.join(format!("{PREFIX}{}-{number}", std::process::id()));
        let mut number = 0;
        let path = loop {
            let path = free(number);
            match fs::create_dir(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                made => break made.map(|()| path),
            }
        };
        let path = path.map_err(|error| ImportError::write(games, error))?;
        let content = path.join("game");
        let prepare = || {
            let lock = File::open(&path)?;
            job.note_unsupported(tolerate(lock.lock(), Unsupported::Lock)?);
            fs::create_dir(&content)?;
            Ok(lock)
        };
        match prepare() {
            Ok(lock) => Ok(Self { path, _lock: lock }),
            Err(error) => {
                let _ = fs::remove_dir(&path);
                Err(ImportError::write(&path, error))
            }
        }
    }

    /// The folder for the game's files.
    pub(crate) fn content(&self) -> PathBuf {
        self.path.join("game")
    }

    /// The file for a downloaded archive.
    pub(crate) fn download(&self) -> PathBuf {
        self.path.join("download")
    }

    /// The path that a game is moved to before it is deleted.
    pub(crate) fn trash(&self) -> PathBuf {
        self.path.join("old")
    }

    /// Writes the plan of a change.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write_plan(&self, plan: &Plan) -> Result<(), ImportError> {
        let file = self.path.join(PLAN);
        let text = serde_json::to_vec(plan).map_err(io::Error::from);
        let written = text.and_then(|text| fs::write(&file, text));
        written.map_err(|error| ImportError::write(&file, error))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        clear(&self.path);
    }
}

impl Folder {
    /// Identifies what is at a path and is, or will be, called `name` among the games.
    ///
    /// # Errors
    /// When nothing is there.
    pub(crate) fn identify(path: &Path, name: &str) -> Result<Self, ImportError> {
        let metadata = path
            .symlink_metadata()
            .map_err(|error| ImportError::read(path, error))?;
        Ok(Self {
            name: name.into(),
            inode: metadata.ino(),
            born: metadata.created().ok(),
        })
    }

    fn is_at(&self, path: &Path) -> bool {
        path.symlink_metadata().is_ok_and(|metadata| {
            metadata.ino() == self.inode && metadata.created().ok() == self.born
        })
    }
}

/// Deletes the hidden folders of processes that have ended. The caller must hold the library's lock.
pub(crate) fn sweep(games: &Path) {
    let Ok(children) = fs::read_dir(games) else {
        return;
    };
    for child in children.flatten() {
        if child
            .file_name()
            .as_encoded_bytes()
            .starts_with(PREFIX.as_bytes())
            && let Ok(lock) = File::open(child.path())
            && lock.try_lock().is_ok()
        {
            clear(&child.path());
        }
    }
}

/// Completes or undoes the planned change, then deletes the hidden folder. If that fails, the next process does it.
fn clear(folder: &Path) {
    if settle(folder).is_ok() {
        // What remains after a failure is inside and is deleted later.
        let _ = fs::remove_dir_all(folder);
    }
}

fn settle(staging: &Path) -> Result<(), ImportError> {
    // A plan that cannot be read was not written completely: nothing has been moved yet.
    let plan = fs::read(staging.join(PLAN)).ok();
    let plan = plan.and_then(|text| serde_json::from_slice::<Plan>(&text).ok());
    let (Some(plan), Some(games)) = (plan, staging.parent()) else {
        return Ok(());
    };
    let config = games.parent().unwrap_or(Path::new("")).join(&plan.config);
    let listing = ConfigEdit::read(&config)?;
    let is_listed = |folder: &Folder| !listing.slugs_in(&games.join(&folder.name)).is_empty();
    let unneeded = match plan.new {
        Some(new) if !is_listed(&new) => Some(new),
        _ => plan.old.filter(|old| !is_listed(old)),
    };
    if let Some(folder) = unneeded {
        let path = games.join(&folder.name);
        if folder.is_at(&path) {
            let moved = fs::rename(&path, staging.join("old"));
            moved.map_err(|error| ImportError::write(&path, error))?;
        }
    }
    Ok(())
}
