//! The answering of players, at the server's port and at those of games.

use std::net::SocketAddr;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use crate::console::failure::Failure;
use crate::control::game_ports::GameListener;
use crate::control::player_service::PlayerService;
use crate::control::sandbox;
use webserver::http::service::Handler;
use webserver::metrics::access_log::observed;
use webserver::metrics::client::Client;
use webserver::publish::arcade::{Arcade, Entrance};
use webserver::sandbox::Sandbox;
use webserver::server::Drained;
use webserver::server::listener::Listener;
use webserver::server::workers::Workers;

/// Answers players until the service shuts down, at the server's own port and at those of the arcade's games.
pub(super) async fn answer_players(
    players: PlayerService,
    handler: Handler,
    arcade: &'static Arcade,
    (listener, mut game_listeners): (Listener, UnboundedReceiver<GameListener>),
) -> Result<Drained, Failure> {
    let PlayerService {
        server,
        counters,
        guests,
        shutdown,
        ..
    } = players;
    // Leaked on purpose, once: each request is answered by a copy of the service.
    let proxies: &'static [_] = server.trusted_proxies().leak();
    sandbox::log_if_unavailable();
    let workers = Workers::start(|| Sandbox::serving().enter()).map_err(Failure::failed)?;
    let mut ports = JoinSet::new();
    let serve = |ports: &mut JoinSet<Drained>, listener, entrance| {
        let handler = handler.at(entrance);
        let service_for = move |peer: SocketAddr| {
            guests.note(peer.ip());
            let client = Client::new(peer.ip(), proxies);
            observed(handler.for_client(client), client, counters)
        };
        let running = workers.run(&server, listener, service_for, &shutdown);
        ports.spawn(running.map_err(Failure::failed)?);
        Ok::<_, Failure>(())
    };
    serve(&mut ports, listener, Entrance::Main(arcade))?;
    let mut drained = Drained::Whole;
    loop {
        tokio::select! {
            Some((listener, game)) = game_listeners.recv() => {
                serve(&mut ports, listener, Entrance::Game(arcade, game))?;
            }
            ended = ports.join_next() => match ended {
                Some(ended) => {
                    if ended.map_err(Failure::failed)? == Drained::Cut {
                        drained = Drained::Cut;
                    }
                }
                None => return Ok(drained),
            },
        }
    }
}
