//! Which thread of this program is confined to what.

use std::path::PathBuf;

use rust_i18n::t;

use crate::control::state;
use webserver::library::game::Game;
use webserver::sandbox;
use webserver::sandbox::Sandbox;

/// For a thread that builds a game's site: it reads the game, and writes to the cache and to temporary files.
pub(crate) fn building(game: &Game) -> Sandbox {
    keeping().reading(game.source.path())
}

/// For a thread that compresses: it writes to the cache and to temporary files.
pub(crate) fn keeping() -> Sandbox {
    let cache = state::cache_folder().filter(|folder| std::fs::create_dir_all(folder).is_ok());
    let temporary: PathBuf = std::env::temp_dir();
    Sandbox::serving().writing(cache.into_iter().chain([temporary]))
}

/// Says so where the system lacks the means.
pub(crate) fn say_whether_possible() {
    if cfg!(target_os = "linux") && !sandbox::is_possible() {
        tracing::info!("{}", t!("confinement.missing"));
    }
}
