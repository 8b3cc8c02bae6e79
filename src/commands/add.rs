//! `webserver add SOURCE...`: adds games to the library.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::cli::import_options::AddOptions;
use crate::commands::bucket::ChangedLibrary;
use crate::commands::{publish, with_progress};
use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::console::format::size;
use crate::console::layout::{pad, widest};
use crate::console::message::t;
use crate::console::printable::printable;
use crate::console::stdout;
use crate::import::batch;
use crate::import::batch::ImportOutcome;
use crate::import::bucket;
use crate::import::job::ProgressSink;
use crate::import::request::ImportRequest;
use crate::import::several;
use crate::import::source::display;

/// Adds games and prints the outcome of each source; then publishes the last one if asked to.
///
/// # Errors
/// If the running server cannot publish it.
pub(super) fn run(options: &AddOptions, library: ChangedLibrary) -> Result<Exit, Failure> {
    let mut request = options.request()?;
    let expanded = match &library {
        ChangedLibrary::Config(store) => several::expand(&mut request, Some(store)),
        ChangedLibrary::Bucket(_) => several::expand(&mut request, None),
    };
    expanded.map_err(|error| Failure::failed(error.text()))?;
    let place = match &library {
        ChangedLibrary::Bucket(place) if options.port.is_none() => Some(Arc::clone(place)),
        _ => None,
    };
    let (exit, slug) = add(request, library)?;
    match (slug, place) {
        (Some(slug), Some(place)) if options.publish => {
            publish::on_replicas(&place, &slug).map(|_| exit)
        }
        (Some(slug), None) if options.publish => {
            publish::run(options.port.as_deref(), &slug).map(|_| exit)
        }
        _ => Ok(exit),
    }
}

/// Adds games; returns the slug of the last one, unless interrupted or in a dry run.
fn add(request: ImportRequest, library: ChangedLibrary) -> Result<(Exit, Option<String>), Failure> {
    let names = request.sources.iter().map(|typed| display(typed)).collect();
    let is_dry_run = request.is_dry_run;
    let work = move |sink: &dyn ProgressSink, token: &CancellationToken| match &library {
        ChangedLibrary::Config(store) => batch::add(&request, store, sink, token),
        ChangedLibrary::Bucket(place) => Ok(bucket::add(&request, place, sink, token)),
    };
    let (mut exit, outcomes) = with_progress::run(names, work)?;
    let Some(outcomes) = outcomes else {
        return Ok((exit, None));
    };
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
