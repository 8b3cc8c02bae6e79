//! The addresses that players can open, with the kind of network each is on.

use std::collections::HashSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::Path;

use if_addrs::{IfAddr, Interface, get_if_addrs};

use crate::console::message::t;
use webserver::tls::names::is_private;

/// The limit of addresses in the announcement, besides this machine's own.
const MAX_SHOWN: usize = 3;

/// An address that players can open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlayerAddress {
    pub url: String,
    kind: Option<NetworkKind>,
}

/// The scheme of the addresses that other machines open. This machine's own need no https: browsers trust loopback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn text(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// The kind of network behind an interface. The order is that of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum NetworkKind {
    Ethernet,
    WiFi,
    Vpn,
    Container,
}

/// The addresses of a server.
#[derive(Clone, Debug)]
pub(crate) struct PlayerAddresses {
    addresses: Vec<PlayerAddress>,
    /// The URL with the name on the local network.
    named: Option<String>,
}

impl PlayerAddresses {
    /// Collects the addresses of a server that listens on this one: this machine's own first, then that of the default
    /// route.
    pub(crate) fn of_server(listening: SocketAddr, scheme: Scheme) -> Self {
        let host = listening.ip();
        let is_localhost = host == Ipv4Addr::LOCALHOST || host == Ipv6Addr::LOCALHOST;
        if !host.is_unspecified() && !is_localhost {
            let interfaces = get_if_addrs().unwrap_or_default();
            let interface = interfaces.iter().find(|interface| interface.ip() == host);
            return Self {
                addresses: vec![PlayerAddress {
                    url: url(host, listening.port(), scheme),
                    kind: interface
                        .and_then(|interface| NetworkKind::of_interface(&interface.name)),
                }],
                named: None,
            };
        }
        let mut addresses = vec![PlayerAddress {
            url: format!("http://localhost:{}/", listening.port()),
            kind: None,
        }];
        if !is_localhost {
            let interfaces = reachable(get_if_addrs().unwrap_or_default(), host.is_ipv6());
            addresses.extend(interfaces.iter().map(|interface| PlayerAddress {
                url: url(interface.ip(), listening.port(), scheme),
                kind: NetworkKind::of_interface(&interface.name),
            }));
        }
        Self {
            addresses,
            named: None,
        }
    }

    /// The same addresses and a name of the local network.
    pub(crate) fn with_name(self, name: Option<&str>, port: u16, scheme: Scheme) -> Self {
        let scheme = scheme.text();
        let named = name.map(|name| format!("{scheme}://{name}:{port}/"));
        Self { named, ..self }
    }

    /// The URL with the name on the local network, which not every phone resolves.
    pub(crate) fn named(&self) -> Option<&str> {
        self.named.as_deref()
    }

    /// The URLs, without the kinds of networks.
    pub(crate) fn urls(&self) -> Vec<String> {
        self.addresses
            .iter()
            .map(|address| address.url.clone())
            .chain(self.named.clone())
            .collect()
    }

    /// The address to share: the first that other machines can open.
    pub(crate) fn shared(&self) -> Option<&str> {
        let mut urls = self.addresses.iter().map(|address| address.url.as_str());
        urls.find(|url| !url.starts_with("http://localhost:"))
    }

    /// This machine's own address.
    pub(crate) fn first(&self) -> &str {
        self.addresses.first().map_or("", |address| &address.url)
    }

    /// One line each, with a note about those left out and about containers.
    pub(crate) fn short_list(&self) -> Vec<String> {
        let shown = self.addresses.len().min(MAX_SHOWN + 1);
        let mut lines = lines(&self.addresses[..shown]);
        let more = self.addresses.len() - shown;
        if more > 0 {
            lines.push(format!("  {}", t!("addresses.more", count = more)));
        }
        lines.extend(self.named_line());
        lines.extend(container_note());
        lines
    }

    fn named_line(&self) -> Option<String> {
        let url = self.named.as_ref()?;
        Some(format!("  {url}  {}", t!("addresses.by_name")))
    }

    /// One line each.
    pub(crate) fn full_list(&self) -> Vec<String> {
        let mut lines = lines(&self.addresses);
        lines.extend(self.named_line());
        lines.extend(container_note());
        lines
    }
}

/// True for an address of a network that players share with this machine: a private one, of no container or VPN.
pub(crate) fn is_local_network(interface: &Interface) -> bool {
    let kind = NetworkKind::of_interface(&interface.name);
    let is_virtual = matches!(kind, Some(NetworkKind::Container | NetworkKind::Vpn));
    // A browser cannot open an IPv6 address without knowing its own interface.
    let is_scoped =
        matches!(interface.ip(), IpAddr::V6(address) if address.is_unicast_link_local());
    !interface.is_loopback() && !is_virtual && !is_scoped && is_private(interface.ip())
}

fn lines(addresses: &[PlayerAddress]) -> Vec<String> {
    let widths = addresses.iter().map(|address| address.url.len());
    let width = widths.max().unwrap_or(0);
    let line = |address: &PlayerAddress| match address.kind {
        Some(kind) => format!("  {:width$}  {}", address.url, kind.text()),
        None => format!("  {}", address.url),
    };
    addresses.iter().map(line).collect()
}

fn url(host: IpAddr, port: u16, scheme: Scheme) -> String {
    let scheme = match host.to_canonical().is_loopback() {
        true => Scheme::Http.text(),
        false => scheme.text(),
    };
    format!("{scheme}://{}/", SocketAddr::new(host, port))
}

/// The note that the addresses are those of a container, in one.
fn container_note() -> Option<String> {
    is_container().then(|| format!("  {}", t!("addresses.container")))
}

