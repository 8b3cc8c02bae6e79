//! The progress of an import: a line with a bar for each source on a terminal, else a line every few seconds.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::console::describe::Describe;
use crate::console::foreground::{Ground, ground, is_drawable, size as terminal_size};
use crate::console::format::size;
use crate::console::layout::{fit, pad};
use crate::console::message::t;
use crate::console::output::{say, stderr};
use crate::console::printable::printable;
use crate::console::progress::Progress;
use crate::console::screen_line::ScreenLine;
use crate::import::job::{Note, ProgressSink, Step};

/// The columns of a source's name.
const NAME: usize = 24;

/// The longest wait for the bars to be cleared.
const WIPING: Duration = Duration::from_secs(1);

/// The shortest interval between two drawings.
const DRAWING: Duration = Duration::from_millis(100);

/// The progress of all sources.
pub(crate) struct ImportProgress {
    state: Mutex<State>,
    is_terminal: bool,
}

struct State {
    rows: Vec<ImportRow>,
    drawn: Option<Instant>,
}

struct ImportRow {
    name: String,
    step: Option<Step>,
    since: Instant,
    /// The bytes that were there when the step began, for example of a download that broke.
    resumed: Option<u64>,
    done: u64,
    all: Option<u64>,
    is_ended: bool,
}

impl ImportProgress {
    /// For sources of these names.
    pub(crate) fn new(names: impl IntoIterator<Item = String>) -> Self {
        let is_terminal = is_drawable() && ground(rustix::stdio::stderr()) != Ground::NoTerminal;
        if is_terminal {
            stderr().show_screen(true);
        }
        Self {
            state: Mutex::new(State {
                rows: names.into_iter().map(ImportRow::new).collect(),
                drawn: None,
            }),
            is_terminal,
        }
    }

    /// True if the bars are drawn on a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// One line for each source in progress; nothing on a terminal, where the bars are drawn again.
    pub(crate) fn lines(&self) -> String {
        let mut state = self.state();
        if self.is_terminal {
            state.draw();
            return String::new();
        }
        let rows = state.rows.iter();
        let in_progress = rows.filter(|row| !row.is_ended && (row.done > 0 || row.is_waiting()));
        in_progress.map(|row| row.text() + "\n").collect()
    }

    /// Wipes the bars.
    pub(crate) fn clear(&self) {
        stderr().draw(Vec::new());
        stderr().show_screen(false);
        // The table on standard output would be printed beside the bars.
        stderr().flush(WIPING);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, source: usize, change: impl FnOnce(&mut ImportRow)) {
        let mut state = self.state();
        if let Some(row) = state.rows.get_mut(source) {
            let before = (row.step, row.is_ended);
            change(row);
            if before != (row.step, row.is_ended) {
                state.drawn = None;
            }
        }
        let is_due = state.drawn.is_none_or(|drawn| drawn.elapsed() >= DRAWING);
        if self.is_terminal && is_due {
            state.draw();
        }
    }
}

impl State {
    fn draw(&mut self) {
        self.drawn = Some(Instant::now());
        let columns = terminal_size().map_or(80, |size| size.columns);
        stderr().draw(bars(&self.rows, columns));
    }
}

impl ProgressSink for ImportProgress {
    fn begin(&self, source: usize, step: Step, bytes: Option<u64>) {
        self.change(source, |row| row.begin(step, bytes));
    }

    fn advance(&self, source: usize, bytes: u64) {
        self.change(source, |row| {
            row.resumed.get_or_insert(bytes);
            row.done = row.done.max(bytes);
        });
    }

    fn note(&self, source: usize, note: &Note) {
        let note = note.text();
        let state = self.state();
        let name = state.rows.get(source).map_or("", |row| row.name.as_str());
        say(&(printable(&format!("{name}: {note}")) + "\n"));
    }

    fn end(&self, source: usize) {
        self.change(source, |row| row.is_ended = true);
    }
}

/// Prints notes, for changes without visible progress.
pub(crate) struct PrintNotes;

impl ProgressSink for PrintNotes {
    fn begin(&self, _: usize, _: Step, _: Option<u64>) {}
    fn advance(&self, _: usize, _: u64) {}
    fn note(&self, _: usize, note: &Note) {
        say(&format!("{}\n", printable(&note.text())));
    }
    fn end(&self, _: usize) {}
}

/// A bar for each source in progress, and one for all of several.
fn bars(rows: &[ImportRow], columns: usize) -> Vec<ScreenLine> {
    let in_progress = rows
        .iter()
        .filter(|row| row.step.is_some() && !row.is_ended);
    let mut bars: Vec<_> = in_progress.map(ImportRow::progress).collect();
    if rows.len() > 1 && !bars.is_empty() {
        let all = rows.iter().map(|row| row.all.unwrap_or(row.done)).sum();
        let done = rows.iter().map(|row| row.done).sum();
        bars.push(Progress {
            title: pad(&t!("bars.total"), NAME),
            detail: format!("{} / {}", size(done), size(all)),
            done,
            all: Some(all),
        });
    }
    let bars = bars.iter();
    bars.map(|bar| ScreenLine::plain(&bar.line(columns)))
        .collect()
}

