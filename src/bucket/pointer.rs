//! The choice of the game on the air: one small object, read by every replica and changed by conditional writes only.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::names::slug::slug_of;

/// The version of the format.
const VERSION: u32 = 1;

/// The most bytes of a pointer.
pub(crate) const MAX_POINTER: u64 = 64 << 10;

/// The choices that are kept: the one on the air, one to come, and four for page loads in progress.
const KEPT: usize = 6;

/// The games chosen, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnAirPointer {
    /// The choices, the newest first.
    pub choices: Vec<ChosenGame>,
}

/// A game, and the moment from which it is on the air.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenGame {
    /// The slug.
    pub slug: String,
    /// The hash of the manifest, which names every file by its content.
    pub digest: blake3::Hash,
    /// The moment; of a game that is only prepared, the one from which its publisher counts as gone.
    pub at: Moment,
    /// True if replicas shall hold it, but its moment is not decided yet: it is not on the air whatever the time.
    pub is_prepared: bool,
    /// The date of its files, in seconds since 1970: no two choices have the same.
    pub date: u64,
}

/// A moment by the clocks of all machines: milliseconds since 1970.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Moment(u64);

/// A pointer that is malformed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("malformed: {problem}")]
pub struct PointerError {
    /// The problem.
    pub problem: String,
}

#[derive(Deserialize, Serialize)]
struct PointerJson {
    version: u32,
    choices: Vec<ChoiceJson>,
}

#[derive(Deserialize, Serialize)]
struct ChoiceJson {
    slug: String,
    manifest: String,
    at: Moment,
    date: u64,
    #[serde(default)]
    is_prepared: bool,
}

impl Moment {
    /// The moment now.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self(since.unwrap_or_default().as_millis() as u64)
    }

    /// The moment that much later.
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(time.as_millis() as u64))
    }

    /// The time until this moment; zero if it has passed.
    pub fn is_in(self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(Self::now().0))
    }

    /// The time since another moment; zero if that is later.
    pub fn since(self, other: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(other.0))
    }

    /// The moment in seconds since 1970.
    pub fn seconds(self) -> u64 {
        self.0 / 1000
    }
}

impl ChosenGame {
    /// True if another choice is the same game, regardless of the moment.
    pub fn is_same_game(&self, other: &Self) -> bool {
        (&self.slug, self.digest, self.date) == (&other.slug, other.digest, other.date)
    }
}

