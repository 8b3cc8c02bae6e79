//! The server's name on the local network, `games.local`, by multicast DNS (RFC 6762) and service discovery (RFC 6763).
//!
//! A convenience: where multicast fails, everything else works as before. The library probes for the name, takes the next
//! one if another machine has it, follows the addresses of the interfaces, and says goodbye at the end.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use mdns_sd::{DaemonEvent, DnsNameChange, IfKind, IfPredicate, RRType, Receiver, ServiceDaemon};
use mdns_sd::{Error, ServiceInfo};

use crate::control::addresses::is_local_network;

/// Web pages (RFC 6763, 7; IANA's registry of service names).
const SERVICE: &str = "_http._tcp.local.";

/// The longest wait for the goodbye to be sent.
const GOODBYE: Duration = Duration::from_millis(500);

/// A registered name. Dropping it says goodbye.
pub(crate) struct LocalName {
    daemon: ServiceDaemon,
    service: String,
    announced: AnnouncedName,
}

/// The name as the network knows it; none before it is announced.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnnouncedName(Arc<ArcSwapOption<String>>);

impl AnnouncedName {
    /// The name with its domain: `games.local`.
    pub(crate) fn get(&self) -> Option<String> {
        self.0.load().as_deref().cloned()
    }
}

impl LocalName {
    /// Registers a name for a server that listens here. `None`, and a line in the log, if that fails.
    pub(crate) fn register(label: &str, listening: SocketAddr) -> Option<Self> {
        let registered = Self::try_register(label, listening);
        let log = |error: &Error| tracing::warn!(event = "no_local_name", %error);
        registered.inspect_err(log).ok()
    }

    fn try_register(label: &str, listening: SocketAddr) -> Result<Self, Error> {
        let daemon = ServiceDaemon::new()?;
        let reaches = move |address: IpAddr| {
            let host = listening.ip();
            match host.is_unspecified() {
                true => host.is_ipv6() || address.is_ipv4(),
                false => address == host,
            }
        };
        let others = IfPredicate::new(move |one| !is_local_network(one) || !reaches(one.ip()));
        daemon.disable_interface(IfKind::Predicate(others))?;
        let own = IfPredicate::new(move |one| is_local_network(one) && reaches(one.ip()));
        let host = format!("{label}.local.");
        let path = [("path", "/")];
        let port = listening.port();
        let instance = format!("{label} {port}");
        let mut service =
            ServiceInfo::new(SERVICE, &instance, &host, (), port, &path[..])?.enable_addr_auto();
        service.set_interfaces(vec![IfKind::Predicate(own)]);
        let name = service.get_fullname().to_owned();
        let announced = AnnouncedName::default();
        let events = daemon.monitor()?;
        daemon.register(service)?;
        let followed = announced.clone();
        let thread = thread::Builder::new().name("local name".to_owned());
        thread
            .spawn(move || follow(&events, host, &followed))
            .map_err(|error| Error::Msg(error.to_string()))?;
        Ok(Self {
            daemon,
            service: name,
            announced,
        })
    }

    /// The name as the network knows it, now and later.
    pub(crate) fn announced(&self) -> AnnouncedName {
        self.announced.clone()
    }
}

impl Drop for LocalName {
    fn drop(&mut self) {
        // Records that are not withdrawn expire in two minutes.
        if let Ok(done) = self.daemon.unregister(&self.service) {
            let _ = done.recv_timeout(GOODBYE);
        }
        if let Ok(done) = self.daemon.shutdown() {
            let _ = done.recv_timeout(GOODBYE);
        }
    }
}

/// Follows the name until the daemon ends.
fn follow(events: &Receiver<DaemonEvent>, mut host: String, announced: &AnnouncedName) {
    while let Ok(event) = events.recv() {
        match event {
            DaemonEvent::Announce(..) => {}
            DaemonEvent::NameChange(DnsNameChange {
                original,
                new_name,
                rr_type: RRType::A | RRType::AAAA,
                ..
            }) => {
                // Once for each kind of address and each network.
                if host == new_name {
                    continue;
                }
                tracing::info!(
                    event = "local_name_taken",
                    name = original.trim_end_matches('.'),
                    next = new_name.trim_end_matches('.')
                );
                host = new_name;
                if announced.0.load().is_none() {
                    // It is probed, too.
                    continue;
                }
            }
            _ => continue,
        }
        let name = host.trim_end_matches('.');
        let before = announced.0.swap(Some(Arc::new(name.to_owned())));
        if before.is_none_or(|before| *before != name) {
            tracing::info!(event = "local_name", name);
        }
    }
}
