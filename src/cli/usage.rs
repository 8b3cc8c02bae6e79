//! The failure of a mistake on the command line.

use rust_i18n::t;

use crate::console::failure::Failure;

/// A mistake, with the usage line as the hint.
pub(crate) fn usage(what: impl std::fmt::Display) -> Failure {
    Failure::usage(what).hint(t!("hint.usage"))
}
