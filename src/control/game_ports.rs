//! The ports of an arcade's games, next to the server's own. A game's origin is where browsers keep its saves, so its port
//! is kept between runs, and while the game is not in the library.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use tokio::sync::mpsc::UnboundedSender;

use crate::control::state;
use webserver::publish::arcade_game::ArcadeGame;
use webserver::server::listener::{BindError, Listener};

/// Ports that browsers refuse to open (Fetch, 2.9), from 81 on.
const BLOCKED: [u16; 62] = [
    87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161,
    179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601,
    636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566,
    6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];
/// The first port that needs no privileges.
const FIRST_FREE: u16 = 1024;

/// The most ports that are tried for the games of a library.
const MAX_TRIED: usize = 4096;

/// The bound port of a game, on its way to the server.
pub(crate) type GameListener = (Listener, &'static ArcadeGame);

/// The ports of the games, and those that others use.
#[derive(Debug)]
pub(crate) struct GamePorts {
    /// The server's own address.
    listening: SocketAddr,
    /// False if the system chose the server's port: it then differs in each run.
    is_kept: bool,
    /// Each game's port, that of games which have left the library included.
    reserved: BTreeMap<String, u16>,
    /// The ports that other programs have.
    taken: BTreeSet<u16>,
    served: UnboundedSender<GameListener>,
}

impl GamePorts {
    /// The ports kept for the server at this address. Bound ones are sent to the server.
    pub(crate) fn new(
        listening: SocketAddr,
        is_kept: bool,
        served: UnboundedSender<GameListener>,
    ) -> Self {
        let kept = state::game_ports(listening.port()).filter(|_| is_kept);
        Self {
            listening,
            is_kept,
            reserved: read(&kept.unwrap_or_default(), listening.port()),
            taken: BTreeSet::new(),
            served,
        }
    }

    /// Binds the ports of those games that have none yet. Call it within a runtime, on a thread that may bind ports.
    pub(crate) fn open(&mut self, games: impl IntoIterator<Item = &'static ArcadeGame>) {
        let before = self.reserved.len();
        for game in games.into_iter().filter(|game| game.port().is_none()) {
            let Some(listener) = self.bind(game.slug()) else {
                tracing::warn!(event = "arcade_no_port", slug = game.slug());
                continue;
            };
            game.set_port(listener.address().port());
            // The receiver goes away only when the server stops.
            let _ = self.served.send((listener, game));
        }
        if self.is_kept && self.reserved.len() > before {
            let text = text(&self.reserved);
            if let Err(error) = state::keep_game_ports(self.listening.port(), &text) {
                tracing::warn!(event = "arcade_ports_not_kept", %error);
            }
        }
    }

    /// Binds the port of a game. If another program has it, the game gets another one until the server ends.
    fn bind(&mut self, slug: &str) -> Option<Listener> {
        let Some(reserved) = self.reserved.get(slug).copied() else {
            let listener = self.bind_next()?;
            self.reserved
                .insert(slug.to_owned(), listener.address().port());
            return Some(listener);
        };
        if let Ok(listener) = self.listen(reserved) {
            return Some(listener);
        }
        self.taken.insert(reserved);
        let listener = self.bind_next()?;
        let port = listener.address().port();
        tracing::warn!(event = "arcade_port_moved", slug, reserved, port);
        Some(listener)
    }

    /// Binds the next port that no game and no other program has.
    fn bind_next(&mut self) -> Option<Listener> {
        let reserved: BTreeSet<_> = self.reserved.values().copied().collect();
        let first = self.listening.port().checked_add(1)?;
        let free = (first..=u16::MAX)
            .filter(|port| !reserved.contains(port) && !BLOCKED.contains(port))
            .take(MAX_TRIED);
        for port in free {
            if self.taken.contains(&port) {
                continue;
            }
            match self.listen(port) {
                Ok(listener) => return Some(listener),
                Err(BindError::InUse { .. }) => {
                    tracing::info!(event = "arcade_port_taken", port);
                    self.taken.insert(port);
                }
                Err(BindError::Denied { .. }) if port < FIRST_FREE => {
                    self.taken.extend(port..FIRST_FREE);
                }
                Err(_) => return None,
            }
        }
        None
    }

    fn listen(&self, port: u16) -> Result<Listener, BindError> {
        let host = self.listening.ip();
        let is_all = host == IpAddr::from([0; 16]);
        Listener::bind((!is_all).then_some(host), port)
    }
}

/// Reads lines of a port and a slug. A port stands for one game.
fn read(text: &str, main: u16) -> BTreeMap<String, u16> {
    let mut ports = BTreeSet::from([main, 0]);
    let lines = text.lines().filter_map(|line| {
        let (port, slug) = line.split_once(' ')?;
        Some((slug.to_owned(), port.parse().ok()?))
    });
    lines.filter(|(_, port)| ports.insert(*port)).collect()
}

fn text(ports: &BTreeMap<String, u16>) -> String {
    let mut lines: Vec<_> = ports.iter().map(|(slug, port)| (port, slug)).collect();
    lines.sort();
    let lines = lines
        .into_iter()
        .map(|(port, slug)| format!("{port} {slug}"));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_anything_else_left_out() {
        let ports = BTreeMap::from([("b".to_owned(), 8081), ("a".to_owned(), 8083)]);
        assert_eq!(text(&ports), "8081 b\n8083 a");
        assert_eq!(read(&text(&ports), 8080), ports);
        let damaged = "8081 b\n8081 c\n8080 d\n0 e\n99999 f\ng\n\n8083 a";
        assert_eq!(read(damaged, 8080), ports);
    }
}
