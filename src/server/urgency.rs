//! The order of the answers on an HTTP/2 connection: content that a page needs first goes first, as its browser says by
//! the `Priority` field (RFC 9218). What is handed over to h2 is sent in turn, so little is handed over at a time, and the
//! most urgent answer that has content goes next.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;
use tokio::time::{Timeout, timeout};

/// The levels of urgency (RFC 9218, 4.1): 0 is the most urgent, and 3 is meant where nothing is said.
const LEVELS: usize = 8;
const DEFAULT: usize = 3;

/// The bytes beyond which no more are handed over until some are written.
const ROOM: usize = 128 * 1024;

/// The time after which an answer goes on without room if nothing has moved: the client may have paused the streams whose
/// content takes the room.
const PATIENCE: Duration = Duration::from_secs(2);

/// The urgency of a request, by its `Priority` fields. One that cannot be read counts as none.
pub(crate) fn urgency(fields: &HeaderMap) -> usize {
    let fields = fields.get_all("priority").iter();
    let members = fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b','));
    let mut levels = members.filter_map(|member| match member.trim_ascii() {
        [b'u', b'=', level @ b'0'..=b'7'] | [b'u', b'=', level @ b'0'..=b'7', b';', ..] => {
            Some(usize::from(level - b'0'))
        }
        _ => None,
    });
    // The last member of a name counts (RFC 9651, 4.2.2).
    levels.next_back().unwrap_or(DEFAULT)
}

/// The answers of a connection that have content to hand over. Room and those who wait for it are counted in one order on
/// all threads: else one that begins to wait and a piece that is written might not see each other.
#[derive(Debug, Default)]
pub(crate) struct Order {
    /// The bytes that were handed over and are not written yet.
    unsent: AtomicUsize,
    /// The pieces that were written, or dropped with their stream.
    written: AtomicUsize,
    levels: [UrgencyLevel; LEVELS],
}

/// The answers of one urgency that wait for room.
#[derive(Debug, Default)]
struct UrgencyLevel {
    waiting: AtomicUsize,
    has_room: Arc<Notify>,
}

/// The place of an answer in the order of its connection.
pub(crate) struct Turn {
    order: Arc<Order>,
    urgency: usize,
    waiting: Option<TurnWait>,
    /// The pieces that were written when it went on although there was no room. It waits again once more are.
    passed_at: Option<usize>,
}

/// A wait for room.
struct TurnWait {
    /// The pieces that were written when it began.
    written: usize,
    /// Ready with an error after [`PATIENCE`].
    room: Pin<Box<Timeout<OwnedNotified>>>,
}

/// A piece on its way, which takes room until h2 drops it.
struct OrderedPiece {
    bytes: Bytes,
    order: Arc<Order>,
}

impl Order {
    /// A place for an answer.
    pub(crate) fn place(self: &Arc<Self>, urgency: usize) -> Turn {
        Turn {
            order: Arc::clone(self),
            urgency,
            waiting: None,
            passed_at: None,
        }
    }

    /// True if an answer of this urgency may hand over a piece.
    fn is_next(&self, urgency: usize) -> bool {
        let has_waiting = |level: &UrgencyLevel| level.waiting.load(Ordering::SeqCst) > 0;
        self.unsent.load(Ordering::SeqCst) < ROOM && !self.levels[..urgency].iter().any(has_waiting)
    }

    /// Wakes the most urgent answer that waits, if there is room.
    fn wake_next(&self) {
        if self.unsent.load(Ordering::SeqCst) >= ROOM {
            return;
        }
        let mut levels = self.levels.iter();
        if let Some(next) = levels.find(|level| level.waiting.load(Ordering::SeqCst) > 0) {
            next.has_room.notify_one();
        }
    }
}

impl Turn {
    /// Waits until there is room and nothing more urgent waits, or nothing has moved for [`PATIENCE`]. The piece must be
    /// handed over at once after it.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let written = self.order.written.load(Ordering::Relaxed);
            if self.order.is_next(self.urgency) || self.passed_at == Some(written) {
                self.leave();
                return Poll::Ready(());
            }
            let level = &self.order.levels[self.urgency];
            let waiting = self.waiting.get_or_insert_with(|| {
                level.waiting.fetch_add(1, Ordering::SeqCst);
                let room = Arc::clone(&level.has_room).notified_owned();
                let room = Box::pin(timeout(PATIENCE, room));
                TurnWait { written, room }
            });
            match waiting.room.as_mut().poll(context) {
                // Room may have come before the wait began.
                Poll::Pending if self.order.is_next(self.urgency) => continue,
                Poll::Pending => return Poll::Pending,
                // Others may have taken the room since.
                Poll::Ready(Ok(())) => {}
                // It passes only if nothing has been written meanwhile.
                Poll::Ready(Err(_)) => self.passed_at = Some(waiting.written),
            }
            self.leave();
        }
    }

    /// Ends a wait; returns true if there was one.
    fn leave(&mut self) -> bool {
        let has_waited = self.waiting.take().is_some();
        if has_waited {
            let level = &self.order.levels[self.urgency];
            level.waiting.fetch_sub(1, Ordering::SeqCst);
        }
        has_waited
    }

    /// A piece that is handed over: it takes room until it is written.
    pub(crate) fn hand_over(&self, bytes: Bytes) -> Bytes {
        self.order.unsent.fetch_add(bytes.len(), Ordering::SeqCst);
        self.order.wake_next();
        let order = Arc::clone(&self.order);
        Bytes::from_owner(OrderedPiece { bytes, order })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.leave() {
            self.order.wake_next();
        }
    }
}

