//! Imports that show their progress, and stop when the host says so.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, interval_at};
use tokio_util::sync::CancellationToken;

use crate::console::failure::{Exit, Failure};
use crate::console::import_progress::ImportProgress;
use crate::console::output::say;
use crate::console::signals::Signals;
use crate::import::job::ProgressSink;

/// The interval of progress lines where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(3);
/// The interval of drawings on a terminal, where a countdown may be shown.
const DRAWING_INTERVAL: Duration = Duration::from_secs(1);

/// Runs blocking work on the named sources within a runtime, and shows its progress. Returns its result,
/// with [`Exit::Interrupted`] if a signal cancelled it; no result if a second signal came before the work ended.
///
/// # Errors
/// If the system refuses threads or signals, or the work panics.
pub(super) fn run<T: Send + 'static>(
    names: Vec<String>,
    work: impl FnOnce(&dyn ProgressSink, &CancellationToken) -> T + Send + 'static,
) -> Result<(Exit, Option<T>), Failure> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(Failure::failed)?;
    let done = runtime.block_on(follow(names, work));
    // After a second Ctrl-C, do not wait for the jobs.
    runtime.shutdown_background();
    done
}

async fn follow<T: Send + 'static>(
    names: Vec<String>,
    work: impl FnOnce(&dyn ProgressSink, &CancellationToken) -> T + Send + 'static,
) -> Result<(Exit, Option<T>), Failure> {
    let mut signals = Signals::listen()?;
    let progress = Arc::new(ImportProgress::new(names));
    let cancellation = CancellationToken::new();
    let (sink, token) = (Arc::clone(&progress), cancellation.clone());
    let mut work = spawn_blocking(move || work(&*sink, &token));
    let interval = match progress.is_terminal() {
        true => DRAWING_INTERVAL,
        false => LINE_INTERVAL,
    };
    let mut lines = interval_at(Instant::now() + interval, interval);
    let mut exit = Exit::Done;
    let result = loop {
        tokio::select! {
            result = &mut work => break Some(result.map_err(Failure::failed)?),
            _ = lines.tick() => say(&progress.lines()),
            _ = signals.next() => {
                exit = Exit::Interrupted;
                // Each job removes its own files; a second signal does not wait for that.
                if cancellation.is_cancelled() {
                    break None;
                }
                cancellation.cancel();
            }
        }
    };
    progress.clear();
    Ok((exit, result))
}
