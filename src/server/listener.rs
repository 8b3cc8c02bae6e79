//! A port of this machine, and the connections that come to it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};

/// How many connections the system may hold for us; it lowers this to what it allows.
const BACKLOG: i32 = 4096;

/// How much of what is written to a connection the system holds that it has not sent yet, in bytes. Enough for any line,
/// and little enough that a client which stops reading is seen soon, and costs no more memory than that.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 128 * 1024;

/// How long to wait when the system has no file descriptor left for a connection.
const BACK_OFF: Duration = Duration::from_millis(100);

/// A bound port.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
    complained: Option<Instant>,
}

/// Why a port could not be bound.
#[derive(Debug, Error)]
pub enum BindError {
    /// Another program listens there.
    #[error("port {port} is in use")]
    InUse {
        /// The port asked for.
        port: u16,
        /// One that is free instead.
        free: Option<u16>,
    },
    /// Ports below 1024 are for the administrator.
    #[error("no permission for port {port}")]
    Denied {
        /// The port asked for.
        port: u16,
    },
    /// The address is not one of this machine's, or the system refuses otherwise.
    #[error("cannot listen on {address}: {error}")]
    Other {
        /// Address and port asked for.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
}

impl Listener {
    /// Binds a port (0: any free one) on an address, or on all of this machine's, IPv6 and IPv4.
    ///
    /// Must be called within a runtime.
    ///
    /// # Errors
    /// When the system does not give us the port.
    pub fn bind(host: Option<IpAddr>, port: u16) -> Result<Self, BindError> {
        match bind(host, port) {
            Ok((listener, address)) => Ok(Self {
                listener,
                address,
                complained: None,
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

    /// The address that it listens on, with the port that the system chose.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next connection. Cannot fail: what goes wrong with one connection is no reason not to take the next.
    pub async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok(connection) => return connection,
                Err(error) if is_of_the_connection(&error) => {}
                Err(error) => {
                    self.complain(&error);
                    sleep(BACK_OFF).await;
                }
            }
        }
    }

    /// Says once a second at most what keeps connections waiting.
    fn complain(&mut self, error: &io::Error) {
        let now = Instant::now();
        let recently = |last| now.duration_since(last) < Duration::from_secs(1);
        if !self.complained.is_some_and(recently) {
            self.complained = Some(now);
            tracing::warn!("{}", rust_i18n::t!("server.accept", error = error));
        }
    }
}

/// The client gave up, or its network did; the listener is well.
fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
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
    // A port whose last server has just ended can be had at once.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    // Answers are written whole, there is nothing to wait for; connections have it from their listener.
    socket.set_tcp_nodelay(true)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_notsent_lowat(UNSENT)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    let listener = TcpListener::from_std(socket.into())?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// A port to offer instead: one of the next, else any that is free.
fn free_port(host: Option<IpAddr>, port: u16) -> Option<u16> {
    (1..=20)
        .filter_map(|step| port.checked_add(step))
        .chain([0])
        .find_map(|port| bind(host, port).ok())
        .map(|(_, address)| address.port())
}
