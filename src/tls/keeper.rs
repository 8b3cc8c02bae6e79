//! The TLS configuration in force. A thread of its own, which may read and write files, makes it when the first client
//! asks, and again when the machine's addresses or the host's files have changed.

use std::cell::OnceCell;
use std::net::{IpAddr, Ipv4Addr};
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
use crate::tls::download::AuthorityFiles;
use crate::tls::error::TlsError;

/// The interval at which the host's own files are checked.
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
    /// The authority's certificate, once it is known; no authority signs the host's own files.
    authority: Option<Arc<ArcSwapOption<AuthorityFiles>>>,
    ask: SyncSender<CertificateQuestion>,
}

/// A client's request for a certificate for the address that it connected to.
struct CertificateQuestion {
    address: IpAddr,
    answered: oneshot::Sender<()>,
}

/// A configuration, and the certificate in it.
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
        let has_authority = matches!(source, CertificateSource::Authority(_));
        let keeper = Self {
            kept: Arc::default(),
            authority: has_authority.then(Arc::default),
            ask,
        };
        let maker = Maker {
            kept: Arc::clone(&keeper.kept),
            authority: keeper.authority.clone().unwrap_or_default(),
            fingerprints: source.fingerprints(),
            unkept: OnceCell::new(),
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

    /// True if certificates come from this machine's authority.
    pub(crate) fn has_authority(&self) -> bool {
        self.authority.is_some()
    }

    /// The authority's certificate to download; `None` until there is one.
    pub(crate) fn authority(&self) -> Option<Arc<AuthorityFiles>> {
        self.authority.as_ref()?.load_full()
    }

    /// Has the authority loaded or created, for a download soon.
    pub(crate) fn prepare(&self) {
        if self.authority().is_none() {
            let (answered, _) = oneshot::channel();
            let address = Ipv4Addr::LOCALHOST.into();
            // The thread is busy with others, after which there is one.
            let _ = self.ask.try_send(CertificateQuestion { address, answered });
        }
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
    authority: Arc<ArcSwapOption<AuthorityFiles>>,
    /// An authority that could not be kept.
    unkept: OnceCell<Authority>,
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
            let certificate = authority.server_certificate(Some(folder), names, Some(address))?;
            Ok((authority, certificate))
        });
        let (authority, certificate) = match kept {
            Ok(kept) => kept,
            // A folder that cannot be written, as in a container: good for this run.
            Err(TlsError::File { .. } | TlsError::NoFolder) => {
                let authority = self.unkept_authority()?;
                let certificate = authority.server_certificate(None, names, Some(address))?;
                (authority.clone(), certificate)
            }
            Err(error) => return Err(error),
        };
        let files = AuthorityFiles::new(&authority);
        self.authority.store(Some(Arc::new(files)));
        self.set(certificate.pair()?, Some(certificate))
    }

    fn unkept_authority(&self) -> Result<&Authority, TlsError> {
        if self.unkept.get().is_none() {
            // It cannot have been set meanwhile.
            let _ = self.unkept.set(Authority::make()?);
        }
        self.unkept.get().ok_or(TlsError::NoFolder)
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
