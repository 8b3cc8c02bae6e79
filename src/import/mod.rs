//! Brings games into the library: from folders, archives and the web, several at once. And takes them out again.
//!
//! Nothing here writes to the terminal; whoever shows what happens is a [`Watch`].
//!
//! A game is prepared in a hidden folder beside the others ([`stage`]), found to be one by the rules of the library, and
//! then put in its place ([`shelf`]). One that fails leaves nothing and stops no other.

mod answer;
mod copy;
mod download;
mod error;
mod format;
mod job;
mod listing;
mod shelf;
mod source;
mod stage;
mod tarball;
mod unpack;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::runtime::Handle;
use tokio::sync::watch;
use webserver::games::{Game, slug_of};

use copy::Tree;
pub use download::Limits;
pub use error::Error;
pub use job::{Job, Note, Step, Watch};
use shelf::Wish;
pub use shelf::{Removal, Shelf};
pub use source::shown;
use source::{Address, Source};

/// What to bring in, and how.
#[derive(Clone, Debug)]
pub struct Request {
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
    pub limits: Limits,
}

/// A game that is in the library now; after a rehearsal, one that could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// What is typed for it.
    pub slug: String,
    /// All its files together; unknown before a download.
    pub bytes: Option<u64>,
    /// Where it is.
    pub folder: PathBuf,
}

/// How it went with each source, in order.
pub type Outcome = Result<Added, Error>;

/// What all jobs share.
struct Import<'a> {
    request: &'a Request,
    shelf: &'a Shelf,
    runtime: Handle,
    client: OnceLock<Result<reqwest::Client, String>>,
}

/// Brings all sources in, and returns how it went with each. Blocks; downloads run on the `runtime`.
pub fn add(
    request: &Request,
    shelf: &Shelf,
    watch: &dyn Watch,
    (stop, runtime): (watch::Receiver<bool>, Handle),
) -> Vec<Outcome> {
    let import = Import {
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
    let ended =
        |outcome: OnceLock<Outcome>| outcome.into_inner().unwrap_or(Err(Error::Interrupted));
    outcomes.into_iter().map(ended).collect()
}

impl Import<'_> {
    fn bring(&self, typed: OsString, job: &Job<'_>) -> Outcome {
        match Source::parse(&typed)? {
            Source::Folder(path) => self.bring_folder(&path, job),
            Source::Archive(path) => {
                let wish = self.wish(&source::game_name(&path));
                self.shelf.check(&wish)?;
                self.bring_archive(&path, &wish, job)
            }
            Source::Web(address) => self.bring_from_web(&address, job),
        }
    }

    fn bring_folder(&self, path: &Path, job: &Job<'_>) -> Outcome {
        let real = path
            .canonicalize()
            .map_err(|error| Error::read(path, error))?;
        let wish = self.wish(&source::game_name(&real));
        self.shelf.check(&wish)?;
        if self.shelf.is_in(&real) {
            return Err(Error::AroundGames { path: real });
        }
        // What is only around the game stays behind.
        let game = Game::from_folder(path)?;
        let root = shelf::place(&game).unwrap_or(path);
        let tree = Tree::survey(root)?;
        if self.request.is_rehearsal {
            return Ok(self.rehearsed(&wish, Some(tree.bytes)));
        }
        let stage = self.shelf.stage(job)?;
        tree.copy(root, &stage.content(), job)?;
        let game = Game::from_folder(&stage.content())?;
        let folder = self.shelf.install(stage, &game, &wish, job)?;
        Ok(Added {
            slug: wish.slug,
            bytes: Some(tree.bytes),
            folder,
        })
    }

    /// A rehearsal goes through all of the archive, too, but writes nothing of its content.
    fn bring_archive(&self, path: &Path, wish: &Wish, job: &Job<'_>) -> Outcome {
        let stage = self.shelf.stage(job)?;
        self.unpack(path, stage, wish, job)
    }

    fn unpack(&self, path: &Path, stage: stage::Stage, wish: &Wish, job: &Job<'_>) -> Outcome {
        let bytes = unpack::unpack(path, &stage.content(), self.request.is_rehearsal, job)?;
        let game = Game::from_folder(&stage.content())?;
        if self.request.is_rehearsal {
            return Ok(self.rehearsed(wish, Some(bytes)));
        }
        let folder = self.shelf.install(stage, &game, wish, job)?;
        Ok(Added {
            slug: wish.slug.clone(),
            bytes: Some(bytes),
            folder,
        })
    }

    fn bring_from_web(&self, address: &Address, job: &Job<'_>) -> Outcome {
        let limits = &self.request.limits;
        let client = self.client.get_or_init(|| download::client(limits));
        let client = client.as_ref().map_err(|problem| Error::Client {
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

    fn wish(&self, name: &str) -> Wish {
        let slug = self.request.slug.clone().unwrap_or_else(|| slug_of(name));
        Wish {
            slug,
            title: self.request.title.clone(),
            name: name.to_owned(),
            replace: self.request.replace,
        }
    }

    fn rehearsed(&self, wish: &Wish, bytes: Option<u64>) -> Added {
        Added {
            slug: wish.slug.clone(),
            bytes,
            folder: self.shelf.games().join(&wish.slug),
        }
    }
}
