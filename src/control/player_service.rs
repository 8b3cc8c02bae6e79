//! The parts of the server that players meet. Their requests are answered from them; the session changes them.

use tokio_util::sync::CancellationToken;

use crate::control::guest_watch::Guests;
use webserver::metrics::counters::Counters;
use webserver::publish::join_board::JoinBoard;
use webserver::publish::slot::Slot;
use webserver::server::Server;
use webserver::site::Site;

/// The service for players.
#[derive(Clone, Debug)]
pub(crate) struct PlayerService {
    /// The slot, which waits for the first game.
    pub slot: &'static Slot,
    pub counters: &'static Counters,
    pub server: Server,
    /// The address on the page for the projector.
    pub board: &'static JoinBoard,
    pub guests: Guests,
    /// Cancelled when the server is to stop.
    pub shutdown: CancellationToken,
}

impl PlayerService {
    /// The service before the first game: the port answers at once, with the waiting page.
    pub(crate) fn start(server: Server, counters: &'static Counters) -> Self {
        Self {
            slot: Slot::start(Site::waiting()),
            counters,
            server,
            board: JoinBoard::start(),
            guests: Guests::none(),
            shutdown: CancellationToken::new(),
        }
    }
}
