//! A client on a connection of its own, and the answers that it reads.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use crate::support::PATIENCE;

/// One connection.
pub(crate) struct Client(BufReader<TcpStream>);

/// An answer over the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(port: u16) -> Self {
        Self::to((Ipv4Addr::LOCALHOST, port).into()).unwrap()
    }

    pub(crate) fn to(address: SocketAddr) -> io::Result<Self> {
        Self::over(TcpStream::connect_timeout(&address, PATIENCE)?)
    }

    pub(crate) fn over(stream: TcpStream) -> io::Result<Self> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Says that nothing more will be sent.
    pub(crate) fn finish_sending(&self) {
        self.0.get_ref().shutdown(Shutdown::Write).unwrap();
    }

    /// From here on, waits this long for an answer.
    pub(crate) fn patience(&mut self, patience: Duration) {
        self.0.get_ref().set_read_timeout(Some(patience)).unwrap();
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// The same for a connection that may be closed by now.
    pub(crate) fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.0.get_mut().write_all(bytes.as_ref())
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.request("GET", path, &[])
    }

    pub(crate) fn request(&mut self, method: &str, path: &str, fields: &[&str]) -> Answer {
        self.send(head(method, path, fields));
        self.answer_to(method)
    }

    /// The next answer.
    pub(crate) fn answer(&mut self) -> Answer {
        self.answer_to("GET")
    }

    pub(crate) fn answer_to(&mut self, method: &str) -> Answer {
        let mut answer = self.answer_head().unwrap();
        let length = match (method, answer.status) {
            ("HEAD", _) | (_, 204 | 304) => 0,
            _ => answer.length(),
        };
        answer.body = vec![0; length];
        self.0.read_exact(&mut answer.body).unwrap();
        answer
    }

    /// The next answer without its body.
    pub(crate) fn answer_head(&mut self) -> io::Result<Answer> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.0.read_line(&mut head)? == 0 {
                return Err(io::Error::other(format!("closed after {head:?}")));
            }
        }
        let status = head.get(9..12).and_then(|status| status.parse().ok());
        Ok(Answer {
            status: status.unwrap_or_else(|| panic!("no status in {head:?}")),
            head,
            body: Vec::new(),
        })
    }

    /// Reads at most this many bytes; none when the connection is closed.
    pub(crate) fn read(&mut self, most: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; most];
        let length = self.0.read(&mut bytes)?;
        bytes.truncate(length);
        Ok(bytes)
    }

    /// Everything until the other side closes. That it resets the connection is closing, too.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Err(error) if error.kind() != io::ErrorKind::ConnectionReset => {
                panic!("still open after {} bytes: {error}", rest.len())
            }
            _ => rest,
        }
    }
}

impl Answer {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields(name).next()
    }

    /// The values of a field that may be there several times.
    pub(crate) fn fields(&self, name: &str) -> impl Iterator<Item = &str> {
        self.head.lines().skip(1).filter_map(move |line| {
            let (field, value) = line.split_once(':')?;
            field.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub(crate) fn length(&self) -> usize {
        let length = self.field("content-length");
        length.map_or(0, |length| length.parse().unwrap())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The head of a request.
pub(crate) fn head(method: &str, path: &str, fields: &[&str]) -> String {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
    for field in fields {
        head += &format!("{field}\r\n");
    }
    head + "\r\n"
}
