//! How much a client may ask for, and how long it may take.

use std::num::NonZeroUsize;
use std::time::Duration;

use rust_i18n::t;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// hyper's least buffer for a request's head, in bytes.
const LEAST_HEAD_BYTES: usize = 8192;

/// For files that are held open, the terminal and the runtime.
const OTHER_DESCRIPTORS: u64 = 1024;

/// Every wait and every buffer that a client can cause ends at one of these.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Connections at once; further ones wait in the system's backlog.
    pub connections: NonZeroUsize,
    /// From the first byte of a request to the end of its head.
    #[serde(deserialize_with = "seconds")]
    pub head_timeout: Duration,
    /// For a connection on which nothing moves in either direction.
    #[serde(deserialize_with = "seconds")]
    pub idle_timeout: Duration,
    /// For answers under way when the server is stopped.
    #[serde(deserialize_with = "seconds")]
    pub drain_timeout: Duration,
    /// The request line and all fields together, 8192 at least.
    #[serde(deserialize_with = "head_bytes")]
    pub head_bytes: usize,
    /// Fields in a request's head.
    pub head_fields: NonZeroUsize,
}

impl Default for Limits {
    fn default() -> Self {
        const CONNECTIONS: NonZeroUsize = NonZeroUsize::new(4096).unwrap();
        const HEAD_FIELDS: NonZeroUsize = NonZeroUsize::new(100).unwrap();
        Self {
            connections: CONNECTIONS,
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            drain_timeout: Duration::from_secs(10),
            head_bytes: 32 * 1024,
            head_fields: HEAD_FIELDS,
        }
    }
}

impl Limits {
    /// Raises the soft limit of file descriptors to what these connections need, as far as the hard limit lets it:
    /// many systems start a program with 1024.
    pub(super) fn allow_descriptors(&self) {
        let needed = self.connections.get() as u64 + OTHER_DESCRIPTORS;
        let limit = getrlimit(Resource::Nofile);
        if limit.current.is_some_and(|current| current < needed) {
            let most = limit.maximum.unwrap_or(u64::MAX);
            let raised = Rlimit {
                current: Some(needed.min(most)),
                ..limit
            };
            // Where it may not be raised, accepting backs off when there are none left.
            let _ = setrlimit(Resource::Nofile, raised);
        }
    }
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    match u32::deserialize(deserializer)? {
        0 => Err(D::Error::custom(t!("config.seconds"))),
        seconds => Ok(Duration::from_secs(seconds.into())),
    }
}

fn head_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let bytes = usize::deserialize(deserializer)?;
    if bytes < LEAST_HEAD_BYTES {
        return Err(D::Error::custom(t!(
            "config.head_bytes",
            least = LEAST_HEAD_BYTES
        )));
    }
    Ok(bytes)
}
