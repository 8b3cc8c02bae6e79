//! A line with a bar: the one drawing for builds and imports.

use unicode_width::UnicodeWidthStr;

use crate::console::layout::fit;

/// The widest bar, in columns.
const WIDEST: usize = 24;

/// The progress of one task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Before the bar.
    pub title: String,
    /// After the bar.
    pub detail: String,
    pub done: u64,
    /// `None` if the total is unknown; then there is no bar.
    pub all: Option<u64>,
}

impl Progress {
    /// The line in this many columns; the bar is shortened first.
    pub(crate) fn line(&self, columns: usize) -> String {
        let Self { title, detail, .. } = self;
        let around = title.width() + detail.width() + 2;
        let room = columns.saturating_sub(around).min(WIDEST);
        let bar = self.all.map(|all| bar(self.done, all, room));
        let line = match bar.filter(|bar| !bar.is_empty()) {
            Some(bar) => format!("{title} {bar} {detail}"),
            None => format!("{title} {detail}"),
        };
        fit(&line, columns)
    }
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

    #[test]
    fn the_bar_gives_way_before_the_words() {
        let progress = |all| Progress {
            title: "读心术".to_owned(),
            detail: "5 MB".to_owned(),
            done: 5,
            all,
        };
        for (all, columns, expected) in [
            (Some(10), 80, "读心术 [###########-----------] 5 MB"),
            (Some(10), 18, "读心术 [##--] 5 MB"),
            (Some(10), 12, "读心术 5 MB"),
            (Some(10), 8, "读心术 …"),
            (None, 80, "读心术 5 MB"),
            (None, 0, ""),
        ] {
            assert_eq!(progress(all).line(columns), expected, "{columns}");
        }
    }
}
