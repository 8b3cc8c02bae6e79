//! Several imports at once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_util::sync::CancellationToken;

use crate::import::error::ImportError;
use crate::import::intake::{Intake, LibraryPlace};
use crate::import::job::{Job, ProgressSink};
use crate::import::prepare::{PreparedGame, PreparedSource, Preparer};
use crate::import::request::ImportRequest;
use crate::import::source::display;
use crate::import::store::Store;
use crate::import::turns::Turns;
use webserver::parallel;

/// An imported game; in a dry run, one that can be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddedGame {
    pub place: LibraryPlace,
    /// The size of all its files; unknown before a download.
    pub bytes: Option<u64>,
}

/// The result for one game.
pub(crate) type ImportResult = Result<AddedGame, ImportError>;

/// The result for one game of a source.
#[derive(Debug)]
pub(crate) struct ImportOutcome {
    /// The source, and the game's path in it if it holds several.
    pub name: String,
    pub result: ImportResult,
}

/// Imports all sources, and returns the outcomes in order: one of each source, or of each game in it. Blocks; must be
/// called in the context of a runtime, which the downloads run on. Sources are prepared in parallel, and get their
/// slugs and places in the library in the order given.
///
/// # Errors
/// When the library cannot be read.
pub(crate) fn add(
    request: &ImportRequest,
    store: &Store,
    sink: &dyn ProgressSink,
    cancellation: &CancellationToken,
) -> Result<Vec<ImportOutcome>, ImportError> {
    let intake = Intake::begin(store, request.replace)?;
    let preparer = Preparer::new(request, store, &intake);
    let had_games = store.games().exists();
    let next = AtomicUsize::new(0);
    let outcomes: Vec<OnceLock<Vec<ImportOutcome>>> =
        request.sources.iter().map(|_| OnceLock::new()).collect();
    let turns = Turns::default();
    let name = |number: usize| request.sources.get(number).map(|typed| display(typed));
    let finish = |number: usize, prepared: PreparedSource<'_>| {
        let source = name(number).unwrap_or_default();
        let games = prepared.into_iter().map(|(inner, prepared)| ImportOutcome {
            name: match inner {
                Some(inner) => format!("{source}/{inner}"),
                None => source.clone(),
            },
            result: prepared.and_then(|prepared| finish(&intake, prepared)),
        });
        let games = games.collect();
        sink.end(number);
        if let Some(slot) = outcomes.get(number) {
            // Cannot fail: each number is handed out once.
            let _ = slot.set(games);
        }
    };
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(typed) = request.sources.get(number) else {
                return;
            };
            let job = Job::new(number, sink, cancellation.clone());
            turns.hand_in(number, preparer.prepare(typed, job), finish);
        }
    };
    parallel::on_threads(request.jobs.min(outcomes.len()), work);
    if !had_games {
        store.remove_empty_games();
    }
    let ended = |(number, outcome): (usize, OnceLock<Vec<ImportOutcome>>)| {
        let interrupted = || {
            vec![ImportOutcome {
                name: name(number).unwrap_or_default(),
                result: Err(ImportError::Interrupted),
            }]
        };
        outcome.into_inner().unwrap_or_else(interrupted)
    };
    Ok(outcomes.into_iter().enumerate().flat_map(ended).collect())
}

/// Gives a prepared game its slug and place.
fn finish(intake: &Intake<'_>, prepared: PreparedGame<'_>) -> ImportResult {
    let PreparedGame {
        new,
        bytes,
        staged,
        job,
    } = prepared;
    let place = match staged {
        Some((staging, game)) => intake.install(staging, &game, &new, &job)?,
        None => intake.place(&new)?,
    };
    Ok(AddedGame { place, bytes })
}
