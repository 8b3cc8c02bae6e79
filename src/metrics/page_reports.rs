//! Limits on the rate of error reports from pages, which put text from strangers into the host's log.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::metrics::coarse_clock::CoarseClock;

/// The time in which reports are counted together.
const WINDOW: Duration = Duration::from_secs(10);

/// The most reports of a client in a window.
const MAX_OF_CLIENT: u32 = 10;

/// The most reports in a window.
const MAX_OF_ALL: u32 = 50;

/// Reports of pages, limited per client and in all. The lock is taken for reports only.
#[derive(Debug, Default)]
pub struct PageReports {
    is_paused: AtomicBool,
    window: Mutex<ReportWindow>,
}

#[derive(Debug, Default)]
struct ReportWindow {
    began: Option<CoarseClock>,
    clients: HashMap<IpAddr, u32>,
    admitted: u32,
    dropped: u64,
}

/// The admission of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReportAdmission {
    /// Log it, and the number of those dropped in the window before.
    Admitted {
        dropped: u64,
    },
    Dropped,
}

impl PageReports {
    /// Pauses the reports, or resumes them; returns true if they are logged now.
    pub fn pause_or_resume(&self) -> bool {
        self.is_paused.fetch_xor(true, Ordering::Relaxed)
    }

    /// Admits a report of a client, within the limits.
    pub(crate) fn admit(&self, client: IpAddr) -> ReportAdmission {
        if self.is_paused.load(Ordering::Relaxed) {
            return ReportAdmission::Dropped;
        }
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        window.admit(client)
    }
}

impl ReportWindow {
    fn admit(&mut self, client: IpAddr) -> ReportAdmission {
        let is_over = self.began.is_none_or(|began| began.elapsed() > WINDOW);
        let mut before = 0;
        if is_over {
            before = self.dropped;
            *self = Self {
                began: Some(CoarseClock::now()),
                ..Self::default()
            };
        }
        let is_room = self.admitted < MAX_OF_ALL;
        // No more clients are remembered than reports admitted.
        let count = is_room.then(|| self.clients.entry(client).or_default());
        match count.filter(|count| **count < MAX_OF_CLIENT) {
            Some(count) => {
                *count += 1;
                self.admitted += 1;
                ReportAdmission::Admitted { dropped: before }
            }
            None => {
                self.dropped += 1;
                ReportAdmission::Dropped
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(number: u32) -> IpAddr {
        IpAddr::V4(number.into())
    }

    #[test]
    fn reports_are_limited_per_client_and_in_all() {
        let reports = PageReports::default();
        let admitted = |number| {
            let is_admitted = |_: &u32| reports.admit(client(number)) != ReportAdmission::Dropped;
            (0..100).filter(is_admitted).count()
        };
        assert_eq!(admitted(1), 10);
        assert_eq!(admitted(1), 0);
        let all: usize = (2..100).map(admitted).sum();
        assert_eq!(all, 40, "50 in all");
        let window = reports.window.lock().unwrap();
        assert!(window.clients.len() <= 50, "{}", window.clients.len());
    }

    #[test]
    fn the_next_window_states_what_was_dropped() {
        let mut window = ReportWindow::default();
        for _ in 0..12 {
            window.admit(client(1));
        }
        window.began = None;
        let admitted = |dropped| ReportAdmission::Admitted { dropped };
        assert_eq!(window.admit(client(1)), admitted(2));
        assert_eq!(window.admit(client(1)), admitted(0));
    }

    #[test]
    fn paused_reports_are_dropped() {
        let reports = PageReports::default();
        assert!(!reports.pause_or_resume());
        assert_eq!(reports.admit(client(1)), ReportAdmission::Dropped);
        assert!(reports.pause_or_resume());
        let admitted = ReportAdmission::Admitted { dropped: 0 };
        assert_eq!(reports.admit(client(1)), admitted);
    }
}
