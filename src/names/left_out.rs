//! Files, folders and links beside those of a game, and the reason that each is left out.

/// A file, folder or link that is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The path below the game's folder, for messages.
    pub path: String,
    /// The reason.
    pub cause: LeftOutCause,
}

/// A reason to leave something out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOutCause {
    /// Hidden, or left behind by an editor or a system.
    Leftover,
    /// A broken or circular link.
    DeadLink,
    /// A link that points outside the game's folder.
    LinkOut,
    /// A pipe, a socket or a device.
    Special,
    /// A name that no URL can express: not UTF-8, or with a control character.
    Name,
}

impl LeftOutCause {
    /// The identifier in JSON.
    pub fn token(self) -> &'static str {
        match self {
            Self::Leftover => "leftover",
            Self::DeadLink => "dead-link",
            Self::LinkOut => "link-out",
            Self::Special => "special",
            Self::Name => "name",
        }
    }
}
