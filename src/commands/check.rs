//! `webserver check`: reports problems that players or other hosts would run into.

use std::path::Path;

use rust_i18n::t;
use serde::Serialize;
use unicode_width::UnicodeWidthChar;

use crate::commands::json::{self, RejectedJson};
use crate::console::describe::Describe;
use crate::console::detection::engine_text;
use crate::console::failure::{Exit, Failure};
use crate::console::findings::{problem_text, remedy_text};
use crate::console::format::size;
use crate::console::layout::pad;
use crate::console::library_table::rejection;
use crate::console::locale;
use crate::console::plural;
use crate::console::printable::printable;
use crate::console::stdout;
use crate::control::first_game::find_game;
use webserver::check::finding::{Finding, Severity};
use webserver::check::report::{Report, check};
use webserver::language::LocalizedText;
use webserver::library::game::Game;
use webserver::library::listing::{Library, Rejected};

/// The width of the report, in columns.
const WIDTH: usize = 80;

/// The indentation of the text beside a heading, in columns.
const INDENT: usize = 14;

/// The limit of findings of one kind in the text; the JSON has all.
const MAX_OF_A_KIND: usize = 10;

/// Checks one game, or the whole library, and prints the report on standard output. Exits with 1 if there are errors.
///
/// # Errors
/// If the game is not found or cannot be read, or the report cannot be written, unless the reader has gone away.
pub(super) fn run(library: &Library, name: Option<&str>, as_json: bool) -> Result<Exit, Failure> {
    let (games, rejected) = match name {
        Some(name) => (vec![find_game(library, name, Path::new(""))?], &[][..]),
        None => (library.games.clone(), library.rejected.as_slice()),
    };
    let report = |game| {
        Ok((
            game,
            check(game).map_err(|error| Failure::failed(error.text()))?,
        ))
    };
    let reports: Vec<_> = games.iter().map(report).collect::<Result<_, Failure>>()?;
    let errors = |(_, report): &(&Game, Report)| report.count(Severity::Error);
    let errors = reports.iter().map(errors).sum::<usize>() + rejected.len();
    let printed = match as_json {
        true => stdout::print_json(&json::text(&CheckJson::new(&reports, rejected))?),
        false => stdout::print_text(&text(&reports, rejected)),
    };
    match errors {
        0 => printed,
        _ => printed.and(Ok(Exit::Failed)),
    }
}

fn text(reports: &[(&Game, Report)], rejected: &[Rejected]) -> String {
    let mut lines = Vec::new();
    for (game, report) in reports {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        head(game, report, &mut lines);
        findings(&report.findings, &mut lines);
    }
    for rejected in rejected {
        lines.push(String::new());
        lines.extend(entry(&t!("check.error"), &rejection(rejected)));
    }
    lines.join("\n") + "\n"
}

/// The title, source, engine and sizes of a game.
fn head(game: &Game, report: &Report, lines: &mut Vec<String>) {
    let (all, first) = (report.all, report.first_load);
    let files = |files: u64, bytes: u64| {
        t!(
            "check.files",
            files = plural::files(files),
            size = size(bytes)
        )
    };
    let title = printable(game.title.get(locale::current()));
    lines.push(format!(
        "{title} ({}): {}, {}",
        printable(&game.source.to_string()),
        engine_text(&report.engine),
        files(all.files, all.bytes)
    ));
    lines.push(String::new());
    lines.extend(entry(
        &t!("check.first_load"),
        &files(first.files, first.bytes),
    ));
    lines.extend(entry("", &t!("check.sent", size = size(first.compressed))));
    // Rounded up: no load takes no time.
    let seconds = |megabits| format!("{:.1}", (first.seconds(megabits) * 10.0).ceil() / 10.0);
    lines.extend(entry(
        "",
        &t!("check.seconds", slow = seconds(10), fast = seconds(50)),
    ));
    for (number, (name, length)) in report.largest.iter().enumerate() {
        let heading = t!("check.largest");
        let heading = if number == 0 { &*heading } else { "" };
        lines.extend(entry(
            heading,
            &format!("{:>9}  {}", size(*length), printable(name)),
        ));
    }
    let saved = size(all.bytes.saturating_sub(all.compressed));
    lines.extend(entry(
        &t!("check.compression"),
        &t!("check.saves", saved = saved, size = size(all.bytes)),
    ));
    lines.push(String::new());
}

