//! TODO

use std::fmt::Write as _;
use std::ops::Range;

use rust_i18n::t;

use crate::console::describe::Describe;
use crate::console::detection::engine_text;
use crate::console::layout::{fit, pad, printable, widest};
use crate::console::locale;
use webserver::detect::kind::EngineKind;
use webserver::library::game::Game;
use webserver::library::listing::{Library, Rejected};

/// The longest list in a message, in bytes; `webserver list` has no such bound.
const LONGEST_LIST: usize = 3000;

/// Whether a list says what to type for each game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slugs {
    Shown,
    Hidden,
}

/// One line, and which of its bytes name the engine.
#[derive(Debug)]
pub(crate) struct TableRow {
    pub text: String,
    pub engine: Range<usize>,
}

/// One line a game, aligned: number, title, slug, engine where any game has one, description.
pub(crate) fn rows(library: &Library, slugs: Slugs) -> Vec<TableRow> {
    let titles = library
        .games
        .iter()
        .map(|game| printable(game.title.get(locale::current())));
    let titles: Vec<_> = titles.map(|title| fit(&title, 36)).collect();
    let title_width = widest(titles.iter().map(String::as_str));
    let has_engines = library
        .games
        .iter()
        .any(|game| game.engine.kind != EngineKind::Plain);
    let engines = library.games.iter().map(|game| match has_engines {
        true => engine_text(&game.engine),
        false => String::new(),
    });
    let engines: Vec<_> = engines.map(|engine| fit(&printable(&engine), 26)).collect();
    let engine_width = widest(engines.iter().map(String::as_str));
    let gap = if has_engines { "  " } else { "" };
    let slug_width = widest(library.games.iter().map(|game| game.slug.as_str()));
    let slug = |game: &Game| match slugs {
        Slugs::Shown => format!("{}  ", pad(&game.slug, slug_width)),
        Slugs::Hidden => String::new(),
    };
    let digits = library.games.len().to_string().len();
    let row = |(index, ((game, title), engine)): (usize, ((&Game, &String), &String))| {
        let description = game.description.as_ref();
        let description = description.map_or("", |text| text.get(locale::current()));
        let before = format!(
            "{number:>digits$}  {title}  {slug}",
            number = index + 1,
            title = pad(title, title_width),
            slug = slug(game),
        );
        let text = format!(
            "{before}{engine}{gap}{description}",
            engine = pad(engine, engine_width),
            description = printable(description),
        );
        TableRow {
            text: text.trim_end().to_owned(),
            engine: before.len()..before.len() + engine.len(),
        }
    };
    library
        .games
        .iter()
        .zip(&titles)
        .zip(&engines)
        .enumerate()
        .map(row)
        .collect()
}

/// One line for something that cannot be played: its name, where it stands, and why not.
pub(crate) fn rejection(rejected: &Rejected) -> String {
    let place = rejected.location.as_ref();
    let place = place.map_or_else(String::new, |place| format!("{place}: "));
    printable(&format!(
        "{}  {place}{}",
        rejected.name.text(),
        rejected.reason.text()
    ))
}

/// All of it, for a reader whose lines are `width` columns wide.
pub(crate) fn text(library: &Library, width: usize) -> String {
    let mut text = String::new();
    let mut line = |line: &str| {
        let _ = writeln!(text, "{}", fit(line, width));
    };
    if library.games.is_empty() {
        line(&t!("list.empty"));
    }
    for row in rows(library, Slugs::Shown) {
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

/// The list as it stands in messages: bounded, whatever the library.
pub(crate) fn short(library: &Library) -> String {
    let text = text(library, 79);
    if text.len() <= LONGEST_LIST {
        return text;
    }
    let mut short = String::new();
    for line in text.lines().take_while(|line| line.len() < LONGEST_LIST) {
        if short.len() + line.len() > LONGEST_LIST {
            break;
        }
        short.push_str(line);
        short.push('\n');
    }
    format!("{short}{}\n", t!("menu.more"))
}
