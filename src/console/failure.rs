//! The only text for fatal errors: what happened, and how to fix it.

use std::fmt;

use serde_json::json;

use crate::console::describe::Describe;
use crate::console::message::t;
use crate::console::output;
use crate::console::record::Level;
use webserver::config;
use webserver::server::listener::BindError;

/// The exit code of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Success.
    Done = 0,
    /// Something went wrong.
    Failed = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// The host interrupted the program.
    Interrupted = 130,
}

/// The reason why the process ends, for the host.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Decides the exit code.
    pub exit: Exit,
    /// The message.
    pub what: String,
    /// The line that fixes it.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure that is not the host's mistake.
    pub(crate) fn failed(what: impl fmt::Display) -> Self {
        Self {
            exit: Exit::Failed,
            what: what.to_string(),
            hint: None,
        }
    }

    /// A mistake in what was typed.
    pub(crate) fn usage(what: impl fmt::Display) -> Self {
        Self {
            exit: Exit::Usage,
            ..Self::failed(what)
        }
    }

    /// Adds the line that fixes it.
    pub(crate) fn hint(self, hint: impl fmt::Display) -> Self {
        Self {
            hint: Some(hint.to_string()),
            ..self
        }
    }

    /// Names the place of the mistake.
    pub(crate) fn at(self, place: &str) -> Self {
        Self {
            what: format!("{place}: {}", self.what),
            ..self
        }
    }

    /// One line about what happened, and one about how to fix it.
    pub(crate) fn text(&self) -> String {
        let hint = self.hint.iter().flat_map(|hint| [hint.as_str(), "\n"]);
        format!("{}\n{}", self.what, hint.collect::<String>())
    }

    /// Prints it on standard error.
    pub(crate) fn print(&self) {
        if output::is_json() {
            let fields = json!({ "message": self.what, "hint": self.hint });
            return output::print_record(Level::Error, "failed", fields);
        }
        output::say(&format!("webserver: {}", self.text()));
    }
}

impl From<BindError> for Failure {
    fn from(error: BindError) -> Self {
        let failure = Self::failed(error.text());
        match error {
            BindError::InUse {
                free: Some(free), ..
            } => failure.hint(t!("hint.command", command = format!("webserver {free}"))),
            BindError::InUse { free: None, .. } => failure,
            BindError::Denied { .. } => failure.hint(t!("hint.denied")),
            BindError::Other { .. } => failure.hint(t!("hint.host")),
        }
    }
}

impl From<config::ConfigError> for Failure {
    fn from(error: config::ConfigError) -> Self {
        Self::usage(error.text())
    }
}
