//! The config of a command.

use std::env;
use std::ffi::OsString;

use crate::cli::arguments::ServeOptions;
use crate::console::failure::Failure;
use crate::console::locale;
use webserver::config::{Config, ConfigError};
use webserver::language::Language;

/// The variable that names the file where the command line does not.
const VARIABLE: &str = "WEBSERVER_CONFIG";

/// Reads the config, applies the options of the command line, and sets the language.
///
/// # Errors
/// If the file cannot be read or has a mistake.
pub(super) fn read_config(options: &ServeOptions) -> Result<Config, Failure> {
    let mut config = Config::find(options.config.as_deref()).map_err(|error| {
        let is_mistake = matches!(error, ConfigError::Mistake { .. });
        match Failure::from(error) {
            failure if !is_mistake && is_named_by_variable() => failure.at(VARIABLE),
            failure => failure,
        }
    })?;
    options.apply(&mut config);
    locale::set(config.lang.unwrap_or_else(Language::from_environment));
    Ok(config)
}

fn is_named_by_variable() -> bool {
    let is_option = |word: OsString| {
        let word = word.to_string_lossy();
        word == "--config" || word.starts_with("--config=")
    };
    let is_set = env::var_os(VARIABLE).is_some_and(|file| !file.is_empty());
    is_set && !env::args_os().any(is_option)
}
