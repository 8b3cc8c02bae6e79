//! The tries of a download. One that received bytes does not count, nor does a wait that the server asked for.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::import::error::{DownloadError, ImportError};
use crate::import::http_response::AttemptFailure;
use crate::import::job::{Job, Note, Step};

/// The longest time that a server may ask to wait, in all.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// The tries that are left.
pub(crate) struct Tries<'a> {
    pauses: &'a [Duration],
    /// The number of tries without progress.
    failed: usize,
    /// The most bytes that any try had.
    most: u64,
    waited: Duration,
    job: &'a Job<'a>,
}

impl<'a> Tries<'a> {
    /// Allows one try, and another after each pause.
    pub(crate) fn new(pauses: &'a [Duration], job: &'a Job<'a>) -> Self {
        Self {
            pauses,
            failed: 0,
            most: 0,
            waited: Duration::ZERO,
            job,
        }
    }

    /// Waits until the next try, after one that ended with `length` bytes.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn next(
        &mut self,
        failure: AttemptFailure,
        length: u64,
    ) -> Result<(), ImportError> {
        let error = match failure {
            AttemptFailure::Permanent(error) => return Err(error),
            AttemptFailure::Busy { error, wait } => return self.wait(error, wait).await,
            AttemptFailure::Temporary(error) => error,
        };
        if length > self.most {
            self.most = length;
            self.failed = 0;
        }
        let Some(pause) = self.pauses.get(self.failed) else {
            return Err(error);
        };
        self.failed += 1;
        self.job.note(&Note::Broken(error));
        sleep(*pause).await;
        Ok(())
    }

    async fn wait(&mut self, error: ImportError, wait: Duration) -> Result<(), ImportError> {
        let wait = wait.max(Duration::from_secs(1));
        self.waited = self.waited.saturating_add(wait);
        if self.waited > LONGEST_WAIT {
            let seconds = wait.as_secs();
            return Err(ImportError::Download(DownloadError::Busy { seconds }));
        }
        self.job.note(&Note::Broken(error));
        self.job.begin(Step::Waiting(Instant::now() + wait), None);
        sleep(wait).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::job::ProgressSink;
    use tokio_util::sync::CancellationToken;

    struct NoNotes;

    impl ProgressSink for NoNotes {
        fn begin(&self, _: usize, _: Step, _: Option<u64>) {}
        fn advance(&self, _: usize, _: u64) {}
        fn note(&self, _: usize, _: &Note) {}
        fn end(&self, _: usize) {}
    }

    fn broken() -> AttemptFailure {
        AttemptFailure::Temporary(ImportError::NoArchive)
    }

    fn busy(seconds: u64) -> AttemptFailure {
        AttemptFailure::Busy {
            error: ImportError::NoArchive,
            wait: Duration::from_secs(seconds),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn only_tries_without_progress_count() {
        let job = Job::new(0, &NoNotes, CancellationToken::new());
        let pauses = [Duration::from_secs(1), Duration::from_secs(3)];
        let mut tries = Tries::new(&pauses, &job);
        for length in 1..20 {
            assert!(tries.next(broken(), length).await.is_ok());
        }
        assert!(tries.next(broken(), 19).await.is_ok());
        // From the start again, and not as far as before.
        assert!(tries.next(broken(), 10).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_may_ask_to_wait_two_minutes_in_all() {
        let job = Job::new(0, &NoNotes, CancellationToken::new());
        let begin = tokio::time::Instant::now();
        let mut tries = Tries::new(&[], &job);
        assert!(tries.next(busy(60), 0).await.is_ok());
        assert!(tries.next(busy(0), 0).await.is_ok());
        assert!(tries.next(busy(59), 0).await.is_ok());
        assert_eq!(begin.elapsed().as_secs(), 120);
        let ended = tries.next(busy(1), 0).await;
        assert!(matches!(
            ended,
            Err(ImportError::Download(DownloadError::Busy { seconds: 1 }))
        ));
        assert!(Tries::new(&[], &job).next(busy(121), 0).await.is_err());
        assert_eq!(begin.elapsed().as_secs(), 120);
    }
}
