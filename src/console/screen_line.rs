//! A styled line at the bottom of the terminal.

use std::fmt;

use crossterm::style::Stylize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::console::printable::Printable;

/// A line at the bottom: printable text, with styles that only this program can add.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ScreenLine {
    styled: String,
    width: usize,
}

impl ScreenLine {
    /// Without styles.
    pub(crate) fn plain(text: &str) -> Self {
        let text = Printable::line(text).into_string();
        Self {
            width: text.width(),
            styled: text,
        }
    }

    /// Drawn by a dialoguer theme, which puts its marks and colours around printable text.
    pub(crate) fn themed(
        text: &str,
        draw: impl FnOnce(&mut dyn fmt::Write, &str) -> fmt::Result,
    ) -> Self {
        let mut styled = String::new();
        // Writing to a string does not fail.
        let _ = draw(&mut styled, Printable::line(text).as_str());
        Self {
            width: width_without_styles(&styled),
            styled,
        }
    }

    /// The columns that it takes.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// For the terminal.
    pub(crate) fn as_str(&self) -> &str {
        &self.styled
    }
}

/// Dims a part of a themed line, unless styles are off.
pub(crate) fn dim(text: &str) -> String {
    match has_styles() {
        true => text.dim().to_string(),
        false => text.to_owned(),
    }
}

/// True unless styles are off.
pub(crate) fn has_styles() -> bool {
    let is_off = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !is_off && std::env::var_os("TERM").is_some_and(|term| term != "dumb")
}

fn width_without_styles(styled: &str) -> usize {
    let mut width = Width(0);
    vte::Parser::new().advance(&mut width, styled.as_bytes());
    width.0
}

struct Width(usize);

impl vte::Perform for Width {
    fn print(&mut self, c: char) {
        self.0 += c.width().unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_wide_as_what_is_seen_of_it() {
        assert_eq!(ScreenLine::plain("读心术").width(), 6);
        let styled =
            |out: &mut dyn fmt::Write, text: &str| write!(out, "\u{1b}[1m❯ {text}\u{1b}[0m");
        let line = ScreenLine::themed("读\u{1b}[31m", styled);
        // The escape of the text is a replacement character, those of the theme are none.
        assert_eq!(line.width(), 2 + 2 + 1 + 4);
    }
}
