//! The bytes of an answer on their way out.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use rust_i18n::t;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::http::event_stream::Events;
use crate::site::content::{Content, OpenFile};

/// The content of an answer. Its length is known but for events, and nothing that is in memory is copied.
#[derive(Debug, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// A representation, a part of one, or a message.
    Memory(Bytes),
    /// What is read from disk piece by piece, and the parts of a `multipart/byteranges`.
    Stream(Box<Stream>),
    /// Events, for as long as there are any.
    Events(Events),
}

/// Pieces of content, sent one after the other.
#[derive(Debug)]
pub struct Stream {
    pieces: VecDeque<Content>,
    left: u64,
    reading: Option<ReadingChunk>,
}

/// A file comes back from the thread that reads it together with what was read.
type ReadingChunk = JoinHandle<(OpenFile, io::Result<Option<Bytes>>)>;

impl Body {
    /// These pieces, one after the other.
    pub fn stream(pieces: VecDeque<Content>) -> Self {
        Self::Stream(Box::new(Stream {
            left: pieces.iter().map(Content::len).sum(),
            pieces,
            reading: None,
        }))
    }

    /// How many bytes are still to be sent; `None` when nobody knows.
    pub fn length(&self) -> Option<u64> {
        match self {
            Self::Empty => Some(0),
            Self::Memory(bytes) => Some(bytes.len() as u64),
            Self::Stream(stream) => Some(stream.left),
            Self::Events(_) => None,
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
        let piece = match &mut *self {
            Self::Empty => None,
            Self::Memory(bytes) => {
                let bytes = std::mem::take(bytes);
                *self = Self::Empty;
                (!bytes.is_empty()).then_some(Ok(bytes))
            }
            Self::Stream(stream) => ready!(stream.poll_next(context)),
            Self::Events(events) => ready!(events.poll_next(context)).map(Ok),
        };
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

impl Stream {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            if let Some(reading) = &mut self.reading {
                let read = ready!(Pin::new(reading).poll(context));
                self.reading = None;
                match self.take_up(read.map_err(io::Error::from)) {
                    Ok(None) => continue,
                    Ok(Some(piece)) => return self.pass_on(piece),
                    Err(error) => {
                        self.pieces.clear();
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
            match self.pieces.pop_front() {
                None => return Poll::Ready(None),
                Some(Content::Memory(piece)) if piece.is_empty() => {}
                Some(Content::Memory(piece)) => return self.pass_on(piece),
                Some(Content::File(mut file)) => {
                    let read = move || {
                        let piece = file.read_piece();
                        (file, piece)
                    };
                    self.reading = Some(spawn_blocking(read));
                }
            }
        }
    }

    /// What was read, with the rest of its file put back in front.
    fn take_up(
        &mut self,
        read: io::Result<(OpenFile, io::Result<Option<Bytes>>)>,
    ) -> io::Result<Option<Bytes>> {
        let (file, piece) = read?;
        if let Err(error) = &piece {
            // The answer ends short, which the client sees by its length.
            tracing::warn!(
                "{}",
                t!("source.unreadable", path = file.name(), error = error)
            );
        }
        let piece = piece?;
        if piece.is_some() {
            self.pieces.push_front(Content::File(file));
        }
        Ok(piece)
    }

    fn pass_on(&mut self, piece: Bytes) -> Poll<Option<io::Result<Bytes>>> {
        self.left = self.left.saturating_sub(piece.len() as u64);
        Poll::Ready(Some(Ok(piece)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::pinned::Pinned;
    use http_body_util::BodyExt;
    use std::fs::File;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_disk_that_fails_ends_the_answer_short() {
        let folder = tempfile::tempdir().unwrap();
        // A file that is open for writing alone stands for a disk that cannot be read.
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
