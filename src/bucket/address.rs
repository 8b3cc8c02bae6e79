//! Addresses of libraries: a folder, or a place in object storage.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use thiserror::Error;
use url::Url;

/// The place of a library, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LibraryRoot {
    /// A folder of games.
    Folder(PathBuf),
    /// An address, which may be wrong.
    Address(String),
}

/// The schemes of object storage.
const SCHEMES: &[&str] = &["s3", "gs", "az", "file"];

/// The address of a library in object storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketAddress(Url);

/// An address that is not one of object storage.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("not an address of object storage: {typed}")]
pub struct AddressError {
    /// The address as typed.
    pub typed: String,
}

impl FromStr for LibraryRoot {
    type Err = Infallible;

    fn from_str(typed: &str) -> Result<Self, Infallible> {
        Ok(match typed.contains("://") {
            true => Self::Address(typed.to_owned()),
            false => Self::Folder(typed.into()),
        })
    }
}

impl<'de> Deserialize<'de> for LibraryRoot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let typed = String::deserialize(deserializer)?;
        Ok(match typed.parse() {
            Ok(root) => root,
            Err(never) => match never {},
        })
    }
}

impl FromStr for BucketAddress {
    type Err = AddressError;

    fn from_str(typed: &str) -> Result<Self, AddressError> {
        let wrong = || AddressError {
            typed: typed.chars().filter(|c| !c.is_control()).collect(),
        };
        let url = Url::parse(typed).map_err(|_| wrong())?;
        let has_bucket = url.host_str().is_some_and(|host| !host.is_empty());
        let is_local = url.scheme() == "file";
        let is_plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        match SCHEMES.contains(&url.scheme()) && is_plain && has_bucket != is_local {
            true => Ok(Self(url)),
            false => Err(wrong()),
        }
    }
}

impl BucketAddress {
    /// The address as a URL.
    pub(super) fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Display for BucketAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_known_scheme_and_a_bucket() {
        for (typed, is_right) in [
            ("s3://bucket", true),
            ("s3://bucket/games", true),
            ("gs://bucket/a/b", true),
            ("az://container/games", true),
            ("file:///srv/library", true),
            ("file://host/srv", false),
            ("s3:///games", false),
            ("http://bucket/games", false),
            ("s3://key:secret@bucket/games", false),
            ("s3://bucket/games?x=1", false),
            ("games", false),
            ("", false),
        ] {
            assert_eq!(typed.parse::<BucketAddress>().is_ok(), is_right, "{typed}");
        }
    }
}
