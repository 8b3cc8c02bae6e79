//! Brings games into the library: from folders, archives and the web, several at once. And takes them out again.
//!
//! Nothing here writes to the terminal; whoever shows what happens is a [`ProgressSink`].
//!
//! A game is prepared in a hidden folder beside the others ([`stage`]), found to be one by the rules of the library, and
//! then put in its place ([`shelf`]). One that fails leaves nothing and stops no other.

pub(crate) mod config_edit;
pub(crate) mod copy;
pub(crate) mod download;
pub(crate) mod error;
pub(crate) mod format;
pub(crate) mod http_response;
pub(crate) mod job;
pub(crate) mod source;
pub(crate) mod staging;
pub(crate) mod store;
pub(crate) mod tar;
pub(crate) mod unpack;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::import::copy::Tree;
use crate::import::download::DownloadLimits;
use crate::import::error::ImportError;
use crate::import::job::{Job, ProgressSink};
use crate::import::source::{Address, ImportSource};
use crate::import::store::{NewGame, Store};
use webserver::library::game::Game;
use webserver::names::slug::slug_of;

/// What to bring in, and how.
#[derive(Clone, Debug)]
pub(crate) struct ImportRequest {
    /// Folders, archives and addresses, as they were typed.
    pub sources: Vec<OsString>,
    /// What the only source is to be called; otherwise its name decides.
    pub slug: Option<String>,
    /// The title of the only source.
    pub title: Option<String>,
    /// How many are worked on at once.
    pub jobs: usize,
    /// Whether a game of the same slug is replaced.
    pub replace: bool,
    /// Whether it is only said what would be done.
    pub is_rehearsal: bool,
    /// What a download may take.
    pub limits: DownloadLimits,
}

/// A game that is in the library now; after a rehearsal, one that could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddedGame {
    /// What is typed for it.
    pub slug: String,
    /// All its files together; unknown before a download.
    pub bytes: Option<u64>,
    /// Where it is.
    pub folder: PathBuf,
}

/// How it went with each source, in order.
pub(crate) type Outcome = Result<AddedGame, ImportError>;

/// What all jobs share.
struct ImportBatch<'a> {
    request: &'a ImportRequest,
    shelf: &'a Store,
    runtime: Handle,
    client: OnceLock<Result<reqwest::Client, String>>,
}

/// Brings all sources in, and returns how it went with each. Blocks; downloads run on the `runtime`.
pub(crate) fn add(
    request: &ImportRequest,
    shelf: &Store,
    watch: &dyn ProgressSink,
    (stop, runtime): (watch::Receiver<bool>, Handle),
) -> Vec<Outcome> {
    let import = ImportBatch {
        request,
        shelf,
        runtime,
        client: OnceLock::new(),
    };
    let had_games = shelf.games().exists();
    let next = AtomicUsize::new(0);
    let outcomes: Vec<OnceLock<Outcome>> =
        request.sources.iter().map(|_| OnceLock::new()).collect();
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let (Some(typed), Some(outcome)) = (request.sources.get(number), outcomes.get(number))
            else {
                return;
            };
            let job = Job::new(number, watch, stop.clone());
            let brought = job.go_on().and_then(|()| import.bring(typed.clone(), &job));
            watch.ended(number, brought.as_ref().err());
            // Each number is handed out once.
            let _ = outcome.set(brought);
        }
    };
    thread::scope(|scope| {
        for _ in 0..request.jobs.min(outcomes.len()) {
            scope.spawn(work);
        }
    });
    if !had_games {
        shelf.tidy();
    }
    let ended = |outcome: OnceLock<Outcome>| {
        outcome
            .into_inner()
            .unwrap_or(Err(ImportError::Interrupted))
    };
    outcomes.into_iter().map(ended).collect()
}

impl ImportBatch<'_> {
    fn bring(&self, typed: OsString, job: &Job<'_>) -> Outcome {
        match ImportSource::parse(&typed)? {
            ImportSource::Folder(path) => self.bring_folder(&path, job),
            ImportSource::Archive(path) => {
                let wish = self.wish(&source::game_name(&path));
                self.shelf.check(&wish)?;
                self.bring_archive(&path, &wish, job)
            }
            ImportSource::Web(address) => self.bring_from_web(&address, job),
        }
    }

    fn bring_folder(&self, path: &Path, job: &Job<'_>) -> Outcome {
        let real = path
            .canonicalize()
            .map_err(|error| ImportError::read(path, error))?;
        let wish = self.wish(&source::game_name(&real));
        self.shelf.check(&wish)?;
        if self.shelf.is_in(&real) {
            return Err(ImportError::AroundGames { path: real });
        }
        // What is only around the game stays behind.
        let game = Game::from_folder(path)?;
        let root = store::place(&game).unwrap_or(path);
        let tree = Tree::survey(root)?;
        if self.request.is_rehearsal {
            return Ok(self.rehearsed(&wish, Some(tree.bytes)));
        }
        let stage = self.shelf.stage(job)?;
        tree.copy(root, &stage.content(), job)?;
        let game = Game::from_folder(&stage.content())?;
        let folder = self.shelf.install(stage, &game, &wish, job)?;
        Ok(AddedGame {
            slug: wish.slug,
            bytes: Some(tree.bytes),
            folder,
        })
    }

    /// A rehearsal goes through all of the archive, too, but writes nothing of its content.
    fn bring_archive(&self, path: &Path, wish: &NewGame, job: &Job<'_>) -> Outcome {
        let stage = self.shelf.stage(job)?;
        self.unpack(path, stage, wish, job)
    }

    fn unpack(
        &self,
        path: &Path,
        stage: staging::Staging,
        wish: &NewGame,
        job: &Job<'_>,
    ) -> Outcome {
        let bytes = unpack::unpack(path, &stage.content(), self.request.is_rehearsal, job)?;
        let game = Game::from_folder(&stage.content())?;
        if self.request.is_rehearsal {
            return Ok(self.rehearsed(wish, Some(bytes)));
        }
        let folder = self.shelf.install(stage, &game, wish, job)?;
        Ok(AddedGame {
            slug: wish.slug.clone(),
            bytes: Some(bytes),
            folder,
        })
    }

    fn bring_from_web(&self, address: &Address, job: &Job<'_>) -> Outcome {
        let limits = &self.request.limits;
        let client = self.client.get_or_init(|| download::client(limits));
        let client = client.as_ref().map_err(|problem| ImportError::Client {
            problem: problem.clone(),
        })?;
        if self.request.is_rehearsal {
            let asked = download::ask(client, address, (limits, job));
            let name = self.runtime.block_on(asked)?;
            let wish = self.wish(&source::game_name(Path::new(&name)));
            self.shelf.check(&wish)?;
            return Ok(self.rehearsed(&wish, None));
        }
        let stage = self.shelf.stage(job)?;
        let path = stage.download();
        let download = download::download(client, address, &path, (limits, job));
        let name = self.runtime.block_on(download)?;
        let wish = self.wish(&source::game_name(Path::new(&name)));
        self.shelf.check(&wish)?;
        self.unpack(&path, stage, &wish, job)
    }

    fn wish(&self, name: &str) -> NewGame {
        let slug = self.request.slug.clone().unwrap_or_else(|| slug_of(name));
        NewGame {
            slug,
            title: self.request.title.clone(),
            name: name.to_owned(),
            replace: self.request.replace,
        }
    }

    fn rehearsed(&self, wish: &NewGame, bytes: Option<u64>) -> AddedGame {
        AddedGame {
            slug: wish.slug.clone(),
            bytes,
            folder: self.shelf.games().join(&wish.slug),
        }
    }
}
