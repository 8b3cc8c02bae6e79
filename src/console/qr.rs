//! QR codes on the terminal: dark on light, whatever its colours are.

use std::env;
use std::io::IsTerminal as _;

use crate::console::foreground::TerminalSize;
use crate::console::screen_line::{ScreenLine, has_styles};
use webserver::qr::QrModules;

/// Black on white, from the part of the palette that themes leave alone.
const DARK_ON_LIGHT: &str = "\u{1b}[38;5;16;48;5;231m";
const USUAL: &str = "\u{1b}[0m";

/// The means of a terminal to draw a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drawing {
    /// Colours; without them the terminal is assumed to be dark.
    colors: bool,
    /// Half blocks: two modules a character; without them a module is two characters.
    half_blocks: bool,
}

impl Drawing {
    /// The means of standard error's terminal.
    pub(crate) fn on_stderr() -> Self {
        Self::new(std::io::stderr().is_terminal())
    }

    /// The means of standard output's terminal.
    pub(crate) fn on_stdout() -> Self {
        Self::new(std::io::stdout().is_terminal())
    }

    fn new(is_terminal: bool) -> Self {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
        Self {
            colors: is_terminal && has_styles(),
            half_blocks: locale.is_none_or(|locale| is_unicode(&locale)),
        }
    }

    /// The lines of a code, each module this many times as large as the smallest.
    pub(crate) fn lines(self, code: &QrModules, scale: usize) -> Vec<ScreenLine> {
        let side = code.width() * scale;
        let is_dark = |x: usize, y: usize| code.is_dark(x / scale, y / scale);
        let step = if self.half_blocks { 2 } else { 1 };
        let row = |y: usize| {
            let modules = (0..side).map(|x| match self.half_blocks {
                true => self.half_blocks(is_dark(x, y), is_dark(x, y + 1)),
                false => self.blank(is_dark(x, y)),
            });
            let row: String = modules.collect();
            let row = match self.colors {
                true => format!("{DARK_ON_LIGHT}{row}{USUAL}"),
                false => row,
            };
            ScreenLine::themed("", |out, _| out.write_str(&row))
        };
        (0..side).step_by(step).map(row).collect()
    }

    /// The largest scale at which a code fits.
    pub(crate) fn largest_scale(self, code: &QrModules, room: TerminalSize) -> Option<usize> {
        let (columns, rows) = match self.half_blocks {
            true => (room.columns, room.rows * 2),
            false => (room.columns / 2, room.rows),
        };
        // A code with an odd number of modules fills only half of its last row.
        let most = columns.min(rows) / code.width();
        Some(most).filter(|scale| *scale > 0)
    }

    /// The character of two modules, one above the other.
    fn half_blocks(self, upper: bool, lower: bool) -> &'static str {
        // Without colours, drawn modules are the light ones.
        match (upper == self.colors, lower == self.colors) {
            (true, true) => "█",
            (true, false) => "▀",
            (false, true) => "▄",
            (false, false) => " ",
        }
    }

    /// The characters of one module, in ASCII.
    fn blank(self, is_dark: bool) -> &'static str {
        match (self.colors, is_dark) {
            (true, true) => "\u{1b}[7m  \u{1b}[27m",
            (false, false) => "##",
            _ => "  ",
        }
    }
}

fn is_unicode(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(rows: usize, columns: usize) -> TerminalSize {
        TerminalSize { rows, columns }
    }

    #[test]
    fn a_code_is_as_large_as_its_room() {
        let code = QrModules::of("http://192.168.1.23:8080/").unwrap();
        let blocks = Drawing {
            colors: true,
            half_blocks: true,
        };
        let ascii = Drawing {
            half_blocks: false,
            ..blocks
        };
        for (drawing, size, expected) in [
            (blocks, room(17, 33), Some(1)),
            (blocks, room(16, 33), None),
            (blocks, room(17, 32), None),
            (blocks, room(33, 66), Some(2)),
            (ascii, room(33, 66), Some(1)),
            (ascii, room(33, 65), None),
        ] {
            let scale = drawing.largest_scale(&code, size);
            assert_eq!(scale, expected, "{drawing:?} {size:?}");
            let Some(scale) = scale else { continue };
            let lines = drawing.lines(&code, scale);
            assert!(lines.len() <= size.rows, "{size:?}");
            assert!(lines.iter().all(|line| line.width() <= size.columns));
        }
    }

    #[test]
    fn half_blocks_need_unicode() {
        for (locale, expected) in [
            ("en_US.UTF-8", true),
            ("C.utf8", true),
            ("C", false),
            ("de_DE.ISO-8859-1", false),
        ] {
            assert_eq!(is_unicode(locale), expected, "{locale}");
        }
    }
}
