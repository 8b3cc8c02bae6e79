//! `webserver list`: prints the library.

use serde::Serialize;

use crate::commands::json::{self, EngineJson, RejectedJson};
use crate::console::failure::{Exit, Failure};
use crate::console::library_table::{missing_covers, text};
use crate::console::locale;
use crate::console::stdout::{print_json, print_text};
use webserver::language::LocalizedText;
use webserver::library::game::Game;
use webserver::library::listing::Library;

/// Prints the library on standard output.
///
/// # Errors
/// If it cannot be written, unless the reader has gone away.
pub(super) fn run(library: &Library, json: bool) -> Result<Exit, Failure> {
    match json {
        true => print_json(&json::text(&LibraryJson::from(library))?),
        false => print_text(&(text(library) + &missing_covers(library))),
    }
}

/// The output of `list --json`.
#[derive(Serialize)]
struct LibraryJson<'a> {
    games: Vec<GameJson<'a>>,
    rejected: Vec<RejectedJson>,
}

#[derive(Serialize)]
struct GameJson<'a> {
    number: usize,
    slug: &'a str,
    /// In the host's language.
    title: &'a str,
    /// By language.
    titles: &'a LocalizedText,
    description: Option<&'a str>,
    entry: &'a str,
    cover: Option<&'a str>,
    source: String,
    engine: EngineJson,
}

impl<'a> From<&'a Library> for LibraryJson<'a> {
    fn from(library: &'a Library) -> Self {
        let games = (1..).zip(&library.games);
        Self {
            games: games
                .map(|(number, game)| GameJson::new(number, game))
                .collect(),
            rejected: library.rejected.iter().map(RejectedJson::from).collect(),
        }
    }
}

impl<'a> GameJson<'a> {
    fn new(number: usize, game: &'a Game) -> Self {
        let language = locale::current();
        let description = game.description.as_ref();
        Self {
            number,
            slug: &game.slug,
            title: game.title.get(language),
            titles: &game.title,
            description: description.map(|text| text.get(language)),
            entry: &game.entry,
            cover: game.cover.as_deref(),
            source: game.source.to_string(),
            engine: EngineJson::from(&game.engine),
        }
    }
}
