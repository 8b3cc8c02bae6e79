//! The sandboxes of this program's threads.

use std::path::PathBuf;

use crate::control::state;
use webserver::library::game::Game;
use webserver::sandbox;
use webserver::sandbox::Sandbox;

/// A thread that builds a game: it reads the game, and writes the cache and temporary files.
pub(crate) fn for_building(game: &Game) -> Sandbox {
    for_compressing().reading(game.source.path())
}

/// A thread that looks for the pictures of games: it reads the games, and the pictures outside them.
pub(crate) fn for_looking<'a>(games: impl Iterator<Item = &'a Game>) -> Sandbox {
    let places = games.flat_map(|game| [game.source.path(), game.cover_file.as_deref()]);
    Sandbox::serving().reading(places.flatten())
}

/// A thread that compresses: it writes the cache and temporary files.
pub(crate) fn for_compressing() -> Sandbox {
    let cache = state::cache_folder().filter(|folder| std::fs::create_dir_all(folder).is_ok());
    let temporary: PathBuf = std::env::temp_dir();
    Sandbox::serving().writing(cache.into_iter().chain([temporary]))
}

/// Logs it if the system does not support a sandbox.
pub(crate) fn log_if_unavailable() {
    if cfg!(target_os = "linux") && !sandbox::is_possible() {
        tracing::info!(event = "sandbox_unavailable");
    }
}
