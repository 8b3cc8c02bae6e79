//! The limit on requests at once of one client behind a trusted proxy, whose connections carry the requests of many.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The number of counts that clients share: few clients share one, and none can choose which.
const MAX_COUNTS: usize = 4096;

/// The requests in progress of each client behind a proxy. A table of fixed size, so that counting neither locks nor
/// grows.
#[derive(Debug)]
pub(crate) struct ClientRequests {
    counts: Box<[AtomicU32]>,
    key: RandomState,
    limit: u32,
}

/// The right of a client to one request, until its response has been taken.
#[derive(Clone, Debug)]
pub(crate) struct ClientPermit {
    _held: Arc<CountedRequest>,
}

#[derive(Debug)]
struct CountedRequest(&'static AtomicU32);

impl ClientRequests {
    /// Permits for this many requests at once of each client.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            counts: (0..MAX_COUNTS).map(|_| AtomicU32::new(0)).collect(),
            key: RandomState::new(),
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
        }
    }

    /// A permit for one more request of this client, unless it has reached its limit.
    pub(crate) fn try_begin(&'static self, client: IpAddr) -> Option<ClientPermit> {
        let network = match client {
            IpAddr::V4(address) => u128::from(address.to_bits()),
            // A client has a whole /64.
            IpAddr::V6(address) => address.to_bits() >> 64 << 64,
        };
        let index = self.key.hash_one(network) as usize % MAX_COUNTS;
        let count = self.counts.get(index)?;
        let before = count.fetch_add(1, Ordering::Relaxed);
        let _held = Arc::new(CountedRequest(count));
        (before < self.limit).then_some(ClientPermit { _held })
    }
}

impl Drop for CountedRequest {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_as_many_requests_at_once_as_the_limit_and_an_ipv6_client_its_whole_network() {
        for [client, same, other] in [
            ["192.0.2.1", "192.0.2.1", "192.0.2.2"],
            ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"],
        ] {
            let [client, same, other] = [client, same, other].map(|text| text.parse().unwrap());
            let requests: &'static _ = Box::leak(Box::new(ClientRequests::new(2)));
            let held = [client, same].map(|client| requests.try_begin(client).unwrap());
            assert!(requests.try_begin(client).is_none());
            assert!(requests.try_begin(other).is_some());
            drop(held);
            assert!(requests.try_begin(client).is_some());
        }
    }
}
