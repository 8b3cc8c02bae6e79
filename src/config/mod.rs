//! The configuration file. A setting's default is overridden by `config.toml`, that by the environment, and that by the
//! command line.
//!
//! [`Config`] composes the options of the parts of the program; no part imports it.

pub mod console_options;
mod explain;
pub mod host_name;
mod restart;
mod section;
pub mod values;

use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::{fs, io};

use etcetera::BaseStrategy;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::bucket::address::LibraryRoot;
use crate::config::console_options::ConsoleOptions;
use crate::config::explain::{BUNDLED, explain, wrong_value};
use crate::config::host_name::{Domain, HostLabel};
use crate::config::section::section;
use crate::config::values::{ListenAddress, Log, parsed};
use crate::language::Language;
use crate::library::entry::Entry;
use crate::library::listing;
use crate::library::mistake::{Expected, Mistake, SettingProblem};
use crate::library::origin::{ConfigLocation, Origin};
use crate::server::limits;
use crate::site::options::BuildOptions;
use crate::source::bucket::BucketPlace;
use crate::tls::options::TlsOptions;

/// The name of the file, in the working directory and in the user's configuration directory.
const FILE_NAME: &str = "config.toml";

/// All settings. A setting that is not in the file is `None` or has its default.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Serve every game of the library at a name of its own, besides the one on the air.
    #[serde(default)]
    pub arcade: bool,
    /// The game to publish when the host cannot be asked.
    pub default_game: Option<String>,
    /// The domain below which the arcade's games have their names, besides `localhost`.
    pub domain: Option<Domain>,
    /// The address to listen on; `None` for all interfaces.
    pub host: Option<ListenAddress>,
    /// The language of messages; `None` for the locale's.
    pub lang: Option<Language>,
    /// The format of the request log; `None` for what suits the output.
    pub log: Option<Log>,
    /// The name on the local network, without `.local`; `None` for `games`.
    pub name: Option<HostLabel>,
    /// Announce the name on the local network.
    #[serde(default = "yes")]
    pub mdns: bool,
    /// Print errors and warnings only.
    #[serde(default)]
    pub quiet: bool,
    /// Publish the first game when none is chosen and the host cannot be asked.
    #[serde(default)]
    pub unattended: bool,
    /// Print a QR code with the addresses; `None` to print it on a terminal with room for it.
    pub qr: Option<bool>,
    /// Follow changes of the game on the air and of this file.
    #[serde(default = "yes")]
    pub watch: bool,
    /// Limits for clients.
    #[serde(default, deserialize_with = "section")]
    pub limits: limits::Limits,
    /// The address of the Prometheus endpoint; `None` for no endpoint.
    #[serde(default, deserialize_with = "metrics_address")]
    pub metrics: Option<SocketAddr>,
    /// The console in the host's browser.
    #[serde(default, deserialize_with = "section")]
    pub console: ConsoleOptions,
    /// Certificates for https.
    #[serde(default, deserialize_with = "section")]
    pub tls: TlsOptions,
    /// Options of building sites.
    #[serde(default, deserialize_with = "section")]
    pub site: BuildOptions,
    /// True if the bundled games follow the listed ones.
    #[serde(default)]
    bundled: bool,
    /// A folder, or a place in object storage, whose games are in the library, too.
    library: Option<LibraryRoot>,
    /// The address of the service of the library, if it is not the provider's own.
    library_endpoint: Option<String>,
    /// The most bytes that the cache of a library in object storage keeps.
    #[serde(default = "cache_bytes")]
    library_cache_bytes: NonZeroU64,
    /// Named among the settings. They are taken out before.
    #[serde(rename = "games", default)]
    _games: IgnoredAny,
    /// Read one by one, so that a mistake rejects only one game.
    #[serde(skip)]
    entries: Vec<Result<Entry, Mistake>>,
    #[serde(skip)]
    origin: Origin,
}

/// A configuration that cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {error}", file.display())]
    Unreadable {
        /// The path, as the host wrote it.
        file: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// The file does not exist.
    #[error("there is no file {}", file.display())]
    Missing {
        /// The path, as the host wrote it.
        file: PathBuf,
    },
    /// A folder is in the place of the file.
    #[error("{} is a folder", file.display())]
    Folder {
        /// The path, as the host wrote it.
        file: PathBuf,
    },
    /// The file is a link that leads to none.
    #[error("{} leads to no file", file.display())]
    DeadLink {
        /// The path, as the host wrote it.
        file: PathBuf,
    },
    /// The file has another encoding.
    #[error("{} is not UTF-8", file.display())]
    NotUtf8 {
        /// The path, as the host wrote it.
        file: PathBuf,
    },
    /// The file has a mistake.
    #[error("{location:?}: {problem}")]
    Mistake {
        /// The line; `None` in the configuration that comes with the program.
        location: Option<ConfigLocation>,
        /// The problem.
        problem: Box<SettingProblem>,
    },
}

impl ConfigError {
    fn reading(file: &Path, error: io::Error) -> Self {
        let is_link = file.is_symlink() && fs::metadata(file).is_err();
        let file = file.to_owned();
        match error.kind() {
            io::ErrorKind::IsADirectory => Self::Folder { file },
            io::ErrorKind::InvalidData => Self::NotUtf8 { file },
            io::ErrorKind::PermissionDenied => Self::Unreadable { file, error },
            _ if is_link => Self::DeadLink { file },
            io::ErrorKind::NotFound => Self::Missing { file },
            _ => Self::Unreadable { file, error },
        }
    }
}

