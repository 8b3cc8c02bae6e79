//! How many of something there are, in words: English has another form for one.

use rust_i18n::t;

/// Files of a game.
pub fn files(n: u64) -> String {
    match n {
        1 => t!("count.file").into_owned(),
        n => t!("count.files", n = n).into_owned(),
    }
}

/// Games of the library.
pub fn games(n: u64) -> String {
    match n {
        1 => t!("count.game").into_owned(),
        n => t!("count.games", n = n).into_owned(),
    }
}

/// Players who have a connection.
pub fn players(n: u64) -> String {
    match n {
        1 => t!("count.player").into_owned(),
        n => t!("count.players", n = n).into_owned(),
    }
}

/// Connections that are open.
pub fn connections(n: u64) -> String {
    match n {
        1 => t!("count.connection").into_owned(),
        n => t!("count.connections", n = n).into_owned(),
    }
}

/// Requests answered.
pub fn requests(n: u64) -> String {
    match n {
        1 => t!("count.request").into_owned(),
        n => t!("count.requests", n = n).into_owned(),
    }
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
