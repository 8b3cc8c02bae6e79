//! Which thread of this program is confined to what.

use std::path::PathBuf;

use rust_i18n::t;
use webserver::confinement::{self, Confinement};
use webserver::games::Game;

use super::memory;

/// For a thread that builds a game's site: it reads the game, and writes to the cache and to temporary files.
pub fn building(game: &Game) -> Confinement {
    keeping().reading(game.source.path())
}

/// For a thread that compresses: it writes to the cache and to temporary files.
pub fn keeping() -> Confinement {
    let cache = memory::cache_folder().filter(|folder| std::fs::create_dir_all(folder).is_ok());
    let temporary: PathBuf = std::env::temp_dir();
    Confinement::serving().writing(cache.into_iter().chain([temporary]))
}

/// Says so where the system lacks the means.
pub fn say_whether_possible() {
    if cfg!(target_os = "linux") && !confinement::is_possible() {
        tracing::info!("{}", t!("confinement.missing"));
    }
}
