//! Several imports at once.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::import::copy::Tree;
use crate::import::download::{Download, DownloadLimits};
use crate::import::error::{DownloadError, ImportError};
use crate::import::intake::{Intake, LibraryPlace, NewGame};
use crate::import::job::{Job, Note, ProgressSink};
use crate::import::source::{Address, ImportSource, game_name};
use crate::import::staging::Staging;
use crate::import::store::Store;
use crate::import::turns::Turns;
use crate::import::{http_client, unpack};
use webserver::library::game::Game;
use webserver::library::title::{own_title, title_by_name};
use webserver::names::slug::slug_of;
use webserver::source::left_out::LeftOutCause;

/// The sources to import, and options.
#[derive(Clone, Debug)]
pub(crate) struct ImportRequest {
    /// Folders, archives and URLs, as typed.
    pub sources: Vec<OsString>,
    /// The slug of each source, or none: they come from the sources' names.
    pub slugs: Vec<String>,
    /// The title of each source, or none.
    pub titles: Vec<String>,
    /// The number of sources imported at once.
    pub jobs: usize,
    /// True if games of before are replaced by those of the same slug.
    pub replace: bool,
    /// True if the sources are only checked.
    pub is_dry_run: bool,
    /// Limits of each download.
    pub limits: DownloadLimits,
}

/// An imported game; in a dry run, one that can be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddedGame {
    pub place: LibraryPlace,
    /// The size of all its files; unknown before a download.
    pub bytes: Option<u64>,
}

/// The result for one source.
pub(crate) type ImportResult = Result<AddedGame, ImportError>;

/// A game that waits for its turn to be moved into the library.
struct PreparedGame<'a> {
    new: NewGame,
    bytes: Option<u64>,
    /// The game and its hidden folder; `None` in a dry run.
    staged: Option<(Staging, Game)>,
    job: Job<'a>,
}

/// The state that all jobs share.
struct ImportBatch<'a> {
    request: &'a ImportRequest,
    store: &'a Store,
    intake: Intake<'a>,
    runtime: Handle,
    client: OnceLock<Result<reqwest::Client, String>>,
}

/// Imports all sources, and returns their results in order. Blocks; must be called in the context of a runtime, which the
/// downloads run on. Sources are prepared at once, and get their slugs and places in the library in the order given.
///
/// # Errors
/// When the library cannot be read.
pub(crate) fn add(
    request: &ImportRequest,
    store: &Store,
    sink: &dyn ProgressSink,
    cancellation: &CancellationToken,
) -> Result<Vec<ImportResult>, ImportError> {
    let batch = ImportBatch {
        request,
        store,
        intake: Intake::begin(store, request.replace)?,
        runtime: Handle::current(),
        client: OnceLock::new(),
    };
    let had_games = store.games().exists();
    let next = AtomicUsize::new(0);
    let outcomes: Vec<OnceLock<ImportResult>> =
        request.sources.iter().map(|_| OnceLock::new()).collect();
    let turns = Turns::default();
    let finish = |number: usize, prepared: Result<PreparedGame<'_>, ImportError>| {
        let outcome = prepared.and_then(|prepared| batch.finish(prepared));
        sink.end(number);
        if let Some(slot) = outcomes.get(number) {
            // Cannot fail: each number is handed out once.
            let _ = slot.set(outcome);
        }
    };
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(typed) = request.sources.get(number) else {
                return;
            };
            let job = Job::new(number, sink, cancellation.clone());
            let prepared = job.check().and_then(|()| batch.prepare(typed, job));
            turns.hand_in(number, prepared, finish);
        }
    };
    thread::scope(|scope| {
        for _ in 0..request.jobs.min(outcomes.len()) {
            scope.spawn(work);
        }
    });
    if !had_games {
        store.remove_empty_games();
    }
    let ended = |outcome: OnceLock<ImportResult>| {
        outcome
            .into_inner()
            .unwrap_or(Err(ImportError::Interrupted))
    };
    Ok(outcomes.into_iter().map(ended).collect())
}

impl<'a> ImportBatch<'_> {
    /// Gives a prepared game its slug and place.
    fn finish(&self, prepared: PreparedGame<'_>) -> ImportResult {
        let PreparedGame {
            new,
            bytes,
            staged,
            job,
        } = prepared;
        let place = match staged {
            Some((staging, game)) => self.intake.install(staging, &game, &new, &job)?,
            None => self.intake.place(&new)?,
        };
        Ok(AddedGame { place, bytes })
    }

