//! The hidden folder that a game is prepared in, and how a change to the library is finished or undone.
//!
//! The configuration file decides: it is replaced in one step, and what is in the folder of games follows it. Before a
//! folder is moved, a plan in the hidden folder says which one comes and which one goes. Whoever finds the plan, be it
//! the process itself or the next one after a crash, can tell from the configuration whether the change was made, and
//! deletes the folder that is superfluous.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

use serde::{Deserialize, Serialize};

use crate::import::config_edit::ConfigEdit;
use crate::import::error::ImportError;

const PREFIX: &str = ".adding-";
const PLAN: &str = "plan.json";

/// A hidden folder beside the games. While its process lives, nobody else touches it; dropping it deletes it.
#[derive(Debug)]
pub(crate) struct Staging {
    path: PathBuf,
    _lock: File,
}

/// Which folders a change is about.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Plan {
    /// The configuration file, by its name in the folder above the games.
    pub config: PathBuf,
    /// What is moved to the games.
    pub new: Option<Folder>,
    /// What is deleted after the change.
    pub old: Option<Folder>,
}

/// A folder, or file, of the games, and what tells it from another that gets its name later.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Folder {
    name: PathBuf,
    inode: u64,
    born: Option<SystemTime>,
}

impl Staging {
    /// Makes one. Whoever calls holds the library's lock, so that nobody takes it for an orphan before it is locked.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub(crate) fn new(games: &Path) -> Result<Self, ImportError> {
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
            lock.lock()?;
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

    /// The file for an archive on its way.
    pub(crate) fn download(&self) -> PathBuf {
        self.path.join("download")
    }

    /// Where something of the games is put to be deleted.
    pub(crate) fn bin(&self) -> PathBuf {
        self.path.join("old")
    }

    /// Says what is about to be done.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn plan(&self, plan: &Plan) -> Result<(), ImportError> {
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
    /// What is at a path, to be called `name` among the games.
    ///
    /// # Errors
    /// When nothing is there.
    pub(crate) fn create(path: &Path, name: &str) -> Result<Self, ImportError> {
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

/// Clears away what processes that are gone have left. Whoever calls holds the library's lock.
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

/// Finishes or undoes what was planned, then deletes the hidden folder. What cannot be done now is done by the next one.
fn clear(stage: &Path) {
    if settle(stage).is_ok() {
        // What is left when this breaks off is only in here.
        let _ = fs::remove_dir_all(stage);
    }
}

fn settle(stage: &Path) -> Result<(), ImportError> {
    // A plan that cannot be read was not written to its end, and nothing has been done yet.
    let plan = fs::read(stage.join(PLAN)).ok();
    let plan = plan.and_then(|text| serde_json::from_slice::<Plan>(&text).ok());
    let (Some(plan), Some(games)) = (plan, stage.parent()) else {
        return Ok(());
    };
    let config = games.parent().unwrap_or(Path::new("")).join(&plan.config);
    let listing = ConfigEdit::read(&config)?;
    let is_listed = |folder: &Folder| !listing.slugs_in(&games.join(&folder.name)).is_empty();
    let superfluous = match plan.new {
        Some(new) if !is_listed(&new) => Some(new),
        _ => plan.old.filter(|old| !is_listed(old)),
    };
    if let Some(folder) = superfluous {
        let path = games.join(&folder.name);
        if folder.is_at(&path) {
            let moved = fs::rename(&path, stage.join("old"));
            moved.map_err(|error| ImportError::write(&path, error))?;
        }
    }
    Ok(())
}
