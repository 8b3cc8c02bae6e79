//! Parses the command line and describes mistakes.

use std::env;
use std::ffi::OsString;

use clap::FromArgMatches;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use rust_i18n::t;

use crate::cli::arguments::Cli;
use crate::cli::help::command;
use crate::cli::usage::usage;
use crate::console::failure::Failure;
use crate::console::locale;
use webserver::language::Language;

/// Parses the command line. Prints help or the version, if that was requested, and returns `None`.
///
/// # Errors
/// If it has a mistake.
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
            // Standard output may be closed.
            let _ = error.print();
            Ok(None)
        }
        Err(error) => Err(explain(&error)),
    }
}

/// The language of a command line that is not parsed yet, for messages about it.
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

/// Describes a mistake in one line.
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
