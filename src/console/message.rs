//! Messages of the locale. Their values come from games, clients, paths and libraries: none can act on the terminal or
//! begin a line of its own.

use std::fmt::Display;

use crate::console::printable::printable;

/// A message by its key, with values for its placeholders, in the host's language or that of `locale`.
macro_rules! t {
    ($key:tt) => {
        rust_i18n::t!($key)
    };
    ($key:tt, locale = $locale:expr $(, $name:ident = $value:expr)* $(,)?) => {
        rust_i18n::t!($key, locale = $locale $(, $name = $crate::console::message::value(&($value)))*)
    };
    ($key:tt $(, $name:ident = $value:expr)+ $(,)?) => {
        rust_i18n::t!($key $(, $name = $crate::console::message::value(&($value)))+)
    };
}

pub(crate) use t;

/// A value as one printable line.
pub(crate) fn value(value: &(impl Display + ?Sized)) -> String {
    printable(&value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_neither_begins_a_line_nor_acts_on_the_terminal() {
        let path = "a\nwebserver: all is well\u{1b}[2J\u{202e}";
        let text = t!("game.missing", locale = "en", path = path);
        let harmless = "a\u{fffd}webserver: all is well\u{fffd}[2J\u{fffd}";
        assert!(text.contains(harmless), "{text}");
        assert_eq!(value(&7), "7");
    }
}
