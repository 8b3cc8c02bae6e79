//! The failure for a mistake on the command line.

use crate::console::failure::Failure;
use crate::console::message::t;

/// The usage line of each sub-command.
pub(super) const USAGE: [(&str, &str); 13] = [
    ("list", "webserver list [--json] [--why GAME]"),
    (
        "check",
        "webserver check [GAME] [--json] [--play [--out DIR]]",
    ),
    (
        "add",
        "webserver add <SOURCE...> [--as SLUG] [--title TITLE] [--force] [--publish]",
    ),
    ("remove", "webserver remove <SLUG> [--yes]"),
    (
        "rename",
        "webserver rename <SLUG> [NEW-SLUG] [--title TITLE]",
    ),
    ("publish", "webserver publish <GAME> [--port N]"),
    ("status", "webserver status [--json] [--port N]"),
    ("qr", "webserver qr [--png FILE] [--svg FILE] [--port N]"),
    ("ca", "webserver ca [--export FILE | --remove]"),
    ("stop", "webserver stop [--port N]"),
    ("health", "webserver health [--port N]"),
    ("completions", "webserver completions <SHELL>"),
    ("man", "webserver man [COMMAND]"),
];

/// A mistake, with the usage line of the program as the hint.
pub(crate) fn usage(what: impl std::fmt::Display) -> Failure {
    start_mistake(what).hint(t!("hint.usage"))
}

/// A mistake in a command line that starts a server.
pub(crate) fn start_mistake(what: impl std::fmt::Display) -> Failure {
    Failure::usage(t!("usage.start", what = what))
}

/// A mistake, with the usage line of a sub-command as the hint.
pub(crate) fn usage_of(command: Option<&str>, what: impl std::fmt::Display) -> Failure {
    let known = USAGE.iter().find(|(name, _)| Some(*name) == command);
    match known {
        Some((_, line)) => Failure::usage(what).hint(t!("hint.usage_of", usage = line)),
        None => usage(what),
    }
}
