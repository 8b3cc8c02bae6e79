//! The line at the bottom of the terminal while a game is published.

use unicode_width::UnicodeWidthStr;

use crate::console::format::{rate, size};
use crate::console::layout::fit;
use crate::console::message::t;
use crate::console::plural;
use crate::console::printable::printable;

/// The shortest width of a title that is shown, in columns.
const SHORTEST_TITLE: usize = 6;

/// The values in the line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StatusLine<'a> {
    /// The published game.
    pub title: &'a str,
    /// The address that other machines open.
    pub address: &'a str,
    /// The browsers that loaded it.
    pub browsers: u64,
    /// The browsers that are loading it.
    pub loading: u64,
    pub requests_per_second: f64,
    pub bytes_per_second: f64,
}

impl StatusLine<'_> {
    /// The line in this many columns. If they are few, the rates are left out first; then the title is shortened, then the
    /// number of browsers.
    pub(crate) fn text(&self, columns: usize) -> String {
        let browsers = browsers_text(self.browsers, self.loading);
        let short = plural::browsers(self.browsers);
        let requests = t!("status.requests", requests = rate(self.requests_per_second));
        let bytes = format!("{}/s", size(self.bytes_per_second as u64));
        let help = t!("status.help");
        let title = printable(self.title);
        let all = [self.address, &browsers, &requests, &bytes, &help];
        let without_bytes = [self.address, &browsers, &requests, &help];
        let without_rates = [self.address, &browsers, &help];
        let least = [self.address, &short, &help];
        let width = |parts: &[&str]| parts.iter().map(|part| part.width() + 3).sum::<usize>();
        let parts: [&[&str]; 4] = [&all, &without_bytes, &without_rates, &least];
        let fits = |room: usize| {
            let mut parts = parts.into_iter();
            parts.find(|parts| room + width(parts) <= columns)
        };
        let shortest = title.width().min(SHORTEST_TITLE);
        let parts = fits(title.width()).or_else(|| fits(shortest));
        let parts = parts.unwrap_or(&least);
        let room = columns.saturating_sub(width(parts));
        let rest = parts.join(" · ");
        match room.max(shortest) {
            room if room + width(parts) <= columns => format!("{} · {rest}", fit(&title, room)),
            _ => fit(&rest, columns),
        }
    }
}

/// `loaded by 23 browsers, 2 loading now`
pub(crate) fn browsers_text(loaded: u64, loading: u64) -> String {
    let loaded = t!("status.loaded_by", browsers = plural::browsers(loaded));
    match loading {
        0 => loaded.into_owned(),
        n => t!("status.loading_now", loaded = loaded, n = n).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(title: &str, columns: usize) -> String {
        let line = StatusLine {
            title,
            address: "http://192.168.1.5:8080/",
            browsers: 12,
            loading: 2,
            requests_per_second: 3.42,
            bytes_per_second: 12_345.0,
        };
        let text = line.text(columns);
        assert!(text.width() <= columns, "{text}");
        text
    }

    #[test]
    fn rates_go_first_then_the_title_is_shortened() {
        let long = "The Very Long Adventures of a Small Carrot in a Tower";
        for (title, columns, expected) in [
            (
                "2048",
                120,
                "2048 · http://192.168.1.5:8080/ · loaded by 12 browsers, 2 loading now · 3.4 requests/s · 12.3 kB/s · h help",
            ),
            (
                "2048",
                100,
                "2048 · http://192.168.1.5:8080/ · loaded by 12 browsers, 2 loading now · 3.4 requests/s · h help",
            ),
            (
                long,
                90,
                "The Very Long … · http://192.168.1.5:8080/ · loaded by 12 browsers, 2 loading now · h help",
            ),
            (
                "2048",
                80,
                "2048 · http://192.168.1.5:8080/ · loaded by 12 browsers, 2 loading now · h help",
            ),
            (
                long,
                60,
                "The Very … · http://192.168.1.5:8080/ · 12 browsers · h help",
            ),
            (
                "读心术读心术读心术",
                60,
                "读心术读… · http://192.168.1.5:8080/ · 12 browsers · h help",
            ),
            (long, 50, "http://192.168.1.5:8080/ · 12 browsers · h help"),
            (long, 20, "http://192.168.1.5:…"),
            (long, 0, ""),
        ] {
            assert_eq!(line(title, columns), expected, "{columns}");
        }
    }

    #[test]
    fn a_title_cannot_act_on_the_terminal() {
        assert!(line("\u{1b}[2J\u{202e}x", 80).starts_with("\u{fffd}[2J\u{fffd}x · "));
    }
}
