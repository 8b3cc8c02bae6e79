//! The places of open connections, and the choice of the one that gives way.
//!
//! Each connection has a burden: the time for which its place served nobody, times the connections of its network (an
//! IPv4 /24 or IPv6 /64, which a single attacker may have whole). The one with the largest burden gives way. So a network
//! with many connections gives way before one with few, and in it the least useful connection. Among networks with no more
//! than their share, use alone decides, or a class would give way before strangers of many networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use hashbrown::HashMap;

use crate::server::burden::burden;
use crate::server::state::{ConnectionState, ServerState, Use};

/// The most connections that are compared for a new one; the next time, the next ones are.
const COMPARED: usize = 256;

/// The milliseconds that a request may waste before its connection is cut for a client of a network that has as many
/// connections. One of a network with fewer connections waits less.
const PATIENCE: u64 = 2000;

/// The same for a client of the same address, unless that is a trusted proxy's, which speaks for many.
const PATIENCE_WITHIN_ADDRESS: u64 = 10_000;

/// The share of all places below which the size of a network does not count: as many as a class of players fills.
const SHARES: usize = 64;

/// The open connections by address and by network.
#[derive(Debug, Default)]
pub(crate) struct Places {
    by_address: HashMap<IpAddr, Vec<Arc<ConnectionState>>>,
    by_network: HashMap<IpAddr, usize>,
    all: Vec<(IpAddr, Arc<ConnectionState>)>,
    /// The index at which the next comparison begins.
    next: usize,
}

/// The connections from which one gives way.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Candidates {
    /// Those of the new connection's address.
    Of(IpAddr),
    /// All, for a new connection from this address.
    For(IpAddr),
}

impl Places {
    /// The number of connections.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// The number of connections of an address.
    pub(crate) fn of_address(&self, address: IpAddr) -> usize {
        self.by_address.get(&address).map_or(0, Vec::len)
    }

    pub(crate) fn connections(&self) -> impl Iterator<Item = &Arc<ConnectionState>> {
        self.all.iter().map(|(_, connection)| connection)
    }

    pub(crate) fn add(&mut self, address: IpAddr, connection: Arc<ConnectionState>) {
        connection.set_place(self.all.len());
        self.all.push((address, Arc::clone(&connection)));
        self.by_address.entry(address).or_default().push(connection);
        *self.by_network.entry(network(address)).or_default() += 1;
    }

    /// Removes a connection, if it is still there.
    pub(crate) fn remove(&mut self, address: IpAddr, connection: &Arc<ConnectionState>) {
        let place = connection.place();
        let is_same = |(_, one): &(_, Arc<ConnectionState>)| Arc::ptr_eq(one, connection);
        if !self.all.get(place).is_some_and(is_same) {
            return;
        }
        self.all.swap_remove(place);
        if let Some((_, moved)) = self.all.get(place) {
            moved.set_place(place);
        }
        if let Some(connections) = self.by_address.get_mut(&address) {
            connections.retain(|one| !Arc::ptr_eq(one, connection));
            if connections.is_empty() {
                self.by_address.remove(&address);
            }
        }
        let network = network(address);
        if let Some(count) = self.by_network.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                self.by_network.remove(&network);
            }
        }
    }

    /// Removes the connection with the largest burden and tells it to close. `None` if all are of use.
    pub(crate) fn give_way(
        &mut self,
        choice: Candidates,
        server: &ServerState,
    ) -> Option<Arc<ConnectionState>> {
        // Each comparison is of the same moment: a clock for each connection would cost more than the comparison.
        let now = server.now();
        let (address, left) = match choice {
            Candidates::Of(address) => {
                let connections = self.by_address.get(&address)?;
                let patience = match server.limits.is_trusted(address) {
                    true => PATIENCE,
                    false => PATIENCE_WITHIN_ADDRESS,
                };
                let start = advance(&mut self.next, connections.len());
                let burdens = window(connections, start).filter_map(|one| {
                    let burden = burden(one.use_at(now), 1, patience)?;
                    Some((burden, address, one))
                });
                largest(burdens)?
            }
            Candidates::For(newcomer) => {
                let start = advance(&mut self.next, self.all.len());
                let sizes = &self.by_network;
                let share = (server.limit() / SHARES).max(1);
                let connections = |address| sizes.get(&network(address)).copied().unwrap_or(0);
                let size = |address| connections(address).max(share) as u64;
                // With the new one.
                let own = (connections(newcomer) + 1).max(share) as u64;
                let burdens = window(&self.all, start).filter_map(|(address, one)| {
                    let size = size(*address);
                    let patience = PATIENCE * own.min(size) / size;
                    Some((burden(one.use_at(now), size, patience)?, *address, one))
                });
                largest(burdens)?
            }
        };
        match left.use_at(now) {
            Use::New | Use::Idle(_) => left.close(),
            Use::Busy(_) | Use::Endless(_) => left.cut(),
        }
        self.remove(address, &left);
        Some(left)
    }
}

