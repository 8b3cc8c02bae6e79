//! Speaking to a server that runs on this machine.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use if_addrs::get_if_addrs;
use rust_i18n::t;

use crate::report::{Exit, Failure};

/// How long each address has for connecting, and again for answering.
const PATIENCE: Duration = Duration::from_secs(2);

/// The container's health check.
///
/// # Errors
/// When no server answers.
pub fn health(port: u16) -> Result<Exit, Failure> {
    if answers(port) {
        Ok(Exit::Done)
    } else {
        Err(Failure::failed(t!("health.silent", port = port)))
    }
}

/// Whether a server answers on this port, on any of this machine's addresses, loopback first.
fn answers(port: u16) -> bool {
    let loopback: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    let interfaces = get_if_addrs().unwrap_or_default();
    let others = interfaces.iter().map(if_addrs::Interface::ip);
    loopback
        .into_iter()
        .chain(others.filter(|address| !address.is_loopback()))
        .any(|address| is_served(SocketAddr::new(address, port)).unwrap_or(false))
}

fn is_served(address: SocketAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    Ok(matches!(
        &status,
        b"HTTP/1.1 200" | b"HTTP/1.1 307" | b"HTTP/1.1 308"
    ))
}
