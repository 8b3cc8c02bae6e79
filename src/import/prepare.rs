//! Preparing the games of sources in hidden folders beside the library.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tokio::runtime::Handle;

use crate::import::copy::Tree;
use crate::import::download::Download;
use crate::import::error::{DownloadError, DownloadSite, ImportError};
use crate::import::intake::{Intake, NewGame};
use crate::import::job::{Job, Note};
use crate::import::request::ImportRequest;
use crate::import::several::games_in;
use crate::import::source::{Address, ImportSource, game_name, is_page};
use crate::import::staging::Staging;
use crate::import::store::Store;
use crate::import::unfinished::UnfinishedDownload;
use crate::import::{http_client, unpack};
use webserver::archive::error::ArchiveError;
use webserver::library::foreign::Foreign;
use webserver::library::game::Game;
use webserver::library::title::{own_title, title_by_name};
use webserver::names::slug::slug_of;
use webserver::source::entry_page::local_references;

/// The bytes of a page that are read to find the files that it loads.
const PAGE_HEAD: u64 = 1 << 20;

/// Prepares sources, several at once.
pub(crate) struct Preparer<'a> {
    request: &'a ImportRequest,
    store: &'a Store,
    intake: &'a Intake<'a>,
    runtime: Handle,
    client: OnceLock<Result<reqwest::Client, String>>,
}

/// A game that waits for its turn to be moved into the library.
pub(crate) struct PreparedGame<'a> {
    pub new: NewGame,
    pub bytes: Option<u64>,
    /// The game and its hidden folder; `None` in a dry run.
    pub staged: Option<(Staging, Game)>,
    pub job: Arc<Job<'a>>,
}

/// The games of one source, or the reason of each that failed, with its path in the source if there are several.
pub(crate) type PreparedSource<'a> = Vec<(Option<String>, Result<PreparedGame<'a>, ImportError>)>;

impl<'p> Preparer<'p> {
    /// Creates one in the context of a runtime.
    pub(crate) fn new(
        request: &'p ImportRequest,
        store: &'p Store,
        intake: &'p Intake<'p>,
    ) -> Self {
        Self {
            request,
            store,
            intake,
            runtime: Handle::current(),
            client: OnceLock::new(),
        }
    }
}

