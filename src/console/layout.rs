//! Text in columns of the terminal, in which a Chinese character takes two.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

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

/// Fills a text with blanks on its right.
pub(crate) fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

/// Fills a text with blanks on its left.
pub(crate) fn pad_left(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.width());
    format!("{}{text}", " ".repeat(missing))
}

/// The columns of the widest text.
pub(crate) fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(UnicodeWidthStr::width).max().unwrap_or(0)
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

    #[test]
    fn blanks_fill_columns_not_bytes() {
        assert_eq!([pad("读", 4), pad_left("读", 4)], ["读  ", "  读"]);
        assert_eq!([pad("读心", 2), pad_left("读心", 2)], ["读心", "读心"]);
    }
}
