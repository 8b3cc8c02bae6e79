//! The library as a table, for lists and the menu.

use std::fmt::Write as _;
use std::ops::Range;

use crate::console::describe::Describe;
use crate::console::detection::engine_text;
use crate::console::layout::{fit, pad, widest};
use crate::console::locale;
use crate::console::message::t;
use crate::console::printable::printable;
use webserver::detect::kind::EngineKind;
use webserver::library::game::Game;
use webserver::library::listing::{Library, Rejected};

/// The longest list in a message, in bytes; `webserver list` has no such bound.
const LONGEST_LIST: usize = 3000;

/// The widest engine, in columns.
const WIDEST_ENGINE: usize = 26;

/// A title is never cut below this width, in columns.
const SHORTEST_TITLE: usize = 12;

/// Longer titles push only their own row to the right, in columns.
const WIDEST_TITLE: usize = 40;

/// A description is cut down to this width, in columns; where there is less room, it is left out.
const SHORTEST_DESCRIPTION: usize = 8;

/// The columns of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slugs {
    Shown,
    Hidden,
}

/// One line, and the range of its bytes that names the engine.
#[derive(Debug)]
pub(crate) struct TableRow {
    pub text: String,
    pub engine: Range<usize>,
}

/// One line a game, aligned: number, title, slug, engine where any game has one, description. Titles are shortened only
/// where the others leave them too little of `columns`.
pub(crate) fn rows(library: &Library, slugs: Slugs, columns: usize) -> Vec<TableRow> {
    let games = &library.games;
    let title = |game: &Game| printable(game.title.get(locale::current()));
    let titles: Vec<_> = games.iter().map(title).collect();
    let engines = engines(games);
    let engine_width = widest(engines.iter().map(String::as_str));
    let gap = if engine_width > 0 { "  " } else { "" };
    let slug_width = match slugs {
        Slugs::Shown => widest(games.iter().map(|game| game.slug.as_str())) + 2,
        Slugs::Hidden => 0,
    };
    let digits = games.len().to_string().len();
    let others = digits + 2 + 2 + slug_width + engine_width;
    let room = columns.saturating_sub(others).max(SHORTEST_TITLE);
    let title_width = widest(titles.iter().map(String::as_str)).min(room);
    let row = |(index, (game, title)): (usize, (&Game, &String))| {
        let description = game.description.as_ref();
        let description = description.map_or("", |text| text.get(locale::current()));
        let mut description = printable(description);
        let slug = match slugs {
            Slugs::Shown => pad(&game.slug, slug_width),
            Slugs::Hidden => String::new(),
        };
        let before = format!(
            "{number:>digits$}  {title}  {slug}",
            number = index + 1,
            title = pad(&fit(title, title_width), title_width.min(WIDEST_TITLE)),
        );
        let engine = &engines[index];
        let start = format!("{before}{}{gap}", pad(engine, engine_width));
        let room = columns.saturating_sub(width(&start));
        if room < width(&description).min(SHORTEST_DESCRIPTION) {
            description.clear();
        }
        let text = start + &description;
        TableRow {
            text: text.trim_end().to_owned(),
            engine: before.len()..before.len() + engine.len(),
        }
    };
    games.iter().zip(&titles).enumerate().map(row).collect()
}

fn width(text: &str) -> usize {
    widest(std::iter::once(text))
}

/// The engine of each game; nothing where all are plain pages.
fn engines(games: &[Game]) -> Vec<String> {
    let has_engines = games
        .iter()
        .any(|game| game.engine.kind != EngineKind::Plain);
    let engine = |game: &Game| match has_engines {
        true => fit(&printable(&engine_text(&game.engine)), WIDEST_ENGINE),
        false => String::new(),
    };
    games.iter().map(engine).collect()
}

/// One line for something that cannot be published: its name, its place in the configuration, and the reason.
pub(crate) fn rejection(rejected: &Rejected) -> String {
    let place = rejected.location.as_ref();
    let place = place.map_or_else(String::new, |place| format!("{place}: "));
    printable(&format!(
        "{}  {place}{}",
        rejected.name.text(),
        rejected.reason.text()
    ))
}

/// The whole library, uncut.
pub(crate) fn text(library: &Library) -> String {
    let mut text = String::new();
    let mut line = |line: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{line}");
    };
    if library.games.is_empty() {
        line(&t!("list.empty"));
    }
    for row in rows(library, Slugs::Shown, usize::MAX) {
        line(&row.text);
    }
    if !library.rejected.is_empty() {
        line("");
        line(&t!("list.rejected"));
        for rejected in &library.rejected {
            line(&format!("  {}", rejection(rejected)));
        }
    }
    text
}

/// The covers that the configuration names and that do not exist, below a list of the library.
pub(crate) fn missing_covers(library: &Library) -> String {
    let gone = |game: &Game| Some(format!("  {}  {}\n", game.slug, game.missing_cover()?));
    let covers: String = library.games.iter().filter_map(gone).collect();
    match covers.as_str() {
        "" => covers,
        _ => format!("\n{}\n{covers}", t!("list.covers")),
    }
}

/// The list for a message, bounded in length.
pub(crate) fn short(library: &Library) -> String {
    let text = text(library);
    if text.len() <= LONGEST_LIST {
        return text;
    }
    let mut short = String::new();
    for line in text.lines() {
        if short.len() + line.len() > LONGEST_LIST {
            break;
        }
        short.push_str(line);
        short.push('\n');
    }
    format!("{short}{}\n", t!("menu.more"))
}
