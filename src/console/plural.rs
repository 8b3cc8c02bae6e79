//! Counts in words, with the singular that English needs.

use crate::console::message::t;
use std::borrow::Cow;

/// Chooses between singular and plural.
fn words(n: u64, one: Cow<'_, str>, many: Cow<'_, str>) -> String {
    if n == 1 { one } else { many }.into_owned()
}

pub(crate) fn files(n: u64) -> String {
    words(n, t!("count.file"), t!("count.files", n = n))
}

pub(crate) fn games(n: u64) -> String {
    words(n, t!("count.game"), t!("count.games", n = n))
}

pub(crate) fn browsers(n: u64) -> String {
    words(n, t!("count.browser"), t!("count.browsers", n = n))
}

pub(crate) fn connections(n: u64) -> String {
    words(n, t!("count.connection"), t!("count.connections", n = n))
}

pub(crate) fn requests(n: u64) -> String {
    words(n, t!("count.request"), t!("count.requests", n = n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_all_else_plural() {
        let counted =
            [files, games, browsers, connections, requests].map(|count| [0, 1, 2].map(count));
        let expected = [
            ["0 files", "1 file", "2 files"],
            ["0 games", "1 game", "2 games"],
            ["0 browsers", "1 browser", "2 browsers"],
            ["0 connections", "1 connection", "2 connections"],
            ["0 requests", "1 request", "2 requests"],
        ];
        assert_eq!(counted, expected);
    }
}
