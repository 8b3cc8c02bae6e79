//! The floor of large answers: an epoll loop that sends one constant to whatever comes in, by `write` from memory or by
//! `sendfile` from a file in memory. `cargo bench --bench sending -- PORT BYTES write|sendfile UNSENT`, where UNSENT is the
//! most bytes that wait in the system's buffer of a connection.
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::collections::HashMap;
use std::fs::File;
use std::io::{ErrorKind, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::thread;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::fs::{MemfdFlags, memfd_create, sendfile};
use socket2::SockRef;

/// The answer, twice.
struct Answer {
    head: Vec<u8>,
    content: Vec<u8>,
    file: File,
    is_sent_from_file: bool,
}

/// The bytes of the answer that a connection has sent; `None` before a request.
type Sent = Option<usize>;

fn main() {
    let words: Vec<_> = std::env::args().skip(1).collect();
    // `cargo bench` and `cargo test` start it without these.
    let [port, length, way, unsent, ..] = words.as_slice() else {
        return;
    };
    let Ok(port) = port.parse::<u16>() else {
        return;
    };
    let length: usize = length.parse().unwrap();
    let content = vec![b'x'; length];
    let mut file = File::from(memfd_create("answer", MemfdFlags::CLOEXEC).unwrap());
    file.write_all(&content).unwrap();
    let answer = Answer {
        head: format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").into(),
        content,
        file,
        is_sent_from_file: way == "sendfile",
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    listener.set_nonblocking(true).unwrap();
    // Connections inherit it.
    let unsent = unsent.parse().unwrap();
    let socket = SockRef::from(&listener);
    socket.set_tcp_notsent_lowat(unsent).unwrap();
    thread::scope(|threads| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            threads.spawn(|| run(&listener, &answer));
        }
    });
}

fn run(listener: &TcpListener, answer: &Answer) {
    let epoll = epoll::create(CreateFlags::CLOEXEC).unwrap();
    let door = listener.as_raw_fd();
    let of = |number: i32| EventData::new_u64(number as u64);
    let flags = EventFlags::IN | EventFlags::EXCLUSIVE;
    epoll::add(&epoll, listener, of(door), flags).unwrap();
    let mut streams: HashMap<i32, (TcpStream, Sent)> = HashMap::new();
    let mut events = Vec::with_capacity(256);
    loop {
        events.clear();
        if epoll::wait(&epoll, spare_capacity(&mut events), None).is_err() {
            continue;
        }
        for event in &events {
            let number = event.data.u64() as i32;
            if number == door {
                while let Ok((stream, _)) = listener.accept() {
                    stream.set_nonblocking(true).unwrap();
                    stream.set_nodelay(true).unwrap();
                    let flags = EventFlags::IN | EventFlags::OUT | EventFlags::ET;
                    epoll::add(&epoll, &stream, of(stream.as_raw_fd()), flags).unwrap();
                    streams.insert(stream.as_raw_fd(), (stream, None));
                }
            } else if let Some((stream, sent)) = streams.get_mut(&number)
                && let Err(error) = go_on(stream, sent, answer)
                && error.kind() != ErrorKind::WouldBlock
            {
                streams.remove(&number);
            }
        }
    }
}

/// Reads requests and sends answers until it would block.
fn go_on(stream: &mut TcpStream, sent: &mut Sent, answer: &Answer) -> Result<()> {
    loop {
        let before = match *sent {
            Some(before) => before,
            None => match stream.read(&mut [0; 4096])? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                _ => *sent.insert(0),
            },
        };
        let now = before + send(stream, before, answer)?;
        let whole = answer.head.len() + answer.content.len();
        *sent = (now < whole).then_some(now);
    }
}

/// Sends what follows these bytes.
fn send(stream: &mut TcpStream, sent: usize, answer: &Answer) -> Result<usize> {
    let head = answer.head.len();
    if sent < head {
        return stream.write(&answer.head[sent..]);
    }
    let at = sent - head;
    if answer.is_sent_from_file {
        let left = answer.content.len() - at;
        Ok(sendfile(
            &*stream,
            &answer.file,
            Some(&mut (at as u64)),
            left,
        )?)
    } else {
        stream.write(&answer.content[at..])
    }
}
