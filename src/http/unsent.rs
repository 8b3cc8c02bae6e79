//! The memory for pieces of files on disk that are read, but not sent: one budget for all connections. A client that
//! reads slowly holds its piece for as long, so pieces become small once many are held, and an answer has only one of
//! those at a time.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::site::content::PIECE;

/// The bytes up to which pieces are large.
const PLENTY: usize = 24 << 20;

/// The bytes up to which pieces have a middle length, and this length.
const ENOUGH: usize = 32 << 20;
const MIDDLE_PIECE: usize = 16 << 10;

/// The length beyond: 4,096 of them are 16 MiB.
const SMALL_PIECE: usize = 4 << 10;

/// The budget of the process.
pub(crate) static UNSENT_PIECES: UnsentPieces = UnsentPieces(AtomicUsize::new(0));

/// The bytes held.
#[derive(Debug)]
pub(crate) struct UnsentPieces(AtomicUsize);

/// A part of the budget for one piece; given back when dropped.
#[derive(Debug)]
pub(crate) struct PieceShare {
    budget: &'static UnsentPieces,
    length: usize,
    /// Closed when the piece has been sent.
    sent: Option<oneshot::Sender<()>>,
}

/// Ready when a piece has been sent; its result says nothing.
pub(crate) type PieceSent = oneshot::Receiver<()>;

impl UnsentPieces {
    /// Takes the share of the next piece. When few are left, the piece after it has to wait until it is sent.
    pub(crate) fn take(&'static self) -> (PieceShare, Option<PieceSent>) {
        let held = self.0.fetch_add(PIECE, Ordering::Relaxed);
        let mut share = PieceShare {
            budget: self,
            length: PIECE,
            sent: None,
        };
        if held + PIECE <= PLENTY {
            return (share, None);
        }
        share.shrink(match held + MIDDLE_PIECE <= ENOUGH {
            true => MIDDLE_PIECE,
            false => SMALL_PIECE,
        });
        let (sender, sent) = oneshot::channel();
        share.sent = Some(sender);
        (share, Some(sent))
    }
}

impl PieceShare {
    /// The most bytes of the piece.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Gives back what a piece does not need.
    fn shrink(&mut self, length: usize) {
        let unused = self.length.saturating_sub(length);
        self.budget.0.fetch_sub(unused, Ordering::Relaxed);
        self.length -= unused;
    }

    /// The piece, which holds its share until its last byte is sent.
    pub(crate) fn hold(mut self, piece: Bytes) -> Bytes {
        self.shrink(piece.len());
        Bytes::from_owner(HeldPiece {
            piece,
            _share: self,
        })
    }
}

impl Drop for PieceShare {
    fn drop(&mut self) {
        self.budget.0.fetch_sub(self.length, Ordering::Relaxed);
    }
}

struct HeldPiece {
    piece: Bytes,
    _share: PieceShare,
}

impl AsRef<[u8]> for HeldPiece {
    fn as_ref(&self) -> &[u8] {
        &self.piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot::error::TryRecvError;

    #[test]
    fn pieces_become_small_when_many_are_held_and_large_again_when_they_are_sent() {
        let budget: &UnsentPieces = Box::leak(Box::new(UnsentPieces(AtomicUsize::new(0))));
        let held = || budget.0.load(Ordering::Relaxed);
        let read = || {
            let (share, sent) = budget.take();
            let piece = vec![0; share.length()];
            (share.hold(piece.into()), sent)
        };
        let readers = 5000;
        let mut pieces: Vec<_> = (0..readers).map(|_| read()).collect();
        let count = |length| {
            pieces
                .iter()
                .filter(|(piece, _)| piece.len() == length)
                .count()
        };
        let counts = [PIECE, MIDDLE_PIECE, SMALL_PIECE].map(count);
        assert_eq!(counts, [96, 512, readers - 96 - 512]);
        let is_announced =
            |(piece, sent): &(Bytes, Option<PieceSent>)| sent.is_some() == (piece.len() < PIECE);
        assert!(pieces.iter().all(is_announced));
        assert_eq!(
            held(),
            pieces.iter().map(|(piece, _)| piece.len()).sum::<usize>()
        );
        assert!(held() <= ENOUGH + readers * SMALL_PIECE, "{}", held());
        // A part that waits holds the whole piece.
        let (mut small, sent) = pieces.swap_remove(readers - 1);
        let mut sent = sent.unwrap();
        let rest = small.split_off(SMALL_PIECE - 1);
        drop((pieces, small));
        assert_eq!(held(), SMALL_PIECE);
        assert_eq!(sent.try_recv(), Err(TryRecvError::Empty));
        drop(rest);
        assert_eq!(sent.try_recv(), Err(TryRecvError::Closed));
        assert_eq!(held(), 0);
        // The end of a file is shorter than its share; one that cannot be read needs none.
        let end = budget.take().0.hold(Bytes::from_static(b"end"));
        assert_eq!(held(), end.len());
        drop(budget.take());
        assert_eq!((held(), read().0.len()), (end.len(), PIECE));
    }
}
