//! The check as a whole, and its report.

use std::collections::HashSet;

use crate::check::crawled_game::CrawledGame;
use crate::check::decodable::find_undecodable;
use crate::check::finding::{Finding, Problem, Severity};
use crate::check::folders::join_missing_folders;
use crate::check::portability::check_portability;
use crate::check::portals::check_portals;
use crate::check::readable::find_unreadable;
use crate::check::size::{Size, estimate_compressed};
use crate::check::stale::find_stale_siblings;
use crate::detect::engine::Engine;
use crate::detect::isolation_mode::Isolation;
use crate::library::game::Game;
use crate::library::profile::Profile;
use crate::names::left_out::{LeftOut, LeftOutCause};
use crate::source::file::File;
use crate::source::unreadable::Unreadable;

/// The maximum number of largest files that are listed.
const MAX_LARGEST: usize = 5;

/// The result of a check.
#[derive(Clone, Debug)]
pub struct Report {
    /// The engine that made the export.
    pub engine: Engine,
    /// The size of all files.
    pub all: Size,
    /// The size of the files that are loaded before the game can be played, as far as the files show.
    pub first_load: Size,
    /// The largest files with their lengths, largest first.
    pub largest: Vec<(String, u64)>,
    /// The findings, most severe first.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Adds findings from elsewhere, in the order of severity.
    pub fn add(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.findings.extend(findings);
        sort(&mut self.findings);
    }

    /// The number of findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        let is_such = |finding: &&Finding| finding.severity == severity;
        self.findings.iter().filter(is_such).count()
    }
}

/// Checks a game. Blocks while it reads the pages, the scripts and samples of the other files.
///
/// # Errors
/// When the game's folder or archive cannot be read.
///
/// # Examples
/// ```
/// use std::path::Path;
/// use webserver::check::report::check;
/// use webserver::library::game::Game;
///
/// let game = Game::from_folder(Path::new("games/2048")).unwrap();
/// let report = check(&game)?;
/// println!("{} files, {} findings", report.all.files, report.findings.len());
/// # Ok::<(), webserver::source::unreadable::Unreadable>(())
/// ```
pub fn check(game: &Game) -> Result<Report, Unreadable> {
    let _archive = game.source.opened();
    let CrawledGame {
        profile,
        files,
        left_out,
        names,
        crawl,
    } = CrawledGame::read(game)?;
    let estimates = estimate_compressed(&game.source, &files);
    let total = |is_counted: &dyn Fn(&str) -> bool| {
        let mut total = Size::default();
        for File { path, length, .. } in files.iter().filter(|file| is_counted(&file.path)) {
            let is_encoded = profile.encoded.contains_key(path);
            let estimate = estimates.get(path).copied().unwrap_or(*length);
            // Files whose size a script reads are sent without a coding.
            let is_as_it_is = is_encoded || profile.measured.contains(path);
            total.add(*length, if is_as_it_is { *length } else { estimate });
        }
        total
    };
    let all = total(&|_| true);
    let first_load = total(&|name| crawl.is_loaded_first(name));
    let mut findings = crawl.findings;
    join_missing_folders(&mut findings, &names);
    findings.extend(find_unreadable(&game.source, &files));
    let lengths = files.iter().map(|file| (file.path.clone(), file.length));
    let mut largest: Vec<_> = lengths.collect();
    largest.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    let file_names: Vec<_> = files.into_iter().map(|file| file.path).collect();
    findings.extend(check_cover(game));
    findings.extend(check_threads(&profile));
    findings.extend(check_host_rules(&profile));
    findings.extend(find_stale_siblings(&game.source, &profile, &file_names));
    findings.extend(find_undecodable(&game.source, &profile, &file_names));
    findings.extend(left_out.into_iter().filter_map(left_out_finding));
    findings.extend(check_portability(&file_names));
    findings.extend(check_portals(all, first_load, largest.first()));
    largest.truncate(MAX_LARGEST);
    sort(&mut findings);
    let mut seen = HashSet::new();
    findings.retain(|finding| seen.insert(format!("{finding:?}")));
    Ok(Report {
        engine: profile.engine,
        all,
        first_load,
        largest,
        findings,
    })
}

fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (a.severity, &a.file, a.line).cmp(&(b.severity, &b.file, b.line)));
}

/// A finding about something that is not served, unless it is a leftover, which nobody expects to be served.
fn left_out_finding(left_out: LeftOut) -> Option<Finding> {
    let LeftOut { path, cause } = left_out;
    (cause != LeftOutCause::Leftover).then_some(Finding {
        severity: Severity::Warning,
        file: Some(path),
        line: None,
        problem: Problem::LeftOut { cause },
    })
}

/// The author's rules for other hosts that have no effect here.
fn check_host_rules(profile: &Profile) -> impl Iterator<Item = Finding> {
    let rules = profile.ignored.iter();
    rules.map(|(file, ignored)| Finding {
        severity: Severity::Note,
        file: Some(file.clone()),
        line: None,
        problem: Problem::HostRules {
            ignored: ignored.iter().take(MAX_LARGEST).cloned().collect(),
        },
    })
}

fn check_cover(game: &Game) -> Option<Finding> {
    let cover = game.missing_cover()?;
    Some(Finding {
        severity: Severity::Warning,
        file: None,
        line: None,
        problem: Problem::NoCover { cover },
    })
}

fn check_threads(profile: &Profile) -> Option<Finding> {
    let evidence = profile.isolation.evidence.first();
    (profile.isolation.is != Isolation::Off).then(|| Finding {
        severity: Severity::Warning,
        file: None,
        line: None,
        problem: Problem::Threads {
            evidence: evidence.cloned(),
        },
    })
}