fn largest<'a>(
    burdens: impl Iterator<Item = (u64, IpAddr, &'a Arc<ConnectionState>)>,
) -> Option<(IpAddr, Arc<ConnectionState>)> {
    let (_, address, connection) = burdens.max_by_key(|(burden, ..)| *burden)?;
    Some((address, Arc::clone(connection)))
}

/// Moves the beginning of comparisons on, and returns where this one begins in a list of this length.
fn advance(next: &mut usize, length: usize) -> usize {
    let start = *next % length.max(1);
    *next = next.wrapping_add(COMPARED);
    start
}

/// The elements to compare, from a place on, around the end.
fn window<T>(all: &[T], start: usize) -> impl Iterator<Item = &T> {
    let (before, after) = all.split_at(start.min(all.len()));
    after.iter().chain(before).take(COMPARED)
}

/// The network of an address: its first 24 bits, or 64 in IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << 8)).into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::counters::Counters;
    use crate::server::burden::LOAD_PAUSE;
    use crate::server::limits::Limits;
    use std::time::Duration;
    use tokio::time::{Instant, advance};

    /// A connection of a table of them: its address, and what it does.
    type Row<'a> = (&'a str, Use);

    /// Places with these connections, as they are ten minutes after the server started.
    async fn places(rows: &[Row<'_>]) -> (Places, ServerState, Vec<Arc<ConnectionState>>) {
        let limits = Limits {
            connections: SHARES.try_into().unwrap(),
            ..Limits::default()
        };
        let server = ServerState::new(limits, Counters::start(), None);
        let now = Instant::now() + Duration::from_secs(600);
        let mut places = Places::default();
        let mut ordered: Vec<_> = rows.iter().enumerate().collect();
        let age = |use_of: &Use| match use_of {
            Use::New => 0,
            Use::Busy(age) | Use::Idle(age) | Use::Endless(age) => *age,
        };
        ordered.sort_by_key(|(_, (_, use_of))| std::cmp::Reverse(age(use_of)));
        let mut made = Vec::new();
        for (index, (address, use_of)) in ordered {
            advance(now - Duration::from_millis(age(use_of)) - Instant::now()).await;
            let connection = Arc::new(server.connection());
            match use_of {
                Use::New => {}
                Use::Busy(_) => server.set_busy(&connection),
                Use::Idle(_) => server.set_idle(&connection, Instant::now()),
                Use::Endless(_) => {
                    server.set_busy(&connection);
                    connection.set_endless();
                }
            }
            places.add(address.parse().unwrap(), Arc::clone(&connection));
            made.push((index, connection));
        }
        advance(now - Instant::now()).await;
        made.sort_by_key(|(index, _)| *index);
        (
            places,
            server,
            made.into_iter().map(|(_, one)| one).collect(),
        )
    }

    #[tokio::test(start_paused = true)]
    async fn the_least_useful_connection_of_the_largest_network_gives_way() {
        let newcomer = "192.0.2.1";
        for (rows, expected) in [
            // Events go first, whatever others do.
            (
                &[
                    ("10.0.0.1", Use::Idle(50_000)),
                    ("10.0.1.1", Use::Endless(1000)),
                ][..],
                Some(1),
            ),
            // A network's many addresses count together, in IPv6 too.
            (
                &[
                    ("10.0.0.1", Use::Idle(4000)),
                    ("10.0.0.2", Use::Idle(3000)),
                    ("10.0.0.3", Use::Idle(3000)),
                    ("10.0.1.1", Use::Idle(8000)),
                ],
                Some(0),
            ),
            (
                &[
                    ("2001:db8::1", Use::Idle(3000)),
                    ("2001:db8::ffff:2", Use::Idle(4000)),
                    ("2001:db8:0:1::1", Use::Idle(7000)),
                ],
                Some(1),
            ),
            // A request under way is cut only after a time without use.
            (
                &[("10.0.0.1", Use::Busy(1900)), ("10.0.1.1", Use::New)],
                None,
            ),
            (
                &[("10.0.0.1", Use::Busy(1900)), ("10.0.1.1", Use::Busy(2100))],
                Some(1),
            ),
            // Sooner if its network has more connections than the newcomer's.
            (
                &[
                    ("10.0.0.1", Use::Busy(1100)),
                    ("10.0.0.2", Use::Busy(900)),
                    ("10.0.1.1", Use::Busy(1900)),
                ],
                Some(0),
            ),
            // A pause within a page load is none, whatever others do.
            (
                &[("10.0.0.1", Use::Idle(200)), ("10.0.1.1", Use::Busy(1900))],
                None,
            ),
            // Another pause is shorter than others' waste.
            (
                &[("10.0.0.1", Use::Idle(400)), ("10.0.1.1", Use::Busy(3000))],
                Some(1),
            ),
        ] {
            let (mut places, server, connections) = places(rows).await;
            let left = places.give_way(Candidates::For(newcomer.parse().unwrap()), &server);
            let index = left.map(|left| connections.iter().position(|one| Arc::ptr_eq(one, &left)));
            assert_eq!(index.flatten(), expected, "{rows:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_is_cut_for_its_own_address_only_after_a_long_time_without_use() {
        for (address, wasted, is_cut) in [
            ("10.0.0.1", 9_000, false),
            ("10.0.0.1", 11_000, true),
            // A trusted proxy's.
            ("127.0.0.1", 1_900, false),
            ("127.0.0.1", 2_100, true),
        ] {
            let (mut places, server, connections) = places(&[(address, Use::Busy(wasted))]).await;
            let address = address.parse().unwrap();
            let left = places.give_way(Candidates::Of(address), &server);
            assert_eq!((left.is_some(), connections[0].is_cut()), (is_cut, is_cut));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_phone_wastes_nothing_and_a_trickle_does() {
        for (rate, expected) in [(16_000, Use::Busy(0)), (4000, Use::Busy(7500))] {
            let (_, server, connections) = places(&[("10.0.0.1", Use::Busy(0))]).await;
            for _ in 0..10 {
                advance(Duration::from_secs(1)).await;
                connections[0].record_moved(rate);
            }
            assert_eq!(connections[0].use_at(server.now()), expected, "{rate}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_that_fill_buffers_are_no_use() {
        let (_, server, connections) = places(&[("10.0.0.1", Use::Busy(0))]).await;
        let slow = &connections[0];
        slow.record_moved(190_000);
        slow.record_full();
        advance(Duration::from_secs(5)).await;
        assert_eq!(slow.use_at(server.now()), Use::Busy(5000));
        // The system asks for more once half of what it held is on the way.
        slow.record_moved(64 * 1024);
        slow.record_full();
        let taken = (190_000 + 64 * 1024 - 192 * 1024) / 16;
        assert_eq!(slow.use_at(server.now()), Use::Busy(5000 - taken));
        // The next request begins anew.
        server.set_idle(slow, Instant::now());
        server.set_busy(slow);
        slow.record_moved(16_000);
        advance(Duration::from_secs(1)).await;
        assert_eq!(slow.use_at(server.now()), Use::Busy(0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_class_ranks_with_strangers_of_many_networks_up_to_its_share() {
        let server = ServerState::new(Limits::default(), Counters::start(), None);
        let connections: [_; 41] = std::array::from_fn(|_| Arc::new(server.connection()));
        for connection in &connections {
            server.set_busy(connection);
        }
        let mut places = Places::default();
        let stranger = &connections[40];
        places.add("10.0.1.1".parse().unwrap(), Arc::clone(stranger));
        advance(Duration::from_secs(4)).await;
        for connection in &connections[..40] {
            server.set_idle(connection, Instant::now());
            places.add("10.0.0.1".parse().unwrap(), Arc::clone(connection));
        }
        advance(Duration::from_millis(20)).await;
        let left = places.give_way(Candidates::For("10.0.0.2".parse().unwrap()), &server);
        assert!(Arc::ptr_eq(&left.unwrap(), stranger));
    }

    #[tokio::test(start_paused = true)]
    async fn every_connection_is_compared_in_turn_and_removed_once() {
        let rows: Vec<_> = (0..1000).map(|_| ("10.0.0.1", Use::Busy(0))).collect();
        let (mut places, server, connections) = places(&rows).await;
        server.set_idle(&connections[777], Instant::now() - LOAD_PAUSE);
        let newcomer = Candidates::For("10.0.1.1".parse().unwrap());
        let left = (0..4).find_map(|_| places.give_way(newcomer, &server));
        assert!(Arc::ptr_eq(&left.unwrap(), &connections[777]));
        let address = "10.0.0.1".parse().unwrap();
        for connection in &connections {
            places.remove(address, connection);
            places.remove(address, connection);
        }
        assert_eq!(
            (
                places.len(),
                places.by_address.len(),
                places.by_network.len()
            ),
            (0, 0, 0)
        );
    }
}
