//! Mistakes in the configuration file.

use crate::console::describe::Describe;
use crate::console::message::t;
use webserver::config::ConfigError;
use webserver::language::Language;
use webserver::library::mistake::{Expected, SettingProblem};

impl Describe for ConfigError {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::Unreadable { file, error } => t!(
                "config.unreadable",
                locale = locale,
                file = file.display(),
                error = error
            )
            .into_owned(),
            Self::Missing { file } => {
                t!("config.missing", locale = locale, file = file.display()).into_owned()
            }
            Self::Folder { file } => {
                t!("config.folder", locale = locale, file = file.display()).into_owned()
            }
            Self::DeadLink { file } => {
                t!("config.dead_link", locale = locale, file = file.display()).into_owned()
            }
            Self::NotUtf8 { file } => {
                t!("config.not_utf8", locale = locale, file = file.display()).into_owned()
            }
            Self::Mistake {
                location: Some(location),
                problem,
            } => format!("{location}: {}", problem.describe(language)),
            Self::Mistake {
                location: None,
                problem,
            } => problem.describe(language),
        }
    }
}

impl Describe for SettingProblem {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::Syntax { message } => {
                t!(
                    "config.syntax",
                    locale = locale,
                    message = one_line(message)
                )
            }
            Self::UnknownKey { key, known, near } => {
                return unknown_key(key, known, near.as_deref(), locale);
            }
            Self::UnknownWord { word, known } => t!(
                "config.unknown_word",
                locale = locale,
                word = word,
                known = quoted(known)
            ),
            Self::MissingKey { key, example } => t!(
                "config.missing_key",
                locale = locale,
                key = key,
                example = example.as_ref().unwrap_or(&format!("{key} = \"...\""))
            ),
            Self::WrongValue {
                key,
                found,
                expected,
                example,
            } => {
                let expected = expected.describe(language);
                let message = t!(
                    "config.wrong_value",
                    locale = locale,
                    key = key,
                    found = found,
                    expected = expected
                );
                let example = example
                    .as_ref()
                    .map(|example| t!("config.example", locale = locale, example = example));
                return message.into_owned() + &example.unwrap_or_default();
            }
            Self::GamesNotTables => t!("config.games", locale = locale),
            Self::Base { base } => t!("config.base", locale = locale, base = base),
            Self::HeaderName { name } => t!(
                "config.header_name",
                locale = locale,
                name = name.escape_debug()
            ),
            Self::HeaderValue { name } => t!("config.header_value", locale = locale, name = name),
            Self::HeaderReserved { name } => {
                t!("config.header_reserved", locale = locale, name = name)
            }
        }
        .into_owned()
    }
}

fn unknown_key(key: &str, known: &[String], near: Option<&str>, locale: &str) -> String {
    match near {
        Some(near) => t!(
            "config.unknown_key_near",
            locale = locale,
            key = key,
            near = near
        ),
        None => t!(
            "config.unknown_key",
            locale = locale,
            key = key,
            known = known.join(", ")
        ),
    }
    .into_owned()
}

impl Describe for Expected {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::Text => t!("config.expected.text", locale = locale),
            Self::LocalizedText => t!("config.expected.localized_text", locale = locale),
            Self::Boolean => t!("config.expected.boolean", locale = locale),
            Self::Number { least } => t!("config.expected.number", locale = locale, least = least),
            Self::Range { least, most } => t!(
                "config.expected.range",
                locale = locale,
                least = least,
                most = most
            ),
            Self::Seconds => t!("config.expected.seconds", locale = locale),
            Self::List => t!("config.expected.list", locale = locale),
            Self::Table => t!("config.expected.table", locale = locale),
            Self::Section => t!("config.expected.section", locale = locale),
            Self::Address => t!("config.expected.address", locale = locale),
            Self::PortOrAddress => t!("config.expected.port_or_address", locale = locale),
            Self::Network => t!("config.expected.network", locale = locale),
            Self::AddressAndPort => t!("config.expected.address_and_port", locale = locale),
            Self::Domain => t!("config.expected.domain", locale = locale),
            Self::HostLabel => t!("config.expected.host_label", locale = locale),
            Self::Other(phrase) => return phrase.clone(),
        }
        .into_owned()
    }
}

/// The TOML parser explains some mistakes in several lines.
fn one_line(message: &str) -> String {
    let lines = message.lines().map(str::trim);
    lines.collect::<Vec<_>>().join(", ")
}

fn quoted(words: &[String]) -> String {
    let words = words.iter().map(|word| format!("\"{word}\""));
    words.collect::<Vec<_>>().join(", ")
}
