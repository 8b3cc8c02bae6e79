//! `[[games]]` entries of a configuration file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use http::header::{self, HeaderName, HeaderValue};
use serde::{Deserialize, Deserializer, de};
use toml::Spanned;

use crate::detect::isolation_mode::Isolation;
use crate::language::LocalizedText;
use crate::library::mistake::{Mistake, SettingProblem};

/// One `[[games]]` entry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub(super) slug: Spanned<String>,
    #[serde(default, deserialize_with = "title")]
    pub(super) title: Option<LocalizedText>,
    pub(super) path: Spanned<PathBuf>,
    pub(super) entry: Option<Spanned<String>>,
    pub(super) description: Option<LocalizedText>,
    pub(super) cover: Option<String>,
    pub(super) cover_file: Option<PathBuf>,
    isolation: Option<IsolationSetting>,
    https: Option<bool>,
    base: Option<Spanned<String>>,
    headers: Option<BTreeMap<String, Spanned<String>>>,
}

/// Settings of a game that override what is detected from its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The isolation of its pages from other origins.
    pub isolation: Option<Isolation>,
    /// True if it is played over https.
    pub https: Option<bool>,
    /// The path that the game expects to be served at: `/repo/`.
    pub base: Option<String>,
    /// The entry page.
    pub entry: Option<String>,
    /// Fields that are added to every response.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// `isolation = "..."`; `None` is "auto".
#[derive(Clone, Copy, Debug)]
struct IsolationSetting(Option<Isolation>);

impl<'de> Deserialize<'de> for IsolationSetting {
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

/// Reads a title, which is never empty.
fn title<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<LocalizedText>, D::Error> {
    let title = LocalizedText::deserialize(deserializer)?;
    let is_empty = title.wordings().any(|wording| wording.trim().is_empty());
    match is_empty {
        true => Err(de::Error::invalid_value(
            de::Unexpected::Str(""),
            &r#"a string, or { en = "...", zh = "..." }"#,
        )),
        false => Ok(Some(title)),
    }
}

/// Fields that depend on the response; another value would make the response wrong.
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
    /// Checks and converts the settings that override detection.
    ///
    /// # Errors
    /// When a path or a field is malformed.
    pub(super) fn overrides(&self) -> Result<Overrides, Mistake> {
        if let Some(base) = &self.base {
            let path = base.get_ref();
            let leads_up = path.split('/').any(|part| part == "." || part == "..");
            let is_path = path.starts_with('/') && !path.contains(['?', '#', '\\']) && !leads_up;
            if !is_path {
                return Err(Mistake {
                    span: base.span(),
                    problem: SettingProblem::Base { base: path.clone() },
                });
            }
        }
        let headers = self.headers.iter().flatten();
        Ok(Overrides {
            isolation: self.isolation.and_then(|setting| setting.0),
            https: self.https,
            base: self.base.as_ref().map(|base| base.get_ref().clone()),
            entry: self.entry.as_ref().map(|entry| entry.get_ref().clone()),
            headers: headers.map(header_field).collect::<Result<_, _>>()?,
        })
    }
}

/// Checks and converts a field of `headers`.
fn header_field(
    (name, value): (&String, &Spanned<String>),
) -> Result<(HeaderName, HeaderValue), Mistake> {
    let mistake = |problem: fn(String) -> SettingProblem| Mistake {
        span: value.span(),
        problem: problem(name.clone()),
    };
    let known = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| mistake(|name| SettingProblem::HeaderName { name }))?;
    if RESERVED.contains(&known) {
        return Err(mistake(|name| SettingProblem::HeaderReserved { name }));
    }
    let sent = HeaderValue::from_str(value.get_ref())
        .map_err(|_| mistake(|name| SettingProblem::HeaderValue { name }))?;
    Ok((known, sent))
}
