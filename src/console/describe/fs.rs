//! Errors of the system, of files that change while they are read, and games that exceed their limits.

use std::io;

use crate::console::describe::Describe;
use crate::console::message::t;
use webserver::archive::error::ArchiveError;
use webserver::fs::budget::OverBudget;
use webserver::fs::pinned::FileChanged;
use webserver::language::Language;

impl Describe for io::Error {
    /// The library's own errors travel inside some I/O errors; everything else is the system's text.
    fn describe(&self, language: Language) -> String {
        let Some(inner) = self.get_ref() else {
            return self.to_string();
        };
        if let Some(refused) = inner.downcast_ref::<ArchiveError>() {
            return refused.describe(language);
        }
        if let Some(over) = inner.downcast_ref::<OverBudget>() {
            return over.describe(language);
        }
        if inner.is::<FileChanged>() {
            return t!("source.changed", locale = language.tag()).into_owned();
        }
        self.to_string()
    }
}

impl Describe for OverBudget {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::Files { most } => t!("budget.files", locale = locale, most = most),
            Self::Bytes { most } => {
                t!("budget.bytes", locale = locale, most = most / 1_000_000)
            }
        }
        .into_owned()
    }
}
