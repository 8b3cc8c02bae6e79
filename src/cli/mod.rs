//! What may be typed.

pub(crate) mod library;

use std::env;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use rust_i18n::t;

use crate::cli::library::{AddOptions, RenameOptions};
use crate::console::failure::Failure;
use crate::console::locale;
use webserver::config::{Config, ListenAddress, Log};
use webserver::language::Language;

/// The command line as typed. The words of its help are in the locales, under `cli`.
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
    /// As typed; [`port`] reads it.
    #[arg(value_name = "PORT", allow_negative_numbers = true, display_order = 1)]
    pub port: Option<String>,
    /// A slug, a title, a number in the menu or a path.
    #[arg(value_name = "GAME", display_order = 2)]
    pub game: Option<String>,
    #[command(flatten)]
    pub options: ServeOptions,
}

/// What comes before the configuration file.
#[derive(Args, Debug)]
pub(crate) struct ServeOptions {
    #[arg(long, value_name = "FILE", env = "WEBSERVER_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    #[arg(long, value_name = "ADDR", env = "WEBSERVER_HOST")]
    host: Option<ListenAddress>,
    #[arg(long, value_name = "en|zh-CN", env = "WEBSERVER_LANG", global = true)]
    lang: Option<Language>,
    #[arg(long, value_name = "text|json|off", env = "WEBSERVER_LOG")]
    log: Option<Log>,
    #[arg(long, value_name = "ADDR:PORT", env = "WEBSERVER_METRICS")]
    metrics: Option<SocketAddr>,
    #[arg(long, env = "WEBSERVER_QUIET", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "true|false", value_parser = BoolishValueParser::new())]
    quiet: Option<bool>,
    #[arg(long, env = "WEBSERVER_LIVE", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "true|false", value_parser = BoolishValueParser::new())]
    live: Option<bool>,
    #[arg(long, env = "WEBSERVER_NO_WATCH", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_name = "true|false", value_parser = BoolishValueParser::new())]
    no_watch: Option<bool>,
    #[arg(long, short, action = ArgAction::Help, global = true)]
    help: Option<bool>,
    #[arg(long, short = 'V', action = ArgAction::Version)]
    version: Option<bool>,
}

/// What to do besides serving.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Shows the library.
    List {
        #[arg(long)]
        json: bool,
        #[arg(long, value_name = "GAME")]
        why: Option<String>,
    },
    /// Looks for what would fail when others play.
    Check {
        #[arg(value_name = "GAME")]
        game: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Brings games into the library.
    Add(AddOptions),
    /// Takes a game out of the library.
    Remove {
        #[arg(value_name = "SLUG")]
        slug: String,
        #[arg(long)]
        yes: bool,
    },
    /// Gives a game another name.
    Rename(RenameOptions),
    /// Has a running server put another game on the air.
    Publish {
        #[arg(value_name = "GAME")]
        game: String,
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        port: Option<String>,
    },
    /// Asks a running server how it goes.
    Status {
        #[arg(long)]
        json: bool,
        #[arg(long, conflicts_with = "json")]
        metrics: bool,
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        port: Option<String>,
    },
    /// Stops a running server.
    Stop {
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        port: Option<String>,
    },
    /// Asks whether a server on this machine answers.
    Health {
        #[arg(
            long,
            value_name = "N",
            default_value = "8080",
            allow_negative_numbers = true
        )]
        port: String,
    },
}

impl Cli {
    /// The game that was asked for, on the command line or in the environment.
    pub(crate) fn game(&self) -> Option<String> {
        let set = || {
            env::var("WEBSERVER_GAME")
                .ok()
                .filter(|game| !game.is_empty())
        };
        self.game.clone().or_else(set)
    }
}

impl ServeOptions {
    /// Puts what was said here in the place of what the file says.
    pub(crate) fn apply(&self, config: &mut Config) {
        config.host = self.host.or(config.host);
        config.lang = self.lang.or(config.lang);
        config.log = self.log.unwrap_or(config.log);
        config.metrics = self.metrics.or(config.metrics);
        config.quiet = self.quiet.unwrap_or(config.quiet);
        config.site.live = self.live.unwrap_or(config.site.live);
        config.watch = self.no_watch.map_or(config.watch, |no_watch| !no_watch);
    }
}

/// Reads the command line; prints help or the version and returns `None` when that was asked for.
///
/// # Errors
/// When it is not written right.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Option<Cli>, Failure> {
    locale::set(language(&arguments));
    let matches = command().try_get_matches_from(arguments);
    match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(Cli {
            command: Some(_),
            port: Some(port),
            ..
        }) => Err(usage(t!("usage.too_many", argument = port.escape_debug()))),
        Ok(cli) => Ok(Some(cli)),
        Err(error) if !error.use_stderr() => {
            // Nobody is there to be told when standard output is closed.
            let _ = error.print();
            Ok(None)
        }
        Err(error) => Err(explain(&error)),
    }
}

/// Reads a port: decimal, 0 to 65535.
///
/// # Errors
/// When it is missing or anything else, with the form to use.
pub(crate) fn port(typed: Option<&str>) -> Result<u16, Failure> {
    let Some(typed) = typed else {
        return Err(usage(t!("usage.no_port")));
    };
    if let Some(port) = decimal(typed) {
        return Ok(port);
    }
    // What a Chinese input method types for 8080.
    let narrow: String = typed.chars().map(narrow_digit).collect();
    if let Some(port) = decimal(&narrow) {
        let command = format!("webserver {port}");
        return Err(Failure::usage(t!("usage.wide_port", typed = typed))
            .hint(t!("hint.command", command = command)));
    }
    let near = [
        "list", "check", "add", "remove", "rename", "publish", "status", "stop", "health",
    ]
    .into_iter()
    .find(|command| strsim::damerau_levenshtein(command, typed) * 2 < command.len());
    let wrong = t!("usage.port", typed = typed.escape_debug());
    Err(match near {
        Some(command) => {
            Failure::usage(wrong).hint(t!("hint.command", command = format!("webserver {command}")))
        }
        None => usage(wrong),
    })
}

