//! Certificates and keys in files: those of the host, and what this machine's authority keeps.

use std::io::Write as _;
use std::path::Path;
use std::{fs, io};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::NamedTempFile;

use crate::tls::error::TlsError;

/// A chain of certificates with its key.
pub(crate) type CertifiedPair = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Reads a chain and its key from two files in PEM.
pub(crate) fn read_pair(cert: &Path, key: &Path) -> Result<CertifiedPair, TlsError> {
    let chain = read(cert)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&chain).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let Some(chain) = chain else {
        return Err(not_pem(cert));
    };
    let key_pem = read(key)?;
    match PrivateKeyDer::from_pem_slice(&key_pem) {
        Ok(key) => Ok((chain, key)),
        Err(_) if is_encrypted(&key_pem) => Err(TlsError::Encrypted {
            file: key.to_owned(),
        }),
        Err(_) => Err(not_pem(key)),
    }
}

/// True for a key with a password, as PKCS #8 (RFC 7468, 11) and OpenSSL's older form (RFC 1421, 4.6.1.1) mark it.
fn is_encrypted(pem: &[u8]) -> bool {
    let has = |mark: &[u8]| pem.windows(mark.len()).any(|at| at == mark);
    has(b"-BEGIN ENCRYPTED PRIVATE KEY-") || has(b"Proc-Type: 4,ENCRYPTED")
}

/// Reads what [`write_new`] or [`write_over`] wrote; `None` if there is no such file or it is damaged.
pub(crate) fn read_kept<T: DeserializeOwned>(file: &Path) -> Result<Option<T>, TlsError> {
    match fs::read(file) {
        Ok(text) => Ok(serde_json::from_slice(&text).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file_error(file, error)),
    }
}

/// Writes a file that only its owner may read, unless there is one by now, which another process has written.
pub(crate) fn write_new(file: &Path, value: &impl Serialize) -> Result<(), TlsError> {
    let written = temporary(file, value)?;
    match written.persist_noclobber(file) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => {
            Err(file_error(file, error.error))
        }
        _ => Ok(()),
    }
}

/// Writes a file that only its owner may read.
pub(crate) fn write_over(file: &Path, value: &impl Serialize) -> Result<(), TlsError> {
    let written = temporary(file, value)?;
    let persisted = written.persist(file);
    persisted.map_err(|error| file_error(file, error.error))?;
    Ok(())
}

/// A temporary file, which the library creates with mode 0600.
fn temporary(file: &Path, value: &impl Serialize) -> Result<NamedTempFile, TlsError> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let write = || {
        fs::create_dir_all(folder)?;
        let mut written = NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut written, value)?;
        written.flush()?;
        Ok(written)
    };
    write().map_err(|error| file_error(file, error))
}

fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(file).map_err(|error| file_error(file, error))
}

pub(crate) fn file_error(file: &Path, error: io::Error) -> TlsError {
    TlsError::File {
        file: file.to_owned(),
        error,
    }
}

fn not_pem(file: &Path) -> TlsError {
    TlsError::NotPem {
        file: file.to_owned(),
    }
}
