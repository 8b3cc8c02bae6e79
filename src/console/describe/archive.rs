//! Refused archives.

use crate::console::describe::Describe;
use crate::console::message::t;
use webserver::archive::error::ArchiveError;
use webserver::language::Language;

impl Describe for ArchiveError {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::Escape { name } => t!("archive.escape", locale = locale, name = one_line(name)),
            Self::Name { name } => t!("archive.name", locale = locale, name = one_line(name)),
            Self::Link { name } => t!("archive.link", locale = locale, name = one_line(name)),
            // The names may be encrypted, too.
            Self::Encrypted { name } if name.is_empty() => {
                t!("archive.encrypted_all", locale = locale)
            }
            Self::Encrypted { name } => {
                t!("archive.encrypted", locale = locale, name = one_line(name))
            }
            Self::Method { name, method } => t!(
                "archive.method",
                locale = locale,
                name = one_line(name),
                method = method
            ),
            Self::Duplicate { name } => {
                t!("archive.duplicate", locale = locale, name = one_line(name))
            }
            Self::Overlap { name } => t!("archive.overlap", locale = locale, name = one_line(name)),
            Self::Coder { name, method } if name.is_empty() => {
                t!(
                    "archive.method_all",
                    locale = locale,
                    method = one_line(method)
                )
            }
            Self::Coder { name, method } => t!(
                "archive.method",
                locale = locale,
                name = one_line(name),
                method = one_line(method)
            ),
            Self::Dictionary { bytes, most } => t!(
                "archive.dictionary",
                locale = locale,
                bytes = bytes >> 20,
                most = most >> 20
            ),
            Self::TooLarge(over) => return over.describe(language),
            Self::Broken { name } => t!("archive.broken", locale = locale, name = one_line(name)),
            Self::Torn => t!("archive.torn", locale = locale),
            Self::Unreadable(error) => return error.describe(language),
        }
        .into_owned()
    }
}

/// A member's name without line breaks.
fn one_line(name: &str) -> String {
    name.escape_debug().to_string()
}
