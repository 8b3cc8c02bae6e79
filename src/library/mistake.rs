//! Mistakes in a configuration file.

use std::ops::Range;

/// A mistake and its position in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub(crate) span: Range<usize>,
    pub(crate) problem: SettingProblem,
}

/// A problem of a setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingProblem {
    /// The text is not TOML.
    #[error("syntax: {message}")]
    Syntax {
        /// The parser's explanation.
        message: String,
    },
    /// There is no such setting.
    #[error("unknown key {key:?}")]
    UnknownKey {
        /// The key.
        key: String,
        /// The settings that exist.
        known: Vec<String>,
        /// One of them that was probably meant.
        near: Option<String>,
    },
    /// The value is not one of a fixed set.
    #[error("unknown word {word:?}")]
    UnknownWord {
        /// The value.
        word: String,
        /// The set.
        known: Vec<String>,
    },
    /// A required setting is missing.
    #[error("missing key {key:?}")]
    MissingKey {
        /// The key.
        key: String,
        /// The setting as the bundled configuration has it.
        example: Option<String>,
    },
    /// The value is of the wrong kind or out of range.
    #[error("{key} cannot be {found}")]
    WrongValue {
        /// The key.
        key: String,
        /// The value as it is written.
        found: String,
        /// The kind of value that the setting takes.
        expected: Expected,
        /// The setting as the bundled configuration has it.
        example: Option<String>,
    },
    /// `games` is not a list of tables.
    #[error("games is not an array of tables")]
    GamesNotTables,
    /// `base` is not an absolute path.
    #[error("base is not a path: {base:?}")]
    Base {
        /// The value.
        base: String,
    },
    /// Not a field name (RFC 9110, 5.1).
    #[error("not a field name: {name:?}")]
    HeaderName {
        /// The name.
        name: String,
    },
    /// Not a field value (RFC 9110, 5.5).
    #[error("not a field value, of {name}")]
    HeaderValue {
        /// The field.
        name: String,
    },
    /// The field depends on the response and cannot be configured.
    #[error("{name} cannot be configured")]
    HeaderReserved {
        /// The field.
        name: String,
    },
}

/// A kind of value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A string.
    Text,
    /// A string, or one in each language.
    LocalizedText,
    /// `true` or `false`.
    Boolean,
    /// An integer.
    Number {
        /// The smallest that is allowed.
        least: u64,
    },
    /// An integer between two.
    Range {
        /// The smallest that is allowed.
        least: u64,
        /// The largest that is allowed.
        most: u64,
    },
    /// A number of seconds, 1 or more.
    Seconds,
    /// A list.
    List,
    /// A table.
    Table,
    /// A section of the file.
    Section,
    /// An IP address.
    Address,
    /// A port, or an address with a port.
    PortOrAddress,
    /// An IP address or network.
    Network,
    /// An address with a port.
    AddressAndPort,
    /// A host name.
    Domain,
    /// One label of a host name.
    HostLabel,
    /// Anything else, in serde's words.
    Other(String),
}
