//! The announcement of the first game, and the addresses that players can open.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use if_addrs::{IfAddr, get_if_addrs};
use rust_i18n::t;
use serde_json::json;

use crate::console::detection::engine_text;
use crate::console::format::size;
use crate::console::locale;
use crate::console::output::{self, say};
use crate::console::plural;
use crate::console::record::Level;
use webserver::library::game::Game;
use webserver::site::Site;

/// The kind of announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Announcement {
    /// Game, addresses and the keys of the terminal.
    WithKeys,
    /// Game and addresses.
    WithoutKeys,
    /// One address alone: the port was chosen by the system, and nothing else tells it.
    AddressOnly,
    Silent,
}

impl Announcement {
    /// Prints the game on the air and the addresses.
    pub(crate) fn print(self, game: &Game, site: &Site, listening: SocketAddr) {
        let addresses = addresses(listening);
        if self != Self::Silent && output::is_json() {
            let fields = json!({
                "game": game.slug,
                "title": game.title.get(locale::current()),
                "engine": engine_text(&site.engine),
                "files": site.files,
                "bytes": site.bytes,
                "addresses": addresses,
            });
            return output::print_record(Level::Info, "listening", fields);
        }
        let last = match self {
            Self::Silent => return,
            Self::AddressOnly => {
                if let Some(address) = addresses.first() {
                    say(&format!("{address}\n"));
                }
                return;
            }
            Self::WithKeys => t!("on_air.keys"),
            Self::WithoutKeys => t!("on_air.stop"),
        };
        let mut lines = vec![
            t!("on_air.title", title = game.title.get(locale::current())).into_owned(),
            t!(
                "on_air.size",
                engine = engine_text(&site.engine),
                files = plural::files(site.files as u64),
                size = size(site.bytes)
            )
            .into_owned(),
        ];
        lines.extend(addresses.iter().map(|address| format!("  {address}")));
        lines.push(last.into_owned());
        say(&(lines.join("\n") + "\n"));
    }
}

/// The addresses that players can open, this machine's own first.
pub(crate) fn addresses(listening: SocketAddr) -> Vec<String> {
    let url = |host: IpAddr| format!("http://{}/", SocketAddr::new(host, listening.port()));
    let host = listening.ip();
    if !host.is_unspecified() {
        let is_localhost = host == Ipv4Addr::LOCALHOST || host == Ipv6Addr::LOCALHOST;
        return vec![if is_localhost {
            localhost(listening)
        } else {
            url(host)
        }];
    }
    let mut addresses = vec![localhost(listening)];
    let interfaces = get_if_addrs().unwrap_or_default();
    let is_v6 = host.is_ipv6();
    addresses.extend(
        interfaces
            .iter()
            .filter(|interface| !interface.is_loopback() && !interface.is_link_local())
            .filter(|interface| is_v6 || matches!(interface.addr, IfAddr::V4(_)))
            .map(|interface| url(interface.ip())),
    );
    addresses
}

fn localhost(listening: SocketAddr) -> String {
    format!("http://localhost:{}/", listening.port())
}
