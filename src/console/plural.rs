//! How many of something there are, in words: English has another form for one.

use std::borrow::Cow;

use rust_i18n::t;

/// The words for one, or those for another number.
fn words(n: u64, one: Cow<'_, str>, many: Cow<'_, str>) -> String {
    if n == 1 { one } else { many }.into_owned()
}

/// Files of a game.
pub(crate) fn files(n: u64) -> String {
    words(n, t!("count.file"), t!("count.files", n = n))
}

/// Games of the library.
pub(crate) fn games(n: u64) -> String {
    words(n, t!("count.game"), t!("count.games", n = n))
}

/// Players who have a connection.
pub(crate) fn players(n: u64) -> String {
    words(n, t!("count.player"), t!("count.players", n = n))
}

/// Connections that are open.
pub(crate) fn connections(n: u64) -> String {
    words(n, t!("count.connection"), t!("count.connections", n = n))
}

/// Requests answered.
pub(crate) fn requests(n: u64) -> String {
    words(n, t!("count.request"), t!("count.requests", n = n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        let counted =
            [files, games, players, connections, requests].map(|count| [0, 1, 2].map(count));
        let expected = [
            ["0 files", "1 file", "2 files"],
            ["0 games", "1 game", "2 games"],
            ["0 players", "1 player", "2 players"],
            ["0 connections", "1 connection", "2 connections"],
            ["0 requests", "1 request", "2 requests"],
        ];
        assert_eq!(counted, expected);
    }
}