fn findings(findings: &[Finding], lines: &mut Vec<String>) {
    let mut shown: Vec<(&str, usize)> = Vec::new();
    for finding in findings {
        let kind = finding.problem.token();
        let count = match shown.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => count,
            None => {
                shown.push((kind, 0));
                print_finding(finding, lines);
                continue;
            }
        };
        *count += 1;
        if *count < MAX_OF_A_KIND {
            print_finding(finding, lines);
        }
    }
    for (kind, count) in shown {
        let more = (count + 1).saturating_sub(MAX_OF_A_KIND);
        if more > 0 {
            lines.extend(entry(kind, &t!("check.more", count = more)));
        }
    }
    if findings.is_empty() {
        lines.push(t!("check.all_well").into_owned());
        return;
    }
    let count = |severity| {
        findings
            .iter()
            .filter(|one| one.severity == severity)
            .count()
    };
    lines.push(String::new());
    lines.push(
        t!(
            "check.total",
            errors = count(Severity::Error),
            warnings = count(Severity::Warning),
            notes = count(Severity::Note)
        )
        .into_owned(),
    );
}

fn print_finding(finding: &Finding, lines: &mut Vec<String>) {
    let heading = match finding.severity {
        Severity::Error => t!("check.error"),
        Severity::Warning => t!("check.warning"),
        Severity::Note => t!("check.note"),
    };
    let problem = printable(&problem_text(&finding.problem));
    match location(finding) {
        Some(location) => {
            lines.extend(entry(&heading, &printable(&location)));
            lines.extend(entry("", &problem));
        }
        None => lines.extend(entry(&heading, &problem)),
    }
    lines.extend(entry("", &remedy_text(&finding.problem)));
}

fn location(finding: &Finding) -> Option<String> {
    let file = finding.file.as_ref()?;
    Some(match finding.line {
        Some(line) => format!("{file}:{line}"),
        None => file.clone(),
    })
}

/// A heading with wrapped text beside it.
fn entry(heading: &str, text: &str) -> Vec<String> {
    let lines = wrap(text, WIDTH - INDENT);
    let beside = |(number, line): (usize, String)| {
        let heading = if number == 0 { heading } else { "" };
        let beside = format!("{}{line}", pad(heading, INDENT));
        beside.trim_end().to_owned()
    };
    lines.into_iter().enumerate().map(beside).collect()
}

/// Breaks a text into lines of this many columns: at spaces, or anywhere in text without spaces, such as Chinese.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut width) = (String::new(), 0);
    for c in text.chars() {
        let next = c.width().unwrap_or(0);
        if width + next > columns {
            let rest = match line.rfind(' ') {
                Some(space) if !line[..space].trim().is_empty() && c != ' ' => {
                    line.split_off(space + 1)
                }
                _ => String::new(),
            };
            lines.push(line.trim_end().to_owned());
            width = rest.chars().filter_map(|c| c.width()).sum();
            line = rest;
            if c == ' ' {
                continue;
            }
        }
        line.push(c);
        width += next;
    }
    lines.push(line);
    lines
}

/// The output of `check --json`.
#[derive(Serialize)]
struct CheckJson<'a> {
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
    fn new(reports: &'a [(&Game, Report)], rejected: &[Rejected]) -> Self {
        let games = reports.iter();
        Self {
            games: games
                .map(|(game, report)| CheckedGameJson::new(game, report))
                .collect(),
            rejected: rejected.iter().map(RejectedJson::from).collect(),
        }
    }
}

impl<'a> CheckedGameJson<'a> {
    fn new(game: &'a Game, report: &'a Report) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn text_is_wrapped_at_spaces_or_between_wide_characters() {
        for (text, expected) in [
            ("short", &["short"][..]),
            ("two words", &["two", "words"]),
            ("a longer text", &["a", "longer", "text"]),
            ("unbreakable", &["unbreak", "able"]),
            ("读心术读心术", &["读心术", "读心术"]),
            ("", &[""]),
        ] {
            let lines = wrap(text, 7);
            assert_eq!(lines, expected, "{text}");
            assert!(lines.iter().all(|line| line.width() <= 7));
        }
    }
}
