//! The PROXY protocol, versions 1 and 2, by which a load balancer states the client's address.

use std::io;
use std::net::SocketAddr;

use ppp::{HeaderResult, v1, v2};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The shortest header of either version is longer than this.
const PREFIX_BYTES: usize = 12;

/// The first bytes of a header of version 1.
const V1_PREFIX: &[u8] = b"PROXY ";

/// The longest header of version 1.
const MAX_V1_BYTES: usize = 107;

/// The length of version 2's header before its addresses.
const V2_FIXED_BYTES: usize = 16;

/// The most bytes of addresses and extensions accepted in a header of version 2.
const MAX_V2_BYTES: usize = 2048;

/// Reads the header from a new connection, and not a byte more. Returns the client's address; that of the peer itself for
/// its own health checks and for protocols other than TCP.
///
/// # Errors
/// If the stream ends or does not begin with a header.
pub(crate) async fn read_client<T: AsyncRead + Unpin>(
    stream: &mut T,
    peer: SocketAddr,
) -> io::Result<SocketAddr> {
    let mut header = vec![0; PREFIX_BYTES];
    stream.read_exact(&mut header).await?;
    if header == v2::PROTOCOL_PREFIX {
        header.resize(V2_FIXED_BYTES, 0);
        stream.read_exact(&mut header[PREFIX_BYTES..]).await?;
        let length = usize::from(u16::from_be_bytes([header[14], header[15]]));
        if length > MAX_V2_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        header.resize(V2_FIXED_BYTES + length, 0);
        stream.read_exact(&mut header[V2_FIXED_BYTES..]).await?;
    } else if header.starts_with(V1_PREFIX) {
        while !header.ends_with(b"\n") && header.len() < MAX_V1_BYTES {
            header.push(stream.read_u8().await?);
        }
    }
    match HeaderResult::parse(&header) {
        HeaderResult::V1(Ok(header)) => Ok(v1_client(&header).unwrap_or(peer)),
        HeaderResult::V2(Ok(header)) => Ok(v2_client(&header).unwrap_or(peer)),
        HeaderResult::V1(Err(_)) | HeaderResult::V2(Err(_)) => {
            Err(io::ErrorKind::InvalidData.into())
        }
    }
}

fn v1_client(header: &v1::Header<'_>) -> Option<SocketAddr> {
    match header.addresses {
        v1::Addresses::Tcp4(ip) => Some((ip.source_address, ip.source_port).into()),
        v1::Addresses::Tcp6(ip) => Some((ip.source_address, ip.source_port).into()),
        v1::Addresses::Unknown => None,
    }
}

fn v2_client(header: &v2::Header<'_>) -> Option<SocketAddr> {
    match (header.command, header.addresses) {
        (v2::Command::Local, _) => None,
        (_, v2::Addresses::IPv4(ip)) => Some((ip.source_address, ip.source_port).into()),
        (_, v2::Addresses::IPv6(ip)) => Some((ip.source_address, ip.source_port).into()),
        (_, v2::Addresses::Unix(_) | v2::Addresses::Unspecified) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(mut bytes: &[u8]) -> (Option<String>, Vec<u8>) {
        let peer = "10.0.0.9:1".parse().unwrap();
        let client = read_client(&mut bytes, peer).await.ok();
        (client.map(|client| client.to_string()), bytes.to_vec())
    }

    fn v2(command_and_family: [u8; 2], addresses: &[u8]) -> Vec<u8> {
        let length = (addresses.len() as u16).to_be_bytes();
        [
            v2::PROTOCOL_PREFIX,
            &command_and_family,
            &length,
            addresses,
            b"GET /",
        ]
        .concat()
    }

    #[tokio::test]
    async fn both_versions_state_the_client_and_leave_the_request_unread() {
        let v4 = [192, 0, 2, 1, 10, 0, 0, 1, 0x12, 0x34, 0, 80];
        let tlv = [&v4[..], &[4, 0, 1, 0]].concat();
        for (bytes, expected) in [
            (
                b"PROXY TCP4 192.0.2.1 10.0.0.1 4660 80\r\nGET /".to_vec(),
                "192.0.2.1:4660",
            ),
            (
                b"PROXY TCP6 2001:db8::1 ::1 4660 80\r\nGET /".to_vec(),
                "[2001:db8::1]:4660",
            ),
            (b"PROXY UNKNOWN\r\nGET /".to_vec(), "10.0.0.9:1"),
            (v2([0x21, 0x11], &v4), "192.0.2.1:4660"),
            (v2([0x21, 0x11], &tlv), "192.0.2.1:4660"),
            (v2([0x20, 0x00], &[]), "10.0.0.9:1"),
        ] {
            let (client, rest) = read(&bytes).await;
            assert_eq!(client.as_deref(), Some(expected));
            assert_eq!(rest, b"GET /");
        }
    }

    #[tokio::test]
    async fn a_connection_without_a_header_is_an_error() {
        let long = format!("PROXY TCP4 {}\r\n", "1".repeat(200));
        let huge = [v2::PROTOCOL_PREFIX, &[0x21, 0x11, 0xff, 0xff]].concat();
        for bytes in [
            &b"GET / HTTP/1.1\r\n"[..],
            b"",
            b"PROXY TCP4 192.0.2.1",
            b"PROXY TCP4 x 10.0.0.1 1 2\r\n",
            long.as_bytes(),
            &huge,
        ] {
            assert_eq!(read(bytes).await.0, None, "{bytes:?}");
        }
    }
}
