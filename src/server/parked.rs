//! Connections that wait for a request without a buffer for it. Most of what an idle connection costs is hyper's buffers.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;

use crate::server::state::{ConnectionState, ServerState};
use crate::server::timeouts::{Parking, TimeoutStream};

/// The first byte of a TLS connection: a record of the handshake (RFC 8446, 5.1). No method of HTTP begins with it.
const HANDSHAKE: u8 = 0x16;

/// The bytes that a parked connection reads at most: the head of a browser's request.
const BEGUN_BYTES: usize = 2048;

/// The end of the wait of a parked connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    /// A request, or what stands in its place, begins to arrive.
    Request,
    /// A TLS handshake begins, and there is a certificate.
    Hello,
    /// The client has closed its side, or the wait was too long.
    End,
}

impl TimeoutStream<TcpStream> {
    /// The stream of a new connection, parked until the first request begins to arrive.
    pub(crate) fn parked(
        stream: TcpStream,
        server: Arc<ServerState>,
        connection: Arc<ConnectionState>,
    ) -> Self {
        let mut parked = Self::new(stream, server, connection);
        parked.parking = Parking::Parked;
        parked
    }

    /// Reads the beginning of what a parked connection waits for.
    pub(crate) fn poll_begun(&mut self, context: &mut Context<'_>) -> Poll<Begun> {
        let mut bytes = [MaybeUninit::uninit(); BEGUN_BYTES];
        let mut buffer = ReadBuf::uninit(&mut bytes);
        match Pin::new(&mut self.stream).poll_read(context, &mut buffer) {
            Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
            Poll::Ready(_) => return Poll::Ready(Begun::End),
            Poll::Pending => return self.poll_read_deadline(context).map(|()| Begun::End),
        }
        self.begun = buffer.filled().to_vec();
        self.parking = Parking::InUse;
        let is_hello = self.is_new && self.begun.first() == Some(&HANDSHAKE);
        Poll::Ready(match is_hello && self.server.tls.is_some() {
            true => Begun::Hello,
            false => Begun::Request,
        })
    }
}

impl<T: AsyncRead + Unpin> TimeoutStream<T> {
    /// Reads the bytes that were read while it was parked, then those of the stream.
    pub(super) fn poll_read_bytes(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.begun.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let rest = self
            .begun
            .split_off(self.begun.len().min(buffer.remaining()));
        buffer.put_slice(&std::mem::replace(&mut self.begun, rest));
        Poll::Ready(Ok(()))
    }
}

impl<T> TimeoutStream<T> {
    /// True if the last read ended only because no request came for a while.
    pub(crate) fn is_parked(&self) -> bool {
        self.parking == Parking::Parked
    }

    /// The stream itself, and the bytes read of it while it was parked.
    pub(crate) fn into_begun(self) -> (T, Vec<u8>) {
        (self.stream, self.begun)
    }
}
