//! The library as people and programs read it.

use serde_json::json;

use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::console::layout::print_text;
use crate::console::library_table::{engine, text};
use crate::console::locale;
use webserver::library::listing::Library;

/// The longest list in a message, in bytes; `webserver list` has no such bound.
pub(crate) const LONGEST_LIST: usize = 3000;

/// Prints the library on standard output.
///
/// # Errors
/// When it cannot be written; that the reader has gone away is none.
pub(crate) fn print(library: &Library, json: bool) -> Result<Exit, Failure> {
    let text = match json {
        true => format!("{}\n", self::json(library)),
        false => text(library, usize::MAX),
    };
    print_text(&text)
}

/// All of it, for a program.
pub(crate) fn json(library: &Library) -> String {
    let language = locale::current();
    let games = (1..).zip(&library.games).map(|(number, game)| {
        json!({
            "number": number,
            "slug": game.slug,
            "title": game.title.get(language),
            "titles": game.title,
            "description": game.description.as_ref().map(|text| text.get(language)),
            "entry": game.entry,
            "cover": game.cover,
            "source": game.source.to_string(),
            "engine": engine(&game.engine),
        })
    });
    let rejected = library.rejected.iter().map(|rejected| {
        json!({
            "name": rejected.name.text(),
            "reason": rejected.reason.text(),
            "file": rejected.place.as_ref().map(|place| place.file.display().to_string()),
            "line": rejected.place.as_ref().map(|place| place.line),
        })
    });
    let library = json!({
        "games": games.collect::<Vec<_>>(),
        "rejected": rejected.collect::<Vec<_>>(),
    });
    format!("{library:#}")
}