fn decimal(typed: &str) -> Option<u16> {
    let is_decimal = typed.bytes().all(|byte| byte.is_ascii_digit());
    is_decimal.then(|| typed.parse().ok()).flatten()
}

fn narrow_digit(c: char) -> char {
    match c {
        '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c),
        _ => c,
    }
}

pub(crate) fn usage(what: impl std::fmt::Display) -> Failure {
    Failure::usage(what).hint(t!("hint.usage"))
}

/// The language of a command line that is yet to be read, and of what is wrong with it.
fn language(arguments: &[OsString]) -> Language {
    let words: Vec<_> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let after = words
        .windows(2)
        .find_map(|pair| (pair[0] == "--lang").then_some(pair[1]));
    let joined = words.iter().find_map(|word| word.strip_prefix("--lang="));
    let typed = after.or(joined).and_then(|tag| tag.parse().ok());
    let set = || env::var("WEBSERVER_LANG").ok()?.parse().ok();
    typed
        .or_else(set)
        .unwrap_or_else(Language::from_environment)
}

/// The grammar, with its help in the language spoken.
fn command() -> clap::Command {
    let usage = [
        "webserver <PORT> [GAME] [OPTIONS]",
        "webserver list [--json]",
        "webserver check [GAME] [--json]",
        "webserver add <SOURCE...> [--as SLUG] [--title TITLE] [--force] [--publish]",
        "webserver remove <SLUG> [--yes]",
        "webserver rename <SLUG> [NEW-SLUG] [--title TITLE]",
        "webserver publish <GAME> [--port N]",
        "webserver status [--json] [--port N]",
        "webserver stop [--port N]",
        "webserver health [--port N]",
    ];
    Cli::command()
        .about(t!("cli.about").into_owned())
        .override_usage(usage.join("\n  "))
        .help_template(format!(
            "{{about}}\n\n{}\n  {{usage}}\n\n{{all-args}}{{after-help}}\n",
            t!("cli.usage")
        ))
        .after_help(t!("cli.environment").into_owned())
        .subcommand_help_heading(t!("cli.commands").into_owned())
        .mut_args(|arg| in_words(arg, "cli"))
        .mut_subcommands(|subcommand| {
            let key = format!("cli.{}", subcommand.get_name());
            subcommand
                .about(t!(&key).into_owned())
                .help_template(format!(
                    "{{about}}\n\n{} {{usage}}\n\n{{all-args}}\n",
                    t!("cli.usage")
                ))
                .disable_help_flag(true)
                .mut_args(|arg| in_words(arg, &key))
        })
}

fn in_words(arg: Arg, key: &str) -> Arg {
    let help = t!(format!("{key}.{}", arg.get_id())).into_owned();
    let heading = match arg.is_positional() {
        true => t!("cli.arguments"),
        false => t!("cli.options"),
    };
    let takes_values = arg.get_action().takes_values();
    let arg = arg
        .help(help)
        .help_heading(heading.into_owned())
        .hide_env(true)
        .hide_default_value(takes_values)
        .hide_possible_values(takes_values);
    // A variable that is set to nothing says nothing.
    match arg.get_env().and_then(env::var_os) {
        Some(value) if value.is_empty() => arg.env(None::<&str>),
        _ => arg,
    }
}

/// Says in one line what the parser found wrong.
fn explain(error: &clap::Error) -> Failure {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.escape_debug().to_string(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let argument = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let near = context(ContextKind::SuggestedArg);
            let what = match (argument.starts_with('-'), near.is_empty()) {
                (true, false) => t!("usage.option_near", option = argument, near = near),
                (true, true) => t!("usage.option", option = argument),
                (false, _) => t!("usage.too_many", argument = argument),
            };
            usage(what)
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            usage(t!("usage.no_value", option = argument))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            usage(t!("usage.value", option = argument, value = value))
        }
        ErrorKind::MissingRequiredArgument => usage(t!("usage.missing", argument = argument)),
        ErrorKind::ArgumentConflict => match context(ContextKind::PriorArg) {
            other if other.is_empty() || other == argument => {
                usage(t!("usage.twice", option = argument))
            }
            other => usage(t!("usage.exclude", option = argument, other = other)),
        },
        ErrorKind::TooManyValues => usage(t!("usage.flag", option = argument)),
        ErrorKind::InvalidUtf8 => usage(t!("usage.utf8")),
        _ => usage(error.to_string().lines().next().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_decimal_and_fit() {
        for (typed, expected) in [
            ("0", Some(0)),
            ("8080", Some(8080)),
            ("65535", Some(65535)),
            ("080", Some(80)),
            ("65536", None),
            ("99999999999999999999", None),
            ("-1", None),
            ("+1", None),
            ("8080x", None),
            ("abc", None),
            ("", None),
            (" 80", None),
            ("0x50", None),
            ("８０８０", None),
        ] {
            assert_eq!(port(Some(typed)).ok(), expected, "{typed}");
        }
    }

    #[test]
    fn the_grammar_is_sound() {
        command().debug_assert();
    }
}
