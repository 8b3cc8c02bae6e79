//! The floor: a bare epoll loop that writes one constant to whatever comes in, HTTP unread. No server of HTTP on this
//! machine answers for less. With a third number it closes each connection after its answer.
//! `cargo bench --bench floor -- PORT BYTES [1]`
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::thread;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};

fn main() {
    let mut numbers = std::env::args().filter_map(|word| word.parse::<usize>().ok());
    // `cargo bench` and `cargo test` start it without numbers.
    let Some(port) = numbers.next() else { return };
    let length = numbers.next().unwrap_or(1024);
    let closes = numbers.next().is_some();
    let mut answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").into_bytes();
    answer.resize(answer.len() + length, b'x');
    let listener = TcpListener::bind(("127.0.0.1", port as u16)).unwrap();
    listener.set_nonblocking(true).unwrap();
    thread::scope(|threads| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            threads.spawn(|| run(&listener, &answer, closes));
        }
    });
}

fn run(listener: &TcpListener, answer: &[u8], closes: bool) {
    let epoll = epoll::create(CreateFlags::CLOEXEC).unwrap();
    let of = |number: i32| EventData::new_u64(number as u64);
    let door = listener.as_raw_fd();
    epoll::add(
        &epoll,
        listener,
        of(door),
        EventFlags::IN | EventFlags::EXCLUSIVE,
    )
    .unwrap();
    let mut streams: HashMap<i32, TcpStream> = HashMap::new();
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
                    epoll::add(&epoll, &stream, of(stream.as_raw_fd()), EventFlags::IN).unwrap();
                    streams.insert(stream.as_raw_fd(), stream);
                }
            } else if streams
                .get_mut(&number)
                .is_none_or(|stream| !answered(stream, answer, closes))
            {
                streams.remove(&number);
            }
        }
    }
}

/// False if the connection has ended.
fn answered(stream: &mut TcpStream, answer: &[u8], closes: bool) -> bool {
    let mut request = [0; 4096];
    match stream.read(&mut request) {
        Ok(0) => false,
        Ok(_) => stream.write_all(answer).is_ok() && !closes,
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}
