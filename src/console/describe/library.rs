//! Games that cannot be played, and files of games that cannot be read.

use std::{fmt, io};

use crate::console::describe::Describe;
use crate::console::format::some_of;
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
            Self::EntryUnset { path } => {
                t!("reject.entry_unset", locale = locale, path = path.display())
            }
            Self::SeveralGames { path, games } => t!(
                "reject.several",
                locale = locale,
                path = path.display(),
                games = some_of(games)
            ),
            Self::NotAPage { entry } => t!("reject.not_a_page", locale = locale, entry = entry),
            Self::Foreign { path, kind } => {
                let (path, kind) = (path.display(), kind.describe(language));
                t!("reject.foreign", locale = locale, path = path, kind = kind)
            }
            Self::EntryMissing { path, entry } => t!(
                "reject.entry_missing",
                locale = locale,
                path = path.display(),
                entry = entry
            ),
            Self::Archive { path, refused } => {
                return refused_text(path.display(), &refused.describe(language), locale);
            }
            Self::Manifest { object, refused } => {
                return refused_text(object, &refused.describe(language), locale);
            }
            Self::Unreadable { path, error } => {
                return unreadable_text(path.display(), error, language);
            }
        }
        .into_owned()
    }
}

fn refused_text(path: impl fmt::Display, refused: &str, locale: &str) -> String {
    t!(
        "reject.archive",
        locale = locale,
        path = path,
        refused = refused
    )
    .into_owned()
}

impl Describe for Unreadable {
    fn describe(&self, language: Language) -> String {
        unreadable_text(&self.path, &self.error, language)
    }
}

fn unreadable_text(path: impl fmt::Display, error: &io::Error, language: Language) -> String {
    t!(
        "source.unreadable",
        locale = language.tag(),
        path = path,
        error = error.describe(language)
    )
    .into_owned()
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
