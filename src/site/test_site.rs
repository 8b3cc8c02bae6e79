//! Sites for unit tests.

use crate::fs::test_folder::test_folder;
use crate::library::game::Game;
use crate::site::Site;
use crate::site::options::BuildOptions;
use crate::site::progress::BuildProgress;

/// A site of a game with this slug and these files.
pub(crate) fn test_site(slug: &str, files: &[(&str, &str)], options: BuildOptions) -> Site {
    let files: Vec<_> = files
        .iter()
        .map(|(name, content)| (format!("{slug}/{name}"), content))
        .collect();
    let folder = test_folder(&files);
    let game = Game::from_folder(&folder.path().join(slug)).unwrap();
    Site::build(&game, options, None, &BuildProgress::default()).unwrap()
}
