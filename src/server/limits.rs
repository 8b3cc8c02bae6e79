//! How much a client may ask for, and how long it may take.

use std::net::IpAddr;
use std::num::{NonZeroU64, NonZeroUsize};
use std::time::Duration;

use ipnet::IpNet;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer};

/// hyper's least buffer for a request's head, in bytes.
const LEAST_HEAD_BYTES: usize = 8192;

/// For files that are held open, the terminal and the runtime.
const OTHER_DESCRIPTORS: u64 = 1024;

/// Every wait and every buffer that a client can cause ends at one of these.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Connections at once; further ones wait in the system's backlog.
    pub connections: NonZeroUsize,
    /// Connections at once from one address; further ones are closed. In the backlog they would keep everybody else
    /// waiting.
    pub connections_per_address: NonZeroUsize,
    /// Whose connections are not counted by address, because they speak for many.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Requests on one connection, which is closed after them.
    pub requests: NonZeroU64,
    /// From the beginning of a connection to its first byte.
    #[serde(deserialize_with = "seconds")]
    pub(crate) first_byte_timeout: Duration,
    /// From the first byte of a request to the end of its head; again to the end of its content; and again for what comes
    /// after a refusal.
    #[serde(deserialize_with = "seconds")]
    pub(crate) head_timeout: Duration,
    /// From the end of an answer to the next request.
    #[serde(deserialize_with = "seconds")]
    pub(crate) idle_timeout: Duration,
    /// How much of an answer a client must take while it keeps the server waiting, in bytes a second.
    pub least_rate: NonZeroU64,
    /// The time over which that rate is measured: a line may stand still for a while.
    #[serde(deserialize_with = "seconds")]
    pub rate_window: Duration,
    /// For answers under way when the server is stopped.
    #[serde(deserialize_with = "seconds")]
    pub(crate) drain_timeout: Duration,
    /// The request line and all fields together, 8192 at least.
    #[serde(deserialize_with = "head_bytes")]
    pub(crate) head_bytes: usize,
    /// Fields in a request's head.
    pub(crate) head_fields: NonZeroUsize,
    /// A request's target.
    pub target_bytes: NonZeroUsize,
    /// A request's content, which is read and dropped; with more, the connection is closed.
    pub content_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let count = |count| NonZeroUsize::new(count).unwrap_or(NonZeroUsize::MIN);
        let number = |number| NonZeroU64::new(number).unwrap_or(NonZeroU64::MIN);
        Self {
            connections: count(4096),
            connections_per_address: count(256),
            trusted_proxies: this_machine(),
            requests: number(10_000),
            first_byte_timeout: Duration::from_secs(10),
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            least_rate: number(500),
            rate_window: Duration::from_secs(60),
            drain_timeout: Duration::from_secs(10),
            head_bytes: 32 * 1024,
            head_fields: count(100),
            target_bytes: count(8 * 1024),
            content_bytes: 64 * 1024,
        }
    }
}

/// 127.0.0.0/8 and ::1.
fn this_machine() -> Vec<IpNet> {
    ["127.0.0.0/8", "::1/128"]
        .iter()
        .filter_map(|network| network.parse().ok())
        .collect()
}

impl Limits {
    /// Whether connections from an address are counted together.
    pub(super) fn counts(&self, address: IpAddr) -> bool {
        !self
            .trusted_proxies
            .iter()
            .any(|network| network.contains(&address))
    }

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
        0 => Err(D::Error::invalid_value(
            Unexpected::Unsigned(0),
            &"a number of seconds, 1 or more",
        )),
        seconds => Ok(Duration::from_secs(seconds.into())),
    }
}

/// Addresses and networks: `192.168.1.5`, `10.0.0.0/8`.
fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let networks = Vec::<String>::deserialize(deserializer)?;
    let read = |network: &String| {
        let address = network.parse::<IpAddr>().map(IpNet::from);
        address.or_else(|_| network.parse()).map_err(|_| {
            D::Error::invalid_value(Unexpected::Str(network), &"an IP address or network")
        })
    };
    networks.iter().map(read).collect()
}

fn head_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let bytes = usize::deserialize(deserializer)?;
    if bytes < LEAST_HEAD_BYTES {
        return Err(D::Error::invalid_value(
            Unexpected::Unsigned(bytes as u64),
            &"a number of bytes, 8192 or more",
        ));
    }
    Ok(bytes)
}
