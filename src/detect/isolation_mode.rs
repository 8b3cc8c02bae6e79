//! Cross-origin isolation modes.

/// The cross-origin isolation of a game's page. Browsers give shared memory only to isolated pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Not isolated: the page loads from any origin.
    Off,
    /// Isolated; other origins must opt in to being loaded.
    RequireCorp,
    /// Isolated; other origins are loaded without cookies. Safari does not support it.
    Credentialless,
}

impl Isolation {
    /// The value in `config.toml` and in the embedder policy field.
    pub fn token(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::RequireCorp => "require-corp",
            Self::Credentialless => "credentialless",
        }
    }
}
