//! An archive or a page that is played without being added: unpacked into a folder that goes with the process.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::import::error::ImportError;
use crate::import::job::{Job, ProgressSink};
use crate::import::prepare::neighbour;
use crate::import::source::{game_name, is_page};
use crate::import::unpack;
use webserver::library::foreign::Foreign;
use webserver::source::Source;

/// A folder to play from.
#[derive(Debug)]
pub(crate) struct TemporaryGame {
    /// The folder of the game, named like its source.
    pub folder: PathBuf,
    /// The entry page, if the source is a page that loads files beside it.
    pub entry: Option<String>,
    _unpacked: Option<TempDir>,
}

impl TemporaryGame {
    /// Unpacks an archive or a page. `None` for what is played from its place: folders and `.zip` files, and for what is
    /// neither an archive nor a page.
    ///
    /// # Errors
    /// When the archive is refused or damaged, or there is no room for it.
    pub(crate) fn open(path: &Path, notes: &dyn ProgressSink) -> Result<Option<Self>, ImportError> {
        let is_zip = matches!(Source::from_path(path), Source::Zip(_));
        if !path.is_file() || is_zip || Foreign::of_file(path).is_some() {
            return Ok(None);
        }
        let is_page = is_page(path);
        let read = |error| ImportError::read(path, error);
        if is_page && neighbour(path).map_err(read)?.is_some() {
            let folder = path.parent().filter(|folder| *folder != Path::new(""));
            return Ok(Some(Self {
                folder: folder.unwrap_or(Path::new(".")).to_owned(),
                entry: path
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned()),
                _unpacked: None,
            }));
        }
        let write = |error| ImportError::write(&std::env::temp_dir(), error);
        let unpacked = tempfile::Builder::new().prefix("webserver-").tempdir();
        let unpacked = unpacked.map_err(write)?;
        let folder = unpacked.path().join(game_name(path));
        fs::create_dir(&folder).map_err(write)?;
        if is_page {
            fs::copy(path, folder.join("index.html")).map_err(write)?;
        } else {
            let job = Job::new(0, notes, CancellationToken::new());
            match unpack::unpack(path, &folder, false, &job) {
                Err(ImportError::NoArchive) => return Ok(None),
                unpacked => unpacked?,
            };
        }
        Ok(Some(Self {
            folder,
            entry: None,
            _unpacked: Some(unpacked),
        }))
    }
}
