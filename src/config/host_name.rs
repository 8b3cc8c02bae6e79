//! Host names in the configuration.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use thiserror::Error;

use crate::config::values::parsed;

/// One label of a host name: letters, digits and hyphens (RFC 1123, 2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostLabel(String);

/// A host name below which each game has a name of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(String);

/// A name with other characters, or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("letters, digits and hyphens, at most 60")]
pub struct BadLabel;

/// Not a host name below which others can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a domain name")]
pub struct BadDomain;

impl HostLabel {
    /// The label.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Domain {
    /// The name, without a dot at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostLabel {
    type Err = BadLabel;

    fn from_str(name: &str) -> Result<Self, BadLabel> {
        // Room for a number after it (RFC 1035, 2.3.4).
        const MAX: usize = 60;
        let label = name.strip_suffix(".local").unwrap_or(name);
        match is_label(label) && label.len() <= MAX {
            true => Ok(Self(label.to_ascii_lowercase())),
            false => Err(BadLabel),
        }
    }
}

impl FromStr for Domain {
    type Err = BadDomain;

    fn from_str(name: &str) -> Result<Self, BadDomain> {
        // Room for a game's label and a dot before it (RFC 1035, 2.3.4).
        const MAX: usize = 253 - 64;
        let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
        let is_domain = name.len() <= MAX
            && name.split('.').all(is_label)
            // An IPv4 address.
            && !name.rsplit('.').next().is_some_and(is_number);
        match is_domain {
            true => Ok(Self(name.to_ascii_lowercase())),
            false => Err(BadDomain),
        }
    }
}

fn is_label(label: &str) -> bool {
    let is_known = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (1..=63).contains(&label.len())
        && label.chars().all(is_known)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl<'de> Deserialize<'de> for HostLabel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, "a name without dots")
    }
}

impl<'de> Deserialize<'de> for Domain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, "a domain name")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_labels_and_is_no_address() {
        for (name, expected) in [
            ("games.example.org", Some("games.example.org")),
            ("Games.Example.org", Some("games.example.org")),
            ("lan", Some("lan")),
            ("4.example", Some("4.example")),
            ("", None),
            ("a b", None),
            ("a..b", None),
            ("http://x.y", None),
            ("x.y:8080", None),
            ("*.games.example.org", None),
            ("-a.org", None),
            ("192.168.1.1", None),
            ("::1", None),
            ("花园.org", None),
        ] {
            let domain = name.parse::<Domain>().ok();
            assert_eq!(domain.as_ref().map(Domain::as_str), expected, "{name}");
        }
        assert!(
            format!("{}.org", "a.".repeat(100))
                .parse::<Domain>()
                .is_err()
        );
    }
}
