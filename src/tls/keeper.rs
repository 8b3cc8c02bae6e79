//! The TLS configuration in force. A thread of its own, which may read and write files, makes it when the first client
//! asks, and again when the machine's addresses or the host's files have changed.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use rustls::ServerConfig;
use rustls::crypto::ring;
use tokio::sync::oneshot;

use crate::fs::fingerprint::Fingerprint;
use crate::tls::authority::{Authority, ServerCertificate, folder};
use crate::tls::certificate_files::{CertifiedPair, read_pair};
use crate::tls::error::TlsError;

/// The interval at which the host's own files are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// The clients that may wait for a certificate at once.
const WAITING: usize = 1024;

/// The source of certificates.
#[derive(Clone, Debug)]
pub enum CertificateSource {
    /// This machine's authority, with these names besides the machine's own.
    Authority(Vec<String>),
    /// Files of the host: the chain and its key, in PEM.
    Files(PathBuf, PathBuf),
}

/// Hands out the configuration in force. Clones share it.
#[derive(Clone, Debug)]
pub struct Keeper {
    kept: Arc<ArcSwapOption<Kept>>,
    ask: SyncSender<CertificateQuestion>,
}

/// A client's wish for a certificate for the address that it connected to.
struct CertificateQuestion {
    address: IpAddr,
    answered: oneshot::Sender<()>,
}

/// A configuration, and what it is good for.
#[derive(Debug)]
struct Kept {
    config: Arc<ServerConfig>,
    /// None for the host's files, which are used whatever they say.
    certificate: Option<ServerCertificate>,
}

impl Kept {
    fn covers(&self, address: IpAddr) -> bool {
        let certificate = self.certificate.as_ref();
        certificate
            .is_none_or(|certificate| certificate.covers(address) && !certificate.is_ending())
    }
}

impl Keeper {
    /// Starts the thread. The host's own files are read at once, an authority is made when it is needed.
    ///
    /// # Errors
    /// If the host's files cannot be used.
    pub fn start(source: CertificateSource) -> Result<Self, TlsError> {
        let (ask, asked) = sync_channel(WAITING);
        let keeper = Self {
            kept: Arc::default(),
            ask,
        };
        let maker = Maker {
            kept: Arc::clone(&keeper.kept),
            fingerprints: source.fingerprints(),
            source,
        };
        if let CertificateSource::Files(cert, key) = &maker.source {
            maker.set(read_pair(cert, key)?, None)?;
        }
        let name = thread::Builder::new().name("certificates".to_owned());
        // Without a thread, there is no TLS.
        let _ = name.spawn(move || maker.run(&asked));
        Ok(keeper)
    }

    /// The configuration for a connection to this address; `None` if none can be made. Waits while it is made.
    pub(crate) async fn config(&self, address: IpAddr) -> Option<Arc<ServerConfig>> {
        let kept = self.kept.load_full();
        if let Some(kept) = kept.filter(|kept| kept.covers(address)) {
            return Some(Arc::clone(&kept.config));
        }
        let (answered, answer) = oneshot::channel();
        let question = CertificateQuestion { address, answered };
        if self.ask.try_send(question).is_ok() {
            // The thread may have ended.
            let _ = answer.await;
        }
        let kept = self.kept.load_full()?;
        Some(Arc::clone(&kept.config))
    }
}

impl CertificateSource {
    fn fingerprints(&self) -> Vec<Option<Fingerprint>> {
        match self {
            Self::Authority(_) => Vec::new(),
            Self::Files(cert, key) => [cert, key]
                .map(|file| {
                    std::fs::metadata(file)
                        .ok()
                        .as_ref()
                        .map(Fingerprint::from_metadata)
                })
                .into(),
        }
    }
}

/// The thread's end.
struct Maker {
    kept: Arc<ArcSwapOption<Kept>>,
    source: CertificateSource,
    fingerprints: Vec<Option<Fingerprint>>,
}

impl Maker {
    fn run(mut self, asked: &Receiver<CertificateQuestion>) {
        loop {
            let question = match self.source {
                CertificateSource::Authority(_) => asked.recv().map_err(RecvTimeoutError::from),
                CertificateSource::Files(..) => asked.recv_timeout(LOOK),
            };
            match question {
                Ok(question) => {
                    self.answer(question.address);
                    // The client may have gone.
                    let _ = question.answered.send(());
                }
                Err(RecvTimeoutError::Timeout) => self.look(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Makes a certificate for an address, unless an earlier question has brought it.
    fn answer(&self, address: IpAddr) {
        let CertificateSource::Authority(names) = &self.source else {
            return;
        };
        let kept = self.kept.load_full();
        if kept.is_some_and(|kept| kept.covers(address)) {
            return;
        }
        if let Err(error) = self.make(names, address) {
            tracing::warn!(event = "no_certificate", %error);
        }
    }

    fn make(&self, names: &[String], address: IpAddr) -> Result<(), TlsError> {
        let folder = folder();
        let kept = folder.as_deref().map_err(|_| TlsError::NoFolder);
        let kept = kept.and_then(|folder| {
            let authority = Authority::find_or_make(folder)?;
            authority.server_certificate(Some(folder), names, Some(address))
        });
        let certificate = match kept {
            Ok(certificate) => certificate,
            // A folder that cannot be written, as in a container: good for this run.
            Err(TlsError::File { .. } | TlsError::NoFolder) => {
                Authority::make()?.server_certificate(None, names, Some(address))?
            }
            Err(error) => return Err(error),
        };
        self.set(certificate.pair()?, Some(certificate))
    }

    /// Reads the host's files again if they have changed. A bad pair changes nothing.
    fn look(&mut self) {
        let now = self.source.fingerprints();
        let CertificateSource::Files(cert, key) = &self.source else {
            return;
        };
        if now == self.fingerprints {
            return;
        }
        match read_pair(cert, key).and_then(|pair| self.set(pair, None)) {
            Ok(()) => tracing::info!(event = "certificate_reloaded", file = %cert.display()),
            Err(error) => tracing::warn!(event = "certificate_kept", %error),
        }
        self.fingerprints = now;
    }

    fn set(
        &self,
        (chain, key): CertifiedPair,
        certificate: Option<ServerCertificate>,
    ) -> Result<(), TlsError> {
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        // Tickets are kept by the clients: nothing here grows with their number.
        config.ticketer = ring::Ticketer::new()?;
        self.kept.store(Some(Arc::new(Kept {
            config: Arc::new(config),
            certificate,
        })));
        Ok(())
    }
}
