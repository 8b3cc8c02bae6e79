//! Connections between being accepted and being admitted: those that wait for a place, and those whose client a proxy
//! states first.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::metrics::counters::Refusal;
use crate::server::admission::ConnectionPermit;
use crate::server::proxy_protocol;
use crate::server::state::ServerState;
use crate::server::workload::CountedConnection;

/// The first pause before a connection without a place is tried again: an answer under way may end meanwhile. Each
/// further one is longer by the same amount.
const RETRY_PAUSE: Duration = Duration::from_millis(25);

/// The number of such tries before the connection is refused: three seconds, in which another one wastes enough time to
/// give way.
const MAX_RETRIES: u32 = 15;

/// A connection that has a permit, but is not admitted yet.
pub(crate) struct Accepted {
    pub(crate) permit: Option<ConnectionPermit>,
    pub(crate) stream: TcpStream,
    /// The address of the peer, or of the client that the peer states.
    pub(crate) client: SocketAddr,
    pub(crate) load: Option<CountedConnection>,
    pub(crate) retries: u32,
}

impl Accepted {
    pub(crate) fn new(
        permit: Option<ConnectionPermit>,
        stream: TcpStream,
        client: SocketAddr,
    ) -> Self {
        Self {
            permit,
            stream,
            client,
            load: None,
            retries: 0,
        }
    }

    /// True if it may wait for a place: it has not waited long, and half of the reserve is free.
    pub(crate) fn may_wait(&self, server: &ServerState) -> bool {
        let has_room = || server.permits.available_permits() >= server.reserve() / 2;
        self.retries < MAX_RETRIES && (self.retries > 0 || has_room())
    }
}

/// Hands a connection back after a pause.
pub(crate) async fn retry(mut accepted: Accepted, announce: mpsc::Sender<Accepted>) {
    accepted.retries += 1;
    sleep(RETRY_PAUSE * accepted.retries).await;
    // The server may be stopping, and accept no more.
    let _ = announce.send(accepted).await;
}

/// Reads the client of a connection from its PROXY protocol header, and hands the connection back. A connection from
/// elsewhere than a trusted proxy, or without a header in time, is closed; but the server's own address may connect for
/// itself, as `webserver health` does.
pub(crate) async fn read_client(
    accepted: Accepted,
    server: Arc<ServerState>,
    announce: mpsc::Sender<Accepted>,
) {
    let mut accepted = accepted;
    let peer = accepted.client;
    let limits = &server.limits;
    let is_trusted = limits.is_trusted(peer.ip().to_canonical());
    let own = accepted.stream.local_addr();
    let is_own = own.is_ok_and(|own| own.ip() == peer.ip());
    let mut client = Err(io::ErrorKind::PermissionDenied.into());
    if is_trusted || is_own {
        let header = proxy_protocol::read_client(&mut accepted.stream, peer);
        let read = timeout(limits.first_byte_timeout, header).await;
        client = read.unwrap_or(Err(io::ErrorKind::TimedOut.into()));
    }
    match client {
        // The server may be stopping, and accept no more.
        Ok(client) if is_trusted || client == peer => {
            drop(announce.send(Accepted { client, ..accepted }).await);
        }
        // `webserver health` tries without a header first.
        _ if is_own => {}
        _ => server.counters.record_refusal(Refusal::Malformed),
    }
}
