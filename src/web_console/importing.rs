//! The thread of one import: it receives an upload, if there is one, and then does what `webserver add` does.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::console::describe::Describe;
use crate::import::batch;
use crate::import::download::DownloadLimits;
use crate::import::error::ImportError;
use crate::import::intake::{Intake, NewGame};
use crate::import::job::Job;
use crate::import::request::ImportRequest;
use crate::import::source::game_name;
use crate::import::store::Store;
use crate::web_console::import_list::{ImportStage, ListedImport};
use webserver::fs::budget::GameBudget;
use webserver::names::slug::slug_of;

/// The longest pause of an upload: a phone may have left the hall.
const PAUSE: Duration = Duration::from_secs(60);

/// The most characters of an uploaded file's name.
const MOST_NAME: usize = 100;

/// The source of an import.
#[derive(Debug)]
pub(crate) enum ImportFrom {
    Address(String),
    Upload(Upload),
}

/// A file that arrives piece by piece.
#[derive(Debug)]
pub(crate) struct Upload {
    pub bytes: u64,
    pub pieces: Receiver<Piece>,
}

/// A piece of an upload.
#[derive(Debug)]
pub(crate) struct Piece {
    /// Its place in the file.
    pub offset: u64,
    pub content: Bytes,
    /// The number of bytes that the server has now, or the reason it cannot take more.
    pub taken: oneshot::Sender<Result<u64, PieceRefused>>,
}

/// The reason to refuse a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PieceRefused {
    /// It does not follow the bytes received so far, or exceeds the stated size.
    Misplaced,
    /// The disk is full, or cannot be written to.
    Disk,
}

/// Imports, and ends the listed import. Returns the slug of the game that was added; leaves nothing if that fails or is
/// cancelled.
pub(crate) fn import(
    listed: &Arc<ListedImport>,
    from: ImportFrom,
    store: Result<Store, ImportError>,
) -> Option<String> {
    let result = store.and_then(|store| match from {
        ImportFrom::Address(address) => add(listed, address.into(), &store),
        ImportFrom::Upload(upload) => receive(listed, upload, &store),
    });
    let added = result.as_ref().ok().cloned();
    match result {
        Ok(slug) => listed.end(ImportStage::Added, Some(slug)),
        Err(_) if listed.cancellation.is_cancelled() => listed.end(ImportStage::Cancelled, None),
        Err(ImportError::Taken { slug }) => listed.end(ImportStage::Taken, Some(slug)),
        Err(error) => listed.end(ImportStage::Failed, Some(error.text())),
    }
    added
}

/// Writes the pieces to a hidden folder beside the library, and adds the file.
fn receive(
    listed: &Arc<ListedImport>,
    upload: Upload,
    store: &Store,
) -> Result<String, ImportError> {
    let job = Job::new(0, &**listed, listed.cancellation.clone());
    // Before gigabytes arrive in vain.
    let name = file_name(&listed.name);
    Intake::begin(store, listed.replaces)?.check(&NewGame {
        slug: slug_of(&game_name(&name)),
        title: None,
        name: listed.name.clone(),
    })?;
    let staging = store.prepare(&job)?;
    let path = staging.content().join(name);
    let mut file = File::create_new(&path).map_err(|error| ImportError::write(&path, error))?;
    let budget = GameBudget::on_disk_of(&staging.content(), None);
    let mut written = 0;
    while written < upload.bytes {
        let piece = upload.pieces.recv_timeout(PAUSE);
        // The console went away, or the host cancelled.
        let piece = piece.map_err(|_| ImportError::Interrupted)?;
        job.check()?;
        let length = piece.content.len() as u64;
        if piece.offset != written || length > upload.bytes - written {
            let _ = piece.taken.send(Err(PieceRefused::Misplaced));
            continue;
        }
        let saved = budget
            .write(length)
            .and_then(|()| file.write_all(&piece.content));
        if let Err(error) = saved {
            let _ = piece.taken.send(Err(PieceRefused::Disk));
            return Err(ImportError::write(&path, error));
        }
        written += length;
        listed.set_done(written);
        let _ = piece.taken.send(Ok(written));
    }
    drop(file);
    add(listed, path.into_os_string(), store)
}

/// Adds a source as `webserver add` does; returns the slug of the last game in it.
fn add(listed: &Arc<ListedImport>, source: OsString, store: &Store) -> Result<String, ImportError> {
    let request = ImportRequest {
        sources: vec![source],
        slugs: Vec::new(),
        titles: Vec::new(),
        jobs: 1,
        replace: listed.replaces,
        is_dry_run: false,
        limits: DownloadLimits::default(),
    };
    // Downloads connect and write files, which the runtime of the listeners must not.
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| ImportError::write(store.games(), error))?;
    let _context = runtime.enter();
    let outcomes = batch::add(&request, store, &**listed, &listed.cancellation)?;
    let mut last = Err(ImportError::Interrupted);
    for outcome in outcomes {
        last = Ok(outcome.result?.place.slug);
    }
    last
}

/// The last part of a name, with nothing in it that has a meaning in paths.
fn file_name(name: &str) -> PathBuf {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe = last.chars().filter(|c| !c.is_control()).take(MOST_NAME);
    let safe: String = safe.collect();
    match safe.trim_matches(['.', ' ']) {
        "" => "game".into(),
        safe => safe.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_leads_nowhere() {
        for (name, expected) in [
            ("game.zip", "game.zip"),
            ("../../etc/passwd", "passwd"),
            ("C:\\games\\a.zip", "a.zip"),
            ("..", "game"),
            (".hidden.zip", "hidden.zip"),
            ("", "game"),
            ("a\0b\n.zip", "ab.zip"),
            ("我的游戏.zip", "我的游戏.zip"),
        ] {
            assert_eq!(file_name(name), PathBuf::from(expected), "{name:?}");
        }
        assert_eq!(file_name(&"x".repeat(1000)).as_os_str().len(), MOST_NAME);
    }
}
