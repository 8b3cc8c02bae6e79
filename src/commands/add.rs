//! `webserver add SOURCE...`: adds games to the library.

use std::sync::Arc;
use std::time::Duration;

use rust_i18n::t;
use tokio::runtime;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, interval_at};
use tokio_util::sync::CancellationToken;

use crate::cli::import_options::AddOptions;
use crate::commands::publish;
use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::console::format::size;
use crate::console::import_progress::ImportProgress;
use crate::console::layout::{pad, widest};
use crate::console::output::say;
use crate::console::printable::printable;
use crate::console::signals::Signals;
use crate::console::stdout;
use crate::import::batch;
use crate::import::batch::ImportOutcome;
use crate::import::request::ImportRequest;
use crate::import::several;
use crate::import::source::display;
use crate::import::store::Store;

/// The interval of progress lines where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(3);
/// The interval of drawings on a terminal, where a countdown may be shown.
const DRAWING_INTERVAL: Duration = Duration::from_secs(1);

/// Adds games and prints the outcome of each source; then publishes the last one if asked to.
///
/// # Errors
/// If the running server cannot publish it.
pub(super) fn run(options: &AddOptions, store: Store) -> Result<Exit, Failure> {
    let mut request = options.request()?;
    several::expand(&mut request, &store).map_err(|error| Failure::failed(error.text()))?;
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(Failure::failed)?;
    let added = runtime.block_on(add(request, store));
    // After a second Ctrl-C, do not wait for the jobs.
    runtime.shutdown_background();
    match added? {
        (exit, Some(slug)) if options.publish => {
            publish::run(options.port.as_deref(), &slug).map(|_| exit)
        }
        (exit, _) => Ok(exit),
    }
}

/// Adds games; returns the slug of the last one, unless interrupted or in a dry run.
async fn add(request: ImportRequest, store: Store) -> Result<(Exit, Option<String>), Failure> {
    let mut signals = Signals::listen()?;
    let names: Vec<_> = request.sources.iter().map(|typed| display(typed)).collect();
    let is_dry_run = request.is_dry_run;
    let progress = Arc::new(ImportProgress::new(names.iter().cloned()));
    let cancellation = CancellationToken::new();
    let (sink, token) = (Arc::clone(&progress), cancellation.clone());
    let work = move || batch::add(&request, &store, &*sink, &token);
    let mut work = spawn_blocking(work);
    let interval = match progress.is_terminal() {
        true => DRAWING_INTERVAL,
        false => LINE_INTERVAL,
    };
    let mut lines = interval_at(Instant::now() + interval, interval);
    let mut exit = Exit::Done;
    let outcomes = loop {
        tokio::select! {
            outcomes = &mut work => break outcomes.map_err(Failure::failed)?,
            _ = lines.tick() => say(&progress.lines()),
            _ = signals.next() => {
                // Each job removes its own files; a second Ctrl-C does not wait for that.
                if cancellation.is_cancelled() {
                    progress.clear();
                    return Ok((Exit::Interrupted, None));
                }
                cancellation.cancel();
                exit = Exit::Interrupted;
            }
        }
    };
    progress.clear();
    let outcomes = outcomes.map_err(|error| Failure::failed(error.text()))?;
    stdout::print_text(&table(&outcomes, is_dry_run))?;
    if exit == Exit::Done && outcomes.iter().any(|outcome| outcome.result.is_err()) {
        exit = Exit::Failed;
    }
    let last = outcomes
        .iter()
        .rev()
        .find_map(|outcome| outcome.result.as_ref().ok());
    let last = last.filter(|_| !is_dry_run && exit != Exit::Interrupted);
    Ok((exit, last.map(|added| added.place.slug.clone())))
}

/// One row for each game: the game that was added, or the reason it failed.
fn table(outcomes: &[ImportOutcome], is_dry_run: bool) -> String {
    let row = |ImportOutcome { name, result }: &ImportOutcome| match result {
        Ok(added) => {
            let word = match (is_dry_run, added.place.is_replaced) {
                (true, false) => t!("add.would_be_added"),
                (true, true) => t!("add.would_be_replaced"),
                (false, false) => t!("add.added"),
                (false, true) => t!("add.replaced"),
            };
            let bytes = added.bytes.map_or_else(String::new, size);
            let folder = added.place.folder.display().to_string();
            [word.into_owned(), added.place.slug.clone(), bytes, folder]
        }
        Err(error) => {
            let word = t!("add.failed").into_owned();
            [word, name.clone(), String::new(), error.text()]
        }
    };
    let rows: Vec<_> = outcomes.iter().map(row).collect();
    let rows: Vec<_> = rows
        .iter()
        .map(|row| row.each_ref().map(|cell| printable(cell)))
        .collect();
    let width = |column: usize| widest(rows.iter().map(|row| row[column].as_str()));
    let widths = [width(0), width(1), width(2)];
    let line = |[word, name, bytes, rest]: &[String; 4]| {
        let (word, name) = (pad(word, widths[0]), pad(name, widths[1]));
        format!("{word}  {name}  {}  {rest}\n", pad(bytes, widths[2]))
    };
    rows.iter().map(line).collect()
}
