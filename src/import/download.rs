//! Downloading an archive: piece by piece onto the disk, going on where a broken connection left off.

use std::fs::File;
use std::io;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, IF_RANGE, RANGE};
use reqwest::{Client, Response};
use sha2::{Digest, Sha256};
use tokio::time::{sleep, timeout};

use crate::import::error::ImportError;
use crate::import::format::{Format, inflated_head};
use crate::import::http_response::{ResponseBody, Trouble, Version, file_name, read, total_of};
use crate::import::job::{Job, Note, Step};
use crate::import::source::Address;

/// How much of a file is looked at to see what it is.
const HEAD: usize = 4096;

/// What a download may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DownloadLimits {
    /// The largest archive.
    pub bytes: u64,
    /// For connecting.
    pub connect: Duration,
    /// For a connection on which nothing moves.
    pub idle: Duration,
    /// For all of it.
    pub total: Duration,
    /// Before the second try and before the third.
    pub pauses: [Duration; 2],
}

impl Default for DownloadLimits {
    fn default() -> Self {
        Self {
            bytes: 4_000_000_000,
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            total: Duration::from_secs(6 * 60 * 60),
            pauses: [Duration::from_secs(1), Duration::from_secs(3)],
        }
    }
}

/// Makes the client that all downloads share.
///
/// # Errors
/// When the system's certificates cannot be read.
pub(crate) fn client(limits: &DownloadLimits) -> Result<Client, String> {
    // That there is one already is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("webserver/", env!("CARGO_PKG_VERSION")))
        .referer(false)
        .connect_timeout(limits.connect)
        .read_timeout(limits.idle)
        .build()
        .map_err(|error| root_cause(&error))
}

/// Asks for the name of an archive without downloading it.
///
/// # Errors
/// When it cannot be had, is too big or is no archive, or the job is to stop.
pub(crate) async fn ask(
    client: &Client,
    address: &Address,
    (limits, job): (&DownloadLimits, &Job<'_>),
) -> Result<String, ImportError> {
    let ask = async {
        let request = client
            .get(address.url.clone())
            .header(ACCEPT_ENCODING, "gzip");
        let mut response = request.send().await.map_err(trouble)?;
        let read = read(response.status(), response.headers(), None, 0)?;
        let (ResponseBody::Starts { with } | ResponseBody::Goes { on_with: with }) = read;
        if with.total.is_some_and(|total| total > limits.bytes) {
            return Err(Trouble::Lasting(ImportError::TooBig { most: limits.bytes }));
        }
        let mut head = Vec::new();
        while head.len() < HEAD
            && let Some(chunk) = response.chunk().await.map_err(trouble)?
        {
            head.extend(chunk);
        }
        recognise(&head, &with).map_err(Trouble::Lasting)?;
        Ok(file_name(response.headers(), response.url(), &address.url))
    };
    tokio::select! {
        asked = ask => asked.map_err(Trouble::into_error),
        interrupted = job.stopped() => Err(interrupted),
    }
}

/// Downloads an archive into a file and returns the name that the server has for it.
///
/// # Errors
/// When it cannot be had, is too big, is no archive or has other bytes than it should, or the job is to stop.
pub(crate) async fn download(
    client: &Client,
    address: &Address,
    path: &Path,
    (limits, job): (&DownloadLimits, &Job<'_>),
) -> Result<String, ImportError> {
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(path);
    let mut partial = Partial {
        file: file.map_err(|error| ImportError::write(path, error))?,
        path,
        length: 0,
        version: None,
        is_begun: false,
    };
    let download = Download {
        client,
        address,
        limits,
        job,
    };
    let name = tokio::select! {
        name = timeout(limits.total, download.persist(&mut partial)) => {
            name.map_err(|_| ImportError::TooLong { minutes: limits.total.as_secs() / 60 })??
        }
        interrupted = job.stopped() => return Err(interrupted),
    };
    let is_gzip = partial
        .version
        .as_ref()
        .is_some_and(|version| version.is_gzip);
    if let Some(expected) = address.sha256 {
        partial.check(&expected, is_gzip, job)?;
    }
    if is_gzip {
        partial.unwrap_gzip(limits.bytes, job)?;
    }
    Ok(name)
}

struct Download<'a> {
    client: &'a Client,
    address: &'a Address,
    limits: &'a DownloadLimits,
    job: &'a Job<'a>,
}

impl Download<'_> {
    /// Three tries.
    async fn persist(&self, partial: &mut Partial<'_>) -> Result<String, ImportError> {
        for pause in self.limits.pauses {
            match self.attempt(partial).await {
                Err(Trouble::Passing(error)) => self.job.note(&Note::Broken(error.to_string())),
                Err(Trouble::Lasting(error)) => return Err(error),
                Ok(name) => return Ok(name),
            }
            sleep(pause).await;
        }
        self.attempt(partial).await.map_err(Trouble::into_error)
    }

    async fn attempt(&self, partial: &mut Partial<'_>) -> Result<String, Trouble> {
        // The bytes on the disk are the coded ones: only of these does a range mean the same twice.
        let mut request = self
            .client
            .get(self.address.url.clone())
            .header(ACCEPT_ENCODING, "gzip");
        let validator = partial
            .version
            .as_ref()
            .and_then(|version| version.validator.clone());
        if let (Some(validator), 1..) = (&validator, partial.length) {
            request = request
                .header(RANGE, format!("bytes={}-", partial.length))
                .header(IF_RANGE, validator);
        }
        let response = request.send().await.map_err(trouble)?;
        if response.url().scheme() == "http" && !partial.is_begun {
            self.job.note(&Note::PlainHttp);
        }
        partial.is_begun = true;
        let asked = partial.version.as_ref().filter(|_| validator.is_some());
        let reading = read(response.status(), response.headers(), asked, partial.length);
        match reading.inspect_err(|trouble| partial.distrust(trouble))? {
            ResponseBody::Goes { on_with } => partial.version = Some(on_with),
            ResponseBody::Starts { with } => {
                if partial.length > 0 {
                    self.job.note(&Note::Changed);
                }
                partial.restart(with).map_err(Trouble::Lasting)?;
            }
        }
        let name = file_name(response.headers(), response.url(), &self.address.url);
        self.receive(response, partial).await?;
        Ok(name)
    }

    async fn receive(
        &self,
        mut response: Response,
        partial: &mut Partial<'_>,
    ) -> Result<(), Trouble> {
        let total = total_of(partial.version.as_ref());
        let most = self.limits.bytes;
        if total.is_some_and(|total| total > most) {
            return Err(Trouble::Lasting(ImportError::TooBig { most }));
        }
        self.job.begin(Step::Downloading, total);
        self.job.advance(partial.length).map_err(Trouble::Lasting)?;
        let mut is_known = partial.length >= HEAD as u64;
        while let Some(chunk) = response.chunk().await.map_err(trouble)? {
            partial.append(&chunk).map_err(Trouble::Lasting)?;
            if partial.length > most {
                return Err(Trouble::Lasting(ImportError::TooBig { most }));
            }
            if !is_known && partial.length >= HEAD as u64 {
                partial.recognise().map_err(Trouble::Lasting)?;
                is_known = true;
            }
            let moved = self.job.advance(chunk.len() as u64);
            moved.map_err(Trouble::Lasting)?;
        }
        if total.is_some_and(|total| total != partial.length) {
            partial.version = None;
            return Err(Trouble::Passing(ImportError::Ranges));
        }
        partial.recognise().map_err(Trouble::Lasting)
    }
}