impl ImportRow {
    fn new(name: String) -> Self {
        Self {
            name,
            step: None,
            since: Instant::now(),
            resumed: None,
            done: 0,
            all: None,
            is_ended: false,
        }
    }

    fn begin(&mut self, step: Step, bytes: Option<u64>) {
        self.step = Some(step);
        self.since = Instant::now();
        self.resumed = None;
        self.done = 0;
        self.all = bytes;
    }

    /// The last part of the path or address.
    fn short_name(&self) -> String {
        let mut parts = self.name.trim_end_matches('/').rsplit('/');
        printable(parts.next().unwrap_or_default())
    }

    /// True if nothing is transferred, for a reason that the host should know.
    fn is_waiting(&self) -> bool {
        matches!(self.step, Some(Step::Answering | Step::Waiting(_)))
    }

    fn progress(&self) -> Progress {
        let step = self.step.map_or_else(String::new, step_name);
        if self.is_waiting() {
            return Progress {
                title: pad(&fit(&self.short_name(), NAME), NAME),
                detail: step,
                done: 0,
                all: None,
            };
        }
        let (rate, left) = self.pace(self.since.elapsed());
        let mut detail = size(self.done);
        if let Some(all) = self.all {
            detail += &format!(" / {}", size(all));
        }
        detail += &format!("  {}/s", size(rate));
        if let Some(seconds) = left {
            detail += &format!("  {}", t!("time.seconds", n = seconds));
        }
        Progress {
            title: pad(&fit(&self.short_name(), NAME), NAME),
            detail: format!("{detail}  {step}"),
            done: self.done,
            all: self.all,
        }
    }

    fn text(&self) -> String {
        let step = self.step.map_or_else(String::new, step_name);
        let (name, done) = (printable(&self.name), size(self.done));
        if self.is_waiting() {
            return t!("bars.line_waiting", name = name, step = step).into_owned();
        }
        let (rate, left) = self.pace(self.since.elapsed());
        let rate = size(rate);
        match (self.all, left) {
            (Some(all), Some(left)) => t!(
                "bars.line",
                name = name,
                step = step,
                done = done,
                all = size(all),
                rate = rate,
                seconds = left
            ),
            _ => t!(
                "bars.line_open",
                name = name,
                step = step,
                done = done,
                rate = rate
            ),
        }
        .into_owned()
    }

    /// Bytes a second, and the seconds left at that rate.
    fn pace(&self, elapsed: Duration) -> (u64, Option<u64>) {
        let moved = self.done - self.resumed.unwrap_or(0).min(self.done);
        let rate = (moved as f64 / elapsed.as_secs_f64().max(0.001)) as u64;
        let left = self.all.map(|all| all.saturating_sub(self.done));
        (rate, left.and_then(|left| left.checked_div(rate)))
    }
}

fn step_name(step: Step) -> String {
    match step {
        Step::Downloading => t!("bars.downloading"),
        Step::Copying => t!("bars.copying"),
        Step::Unpacking => t!("bars.unpacking"),
        Step::Sending => t!("bars.sending"),
        Step::Answering => t!("bars.answering"),
        Step::Waiting(until) => {
            let left = until.saturating_duration_since(Instant::now());
            t!("bars.waiting", seconds = left.as_secs_f64().ceil() as u64)
        }
    }
    .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, step: Option<Step>, done: u64, all: Option<u64>) -> ImportRow {
        let mut row = ImportRow::new(name.to_owned());
        if let Some(step) = step {
            row.begin(step, all);
        }
        row.resumed = Some(done);
        row.done = done;
        row
    }

    fn drawn(rows: &[ImportRow]) -> Vec<String> {
        let lines = bars(rows, 80);
        lines.iter().map(|line| line.as_str().to_owned()).collect()
    }

    #[test]
    fn each_source_in_progress_has_a_bar_and_several_have_a_total() {
        let one = row(
            "https://example.com/a/one.zip",
            Some(Step::Unpacking),
            500,
            Some(1000),
        );
        assert_eq!(
            drawn(&[one]),
            ["one.zip                  [##########----------] 500 B / 1.0 kB  0 B/s  unpacking"]
        );
        let mut ended = row("ended", Some(Step::Copying), 10, Some(10));
        ended.is_ended = true;
        let open = row("open\u{1b}", Some(Step::Downloading), 30, None);
        let rows = [ended, open, row("waiting", None, 0, None)];
        assert_eq!(
            drawn(&rows),
            [
                "open\u{fffd}                    30 B  0 B/s  downloading",
                "total                    [######################] 40 B / 40 B",
            ]
        );
        assert!(drawn(&[]).is_empty());
    }

    #[test]
    fn the_pace_leaves_out_what_was_there_before() {
        for (resumed, done, all, seconds, expected) in [
            (0, 100, Some(300), 10, (10, Some(20))),
            (50, 100, Some(300), 10, (5, Some(40))),
            (0, 100, None, 10, (10, None)),
            (0, 0, Some(300), 10, (0, None)),
            (200, 100, Some(300), 10, (0, None)),
        ] {
            let mut row = ImportRow::new(String::new());
            row.begin(Step::Copying, all);
            row.resumed = Some(resumed);
            row.done = done;
            assert_eq!(row.pace(Duration::from_secs(seconds)), expected);
        }
    }
}
