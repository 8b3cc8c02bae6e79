//! The configuration file. A setting's default is overridden by `config.toml`, that by the environment, and that by the
//! command line.
//!
//! [`Config`] composes the options of the parts of the program; no part imports it.

mod explain;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::{fs, io};

use etcetera::BaseStrategy;
use serde::de::Unexpected;
use serde::{Deserialize, Deserializer, de};
use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::config::explain::{BUNDLED, explain, wrong_value};
use crate::language::Language;
use crate::library::entry::{ConfigLocation, Entry, Origin};
use crate::library::listing;
use crate::library::mistake::{Expected, Mistake, Problem};
use crate::server::limits;
use crate::site::build;

/// What the file is called, in the working folder and in the user's configuration folder.
const FILE_NAME: &str = "config.toml";

/// Everything that can be set, composed. What a file does not say is `None` or the default.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The game to publish when nobody can be asked.
    pub default_game: Option<String>,
    /// The address to listen on; all interfaces when it is not said.
    pub host: Option<ListenAddress>,
    /// The language of messages; the locale's when it is not said.
    pub lang: Option<Language>,
    /// How requests are logged.
    #[serde(default)]
    pub log: Log,
    /// Whether only errors and warnings are printed.
    #[serde(default)]
    pub quiet: bool,
    /// Whether the game on the air and this file are followed as they change on disk.
    #[serde(default = "yes")]
    pub watch: bool,
    /// How much a client may ask of the server.
    #[serde(default)]
    pub limits: limits::Limits,
    /// Where Prometheus finds the counters; nowhere when it is not said.
    pub metrics: Option<SocketAddr>,
    /// What is kept in memory.
    #[serde(default)]
    pub site: build::BuildOptions,
    /// Whether the games that come with the program are offered after those listed.
    #[serde(default)]
    bundled: bool,
    /// A folder whose sub-folders are offered too.
    library: Option<PathBuf>,
    /// Read by hand, so that one bad entry rejects one game.
    #[serde(skip)]
    entries: Vec<Result<Entry, Mistake>>,
    #[serde(skip)]
    origin: Origin,
}

/// How the request log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Log {
    /// One aligned line a request, for people.
    #[default]
    Text,
    /// One JSON object a request, for programs.
    Json,
    /// None.
    Off,
}

/// An address of this machine to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenAddress(pub IpAddr);

/// A configuration that is not in force, and why.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {error}", file.display())]
    Unreadable {
        /// As it was named.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file is not written right.
    #[error("{place:?}: {problem}")]
    Mistake {
        /// The line; `None` in the configuration that comes with the program.
        place: Option<ConfigLocation>,
        /// What is wrong.
        problem: Box<Problem>,
    },
}

impl Config {
    /// Reads the file asked for, else `./config.toml`, else the one in the user's configuration folder; where there is
    /// none, the bundled games are the library, and the folder `games` where there is one.
    ///
    /// # Errors
    /// When a file is there but cannot be read or is not written right outside its `[[games]]`.
    pub fn find(asked_for: Option<&Path>) -> Result<Self, ConfigError> {
        if let Some(file) = asked_for {
            return Self::read(file);
        }
        for file in std::iter::once(PathBuf::from(FILE_NAME)).chain(user_file()) {
            if file.is_file() {
                return Self::read(&file);
            }
        }
        Self::bundled()
    }

    fn read(file: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(file).map_err(|error| ConfigError::Unreadable {
            file: file.to_owned(),
            error,
        })?;
        let origin = Origin::File {
            file: file.to_owned(),
            text: text.as_str().into(),
        };
        Self::parse(&text, origin)
    }

    fn bundled() -> Result<Self, ConfigError> {
        let mut config = Self::parse(BUNDLED, Origin::Bundled)?;
        config.library = Some(PathBuf::from("games")).filter(|folder| folder.is_dir());
        Ok(config)
    }

    fn parse(text: &str, origin: Origin) -> Result<Self, ConfigError> {
        let mistake = |Mistake { span, problem }| ConfigError::Mistake {
            place: origin.place(&span),
            problem: problem.into(),
        };
        let explained = |error| mistake(explain(&error, text));
        let mut document = DeTable::parse(text).map_err(explained)?;
        let entries = match document.get_mut().remove("games") {
            Some(games) => entries(games, text).map_err(mistake)?,
            None => Vec::new(),
        };
        let config = Self::deserialize(toml::Deserializer::from(document)).map_err(explained)?;
        Ok(Self {
            library: config.library.map(|folder| origin.path(&folder)),
            entries,
            origin,
            ..config
        })
    }

    /// The file that this was read from, as it was named; `None` when there is none.
    pub fn file(&self) -> Option<&Path> {
        match &self.origin {
            Origin::File { file, .. } => Some(file),
            Origin::Bundled => None,
        }
    }

    /// Where the games come from.
    pub fn games(&self) -> listing::LibraryOptions {
        let bundled = match self.bundled {
            // That it is well written is a test.
            true => Self::bundled().map_or_else(|_| Vec::new(), |config| config.entries),
            false => Vec::new(),
        };
        listing::LibraryOptions {
            entries: self.entries.clone(),
            bundled: bundled.into_iter().flatten().collect(),
            library: self.library.clone(),
            origin: self.origin.clone(),
        }
    }
}

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
        let host = String::deserialize(deserializer)?;
        host.parse()
            .map_err(|_| de::Error::invalid_value(Unexpected::Str(&host), &"an IP address"))
    }
}

/// A word that is no way to write the request log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("text, json, off")]
pub struct UnknownLog;

impl FromStr for Log {
    type Err = UnknownLog;

    fn from_str(word: &str) -> Result<Self, UnknownLog> {
        match word {
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
            .map_err(|_| de::Error::unknown_variant(&word, &["text", "json", "off"]))
    }
}

fn yes() -> bool {
    true
}

fn user_file() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.config_dir().join("webserver").join(FILE_NAME))
}

/// Reads the `[[games]]` entries one by one, so that a mistake in one rejects only that one.
fn entries(
    games: Spanned<DeValue<'_>>,
    text: &str,
) -> Result<Vec<Result<Entry, Mistake>>, Mistake> {
    let span = games.span();
    let DeValue::Array(games) = games.into_inner() else {
        let problem = Problem::GamesNotTables;
        return Err(Mistake { span, problem });
    };
    let read = |value: Spanned<DeValue<'_>>| {
        let whole = value.span();
        if !value.get_ref().is_table() {
            let games = ["games".to_owned()];
            return Err(Mistake {
                problem: wrong_value(&games, &text[whole.clone()], Expected::Table),
                span: whole,
            });
        }
        Entry::deserialize(ValueDeserializer::from(value)).map_err(|error| {
            let mut mistake = explain(&error, text);
            if mistake.span == (0..0) {
                mistake.span = whole;
            }
            mistake
        })
    };
    Ok(games.into_iter().map(read).collect())
}
