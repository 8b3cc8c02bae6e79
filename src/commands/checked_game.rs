//! A checked game, with the result of playing it.

use crate::commands::play::PlayedGame;
use webserver::check::report::Report;
use webserver::library::game::Game;

/// A game with everything found out about it.
pub(super) struct CheckedGame<'a> {
    pub game: &'a Game,
    pub report: Report,
    pub played: Option<PlayedGame>,
}

impl<'a> CheckedGame<'a> {
    pub(super) fn new(game: &'a Game, mut report: Report, played: Option<PlayedGame>) -> Self {
        report.add(played.iter().flat_map(PlayedGame::findings));
        Self {
            game,
            report,
            played,
        }
    }
}
