//! The settings of TLS.

use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};
use thiserror::Error;

/// The settings of `[tls]`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct TlsOptions {
    /// The use of TLS.
    pub mode: TlsMode,
    /// A certificate chain of the host's own, in PEM.
    pub cert: Option<PathBuf>,
    /// Its key, in PEM.
    pub key: Option<PathBuf>,
}

/// The use of TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TlsMode {
    /// On the same port as plain HTTP, for those who ask.
    #[default]
    Auto,
    /// Never.
    Off,
    /// For all but this machine.
    Only,
}

/// A word that names no use of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("auto, off, only")]
pub struct UnknownTlsMode;

impl FromStr for TlsMode {
    type Err = UnknownTlsMode;

    fn from_str(word: &str) -> Result<Self, UnknownTlsMode> {
        match word {
            "auto" => Ok(Self::Auto),
            "off" => Ok(Self::Off),
            "only" => Ok(Self::Only),
            _ => Err(UnknownTlsMode),
        }
    }
}

impl<'de> Deserialize<'de> for TlsMode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        word.parse()
            .map_err(|_| de::Error::unknown_variant(&word, &["auto", "off", "only"]))
    }
}
