//! The menu: pick the game to publish, with arrow keys, a number or a search.
//!
//! The rows look as dialoguer draws them, but its `Select` and `FuzzySelect` are not used: they miss Ctrl-D, digits,
//! Home and End, count the width of Chinese titles in bytes, and cannot be ended from outside while they wait for a
//! key. ratatui is not used either: it would bring many crates for a list and two lines.

use std::ops::Range;

use dialoguer::theme::{ColorfulTheme, Theme};

use crate::console::foreground::TerminalSize;
use crate::console::key::Key;
use crate::console::layout::fit;
use crate::console::library_table::{Slugs, TableRow, rejection, rows};
use crate::console::message::t;
use crate::console::plural;
use crate::console::printable::printable;
use crate::console::screen_line::{ScreenLine, dim};
use webserver::library::game::Game;
use webserver::library::listing::Library;

/// The rows that PageUp and PageDown skip.
const PAGE: usize = 10;

/// The longest search, in characters.
const LONGEST_SEARCH: usize = 60;

/// The menu while it is open.
#[derive(Debug)]
pub(crate) struct Menu {
    /// The indices of the games in the library that match the search.
    found: Vec<usize>,
    /// The index in `found`.
    selected: usize,
    search: String,
    /// The number that is being typed.
    number: usize,
}

/// The host's decision.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Publish this game.
    Game(Box<Game>),
    /// Leave the menu.
    Left,
    /// Ctrl-C.
    Interrupted,
}

impl Menu {
    /// Opens the menu on the first of these games that the library has.
    pub(crate) fn open(library: &Library, first: impl IntoIterator<Item = String>) -> Self {
        let at = first.into_iter().find_map(|name| {
            let found = library.find(&name)?;
            library.games.iter().position(|game| game == found)
        });
        Self {
            found: (0..library.games.len()).collect(),
            selected: at.unwrap_or(0),
            search: String::new(),
            number: 0,
        }
    }

    /// Follows a change of the library.
    pub(crate) fn update(&mut self, library: &Library) {
        let before = self.selected;
        self.filter(library);
        self.selected = before.min(self.found.len().saturating_sub(1));
    }

    /// Takes a key; returns the decision when it makes one.
    pub(crate) fn press(&mut self, key: Key, library: &Library) -> Option<Choice> {
        let number = std::mem::take(&mut self.number);
        let is_searching = !self.search.is_empty();
        match key {
            Key::Enter => return self.chosen(library),
            Key::Char(' ') if !is_searching => return self.chosen(library),
            Key::Escape if is_searching => self.set_search(String::new(), library),
            Key::Char('q') if !is_searching => return Some(Choice::Left),
            Key::Escape | Key::CtrlD => return Some(Choice::Left),
            Key::CtrlC => return Some(Choice::Interrupted),
            Key::Char(digit) if digit.is_ascii_digit() => self.pick(number, digit, library),
            // A game is picked by a key only.
            Key::Text(digit) if digit.is_ascii_digit() => {}
            Key::Char(c) | Key::Text(c) => self.search_for(c, library),
            Key::Backspace => {
                let mut search = self.search.clone();
                search.pop();
                self.set_search(search, library);
            }
            _ => self.go(key),
        }
        None
    }

    /// Draws the menu for a terminal of this size.
    pub(crate) fn lines(&self, library: &Library, size: TerminalSize) -> Vec<ScreenLine> {
        let TerminalSize { rows, columns } = size;
        let mut below = Vec::new();
        if library.games.is_empty() {
            below.push(format!("  {}", t!("menu.empty")));
        }
        if !library.rejected.is_empty() && self.search.is_empty() {
            below.extend([String::new(), format!("  {}", t!("list.rejected"))]);
            let rejected = library.rejected.iter();
            below.extend(rejected.map(|rejected| format!("    {}", rejection(rejected))));
        }
        // The question, the keys, and the line that the cursor is on.
        let room = rows.saturating_sub(4).max(1);
        let shown = window(self.selected, self.found.len(), room);
        below.truncate(room.saturating_sub(shown.len()));
        let mut lines = vec![self.question(library, &shown, columns)];
        lines.extend(self.rows(library, shown, columns));
        lines.extend(
            below
                .iter()
                .map(|line| ScreenLine::plain(&fit(line, columns))),
        );
        lines.push(ScreenLine::default());
        let keys = format!("  {}", t!("menu.keys"));
        lines.push(ScreenLine::plain(&fit(&keys, columns)));
        lines
    }

    fn question(&self, library: &Library, shown: &Range<usize>, columns: usize) -> ScreenLine {
        let all = library.games.len();
        let text = match (self.search.as_str(), shown.len() < self.found.len()) {
            ("", _) if all == 0 => t!("list.empty").into_owned(),
            ("", false) => t!("menu.question").into_owned(),
            ("", true) => format!("{} ({})", t!("menu.question"), plural::games(all as u64)),
            (search, _) => {
                let count = t!("menu.found", found = self.found.len(), all = all);
                format!("{}▏{count}", printable(search))
            }
        };
        let text = fit(&text, columns.saturating_sub(4));
        let theme = ColorfulTheme::default();
        ScreenLine::themed(&text, |mut out, text| {
            theme.format_select_prompt(&mut out, text)
        })
    }

