//! How far a build is, as a line with a bar.

use rust_i18n::t;
use unicode_width::UnicodeWidthStr;

use crate::console::format::size;
use crate::console::layout::{fit, printable};
use crate::console::locale;
use webserver::library::game::Game;
use webserver::site::progress::BuildProgress;

/// The widest bar, in columns.
const WIDEST: usize = 24;

/// The line about the build of a game, for a terminal of so many columns.
pub(crate) fn line(game: &Game, progress: &BuildProgress, columns: usize) -> String {
    let (files, all_files) = progress.files();
    let (bytes, all_bytes) = progress.bytes();
    let title = printable(game.title.get(locale::current()));
    let text = |bar: &str| {
        t!(
            "build.progress",
            title = title,
            bar = bar,
            files = files,
            all_files = all_files,
            bytes = size(bytes),
            all_bytes = size(all_bytes),
        )
        .into_owned()
    };
    let room = columns.saturating_sub(text("").width());
    fit(&text(&bar(bytes, all_bytes, room.min(WIDEST))), columns)
}

/// A bar of `width` columns, filled as far as something is done.
fn bar(done: u64, all: u64, width: usize) -> String {
    let share = |whole: usize| match all {
        0 => 0,
        all => (u128::from(done.min(all)) * whole as u128 / u128::from(all)) as usize,
    };
    match width.checked_sub(2) {
        Some(inside) if inside > 0 => {
            let filled = share(inside);
            format!("[{}{}]", "#".repeat(filled), "-".repeat(inside - filled))
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_wide_as_it_may_be() {
        for (done, all, width, expected) in [
            (0, 10, 12, "[----------]"),
            (5, 10, 12, "[#####-----]"),
            (10, 10, 12, "[##########]"),
            (20, 10, 12, "[##########]"),
            (0, 0, 4, "[--]"),
            (u64::MAX, u64::MAX, 3, "[#]"),
            (1, 2, 2, ""),
            (1, 2, 0, ""),
        ] {
            assert_eq!(bar(done, all, width), expected, "{done} of {all}");
        }
    }
}
