//! Games that could not be built.

use crate::console::describe::Describe;
use crate::console::message::t;
use webserver::language::Language;
use webserver::site::error::BuildError;

impl Describe for BuildError {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::Unreadable(unreadable) => return unreadable.describe(language),
            Self::EntryGone { entry } => t!("build.entry_gone", locale = locale, entry = entry),
            Self::TempFolder { folder, error } => t!(
                "build.temporary",
                locale = locale,
                folder = folder.display(),
                error = error
            ),
            Self::Cancelled => t!("build.cancelled", locale = locale),
        }
        .into_owned()
    }
}
