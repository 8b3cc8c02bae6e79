//! Response bodies: in memory, streamed from disk, or events.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::http::event_stream::Events;
use crate::http::unsent::{PieceSent, PieceShare, UNSENT_PIECES};
use crate::http::watch::Watch;
use crate::site::content::{Content, OpenFile};

/// The body of a response. Bytes in memory are shared, not copied.
#[derive(Debug, Default)]
pub enum Body {
    /// No content.
    #[default]
    Empty,
    /// A representation, a part of one, or a message.
    Memory(Bytes),
    /// A file read piece by piece, or the parts of a `multipart/byteranges`.
    Stream(Box<Stream>),
    /// Server-sent events.
    Events(Events),
    /// Content that is watched until the client has taken it.
    Watched(Box<WatchedBody>),
}

/// Pieces of content sent one after the other.
#[derive(Debug)]
pub struct Stream {
    pieces: VecDeque<Content>,
    left: u64,
    reading: Option<ReadingChunk>,
    /// The last piece, while memory for pieces is short: the next is read when it has been sent.
    unsent: Option<PieceSent>,
}

/// A body whose content is watched until the client has taken it.
#[derive(Debug)]
pub struct WatchedBody {
    body: Body,
    /// The part of the body's last piece that is not sent yet.
    rest: Bytes,
    watch: Watch,
}

/// A read on a blocking thread, which returns the file with the bytes.
type ReadingChunk = JoinHandle<(OpenFile, PieceShare, io::Result<Option<Bytes>>)>;

impl Body {
    /// A body of these pieces.
    pub fn stream(pieces: VecDeque<Content>) -> Self {
        Self::Stream(Box::new(Stream {
            left: pieces.iter().map(Content::len).sum(),
            pieces,
            reading: None,
            unsent: None,
        }))
    }

    /// The number of bytes left to send; `None` if unknown.
    pub fn length(&self) -> Option<u64> {
        match self {
            Self::Empty => Some(0),
            Self::Memory(bytes) => Some(bytes.len() as u64),
            Self::Stream(stream) => Some(stream.left),
            Self::Events(_) => None,
            Self::Watched(watched) => Some(watched.rest.len() as u64 + watched.body.length()?),
        }
    }

    /// The next piece of content.
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let piece = match self {
            Self::Empty => None,
            Self::Memory(bytes) => {
                let bytes = std::mem::take(bytes);
                *self = Self::Empty;
                (!bytes.is_empty()).then_some(Ok(bytes))
            }
            Self::Stream(stream) => ready!(stream.poll_next(context)),
            Self::Events(events) => ready!(events.poll_next(context)).map(Ok),
            Self::Watched(watched) => ready!(watched.poll_piece(context)),
        };
        Poll::Ready(piece)
    }

    /// Watches the body until the client has taken it.
    pub(crate) fn watch(&mut self, watch: impl FnOnce(&mut Watch)) {
        if !matches!(self, Self::Watched(_)) {
            *self = Self::Watched(Box::new(WatchedBody {
                body: std::mem::take(self),
                rest: Bytes::new(),
                watch: Watch::default(),
            }));
        }
        if let Self::Watched(watched) = self {
            watch(&mut watched.watch);
        }
    }
}

