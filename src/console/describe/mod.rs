//! Errors in the host's language. The library's errors are data; this is the only place that words them.
//!
//! One file a room: add an `impl Describe` to the file of the room that defines the error.

mod archive;
mod bucket;
mod config;
mod foreign;
mod fs;
mod import;
pub(crate) mod left_out;
mod library;
mod server;
mod site;
mod tls;

use crate::console::locale;
use webserver::language::Language;

/// An error that can be worded for the host.
pub(crate) trait Describe {
    /// The message in a language: one line, lower case, without a full stop.
    fn describe(&self, language: Language) -> String;

    /// The message in the language of this process.
    fn text(&self) -> String {
        self.describe(locale::current())
    }
}