/// True in a container, whose addresses players cannot open.
pub(crate) fn is_container() -> bool {
    ["/.dockerenv", "/run/.containerenv"]
        .iter()
        .any(|file| Path::new(file).exists())
        || std::env::var_os("KUBERNETES_SERVICE_HOST").is_some()
}

/// The interfaces that other machines may reach, the most useful first: those that are up, without loopback and
/// link-local addresses.
fn reachable(interfaces: Vec<Interface>, with_ipv6: bool) -> Vec<Interface> {
    let routed = routed_interfaces();
    let default = default_address();
    let mut reachable: Vec<_> = interfaces
        .into_iter()
        .filter(|interface| !interface.is_loopback() && !interface.is_link_local())
        .filter(|interface| with_ipv6 || matches!(interface.addr, IfAddr::V4(_)))
        .filter(|interface| interface.is_oper_up() || routed.contains(&interface.name))
        .collect();
    reachable.sort_by_key(|interface| {
        let is_default = Some(interface.ip()) == default;
        let kind = NetworkKind::of_interface(&interface.name);
        (
            !is_default,
            matches!(interface.addr, IfAddr::V6(_)),
            kind.unwrap_or(NetworkKind::Ethernet),
        )
    });
    reachable
}

/// The address that this machine uses towards the internet. Connecting a UDP socket sends nothing.
fn default_address() -> Option<IpAddr> {
    // RFC 5737: an address for documentation, so no private route leads to it.
    const ELSEWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(ELSEWHERE).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// The interfaces with a route: up, though perhaps without a carrier at this moment.
fn routed_interfaces() -> HashSet<String> {
    let table = fs::read_to_string("/proc/net/route").unwrap_or_default();
    let names = table.lines().skip(1);
    names
        .filter_map(|line| line.split_ascii_whitespace().next())
        .map(str::to_owned)
        .collect()
}

impl NetworkKind {
    /// The kind of network by the usual names of interfaces.
    fn of_interface(name: &str) -> Option<Self> {
        const NAMES: [(&[&str], NetworkKind); 4] = [
            (
                &[
                    "docker", "br-", "veth", "cni", "flannel", "cali", "podman", "lxc", "lxd",
                    "virbr", "vmnet", "vboxnet", "kube",
                ],
                NetworkKind::Container,
            ),
            (
                &[
                    "tun",
                    "tap",
                    "wg",
                    "tailscale",
                    "zt",
                    "ppp",
                    "utun",
                    "ipsec",
                    "nordlynx",
                    "proton",
                    "mullvad",
                ],
                NetworkKind::Vpn,
            ),
            (&["wl", "ath", "wifi"], NetworkKind::WiFi),
            (
                &["eth", "eno", "ens", "enp", "enx", "em"],
                NetworkKind::Ethernet,
            ),
        ];
        if Path::new("/sys/class/net")
            .join(name)
            .join("wireless")
            .exists()
        {
            return Some(Self::WiFi);
        }
        NAMES.iter().find_map(|(prefixes, kind)| {
            let is_such = prefixes.iter().any(|prefix| name.starts_with(prefix));
            is_such.then_some(*kind)
        })
    }

    fn text(self) -> String {
        match self {
            Self::Ethernet => t!("addresses.ethernet"),
            Self::WiFi => t!("addresses.wifi"),
            Self::Vpn => t!("addresses.vpn"),
            Self::Container => t!("addresses.container_network"),
        }
        .into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_network_follows_from_its_interfaces_name() {
        for (name, expected) in [
            ("eth9", Some(NetworkKind::Ethernet)),
            ("enp3s0", Some(NetworkKind::Ethernet)),
            ("wlan7", Some(NetworkKind::WiFi)),
            ("wlp2s0", Some(NetworkKind::WiFi)),
            ("tun0", Some(NetworkKind::Vpn)),
            ("tailscale0", Some(NetworkKind::Vpn)),
            ("docker0", Some(NetworkKind::Container)),
            ("br-1a2b", Some(NetworkKind::Container)),
            ("something", None),
        ] {
            assert_eq!(NetworkKind::of_interface(name), expected, "{name}");
        }
    }

    #[test]
    fn other_machines_get_https_if_they_need_it_and_this_one_never() {
        for (host, scheme, expected) in [
            ("192.168.1.5", Scheme::Http, "http://192.168.1.5:8080/"),
            ("192.168.1.5", Scheme::Https, "https://192.168.1.5:8080/"),
            ("fd00::5", Scheme::Https, "https://[fd00::5]:8080/"),
            ("127.0.0.2", Scheme::Https, "http://127.0.0.2:8080/"),
        ] {
            assert_eq!(url(host.parse().unwrap(), 8080, scheme), expected);
        }
        let all = PlayerAddresses::of_server(([0, 0, 0, 0], 8080).into(), Scheme::Https).urls();
        assert_eq!(all[0], "http://localhost:8080/");
        assert!(
            all[1..].iter().all(|url| url.starts_with("https://")),
            "{all:?}"
        );
    }

    #[test]
    fn three_addresses_are_shown_besides_this_machines_own() {
        let address = |number: u8| PlayerAddress {
            url: url([192, 168, 1, number].into(), 8080, Scheme::Http),
            kind: Some(NetworkKind::Vpn),
        };
        let addresses = PlayerAddresses {
            addresses: (0..6).map(address).collect(),
            named: None,
        };
        let is_address = |line: &&String| line.contains("http://");
        assert_eq!(addresses.short_list().iter().filter(is_address).count(), 4);
        assert_eq!(addresses.full_list().iter().filter(is_address).count(), 6);
    }
}
