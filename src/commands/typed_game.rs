//! The game that a command names: one of the library, a path, or whatever can be added.

use crate::commands::with_progress;
use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::control::first_game::{PlayableSource, find_typed_game};
use crate::import::error::ImportError;
use crate::import::job::Job;
use crate::import::source::display;
use crate::import::temporary::TemporaryGame;
use webserver::library::entry::Overrides;
use webserver::library::game::Game;
use webserver::library::listing::Library;

/// A game with the files that it was downloaded or unpacked to, which go with it.
#[derive(Debug)]
pub(super) struct TypedGame {
    pub game: Game,
    _files: Option<TemporaryGame>,
}

/// Finds a game by its name in the library or by its path; downloads or unpacks a source that cannot be read where it
/// is. Returns no game if the host interrupts.
///
/// # Errors
/// If there is none, with similar names, or the source cannot be downloaded, unpacked or played.
pub(super) fn typed_game(
    library: &Library,
    name: &str,
) -> Result<(Exit, Option<TypedGame>), Failure> {
    let files = match library.find(name).is_none() && TemporaryGame::is_for(name) {
        false => None,
        true => match unpack(name.to_owned())? {
            (Exit::Done, files) => files,
            (exit, _) => return Ok((exit, None)),
        },
    };
    let game = match &files {
        None => find_typed_game(library, name, Overrides::default(), PlayableSource::Any)?,
        Some(files) => {
            let overrides = Overrides {
                entry: files.entry.clone(),
                ..Overrides::default()
            };
            let path = files.path.display().to_string();
            find_typed_game(library, &path, overrides, PlayableSource::Any)?
        }
    };
    let _files = files;
    Ok((Exit::Done, Some(TypedGame { game, _files })))
}

/// Downloads or unpacks a game named on the command line that cannot be played from its place.
pub(super) fn unpack(named: String) -> Result<(Exit, Option<TemporaryGame>), Failure> {
    let name = display(named.as_ref());
    let (exit, opened) = with_progress::run(vec![name.clone()], move |sink, token| {
        TemporaryGame::open(&named, &Job::new(0, sink, token.clone()))
    })?;
    match (exit, opened) {
        (Exit::Done, Some(opened)) => {
            let failed = |error: ImportError| Failure::failed(format!("{name}: {}", error.text()));
            Ok((exit, opened.map_err(failed)?))
        }
        (exit, _) => Ok((exit, None)),
    }
}
