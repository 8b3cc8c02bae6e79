//! The person at the console, and the code that talks to them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use if_addrs::{IfAddr, get_if_addrs};
use rust_i18n::t;

use crate::console::failure::say;
use crate::console::format::size;
use crate::console::locale;
use crate::console::plural;
use webserver::library::game::Game;
use webserver::site::Site;

/// Prints which game is on the air and where; of all that, only the address when it should be `quiet` but the port is
/// one that the system chose.
pub(crate) fn announce(
    game: &Game,
    site: &Site,
    listening: SocketAddr,
    (quiet, any_port, has_keys): (bool, bool, bool),
) {
    let addresses = addresses(listening);
    if quiet {
        if let (true, [address, ..]) = (any_port, addresses.as_slice()) {
            say(&format!("{address}\n"));
        }
        return;
    }
    let mut lines = vec![
        t!("on_air.title", title = game.title.get(locale::current())).into_owned(),
        t!(
            "on_air.size",
            engine = site.engine,
            files = plural::files(site.files as u64),
            size = size(site.bytes)
        )
        .into_owned(),
    ];
    lines.extend(addresses.iter().map(|address| format!("  {address}")));
    lines.push(match has_keys {
        true => t!("on_air.keys").into_owned(),
        false => t!("on_air.stop").into_owned(),
    });
    say(&(lines.join("\n") + "\n"));
}

/// The addresses that players can type, the operator's own first.
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
