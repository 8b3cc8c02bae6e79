//! Games as a configuration file lists them, and where in it something stands.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use http::header::{self, HeaderName, HeaderValue};
use serde::{Deserialize, Deserializer, de};
use toml::Spanned;

use crate::detect::isolation_mode::Isolation;
use crate::language::LocalizedText;
use crate::library::mistake::{Mistake, Problem};
use crate::names::parts::file_name;
use crate::source::Source;

/// One `[[games]]` entry of a configuration file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub(super) slug: Spanned<String>,
    pub(super) title: Option<LocalizedText>,
    pub(super) path: Spanned<PathBuf>,
    pub(super) entry: Option<Spanned<String>>,
    pub(super) description: Option<LocalizedText>,
    pub(super) cover: Option<String>,
    isolation: Option<ResolvedSetting>,
    base: Option<Spanned<String>>,
    headers: Option<BTreeMap<String, Spanned<String>>>,
}

/// What the configuration says of a game in the place of what its files show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// How far its page is kept apart from other origins.
    pub isolation: Option<Isolation>,
    /// The path that it expects to be served below: `/repo/`.
    pub base: Option<String>,
    /// The page to start with.
    pub entry: Option<String>,
    /// Fields that every answer bears besides its own.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// `isolation = "..."`.
#[derive(Clone, Copy, Debug)]
struct ResolvedSetting(Option<Isolation>);

impl<'de> Deserialize<'de> for ResolvedSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let all = [
            Isolation::Off,
            Isolation::RequireCorp,
            Isolation::Credentialless,
        ];
        match word.as_str() {
            "auto" => Ok(Self(None)),
            word => all
                .into_iter()
                .find(|isolation| isolation.token() == word)
                .map(|isolation| Self(Some(isolation)))
                .ok_or_else(|| {
                    let known = &["auto", "require-corp", "credentialless", "off"];
                    de::Error::unknown_variant(word, known)
                }),
        }
    }
}

/// Fields that an answer's own content decides; another value would make it a false one.
const RESERVED: &[HeaderName] = &[
    header::ACCEPT_RANGES,
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::DATE,
    header::ETAG,
    header::LAST_MODIFIED,
    header::LOCATION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::VARY,
];

impl Entry {
    /// What it says of how the game is served.
    ///
    /// # Errors
    /// When a path or a field is not written right.
    pub(super) fn overrides(&self) -> Result<Overrides, Mistake> {
        if let Some(base) = &self.base {
            let path = base.get_ref();
            let leads_up = path.split('/').any(|part| part == "." || part == "..");
            let is_path = path.starts_with('/') && !path.contains(['?', '#', '\\']) && !leads_up;
            if !is_path {
                return Err(Mistake {
                    span: base.span(),
                    problem: Problem::Base { base: path.clone() },
                });
            }
        }
        let headers = self.headers.iter().flatten();
        Ok(Overrides {
            isolation: self.isolation.and_then(|setting| setting.0),
            base: self.base.as_ref().map(|base| base.get_ref().clone()),
            entry: self.entry.as_ref().map(|entry| entry.get_ref().clone()),
            headers: headers.map(field).collect::<Result<_, _>>()?,
        })
    }
}

/// A field of `headers`, as it is sent.
fn field((name, value): (&String, &Spanned<String>)) -> Result<(HeaderName, HeaderValue), Mistake> {
    let mistake = |problem: fn(String) -> Problem| Mistake {
        span: value.span(),
        problem: problem(name.clone()),
    };
    let known = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| mistake(|name| Problem::HeaderName { name }))?;
    if RESERVED.contains(&known) {
        return Err(mistake(|name| Problem::HeaderReserved { name }));
    }
    let sent = HeaderValue::from_str(value.get_ref())
        .map_err(|_| mistake(|name| Problem::HeaderValue { name }))?;
    Ok((known, sent))
}

/// The text that entries were written in.
#[derive(Clone, Debug, Default)]
pub enum Origin {
    /// A file; its folder is what relative paths start from.
    File {
        /// The file as it was named.
        file: PathBuf,
        /// What it says.
        text: Arc<str>,
    },
    /// The configuration that comes with the program; its games are embedded.
    #[default]
    Bundled,
}

impl Origin {
    /// What a path in the text means.
    pub fn path(&self, path: &Path) -> PathBuf {
        match self {
            Self::File { file, .. } => file.parent().unwrap_or(Path::new("")).join(path),
            Self::Bundled => path.to_owned(),
        }
    }

    pub(super) fn source(&self, path: &Path) -> Source {
        match self {
            Self::File { .. } => Source::from_path(self.path(path)),
            Self::Bundled => Source::Embedded(file_name(path)),
        }
    }

    /// The line that a range of the text begins in.
    pub fn place(&self, span: &Range<usize>) -> Option<ConfigLocation> {
        match self {
            Self::File { file, text } => {
                let before = &text.as_bytes()[..span.start.min(text.len())];
                Some(ConfigLocation {
                    file: file.clone(),
                    line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
                })
            }
            Self::Bundled => None,
        }
    }
}

/// A line of a file, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigLocation {
    /// The file as it was named.
    pub file: PathBuf,
    /// The line in it.
    pub line: usize,
}

impl fmt::Display for ConfigLocation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file.display(), self.line)
    }
}