impl AsRef<[u8]> for OrderedPiece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for OrderedPiece {
    fn drop(&mut self) {
        let length = self.bytes.len();
        self.order.unsent.fetch_sub(length, Ordering::SeqCst);
        self.order.written.fetch_add(1, Ordering::Relaxed);
        self.order.wake_next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use tokio::time::Instant;

    #[test]
    fn the_urgency_is_read_as_rfc_9218_defines() {
        for (fields, expected) in [
            (&[][..], 3),
            (&["u=0"], 0),
            (&["u=5, i"], 5),
            (&["i, u=1"], 1),
            (&["i"], 3),
            (&["u=7;x=1"], 7),
            (&["u=1, u=4"], 4),
            (&["u=6", "u=2"], 2),
            (&["u=8"], 3),
            (&["u=-1"], 3),
            (&["u=10"], 3),
            (&["u=\"1\""], 3),
            (&["\u{fffd}"], 3),
        ] {
            let mut map = HeaderMap::new();
            for field in fields {
                map.append(
                    "priority",
                    http::HeaderValue::from_bytes(field.as_bytes()).unwrap(),
                );
            }
            assert_eq!(urgency(&map), expected, "{fields:?}");
        }
    }

    async fn waits(turn: &mut Turn) -> Duration {
        let start = Instant::now();
        poll_fn(|context| turn.poll(context)).await;
        start.elapsed()
    }

    fn piece(length: usize) -> Bytes {
        vec![0; length].into()
    }

    #[tokio::test(start_paused = true)]
    async fn the_most_urgent_answer_that_waits_gets_the_room() {
        let order = Arc::new(Order::default());
        let mut picture = order.place(5);
        assert_eq!(waits(&mut picture).await, Duration::ZERO, "room");
        let sent = picture.hand_over(piece(ROOM));
        let (said, mut heard) = tokio::sync::mpsc::unbounded_channel();
        for (urgency, name) in [(5, "picture"), (1, "script"), (7, "data"), (1, "style")] {
            let (mut turn, said) = (order.place(urgency), said.clone());
            tokio::spawn(async move {
                waits(&mut turn).await;
                said.send((name, turn.hand_over(piece(ROOM)))).unwrap();
            });
            tokio::task::yield_now().await;
        }
        drop(sent);
        for expected in ["script", "style", "picture", "data"] {
            let (name, sent) = heard.recv().await.unwrap();
            assert_eq!(name, expected);
            assert!(heard.try_recv().is_err(), "one at a time");
            drop(sent);
        }
        assert_eq!(order.unsent.load(Ordering::SeqCst), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn room_that_others_took_is_waited_for_again() {
        let order = Arc::new(Order::default());
        let sent = order.place(5).hand_over(piece(ROOM));
        let mut picture = order.place(5);
        let waited = tokio::spawn(async move { waits(&mut picture).await });
        tokio::task::yield_now().await;
        // It is woken, and finds the room taken.
        order.levels[5].has_room.notify_one();
        tokio::time::sleep(PATIENCE / 2).await;
        assert!(!waited.is_finished());
        drop(sent);
        assert!(waited.await.unwrap() < PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_waits_and_is_gone_leaves_its_turn_to_the_next() {
        let order = Arc::new(Order::default());
        let sent = order.place(3).hand_over(piece(ROOM));
        let (mut script, mut picture) = (order.place(1), order.place(5));
        let polled = poll_fn(|context| Poll::Ready(script.poll(context).is_pending()));
        assert!(polled.await);
        let picture = tokio::spawn(async move { waits(&mut picture).await });
        tokio::task::yield_now().await;
        drop(sent);
        tokio::task::yield_now().await;
        drop(script);
        assert_eq!(picture.await.unwrap(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_the_client_has_paused_keeps_the_others_back_once() {
        let order = Arc::new(Order::default());
        let paused = order.place(1).hand_over(piece(ROOM));
        let mut picture = order.place(5);
        let waited = waits(&mut picture).await;
        assert!((PATIENCE..2 * PATIENCE).contains(&waited), "{waited:?}");
        let sent = picture.hand_over(piece(1000));
        assert_eq!(waits(&mut picture).await, Duration::ZERO, "once");
        drop(sent);
        let waited = waits(&mut picture).await;
        assert!((PATIENCE..2 * PATIENCE).contains(&waited), "{waited:?}");
        drop(paused);
        assert_eq!(waits(&mut picture).await, Duration::ZERO);
    }
}
