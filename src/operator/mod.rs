//! The person at the console, and the code that talks to them.

mod bars;
pub mod changes;
pub mod check;
pub mod choice;
pub mod command;
pub mod confine;
pub mod control;
mod count;
pub mod desk;
pub mod input;
pub mod list;
pub mod log;
pub mod memory;
mod menu;
pub mod metrics;
mod progress;
mod show;
pub mod signals;
pub mod status;
pub mod switch;
mod terminal;
pub mod watch;
pub mod why;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use if_addrs::{IfAddr, get_if_addrs};
use rust_i18n::t;
use webserver::games::Game;
use webserver::site::Site;

use crate::report::say;

/// Prints which game is on the air and where; of all that, only the address when it should be `quiet` but the port is
/// one that the system chose.
pub fn announce(
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
        t!("on_air.title", title = game.title).into_owned(),
        t!(
            "on_air.size",
            engine = site.engine,
            files = count::files(site.files as u64),
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
pub fn addresses(listening: SocketAddr) -> Vec<String> {
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

/// A number of bytes for people: `512 B`, `12.3 kB`, `4.5 MB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    while value >= 999.95 {
        let Some(larger) = units.next() else { break };
        value /= 1000.0;
        unit = Some(larger);
    }
    format!("{value:.1} {}", unit.unwrap_or(&"B"))
}
