//! moto's S3 server, and a proxy before it that counts, fails and is slow.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::support::{PATIENCE, in_time, port_in};

/// The fault that the proxy has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// One request in five is answered with 500.
    OneInFive,
    /// No request is answered; connections are closed.
    Away,
    /// No request is answered; connections stay open.
    Silent,
    /// No read of a file is answered; connections are closed.
    Files,
    /// Writes of manifests are never answered.
    Manifests,
    /// The answer to every other write of an object with a name is lost, after it was written.
    Lost,
}

/// A running service.
pub(crate) struct Service {
    moto: Child,
    port: u16,
    state: Arc<State>,
}

struct State {
    fault: Mutex<Fault>,
    requests: AtomicUsize,
    faults: AtomicUsize,
    puts: AtomicUsize,
}

impl Service {
    /// Starts it with one bucket, `bucket`; `None` if it is not installed.
    pub(crate) fn start() -> Option<Self> {
        let mut moto = Command::new("moto_server")
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        let mut log = BufReader::new(moto.stderr.take()?);
        let mut upstream = None;
        while upstream.is_none() {
            let mut line = String::new();
            if log.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.replace("127.0.0.1", "localhost") + "/";
            upstream = port_in(&line.replace('\n', ""));
        }
        // Its log is read on, so that it does not wait.
        thread::spawn(move || io::copy(&mut log, &mut io::sink()));
        let upstream = SocketAddr::from((Ipv4Addr::LOCALHOST, upstream?));
        let state = Arc::new(State {
            fault: Mutex::new(Fault::None),
            requests: AtomicUsize::new(0),
            faults: AtomicUsize::new(0),
            puts: AtomicUsize::new(0),
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                thread::spawn(move || pass(client, upstream, &state));
            }
        });
        let service = Self { moto, port, state };
        service.create_bucket(upstream);
        Some(service)
    }

    fn create_bucket(&self, upstream: SocketAddr) {
        let create = || {
            let mut stream = TcpStream::connect(upstream).ok()?;
            let head = "PUT /bucket HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\
                        Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, \
                        SignedHeaders=host, Signature=0\r\nConnection: close\r\n\r\n";
            stream.write_all(head.as_bytes()).ok()?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).ok()?;
            answer.contains(" 200 ").then_some(())
        };
        in_time(create).expect("moto creates the bucket");
    }

    /// The environment of a program that uses it.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ACCESS_KEY_ID", "test".into()),
            ("AWS_SECRET_ACCESS_KEY", "test".into()),
            ("AWS_REGION", "us-east-1".into()),
            ("AWS_ALLOW_HTTP", "true".into()),
            ("AWS_ENDPOINT", format!("http://127.0.0.1:{}", self.port)),
        ]
    }

    pub(crate) fn fault(&self, fault: Fault) {
        *self.state.fault.lock().unwrap() = fault;
    }

    /// The number of requests that failed because of a fault.
    pub(crate) fn faults(&self) -> usize {
        self.state.faults.load(Ordering::SeqCst)
    }

    /// The number of objects, and parts of objects, that were written.
    pub(crate) fn puts(&self) -> usize {
        self.state.puts.load(Ordering::SeqCst)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.moto.kill();
        let _ = self.moto.wait();
    }
}

/// Passes one request on, and its answer back.
fn pass(client: TcpStream, upstream: SocketAddr, state: &State) -> io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    let mut writer = client.try_clone()?;
    let mut client = BufReader::new(client);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if client.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let field = |name: &str| {
        let mut fields = head.lines().filter_map(|line| line.split_once(':'));
        let value = fields.find(|(field, _)| field.eq_ignore_ascii_case(name));
        value.map(|(_, value)| value.trim().to_owned())
    };
    let length = field("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    client.read_exact(&mut body)?;
    let request = state.requests.fetch_add(1, Ordering::SeqCst);
    let is_put = head.starts_with("PUT ");
    let is_manifest = is_put
        && head
            .lines()
            .next()
            .is_some_and(|line| line.contains(".json"));
    match *state.fault.lock().unwrap() {
        Fault::OneInFive if request % 5 == 4 => {
            state.faults.fetch_add(1, Ordering::SeqCst);
            let answer = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            return writer.write_all(answer.as_bytes());
        }
        Fault::Away => return Ok(()),
        Fault::Files if head.starts_with("GET ") && head.contains("/files/") => {
            state.faults.fetch_add(1, Ordering::SeqCst);
            return Ok(());
        }
        Fault::Silent => {
            let _ = client.read(&mut [0]);
            return Ok(());
        }
        Fault::Manifests if is_manifest => {
            state.faults.fetch_add(1, Ordering::SeqCst);
            // The client is killed meanwhile.
            let _ = client.read(&mut [0]);
            return Ok(());
        }
        _ => {}
    }
    if is_put {
        state.puts.fetch_add(1, Ordering::SeqCst);
    }
    let mut service = TcpStream::connect_timeout(&upstream, Duration::from_secs(5))?;
    let head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    service.write_all(head.as_bytes())?;
    service.write_all(&body)?;
    if is_manifest && *state.fault.lock().unwrap() == Fault::Lost {
        let number = state.faults.fetch_add(1, Ordering::SeqCst);
        if number.is_multiple_of(2) {
            io::copy(&mut service, &mut io::sink())?;
            return Ok(());
        }
    }
    io::copy(&mut service, &mut writer)?;
    Ok(())
}
