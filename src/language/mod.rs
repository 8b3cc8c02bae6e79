//! The languages of messages and pages, and text of a game in one or both.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};
use thiserror::Error;

/// A language of messages and pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, also for every locale that is not Chinese.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The language tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// The value of this language, of values in the order of [`Self::ALL`].
    pub(crate) fn select<T>(self, [english, chinese]: &[T; 2]) -> &T {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }

    /// Chooses the language for a locale (`zh_CN.UTF-8`) or language tag (`zh-Hans`, `en-GB`).
    pub fn from_locale(locale: &str) -> Self {
        let primary = locale.split(['-', '_', '.', '@']).next();
        match primary {
            Some(tag) if tag.eq_ignore_ascii_case("zh") => Self::Chinese,
            _ => Self::English,
        }
    }

    /// Chooses the language for the system's locale.
    pub fn from_environment() -> Self {
        sys_locale::get_locale().map_or(Self::English, |locale| Self::from_locale(&locale))
    }
}

/// A language tag without messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("en, zh-CN")]
pub struct UnknownLanguage;

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(tag: &str) -> Result<Self, UnknownLanguage> {
        match tag.to_ascii_lowercase().as_str() {
            "en" => Ok(Self::English),
            "zh" | "zh-cn" => Ok(Self::Chinese),
            _ => Err(UnknownLanguage),
        }
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = String::deserialize(deserializer)?;
        tag.parse()
            .map_err(|_| de::Error::unknown_variant(&tag, &["en", "zh-CN"]))
    }
}

/// Text about a game, in one language or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalizedText {
    english: String,
    chinese: Option<String>,
}

impl LocalizedText {
    /// Creates a text that is the same in both languages.
    pub fn plain(words: impl Into<String>) -> Self {
        Self {
            english: words.into(),
            chinese: None,
        }
    }

    /// The text in a language.
    pub fn get(&self, language: Language) -> &str {
        match (language, &self.chinese) {
            (Language::Chinese, Some(chinese)) => chinese,
            _ => &self.english,
        }
    }

    /// All versions of the text.
    pub(crate) fn wordings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.english.as_str()).chain(self.chinese.as_deref())
    }
}

/// Serializes both languages: `{"en": ..., "zh": ...}`.
impl Serialize for LocalizedText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([
            ("en", self.get(Language::English)),
            ("zh", self.get(Language::Chinese)),
        ])
    }
}

impl<'de> Deserialize<'de> for LocalizedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = LocalizedText;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(r#"a string, or { en = "...", zh = "..." }"#)
    }

    fn visit_str<E: de::Error>(self, words: &str) -> Result<LocalizedText, E> {
        Ok(LocalizedText::plain(words))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LocalizedText, A::Error> {
        let (mut english, mut chinese) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "en" => english = Some(map.next_value::<String>()?),
                "zh" => chinese = Some(map.next_value::<String>()?),
                _ => return Err(de::Error::unknown_field(&key, &["en", "zh"])),
            }
        }
        let english = english
            .or_else(|| chinese.clone())
            .ok_or_else(|| de::Error::missing_field("en"))?;
        Ok(LocalizedText { english, chinese })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_selects_its_language() {
        for (locale, expected) in [
            ("zh_CN.UTF-8", Language::Chinese),
            ("zh-Hans-CN", Language::Chinese),
            ("ZH", Language::Chinese),
            ("en_GB.UTF-8", Language::English),
            ("C", Language::English),
            ("", Language::English),
            ("zha_CN", Language::English), // Zhuang
        ] {
            assert_eq!(Language::from_locale(locale), expected, "{locale}");
        }
    }

    #[test]
    fn a_language_selects_its_own_of_values_made_for_all() {
        let tags = Language::ALL.map(Language::tag);
        for language in Language::ALL {
            assert_eq!(*language.select(&tags), language.tag());
        }
    }

    #[test]
    fn a_text_in_one_language_is_used_for_both() {
        let text: LocalizedText = serde_json::from_str(r#"{"zh": "读心术"}"#).unwrap();
        assert_eq!(text.get(Language::English), "读心术");
        let text: LocalizedText = serde_json::from_str(r#""2048""#).unwrap();
        assert_eq!(text.get(Language::Chinese), "2048");
    }
}
