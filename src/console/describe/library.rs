//! Games that cannot be played, and files of games that cannot be read.

use crate::console::describe::Describe;
use crate::console::message::t;
use webserver::language::Language;
use webserver::library::listing::RejectedName;
use webserver::library::reason::Reason;
use webserver::names::slug::slug_of;
use webserver::source::unreadable::Unreadable;

impl Describe for Reason {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::Entry(problem) => return problem.describe(language),
            Self::Slug { slug } => t!(
                "reject.slug",
                locale = locale,
                slug = slug,
                instead = slug_of(slug)
            ),
            Self::Duplicate { slug } => t!("reject.duplicate", locale = locale, slug = slug),
            Self::Missing { path } => {
                t!("reject.missing", locale = locale, path = path.display())
            }
            Self::NotAFolder { path } => {
                t!(
                    "reject.not_a_folder",
                    locale = locale,
                    path = path.display()
                )
            }
            Self::NoEntry { path } => {
                t!("reject.no_entry", locale = locale, path = path.display())
            }
            Self::Foreign { path, kind } => t!(
                "reject.foreign",
                locale = locale,
                path = path.display(),
                kind = kind.describe(language)
            ),
            Self::EntryMissing { path, entry } => t!(
                "reject.entry_missing",
                locale = locale,
                path = path.display(),
                entry = entry
            ),
            Self::Archive { path, refused } => t!(
                "reject.archive",
                locale = locale,
                path = path.display(),
                refused = refused.describe(language)
            ),
            Self::Manifest { object, refused } => t!(
                "reject.archive",
                locale = locale,
                path = object,
                refused = refused.describe(language)
            ),
            Self::Unreadable { path, error } => t!(
                "source.unreadable",
                locale = locale,
                path = path.display(),
                error = error.describe(language)
            ),
        }
        .into_owned()
    }
}

impl Describe for Unreadable {
    fn describe(&self, language: Language) -> String {
        t!(
            "source.unreadable",
            locale = language.tag(),
            path = self.path,
            error = self.error.describe(language)
        )
        .into_owned()
    }
}

impl Describe for RejectedName {
    fn describe(&self, language: Language) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Entry(number) => t!(
                "reject.entry_number",
                locale = language.tag(),
                number = number
            )
            .into_owned(),
        }
    }
}
