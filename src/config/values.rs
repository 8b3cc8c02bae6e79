//! Values of single settings.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use serde::de::Unexpected;
use serde::{Deserialize, Deserializer, de};
use thiserror::Error;

/// Reads a value that is written as a string, or says what is expected instead.
pub(super) fn parsed<'de, D, T>(deserializer: D, expected: &'static str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
{
    let typed = String::deserialize(deserializer)?;
    let value = typed.parse();
    value.map_err(|_| de::Error::invalid_value(Unexpected::Str(&typed), &expected))
}

/// The format of the request log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// One line per page load.
    Players,
    /// One aligned line per request.
    Text,
    /// One JSON object per request.
    Json,
    /// No request log.
    Off,
}

/// An address to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenAddress(pub IpAddr);

impl FromStr for ListenAddress {
    type Err = std::net::AddrParseError;

    fn from_str(host: &str) -> Result<Self, Self::Err> {
        match host {
            "localhost" => Ok(Self(IpAddr::V4(Ipv4Addr::LOCALHOST))),
            _ => host.trim_matches(['[', ']']).parse().map(Self),
        }
    }
}

impl<'de> Deserialize<'de> for ListenAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, "an IP address")
    }
}

/// A word that names no log format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("players, text, json, off")]
pub struct UnknownLog;

impl FromStr for Log {
    type Err = UnknownLog;

    fn from_str(word: &str) -> Result<Self, UnknownLog> {
        match word {
            "players" => Ok(Self::Players),
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            "off" => Ok(Self::Off),
            _ => Err(UnknownLog),
        }
    }
}

impl<'de> Deserialize<'de> for Log {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        word.parse()
            .map_err(|_| de::Error::unknown_variant(&word, &["players", "text", "json", "off"]))
    }
}
