//! A bound port and its incoming connections.

use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::task::ready;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};

use crate::server::workload::{CountedConnection, Workload};

/// The length of the system's queue of connections, which lowers it to its own limit.
const BACKLOG: i32 = 4096;

/// The most unsent bytes that the system holds for a connection: enough for any line, and little enough that a client
/// which stops reading is noticed soon and costs little memory.
pub(crate) const UNSENT: u32 = 128 * 1024;

/// The pause after a failure to accept, such as the lack of a file descriptor.
const BACK_OFF: Duration = Duration::from_millis(100);

/// The time for which a runtime with more connections leaves the next one to others.
const TURN: Duration = Duration::from_millis(1);

/// A bound port.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
    failure_logged: Option<Instant>,
    /// The connections of this runtime, if it shares the port with others.
    workload: Option<Workload>,
}

/// A failure to bind a port.
#[derive(Debug, Error)]
pub enum BindError {
    /// The port is in use.
    #[error("port {port} is in use")]
    InUse {
        /// The requested port.
        port: u16,
        /// Another port that is free.
        free: Option<u16>,
    },
    /// The port needs privileges, as those below 1024 do.
    #[error("permission denied for port {port}")]
    Denied {
        /// The requested port.
        port: u16,
    },
    /// The address is not this machine's, or the system refuses it for another reason.
    #[error("cannot listen on {address}: {error}")]
    Other {
        /// The requested address and port.
        address: SocketAddr,
        /// The system's error.
        error: io::Error,
    },
}

impl Listener {
    /// Binds a port (0: any free one) on an address, or on all IPv6 and IPv4 addresses of this machine.
    ///
    /// Must be called within a runtime.
    ///
    /// # Errors
    /// If the system refuses the port.
    pub fn bind(host: Option<IpAddr>, port: u16) -> Result<Self, BindError> {
        match bind(host, port) {
            Ok((listener, address)) => Ok(Self {
                listener,
                address,
                failure_logged: None,
                workload: None,
            }),
            Err((_, error)) if error.kind() == io::ErrorKind::AddrInUse => Err(BindError::InUse {
                port,
                free: free_port(host, port),
            }),
            Err((_, error)) if error.kind() == io::ErrorKind::PermissionDenied => {
                Err(BindError::Denied { port })
            }
            Err((address, error)) => Err(BindError::Other { address, error }),
        }
    }

    /// The same port for this many runtimes, each of which joins it.
    pub(crate) fn share(self, count: usize) -> io::Result<Vec<std::net::TcpListener>> {
        let listener = self.listener.into_std()?;
        (0..count).map(|_| listener.try_clone()).collect()
    }

    /// The listener of this runtime, which has this workload, for a shared port.
    pub(crate) fn join(listener: std::net::TcpListener, workload: Workload) -> io::Result<Self> {
        let listener = TcpListener::from_std(listener)?;
        let address = listener.local_addr()?;
        Ok(Self {
            listener,
            address,
            failure_logged: None,
            workload: Some(workload),
        })
    }

    /// The address that it listens on, with the actual port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts the next connection. Cannot fail: after an error it backs off and tries again.
    pub async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.next().await {
                Ok(connection) => return connection,
                Err(error) => {
                    if let Some(pause) = pause_after(&error) {
                        self.log_failure(&error);
                        sleep(pause).await;
                    }
                }
            }
        }
    }

    /// Counts a connection of this runtime, if it shares the port.
    pub(crate) fn count(&self) -> Option<CountedConnection> {
        self.workload.as_ref().map(Workload::begin)
    }

    /// Accepts a connection. A runtime that is ahead of others leaves it to them for a moment, in case they are busy.
    async fn next(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        let mut pause = None;
        poll_fn(|context| {
            if let Some(workload) = self.workload.as_ref().filter(|load| load.is_ahead()) {
                workload.wake_when_not_ahead(context.waker());
                let pause = pause.get_or_insert_with(|| Box::pin(sleep(TURN)));
                ready!(pause.as_mut().poll(context));
            }
            pause = None;
            self.listener.poll_accept(context)
        })
        .await
    }

    /// Logs a failure to accept, at most once a second.
    fn log_failure(&mut self, error: &io::Error) {
        let now = Instant::now();
        let recently = |last| now.duration_since(last) < Duration::from_secs(1);
        if !self.failure_logged.is_some_and(recently) {
            self.failure_logged = Some(now);
            tracing::warn!(event = "accept_failed", %error);
        }
    }
}

/// The pause after a failure to accept; `None` if it concerns one connection only, not the listener.
fn pause_after(error: &io::Error) -> Option<Duration> {
    match error.kind() {
        io::ErrorKind::ConnectionAborted
        | io::ErrorKind::ConnectionRefused
        | io::ErrorKind::ConnectionReset => None,
        _ => Some(BACK_OFF),
    }
}

type Bound = Result<(TcpListener, SocketAddr), (SocketAddr, io::Error)>;

fn bind(host: Option<IpAddr>, port: u16) -> Bound {
    let try_bind = |address: IpAddr| {
        let address = SocketAddr::new(address, port);
        listen(address).map_err(|error| (address, error))
    };
    match host {
        Some(host) => try_bind(host),
        None => try_bind(Ipv6Addr::UNSPECIFIED.into()).or_else(|(address, error)| {
            match error.kind() {
                io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied => Err((address, error)),
                // A machine without IPv6.
                _ => try_bind(Ipv4Addr::UNSPECIFIED.into()),
            }
        }),
    }
}

fn listen(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    // A port whose last server has just ended is free at once.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    // Answers are written whole, so delaying small packets gains nothing. Connections inherit this.
    socket.set_tcp_nodelay(true)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_notsent_lowat(UNSENT)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    let listener = TcpListener::from_std(socket.into())?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Another port to offer: one of the next twenty, or else any that is free.
fn free_port(host: Option<IpAddr>, port: u16) -> Option<u16> {
    (1..=20)
        .filter_map(|step| port.checked_add(step))
        .chain([0])
        .find_map(|port| bind(host, port).ok())
        .map(|(_, address)| address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_one_connection_cause_no_pause() {
        use rustix::io::Errno;
        // accept(2): the first three are of a connection that is gone already; the others are of this process.
        for (error, expected) in [
            (Errno::CONNABORTED, None),
            (Errno::CONNREFUSED, None),
            (Errno::CONNRESET, None),
            (Errno::MFILE, Some(BACK_OFF)),
            (Errno::NFILE, Some(BACK_OFF)),
            (Errno::NOMEM, Some(BACK_OFF)),
        ] {
            assert_eq!(pause_after(&error.into()), expected, "{error}");
        }
    }
}
