//! The authority of this machine: it vouches for private addresses and names, and cannot vouch for anything else
//! (name constraints, critical; RFC 5280, 4.2.1.10). Its key stays in the user's data folder.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use etcetera::BaseStrategy;
use ipnet::IpNet;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::tls::certificate_files::{CertifiedPair, file_error, read_kept, write_new, write_over};
use crate::tls::error::TlsError;
use crate::tls::names::{
    PRIVATE_DOMAINS, PRIVATE_NETWORKS, host_names, is_permitted, is_private, private_addresses,
};

/// The file of the authority, with its key.
const FILE: &str = "authority.json";

/// The file of the server's certificate, with its key. It is kept, because browsers remember a certificate that a
/// player accepted.
const SERVER_FILE: &str = "server.json";

/// The life of an authority, in days.
const AUTHORITY_DAYS: i64 = 3650;

/// The life of a server's certificate, in days. Apple's refuse more than 398.
const SERVER_DAYS: i64 = 390;

/// The days before its end in which a certificate is replaced.
const LAST_DAYS: i64 = 30;

/// The authority, as it is kept.
#[derive(Clone, Deserialize, Serialize)]
pub struct Authority {
    /// The name in lists of certificates.
    pub name: String,
    /// The names of this machine when it was made.
    hosts: Vec<String>,
    /// The certificate, in PEM.
    pub certificate: String,
    key: String,
    /// The day of its end, in seconds since 1970.
    pub expires: i64,
}

/// A certificate of the server, as it is kept.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct ServerCertificate {
    names: Vec<String>,
    /// The authority's certificate.
    authority: String,
    certificate: String,
    key: String,
    expires: i64,
}

/// The folder of the authority.
///
/// # Errors
/// If the user has no folder for data.
pub fn folder() -> Result<PathBuf, TlsError> {
    let folders = etcetera::choose_base_strategy().map_err(|_| TlsError::NoFolder)?;
    Ok(folders.data_dir().join("webserver"))
}

impl Authority {
    /// The authority in a folder, if there is one that does not expire soon.
    ///
    /// # Errors
    /// If its file cannot be read.
    pub fn find(folder: &Path) -> Result<Option<Self>, TlsError> {
        let kept: Option<Self> = read_kept(&folder.join(FILE))?;
        Ok(kept.filter(|kept| kept.expires > days_from_now(LAST_DAYS)))
    }

    /// The authority in a folder, created if there is none.
    ///
    /// # Errors
    /// If it cannot be created or saved.
    pub fn find_or_make(folder: &Path) -> Result<Self, TlsError> {
        if let Some(kept) = Self::find(folder)? {
            return Ok(kept);
        }
        let made = Self::make()?;
        write_new(&folder.join(FILE), &made)?;
        if let Some(kept) = Self::find(folder)? {
            // Perhaps that of another process, which was faster.
            return Ok(kept);
        }
        // An expired one, or a damaged file.
        write_over(&folder.join(FILE), &made)?;
        Ok(made)
    }

    /// Removes the authority from a folder, with the certificates that it made. Returns true if there was one.
    ///
    /// # Errors
    /// If a file cannot be removed.
    pub fn remove(folder: &Path) -> Result<bool, TlsError> {
        let mut was_there = false;
        for name in [SERVER_FILE, FILE] {
            let file = folder.join(name);
            match fs::remove_file(&file) {
                Ok(()) => was_there |= name == FILE,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(file_error(&file, error)),
            }
        }
        Ok(was_there)
    }

