//! The watch on a response: it lasts until the client has taken the content, not only until hyper has.

use bytes::Bytes;

use crate::http::client_limit::ClientPermit;
use crate::metrics::page_load::Transfer;

/// The most bytes of a piece, so that progress is seen within a large file.
const MAX_PIECE: usize = 256 * 1024;

/// The watch on a response, held by its body and by each piece on its way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    /// The page load that it belongs to.
    pub transfer: Option<Transfer>,
    /// The permit of a client behind a proxy.
    pub permit: Option<ClientPermit>,
}

/// A piece of content. hyper drops it when the connection has taken it.
struct WatchedPiece {
    bytes: Bytes,
    watch: Watch,
}

impl Watch {
    /// Takes the first bytes of content as a piece that is watched.
    pub(crate) fn take_piece(&self, content: &mut Bytes) -> Bytes {
        let bytes = content.split_to(content.len().min(MAX_PIECE));
        let watch = self.clone();
        Bytes::from_owner(WatchedPiece { bytes, watch })
    }
}

impl AsRef<[u8]> for WatchedPiece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for WatchedPiece {
    fn drop(&mut self) {
        if let Some(transfer) = &self.watch.transfer {
            transfer.record_sent(self.bytes.len());
        }
    }
}
