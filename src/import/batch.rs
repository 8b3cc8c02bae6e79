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
use crate::import::job::{Job, ProgressSink};
use crate::import::source::{Address, ImportSource, game_name};
use crate::import::staging::Staging;
use crate::import::store::{NewGame, Store};
use crate::import::{http_client, unpack};
use webserver::library::game::Game;
use webserver::names::slug::slug_of;

/// The sources to import, and options.
#[derive(Clone, Debug)]
pub(crate) struct ImportRequest {
    /// Folders, archives and URLs, as typed.
    pub sources: Vec<OsString>,
    /// The slug of the only source; by default it comes from the source's name.
    pub slug: Option<String>,
    /// The title of the only source.
    pub title: Option<String>,
    /// The number of sources imported at once.
    pub jobs: usize,
    /// True if a game with the same slug is replaced.
    pub replace: bool,
    /// True if the sources are only checked.
    pub is_dry_run: bool,
    /// Limits of each download.
    pub limits: DownloadLimits,
}

/// An imported game; in a dry run, one that can be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddedGame {
    pub slug: String,
    /// The size of all its files; unknown before a download.
    pub bytes: Option<u64>,
    pub folder: PathBuf,
}

/// The result for one source.
pub(crate) type ImportResult = Result<AddedGame, ImportError>;

/// The state that all jobs share.
struct ImportBatch<'a> {
    request: &'a ImportRequest,
    store: &'a Store,
    runtime: Handle,
    client: OnceLock<Result<reqwest::Client, String>>,
}

/// Imports all sources, and returns their results in order. Blocks; must be called in the context of a runtime, which the
/// downloads run on.
pub(crate) fn add(
    request: &ImportRequest,
    store: &Store,
    sink: &dyn ProgressSink,
    cancellation: &CancellationToken,
) -> Vec<ImportResult> {
    let import = ImportBatch {
        request,
        store,
        runtime: Handle::current(),
        client: OnceLock::new(),
    };
    let had_games = store.games().exists();
    let next = AtomicUsize::new(0);
    let outcomes: Vec<OnceLock<ImportResult>> =
        request.sources.iter().map(|_| OnceLock::new()).collect();
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let (Some(typed), Some(outcome)) = (request.sources.get(number), outcomes.get(number))
            else {
                return;
            };
            let job = Job::new(number, sink, cancellation.clone());
            let imported = job.check().and_then(|()| import.source(typed, &job));
            sink.end(number);
            // Cannot fail: each number is handed out once.
            let _ = outcome.set(imported);
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
    outcomes.into_iter().map(ended).collect()
}

impl ImportBatch<'_> {
    fn source(&self, typed: &OsStr, job: &Job<'_>) -> ImportResult {
        match ImportSource::parse(typed)? {
            ImportSource::Folder(path) => self.folder(&path, job),
            ImportSource::Archive(path) => {
                let new = self.new_game(&game_name(&path));
                self.store.check(&new)?;
                self.archive(&path, &new, job)
            }
            ImportSource::Web(address) => self.download(&address, job),
        }
    }

    fn folder(&self, path: &Path, job: &Job<'_>) -> ImportResult {
        let real = path
            .canonicalize()
            .map_err(|error| ImportError::read(path, error))?;
        let new = self.new_game(&game_name(&real));
        self.store.check(&new)?;
        if self.store.is_in(&real) {
            return Err(ImportError::AroundGames { path: real });
        }
        // Leave files around the game behind.
        let game = Game::from_folder(path)?;
        let root = game.source.path().unwrap_or(path);
        let tree = Tree::list(root)?;
        if self.request.is_dry_run {
            return Ok(self.checked(&new, Some(tree.bytes)));
        }
        let staging = self.store.prepare(job)?;
        tree.copy(root, &staging.content(), job)?;
        let game = Game::from_folder(&staging.content())?;
        let folder = self.store.install(staging, &game, &new, job)?;
        Ok(AddedGame {
            slug: new.slug,
            bytes: Some(tree.bytes),
            folder,
        })
    }

    /// A dry run reads the whole archive, too, but does not write its content.
    fn archive(&self, path: &Path, new: &NewGame, job: &Job<'_>) -> ImportResult {
        let staging = self.store.prepare(job)?;
        self.unpack(path, staging, new, job)
    }

    fn unpack(&self, path: &Path, staging: Staging, new: &NewGame, job: &Job<'_>) -> ImportResult {
        let bytes = unpack::unpack(path, &staging.content(), self.request.is_dry_run, job)?;
        let game = Game::from_folder(&staging.content())?;
        if self.request.is_dry_run {
            return Ok(self.checked(new, Some(bytes)));
        }
        let folder = self.store.install(staging, &game, new, job)?;
        Ok(AddedGame {
            slug: new.slug.clone(),
            bytes: Some(bytes),
            folder,
        })
    }

    fn download(&self, address: &Address, job: &Job<'_>) -> ImportResult {
        let limits = &self.request.limits;
        let client = self
            .client
            .get_or_init(|| http_client::new(limits.connect, limits.idle));
        let client = client.as_ref().map_err(|problem| {
            ImportError::Download(DownloadError::Client {
                problem: problem.clone(),
            })
        })?;
        let download = Download {
            client,
            address,
            limits,
            job,
        };
        if self.request.is_dry_run {
            let name = self.runtime.block_on(download.name())?;
            let new = self.new_game(&game_name(Path::new(&name)));
            self.store.check(&new)?;
            return Ok(self.checked(&new, None));
        }
        let staging = self.store.prepare(job)?;
        let path = staging.download();
        let name = self.runtime.block_on(download.save(&path))?;
        let new = self.new_game(&game_name(Path::new(&name)));
        self.store.check(&new)?;
        self.unpack(&path, staging, &new, job)
    }

    fn new_game(&self, name: &str) -> NewGame {
        let slug = self.request.slug.clone().unwrap_or_else(|| slug_of(name));
        NewGame {
            slug,
            title: self.request.title.clone(),
            name: name.to_owned(),
            replace: self.request.replace,
        }
    }

    fn checked(&self, new: &NewGame, bytes: Option<u64>) -> AddedGame {
        AddedGame {
            slug: new.slug.clone(),
            bytes,
            folder: self.store.games().join(&new.slug),
        }
    }
}
