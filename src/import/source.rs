//! The sources of imports.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use reqwest::Url;

use crate::import::error::ImportError;
use webserver::names::stem::stem;

/// A source of a game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ImportSource {
    /// A folder on this machine.
    Folder(PathBuf),
    /// An archive on this machine.
    Archive(PathBuf),
    /// A page on this machine.
    Page(PathBuf),
    /// An archive on the web.
    Web(Address),
}

/// The URL of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The URL without its fragment.
    pub url: Url,
    /// The expected SHA-256 of the archive.
    pub sha256: Option<[u8; 32]>,
}

impl ImportSource {
    /// Parses a typed source.
    ///
    /// # Errors
    /// When it is a malformed URL, or a path where nothing is.
    pub(crate) fn parse(typed: &OsStr) -> Result<Self, ImportError> {
        if let Some(address) = typed.to_str().filter(|typed| typed.contains("://")) {
            return Address::parse(address).map(Self::Web);
        }
        let path = PathBuf::from(typed);
        let metadata = path.metadata().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ImportError::Missing { path: path.clone() },
            _ => ImportError::read(&path, error),
        })?;
        match () {
            () if metadata.is_dir() => Ok(Self::Folder(path)),
            () if is_page(&path) => Ok(Self::Page(path)),
            () if metadata.is_file() => Ok(Self::Archive(path)),
            () => Err(ImportError::NoSource { path }),
        }
    }
}

impl Address {
    fn parse(typed: &str) -> Result<Self, ImportError> {
        let wrong = |problem: &dyn std::fmt::Display| ImportError::Address {
            typed: display(OsStr::new(typed)),
            problem: problem.to_string(),
        };
        let mut url = Url::parse(typed).map_err(|error| wrong(&error))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ImportError::Scheme {
                scheme: url.scheme().to_owned(),
            });
        }
        let sha256 = match url.fragment().and_then(|end| end.strip_prefix("sha256=")) {
            Some(digits) => Some(digest(digits).ok_or(ImportError::Checksum)?),
            None => None,
        };
        url.set_fragment(None);
        Ok(Self { url, sha256 })
    }
}

/// Formats a typed source for messages: on one line, without a password.
pub(crate) fn display(typed: &OsStr) -> String {
    let text = typed.to_string_lossy();
    let url = text.contains("://").then(|| Url::parse(&text).ok());
    match url.flatten() {
        Some(mut url) if !url.username().is_empty() || url.password().is_some() => {
            // These fail for URLs without a host, which have neither.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.to_string()
        }
        _ => text
            .chars()
            .map(|c| if c.is_control() { '\u{fffd}' } else { c })
            .collect(),
    }
}

/// Derives the name of a game from a path: its last part without the extension of an archive.
pub(crate) fn game_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(OsStr::new("game"));
    stem(&name.to_string_lossy()).to_owned()
}

/// True if a file has the name of a page.
pub(crate) fn is_page(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    let known = ["html", "htm"];
    known.iter().any(|known| ending.eq_ignore_ascii_case(known)) && path.is_file()
}

fn digest(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_game_is_named_without_the_archive_extension() {
        for (name, expected) in [
            ("my-game.zip", "my-game"),
            ("/a/My Game.ZIP", "My Game"),
            ("a.tar.gz", "a"),
            ("a.tgz", "a"),
            ("a.tar.zst", "a"),
            ("v1.2", "v1.2"),
            ("游戏.zip", "游戏"),
            (".zip", ".zip"),
            ("/", "game"),
        ] {
            assert_eq!(game_name(Path::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn urls_are_parsed_with_their_checksum() {
        let zeros = "0".repeat(64);
        for (typed, expected) in [
            ("https://a.example/x.zip", Some(None)),
            ("HTTP://a.example/x.zip#top", Some(None)),
            (
                &format!("https://a.example/x#sha256={zeros}"),
                Some(Some([0; 32])),
            ),
            ("https://a.example/x#sha256=123", None),
            (
                &format!("https://a.example/x#sha256=+{}", &zeros[1..]),
                None,
            ),
            ("ftp://a.example/x.zip", None),
            ("https://", None),
        ] {
            let parsed = ImportSource::parse(OsStr::new(typed)).ok();
            let sha256 = parsed.map(|source| match source {
                ImportSource::Web(address) => {
                    assert_eq!(address.url.fragment(), None);
                    address.sha256
                }
                other => panic!("{other:?}"),
            });
            assert_eq!(sha256, expected, "{typed}");
        }
    }

    #[test]
    fn passwords_are_not_display() {
        for (typed, expected) in [
            (
                "https://me:secret@a.example/x.zip",
                "https://a.example/x.zip",
            ),
            ("https://a.example/x.zip", "https://a.example/x.zip"),
            ("a\x1b[2Jb", "a\u{fffd}[2Jb"),
        ] {
            assert_eq!(display(OsStr::new(typed)), expected);
        }
    }
}
