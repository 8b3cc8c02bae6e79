//! The order of the answers on an HTTP/2 connection: content that a page needs first goes first, as its browser says by
//! the `Priority` field (RFC 9218). Only small answers go before others: a game's data of many megabytes is as urgent to a
//! browser as its scripts, and would keep the picture of the loading screen back.

use std::array;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use http::HeaderMap;
use tokio::sync::Notify;
use tokio::time::timeout;

/// The levels of urgency (RFC 9218, 4.1): 0 is the most urgent, and 3 is meant where nothing is said.
const LEVELS: usize = 8;
const DEFAULT: usize = 3;

/// The longest answer that others wait for, in bytes.
const SMALL: u64 = 1024 * 1024;

/// The time after which an answer goes on although more urgent ones are open, if none of them has moved: the client may
/// have paused their streams. A piece of content takes as long at 1 Mbit/s.
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

/// The small answers of a connection that are not handed over yet.
#[derive(Debug)]
pub(crate) struct Order {
    /// Their number, of each urgency.
    open: [AtomicU32; LEVELS],
    /// The pieces that were handed over of each urgency.
    pieces: [AtomicU64; LEVELS],
    /// Notified when one of them ends.
    ended: Arc<Notify>,
}

/// The place of an answer in the order of its connection, until all its content is handed over.
pub(crate) struct Turn {
    order: Arc<Order>,
    urgency: usize,
    is_open: bool,
    waiting: Option<TurnWait>,
    /// The pieces of more urgent answers when it went on without them. It waits again once they move.
    passed_at: Option<u64>,
}

/// A wait for more urgent answers.
struct TurnWait {
    /// The pieces of more urgent answers when it began.
    pieces: u64,
    ended: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Default for Order {
    fn default() -> Self {
        Self {
            open: array::from_fn(|_| AtomicU32::new(0)),
            pieces: array::from_fn(|_| AtomicU64::new(0)),
            ended: Arc::default(),
        }
    }
}

impl Order {
    /// A place for an answer of this many bytes; `None` if it has no end.
    pub(crate) fn place(self: &Arc<Self>, urgency: usize, length: Option<u64>) -> Turn {
        let is_open = length.is_some_and(|length| (1..=SMALL).contains(&length));
        if is_open {
            self.open[urgency].fetch_add(1, Ordering::Relaxed);
        }
        Turn {
            order: Arc::clone(self),
            urgency,
            is_open,
            waiting: None,
            passed_at: None,
        }
    }

    fn has_more_urgent(&self, urgency: usize) -> bool {
        let open = self.open[..urgency].iter();
        { open }.any(|count| count.load(Ordering::Relaxed) > 0)
    }

    fn pieces(&self, urgency: usize) -> u64 {
        let pieces = self.pieces[..urgency].iter();
        pieces.map(|count| count.load(Ordering::Relaxed)).sum()
    }
}

impl Turn {
    /// Waits until no small answer that is more urgent is open, or none of them has moved for [`PATIENCE`].
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while self.order.has_more_urgent(self.urgency) {
            let pieces = self.order.pieces(self.urgency);
            if self.passed_at == Some(pieces) {
                break;
            }
            let waiting = self.waiting.get_or_insert_with(|| {
                let ended = Arc::clone(&self.order.ended).notified_owned();
                TurnWait {
                    pieces,
                    ended: Box::pin(async { drop(timeout(PATIENCE, ended).await) }),
                }
            });
            // One may have ended before the wait began.
            if !self.order.has_more_urgent(self.urgency) {
                break;
            }
            if waiting.ended.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.passed_at = Some(waiting.pieces);
            self.waiting = None;
        }
        self.waiting = None;
        Poll::Ready(())
    }

    /// Notes a piece that was handed over, perhaps the last.
    pub(crate) fn record_piece(&mut self, is_last: bool) {
        self.order.pieces[self.urgency].fetch_add(1, Ordering::Relaxed);
        if is_last {
            self.end();
        }
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.is_open) {
            self.order.open[self.urgency].fetch_sub(1, Ordering::Relaxed);
            self.order.ended.notify_waiters();
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.end();
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

    #[tokio::test(start_paused = true)]
    async fn an_answer_waits_for_small_ones_that_are_more_urgent_and_for_no_others() {
        let order = Arc::new(Order::default());
        let small = Some(1000);
        let mut picture = order.place(5, small);
        assert_eq!(waits(&mut picture).await, Duration::ZERO, "alone");
        let others = [
            order.place(5, small),
            order.place(6, small),
            order.place(0, Some(50 << 20)),
            order.place(0, Some(0)),
            order.place(0, None),
        ];
        assert_eq!(waits(&mut picture).await, Duration::ZERO, "beside others");
        let mut script = order.place(1, small);
        assert_eq!(waits(&mut script).await, Duration::ZERO, "the most urgent");
        tokio::spawn(async move {
            for last in [false, false, true] {
                tokio::time::sleep(PATIENCE - Duration::from_millis(10)).await;
                script.record_piece(last);
            }
        });
        let waited = waits(&mut picture).await;
        assert!((2 * PATIENCE..3 * PATIENCE).contains(&waited), "{waited:?}");
        drop(others);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_whose_stream_is_paused_or_gone_keeps_no_other_back() {
        let order = Arc::new(Order::default());
        let mut picture = order.place(5, Some(1000));
        let paused = order.place(1, Some(1000));
        let waited = waits(&mut picture).await;
        assert!((PATIENCE..2 * PATIENCE).contains(&waited), "{waited:?}");
        assert_eq!(waits(&mut picture).await, Duration::ZERO, "once");
        let mut moving = order.place(2, Some(1000));
        moving.record_piece(false);
        tokio::spawn(async move {
            tokio::time::sleep(PATIENCE / 2).await;
            drop((paused, moving));
        });
        let waited = waits(&mut picture).await;
        assert!((PATIENCE / 2..PATIENCE).contains(&waited), "{waited:?}");
        assert_eq!(waits(&mut picture).await, Duration::ZERO);
    }
}
