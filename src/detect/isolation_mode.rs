//! TODO

/// How far a game's page is kept apart from other origins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Not at all: it may load what it likes.
    Off,
    /// It has shared memory, and loads from other hosts only what says that it may be loaded.
    RequireCorp,
    /// It has shared memory, and loads from other hosts without the player's cookies; not in Safari.
    Credentialless,
}

impl Isolation {
    /// As the configuration spells it.
    pub fn token(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::RequireCorp => "require-corp",
            Self::Credentialless => "credentialless",
        }
    }
}
