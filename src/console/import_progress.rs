//! How far each source is on its way into the library: a bar each on a terminal, else a line every few seconds.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use rust_i18n::t;

use crate::console::describe::Describe;
use crate::console::failure::say;
use crate::console::format::size;
use crate::console::layout::{fit, pad, printable};
use crate::import::job::{Note, ProgressSink, Step};

/// The columns of a source's name.
const NAME: usize = 24;

/// How often a bar is drawn when nothing moves.
const TICK: Duration = Duration::from_millis(500);

/// What is known of all sources, and the bars that show it.
pub(crate) struct ImportProgress {
    rows: Mutex<Vec<ImportRow>>,
    /// Nothing is drawn where standard error is no terminal.
    bars: MultiProgress,
    total: ProgressBar,
}

struct ImportRow {
    name: String,
    step: Option<Step>,
    since: Instant,
    /// What was there when the step began, after a connection broke for example.
    resumed: Option<u64>,
    done: u64,
    all: Option<u64>,
    is_ended: bool,
    bar: Option<ProgressBar>,
}

impl ImportProgress {
    /// For sources of these names.
    pub(crate) fn new(names: impl IntoIterator<Item = String>) -> Self {
        let rows: Vec<_> = names.into_iter().map(ImportRow::new).collect();
        let bars = MultiProgress::new();
        let total = match rows.len() {
            // One bar is its own total.
            0 | 1 => ProgressBar::hidden(),
            _ => bars.add(ProgressBar::new(0)),
        };
        total.set_prefix(pad(&t!("bars.total"), NAME));
        total.set_style(style(true));
        Self {
            rows: Mutex::new(rows),
            bars,
            total,
        }
    }

    /// One line a source under way, for those who have no terminal.
    pub(crate) fn lines(&self) -> String {
        if !self.bars.is_hidden() {
            return String::new();
        }
        let rows = self.rows();
        let under_way = rows.iter().filter(|row| !row.is_ended && row.done > 0);
        under_way.map(|row| row.line() + "\n").collect()
    }

    /// Wipes the bars.
    pub(crate) fn clear(&self) {
        // A terminal that is gone needs nothing.
        let _ = self.bars.clear();
    }

    fn rows(&self) -> MutexGuard<'_, Vec<ImportRow>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known of a source, and shows it.
    fn change(&self, source: usize, change: impl FnOnce(&mut ImportRow)) {
        let mut rows = self.rows();
        if let Some(row) = rows.get_mut(source) {
            change(row);
            if let Some(bar) = &row.bar {
                bar.set_position(row.done);
            }
        }
        let sum = |of: fn(&ImportRow) -> u64| rows.iter().map(of).sum::<u64>();
        self.total
            .set_length(sum(|row| row.all.unwrap_or(row.done)));
        self.total.set_position(sum(|row| row.done));
    }
}

impl ProgressSink for ImportProgress {
    fn begin(&self, source: usize, step: Step, bytes: Option<u64>) {
        self.change(source, |row| {
            row.begin(step, bytes);
            let prefix = pad(&fit(&row.short_name(), NAME), NAME);
            let bar = row.bar.get_or_insert_with(|| {
                let bar = ProgressBar::new(0);
                match self.total.is_hidden() {
                    true => self.bars.add(bar),
                    false => self.bars.insert_before(&self.total, bar),
                }
            });
            bar.set_style(style(bytes.is_some()));
            bar.set_prefix(prefix);
            bar.set_message(step_name(step));
            bar.set_length(bytes.unwrap_or(0));
            bar.reset_eta();
            // Where nothing moves, that shows, too.
            bar.enable_steady_tick(TICK);
        });
    }

    fn advance(&self, source: usize, bytes: u64) {
        self.change(source, |row| {
            row.resumed.get_or_insert(bytes);
            row.done = row.done.max(bytes);
        });
    }

    fn note(&self, source: usize, note: &Note) {
        let note = note.text();
        let rows = self.rows();
        let name = rows.get(source).map_or("", |row| row.name.as_str());
        let line = printable(&format!("{name}: {note}"));
        self.bars.suspend(|| say(&format!("{line}\n")));
    }

    fn end(&self, source: usize) {
        self.change(source, |row| {
            row.is_ended = true;
            if let Some(bar) = row.bar.take() {
                bar.finish_and_clear();
                self.bars.remove(&bar);
            }
        });
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
            bar: None,
        }
    }

    fn begin(&mut self, step: Step, bytes: Option<u64>) {
        self.step = Some(step);
        self.since = Instant::now();
        self.resumed = None;
        self.done = 0;
        self.all = bytes;
    }

    /// The last part of the path or address, which tells one from another.
    fn short_name(&self) -> String {
        let mut parts = self.name.trim_end_matches('/').rsplit('/');
        printable(parts.next().unwrap_or_default())
    }

    fn line(&self) -> String {
        let step = self.step.map_or_else(String::new, step_name);
        let (name, done) = (printable(&self.name), size(self.done));
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

    /// Bytes a second, and how many seconds are left at that.
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
    }
    .into_owned()
}

fn style(is_length_known: bool) -> ProgressStyle {
    let template = match is_length_known {
        true => {
            "{prefix} [{bar:20}] {decimal_bytes:>9} / {decimal_total_bytes:9} {decimal_bytes_per_sec:>11}  {eta_precise}  {msg}"
        }
        false => "{prefix} {decimal_bytes:>9} {decimal_bytes_per_sec:>11}  {msg}",
    };
    // A template that is written right is a test.
    let style = ProgressStyle::with_template(template);
    style
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("##-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_well_written() {
        for is_length_known in [true, false] {
            // The default is another bar.
            let style = format!("{:?}", style(is_length_known).get_tick_str(0));
            assert!(!style.is_empty());
        }
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
