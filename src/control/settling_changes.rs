//! Changes that arrive in bursts, reported once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// The time without changes after which a change is reported: a build tool writes hundreds of files.
pub(super) const QUIET: Duration = Duration::from_millis(500);

/// The time after which a change is reported even if others follow.
pub(super) const MAX_WAIT: Duration = Duration::from_secs(30);

/// Changes that count once no other follows for [`QUIET`].
#[derive(Debug, Default)]
pub(super) struct SettlingChanges {
    pub(super) changes: Arc<Notify>,
    pub(super) until: Option<Instant>,
    /// The time of the first change that has not been reported.
    since: Option<Instant>,
}

impl SettlingChanges {
    pub(super) fn record(&self) {
        self.changes.notify_one();
    }

    /// Waits for a change that no other has followed for [`QUIET`], and returns true; or for [`MAX_WAIT`] after the
    /// first change, and returns false. Cancel safe.
    pub(super) async fn settled(&mut self) -> bool {
        loop {
            match self.until {
                None => self.changes.notified().await,
                Some(until) => tokio::select! {
                    biased;
                    () = self.changes.notified() => {}
                    () = sleep_until(until) => {
                        self.until = None;
                        let waited = self.since.take().map(|since| since.elapsed());
                        return waited.is_none_or(|waited| waited < MAX_WAIT);
                    }
                },
            }
            let now = Instant::now();
            let since = *self.since.get_or_insert(now);
            self.until = Some((now + QUIET).min(since + MAX_WAIT));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{sleep, timeout};

    #[tokio::test(start_paused = true)]
    async fn changes_in_a_row_are_reported_once_half_a_second_after_the_last() {
        let mut settling = SettlingChanges::default();
        let start = Instant::now();
        let changes = Arc::clone(&settling.changes);
        tokio::spawn(async move {
            for _ in 0..100 {
                changes.notify_one();
                sleep(Duration::from_millis(30)).await;
            }
        });
        // Cancelled again and again, as by an event loop.
        let mut cancelled = 0;
        while timeout(Duration::from_millis(7), settling.settled())
            .await
            .is_err()
        {
            cancelled += 1;
        }
        assert!(cancelled > 100);
        let last_change = Duration::from_millis(99 * 30);
        let late = start.elapsed() - last_change - QUIET;
        assert!(late < Duration::from_millis(10), "{late:?}");
        assert!(
            timeout(2 * MAX_WAIT, settling.settled()).await.is_err(),
            "once"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn changes_that_never_settle_are_reported_after_30_seconds() {
        let mut settling = SettlingChanges::default();
        let changes = Arc::clone(&settling.changes);
        tokio::spawn(async move {
            loop {
                changes.notify_one();
                sleep(QUIET / 2).await;
            }
        });
        let start = Instant::now();
        assert!(!settling.settled().await);
        assert!(start.elapsed() >= MAX_WAIT);
        assert!(start.elapsed() < MAX_WAIT + QUIET);
    }
}
