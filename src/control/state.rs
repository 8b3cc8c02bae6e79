//! What is remembered from one run to the next: which game was published last, so that the menu begins there, and
//! when.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{fs, io};

use etcetera::BaseStrategy;

use webserver::site::cache::Cache;
use webserver::site::last_modified::LastModified;

/// The slug of the game published last; `None` when that is not known.
pub(crate) fn last_game() -> Option<String> {
    read("last-game")
}

/// The date for what is published now: later than any that was given out before, or none.
///
/// A clock that was set back, a second game within the same second, and a system that keeps nothing (a container) all
/// come to none: then there are tags to compare, which need no memory.
pub(crate) fn publication_date() -> Option<LastModified> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    // What cannot be read may have been any date up to now.
    let last = read("last-published").map_or(0, |seconds| seconds.parse().unwrap_or(now));
    if now < last {
        return None;
    }
    write("last-published", &now.to_string()).ok()?;
    LastModified::from_unix_seconds(now).filter(|_| now > last)
}

/// Remembers a game. Not being able to is no reason to trouble the operator.
pub(crate) fn remember_game(slug: &str) {
    let _ = write("last-game", slug);
}

/// Where compressed content is kept.
pub(crate) fn cache() -> Option<Cache> {
    cache_folder().map(Cache::new)
}

/// The folder of the cache, which need not exist.
pub(crate) fn cache_folder() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.cache_dir().join("webserver"))
}

fn read(name: &str) -> Option<String> {
    let text = fs::read_to_string(folder()?.join(name)).ok()?;
    Some(text.trim().to_owned())
}

fn write(name: &str, text: &str) -> io::Result<()> {
    let folder = folder().ok_or(io::ErrorKind::NotFound)?;
    fs::create_dir_all(&folder)?;
    let new = folder.join(format!("{name}.{}.new", std::process::id()));
    fs::write(&new, format!("{text}\n"))?;
    fs::rename(&new, folder.join(name))
}

fn folder() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    let state = folders.state_dir().unwrap_or_else(|| folders.data_dir());
    Some(state.join("webserver"))
}
