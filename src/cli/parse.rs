//! Parses the command line and describes mistakes.

use std::env;
use std::ffi::OsString;

use clap::FromArgMatches;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::arguments::Cli;
use crate::cli::help::{command, in_lines};
use crate::cli::usage::{USAGE, usage, usage_of};
use crate::console::failure::Failure;
use crate::console::locale;
use crate::console::message::t;
use webserver::language::Language;
use webserver::names::typo;

/// Parses the command line. Prints help or the version, if that was requested, and returns `None`.
///
/// # Errors
/// If it has a mistake.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Option<Cli>, Failure> {
    locale::set(language(&arguments));
    let arguments = without_help_command(arguments)?;
    let line = CommandLine::new(&arguments);
    let mut grammar = in_lines(command());
    if arguments.iter().any(|word| word == "--no-qr") {
        // What is typed comes before WEBSERVER_QR; both typed exclude each other.
        grammar = grammar.mut_arg("qr_option", |arg| arg.env(None::<&str>));
    }
    let matches = grammar.try_get_matches_from(arguments);
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
        Err(error) => Err(line.explain(&error)),
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

/// Turns `webserver help [COMMAND]` into `webserver [COMMAND] --help`.
fn without_help_command(mut arguments: Vec<OsString>) -> Result<Vec<OsString>, Failure> {
    if arguments.get(1).is_none_or(|word| word != "help") {
        return Ok(arguments);
    }
    let is_option = |word: &OsString| word.to_string_lossy().starts_with('-');
    let command = arguments.get(2).filter(|word| !is_option(word));
    if let Some(command) = command {
        let is_known = USAGE.iter().any(|(name, _)| command == name);
        if !is_known {
            let command = command.to_string_lossy();
            let what = t!("usage.command", command = command.escape_debug());
            let commands = USAGE.iter().map(|(name, _)| *name);
            return Err(match typo::nearest(&command, commands) {
                Some(near) => {
                    let near = format!("webserver help {near}");
                    Failure::usage(what).hint(t!("hint.command", command = near))
                }
                None => usage(what),
            });
        }
    }
    arguments.remove(1);
    arguments.push("--help".into());
    Ok(arguments)
}

/// The words of one command line, to describe a mistake in it.
struct CommandLine {
    words: Vec<String>,
    command: Option<&'static str>,
}

impl CommandLine {
    fn new(arguments: &[OsString]) -> Self {
        let words = arguments.iter().skip(1).map(|word| word.to_string_lossy());
        let words: Vec<_> = words.map(std::borrow::Cow::into_owned).collect();
        let named = |word: &String| USAGE.iter().find(|(name, _)| name == word);
        let command = words.iter().find_map(named).map(|(name, _)| *name);
        Self { words, command }
    }

    /// Describes a mistake in one line, with the usage line of its sub-command.
    fn explain(&self, error: &clap::Error) -> Failure {
        let context = |kind| match error.get(kind) {
            Some(ContextValue::String(text)) => text.escape_debug().to_string(),
            Some(ContextValue::Strings(texts)) => texts.join(", "),
            _ => String::new(),
        };
        let argument = context(ContextKind::InvalidArg);
        let value = context(ContextKind::InvalidValue);
        let what = match error.kind() {
            ErrorKind::UnknownArgument => {
                let near = context(ContextKind::SuggestedArg);
                match (argument.starts_with('-'), near.is_empty()) {
                    (true, false) => t!("usage.option_near", option = argument, near = near),
                    (true, true) => t!("usage.option", option = argument),
                    (false, _) => t!("usage.too_many", argument = argument),
                }
            }
            ErrorKind::InvalidValue if value.is_empty() => {
                t!("usage.no_value", option = argument)
            }
            ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
                let place = self.variable(&argument, &value).unwrap_or(argument);
                t!("usage.value", option = place, value = value)
            }
            ErrorKind::MissingRequiredArgument => t!("usage.missing", argument = argument),
            ErrorKind::ArgumentConflict => match context(ContextKind::PriorArg) {
                other if other.is_empty() || other == argument => {
                    t!("usage.twice", option = argument)
                }
                other => t!("usage.exclude", option = argument, other = other),
            },
            ErrorKind::TooManyValues => t!("usage.flag", option = argument),
            ErrorKind::InvalidUtf8 => t!("usage.utf8"),
            _ => {
                let text = error.to_string();
                let line = text.lines().next().unwrap_or_default();
                return usage_of(self.command, line);
            }
        };
        usage_of(self.command, what)
    }

    /// The environment variable that a value is from, if the option was not typed.
    fn variable(&self, argument: &str, value: &str) -> Option<String> {
        let option = argument.split([' ', '=', '[']).next()?;
        let is_typed = |word: &String| {
            let rest = word.strip_prefix(option);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        };
        let name = option.strip_prefix("--")?.replace('-', "_");
        let name = format!("WEBSERVER_{}", name.to_ascii_uppercase());
        let is_set = env::var(&name).is_ok_and(|set| set.escape_debug().to_string() == value);
        (is_set && !self.words.iter().any(is_typed)).then_some(name)
    }
}
