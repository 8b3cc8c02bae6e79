//! Limits on connections, requests and waits.

use std::fmt;
use std::net::IpAddr;
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::ops::RangeInclusive;
use std::time::Duration;

use ipnet::IpNet;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// hyper's least buffer for a request's head, in bytes.
const LEAST_HEAD_BYTES: usize = 8192;

/// Descriptors for open files, the terminal and the runtime.
const OTHER_DESCRIPTORS: u64 = 1024;

/// The limits on every wait and buffer that a client can cause.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The most connections at once. Beyond it, the least useful ones give way; while all are of use, new ones wait for
    /// three seconds and are then closed.
    pub connections: NonZeroUsize,
    /// The most connections at once from one address. Beyond it, idle ones give way; while all are busy, new ones are
    /// closed, because in the backlog they would block everybody else.
    pub connections_per_address: NonZeroUsize,
    /// Addresses and networks of proxies. Their connections speak for many clients, whose addresses they state.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// True if every connection begins with a PROXY protocol header, from trusted proxies only.
    pub proxy_protocol: bool,
    /// The most requests on one connection.
    pub requests: NonZeroU64,
    /// From a connection's start to its first byte.
    #[serde(deserialize_with = "seconds")]
    pub(crate) first_byte_timeout: Duration,
    /// For a TLS handshake.
    #[serde(deserialize_with = "seconds")]
    pub(crate) handshake_timeout: Duration,
    /// The most requests at once on an HTTP/2 connection.
    pub(crate) streams: NonZeroU32,
    /// From a request's first byte to the end of its head; again to the end of its content; and again for the bytes
    /// after a refusal.
    #[serde(deserialize_with = "seconds")]
    pub(crate) head_timeout: Duration,
    /// From the end of an answer to the next request.
    #[serde(deserialize_with = "seconds")]
    pub(crate) idle_timeout: Duration,
    /// The least rate at which a client must take an answer, in bytes a second.
    pub least_rate: NonZeroU64,
    /// The time over which that rate is measured, because networks stall for a while.
    #[serde(deserialize_with = "seconds")]
    pub rate_window: Duration,
    /// For answers under way when the server stops.
    #[serde(deserialize_with = "seconds")]
    pub(crate) drain_timeout: Duration,
    /// The most bytes of a request's line and fields, 8192 at least.
    #[serde(deserialize_with = "head_bytes")]
    pub(crate) head_bytes: usize,
    /// The most fields of a request.
    pub(crate) head_fields: NonZeroUsize,
    /// The most bytes of a request's target.
    pub target_bytes: NonZeroUsize,
    /// The most bytes of a request's content, which is read and dropped.
    pub content_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let count = |count| NonZeroUsize::new(count).unwrap_or(NonZeroUsize::MIN);
        let number = |number| NonZeroU64::new(number).unwrap_or(NonZeroU64::MIN);
        Self {
            connections: count(4096),
            connections_per_address: count(2048),
            trusted_proxies: this_machine(),
            proxy_protocol: false,
            requests: number(10_000),
            first_byte_timeout: Duration::from_secs(10),
            handshake_timeout: Duration::from_secs(10),
            streams: NonZeroU32::new(100).unwrap_or(NonZeroU32::MIN),
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            least_rate: number(500),
            rate_window: Duration::from_secs(60),
            drain_timeout: Duration::from_secs(10),
            head_bytes: 64 * 1024,
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
    /// True if an address is a trusted proxy's.
    pub(crate) fn is_trusted(&self, address: IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|network| network.contains(&address))
    }

    /// Raises the soft limit of file descriptors to what the connections need, within the hard limit: many systems start
    /// programs with 1024. Where that is too few, there are fewer connections: without a descriptor none gives way.
    pub(super) fn fit_to_descriptors(&mut self) {
        if let Some(raised) = self.raised(getrlimit(Resource::Nofile)) {
            // If this fails, the present limit counts.
            let _ = setrlimit(Resource::Nofile, raised);
        }
        let fitting = getrlimit(Resource::Nofile).current.map(fitting);
        if let Some(fitting) = fitting.filter(|fitting| *fitting < self.connections) {
            tracing::warn!(
                event = "few_descriptors",
                connections = fitting.get(),
                configured = self.connections.get()
            );
            self.connections = fitting;
        }
    }

    /// The limit to set instead of one that is too low.
    fn raised(&self, limit: Rlimit) -> Option<Rlimit> {
        let connections = self.connections.get() as u64;
        let needed = connections + connections / 8 + OTHER_DESCRIPTORS;
        let is_low = limit.current.is_some_and(|current| current < needed);
        is_low.then(|| Rlimit {
            current: Some(needed.min(limit.maximum.unwrap_or(u64::MAX))),
            ..limit
        })
    }
}

/// The connections for which there are descriptors, beside the reserve of an eighth and those for other uses: up to a
/// quarter of all.
fn fitting(descriptors: u64) -> NonZeroUsize {
    let others = OTHER_DESCRIPTORS.min(descriptors / 4);
    let connections = (descriptors - others) / 9 * 8;
    let connections = usize::try_from(connections).unwrap_or(usize::MAX);
    NonZeroUsize::new(connections).unwrap_or(NonZeroUsize::MIN)
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = deserializer.deserialize_u64(WholeNumber {
        range: 1..=u32::MAX.into(),
        phrase: "a number of seconds, 1 or more",
    });
    seconds.map(Duration::from_secs)
}

/// Reads an integer in a range. The phrase names both, whatever else is written.
struct WholeNumber {
    range: RangeInclusive<u64>,
    phrase: &'static str,
}

impl Visitor<'_> for WholeNumber {
    type Value = u64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.phrase)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u64, E> {
        let found = u64::try_from(number).ok();
        found
            .filter(|found| self.range.contains(found))
            .ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
    }
}

/// Reads addresses and networks: `192.168.1.5`, `10.0.0.0/8`.
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
    let bytes = deserializer.deserialize_u64(WholeNumber {
        range: LEAST_HEAD_BYTES as u64..=usize::MAX as u64,
        phrase: "a number of bytes, 8192 or more",
    });
    bytes.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_their_reserve_and_other_files_fit_into_the_descriptors() {
        for (descriptors, expected) in [
            (1, 1),
            (40, 24),
            (256, 168),
            (1024, 680),
            (4096 + 512 + OTHER_DESCRIPTORS, 4096),
            (1 << 20, 931_152),
        ] {
            let fitting = fitting(descriptors).get() as u64;
            assert_eq!(fitting, expected, "{descriptors}");
            if descriptors > 1 {
                assert!(fitting + fitting / 8 < descriptors);
            }
        }
    }

    #[test]
    fn the_limit_of_descriptors_is_raised_to_the_connections_within_the_hard_limit() {
        let limits = Limits {
            connections: 1000.try_into().unwrap(),
            ..Limits::default()
        };
        let needed = 1000 + 125 + OTHER_DESCRIPTORS;
        for (current, maximum, expected) in [
            (Some(256), None, Some(needed)),
            (Some(256), Some(5000), Some(needed)),
            (Some(256), Some(1024), Some(1024)),
            (Some(needed - 1), None, Some(needed)),
            (Some(needed), None, None),
            (None, None, None),
        ] {
            let raised = limits.raised(Rlimit { current, maximum });
            let expected = expected.map(|current| Rlimit {
                current: Some(current),
                maximum,
            });
            assert_eq!(raised, expected, "{current:?} {maximum:?}");
        }
    }
}
