//! The menu: which game goes on the air, asked with the arrow keys on a terminal.
//!
//! The rows look as dialoguer draws them, but its `Select` is not used: it hides Ctrl-D, digits, Home and End, counts
//! the width of Chinese titles in bytes, and cannot be ended from outside while it waits for a key.

use std::ops::Range;

use console::Key;
use dialoguer::theme::{ColorfulTheme, Theme};
use rust_i18n::t;

use crate::console::library_table::{Slugs, TableRow};
use crate::console::{layout, library_table};
use webserver::library::game::Game;
use webserver::library::listing::Library;

/// The menu while it is open.
#[derive(Debug)]
pub(crate) struct Menu {
    selection: Cursor,
}

/// What the operator decided.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// This game.
    Game(Box<Game>),
    /// Nothing: they left the menu.
    Left,
    /// Nothing: they pressed Ctrl-C.
    Interrupted,
}

impl Menu {
    /// Opens it on the first of these games that there is.
    pub(crate) fn open(library: &Library, first: impl IntoIterator<Item = String>) -> Self {
        let at = first.into_iter().find_map(|name| {
            let found = library.find(&name)?;
            library.games.iter().position(|game| game == found)
        });
        Self {
            selection: Cursor {
                at: at.unwrap_or(0),
                of: library.games.len(),
                typed: 0,
            },
        }
    }

    /// The library has changed while it was open.
    pub(crate) fn fit(&mut self, library: &Library) {
        let of = library.games.len();
        self.selection = Cursor {
            at: self.selection.at.min(of.saturating_sub(1)),
            of,
            typed: 0,
        };
    }

    /// What a key decides, if it decides anything.
    pub(crate) fn press(&mut self, key: &Key, library: &Library) -> Option<Choice> {
        match self.selection.press(key) {
            Press::Moved => None,
            Press::Chosen => match library.games.get(self.selection.at) {
                Some(game) => Some(Choice::Game(Box::new(game.clone()))),
                None => Some(Choice::Left),
            },
            Press::Left => Some(Choice::Left),
            Press::Interrupted => Some(Choice::Interrupted),
        }
    }

    /// What to draw on a terminal of so many rows and columns.
    pub(crate) fn lines(&self, library: &Library, size: (usize, usize)) -> Vec<String> {
        draw(library, self.selection.at, size)
    }
}

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Press {
    Moved,
    Chosen,
    Left,
    Interrupted,
}

/// The row that is selected, and the number being typed.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    at: usize,
    of: usize,
    typed: usize,
}

impl Cursor {
    fn press(&mut self, key: &Key) -> Press {
        let last = self.of.saturating_sub(1);
        let typed = std::mem::take(&mut self.typed);
        self.at = match key {
            Key::ArrowDown | Key::Tab | Key::Char('j') if self.at == last => 0,
            Key::ArrowDown | Key::Tab | Key::Char('j') => self.at + 1,
            Key::ArrowUp | Key::BackTab | Key::Char('k') if self.at == 0 => last,
            Key::ArrowUp | Key::BackTab | Key::Char('k') => self.at - 1,
            Key::PageDown => (self.at + 10).min(last),
            Key::PageUp => self.at.saturating_sub(10),
            Key::Home => 0,
            Key::End => last,
            Key::Char(digit) if digit.is_ascii_digit() => self.number(typed, *digit),
            Key::Enter | Key::Char(' ') => return Press::Chosen,
            Key::Escape | Key::Char('q' | '\u{4}') => return Press::Left,
            Key::CtrlC => return Press::Interrupted,
            _ => self.at,
        };
        Press::Moved
    }

    /// Digits typed one after the other are one number, as long as there is a game with it.
    fn number(&mut self, typed: usize, digit: char) -> usize {
        let digit = digit.to_digit(10).unwrap_or_default() as usize;
        let games = 1..=self.of;
        let number = [typed.saturating_mul(10).saturating_add(digit), digit]
            .into_iter()
            .find(|number| games.contains(number));
        match number {
            Some(number) => {
                self.typed = number;
                number - 1
            }
            None => self.at,
        }
    }
}

fn draw(library: &Library, selected: usize, (rows, columns): (usize, usize)) -> Vec<String> {
    let theme = ColorfulTheme::default();
    let games = library_table::rows(library, Slugs::Hidden);
    let mut below = Vec::new();
    if !library.rejected.is_empty() {
        below.extend([String::new(), format!("  {}", t!("list.rejected"))]);
        below.extend(
            library
                .rejected
                .iter()
                .map(|rejected| format!("    {}", library_table::rejection(rejected))),
        );
    }
    // The question, the keys, and the line that the cursor is on.
    let room = rows.saturating_sub(4).max(1);
    let shown = window(selected, games.len(), room);
    below.truncate(room.saturating_sub(shown.len()));
    let mut lines = vec![themed(|out| {
        theme.format_select_prompt(
            out,
            &layout::fit(&t!("menu.question"), columns.saturating_sub(4)),
        )
    })];
    for index in shown {
        let row = fitted(&games[index], columns.saturating_sub(3), index == selected);
        lines.push(themed(|out| {
            theme.format_select_prompt_item(out, &row, index == selected)
        }));
    }
    lines.extend(below.iter().map(|line| layout::fit(line, columns)));
    lines.push(String::new());
    lines.push(layout::fit(&format!("  {}", t!("menu.keys")), columns));
    lines
}

/// A row in so many columns, its engine less bright than the rest; the row that is selected has a colour of its own.
fn fitted(row: &TableRow, columns: usize, is_selected: bool) -> String {
    let mut text = layout::fit(&row.text, columns);
    let engine = row.text.get(row.engine.clone());
    if let (false, Some(engine)) = (is_selected, engine)
        && text.get(row.engine.clone()) == Some(engine)
    {
        let dim = console::style(engine).for_stderr().dim().to_string();
        text.replace_range(row.engine.clone(), &dim);
    }
    text
}

/// The rows to show of `of`, `room` at most, the selected one among them.
fn window(selected: usize, of: usize, room: usize) -> Range<usize> {
    let start = selected
        .saturating_sub(room / 2)
        .min(of.saturating_sub(room));
    start..(start + room).min(of)
}

fn themed(format: impl FnOnce(&mut String) -> std::fmt::Result) -> String {
    let mut line = String::new();
    // Writing to a string does not fail.
    let _ = format(&mut line);
    line
}
