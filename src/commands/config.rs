//! The config of a command.

use crate::cli::arguments::ServeOptions;
use crate::console::failure::Failure;
use crate::console::locale;
use webserver::config::Config;
use webserver::language::Language;

/// Reads the config, applies the options of the command line, and sets the language.
///
/// # Errors
/// If the file cannot be read or has a mistake.
pub(super) fn read_config(options: &ServeOptions) -> Result<Config, Failure> {
    let mut config = Config::find(options.config.as_deref())?;
    options.apply(&mut config);
    locale::set(config.lang.unwrap_or_else(Language::from_environment));
    Ok(config)
}
