//! The imports that were started in a console, and their progress.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::import::job::{Note, ProgressSink, Step};

/// The most imports under way.
const MOST: usize = 8;

/// The time for which the end of an import is shown.
const SHOWN: Duration = Duration::from_secs(120);

/// All imports, the latest last. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct ImportList(Arc<SharedImports>);

#[derive(Debug, Default)]
struct SharedImports {
    imports: Mutex<Vec<Arc<ListedImport>>>,
    begun: AtomicU64,
}

/// One import.
#[derive(Debug)]
pub(crate) struct ListedImport {
    pub number: u64,
    /// The source as the host knows it.
    pub name: String,
    /// True if a game with the same slug is replaced.
    pub replaces: bool,
    pub cancellation: CancellationToken,
    state: Mutex<ImportState>,
}

#[derive(Clone, Debug)]
struct ImportState {
    stage: ImportStage,
    done: u64,
    all: Option<u64>,
    text: Option<String>,
    ended: Option<Instant>,
}

/// The stages of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ImportStage {
    Waiting,
    Uploading,
    Downloading,
    Unpacking,
    Added,
    Failed,
    /// The library has a game with this slug, which may be replaced.
    Taken,
    Cancelled,
}

/// One import, as consoles show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ImportView {
    number: u64,
    name: String,
    stage: ImportStage,
    done: u64,
    all: Option<u64>,
    /// The slug of the added game or of the one that is there, or the reason it failed.
    text: Option<String>,
}

impl ImportList {
    /// Adds an import; `None` if too many are under way.
    pub(crate) fn begin(
        &self,
        name: String,
        stage: ImportStage,
        all: Option<u64>,
        replaces: bool,
    ) -> Option<Arc<ListedImport>> {
        let mut imports = self.lock();
        forget(&mut imports);
        if imports.iter().filter(|import| !import.has_ended()).count() >= MOST {
            return None;
        }
        let import = Arc::new(ListedImport {
            number: self.0.begun.fetch_add(1, Ordering::Relaxed) + 1,
            name,
            replaces,
            cancellation: CancellationToken::new(),
            state: Mutex::new(ImportState {
                stage,
                done: 0,
                all,
                text: None,
                ended: None,
            }),
        });
        imports.push(Arc::clone(&import));
        Some(import)
    }

    /// Cancels an import, if it is under way.
    pub(crate) fn cancel(&self, number: u64) -> bool {
        let imports = self.lock();
        let import = imports.iter().find(|import| import.number == number);
        let running = import.filter(|import| !import.has_ended());
        if let Some(import) = running {
            import.cancellation.cancel();
        }
        running.is_some()
    }

    /// Those under way, and those that ended a moment ago.
    pub(crate) fn views(&self) -> Vec<ImportView> {
        let mut imports = self.lock();
        forget(&mut imports);
        imports.iter().map(|import| import.view()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<ListedImport>>> {
        self.0
            .imports
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget(imports: &mut Vec<Arc<ListedImport>>) {
    imports.retain(|import| {
        import
            .lock()
            .ended
            .is_none_or(|ended| ended.elapsed() < SHOWN)
    });
}

impl ListedImport {
    /// Sets the bytes that are done.
    pub(crate) fn set_done(&self, done: u64) {
        self.lock().done = done;
    }

    /// Ends it.
    pub(crate) fn end(&self, stage: ImportStage, text: Option<String>) {
        let mut state = self.lock();
        (state.stage, state.text, state.ended) = (stage, text, Some(Instant::now()));
    }

    fn has_ended(&self) -> bool {
        self.lock().ended.is_some()
    }

    fn view(&self) -> ImportView {
        let state = self.lock().clone();
        ImportView {
            number: self.number,
            name: self.name.clone(),
            stage: state.stage,
            done: state.done,
            all: state.all,
            text: state.text,
        }
    }

    fn lock(&self) -> MutexGuard<'_, ImportState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ProgressSink for ListedImport {
    fn begin(&self, _: usize, step: Step, bytes: Option<u64>) {
        let mut state = self.lock();
        state.stage = match step {
            Step::Downloading => ImportStage::Downloading,
            Step::Sending => ImportStage::Uploading,
            Step::Copying | Step::Unpacking => ImportStage::Unpacking,
            Step::Answering | Step::Waiting(_) => ImportStage::Waiting,
        };
        (state.done, state.all) = (0, bytes);
    }

    fn advance(&self, _: usize, bytes: u64) {
        self.set_done(bytes);
    }

    fn note(&self, _: usize, _: &Note) {}

    fn end(&self, _: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn imports_are_few_at_a_time_and_their_end_is_shown_for_a_while() {
        let list = ImportList::default();
        let begin = || list.begin("a.zip".to_owned(), ImportStage::Uploading, Some(9), false);
        let imports: Vec<_> = std::iter::from_fn(begin).take(MOST + 1).collect();
        assert_eq!(imports.len(), MOST);
        assert!(list.cancel(imports[0].number) && imports[0].cancellation.is_cancelled());
        imports[0].end(ImportStage::Cancelled, None);
        assert!(!list.cancel(imports[0].number), "it has ended");
        assert!(!list.cancel(99));
        assert_eq!(list.views().len(), MOST);
        assert!(begin().is_some());
        tokio::time::advance(SHOWN).await;
        assert_eq!(list.views().len(), MOST);
        assert_eq!(list.views()[0].number, imports[1].number);
    }
}
