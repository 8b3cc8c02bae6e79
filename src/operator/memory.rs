//! Which game was published last, so that the menu begins there.

use std::fs;
use std::io;
use std::path::PathBuf;

use etcetera::BaseStrategy;

/// The slug of the game published last; `None` when that is not known.
pub fn last_published() -> Option<String> {
    let slug = fs::read_to_string(file()?).ok()?;
    Some(slug.trim().to_owned())
}

/// Remembers a game. Not being able to is no reason to trouble the operator.
pub fn remember(slug: &str) {
    let _ = write(slug);
}

fn write(slug: &str) -> io::Result<()> {
    let file = file().ok_or(io::ErrorKind::NotFound)?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let new = file.with_extension(format!("{}.new", std::process::id()));
    fs::write(&new, format!("{slug}\n"))?;
    fs::rename(&new, &file)
}

fn file() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    let state = folders.state_dir().unwrap_or_else(|| folders.data_dir());
    Some(state.join("webserver").join("last-game"))
}
