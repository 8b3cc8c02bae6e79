//! The grammar of the command line.

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, Parser, Subcommand};

use crate::cli::import_options::{AddOptions, RenameOptions};
use webserver::bucket::address::LibraryRoot;
use webserver::config::Config;
use webserver::config::console_options::ConsoleAddress;
use webserver::config::host_name::HostLabel;
use webserver::config::values::{ListenAddress, Log};
use webserver::detect::isolation_mode::Isolation;
use webserver::language::Language;
use webserver::library::entry::Overrides;
use webserver::tls::options::TlsMode;

/// The command line as typed. Its help texts are in the locales, under `cli`.
#[derive(Debug, Parser)]
#[command(
    name = "webserver",
    version,
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub command: Option<Action>,
    /// Not parsed yet: see [`port`](super::port::port).
    #[arg(value_name = "PORT", allow_negative_numbers = true, display_order = 1)]
    pub port: Option<String>,
    /// The words of a slug, title, number in the menu or path.
    #[arg(value_name = "GAME", display_order = 2)]
    game: Vec<String>,
    #[command(flatten)]
    pub direct: DirectGameOptions,
    #[command(flatten)]
    pub options: ServeOptions,
}

/// Options for a game that is given by its path.
#[derive(Args, Clone, Debug)]
pub(crate) struct DirectGameOptions {
    #[arg(long, value_name = "PAGE")]
    entry: Option<String>,
    #[arg(long, value_name = "auto|require-corp|credentialless|off")]
    isolation: Option<IsolationArgument>,
}

/// The value of `--isolation`; `auto` leaves it to the detection.
#[derive(Clone, Copy, Debug)]
struct IsolationArgument(Option<Isolation>);

impl FromStr for IsolationArgument {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let all = [
            Isolation::Off,
            Isolation::RequireCorp,
            Isolation::Credentialless,
        ];
        match all.into_iter().find(|known| known.token() == word) {
            Some(isolation) => Ok(Self(Some(isolation))),
            None if word == "auto" => Ok(Self(None)),
            None => Err("auto, require-corp, credentialless, off"),
        }
    }
}

impl DirectGameOptions {
    pub(crate) fn overrides(&self) -> Overrides {
        Overrides {
            entry: self.entry.clone(),
            isolation: self.isolation.and_then(|isolation| isolation.0),
            ..Overrides::default()
        }
    }
}

/// The game named at the start.
#[derive(Clone, Debug)]
pub(crate) struct NamedGame {
    /// The words typed.
    pub words: Vec<String>,
    /// True if it is from `WEBSERVER_GAME`.
    pub is_variable: bool,
    /// The overrides for a game given by its path.
    pub overrides: Overrides,
}

impl NamedGame {
    pub(crate) fn name(&self) -> String {
        self.words.join(" ")
    }
}

/// Options that override the config file.
#[derive(Args, Debug)]
pub(crate) struct ServeOptions {
    #[arg(long, value_name = "FILE", env = "WEBSERVER_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    #[arg(long, env = "WEBSERVER_ARCADE", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "true|false", value_parser = BoolishValueParser::new())]
    arcade: Option<bool>,
    #[arg(long, value_name = "[ADDR:]PORT", env = "WEBSERVER_CONSOLE")]
    console: Option<ConsoleAddress>,
    #[arg(long, value_name = "ADDR", env = "WEBSERVER_HOST")]
    host: Option<ListenAddress>,
    #[arg(
        long,
        value_name = "FOLDER|ADDRESS",
        env = "WEBSERVER_LIBRARY",
        global = true
    )]
    pub library: Option<LibraryRoot>,
    #[arg(long, value_name = "en|zh-CN", env = "WEBSERVER_LANG", global = true)]
    lang: Option<Language>,
    #[arg(long, value_name = "players|text|json|off", env = "WEBSERVER_LOG")]
    log: Option<Log>,
    #[arg(long, value_name = "ADDR:PORT", env = "WEBSERVER_METRICS")]
    metrics: Option<SocketAddr>,
    #[arg(long, value_name = "NAME", env = "WEBSERVER_NAME")]
    name: Option<HostLabel>,
    #[arg(long, env = "WEBSERVER_NO_MDNS", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "true|false", value_parser = BoolishValueParser::new())]
    no_mdns: Option<bool>,
    #[arg(long, env = "WEBSERVER_QUIET", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "true|false", value_parser = BoolishValueParser::new())]
    quiet: Option<bool>,
    #[arg(long, value_name = "auto|off|only", env = "WEBSERVER_TLS")]
    tls: Option<TlsMode>,
    #[arg(id = "qr_option", long = "qr", env = "WEBSERVER_QR", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "true|false", value_parser = BoolishValueParser::new())]
    qr: Option<bool>,
    #[arg(long, conflicts_with = "qr_option")]
    no_qr: bool,
    #[arg(long, env = "WEBSERVER_LIVE", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "true|false", value_parser = BoolishValueParser::new())]
    live: Option<bool>,
    #[arg(long, env = "WEBSERVER_NO_WATCH", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "true|false", value_parser = BoolishValueParser::new())]
    no_watch: Option<bool>,
    #[arg(long, env = "WEBSERVER_UNATTENDED", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "true|false", value_parser = BoolishValueParser::new())]
    unattended: Option<bool>,
    #[arg(long, short, action = ArgAction::Help, global = true)]
    help: Option<bool>,
    #[arg(long, short = 'V', action = ArgAction::Version)]
    version: Option<bool>,
}

