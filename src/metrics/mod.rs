//! Counters for the host and for Prometheus, and the access log.
//!
//! Counting a request costs a few nanoseconds: each thread counts for itself, and a reader adds the threads up.

pub mod access_log;
pub(crate) mod browser_id;
pub mod browsers;
pub mod client;
pub(crate) mod coarse_clock;
pub mod counters;
pub mod endpoint;
pub(crate) mod exposition;
pub(crate) mod histogram;
pub mod not_found_log;
pub mod page_load;
pub mod page_reports;
pub mod replica_state;
pub mod site_counters;
pub(crate) mod thread_counter;
