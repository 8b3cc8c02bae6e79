//! Any first bytes on a port that speaks TLS, too, are answered or refused, and the connection ends once its client has
//! closed its side.
#![no_main]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use webserver::http::service::{Handler, RequestLimits};
use webserver::metrics::counters::Counters;
use webserver::server::Server;
use webserver::server::limits::Limits;
use webserver::server::listener::Listener;
use webserver::tls::keeper::{CertificateSource, Keeper};
use webserver_fuzz::published;

static SERVER: LazyLock<SocketAddr> = LazyLock::new(|| {
    let (told, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
            let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
            std::fs::write(&cert, made.cert.pem()).unwrap();
            std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
            let source = CertificateSource::Files(cert, key);
            let keeper = Keeper::start(source).unwrap();
            let listener = Listener::bind(Some(Ipv4Addr::LOCALHOST.into()), 0).unwrap();
            told.send(listener.address()).unwrap();
            let counters = Counters::start();
            let server = Server::with_tls(Limits::default(), counters, Some(keeper));
            let handler = Handler::new(published(), RequestLimits::default(), counters);
            server.run(listener, move |_| handler, std::future::pending()).await;
        });
    });
    address.recv().unwrap()
});

fuzz_target!(|bytes: &[u8]| {
    // Half of the inputs begin as a record of the handshake does (RFC 8446, 5.1).
    let (mut sent, rest) = match bytes.split_first() {
        Some((0..128, rest)) => (vec![0x16, 3, 1], rest),
        Some((_, rest)) => (Vec::new(), rest),
        None => return,
    };
    sent.extend(rest);
    let mut client = TcpStream::connect(*SERVER).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(4))).unwrap();
    // The server may refuse, and close its side, before it has read everything.
    let _ = client.write_all(&sent);
    let _ = client.shutdown(Shutdown::Write);
    let mut received = Vec::new();
    match client.read_to_end(&mut received) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
        Err(error) => panic!("the connection does not end: {error}"),
    }
    // A request of HTTP/1.0 is answered in its version.
    let is_refusal = received.starts_with(b"HTTP/1.");
    // An alert, or a handshake that goes on (RFC 8446, 5.1).
    let is_record = received.first().is_none_or(|first| [0x15, 0x16].contains(first));
    assert!(is_refusal || is_record, "{received:?}");
});
