//! The content codings that a representation can be in (RFC 9110, 8.4.1).

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// No coding.
    Identity,
    /// gzip (RFC 1952).
    Gzip,
    /// Brotli (RFC 7932).
    Brotli,
    /// Zstandard (RFC 8878).
    Zstd,
}

impl Coding {
    /// The codings that are prepared for each asset, in order of preference.
    pub(crate) const PREPARED: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// The name used in `Content-Encoding` and `Accept-Encoding`.
    pub fn token(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brotli => "brotli",
            other => other.token(),
        }
    }

    /// The file extension, without its dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Gzip => "gz",
            Self::Brotli => "br",
            Self::Zstd => "zst",
        }
    }
}