/// What has come up to now.
struct Partial<'a> {
    file: File,
    path: &'a Path,
    length: u64,
    /// What the server said of the bytes that are there.
    version: Option<Version>,
    /// Whether a server has answered.
    is_begun: bool,
}

impl Partial<'_> {
    fn restart(&mut self, version: Version) -> Result<(), ImportError> {
        let emptied = self.file.set_len(0).and_then(|()| self.file.rewind());
        emptied.map_err(|error| ImportError::write(self.path, error))?;
        self.length = 0;
        self.version = Some(version);
        Ok(())
    }

    /// After parts that do not fit, only the whole will do.
    fn distrust(&mut self, trouble: &Trouble) {
        if matches!(trouble, Trouble::Passing(ImportError::Ranges)) {
            self.version = None;
        }
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), ImportError> {
        let written = self.file.write_all(bytes);
        written.map_err(|error| ImportError::write(self.path, error))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Refuses what is no archive, before all of it has come.
    fn recognise(&mut self) -> Result<(), ImportError> {
        let end = self.length;
        let head = self.at_start(|file| {
            let mut head = Vec::with_capacity(HEAD);
            file.take(HEAD as u64).read_to_end(&mut head)?;
            Ok(head)
        })?;
        let sought = self.file.seek(SeekFrom::Start(end));
        sought.map_err(|error| ImportError::read(self.path, error))?;
        match &self.version {
            Some(version) => recognise(&head, version),
            None => Err(ImportError::NoArchive),
        }
    }

    /// Checks the hash of the bytes as they came, or of those that gzip was put around for the way.
    fn check(
        &mut self,
        expected: &[u8; 32],
        is_gzip: bool,
        job: &Job<'_>,
    ) -> Result<(), ImportError> {
        let found = self.at_start(|file| hash(file, job))?;
        if found == *expected {
            return Ok(());
        }
        if is_gzip {
            let inside =
                self.at_start(|file| hash(flate2::read::MultiGzDecoder::new(file), job))?;
            if inside == *expected {
                return Ok(());
            }
        }
        job.go_on()?;
        let found = found.iter().map(|byte| format!("{byte:02x}")).collect();
        Err(ImportError::OtherBytes { found })
    }

    /// Takes off the gzip that was put around for the way. Some servers say the same of a `.tar.gz` as it is; that stays.
    fn unwrap_gzip(&mut self, most: u64, job: &Job<'_>) -> Result<(), ImportError> {
        let head = self.at_start(|file| {
            let mut head = Vec::with_capacity(HEAD);
            file.take(HEAD as u64).read_to_end(&mut head)?;
            Ok(head)
        })?;
        if Format::detect(&inflated_head(&head)) == Some(Format::Tar) {
            return Ok(());
        }
        let path = self.path.with_extension("inflated");
        let write = |error| ImportError::write(&path, error);
        let mut inflated = File::create_new(&path).map_err(write)?;
        let length = self.at_start(|file| {
            let mut decoder = flate2::read::MultiGzDecoder::new(file).take(most.saturating_add(1));
            copy(&mut decoder, |bytes| inflated.write_all(bytes), job)
        })?;
        if length > most {
            return Err(ImportError::TooBig { most });
        }
        job.go_on()?;
        std::fs::rename(&path, self.path).map_err(write)
    }

    fn at_start<T>(&mut self, work: impl FnOnce(&File) -> io::Result<T>) -> Result<T, ImportError> {
        let done = self.file.rewind().and_then(|()| work(&self.file));
        done.map_err(|error| ImportError::read(self.path, error))
    }
}

