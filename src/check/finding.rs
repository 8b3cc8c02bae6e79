//! What a check finds, in words: what it is, where, and how to mend it.

use rust_i18n::t;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Players will miss something.
    Error,
    /// Some players, or other hosts, will.
    Warning,
    /// Good to know.
    Note,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The file, where it is in one.
    pub file: Option<String>,
    /// The line of it, counted from 1, where it is in one.
    pub line: Option<usize>,
    /// What it is.
    pub problem: Problem,
}

/// What can be wrong with an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The page to start with is empty.
    EmptyPage,
    /// The page to start with does not fit itself to a phone's screen.
    NoViewport,
    /// Something refers to a file that is not there.
    Missing {
        /// The name as it is meant.
        name: String,
        /// The name that comes nearest.
        nearest: Option<String>,
    },
    /// Something refers to a file whose name differs in upper and lower case.
    Case {
        /// As it is referred to.
        name: String,
        /// As the file is called.
        found: String,
    },
    /// Something refers to a file whose name looks the same and is not.
    Form {
        /// As it is referred to, and how the file's name looks, too.
        name: String,
    },
    /// A reference begins with a slash, and the game may not be at the root.
    Absolute {
        /// The reference.
        reference: String,
    },
    /// Something is loaded from another host.
    OtherHost {
        /// The host.
        host: String,
        /// The reference.
        reference: String,
    },
    /// A script names something of another host, which it may load.
    NamesOtherHost {
        /// The host.
        host: String,
        /// The reference.
        reference: String,
    },
    /// It has threads, for which browsers want a secure context and isolation.
    Threads {
        /// What that was seen from.
        evidence: String,
    },
    /// It uses what browsers have for secure contexts only.
    Secure {
        /// What, by name.
        features: Vec<&'static str>,
    },
    /// A compressed file beside a file is not that file compressed.
    Stale {
        /// The file beside it.
        name: String,
    },
    /// A name that Windows keeps for a device.
    Reserved,
    /// A name that ends in a dot or a space, which Windows cuts off.
    TrailingDot,
    /// A name with a character that Windows does not allow or that URLs read otherwise.
    Character {
        /// The character.
        character: char,
    },
    /// A name that is not in the form that most systems write.
    NotNfc,
    /// A name that is too long for some systems.
    Long {
        /// How many bytes are safe.
        most: usize,
    },
    /// Two names that are one on Windows and macOS.
    Collision {
        /// The other one.
        other: String,
    },
    /// More than a portal takes.
    Portal {
        /// The portal.
        portal: &'static str,
        /// Of what.
        measure: Measure,
        /// How much there is.
        is: u64,
        /// How much it takes.
        most: u64,
    },
}

/// What portals count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Files.
    Files,
    /// Bytes of all files.
    Bytes,
    /// Bytes that the page loads first.
    FirstLoad,
    /// Bytes of one file.
    File,
}

impl Severity {
    /// For programs.
    pub fn token(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl Problem {
    /// For programs.
    pub fn token(&self) -> &'static str {
        match self {
            Self::EmptyPage => "empty-page",
            Self::NoViewport => "no-viewport",
            Self::Missing { .. } => "missing",
            Self::Case { .. } => "case",
            Self::Form { .. } => "unicode-form",
            Self::Absolute { .. } => "absolute",
            Self::OtherHost { .. } => "other-host",
            Self::NamesOtherHost { .. } => "names-other-host",
            Self::Threads { .. } => "threads",
            Self::Secure { .. } => "secure-context",
            Self::Stale { .. } => "stale",
            Self::Reserved => "reserved-name",
            Self::TrailingDot => "trailing-dot",
            Self::Character { .. } => "character",
            Self::NotNfc => "not-nfc",
            Self::Long { .. } => "long-name",
            Self::Collision { .. } => "collision",
            Self::Portal { .. } => "portal",
        }
    }

    /// What it is, in the language spoken now. `size` writes a number of bytes.
    pub fn what(&self, size: &dyn Fn(u64) -> String) -> String {
        match self {
            Self::EmptyPage => t!("check.empty_page"),
            Self::NoViewport => t!("check.no_viewport"),
            Self::Missing { name, nearest } => match nearest {
                Some(nearest) => t!("check.missing_near", name = name, nearest = nearest),
                None => t!("check.missing", name = name),
            },
            Self::Case { name, found } => t!("check.case", name = name, found = found),
            Self::Form { name } => t!("check.form", name = name),
            Self::Absolute { reference } => t!("check.absolute", reference = reference),
            Self::OtherHost { host, reference } => {
                t!("check.other_host", host = host, reference = reference)
            }
            Self::NamesOtherHost { host, reference } => {
                t!("check.names_other_host", host = host, reference = reference)
            }
            Self::Threads { evidence } => t!("check.threads", evidence = evidence),
            Self::Secure { features } => t!("check.secure", features = features.join(", ")),
            Self::Stale { name } => t!("check.stale", name = name),
            Self::Reserved => t!("check.reserved"),
            Self::TrailingDot => t!("check.trailing_dot"),
            Self::Character { character } => {
                t!("check.character", character = character.escape_default())
            }
            Self::NotNfc => t!("check.not_nfc"),
            Self::Long { most } => t!("check.long", most = most),
            Self::Collision { other } => t!("check.collision", other = other),
            Self::Portal {
                portal,
                measure,
                is,
                most,
            } => {
                let amount = |amount: u64| match measure {
                    Measure::Files => amount.to_string(),
                    _ => size(amount),
                };
                let (is, most) = (amount(*is), amount(*most));
                match measure {
                    Measure::Files => {
                        t!("check.portal_files", portal = portal, is = is, most = most)
                    }
                    Measure::Bytes => {
                        t!("check.portal_bytes", portal = portal, is = is, most = most)
                    }
                    Measure::FirstLoad => {
                        t!("check.portal_first", portal = portal, is = is, most = most)
                    }
                    Measure::File => t!("check.portal_file", portal = portal, is = is, most = most),
                }
            }
        }
        .into_owned()
    }

    /// How to mend it, in the language spoken now.
    pub fn mend(&self) -> String {
        match self {
            Self::EmptyPage => t!("mend.empty_page"),
            Self::NoViewport => t!("mend.no_viewport"),
            Self::Missing { .. } => t!("mend.missing"),
            Self::Case { .. } | Self::Form { .. } => t!("mend.spelling"),
            Self::Absolute { .. } => t!("mend.absolute"),
            Self::OtherHost { .. } | Self::NamesOtherHost { .. } => t!("mend.other_host"),
            Self::Threads { .. } => t!("mend.threads"),
            Self::Secure { .. } => t!("mend.secure"),
            Self::Stale { .. } => t!("mend.stale"),
            Self::Reserved
            | Self::TrailingDot
            | Self::Character { .. }
            | Self::NotNfc
            | Self::Long { .. }
            | Self::Collision { .. } => t!("mend.rename"),
            Self::Portal { .. } => t!("mend.portal"),
        }
        .into_owned()
    }
}
