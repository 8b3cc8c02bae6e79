//! Changes to the library that the command line asks for: games added, taken out and renamed.

use std::sync::Arc;
use std::time::Duration;

use rust_i18n::t;
use tokio::runtime;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, interval_at};

use crate::cli::library::AddOptions;
use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure, say};
use crate::console::format::size;
use crate::console::import_progress::ImportProgress;
use crate::console::layout;
use crate::console::layout::{pad, printable, widest};
use crate::console::signals::Signals;
use crate::control::client;
use crate::import;
use crate::import::source::shown;
use crate::import::store::Store;
use crate::import::{ImportRequest, Outcome};

/// How often there is a line about each source where there is no terminal.
const LINES: Duration = Duration::from_secs(3);

/// Brings games in and prints what came of each source; then puts the last one on the air when it should be.
///
/// # Errors
/// When the server cannot publish it.
pub(crate) fn add(adding: &AddOptions, shelf: Store) -> Result<Exit, Failure> {
    let request = adding.request()?;
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(Failure::failed)?;
    let added = runtime.block_on(bring(request, shelf));
    // Whoever interrupted twice does not wait for the jobs.
    runtime.shutdown_background();
    match added? {
        (exit, Some(slug)) if adding.publish => {
            client::publish(adding.port.as_deref(), &slug).map(|_| exit)
        }
        (exit, _) => Ok(exit),
    }
}

/// Brings games in; the last of them, unless that was interrupted or a rehearsal.
async fn bring(request: ImportRequest, shelf: Store) -> Result<(Exit, Option<String>), Failure> {
    let mut signals = Signals::listen()?;
    let names: Vec<_> = request.sources.iter().map(|typed| shown(typed)).collect();
    let is_rehearsal = request.is_rehearsal;
    let bars = Arc::new(ImportProgress::new(names.iter().cloned()));
    let (stop, stopped) = watch::channel(false);
    let (watching, runtime) = (Arc::clone(&bars), Handle::current());
    let work = move || import::add(&request, &shelf, &*watching, (stopped, runtime));
    let mut work = spawn_blocking(work);
    let mut lines = interval_at(Instant::now() + LINES, LINES);
    let mut exit = Exit::Done;
    let outcomes = loop {
        tokio::select! {
            outcomes = &mut work => break outcomes.map_err(Failure::failed)?,
            _ = lines.tick() => say(&bars.lines()),
            _ = signals.next() => {
                // Each job clears its own away; whoever cannot wait for that interrupts again.
                if stop.send_replace(true) {
                    bars.clear();
                    return Ok((Exit::Interrupted, None));
                }
                exit = Exit::Interrupted;
            }
        }
    };
    bars.clear();
    layout::print_text(&table(&names, &outcomes, is_rehearsal))?;
    if exit == Exit::Done && outcomes.iter().any(Outcome::is_err) {
        exit = Exit::Failed;
    }
    let last = outcomes
        .iter()
        .rev()
        .find_map(|outcome| outcome.as_ref().ok());
    let last = last.filter(|_| !is_rehearsal && exit != Exit::Interrupted);
    Ok((exit, last.map(|added| added.slug.clone())))
}

/// One row a source: what was added, what failed and why.
fn table(names: &[String], outcomes: &[Outcome], is_rehearsal: bool) -> String {
    let row = |(name, outcome): (&String, &Outcome)| match outcome {
        Ok(added) => {
            let word = match is_rehearsal {
                true => t!("add.would_be_added"),
                false => t!("add.added"),
            };
            let bytes = added.bytes.map_or_else(String::new, size);
            let folder = added.folder.display().to_string();
            [word.into_owned(), added.slug.clone(), bytes, folder]
        }
        Err(error) => {
            let word = t!("add.failed").into_owned();
            [word, name.clone(), String::new(), error.text()]
        }
    };
    let rows: Vec<_> = names.iter().zip(outcomes).map(row).collect();
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