impl OnAirPointer {
    /// Reads a pointer.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn parse(text: &[u8]) -> Result<Self, PointerError> {
        let problem = |problem: &dyn std::fmt::Display| PointerError {
            problem: problem.to_string(),
        };
        let json: PointerJson = serde_json::from_slice(text).map_err(|error| problem(&error))?;
        if json.version != VERSION {
            return Err(problem(&format_args!("version {}", json.version)));
        }
        let mut choices: Vec<ChosenGame> = Vec::new();
        for choice in json.choices.into_iter().take(KEPT) {
            let digest = blake3::Hash::from_hex(&choice.manifest);
            let digest = digest.map_err(|error| problem(&error))?;
            if slug_of(&choice.slug) != choice.slug {
                return Err(problem(&"slug"));
            }
            let choice = ChosenGame {
                slug: choice.slug,
                digest,
                at: choice.at,
                date: choice.date,
                is_prepared: choice.is_prepared,
            };
            let is_after = |newer: &ChosenGame| newer.at <= choice.at || newer.date <= choice.date;
            let is_first = choices.is_empty();
            if choices.last().is_some_and(is_after) || choice.is_prepared && !is_first {
                return Err(problem(&"order"));
            }
            choices.push(choice);
        }
        Ok(Self { choices })
    }

    /// The text of the pointer.
    pub fn to_json(&self) -> Vec<u8> {
        let choices = self.choices.iter().map(|choice| ChoiceJson {
            slug: choice.slug.clone(),
            manifest: choice.digest.to_hex().to_string(),
            at: choice.at,
            date: choice.date,
            is_prepared: choice.is_prepared,
        });
        let json = PointerJson {
            version: VERSION,
            choices: choices.collect(),
        };
        // Text, numbers and lists always have a form in JSON.
        let mut text = serde_json::to_vec_pretty(&json).unwrap_or_default();
        text.push(b'\n');
        text
    }

    /// The pointer with another choice. Its moment and its date are after those of the one before.
    #[must_use]
    pub fn followed_by(&self, mut choice: ChosenGame) -> Self {
        if let Some(before) = self.choices.first() {
            choice.at = choice.at.max(before.at.after(Duration::from_millis(1)));
            choice.date = choice.date.max(before.date + 1);
        }
        let before = self.choices.iter().cloned();
        let choices = std::iter::once(choice).chain(before).take(KEPT);
        Self {
            choices: choices.collect(),
        }
    }

    /// The pointer without a game that is only prepared.
    #[must_use]
    pub fn decided(&self) -> Self {
        let decided = self.choices.iter().filter(|choice| !choice.is_prepared);
        Self {
            choices: decided.cloned().collect(),
        }
    }

    /// The choices that were on the air up to a moment, newest first.
    pub fn passed(&self, now: Moment) -> &[ChosenGame] {
        let is_to_come = |choice: &&ChosenGame| choice.is_prepared || choice.at > now;
        let to_come = self.choices.iter().take_while(is_to_come);
        &self.choices[to_come.count()..]
    }

    /// The game that replicas shall hold for the time after a moment.
    pub fn to_come(&self, now: Moment) -> Option<&ChosenGame> {
        let newest = self.choices.first();
        newest.filter(|choice| choice.is_prepared || choice.at > now)
    }

    /// The game that is being published at a moment. One whose publisher is gone is not.
    pub fn being_published(&self, now: Moment) -> Option<&ChosenGame> {
        self.choices.first().filter(|choice| choice.at > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(slug: &str, at: u64) -> ChosenGame {
        ChosenGame {
            slug: slug.into(),
            digest: blake3::hash(slug.as_bytes()),
            at: Moment(at),
            date: at / 1000,
            is_prepared: false,
        }
    }

    #[test]
    fn a_pointer_keeps_the_newest_choices_in_order_and_reads_as_it_was_written() {
        let mut pointer = OnAirPointer::default();
        for number in 0..9 {
            pointer = pointer.followed_by(choice(&format!("game-{number}"), 1_000 * number));
        }
        let slugs: Vec<_> = pointer.choices.iter().map(|choice| &*choice.slug).collect();
        assert_eq!(
            slugs,
            ["game-8", "game-7", "game-6", "game-5", "game-4", "game-3"]
        );
        assert_eq!(OnAirPointer::parse(&pointer.to_json()).unwrap(), pointer);
        let passed = pointer.passed(Moment(7_999));
        assert_eq!(passed[0].slug, "game-7");
        assert_eq!(pointer.to_come(Moment(7_999)).unwrap().slug, "game-8");
        assert_eq!(pointer.to_come(Moment(8_000)), None);
        assert!(pointer.passed(Moment(2_999)).is_empty());
        // Two games never have one date.
        let next = pointer.followed_by(choice("again", 8_001));
        assert_eq!(
            (next.choices[0].at, next.choices[0].date),
            (Moment(8_001), 9)
        );
    }

    #[test]
    fn a_prepared_game_is_held_but_not_on_the_air_whatever_the_time() {
        let before = OnAirPointer::default().followed_by(choice("old", 1_000));
        let prepared = before.followed_by(ChosenGame {
            is_prepared: true,
            ..choice("new", 60_000)
        });
        assert_eq!(OnAirPointer::parse(&prepared.to_json()).unwrap(), prepared);
        assert_eq!(prepared.decided(), before);
        for (now, is_published) in [(1_000, true), (59_999, true), (60_000, false)] {
            let now = Moment(now);
            assert_eq!(prepared.passed(now)[0].slug, "old");
            assert_eq!(prepared.to_come(now).unwrap().slug, "new");
            assert_eq!(prepared.being_published(now).is_some(), is_published);
        }
        let hidden = prepared.followed_by(choice("newest", 70_000));
        assert!(OnAirPointer::parse(&hidden.to_json()).is_err(), "order");
    }

    #[test]
    fn a_malformed_pointer_is_refused() {
        let hash = "a".repeat(64);
        let one = |version: u32, slug: &str, hash: &str, at: &str| {
            format!(
                r#"{{"version":{version},"choices":[{{"slug":"{slug}","manifest":"{hash}","at":{at},"date":1}}]}}"#
            )
        };
        assert!(OnAirPointer::parse(one(1, "game", &hash, "1").as_bytes()).is_ok());
        for text in [
            one(2, "game", &hash, "1"),
            one(1, "../game", &hash, "1"),
            one(1, "game", "abc", "1"),
            one(1, "game", &hash, "-1"),
            format!(
                r#"{{"version":1,"choices":[{{"slug":"a","manifest":"{hash}","at":2,"date":1}},{{"slug":"b","manifest":"{hash}","at":1,"date":1}}]}}"#
            ),
            String::new(),
            "[]".into(),
        ] {
            assert!(OnAirPointer::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