    fn prepare(&self, typed: &OsStr, job: Job<'a>) -> Result<PreparedGame<'a>, ImportError> {
        match ImportSource::parse(typed)? {
            ImportSource::Folder(path) => self.folder(&path, job),
            ImportSource::Archive(path) => {
                let new = self.new_game(&absolute(&path), &job);
                self.intake.check(&new)?;
                let staging = self.store.prepare(&job)?;
                self.unpack(&path, staging, new, job)
            }
            ImportSource::Web(address) => self.download(&address, job),
        }
    }

    fn folder(&self, path: &Path, job: Job<'a>) -> Result<PreparedGame<'a>, ImportError> {
        let real = path
            .canonicalize()
            .map_err(|error| ImportError::read(path, error))?;
        let mut new = self.new_game(&real, &job);
        self.intake.check(&new)?;
        if self.store.is_in(&real) {
            return Err(ImportError::AroundGames { path: real });
        }
        // Leave files around the game behind.
        let game = Game::from_folder(path)?;
        Self::entitle(&mut new, &game);
        let root = game.source.path().unwrap_or(path);
        let tree = Tree::list(root)?;
        let mut odd = tree.left_out.clone();
        odd.retain(|left_out| left_out.cause != LeftOutCause::Leftover);
        if !odd.is_empty() {
            job.note(&Note::LeftOut(odd));
        }
        let bytes = Some(tree.bytes);
        let staged = match self.request.is_dry_run {
            true => None,
            false => {
                let staging = self.store.prepare(&job)?;
                tree.copy(root, &staging.content(), &job)?;
                let game = Game::from_folder(&staging.content())?;
                Some((staging, game))
            }
        };
        Ok(PreparedGame {
            new,
            bytes,
            staged,
            job,
        })
    }

    /// Unpacks an archive. A dry run reads all of it, too, but does not write its content.
    fn unpack(
        &self,
        path: &Path,
        staging: Staging,
        mut new: NewGame,
        job: Job<'a>,
    ) -> Result<PreparedGame<'a>, ImportError> {
        let is_dry_run = self.request.is_dry_run;
        let bytes = unpack::unpack(path, &staging.content(), is_dry_run, &job)?;
        let game = Game::from_folder(&staging.content())?;
        Self::entitle(&mut new, &game);
        Ok(PreparedGame {
            new,
            bytes: Some(bytes),
            staged: (!is_dry_run).then_some((staging, game)),
            job,
        })
    }

    fn download(&self, address: &Address, job: Job<'a>) -> Result<PreparedGame<'a>, ImportError> {
        let limits = &self.request.limits;
        let client = self.client.get_or_init(|| http_client::new(limits.connect));
        let client = client.as_ref().map_err(|problem| {
            ImportError::Download(DownloadError::Client {
                problem: problem.clone(),
            })
        })?;
        let download = Download {
            client,
            address,
            limits,
            job: &job,
        };
        if self.request.is_dry_run {
            let name = self.runtime.block_on(download.name())?;
            let new = self.new_game(Path::new(&name), &job);
            self.intake.check(&new)?;
            return Ok(PreparedGame {
                new,
                bytes: None,
                staged: None,
                job,
            });
        }
        let staging = self.store.prepare(&job)?;
        let path = staging.download();
        let name = self.runtime.block_on(download.save(&path))?;
        let new = self.new_game(Path::new(&name), &job);
        self.intake.check(&new)?;
        self.unpack(&path, staging, new, job)
    }

    /// Takes the game's own title, where it has one.
    fn entitle(new: &mut NewGame, game: &Game) {
        if let Some(title) = own_title(&game.source, &game.entry) {
            new.name = title;
        }
    }

    fn new_game(&self, path: &Path, job: &Job<'_>) -> NewGame {
        let slug = self.request.slugs.get(job.number()).cloned();
        NewGame {
            slug: slug.unwrap_or_else(|| slug_of(&game_name(path))),
            title: self.request.titles.get(job.number()).cloned(),
            name: title_by_name(path),
        }
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