    fn rows(&self, library: &Library, shown: Range<usize>, columns: usize) -> Vec<ScreenLine> {
        let theme = ColorfulTheme::default();
        let games = rows(library, Slugs::Hidden, columns.saturating_sub(3));
        let is_first = |at| at == shown.start && at > 0;
        let is_last = |at| at + 1 == shown.end && shown.end < self.found.len();
        let line = |at: usize| {
            let row = self.found.get(at).and_then(|index| games.get(*index))?;
            let is_selected = at == self.selected;
            let text = fit(&row.text, columns.saturating_sub(3));
            Some(match (is_selected, is_first(at), is_last(at)) {
                (false, true, _) => ScreenLine::themed(&text, |out, text| {
                    write!(out, "↑ {}", with_dim_engine(text, row))
                }),
                (false, _, true) => ScreenLine::themed(&text, |out, text| {
                    write!(out, "↓ {}", with_dim_engine(text, row))
                }),
                (true, ..) => ScreenLine::themed(&text, |mut out, text| {
                    theme.format_select_prompt_item(&mut out, text, true)
                }),
                (false, ..) => ScreenLine::themed(&text, |mut out, text| {
                    theme.format_select_prompt_item(&mut out, &with_dim_engine(text, row), false)
                }),
            })
        };
        shown.clone().filter_map(line).collect()
    }

    fn chosen(&self, library: &Library) -> Option<Choice> {
        let game = self.found.get(self.selected);
        // If nothing matches, or the library is empty, wait for another search, or for a game.
        let game = game.and_then(|index| library.games.get(*index));
        game.map(|game| Choice::Game(Box::new(game.clone())))
    }

    fn go(&mut self, key: Key) {
        let last = self.found.len().saturating_sub(1);
        self.selected = match key {
            Key::Down | Key::Tab if self.selected == last => 0,
            Key::Down | Key::Tab => self.selected + 1,
            Key::Up | Key::BackTab if self.selected == 0 => last,
            Key::Up | Key::BackTab => self.selected - 1,
            Key::PageDown => (self.selected + PAGE).min(last),
            Key::PageUp => self.selected.saturating_sub(PAGE),
            Key::Home => 0,
            Key::End => last,
            _ => self.selected,
        };
    }

    /// Selects by number. Successive digits form one number, as long as there is a game with that number.
    fn pick(&mut self, typed: usize, digit: char, library: &Library) {
        let digit = digit.to_digit(10).unwrap_or_default() as usize;
        let games = 1..=library.games.len();
        let number = [typed.saturating_mul(10).saturating_add(digit), digit]
            .into_iter()
            .find(|number| games.contains(number));
        if let Some(number) = number {
            if !self.search.is_empty() {
                self.set_search(String::new(), library);
            }
            (self.number, self.selected) = (number, number - 1);
        }
    }

    fn search_for(&mut self, c: char, library: &Library) {
        if self.search.chars().count() < LONGEST_SEARCH {
            self.set_search(format!("{}{c}", self.search), library);
        }
    }

    /// Changes the search; the selected game stays selected if it matches.
    fn set_search(&mut self, search: String, library: &Library) {
        let before = self.found.get(self.selected).copied();
        self.search = search;
        self.filter(library);
        let at = self.found.iter().position(|index| Some(*index) == before);
        self.selected = at.unwrap_or(0);
    }

    fn filter(&mut self, library: &Library) {
        let search = self.search.to_lowercase();
        let games = library.games.iter().enumerate();
        let found = games.filter(|(_, game)| is_found(game, &search));
        self.found = found.map(|(index, _)| index).collect();
    }
}

/// Searches the slug and the titles of a game, in all languages.
fn is_found(game: &Game, search: &str) -> bool {
    use webserver::language::Language;
    let titles = [Language::English, Language::Chinese].map(|language| game.title.get(language));
    let mut names = titles.into_iter().chain([game.slug.as_str()]);
    names.any(|name| name.to_lowercase().contains(search))
}

/// A row with its engine dimmed.
fn with_dim_engine(text: &str, row: &TableRow) -> String {
    let engine = row.text.get(row.engine.clone());
    let mut text = text.to_owned();
    if let Some(engine) = engine.filter(|engine| text.get(row.engine.clone()) == Some(engine)) {
        text.replace_range(row.engine.clone(), &dim(engine));
    }
    text
}

/// The at most `room` rows of `count` to show, including the selected one.
fn window(selected: usize, count: usize, room: usize) -> Range<usize> {
    let start = selected
        .saturating_sub(room / 2)
        .min(count.saturating_sub(room));
    start..(start + room).min(count)
}
