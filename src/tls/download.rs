//! The authority's certificate as players download it: for most systems as it is, for Apple's in a configuration profile.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::tls::authority::Authority;

/// The certificate of this machine's authority, to trust on other machines.
#[derive(Clone, Debug)]
pub struct AuthorityFiles {
    /// The certificate, in DER (`application/x-x509-ca-cert`).
    pub certificate: Bytes,
    /// Apple's configuration profile (`application/x-apple-aspen-config`).
    pub profile: Bytes,
}

impl AuthorityFiles {
    /// The files of an authority.
    pub fn new(authority: &Authority) -> Self {
        Self {
            certificate: authority.der().into(),
            profile: profile(authority).into(),
        }
    }
}

/// A profile with one root certificate (Apple, Device Management: `CertificateRoot`). The same certificate gives the same
/// identifiers, so that it is installed once.
fn profile(authority: &Authority) -> String {
    let digest = Sha256::digest(authority.der());
    let (outer, inner) = (uuid(&digest[..16]), uuid(&digest[16..]));
    let lines = authority.certificate.lines();
    // PEM is the Base64 that a property list needs.
    let data: Vec<_> = lines.filter(|line| !line.starts_with('-')).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>PayloadContent</key>
  <array>
    <dict>
      <key>PayloadCertificateFileName</key><string>webserver.cer</string>
      <key>PayloadContent</key>
      <data>{data}</data>
      <key>PayloadDisplayName</key><string>{name}</string>
      <key>PayloadIdentifier</key><string>webserver.authority.{inner}</string>
      <key>PayloadType</key><string>com.apple.security.root</string>
      <key>PayloadUUID</key><string>{inner}</string>
      <key>PayloadVersion</key><integer>1</integer>
    </dict>
  </array>
  <key>PayloadDescription</key>
  <string>Vouches for private networks and .local names only.</string>
  <key>PayloadDisplayName</key><string>{name}</string>
  <key>PayloadIdentifier</key><string>webserver.{outer}</string>
  <key>PayloadRemovalDisallowed</key><false/>
  <key>PayloadType</key><string>Configuration</string>
  <key>PayloadUUID</key><string>{outer}</string>
  <key>PayloadVersion</key><integer>1</integer>
</dict>
</plist>
"#,
        data = data.concat(),
        // A host's name and a date, so nothing is lost.
        name = authority.name.replace(['<', '>', '&'], ""),
    )
}

/// A UUID of these bytes, with the version for a scheme of one's own (RFC 9562, 5.8).
fn uuid(bytes: &[u8]) -> String {
    let mut digits = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        let byte = match at {
            6 => byte & 0x0f | 0x80,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        if [4, 6, 8, 10].contains(&at) {
            digits.push('-');
        }
        digits += &format!("{byte:02X}");
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_states_its_version_and_variant() {
        assert_eq!(uuid(&[0xff; 16]), "FFFFFFFF-FFFF-8FFF-BFFF-FFFFFFFFFFFF");
        assert_eq!(uuid(&[0; 16]), "00000000-0000-8000-8000-000000000000");
    }
}
