//! The state kept between runs: the game published last, where the menu opens, the date of that publication, and the
//! ports and plays of an arcade's games.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{fs, io};

use etcetera::BaseStrategy;

use webserver::fs::replace::{Durability, replace};
use webserver::site::cache::Cache;
use webserver::site::last_modified::LastModified;

/// The slug of the game published last.
pub(crate) fn last_game() -> Option<String> {
    read("last-game")
}

/// The date of a publication now, if it is later than every date given before.
///
/// There is none if the clock was set back, for a second game within the same second, and on a system that keeps no
/// state, such as a container. Clients then compare tags alone.
pub(crate) fn publication_date() -> Option<LastModified> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    // A date that cannot be read may have been any up to now.
    let last = read("last-published").map_or(0, |seconds| seconds.parse().unwrap_or(now));
    if now < last {
        return None;
    }
    write("last-published", &now.to_string()).ok()?;
    LastModified::from_unix_seconds(now).filter(|_| now > last)
}

/// Remembers the game published last. A failure only affects where the next menu opens, so it is ignored.
pub(crate) fn remember_game(slug: &str) {
    let _ = write("last-game", slug);
}

/// The ports of the games in the arcade of the server at this port, as they were saved.
pub(crate) fn game_ports(port: u16) -> Option<String> {
    read(&format!("arcade-ports-{port}"))
}

/// Saves the ports of the games in the arcade of the server at this port.
///
/// # Errors
/// If the system keeps no state.
pub(crate) fn keep_game_ports(port: u16, text: &str) -> io::Result<()> {
    write(&format!("arcade-ports-{port}"), text)
}

/// The number of times that each game was started in the arcades of earlier runs.
pub(crate) fn plays() -> HashMap<String, u64> {
    let text = read("arcade-plays").unwrap_or_default();
    let lines = text.lines().filter_map(|line| {
        let (plays, slug) = line.split_once(' ')?;
        Some((slug.to_owned(), plays.parse().ok()?))
    });
    lines.collect()
}

/// Saves the number of times that each game was started. A failure only affects the order of the lobby, so it is
/// ignored.
pub(crate) fn keep_plays(plays: &HashMap<String, u64>) {
    let mut lines: Vec<_> = plays
        .iter()
        .filter(|(_, plays)| **plays > 0)
        .map(|(slug, plays)| format!("{plays} {slug}"))
        .collect();
    lines.sort();
    if !lines.is_empty() {
        let _ = write("arcade-plays", &lines.join("\n"));
    }
}

/// The cache of compressed content.
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
    let content = format!("{text}\n");
    replace(&folder.join(name), content.as_bytes(), Durability::Unsynced)?;
    Ok(())
}

fn folder() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    let state = folders.state_dir().unwrap_or_else(|| folders.data_dir());
    Some(state.join("webserver"))
}
