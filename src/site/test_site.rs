//! Sites for unit tests.

use crate::library::game::Game;
use crate::site::Site;
use crate::site::options::BuildOptions;
use crate::site::progress::BuildProgress;

/// A site of a game with this slug and these files.
pub(crate) fn test_site(slug: &str, files: &[(&str, &str)], options: BuildOptions) -> Site {
    let folder = tempfile::tempdir().unwrap();
    let game = folder.path().join(slug);
    std::fs::create_dir(&game).unwrap();
    for (name, content) in files {
        std::fs::write(game.join(name), content).unwrap();
    }
    let game = Game::from_folder(&game).unwrap();
    Site::build(&game, options, None, &BuildProgress::default()).unwrap()
}
