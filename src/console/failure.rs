//! The only text for fatal errors: what happened, and what to do about it.

use std::io::Write;
use std::{fmt, io};

use rust_i18n::t;

use crate::console::describe::Describe;
use webserver::config;
use webserver::server::listener::BindError;

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what was asked.
    Done = 0,
    /// It could not.
    Failed = 1,
    /// What was asked is not written right.
    Usage = 2,
    /// The operator interrupted it.
    Interrupted = 130,
}

/// Why the process ends, for the operator.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Decides the exit code.
    pub exit: Exit,
    /// What happened.
    pub what: String,
    /// The line that mends it.
    pub hint: Option<String>,
}

impl Failure {
    /// Something went wrong that is not the operator's writing.
    pub(crate) fn failed(what: impl fmt::Display) -> Self {
        Self {
            exit: Exit::Failed,
            what: what.to_string(),
            hint: None,
        }
    }

    /// What was typed is wrong.
    pub(crate) fn usage(what: impl fmt::Display) -> Self {
        Self {
            exit: Exit::Usage,
            ..Self::failed(what)
        }
    }

    /// The line that mends it.
    pub(crate) fn hint(self, hint: impl fmt::Display) -> Self {
        Self {
            hint: Some(hint.to_string()),
            ..self
        }
    }

    /// What happened, and what to do about it, a line each.
    pub(crate) fn text(&self) -> String {
        let hint = self.hint.iter().flat_map(|hint| [hint.as_str(), "\n"]);
        format!("{}\n{}", self.what, hint.collect::<String>())
    }

    /// Prints it on standard error.
    pub(crate) fn print(&self) {
        say(&format!("webserver: {}", self.text()));
    }
}

/// Prints on standard error. When nobody takes it, there is nobody to tell.
pub(crate) fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
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
