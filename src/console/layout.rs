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

/// Arranges texts in rows, in as many columns as a terminal of this width has room for, three at most.
pub(crate) fn in_columns(texts: &[&str], width: usize) -> String {
    let tables = [3, 2, 1].map(|count| table(texts, count));
    let fits = |table: &&String| widest(table.lines()) <= width;
    let [.., narrowest] = &tables;
    tables.iter().find(fits).unwrap_or(narrowest).clone()
}

fn table(texts: &[&str], count: usize) -> String {
    let width = |column: usize| widest(texts.iter().skip(column).step_by(count).copied());
    let widths: Vec<_> = (0..count).map(width).collect();
    let line = |row: &[&str]| {
        let cells = row.iter().zip(&widths);
        let cells: Vec<_> = cells.map(|(text, width)| pad(text, *width)).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    texts.chunks(count).map(line).collect()
}

/// Breaks a text into lines of at most this width where words do not exceed it: at blanks, and between Chinese characters.
pub(crate) fn wrap(text: &str, width: usize) -> String {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        if !line.is_empty() && line.width() + piece.trim_end().width() > width {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
        line.push_str(piece);
    }
    lines.push(line);
    lines.join("\n")
}

/// The parts of a text between which a line may break.
fn pieces(text: &str) -> Vec<&str> {
    let is_wide = |c: char| c.width() == Some(2);
    let mut pieces = Vec::new();
    let mut start = 0;
    let chars = text.chars().zip(text.char_indices().skip(1));
    for (before, (at, after)) in chars {
        let is_held = "，。、：；！？）”".contains(after) || "（“".contains(before);
        if before == ' ' || !is_held && (is_wide(before) || is_wide(after)) {
            pieces.push(&text[start..at]);
            start = at;
        }
    }
    pieces.push(&text[start..]);
    pieces
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
    fn texts_stand_in_as_many_columns_as_fit() {
        let texts = ["a  读心", "b  two", "c  three", "d  four"];
        for (width, expected) in [
            (80, "a  读心  b  two  c  three\nd  four\n"),
            (25, "a  读心  b  two  c  three\nd  four\n"),
            (24, "a  读心   b  two\nc  three  d  four\n"),
            (16, "a  读心\nb  two\nc  three\nd  four\n"),
            (1, "a  读心\nb  two\nc  three\nd  four\n"),
        ] {
            assert_eq!(in_columns(&texts, width), expected, "{width}");
        }
        assert_eq!(in_columns(&[], 80), "");
    }

    #[test]
    fn long_texts_break_at_blanks_and_between_chinese_characters() {
        for (text, width, expected) in [
            ("one two three", 7, "one two\nthree"),
            ("one two three", 6, "one\ntwo\nthree"),
            ("overlong word", 4, "overlong\nword"),
            ("fits", 4, "fits"),
            ("", 4, ""),
            ("读心术游戏", 4, "读心\n术游\n戏"),
            ("读心，术游戏", 6, "读心，\n术游戏"),
            // A comma does not begin a line, and an opening bracket does not end one.
            ("读心术，游戏", 6, "读心\n术，游\n戏"),
            ("读（a b）心", 4, "读\n（a\nb）\n心"),
            ("读 --port 心", 8, "读\n--port\n心"),
        ] {
            assert_eq!(wrap(text, width), expected, "{text} in {width}");
        }
    }

    #[test]
    fn blanks_fill_columns_not_bytes() {
        assert_eq!([pad("读", 4), pad_left("读", 4)], ["读  ", "  读"]);
        assert_eq!([pad("读心", 2), pad_left("读心", 2)], ["读心", "读心"]);
    }
}