impl Config {
    /// Reads `file` if it is given, else `./config.toml`, else the file in the user's configuration directory. Without any,
    /// the library has the bundled games and those in the folder `games`.
    ///
    /// # Errors
    /// When a file exists but cannot be read or has a mistake outside its `[[games]]`.
    pub fn find(file: Option<&Path>) -> Result<Self, ConfigError> {
        if let Some(file) = file {
            return Self::read(file);
        }
        for file in std::iter::once(PathBuf::from(FILE_NAME)).chain(user_file()) {
            // Also one that is no file: the host means it to be one.
            if file.symlink_metadata().is_ok() {
                return Self::read(&file);
            }
        }
        Self::bundled()
    }

    fn read(file: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(file).map_err(|error| ConfigError::reading(file, error))?;
        let origin = Origin::File {
            file: file.to_owned(),
            text: text.as_str().into(),
        };
        Self::parse(&text, origin)
    }

    fn bundled() -> Result<Self, ConfigError> {
        let mut config = Self::parse(BUNDLED, Origin::Bundled)?;
        let games = Some(PathBuf::from("games")).filter(|folder| folder.is_dir());
        config.library = games.map(LibraryRoot::Folder);
        Ok(config)
    }

    fn parse(text: &str, origin: Origin) -> Result<Self, ConfigError> {
        let mistake = |Mistake { span, problem }| ConfigError::Mistake {
            location: origin.location(&span),
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
            library: config.library.map(|root| match root {
                LibraryRoot::Folder(folder) => LibraryRoot::Folder(origin.resolve(&folder)),
                address => address,
            }),
            tls: TlsOptions {
                cert: config.tls.cert.map(|file| origin.resolve(&file)),
                key: config.tls.key.map(|file| origin.resolve(&file)),
                ..config.tls
            },
            entries,
            origin,
            ..config
        })
    }

    /// The file that this was read from; `None` for the bundled configuration.
    pub fn file(&self) -> Option<&Path> {
        match &self.origin {
            Origin::File { file, .. } => Some(file),
            Origin::Bundled => None,
        }
    }

    /// The folder that games are added to, beside the file.
    pub fn games_folder(&self) -> PathBuf {
        let file = self.file().unwrap_or(Path::new(FILE_NAME));
        file.with_file_name("games")
    }

    /// The label before `.local`.
    pub fn local_label(&self) -> &str {
        self.name.as_ref().map_or(LOCAL_NAME, HostLabel::as_str)
    }

    /// All names that the server may have on the local network, and those of the arcade's domain, which a private network
    /// may have too: the authority leaves out what it may not vouch for.
    pub fn local_names(&self) -> Vec<String> {
        let label = self.local_label();
        let next = NEXT_NAMES.map(|number| format!("{label}-{number}.local"));
        let announced = std::iter::once(format!("{label}.local")).chain(next);
        let announced = announced.filter(|_| self.mdns);
        let domains = self.domain.iter().map(Domain::as_str);
        let domains = domains.flat_map(|domain| [domain.to_owned(), format!("*.{domain}")]);
        announced.chain(domains).collect()
    }

    /// The settings of the library.
    pub fn library_options(&self) -> listing::LibraryOptions {
        let bundled = match self.bundled {
            // A test checks that it has no mistake.
            true => Self::bundled().map_or_else(|_| Vec::new(), |config| config.entries),
            false => Vec::new(),
        };
        listing::LibraryOptions {
            entries: self.entries.clone(),
            bundled: bundled.into_iter().flatten().collect(),
            folder: match &self.library {
                Some(LibraryRoot::Folder(folder)) => Some(folder.clone()),
                _ => None,
            },
            origin: self.origin.clone(),
        }
    }

    /// Takes another library: its games only.
    pub fn use_library(&mut self, root: LibraryRoot) {
        self.library = Some(root);
        self.entries = Vec::new();
        self.bundled = false;
    }

    /// The library in object storage, with its cache in this folder; `None` for a library on disk.
    pub fn bucket(&self, cache: PathBuf) -> Option<BucketPlace> {
        match &self.library {
            Some(LibraryRoot::Address(address)) => Some(BucketPlace {
                address: address.clone(),
                endpoint: self.library_endpoint.clone(),
                cache,
                cache_bytes: self.library_cache_bytes.get(),
            }),
            _ => None,
        }
    }
}

/// The name on the local network, unless the host chooses another.
const LOCAL_NAME: &str = "games";

/// The numbers in the names that a server gets when its own is taken: `games-2.local` and so on.
const NEXT_NAMES: std::ops::RangeInclusive<u8> = 2..=9;

fn metrics_address<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SocketAddr>, D::Error> {
    parsed(deserializer, "an address and port").map(Some)
}

fn yes() -> bool {
    true
}

fn cache_bytes() -> NonZeroU64 {
    NonZeroU64::new(20_000_000_000).unwrap_or(NonZeroU64::MIN)
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
        let problem = SettingProblem::GamesNotTables;
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
