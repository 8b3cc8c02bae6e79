//! The names that this machine's authority may vouch for: those that exist in private networks only.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use if_addrs::get_if_addrs;
use ipnet::IpNet;

/// Domains that no public authority vouches for (RFC 6761, 6762, 8375; ICANN's reservation of `.internal`).
pub(crate) const PRIVATE_DOMAINS: [&str; 4] = ["localhost", "local", "internal", "home.arpa"];

/// Networks that are not routed in the internet (RFC 1918, 3927, 6598, 4193, 4291).
pub(crate) const PRIVATE_NETWORKS: [&str; 9] = [
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "100.64.0.0/10",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
];

/// True for an address of a private network.
pub fn is_private(address: IpAddr) -> bool {
    let address = address.to_canonical();
    PRIVATE_NETWORKS
        .iter()
        .filter_map(|network| network.parse::<IpNet>().ok())
        .any(|network| network.contains(&address))
}

/// The names of this machine: its own, and that in `.local`.
pub(crate) fn host_names() -> Vec<String> {
    let name = rustix::system::uname();
    let name = name.nodename().to_string_lossy().to_ascii_lowercase();
    match is_host_name(&name) {
        true => {
            let label = name.split('.').next().unwrap_or_default();
            vec![format!("{label}.local"), name]
        }
        false => Vec::new(),
    }
}

/// True for letters, digits and hyphens (RFC 1123, 2.1), but no address.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let is_known = |c: char| c.is_ascii_alphanumeric() || c == '-';
        (1..=63).contains(&label.len())
            && label.chars().all(is_known)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_label) && name.parse::<IpAddr>().is_err()
}

/// True if the authority may vouch for a name, given the names of the machine when it was made.
pub(crate) fn is_permitted(name: &str, hosts: &[String]) -> bool {
    let domains = hosts.iter().map(String::as_str).chain(PRIVATE_DOMAINS);
    domains.into_iter().any(|domain| {
        let rest = name.strip_suffix(domain);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// The private addresses of this machine.
pub(crate) fn private_addresses() -> Vec<IpAddr> {
    let interfaces = get_if_addrs().unwrap_or_default();
    let mut addresses: Vec<_> = [
        IpAddr::from(Ipv4Addr::LOCALHOST),
        IpAddr::from(Ipv6Addr::LOCALHOST),
    ]
    .into_iter()
    .chain(interfaces.iter().map(|interface| interface.ip()))
    .filter(|address| is_private(*address))
    .collect();
    addresses.sort();
    addresses.dedup();
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_private_networks_are_private() {
        for (address, expected) in [
            ("192.168.1.23", true),
            ("172.16.0.1", true),
            ("172.32.0.1", false),
            ("100.64.0.1", true),
            ("100.128.0.1", false),
            ("8.8.8.8", false),
            ("::ffff:10.0.0.1", true),
            ("::ffff:8.8.8.8", false),
            ("fd00::1", true),
            ("fe80::1", true),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_private(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn only_names_of_private_domains_and_of_the_machine_are_permitted() {
        let hosts = ["pc.school.example".to_owned()];
        for (name, expected) in [
            ("games.local", true),
            ("localhost", true),
            ("a.localhost", true),
            ("pc.school.example", true),
            ("school.example", false),
            ("notlocalhost", false),
            ("example.com", false),
            ("local.example.com", false),
        ] {
            assert_eq!(is_permitted(name, &hosts), expected, "{name}");
        }
    }

    #[test]
    fn a_host_name_has_letters_digits_and_hyphens() {
        for (name, expected) in [
            ("laptop", true),
            ("pc-7.school.example", true),
            ("my_pc", false),
            ("-x", false),
            ("a..b", false),
            ("10.0.0.1", false),
            ("", false),
        ] {
            assert_eq!(is_host_name(name), expected, "{name:?}");
        }
    }
}
