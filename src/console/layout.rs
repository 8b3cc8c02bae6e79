//! TODO

use std::io;
use std::io::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::console::failure::{Exit, Failure};

/// Prints a text on standard output.
///
/// # Errors
/// When it cannot be written; that the reader has gone away is none.
pub(crate) fn print_text(text: &str) -> Result<Exit, Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::failed(error)),
        _ => Ok(Exit::Done),
    }
}

/// Cuts a line to a number of columns, with an ellipsis where something was cut off.
pub(crate) fn fit(line: &str, width: usize) -> String {
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
pub(crate) fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

pub(crate) fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// Names come from strangers' archives; none of them may move the cursor.
pub(crate) fn printable(text: &str) -> String {
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
