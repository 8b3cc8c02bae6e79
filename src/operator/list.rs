//! The library as people and programs read it.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::ops::Range;

use rust_i18n::t;
use serde_json::{Value, json};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
use webserver::games::{Engine, Evidence, Game, Kind, Library, Rejected, Trait};
use webserver::language::Language;

use crate::report::{Exit, Failure};

/// The longest list in a message, in bytes; `webserver list` has no such bound.
const LONGEST_LIST: usize = 3000;

/// Prints the library on standard output.
///
/// # Errors
/// When it cannot be written; that the reader has gone away is none.
pub fn print(library: &Library, json: bool) -> Result<Exit, Failure> {
    let text = match json {
        true => format!("{}\n", self::json(library)),
        false => text(library, usize::MAX),
    };
    print_text(&text)
}

/// Prints a text on standard output.
///
/// # Errors
/// When it cannot be written; that the reader has gone away is none.
pub fn print_text(text: &str) -> Result<Exit, Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::failed(error)),
        _ => Ok(Exit::Done),
    }
}

/// Whether a list says what to type for each game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slugs {
    Shown,
    Hidden,
}

/// One line, and which of its bytes name the engine.
#[derive(Debug)]
pub struct Row {
    pub text: String,
    pub engine: Range<usize>,
}

/// One line a game, aligned: number, title, slug, engine where any game has one, description.
pub fn rows(library: &Library, slugs: Slugs) -> Vec<Row> {
    let titles = library
        .games
        .iter()
        .map(|game| printable(game.title.to(Language::spoken())));
    let titles: Vec<_> = titles.map(|title| fit(&title, 36)).collect();
    let title_width = widest(titles.iter().map(String::as_str));
    let has_engines = library
        .games
        .iter()
        .any(|game| game.engine.kind != Kind::Plain);
    let engines = library.games.iter().map(|game| match has_engines {
        true => game.engine.to_string(),
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
        let description = description.map_or("", |text| text.to(Language::spoken()));
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
        Row {
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
pub fn rejection(rejected: &Rejected) -> String {
    let place = rejected.place.as_ref();
    let place = place.map_or_else(String::new, |place| format!("{place}: "));
    printable(&format!("{}  {place}{}", rejected.name, rejected.reason))
}

/// All of it, for a reader whose lines are `width` columns wide.
pub fn text(library: &Library, width: usize) -> String {
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
pub fn short(library: &Library) -> String {
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

/// All of it, for a program.
pub fn json(library: &Library) -> String {
    let language = Language::spoken();
    let games = (1..).zip(&library.games).map(|(number, game)| {
        json!({
            "number": number,
            "slug": game.slug,
            "title": game.title.to(language),
            "titles": game.title,
            "description": game.description.as_ref().map(|text| text.to(language)),
            "entry": game.entry,
            "cover": game.cover,
            "source": game.source.to_string(),
            "engine": engine(&game.engine),
        })
    });
    let rejected = library.rejected.iter().map(|rejected| {
        json!({
            "name": rejected.name,
            "reason": rejected.reason.to_string(),
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

/// An engine, for a program.
pub fn engine(engine: &Engine) -> Value {
    let traits = engine.traits.iter().map(|one| match one {
        Trait::Threads => "threads",
        Trait::Pwa => "pwa",
        Trait::Compressed(compression) => compression.name(),
    });
    json!({
        "name": engine.kind.name(),
        "version": engine.version,
        "traits": traits.collect::<Vec<_>>(),
        "evidence": words(&engine.evidence),
    })
}

/// What was seen, in words.
pub fn words(evidence: &[Evidence]) -> Vec<String> {
    evidence.iter().map(Evidence::to_string).collect()
}

/// Cuts a line to a number of columns, with an ellipsis where something was cut off.
pub fn fit(line: &str, width: usize) -> String {
    if line.width() <= width {
        return line.to_owned();
    }
    let mut fitted = String::new();
    let mut columns = 1; // the ellipsis
    for c in line.chars() {
        columns += c.width().unwrap_or(0);
        if columns > width {
            break;
        }
        fitted.push(c);
    }
    if width > 0 {
        fitted.push('…');
    }
    fitted
}

/// Fills a text with blanks to a number of columns.
pub fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

pub fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// Names come from strangers' archives; none of them may move the cursor.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_in_columns_not_bytes() {
        for (line, width, expected) in [
            ("2048", 4, "2048"),
            ("2048", 3, "20…"),
            ("读心术", 6, "读心术"),
            ("读心术", 5, "读心…"),
            ("读心术", 4, "读…"), // half a character is none
            ("a读", 2, "a…"),
            ("x", 0, ""),
            ("", 0, ""),
        ] {
            assert_eq!(fit(line, width), expected, "{line} in {width}");
            assert!(fit(line, width).width() <= width);
        }
    }
}