    /// Creates an authority that is not saved.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub(crate) fn make() -> Result<Self, TlsError> {
        let hosts = host_names();
        let host = hosts.last().map_or("this machine", String::as_str);
        let date = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let name = format!("webserver on {host}, {date}");
        let key = KeyPair::generate()?;
        let mut params = issuer_params(&name);
        let domains = hosts.iter().map(String::as_str).chain(PRIVATE_DOMAINS);
        let domains = domains.map(|domain| GeneralSubtree::DnsName(domain.to_owned()));
        let networks = PRIVATE_NETWORKS.iter().filter_map(|network| {
            let network: IpNet = network.parse().ok()?;
            let subnet = CidrSubnet::from_addr_prefix(network.addr(), network.prefix_len());
            Some(GeneralSubtree::IpAddress(subnet))
        });
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: domains.chain(networks).collect(),
            excluded_subtrees: Vec::new(),
        });
        set_life(&mut params, AUTHORITY_DAYS);
        Ok(Self {
            certificate: params.self_signed(&key)?.pem(),
            key: key.serialize_pem(),
            name,
            hosts,
            expires: days_from_now(AUTHORITY_DAYS),
        })
    }

    /// The certificate, in DER.
    pub fn der(&self) -> Vec<u8> {
        let der = CertificateDer::from_pem_slice(self.certificate.as_bytes());
        der.map_or_else(|_| Vec::new(), |der| der.to_vec())
    }

    /// The SHA-256 of the certificate, as browsers show it.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.der());
        let bytes: Vec<_> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        bytes.join(":")
    }

    /// The certificate for this machine's present names and these, and this address: the kept one, or a new one.
    pub(crate) fn server_certificate(
        &self,
        folder: Option<&Path>,
        names: &[String],
        address: Option<IpAddr>,
    ) -> Result<ServerCertificate, TlsError> {
        let names = self.names(names, address);
        let file = folder.map(|folder| folder.join(SERVER_FILE));
        let kept: Option<ServerCertificate> = match &file {
            Some(file) => read_kept(file).unwrap_or_default(),
            None => None,
        };
        let is_good = |kept: &ServerCertificate| {
            kept.authority == self.certificate
                && names.iter().all(|name| kept.names.contains(name))
                && kept.expires > days_from_now(LAST_DAYS)
        };
        match kept {
            Some(kept) if is_good(&kept) => Ok(kept),
            kept => {
                // What was announced before may come back with the next lease.
                let earlier = kept.filter(|kept| kept.authority == self.certificate);
                let earlier = earlier.map_or_else(Vec::new, |kept| kept.names);
                let made = self.issue(merged(names, earlier))?;
                if let Some(file) = file {
                    write_over(&file, &made)?;
                }
                Ok(made)
            }
        }
    }

    fn names(&self, names: &[String], address: Option<IpAddr>) -> Vec<String> {
        let own = host_names();
        let domains = ["localhost".to_owned()];
        let domains = domains.iter().chain(&own).chain(names);
        let domains = domains
            .filter(|name| is_permitted(name, &self.hosts))
            .cloned();
        let addresses = private_addresses().into_iter().chain(address);
        let addresses = addresses.filter(|address| is_private(*address));
        let mut all: Vec<_> = domains
            .chain(addresses.map(|address| address.to_canonical().to_string()))
            .collect();
        all.sort();
        all.dedup();
        all
    }

    fn issue(&self, names: Vec<String>) -> Result<ServerCertificate, TlsError> {
        let issuer = Issuer::new(issuer_params(&self.name), KeyPair::from_pem(&self.key)?);
        let mut params = CertificateParams::new(names.clone())?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, "webserver");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        set_life(&mut params, SERVER_DAYS);
        let key = KeyPair::generate()?;
        Ok(ServerCertificate {
            certificate: params.signed_by(&key, &issuer)?.pem(),
            authority: self.certificate.clone(),
            key: key.serialize_pem(),
            names,
            expires: days_from_now(SERVER_DAYS),
        })
    }
}

impl ServerCertificate {
    /// The most names: a machine that roams collects addresses.
    const MAX_NAMES: usize = 100;

    /// True if it is for this address, or no certificate of the authority can be.
    pub(crate) fn covers(&self, address: IpAddr) -> bool {
        !is_private(address) || self.names.contains(&address.to_canonical().to_string())
    }

    /// True if it should be replaced.
    pub(crate) fn is_ending(&self) -> bool {
        self.expires <= days_from_now(LAST_DAYS)
    }

    /// Certificate and key for a server. The authority itself is left out: clients that trust it have it.
    pub(crate) fn pair(&self) -> Result<CertifiedPair, TlsError> {
        let not_made = |_| TlsError::NotMade(rcgen::Error::CouldNotParseCertificate);
        let certificate = CertificateDer::from_pem_slice(self.certificate.as_bytes());
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes());
        Ok((vec![certificate.map_err(not_made)?], key.map_err(not_made)?))
    }
}

/// The names needed, and as many earlier ones as fit.
fn merged(mut names: Vec<String>, earlier: Vec<String>) -> Vec<String> {
    for name in earlier {
        if names.len() < ServerCertificate::MAX_NAMES && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The parameters of the authority, which name it in its certificates, too.
fn issuer_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
        .distinguished_name
        .push(DnType::OrganizationName, "webserver");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

/// From yesterday, because clocks differ, for this many days.
fn set_life(params: &mut CertificateParams, days: i64) {
    let date = |days: i64| {
        let day = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let day = day.saturating_add(days.days());
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        date_time_ymd(i32::from(day.year()), part(day.month()), part(day.day()))
    };
    params.not_before = date(-1);
    params.not_after = date(days);
}

fn days_from_now(days: i64) -> i64 {
    Timestamp::now().as_second() + days * 24 * 3600
}

impl fmt::Debug for Authority {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Authority");
        shown.field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for ServerCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("ServerCertificate");
        shown.field("names", &self.names).finish_non_exhaustive()
    }
}
