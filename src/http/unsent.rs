//! The memory for pieces of files on disk that are read, but not sent: one budget for all connections. A client that
//! reads slowly holds its piece for as long, so pieces become small once many are held; none has to wait.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

use crate::site::content::PIECE;

/// The bytes up to which pieces are large.
const PLENTY: usize = 32 << 20;

/// The length of a small piece: 4,096 of them are 64 MiB.
const SMALL_PIECE: usize = 16 << 10;

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
}

impl UnsentPieces {
    /// Takes the share of the next piece.
    pub(crate) fn take(&'static self) -> PieceShare {
        let held = self.0.fetch_add(PIECE, Ordering::Relaxed);
        let mut share = PieceShare {
            budget: self,
            length: PIECE,
        };
        if held + PIECE > PLENTY {
            share.shrink(SMALL_PIECE);
        }
        share
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

    #[test]
    fn pieces_become_small_when_many_are_held_and_large_again_when_they_are_sent() {
        let budget: &UnsentPieces = Box::leak(Box::new(UnsentPieces(AtomicUsize::new(0))));
        let held = || budget.0.load(Ordering::Relaxed);
        let read = || {
            let share = budget.take();
            let piece = vec![0; share.length()];
            share.hold(piece.into())
        };
        let mut pieces: Vec<_> = (0..PLENTY / PIECE + 4096).map(|_| read()).collect();
        assert_eq!(pieces[0].len(), PIECE);
        assert_eq!(pieces.last().map(Bytes::len), Some(SMALL_PIECE));
        assert_eq!(held(), pieces.iter().map(Bytes::len).sum::<usize>());
        assert!(held() <= PLENTY + 4096 * SMALL_PIECE, "{}", held());
        // A part that waits holds the whole piece.
        let rest = pieces[0].split_off(PIECE - 1);
        drop(pieces);
        assert_eq!(held(), PIECE);
        drop(rest);
        assert_eq!(held(), 0);
        // The end of a file is shorter than its share; one that cannot be read needs none.
        let end = budget.take().hold(Bytes::from_static(b"end"));
        assert_eq!(held(), end.len());
        drop(budget.take());
        assert_eq!((held(), read().len()), (end.len(), PIECE));
    }
}
