//! Turns the errors of serde and the TOML parser into data, with the setting they are about and an example of it.
//!
//! serde passes errors as text only. Its phrases have not changed since its first release; a phrase that is unknown here
//! is kept as it is.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::library::mistake::{Expected, Mistake, SettingProblem};
use crate::names::typo;

/// The configuration that comes with the program. It has an example of every setting.
pub(super) const BUNDLED: &str = include_str!("../../config.toml");

/// The longest part of a value that is repeated in a message, in characters.
const LONGEST_VALUE: usize = 40;

/// Explains an error in `text`.
pub(super) fn explain(error: &toml::de::Error, text: &str) -> Mistake {
    let message = error.message();
    let span = error.span().unwrap_or(0..0);
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let problem = match quoted.as_slice() {
        [key, known @ ..] if message.starts_with("unknown field") => SettingProblem::UnknownKey {
            key: (*key).to_owned(),
            known: owned(known),
            near: typo::nearest(key, known.iter().copied()).map(str::to_owned),
        },
        [word, known @ ..] if message.starts_with("unknown variant") => {
            SettingProblem::UnknownWord {
                word: (*word).to_owned(),
                known: owned(known),
            }
        }
        [key, ..] if message.starts_with("missing field") => SettingProblem::MissingKey {
            key: (*key).to_owned(),
            example: example(&["games", key]),
        },
        _ => match (expected(message), setting_at(text, &span)) {
            (Some(expected), Some(path)) => wrong_value(&path, &text[span.clone()], expected),
            _ => SettingProblem::Syntax {
                message: message.to_owned(),
            },
        },
    };
    Mistake { span, problem }
}

/// A value that a setting cannot have.
pub(super) fn wrong_value(path: &[String], found: &str, expected: Expected) -> SettingProblem {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let line = found.lines().next().unwrap_or_default();
    let mut value: String = line.chars().take(LONGEST_VALUE).collect();
    if value.len() < found.len() {
        value.push('…');
    }
    SettingProblem::WrongValue {
        key: path.last().copied().unwrap_or_default().to_owned(),
        found: value,
        example: match expected {
            Expected::Section => path.first().map(|section| format!("[{section}]")),
            _ => example(&path).or_else(|| example(&path[..path.len().saturating_sub(1)])),
        },
        expected,
    }
}

/// The kind of value that serde's message asks for, when it is about the kind of a value.
fn expected(message: &str) -> Option<Expected> {
    if !message.starts_with("invalid type") && !message.starts_with("invalid value") {
        return None;
    }
    let (_, phrase) = message.rsplit_once(", expected ")?;
    let least = phrase
        .strip_prefix("a number of bytes, ")
        .and_then(|rest| rest.strip_suffix(" or more")?.parse().ok());
    Some(match phrase {
        "a string" | "path string" => Expected::Text,
        "a boolean" => Expected::Boolean,
        "u16" | "u32" | "u64" | "usize" => Expected::Number { least: 0 },
        "a sequence" => Expected::List,
        "a map" => Expected::Table,
        "a section" => Expected::Section,
        "a number of seconds, 1 or more" => Expected::Seconds,
        "an IP address" => Expected::Address,
        "a port, or an address and port" => Expected::PortOrAddress,
        "an IP address or network" => Expected::Network,
        "an address and port" => Expected::AddressAndPort,
        "a domain name" => Expected::Domain,
        "a name without dots" => Expected::HostLabel,
        "a nonzero u32" => Expected::Range {
            least: 1,
            most: u32::MAX.into(),
        },
        _ if phrase.starts_with("a nonzero") => Expected::Number { least: 1 },
        _ if phrase.starts_with("struct ") => Expected::Table,
        _ if phrase.starts_with("a string, or ") => Expected::LocalizedText,
        _ => match least {
            Some(least) => Expected::Number { least },
            None => Expected::Other(phrase.to_owned()),
        },
    })
}

/// The keys that lead to the value at a position: `["limits", "connections"]`. Lists add nothing.
fn setting_at(text: &str, span: &Range<usize>) -> Option<Vec<String>> {
    let document = DeTable::parse(text).ok()?;
    let mut path = Vec::new();
    is_in_table(document.get_ref(), span.start, &mut path).then_some(path)
}

fn is_in_table(table: &DeTable<'_>, position: usize, path: &mut Vec<String>) -> bool {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        if is_in_value(value.get_ref(), &value.span(), position, path) {
            return true;
        }
        path.pop();
    }
    false
}

fn is_in_value(
    value: &DeValue<'_>,
    span: &Range<usize>,
    position: usize,
    path: &mut Vec<String>,
) -> bool {
    let is_inside = match value {
        DeValue::Table(table) => is_in_table(table, position, path),
        DeValue::Array(list) => list
            .iter()
            .any(|value| is_in_value(value.get_ref(), &value.span(), position, path)),
        _ => false,
    };
    is_inside || span.contains(&position)
}

/// The line of the bundled configuration that sets a key, without its comment.
fn example(path: &[&str]) -> Option<String> {
    let (key, sections) = path.split_last()?;
    let section = sections.first().copied().unwrap_or_default();
    let mut current = "";
    for line in BUNDLED.lines() {
        let line = line.strip_prefix("# ").unwrap_or(line);
        if line.starts_with('[') {
            current = line.split(']').next()?.trim_start_matches('[');
        }
        let setting = line.strip_prefix(key).map(str::trim_start);
        if current == section && setting.is_some_and(|rest| rest.starts_with('=')) {
            return Some(without_comment(line).to_owned());
        }
    }
    None
}

fn without_comment(line: &str) -> &str {
    let mut is_quoted = false;
    let end = line.find(|c| {
        is_quoted ^= c == '"';
        c == '#' && !is_quoted
    });
    line[..end.unwrap_or(line.len())].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_an_example() {
        for section in ["", "[console]", "[limits]", "[site]", "[tls]"] {
            let error = toml::from_str::<crate::config::Config>(&format!("{section}\nnone = 1"));
            let mistake = explain(&error.unwrap_err(), "");
            let SettingProblem::UnknownKey { known, .. } = mistake.problem else {
                panic!("{mistake:?}");
            };
            for key in known.iter().filter(|key| {
                !["console", "games", "limits", "site", "tls"].contains(&key.as_str())
            }) {
                let section = section.trim_matches(['[', ']']);
                let path: Vec<_> = [section, key]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect();
                let example = example(&path).unwrap_or_default();
                assert!(
                    example.starts_with(&format!("{key} = ")),
                    "{path:?}: {example}"
                );
            }
        }
    }

    #[test]
    fn a_comment_ends_the_example_but_a_quoted_mark_does_not() {
        assert_eq!(without_comment(r##"a = "#1"  # first"##), r##"a = "#1""##);
        assert_eq!(without_comment("a = 1"), "a = 1");
    }
}