impl From<Content> for Body {
    fn from(content: Content) -> Self {
        match content {
            Content::Memory(bytes) => Self::Memory(bytes),
            Content::File(_) => Self::stream([content].into()),
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = ready!(self.poll_piece(context));
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.length() == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.length()
            .map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

impl WatchedBody {
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if self.rest.is_empty() {
            self.rest = match ready!(self.body.poll_piece(context)) {
                Some(Ok(bytes)) => bytes,
                end => return Poll::Ready(end),
            };
        }
        Poll::Ready(Some(Ok(self.watch.take_piece(&mut self.rest))))
    }
}

impl Stream {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            if let Some(reading) = &mut self.reading {
                let read = ready!(Pin::new(reading).poll(context));
                self.reading = None;
                match self.finish_read(read.map_err(io::Error::from)) {
                    Ok(None) => continue,
                    Ok(Some(piece)) => return self.send(piece),
                    Err(error) => {
                        self.pieces.clear();
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
            if let Some(unsent) = &mut self.unsent {
                let _ = ready!(Pin::new(unsent).poll(context));
                self.unsent = None;
            }
            match self.pieces.pop_front() {
                None => return Poll::Ready(None),
                Some(Content::Memory(piece)) if piece.is_empty() => {}
                Some(Content::Memory(piece)) => return self.send(piece),
                Some(Content::File(mut file)) => {
                    let (share, sent) = UNSENT_PIECES.take();
                    self.unsent = sent;
                    // Made and freed on one thread: otherwise each of many would keep freed pieces for itself.
                    let buffer = file.piece_buffer(share.length());
                    let read = move || {
                        let piece = file.read_piece_into(buffer);
                        (file, share, piece)
                    };
                    self.reading = Some(spawn_blocking(read));
                }
            }
        }
    }

    /// Takes a finished read, and puts the rest of its file back at the front.
    fn finish_read(
        &mut self,
        read: io::Result<(OpenFile, PieceShare, io::Result<Option<Bytes>>)>,
    ) -> io::Result<Option<Bytes>> {
        let (file, share, piece) = read?;
        if let Err(error) = &piece {
            // The response ends short, which the client sees by its length.
            tracing::warn!(event = "unreadable_file", path = file.name(), %error);
        }
        let piece = piece?;
        if piece.is_some() {
            self.pieces.push_front(Content::File(file));
        }
        Ok(piece.map(|piece| share.hold(piece)))
    }

    fn send(&mut self, piece: Bytes) -> Poll<Option<io::Result<Bytes>>> {
        self.left = self.left.saturating_sub(piece.len() as u64);
        Poll::Ready(Some(Ok(piece)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::pinned::Pinned;
    use crate::metrics::browsers::Browsers;
    use crate::metrics::page_load::BrowserVisit;
    use http_body_util::BodyExt;
    use std::fs::File;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_page_load_goes_on_until_its_last_piece_has_been_taken() {
        let browsers: &'static Browsers = Box::leak(Box::default());
        let visit = BrowserVisit { turn: 0, place: 0 };
        let load = browsers
            .begin(browsers.new_id(), visit, [127, 0, 0, 1].into())
            .unwrap();
        let length = 300 * 1024;
        let mut body = Body::Memory(vec![7; length].into());
        let transfer = load.transfer(length as u64);
        body.watch(|watch| watch.transfer = Some(transfer));
        assert_eq!(body.length(), Some(length as u64));
        let mut pieces = Vec::new();
        while let Some(piece) = body.frame().await {
            pieces.push(piece.unwrap().into_data().unwrap());
        }
        drop(body);
        assert_eq!(pieces.concat(), vec![7; length]);
        assert_eq!(pieces.len(), 2, "progress is seen within a file");
        let mut taken = 0;
        for piece in pieces {
            assert_eq!(browsers.now().loading[0].sent, taken);
            taken += piece.len() as u64;
        }
        assert_eq!(browsers.now().loading[0].sent, length as u64);
    }

    #[tokio::test]
    async fn a_failing_disk_ends_the_body_with_an_error() {
        let folder = tempfile::tempdir().unwrap();
        // Reading a file opened for writing only fails as a broken disk does.
        let file = File::create(folder.path().join("big")).unwrap();
        let broken = OpenFile::new(Pinned::ours(Arc::new(file)), "big", 0..10);
        let pieces = [
            Content::Memory("before".into()),
            Content::File(broken),
            Content::Memory("after".into()),
        ];
        let mut body = Body::stream(pieces.into());
        assert_eq!(body.length(), Some(21));
        let first = body.frame().await.unwrap().unwrap();
        assert_eq!(first.into_data().unwrap(), "before");
        assert!(body.frame().await.unwrap().is_err());
        assert!(body.frame().await.is_none());
    }
}
