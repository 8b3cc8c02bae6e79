//! The language of this process's messages to the host.

use webserver::language::Language;

/// Sets the language of every message from here on.
pub(crate) fn set(language: Language) {
    rust_i18n::set_locale(language.tag());
}

/// Returns the language of this process's messages.
pub(crate) fn current() -> Language {
    Language::from_locale(&rust_i18n::locale())
}
