//! Findings of a check, as data.

use crate::check::play_fault::{PlayFault, Visitor};
use crate::detect::evidence::Evidence;
use crate::names::left_out::LeftOutCause;

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The game fails for players.
    Error,
    /// The game may fail for some players or on other servers.
    Warning,
    /// Worth knowing.
    Note,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its severity.
    pub severity: Severity,
    /// The file, if it concerns a single one.
    pub file: Option<String>,
    /// The line in the file, counted from 1.
    pub line: Option<usize>,
    /// The problem.
    pub problem: Problem,
}

/// A problem of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The file cannot be read.
    Unreadable {
        /// The system's error.
        error: String,
    },
    /// The content of a file in an archive is not what was packed.
    Damaged,
    /// The entry page is empty.
    EmptyPage,
    /// The picture that the configuration names does not exist.
    NoCover {
        /// Its path.
        cover: String,
    },
    /// The entry page has no viewport for phones.
    NoViewport,
    /// A reference to a missing file.
    Missing {
        /// The missing name.
        name: String,
        /// The nearest existing name.
        nearest: Option<String>,
    },
    /// A folder that is not there, with several files that the game needs.
    MissingFolder {
        /// The folder.
        folder: String,
        /// The number of missing files.
        files: usize,
        /// One of them.
        example: String,
    },
    /// A Flash movie, in an export without Ruffle.
    Flash {
        /// The film.
        reference: String,
    },
    /// A reference that differs from the file's name in case.
    Case {
        /// The name in the reference.
        name: String,
        /// The file's name.
        found: String,
    },
    /// A reference that differs from the file's name in Unicode normalization.
    Form {
        /// The name in the reference, which looks the same as the file's.
        name: String,
    },
    /// An absolute reference, which breaks where the game is not at the root.
    Absolute {
        /// The reference.
        reference: String,
    },
    /// A file that is loaded from another host.
    OtherHost {
        /// The host.
        host: String,
        /// The reference.
        reference: String,
    },
    /// A file of another host that a script names and may load.
    NamesOtherHost {
        /// The host.
        host: String,
        /// The reference.
        reference: String,
    },
    /// A module name that no import map defines.
    BareImport {
        /// The module name.
        name: String,
    },
    /// A reference to the developer's own machine.
    Local {
        /// The reference.
        reference: String,
    },
    /// A PHP script, which this server does not run.
    Php {
        /// The reference.
        reference: String,
    },
    /// A page that starts a source file: the project, not its build.
    Unbuilt {
        /// The source file.
        reference: String,
        /// The command that builds it.
        command: String,
        /// The folder that the build is in.
        folder: String,
    },
    /// Rules for another host that have no effect here.
    HostRules {
        /// The fields and paths of the rules.
        ignored: Vec<String>,
    },
    /// Threads, which need a secure context and isolation.
    Threads {
        /// The reason to think so.
        evidence: Option<Evidence>,
    },
    /// Features that browsers offer in secure contexts only.
    Secure {
        /// Their names.
        features: Vec<&'static str>,
    },
    /// A compressed file that does not decompress to the file beside it.
    Stale {
        /// The file beside it.
        name: String,
    },
    /// A compressed file that is cut off, damaged or in another coding.
    Broken {
        /// The coding that its name or content states.
        coding: &'static str,
    },
    /// A compressed file that decodes to more than the server decodes for players.
    Bomb {
        /// The limit in bytes.
        most: u64,
    },
    /// A name that breaks on other systems.
    Name(NameProblem),
    /// A file, folder or link that is not served.
    LeftOut {
        /// The reason.
        cause: LeftOutCause,
    },
    /// A fault that a browser met while it played the game.
    Played {
        /// The fault.
        fault: PlayFault,
        /// The visitors that met it.
        visitors: Vec<Visitor>,
    },
    /// A limit of a portal that is exceeded.
    Portal {
        /// The portal.
        portal: &'static str,
        /// The quantity.
        measure: Measure,
        /// The export's value.
        is: u64,
        /// The portal's limit.
        most: u64,
    },
}

/// A problem of a file's name on another system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameProblem {
    /// Windows reserves it for a device.
    Reserved,
    /// It ends in a dot or a space, which Windows removes.
    TrailingDot,
    /// It has a character that Windows forbids or that has a meaning in URLs.
    Character {
        /// The character.
        character: char,
    },
    /// It is not in Unicode normalization form C.
    NotNfc,
    /// It is too long for some systems.
    Long {
        /// The safe length in bytes.
        most: usize,
    },
    /// It is that of another file on Windows and macOS.
    Collision {
        /// The other name.
        other: String,
    },
}

/// A quantity that portals limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The number of files.
    Files,
    /// The bytes of all files.
    Bytes,
    /// The bytes loaded before the game can be played.
    FirstLoad,
    /// The bytes of the largest file.
    File,
}

impl Severity {
    /// The identifier in JSON.
    pub fn token(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl Problem {
    /// The identifier in JSON.
    pub fn token(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable",
            Self::Damaged => "damaged",
            Self::EmptyPage => "empty-page",
            Self::NoCover { .. } => "no-cover",
            Self::NoViewport => "no-viewport",
            Self::Missing { .. } => "missing",
            Self::MissingFolder { .. } => "missing-folder",
            Self::Flash { .. } => "flash",
            Self::Case { .. } => "case",
            Self::Form { .. } => "unicode-form",
            Self::Absolute { .. } => "absolute",
            Self::OtherHost { .. } => "other-host",
            Self::NamesOtherHost { .. } => "names-other-host",
            Self::BareImport { .. } => "bare-import",
            Self::Local { .. } => "local-address",
            Self::Php { .. } => "php",
            Self::Unbuilt { .. } => "unbuilt",
            Self::HostRules { .. } => "host-rules",
            Self::Threads { .. } => "threads",
            Self::Secure { .. } => "secure-context",
            Self::Stale { .. } => "stale",
            Self::Broken { .. } => "broken",
            Self::Bomb { .. } => "bomb",
            Self::Name(problem) => problem.token(),
            Self::LeftOut { .. } => "left-out",
            Self::Played { fault, .. } => fault.token(),
            Self::Portal { .. } => "portal",
        }
    }
}

impl NameProblem {
    /// The identifier in JSON.
    pub(super) fn token(&self) -> &'static str {
        match self {
            Self::Reserved => "reserved-name",
            Self::TrailingDot => "trailing-dot",
            Self::Character { .. } => "character",
            Self::NotNfc => "not-nfc",
            Self::Long { .. } => "long-name",
            Self::Collision { .. } => "collision",
        }
    }
}
