//! An archive, a page or a URL that is played without being added: unpacked into a folder that is deleted with the
//! process.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::runtime::Handle;

use crate::import::download::{Download, DownloadLimits};
use crate::import::error::{DownloadError, ImportError};
use crate::import::format::Format;
use crate::import::http_client;
use crate::import::job::Job;
use crate::import::prepare::{neighbour, of_site};
use crate::import::source::{Address, ImportSource, game_name, is_page};
use crate::import::unpack;
use webserver::archive::error::ArchiveError;
use webserver::library::foreign::Foreign;
use webserver::library::game::Game;
use webserver::source::Source;

/// The game that is played in place of a typed source.
#[derive(Debug)]
pub(crate) struct TemporaryGame {
    /// The folder or zip file of the game, named like its source.
    pub path: PathBuf,
    /// The entry page, if the source is a page that loads files beside it.
    pub entry: Option<String>,
    _files: Option<TempDir>,
}

impl TemporaryGame {
    /// True for what may not be played from its place: URLs, pages, archives other than `.zip`.
    pub(crate) fn is_for(typed: &str) -> bool {
        let path = Path::new(typed);
        let may_be_game = || Foreign::of_file(path).is_none_or(Foreign::may_be_archive);
        is_url(typed) || path.is_file() && !is_zip(path) && may_be_game()
    }

    /// Downloads or unpacks a source. `None` for a file that is neither an archive nor a page. Blocks; must be called in the
    /// context of a runtime, which a download runs on.
    ///
    /// # Errors
    /// When the source cannot be downloaded, is refused or damaged, or there is no room for it.
    pub(crate) fn open(typed: &str, job: &Job<'_>) -> Result<Option<Self>, ImportError> {
        let path = Path::new(typed);
        if !is_url(typed) && is_page(path) && neighbour_of(path)? {
            let folder = path.parent().filter(|folder| *folder != Path::new(""));
            return Ok(Some(Self {
                path: folder.unwrap_or(Path::new(".")).to_owned(),
                entry: path
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned()),
                _files: None,
            }));
        }
        let write = |error| ImportError::write(&std::env::temp_dir(), error);
        let files = tempfile::Builder::new().prefix("webserver-").tempdir();
        let files = files.map_err(write)?;
        let downloaded;
        let path = match is_url(typed) {
            false => path,
            true => match ImportSource::parse(OsStr::new(typed))? {
                ImportSource::Web(address) => {
                    downloaded = download(&address, files.path(), job)?;
                    &downloaded
                }
                _ => return Ok(None),
            },
        };
        let folder = files.path().join("game").join(game_name(path));
        if is_zip(path) {
            return Ok(Some(Self {
                path: path.to_owned(),
                entry: None,
                _files: Some(files),
            }));
        }
        fs::create_dir_all(&folder).map_err(write)?;
        if is_page(path) {
            fs::copy(path, folder.join("index.html")).map_err(write)?;
        } else {
            let foreign = Foreign::of_file(path);
            match unpack::unpack(path, &folder, false, job) {
                Err(ImportError::NoArchive) => return Ok(None),
                Err(ImportError::Archive(ArchiveError::Torn)) if foreign.is_some() => {
                    return Ok(None);
                }
                unpacked => unpacked?,
            };
            if let Some(kind) = foreign.filter(|_| Game::from_folder(&folder).is_err()) {
                return Err(ImportError::Foreign(kind));
            }
        }
        Ok(Some(Self {
            path: folder,
            entry: None,
            _files: Some(files),
        }))
    }
}

/// Downloads an archive into a folder below `files`.
fn download(address: &Address, files: &Path, job: &Job<'_>) -> Result<PathBuf, ImportError> {
    let limits = DownloadLimits::default();
    let client = http_client::new(limits.connect)
        .map_err(|problem| ImportError::Download(DownloadError::Client { problem }))?;
    let download = Download {
        client: &client,
        address,
        limits: &limits,
        job,
    };
    let folder = files.join("download");
    fs::create_dir(&folder).map_err(|error| ImportError::write(&folder, error))?;
    let file = folder.join("unnamed");
    let name = Handle::current().block_on(download.save(&file, None));
    let name = name.map_err(|error| of_site(error, address))?;
    let path = folder.join(name);
    fs::rename(&file, &path).map_err(|error| ImportError::write(&path, error))?;
    Ok(path)
}

fn is_url(typed: &str) -> bool {
    typed.contains("://")
}

/// True for what is played from its place. Names are often wrong.
fn is_zip(path: &Path) -> bool {
    let mut head = Vec::new();
    let mut read = || File::open(path)?.take(512).read_to_end(&mut head);
    matches!(Source::from_path(path), Source::Zip(_))
        && read().is_ok()
        && Format::detect(&head).is_none_or(|format| format == Format::Zip)
}

/// True if a page loads a file beside it.
fn neighbour_of(page: &Path) -> Result<bool, ImportError> {
    let found = neighbour(page).map_err(|error| ImportError::read(page, error))?;
    Ok(found.is_some())
}
