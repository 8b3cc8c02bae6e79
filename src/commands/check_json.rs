//! The output of `webserver check --json`.

use std::borrow::Cow;

use serde::Serialize;

use crate::commands::checked_game::CheckedGame;
use crate::commands::json::RejectedJson;
use crate::commands::play::{PlayedGame, PlayedVisit};
use crate::console::detection::engine_text;
use crate::console::findings::{problem_text, remedy_text};
use webserver::check::finding::{Finding, Severity};
use webserver::language::LocalizedText;
use webserver::library::listing::Rejected;

/// The output of `check --json`.
#[derive(Serialize)]
pub(super) struct CheckJson<'a> {
    games: Vec<CheckedGameJson<'a>>,
    rejected: Vec<RejectedJson>,
}

#[derive(Serialize)]
struct CheckedGameJson<'a> {
    slug: &'a str,
    title: &'a LocalizedText,
    source: String,
    entry: &'a str,
    engine: String,
    files: u64,
    bytes: u64,
    compressed_bytes: u64,
    first_load: FirstLoadJson,
    largest: Vec<FileJson<'a>>,
    errors: usize,
    warnings: usize,
    notes: usize,
    findings: Vec<FindingJson<'a>>,
    /// With `--play`.
    #[serde(skip_serializing_if = "Option::is_none")]
    play: Option<PlayJson<'a>>,
}

#[derive(Serialize)]
struct PlayJson<'a> {
    browser: &'a str,
    visits: Vec<VisitJson<'a>>,
}

#[derive(Serialize)]
struct VisitJson<'a> {
    /// `this-machine` or `phone`.
    visitor: &'static str,
    /// True on https and localhost; null if the page did not answer.
    secure: Option<bool>,
    isolated: Option<bool>,
    /// The first picture that was not of one colour.
    first_picture: Option<FirstPictureJson>,
    files: u64,
    /// As transferred, including the heads of responses.
    bytes: u64,
    /// Until the last answer ended.
    seconds: f64,
    /// False if the game was still loading when time was up.
    settled: bool,
    screenshot: Option<Cow<'a, str>>,
}

#[derive(Serialize)]
struct FirstPictureJson {
    seconds: f64,
    bytes: u64,
}

#[derive(Serialize)]
struct FirstLoadJson {
    files: u64,
    bytes: u64,
    compressed_bytes: u64,
    seconds_at_10_mbit: f64,
    seconds_at_50_mbit: f64,
}

#[derive(Serialize)]
struct FileJson<'a> {
    file: &'a str,
    bytes: u64,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    severity: &'static str,
    kind: &'static str,
    file: Option<&'a str>,
    line: Option<usize>,
    what: String,
    mend: String,
}

impl<'a> CheckJson<'a> {
    pub(super) fn new(checked: &'a [CheckedGame<'_>], rejected: &[Rejected]) -> Self {
        Self {
            games: checked.iter().map(CheckedGameJson::from).collect(),
            rejected: rejected.iter().map(RejectedJson::from).collect(),
        }
    }
}

impl<'a> From<&'a CheckedGame<'_>> for CheckedGameJson<'a> {
    fn from(checked: &'a CheckedGame<'_>) -> Self {
        let (game, report) = (checked.game, &checked.report);
        let first = report.first_load;
        let largest = report.largest.iter();
        Self {
            slug: &game.slug,
            title: &game.title,
            source: game.source.to_string(),
            entry: &game.entry,
            engine: engine_text(&report.engine),
            files: report.all.files,
            bytes: report.all.bytes,
            compressed_bytes: report.all.compressed,
            first_load: FirstLoadJson {
                files: first.files,
                bytes: first.bytes,
                compressed_bytes: first.compressed,
                seconds_at_10_mbit: first.seconds(10),
                seconds_at_50_mbit: first.seconds(50),
            },
            largest: largest
                .map(|(file, bytes)| FileJson {
                    file,
                    bytes: *bytes,
                })
                .collect(),
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            notes: report.count(Severity::Note),
            findings: report.findings.iter().map(FindingJson::from).collect(),
            play: checked.played.as_ref().map(PlayJson::from),
        }
    }
}

impl<'a> From<&'a PlayedGame> for PlayJson<'a> {
    fn from(played: &'a PlayedGame) -> Self {
        Self {
            browser: &played.browser,
            visits: played.visits.iter().map(VisitJson::from).collect(),
        }
    }
}

impl<'a> From<&'a PlayedVisit> for VisitJson<'a> {
    fn from(visit: &'a PlayedVisit) -> Self {
        let report = &visit.report;
        let screenshot = visit.screenshot.as_ref();
        Self {
            visitor: report.visitor.token(),
            secure: report.is_secure,
            isolated: report.is_isolated,
            first_picture: report.first_picture.map(|first| FirstPictureJson {
                seconds: first.after.as_secs_f64(),
                bytes: first.bytes,
            }),
            files: report.files,
            bytes: report.bytes,
            seconds: report.loaded_after.as_secs_f64(),
            settled: report.is_settled,
            screenshot: screenshot.map(|file| file.to_string_lossy()),
        }
    }
}

impl<'a> From<&'a Finding> for FindingJson<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            severity: finding.severity.token(),
            kind: finding.problem.token(),
            file: finding.file.as_deref(),
            line: finding.line,
            what: problem_text(&finding.problem),
            mend: remedy_text(&finding.problem),
        }
    }
}
