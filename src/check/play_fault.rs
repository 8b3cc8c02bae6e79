//! Faults that a browser meets while it plays a game.

/// A browser that plays a game.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visitor {
    /// On this machine, at `http://localhost`, which is a secure context.
    ThisMachine,
    /// On a phone, at a plain http address, which is not a secure context.
    Phone,
}

/// The importance of a file to the page that requests it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A page, script, worker or style sheet: without it something is broken.
    Vital,
    /// Any other file, which a game may do without.
    Other,
}

/// A fault that a browser reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlayFault {
    /// The page does not load.
    NoPage {
        /// The browser's reason.
        reason: String,
    },
    /// A file that the page requested, and that was answered with an error.
    Missing {
        /// The file, or the URL on another host.
        name: String,
        /// The status code.
        status: u64,
        /// The use of the file.
        need: Need,
        /// True if another host should have it.
        is_elsewhere: bool,
    },
    /// A request that failed or was blocked.
    Failed {
        /// The file, or the URL on another host.
        name: String,
        /// The browser's reason.
        reason: String,
        /// The use of the file.
        need: Need,
        /// True if another host should have it.
        is_elsewhere: bool,
    },
    /// An exception that nothing caught.
    Threw {
        /// The message.
        message: String,
    },
    /// A promise whose rejection nothing handled.
    Rejected {
        /// The message.
        message: String,
    },
    /// An error that the page, or the browser, wrote to the console.
    Logged {
        /// The message.
        message: String,
    },
    /// A dialog that waits for an answer.
    Dialog {
        /// Its text.
        message: String,
    },
    /// The page's process died.
    Crashed,
    /// Nothing but a single colour was visible.
    Blank,
}

/// A fault, and its place in the game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedFault {
    /// The fault.
    pub fault: PlayFault,
    /// The file that it comes from, if that is part of the game.
    pub file: Option<String>,
    /// The line, counted from 1.
    pub line: Option<usize>,
}

impl Visitor {
    /// The identifier in JSON and in file names.
    pub fn token(self) -> &'static str {
        match self {
            Self::ThisMachine => "this-machine",
            Self::Phone => "phone",
        }
    }
}

impl PlayFault {
    /// The identifier in JSON.
    pub(crate) fn token(&self) -> &'static str {
        match self {
            Self::NoPage { .. } => "play-no-page",
            Self::Missing { .. } => "play-missing",
            Self::Failed { .. } => "play-failed-request",
            Self::Threw { .. } => "play-exception",
            Self::Rejected { .. } => "play-rejection",
            Self::Logged { .. } => "play-console-error",
            Self::Dialog { .. } => "play-dialog",
            Self::Crashed => "play-crash",
            Self::Blank => "play-blank",
        }
    }
}
