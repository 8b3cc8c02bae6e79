//! `webserver check`: reports problems that players or other hosts would run into.

use std::time::Duration;

use unicode_width::UnicodeWidthChar;

use crate::cli::arguments::CheckOptions;
use crate::commands::bucket::fetch_files;
use crate::commands::check_json::CheckJson;
use crate::commands::checked_game::CheckedGame;
use crate::commands::json;
use crate::commands::play::{PlayedGame, play};
use crate::commands::typed_game::typed_game;
use crate::console::describe::Describe;
use crate::console::detection::engine_text;
use crate::console::failure::{Exit, Failure};
use crate::console::findings::{problem_text, remedy_text, visitor_heading};
use crate::console::format::size;
use crate::console::layout::pad;
use crate::console::library_table::rejection;
use crate::console::locale;
use crate::console::message::t;
use crate::console::plural;
use crate::console::printable::printable;
use crate::console::stdout;
use crate::control::library_source::read_library;
use crate::play::visit::limit;
use webserver::check::finding::{Finding, Severity};
use webserver::check::report::{Report, check};
use webserver::config::Config;
use webserver::library::game::Game;
use webserver::library::listing::Rejected;

/// The width of the report, in columns.
const WIDTH: usize = 80;

/// The indentation of the text beside a heading, in columns.
const INDENT: usize = 14;

/// The limit of findings of one kind in the text; the JSON has all.
const MAX_OF_A_KIND: usize = 10;

/// Checks one game, or the whole library, and prints the report on standard output. Exits with 1 if there are errors.
///
/// # Errors
/// If the game is not found, cannot be read or cannot be played, or the report cannot be written, unless the reader has
/// gone away.
pub(super) fn run(config: &Config, options: &CheckOptions) -> Result<Exit, Failure> {
    let library = read_library(config)?;
    let name = options.game.join(" ");
    let typed = match name.is_empty() {
        true => None,
        false => match typed_game(&library, &name)? {
            (_, Some(typed)) => Some(typed),
            (exit, None) => return Ok(exit),
        },
    };
    let (games, rejected) = match &typed {
        Some(typed) => (vec![typed.game.clone()], &[][..]),
        None => (library.games.clone(), library.rejected.as_slice()),
    };
    let report = |game| {
        fetch_files(game)?;
        check(game).map_err(|error| Failure::failed(error.text()))
    };
    let reports: Vec<_> = games.iter().map(report).collect::<Result<_, Failure>>()?;
    let played = match options.play {
        true => play(&games, options, config.site)?,
        false => Vec::new(),
    };
    let mut played = played.into_iter();
    let checked = games.iter().zip(reports).map(|(game, report)| {
        let played = played.next();
        CheckedGame::new(game, report, played)
    });
    let checked: Vec<_> = checked.collect();
    let errors = checked
        .iter()
        .map(|game| game.report.count(Severity::Error));
    let errors = errors.sum::<usize>() + rejected.len();
    let printed = match options.json {
        true => stdout::print_json(&json::text(&CheckJson::new(&checked, rejected))?),
        false => stdout::print_text(&text(&checked, rejected)),
    };
    match errors {
        0 => printed,
        _ => printed.and(Ok(Exit::Failed)),
    }
}

fn text(checked: &[CheckedGame<'_>], rejected: &[Rejected]) -> String {
    let mut lines = Vec::new();
    for CheckedGame {
        game,
        report,
        played,
    } in checked
    {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        head(game, report, &mut lines);
        if let Some(played) = played {
            play_lines(played, &mut lines);
        }
        findings(&report.findings, &mut lines);
    }
    for rejected in rejected {
        lines.push(String::new());
        lines.extend(entry(&t!("check.error"), &rejection(rejected)));
    }
    lines.join("\n") + "\n"
}

/// The visits of a browser.
fn play_lines(played: &PlayedGame, lines: &mut Vec<String>) {
    lines.extend(entry(&t!("check.played_in"), &printable(&played.browser)));
    for visit in &played.visits {
        let report = &visit.report;
        let heading = visitor_heading(report.visitor);
        let mut sentences = vec![match report.first_picture {
            Some(first) => t!(
                "check.first_picture",
                seconds = seconds(first.after),
                size = size(first.bytes)
            ),
            None => t!("check.no_picture"),
        }];
        sentences.push(t!(
            "check.loaded",
            files = plural::files(report.files),
            size = size(report.bytes),
            seconds = seconds(report.loaded_after)
        ));
        sentences.push(match report.is_isolated {
            Some(true) => t!("check.isolated"),
            Some(false) => t!("check.not_isolated"),
            None => t!("check.no_answer"),
        });
        if !report.is_settled {
            let limit = limit(report.visitor).as_secs();
            sentences.push(t!("check.still_loading", seconds = limit));
        }
        for (number, sentence) in sentences.iter().enumerate() {
            let heading = if number == 0 { &*heading } else { "" };
            lines.extend(entry(heading, sentence));
        }
        if let Some(file) = &visit.screenshot {
            lines.extend(entry("", &printable(&file.display().to_string())));
        }
    }
    lines.push(String::new());
}

/// Seconds with one digit, rounded up: nothing takes no time.
fn seconds(time: Duration) -> String {
    format!("{:.1}", (time.as_secs_f64() * 10.0).ceil() / 10.0)
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
    let seconds = |megabits| seconds(Duration::from_secs_f64(first.seconds(megabits)));
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
