//! What a developer should know of an export before others play it. It only looks, and answers with what it found.

pub(crate) mod crawl;
pub mod finding;
pub(crate) mod js_strings;
pub(crate) mod portability;
pub(crate) mod references;
pub(crate) mod resolve;
pub(crate) mod script_names;
pub(crate) mod size;
pub(crate) mod stale;

use crate::check::crawl::CrawlResult;
use crate::check::finding::{Finding, Measure, Problem, Severity};
use crate::check::portability::portability;
use crate::check::resolve::Names;
use crate::check::size::{Size, compressed};
use crate::detect::engine::Engine;
use crate::detect::isolation_mode::Isolation;
use crate::library::game::Game;
use crate::library::profile::Profile;
use crate::source::Unreadable;

/// How many of the largest files are named.
const LARGEST: usize = 5;

/// What there is to say about a game.
#[derive(Clone, Debug)]
pub struct Report {
    /// What made it.
    pub engine: Engine,
    /// All of it.
    pub all: Size,
    /// What its page loads before anybody plays, as far as files tell.
    pub first_load: Size,
    /// The largest files with their lengths, largest first.
    pub largest: Vec<(String, u64)>,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
}

impl Report {
    /// How many findings of this kind there are.
    pub fn count(&self, severity: Severity) -> usize {
        let is_such = |finding: &&Finding| finding.severity == severity;
        self.findings.iter().filter(is_such).count()
    }
}

/// Looks at all of a game. Blocks; takes as long as reading its pages and scripts and parts of its other files does.
///
/// # Errors
/// When the game's folder or archive cannot be read.
pub fn check(game: &Game) -> Result<Report, Unreadable> {
    let _kept = game.source.opened();
    let files = game.source.files()?;
    let profile = Profile::detect(game, &files);
    let lengths: Vec<_> = files
        .into_iter()
        .map(|file| (file.path, file.length))
        .collect();
    let inner = profile.encoded.iter();
    let names = Names::new(
        lengths.iter().map(|(name, _)| name.as_str()),
        inner.map(|(file, encoded)| (encoded.inner.as_str(), file.as_str())),
        &profile.prefix.is,
    );
    let reading = CrawlResult::of(game, &names, &lengths);
    let estimates = compressed(&game.source, &lengths);
    let weigh = |is_meant: &dyn Fn(&str) -> bool| {
        let mut weight = Size::default();
        for (name, length) in lengths.iter().filter(|(name, _)| is_meant(name)) {
            let is_encoded = profile.encoded.contains_key(name);
            let estimate = estimates.get(name).copied().unwrap_or(*length);
            weight.add(*length, if is_encoded { *length } else { estimate });
        }
        weight
    };
    let all = weigh(&|_| true);
    let first_load = weigh(&|name| reading.is_loaded_first(name));
    let mut largest = lengths.clone();
    largest.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    let all_names: Vec<_> = lengths.into_iter().map(|(name, _)| name).collect();
    let mut findings = reading.findings;
    findings.extend(threads(&profile));
    findings.extend(stale::siblings(&game.source, &profile, &all_names));
    findings.extend(portability(&all_names));
    findings.extend(portals(all, first_load, largest.first()));
    largest.truncate(LARGEST);
    findings.sort_by(|a, b| (a.severity, &a.file, a.line).cmp(&(b.severity, &b.file, b.line)));
    findings.dedup();
    Ok(Report {
        engine: profile.engine,
        all,
        first_load,
        largest,
        findings,
    })
}

fn threads(profile: &Profile) -> Option<Finding> {
    let evidence = profile.isolation.evidence.first();
    (profile.isolation.is != Isolation::Off).then(|| Finding {
        severity: Severity::Warning,
        file: None,
        line: None,
        problem: Problem::Threads {
            evidence: evidence.map_or_else(String::new, ToString::to_string),
        },
    })
}

/// Portals with what they take, from their own pages for developers. A megabyte is 1,000,000 bytes.
const PORTALS: &[(&str, Measure, u64)] = &[
    ("itch.io", Measure::Files, 1000),
    ("CrazyGames", Measure::Files, 1500),
    ("CrazyGames", Measure::Bytes, 250_000_000),
    ("CrazyGames", Measure::FirstLoad, 50_000_000),
    ("YouTube Playables", Measure::FirstLoad, 30 << 20),
    ("YouTube Playables", Measure::File, 30 << 20),
];

fn portals(all: Size, first_load: Size, largest: Option<&(String, u64)>) -> Vec<Finding> {
    let finding = |(portal, measure, most): &(&'static str, Measure, u64)| {
        let (is, file) = match measure {
            Measure::Files => (all.files, None),
            Measure::Bytes => (all.bytes, None),
            Measure::FirstLoad => (first_load.bytes, None),
            Measure::File => (largest.map_or(0, |(_, length)| *length), largest),
        };
        (is > *most).then(|| Finding {
            severity: Severity::Warning,
            file: file.map(|(name, _)| name.clone()),
            line: None,
            problem: Problem::Portal {
                portal,
                measure: *measure,
                is,
                most: *most,
            },
        })
    };
    PORTALS.iter().filter_map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_portal_has_its_limits() {
        let mut weight = Size::default();
        weight.add(30 << 20, 1);
        let largest = ("a".to_owned(), 30 << 20);
        assert_eq!(portals(weight, weight, Some(&largest)), []);
        weight.files = 1500;
        weight.bytes = 250_000_000;
        let found = |all, first, largest: &(String, u64)| -> Vec<_> {
            portals(all, first, Some(largest))
                .into_iter()
                .map(|finding| match finding.problem {
                    Problem::Portal {
                        portal, measure, ..
                    } => (portal, measure),
                    other => panic!("{other:?}"),
                })
                .collect()
        };
        assert_eq!(
            found(weight, Size::default(), &largest),
            [("itch.io", Measure::Files)]
        );
        weight.files += 1;
        weight.bytes += 1;
        let largest = ("a".to_owned(), (30 << 20) + 1);
        assert_eq!(found(weight, weight, &largest).len(), PORTALS.len());
    }
}
