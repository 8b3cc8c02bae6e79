//! Games that are uploaded from a browser, or added by their URL: passes their pieces to the thread that imports them.

use std::collections::HashMap;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::StatusCode;
use tokio::sync::oneshot;

use crate::console::failure::Failure;
use crate::console::message::t;
use crate::import::download::DownloadLimits;
use crate::web_console::clerk::Clerk;
use crate::web_console::import_list::{ImportList, ImportStage};
use crate::web_console::importing::{ImportFrom, Piece, PieceRefused, Upload};

/// The most bytes of a piece. Small, so that it arrives within the time that a request's content may take.
pub(crate) const MOST_PIECE: usize = 1 << 20;

/// The most bytes of a source's name or address.
const MOST_NAME: usize = 2000;

/// The uploads under way. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Uploads {
    imports: ImportList,
    clerk: Clerk,
    pieces: Arc<Mutex<HashMap<u64, SyncSender<Piece>>>>,
}

impl Uploads {
    pub(crate) fn new(imports: ImportList, clerk: Clerk) -> Self {
        Self {
            imports,
            clerk,
            pieces: Arc::default(),
        }
    }

    /// Begins to import what is at an address; returns the import's number.
    ///
    /// # Errors
    /// If it is not an http(s) URL, or too many imports are under way.
    pub(crate) fn add(&self, url: &str, replaces: bool) -> Result<u64, Failure> {
        let is_web = ["http://", "https://"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        // Anything else would be a path of this machine.
        if !is_web || url.len() > MOST_NAME {
            return Err(Failure::usage(t!("web_console.bad_address")));
        }
        self.start(
            url,
            (ImportStage::Waiting, None),
            ImportFrom::Address(url.to_owned()),
            replaces,
        )
    }

    /// Begins an upload of this many bytes; returns the import's number.
    ///
    /// # Errors
    /// If it is too large, or too many imports are under way.
    pub(crate) fn begin(&self, name: &str, bytes: u64, replaces: bool) -> Result<u64, Failure> {
        if bytes > DownloadLimits::default().bytes || name.len() > MOST_NAME {
            return Err(Failure::usage(t!("web_console.too_large")));
        }
        let (sender, pieces) = sync_channel(1);
        let upload = Upload { bytes, pieces };
        let stage = (ImportStage::Uploading, Some(bytes));
        let number = self.start(name, stage, ImportFrom::Upload(upload), replaces)?;
        self.lock().insert(number, sender);
        Ok(number)
    }

    fn start(
        &self,
        name: &str,
        (stage, all): (ImportStage, Option<u64>),
        from: ImportFrom,
        replaces: bool,
    ) -> Result<u64, Failure> {
        let too_many = || Failure::failed(t!("web_console.too_many"));
        let listed = self.imports.begin(name.to_owned(), stage, all, replaces);
        let listed = listed.ok_or_else(too_many)?;
        match self.clerk.import(Arc::clone(&listed), from) {
            true => Ok(listed.number),
            false => {
                listed.end(ImportStage::Cancelled, None);
                Err(too_many())
            }
        }
    }

    /// Cancels an import; false if it is not under way.
    pub(crate) fn cancel(&self, number: u64) -> bool {
        // The cancellation first: the thread takes the end of the pieces for an interruption otherwise.
        let is_cancelled = self.imports.cancel(number);
        self.lock().remove(&number);
        is_cancelled
    }

    /// Passes a piece on; returns the bytes that have arrived.
    ///
    /// # Errors
    /// If there is no such upload any more, the piece does not follow, or it cannot be written: the status of the answer.
    pub(crate) async fn take(
        &self,
        number: u64,
        offset: u64,
        content: Bytes,
    ) -> Result<u64, StatusCode> {
        let sender = self.lock().get(&number).cloned();
        let sender = sender.ok_or(StatusCode::NOT_FOUND)?;
        let (taken, written) = oneshot::channel();
        let piece = Piece {
            offset,
            content,
            taken,
        };
        match sender.try_send(piece) {
            Ok(()) => {}
            // Pieces are sent one after the other.
            Err(TrySendError::Full(_)) => return Err(StatusCode::CONFLICT),
            Err(TrySendError::Disconnected(_)) => return Err(self.forget(number)),
        }
        match written.await {
            Ok(Ok(written)) => Ok(written),
            Ok(Err(PieceRefused::Misplaced)) => Err(StatusCode::CONFLICT),
            Ok(Err(PieceRefused::Disk)) => Err(StatusCode::INSUFFICIENT_STORAGE),
            Err(_) => Err(self.forget(number)),
        }
    }

    fn forget(&self, number: u64) -> StatusCode {
        self.lock().remove(&number);
        StatusCode::NOT_FOUND
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, SyncSender<Piece>>> {
        self.pieces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