/// The options of `check`.
#[derive(Args, Debug)]
pub(crate) struct CheckOptions {
    #[arg(value_name = "GAME")]
    pub game: Vec<String>,
    #[arg(long)]
    pub json: bool,
    #[arg(long)]
    pub play: bool,
    #[arg(long, value_name = "DIR", requires = "play")]
    pub out: Option<PathBuf>,
    #[arg(long, value_name = "FILE", env = "WEBSERVER_BROWSER")]
    pub browser: Option<PathBuf>,
}

/// The sub-commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    List {
        #[arg(long)]
        json: bool,
        #[arg(long, value_name = "GAME", num_args = 1..)]
        why: Vec<String>,
    },
    Check(CheckOptions),
    Add(AddOptions),
    Remove {
        #[arg(value_name = "SLUG")]
        slug: String,
        #[arg(long)]
        yes: bool,
    },
    Rename(RenameOptions),
    Publish {
        #[arg(value_name = "GAME", required = true)]
        game: Vec<String>,
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        port: Option<String>,
    },
    Status {
        #[arg(long)]
        json: bool,
        #[arg(long, conflicts_with = "json")]
        metrics: bool,
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        port: Option<String>,
    },
    Qr {
        #[arg(long, value_name = "FILE")]
        png: Option<PathBuf>,
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        port: Option<String>,
    },
    Ca {
        #[arg(long, value_name = "FILE", conflicts_with = "remove")]
        export: Option<PathBuf>,
        #[arg(long)]
        remove: bool,
    },
    Stop {
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        port: Option<String>,
    },
    Health {
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        port: Option<String>,
    },
    Completions {
        #[arg(value_name = "bash|zsh|fish|powershell|elvish")]
        shell: String,
    },
    Man {
        #[arg(value_name = "COMMAND")]
        command: Option<String>,
    },
}

impl Cli {
    /// The game named on the command line or in the environment.
    pub(crate) fn game(&self) -> Option<NamedGame> {
        let variable = env::var("WEBSERVER_GAME").ok();
        let variable = variable.filter(|game| !game.is_empty());
        let words = match self.game.is_empty() {
            true => vec![variable?],
            false => self.game.clone(),
        };
        Some(NamedGame {
            words,
            is_variable: self.game.is_empty(),
            overrides: self.direct.overrides(),
        })
    }
}

impl ServeOptions {
    /// Overrides the settings of the config file.
    pub(crate) fn apply(&self, config: &mut Config) {
        if let Some(root) = &self.library {
            config.use_library(root.clone());
        }
        config.arcade = self.arcade.unwrap_or(config.arcade);
        config.console.listen = self.console.or(config.console.listen);
        config.host = self.host.or(config.host);
        config.lang = self.lang.or(config.lang);
        config.log = self.log.or(config.log);
        config.metrics = self.metrics.or(config.metrics);
        config.name = self.name.clone().or(config.name.take());
        config.mdns = self.no_mdns.map_or(config.mdns, |no_mdns| !no_mdns);
        config.quiet = self.quiet.unwrap_or(config.quiet);
        config.tls.mode = self.tls.unwrap_or(config.tls.mode);
        config.qr = (self.no_qr.then_some(false)).or(self.qr).or(config.qr);
        config.unattended = self.unattended.unwrap_or(config.unattended);
        config.site.live = self.live.unwrap_or(config.site.live);
        config.watch = self.no_watch.map_or(config.watch, |no_watch| !no_watch);
    }
}
