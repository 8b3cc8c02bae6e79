//! Access to the console in the host's browser: the token in its address, and the cookie that a browser gets for it.
//!
//! Both are new with each start, and whenever the host ends access. Every signed-in browser has the same cookie, and whoever
//! has the token may do everything.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::crypto::ring;
use tokio::sync::watch;

use crate::console::failure::Failure;
use crate::console::message::t;
use crate::control::addresses::{PlayerAddresses, Scheme};

/// The random bytes of a token or cookie. RFC 6750, 5.2 leaves the number open; 16 cannot be guessed.
const SECRET_BYTES: usize = 16;

/// The field of the query that carries the token.
const TOKEN: &str = "token";

/// The secrets in force. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct ConsoleAccess(Arc<SharedAccess>);

#[derive(Debug)]
struct SharedAccess {
    listening: SocketAddr,
    /// The scheme for other machines.
    scheme: Scheme,
    secrets: Mutex<Secrets>,
    /// The number of times that access was ended.
    ended: watch::Sender<u64>,
}

#[derive(Debug)]
struct Secrets {
    token: String,
    cookie: String,
}

impl Secrets {
    fn new() -> Result<Self, Failure> {
        Ok(Self {
            token: secret()?,
            cookie: secret()?,
        })
    }
}

impl ConsoleAccess {
    /// Creates access to a console that listens at this address.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub(crate) fn new(listening: SocketAddr, scheme: Scheme) -> Result<Self, Failure> {
        Ok(Self(Arc::new(SharedAccess {
            listening,
            scheme,
            secrets: Mutex::new(Secrets::new()?),
            ended: watch::Sender::new(0),
        })))
    }

    /// The name of the cookie. Browsers send cookies to every port of a host, so the port is in the name.
    pub(crate) fn cookie_name(&self) -> String {
        format!("webserver-console-{}", self.0.listening.port())
    }

    /// The cookie for a browser that presents the token.
    pub(crate) fn cookie_for(&self, token: &str) -> Option<String> {
        let secrets = self.secrets();
        is_same(&secrets.token, token).then(|| secrets.cookie.clone())
    }

    /// True if a cookie is the one in force.
    pub(crate) fn admits(&self, cookie: &str) -> bool {
        is_same(&self.secrets().cookie, cookie)
    }

    /// Changes whenever access is ended.
    pub(crate) fn ended(&self) -> watch::Receiver<u64> {
        self.0.ended.subscribe()
    }

    /// Signs every browser out and makes a new token.
    ///
    /// # Errors
    /// If the system has no random numbers; access then stays as it was.
    pub(crate) fn end(&self) -> Result<(), Failure> {
        *self.secrets() = Secrets::new()?;
        self.0.ended.send_modify(|ended| *ended += 1);
        Ok(())
    }

    /// The address with the token for a browser of this machine. An IP address, so that the console does not share its
    /// site and cookies with a game at `localhost`.
    pub(crate) fn local_address(&self) -> String {
        let listening = self.0.listening;
        let host = match listening.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
            host => host,
        };
        let address = SocketAddr::new(host, listening.port());
        self.with_token(&format!("http://{address}/"))
    }

    /// The address with the token for a phone; `None` if the console is this machine's only.
    pub(crate) fn shared_address(&self) -> Option<String> {
        let addresses = PlayerAddresses::of_server(self.0.listening, self.0.scheme);
        addresses
            .shared()
            .map(|address| self.with_token(address))
            .filter(|_| !self.0.listening.ip().is_loopback())
    }

    /// The addresses with the token, as they are printed.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![t!("console.address", address = self.local_address()).into_owned()];
        if let Some(address) = self.shared_address() {
            lines.push(t!("console.shared_address", address = address).into_owned());
        }
        lines.join("\n") + "\n"
    }

    fn with_token(&self, address: &str) -> String {
        format!("{address}?{TOKEN}={}", self.secrets().token)
    }

    fn secrets(&self) -> MutexGuard<'_, Secrets> {
        self.0
            .secrets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Compares in a time that does not depend on the secret: hashes are compared in constant time.
fn is_same(secret: &str, given: &str) -> bool {
    blake3::hash(secret.as_bytes()) == blake3::hash(given.as_bytes())
}

fn secret() -> Result<String, Failure> {
    let mut bytes = [0; SECRET_BYTES];
    let random = ring::default_provider().secure_random;
    random
        .fill(&mut bytes)
        .map_err(|_| Failure::failed(t!("console.no_random_numbers")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(listening: &str) -> ConsoleAccess {
        ConsoleAccess::new(listening.parse().unwrap(), Scheme::Https).unwrap()
    }

    fn token(access: &ConsoleAccess) -> String {
        let address = access.local_address();
        address.split_once("?token=").unwrap().1.to_owned()
    }

    #[test]
    fn the_token_brings_a_cookie_and_the_end_of_access_changes_both() {
        let access = access("127.0.0.1:9000");
        let first = token(&access);
        assert_eq!(first.len(), 2 * SECRET_BYTES);
        let cookie = access.cookie_for(&first).unwrap();
        assert!(access.admits(&cookie) && !access.admits(&first) && !access.admits(""));
        assert_eq!(access.cookie_for(&cookie), None);
        let ended = access.ended();
        access.end().unwrap();
        assert!(ended.has_changed().unwrap());
        assert!(!access.admits(&cookie));
        assert_eq!(access.cookie_for(&first), None);
        assert!(access.cookie_for(&token(&access)).is_some());
    }

    #[test]
    fn the_address_is_one_that_this_machine_can_open() {
        for (listening, expected) in [
            ("127.0.0.1:9000", "http://127.0.0.1:9000/?token="),
            ("0.0.0.0:9000", "http://127.0.0.1:9000/?token="),
            ("[::]:9000", "http://[::1]:9000/?token="),
            ("192.0.2.7:9000", "http://192.0.2.7:9000/?token="),
        ] {
            let address = access(listening).local_address();
            assert!(address.starts_with(expected), "{address}");
        }
        assert_eq!(access("127.0.0.1:9000").shared_address(), None);
        assert_eq!(access("[::1]:9000").shared_address(), None);
    }
}
