//! What has happened since the start, in numbers: for the operator, and for Prometheus.
//!
//! Counting a request must cost next to nothing, so each thread counts for itself, and whoever asks adds up.

pub mod access_log;
pub mod counters;
pub mod endpoint;
pub(crate) mod exposition;
pub(crate) mod histogram;
