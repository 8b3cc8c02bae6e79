//! Which game goes on the air first: the one named, else the one picked.

use std::path::Path;

use rust_i18n::t;
use webserver::config::Config;
use webserver::games::{Game, Library};

use super::menu::{Choice, Menu, short_list};
use super::signals::Signals;
use crate::report::{Exit, Failure};

/// The game that a name stands for: a slug, a title, a number in the menu, or a path to a folder.
///
/// # Errors
/// When it fits nothing, with the nearest names; when the folder is no game, with the reason.
pub fn named(library: &Library, name: Option<String>) -> Result<Option<Game>, Failure> {
    let Some(name) = name else {
        return Ok(None);
    };
    if let Some(game) = library.find(&name) {
        return Ok(Some(game.clone()));
    }
    let path = Path::new(&name);
    if path.exists() || name.contains('/') {
        let folder = Game::from_folder(path);
        return folder.map(Some).map_err(Failure::usage);
    }
    let unknown = Failure::usage(t!("game.unknown", name = name.escape_debug()));
    Err(match library.nearest(&name).as_slice() {
        [] => unknown.hint(t!("hint.path")),
        nearest => unknown.hint(t!("hint.nearest", names = nearest.join(", "))),
    })
}

/// Asks the operator; where there is nobody, takes the configured game.
///
/// # Errors
/// When no game comes of it.
pub async fn asked(
    library: Library,
    config: &Config,
    port: u16,
    signals: &mut Signals,
) -> Result<Result<Game, Exit>, Failure> {
    let list = short_list(&library);
    let example = library
        .games
        .first()
        .map_or("GAME", |game| game.slug.as_str());
    let command = t!(
        "hint.command",
        command = format!("webserver {port} {example}")
    );
    let default = named(&library, config.default_game.clone());
    let preselected = default
        .as_ref()
        .ok()
        .and_then(Option::as_ref)
        .map(|game| game.slug.clone());
    let menu = Menu::open(library, preselected);
    let choice = tokio::select! {
        choice = menu.choice() => choice,
        stop = signals.next() => return Ok(Err(stop.exit())),
    };
    match choice {
        Choice::Game(game) => Ok(Ok(*game)),
        Choice::Left => Ok(Err(Exit::Done)),
        Choice::Interrupted => Ok(Err(Exit::Interrupted)),
        Choice::NoAnswer => Err(Failure::usage(t!("menu.no_answer")).hint(command)),
        Choice::Nobody { shown } => match default? {
            Some(game) => Ok(Ok(game)),
            None if shown => Err(Failure::usage(t!("menu.nobody")).hint(command)),
            None => Err(Failure::usage(t!("menu.nobody")).hint(format!("{list}{command}"))),
        },
    }
}