impl<'a> Preparer<'_> {
    /// Prepares all games of a source.
    pub(crate) fn prepare(&self, typed: &OsStr, job: Job<'a>) -> PreparedSource<'a> {
        let job = Arc::new(job);
        let prepared = job.check().and_then(|()| self.source(typed, &job));
        prepared.unwrap_or_else(|error| vec![(None, Err(error))])
    }

    fn source(&self, typed: &OsStr, job: &Arc<Job<'a>>) -> Result<PreparedSource<'a>, ImportError> {
        match ImportSource::parse(typed)? {
            ImportSource::Folder(path) => self.folder(&path, job).map(only),
            ImportSource::Page(path) => self.page(&path, job).map(only),
            ImportSource::Archive(path) => {
                let foreign = Foreign::of_file(&path);
                if let Some(kind) = foreign.filter(|kind| !kind.may_be_archive()) {
                    return Err(ImportError::Foreign(kind));
                }
                let new = self.new_game(&absolute(&path), job);
                self.intake.check(&new)?;
                let staging = self.store.prepare(job)?;
                let unpacked = self.unpack(&path, staging, new, job);
                unpacked.map_err(|error| match (error, foreign) {
                    (
                        ImportError::NoArchive
                        | ImportError::NoEntry
                        | ImportError::Archive(ArchiveError::Torn),
                        Some(kind),
                    ) => ImportError::Foreign(kind),
                    (error, _) => error,
                })
            }
            ImportSource::Web(address) => self.download(&address, job),
        }
    }

    fn folder(&self, path: &Path, job: &Arc<Job<'a>>) -> Result<PreparedGame<'a>, ImportError> {
        let real = path
            .canonicalize()
            .map_err(|error| ImportError::read(path, error))?;
        let mut new = self.new_game(&real, job);
        self.intake.check(&new)?;
        if self.store.is_in(&real) {
            return Err(ImportError::AroundGames { path: real });
        }
        // Leave files around the game behind.
        let game = Game::from_folder(path)?;
        Self::entitle(&mut new, &game);
        let root = game.source.path().unwrap_or(path);
        let tree = Tree::list(root)?;
        if let Some(note) = Note::of_left_out(&tree.left_out) {
            job.note(&note);
        }
        let bytes = Some(tree.bytes);
        let staged = match self.request.is_dry_run {
            true => {
                tree.try_read(root, job)?;
                None
            }
            false => {
                let staging = self.store.prepare(job)?;
                tree.copy(root, &staging.content(), job)?;
                let game = Game::from_folder(&staging.content())?;
                Some((staging, game))
            }
        };
        Ok(PreparedGame {
            new,
            bytes,
            staged,
            job: Arc::clone(job),
        })
    }

    /// A page that is a game by itself. Its folder is the source if it loads files there.
    fn page(&self, path: &Path, job: &Arc<Job<'a>>) -> Result<PreparedGame<'a>, ImportError> {
        let mut new = self.new_game(&absolute(path), job);
        self.intake.check(&new)?;
        let read = |error| ImportError::read(path, error);
        let bytes = path.metadata().map_err(read)?.len();
        let folder = path.parent().unwrap_or(Path::new(""));
        if let Some(file) = neighbour(path).map_err(read)? {
            return Err(ImportError::PageOfFolder {
                file,
                folder: folder.to_owned(),
            });
        }
        let staging = self.store.prepare(job)?;
        let target = staging.content().join("index.html");
        fs::copy(path, &target).map_err(|error| ImportError::write(&target, error))?;
        let game = Game::from_folder(&staging.content())?;
        Self::entitle(&mut new, &game);
        Ok(PreparedGame {
            new,
            bytes: Some(bytes),
            staged: (!self.request.is_dry_run).then_some((staging, game)),
            job: Arc::clone(job),
        })
    }

    /// Unpacks an archive, and the games in it if it holds several. A dry run reads all of it, too, but writes no content
    /// unless there are archives in it.
    fn unpack(
        &self,
        path: &Path,
        staging: Staging,
        mut new: NewGame,
        job: &Arc<Job<'a>>,
    ) -> Result<PreparedSource<'a>, ImportError> {
        let is_dry_run = self.request.is_dry_run;
        let bytes = unpack::unpack(path, &staging.content(), is_dry_run, job)?;
        let game = Game::from_folder(&staging.content());
        let is_whole = |game: &Game| game.source.path() == Some(&staging.content());
        if !game.as_ref().is_ok_and(is_whole) {
            let several = self.unpack_several(path, &staging, job)?;
            if !several.is_empty() {
                return Ok(several);
            }
        }
        let game = game?;
        Self::entitle(&mut new, &game);
        Ok(only(PreparedGame {
            new,
            bytes: Some(bytes),
            staged: (!is_dry_run).then_some((staging, game)),
            job: Arc::clone(job),
        }))
    }

    /// Prepares each game of an unpacked archive that holds several; none if it does not.
    fn unpack_several(
        &self,
        path: &Path,
        staging: &Staging,
        job: &Arc<Job<'a>>,
    ) -> Result<PreparedSource<'a>, ImportError> {
        let whole;
        let content = match self.request.is_dry_run {
            false => staging.content(),
            true => {
                whole = self.store.prepare(job)?;
                unpack::unpack(path, &whole.content(), false, job)?;
                whole.content()
            }
        };
        let games = games_in(&content)?;
        if games.len() > 1 && self.request.has_names() {
            return Err(ImportError::Several { games: games.len() });
        }
        let prepare = |game: &PathBuf| {
            let inner = game.strip_prefix(&content).unwrap_or(game);
            let name = inner.to_string_lossy().into_owned();
            (Some(name), self.inner(game, inner, job))
        };
        Ok(games.iter().map(prepare).collect())
    }

    /// Prepares a game in an unpacked archive, which is at a path in it.
    fn inner(
        &self,
        game: &Path,
        inner: &Path,
        job: &Arc<Job<'a>>,
    ) -> Result<PreparedGame<'a>, ImportError> {
        let mut prepared = match game {
            game if game.is_dir() => self.folder(game, job)?,
            game if is_page(game) => self.page(game, job)?,
            game => {
                let mut new = self.new_game(inner, job);
                self.intake.check(&new)?;
                let staging = self.store.prepare(job)?;
                let is_dry_run = self.request.is_dry_run;
                let bytes = unpack::unpack(game, &staging.content(), is_dry_run, job)?;
                let game = Game::from_folder(&staging.content())?;
                Self::entitle(&mut new, &game);
                PreparedGame {
                    new,
                    bytes: Some(bytes),
                    staged: (!is_dry_run).then_some((staging, game)),
                    job: Arc::clone(job),
                }
            }
        };
        // Not by the name of the hidden folder.
        let own = prepared.staged.as_ref();
        if own.is_none_or(|(_, game)| own_title(&game.source, &game.entry).is_none()) {
            prepared.new.name = title_by_name(inner);
        }
        Ok(prepared)
    }

    fn download(
        &self,
        address: &Address,
        job: &Arc<Job<'a>>,
    ) -> Result<PreparedSource<'a>, ImportError> {
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
            job,
        };
        if self.request.is_dry_run {
            let name = self.runtime.block_on(download.name());
            let name = name.map_err(|error| of_site(error, address))?;
            let new = self.new_game(Path::new(&name), job);
            self.intake.check(&new)?;
            return Ok(only(PreparedGame {
                new,
                bytes: None,
                staged: None,
                job: Arc::clone(job),
            }));
        }
        let staging = self.store.prepare(job)?;
        let mut kept = self.store.unfinished(address, job)?;
        let path = { kept.as_ref() }.map_or(staging.download(), UnfinishedDownload::file);
        let saved = download.save(&path, kept.as_mut());
        let name = self.runtime.block_on(saved);
        let name = name.map_err(|error| of_site(error, address))?;
        let new = self.new_game(Path::new(&name), job);
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

/// Names the site of a page that came instead of an archive.
pub(crate) fn of_site(error: ImportError, address: &Address) -> ImportError {
    let site = address.url.host_str().and_then(DownloadSite::of);
    match (error, site) {
        (ImportError::Download(DownloadError::Html), Some(site)) => {
            DownloadError::PageOf { site }.into()
        }
        (error, _) => error,
    }
}

/// The games of a source that is one.
fn only(prepared: PreparedGame<'_>) -> PreparedSource<'_> {
    vec![(None, Ok(prepared))]
}

/// Finds a file beside a page that it loads.
///
/// # Errors
/// When the page cannot be read.
pub(crate) fn neighbour(page: &Path) -> io::Result<Option<String>> {
    let folder = page.parent().unwrap_or(Path::new(""));
    let mut head = Vec::new();
    File::open(page)?.take(PAGE_HEAD).read_to_end(&mut head)?;
    let mut references = local_references(&head).into_iter();
    Ok(references.find(|reference| folder.join(reference).is_file()))
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
