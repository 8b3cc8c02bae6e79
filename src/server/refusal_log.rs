//! The log of refused connections.

use std::net::IpAddr;

use tokio::time::{Instant, sleep_until};

use crate::server::admission::{LOG_INTERVAL, Refused};

/// Counts refused connections, and logs their number at most once a second.
#[derive(Debug, Default)]
pub(crate) struct RefusalLog {
    count: u64,
    /// The address and the limit of the latest one.
    latest: Option<(IpAddr, Refused)>,
    logged: Option<Instant>,
}

impl RefusalLog {
    /// Counts a refused connection.
    pub(crate) fn count(&mut self, address: IpAddr, limit: Refused) {
        self.count += 1;
        self.latest = Some((address, limit));
    }

    /// Waits until there are refusals to log, and logs them.
    pub(crate) async fn log(&mut self) {
        let Some((address, refused)) = self.latest else {
            return std::future::pending().await;
        };
        if let Some(logged) = self.logged {
            sleep_until(logged + LOG_INTERVAL).await;
        }
        self.logged = Some(Instant::now());
        self.latest = None;
        let connections = std::mem::take(&mut self.count);
        match refused {
            Refused::Address => tracing::warn!(event = "address_limit", connections, %address),
            Refused::Full { limit } => {
                tracing::warn!(event = "connection_limit", limit, connections, %address)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    #[tokio::test(start_paused = true)]
    async fn refusals_are_logged_once_a_second() {
        let mut refusals = RefusalLog::default();
        let address = "10.0.0.1".parse().unwrap();
        let start = Instant::now();
        for second in 0..3 {
            for _ in 0..1000 {
                refusals.count(address, Refused::Address);
            }
            assert_eq!(refusals.count, 1000);
            refusals.log().await;
            assert_eq!((refusals.count, start.elapsed().as_secs()), (0, second));
        }
        let nothing = timeout(Duration::from_secs(100), refusals.log()).await;
        assert!(nothing.is_err());
    }
}
