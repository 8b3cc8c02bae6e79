//! The settings of the console in the host's browser.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use thiserror::Error;

use crate::config::values::parsed;

/// The `[console]` table.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct ConsoleOptions {
    /// The address of the console; `None` for no console.
    pub listen: Option<ConsoleAddress>,
}

/// The address and port of the console. A port alone means this machine only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsoleAddress(pub SocketAddr);

/// A text that is neither a port nor an address with a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("PORT, ADDR:PORT")]
pub struct UnknownAddress;

impl FromStr for ConsoleAddress {
    type Err = UnknownAddress;

    fn from_str(typed: &str) -> Result<Self, UnknownAddress> {
        let local = |port: &str| {
            let is_decimal = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
            let port = is_decimal.then(|| port.parse().ok()).flatten()?;
            Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))
        };
        local(typed.strip_prefix("localhost:").unwrap_or(typed))
            .or_else(|| typed.parse().ok())
            .map(Self)
            .ok_or(UnknownAddress)
    }
}

impl<'de> Deserialize<'de> for ConsoleAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, "a port, or an address and port")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_on_loopback() {
        for (typed, expected) in [
            ("9000", Some("127.0.0.1:9000")),
            ("0", Some("127.0.0.1:0")),
            ("localhost:9000", Some("127.0.0.1:9000")),
            ("0.0.0.0:9000", Some("0.0.0.0:9000")),
            ("192.168.1.5:9000", Some("192.168.1.5:9000")),
            ("[::]:9000", Some("[::]:9000")),
            ("65536", None),
            ("+9000", None),
            ("", None),
            ("localhost", None),
            ("127.0.0.1", None),
            ("example.org:9000", None),
        ] {
            let address = typed.parse::<ConsoleAddress>().ok();
            let expected = expected.map(|address| address.parse().unwrap());
            assert_eq!(address.map(|address| address.0), expected, "{typed}");
        }
    }
}