/// Reads to the end, or to where the job is to stop; whoever calls asks again.
fn copy(
    from: &mut impl Read,
    mut to: impl FnMut(&[u8]) -> io::Result<()>,
    job: &Job<'_>,
) -> io::Result<u64> {
    let mut buffer = vec![0; 128 << 10];
    let mut length = 0;
    while job.go_on().is_ok() {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        to(buffer.get(..read).unwrap_or_default())?;
        length += read as u64;
    }
    Ok(length)
}

fn hash(mut bytes: impl Read, job: &Job<'_>) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut update = |bytes: &[u8]| {
        hash.update(bytes);
        Ok(())
    };
    copy(&mut bytes, &mut update, job)?;
    Ok(hash.finalize().into())
}

fn recognise(head: &[u8], version: &Version) -> Result<(), ImportError> {
    let inflated = version.is_gzip.then(|| inflated_head(head));
    let head = inflated.as_deref().unwrap_or(head);
    match Format::detect(head) {
        Some(_) => Ok(()),
        None if version.is_html || looks_like_html(head) => Err(ImportError::Html),
        None => Err(ImportError::NoArchive),
    }
}

fn looks_like_html(head: &[u8]) -> bool {
    let text = head.trim_ascii_start();
    let begins = |word: &[u8]| {
        text.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    begins(b"<!doctype html") || begins(b"<html") || begins(b"<head")
}

/// What the client has to say of a connection: another try may help unless the request itself is wrong.
fn trouble(error: reqwest::Error) -> Trouble {
    let problem = root_cause(&error);
    let lasting = error.is_redirect() || error.is_builder() || is_mistrusted(&error);
    let error = ImportError::Connection { problem };
    match lasting {
        true => Trouble::Lasting(error),
        false => Trouble::Passing(error),
    }
}

/// Whether it is the server's certificate that is wrong; it will be the same one next time.
fn is_mistrusted(error: &(dyn std::error::Error + 'static)) -> bool {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return matches!(error, rustls::Error::InvalidCertificate(_));
    }
    // What is in one of these is not among its sources.
    let inside = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    inside.is_some_and(|inside| is_mistrusted(inside)) || error.source().is_some_and(is_mistrusted)
}

/// The last of the causes says most.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    use tokio::sync::watch;

    use crate::import::source::ImportSource;

    /// What comes of a download from a server that accepts connections, says this much and no more.
    async fn from_a_silent_server(says: &'static [u8], limits: DownloadLimits) -> ImportError {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/a.zip", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                stream.write_all(says).unwrap();
                open.push(stream);
            }
        });
        let Ok(ImportSource::Web(address)) = ImportSource::parse(url.as_ref()) else {
            panic!("{url}");
        };
        let folder = tempfile::tempdir().unwrap();
        let (_stop, stopped) = watch::channel(false);
        let job = Job::new(0, &(), stopped);
        let client = client(&limits).unwrap();
        let path = folder.path().join("download");
        let downloaded = download(&client, &address, &path, (&limits, &job)).await;
        downloaded.unwrap_err()
    }

    #[tokio::test]
    async fn silence_has_an_end() {
        let short = Duration::from_millis(50);
        let impatient = DownloadLimits {
            idle: short,
            pauses: [short; 2],
            ..DownloadLimits::default()
        };
        let begun = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nPK\x03\x04";
        for says in [&b""[..], b"HTTP/1.1 200 OK\r\n", begun] {
            let error = from_a_silent_server(says, impatient).await;
            assert!(matches!(error, ImportError::Connection { .. }), "{error}");
            let limits = DownloadLimits {
                total: short,
                ..DownloadLimits::default()
            };
            let error = from_a_silent_server(says, limits).await;
            assert!(matches!(error, ImportError::TooLong { .. }), "{error}");
        }
    }
}
