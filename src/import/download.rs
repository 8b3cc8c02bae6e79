//! Downloading an archive to a file. A broken download continues where it stopped.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT_ENCODING, IF_RANGE, RANGE};
use reqwest::{Client, Response};
use tokio::time::timeout;

use crate::import::disposition::file_name;
use crate::import::error::{DownloadError, ImportError};
use crate::import::http_client::failure;
use crate::import::http_response::{AttemptFailure, ResponseBody};
use crate::import::job::{Job, Note, Step};
use crate::import::partial::{HEAD, Partial, recognize};
use crate::import::source::Address;
use crate::import::tries::Tries;
use crate::import::unfinished::UnfinishedDownload;

/// Limits of a download.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DownloadLimits {
    /// The largest archive, in bytes.
    pub bytes: u64,
    /// The time for connecting.
    pub connect: Duration,
    /// The time until the first byte arrives: a server may pack the game first.
    pub first_byte: Duration,
    /// The time in which nothing more arrives.
    pub idle: Duration,
    /// The time for the whole download.
    pub total: Duration,
    /// The pauses before the second and third attempt without progress.
    pub pauses: [Duration; 2],
}

impl Default for DownloadLimits {
    fn default() -> Self {
        Self {
            bytes: 4_000_000_000,
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(10 * 60),
            idle: Duration::from_secs(30),
            total: Duration::from_secs(6 * 60 * 60),
            pauses: [Duration::from_secs(1), Duration::from_secs(3)],
        }
    }
}

/// A download of one archive.
pub(crate) struct Download<'a> {
    pub client: &'a Client,
    pub address: &'a Address,
    pub limits: &'a DownloadLimits,
    pub job: &'a Job<'a>,
}

impl Download<'_> {
    /// Requests the name of the archive without downloading it.
    ///
    /// # Errors
    /// When it cannot be downloaded, is too large or is not an archive, or the job is cancelled.
    pub(crate) async fn name(&self) -> Result<String, ImportError> {
        tokio::select! {
            name = self.retry_name() => name,
            interrupted = self.job.cancelled() => Err(interrupted),
        }
    }

    /// Downloads the archive to a file and returns its name on the server. Continues the download that is kept at that
    /// file, and keeps what has arrived if another run may complete it.
    ///
    /// # Errors
    /// When it cannot be downloaded, is too large, is not an archive or has the wrong checksum, or the job is cancelled.
    pub(crate) async fn save(
        &self,
        path: &Path,
        mut kept: Option<&mut UnfinishedDownload>,
    ) -> Result<String, ImportError> {
        let saved = self.save_all(path, kept.as_deref()).await;
        if let (Err(error), Some(kept)) = (&saved, &mut kept)
            && may_be_continued(error)
        {
            kept.keep();
        }
        saved
    }

    async fn save_all(
        &self,
        path: &Path,
        kept: Option<&UnfinishedDownload>,
    ) -> Result<String, ImportError> {
        let (limits, job) = (self.limits, self.job);
        let mut partial = Partial::open(path, kept)?;
        if partial.length > 0 {
            job.note(&Note::Continued(partial.length));
        }
        let name = tokio::select! {
            name = timeout(limits.total, self.retry(&mut partial)) => {
                name.map_err(|_| ImportError::Download(DownloadError::TooLong { minutes: limits.total.as_secs() / 60 }))??
            }
            interrupted = job.cancelled() => return Err(interrupted),
        };
        let is_gzip = partial
            .version
            .as_ref()
            .is_some_and(|version| version.is_gzip);
        if let Some(expected) = self.address.sha256 {
            partial.check(&expected, is_gzip, job)?;
        }
        if is_gzip {
            partial.decode_gzip(limits.bytes, job)?;
        }
        Ok(name)
    }

    async fn retry_name(&self) -> Result<String, ImportError> {
        let mut tries = Tries::new(&self.limits.pauses, self.job);
        loop {
            match self.request_name().await {
                Ok(name) => return Ok(name),
                Err(failure) => tries.next(failure, 0).await?,
            }
        }
    }

    async fn request_name(&self) -> Result<String, AttemptFailure> {
        let url = &self.address.url;
        let request = self.client.get(url.clone()).header(ACCEPT_ENCODING, "gzip");
        let mut response = self.first_byte(request.send()).await?;
        let body = ResponseBody::read(response.status(), response.headers(), None, 0)?;
        let (ResponseBody::Whole(version) | ResponseBody::Rest(version)) = body;
        let most = self.limits.bytes;
        if version.total.is_some_and(|total| total > most) {
            return Err(AttemptFailure::Permanent(ImportError::Download(
                DownloadError::TooBig { most },
            )));
        }
        let mut head = Vec::new();
        while head.len() < HEAD
            && let Some(chunk) = self.chunk(&mut response, head.is_empty()).await?
        {
            head.extend(chunk);
        }
        recognize(&head, &version).map_err(AttemptFailure::Permanent)?;
        Ok(file_name(response.headers(), response.url(), url))
    }

    /// Makes three attempts, and more while each brings bytes.
    async fn retry(&self, partial: &mut Partial<'_>) -> Result<String, ImportError> {
        let mut tries = Tries::new(&self.limits.pauses, self.job);
        loop {
            match self.attempt(partial).await {
                Ok(name) => return Ok(name),
                Err(failure) => tries.next(failure, partial.length).await?,
            }
        }
    }

    /// Waits for an answer, or for its first bytes.
    async fn first_byte<T>(
        &self,
        answer: impl Future<Output = reqwest::Result<T>>,
    ) -> Result<T, AttemptFailure> {
        let most = self.limits.first_byte;
        let answer = timeout(most, answer).await.map_err(|_| {
            let minutes = most.as_secs() / 60;
            AttemptFailure::Permanent(DownloadError::NoAnswer { minutes }.into())
        })?;
        answer.map_err(failure)
    }

    /// Reads the next part of an answer.
    async fn chunk(
        &self,
        response: &mut Response,
        is_first: bool,
    ) -> Result<Option<Bytes>, AttemptFailure> {
        if is_first {
            return self.first_byte(response.chunk()).await;
        }
        let idle = self.limits.idle;
        let chunk = timeout(idle, response.chunk()).await.map_err(|_| {
            let seconds = idle.as_secs();
            AttemptFailure::Temporary(DownloadError::Idle { seconds }.into())
        })?;
        chunk.map_err(failure)
    }

    async fn attempt(&self, partial: &mut Partial<'_>) -> Result<String, AttemptFailure> {
        // Ranges count coded bytes, so the file has these until the download is complete.
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
        self.job.begin(Step::Answering, None);
        let response = self.first_byte(request.send()).await?;
        let is_plain = response.url().scheme() == "http" && self.address.sha256.is_none();
        if is_plain && partial.version.is_none() {
            self.job.note(&Note::PlainHttp);
        }
        let requested = partial.version.as_ref().filter(|_| validator.is_some());
        let body = ResponseBody::read(
            response.status(),
            response.headers(),
            requested,
            partial.length,
        );
        match body.inspect_err(|failure| partial.distrust(failure))? {
            ResponseBody::Rest(version) => partial.version = Some(version),
            ResponseBody::Whole(version) => {
                if partial.length > 0 {
                    self.job.note(&Note::Restarted);
                }
                partial
                    .restart(version)
                    .map_err(AttemptFailure::Permanent)?;
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
    ) -> Result<(), AttemptFailure> {
        let total = partial.version.as_ref().and_then(|version| version.total);
        let most = self.limits.bytes;
        if total.is_some_and(|total| total > most) {
            return Err(AttemptFailure::Permanent(ImportError::Download(
                DownloadError::TooBig { most },
            )));
        }
        let mut is_recognized = partial.length >= HEAD as u64;
        let mut is_first = true;
        while let Some(chunk) = self.chunk(&mut response, is_first).await? {
            if is_first {
                self.job.begin(Step::Downloading, total);
                let advanced = self.job.advance(partial.length);
                advanced.map_err(AttemptFailure::Permanent)?;
                is_first = false;
            }
            partial.append(&chunk).map_err(AttemptFailure::Permanent)?;
            if partial.length > most {
                return Err(AttemptFailure::Permanent(ImportError::Download(
                    DownloadError::TooBig { most },
                )));
            }
            if !is_recognized && partial.length >= HEAD as u64 {
                partial.recognize().map_err(AttemptFailure::Permanent)?;
                is_recognized = true;
            }
            let advanced = self.job.advance(chunk.len() as u64);
            advanced.map_err(AttemptFailure::Permanent)?;
        }
        if total.is_some_and(|total| total != partial.length) {
            partial.version = None;
            return Err(AttemptFailure::Temporary(ImportError::Download(
                DownloadError::Ranges,
            )));
        }
        partial.recognize().map_err(AttemptFailure::Permanent)
    }
}

/// True if another run may complete the download.
fn may_be_continued(error: &ImportError) -> bool {
    match error {
        ImportError::Interrupted => true,
        ImportError::Download(DownloadError::Status { status }) => status.is_server_error(),
        ImportError::Download(error) => matches!(
            error,
            DownloadError::Connection { .. }
                | DownloadError::TooLong { .. }
                | DownloadError::Busy { .. }
                | DownloadError::NoAnswer { .. }
                | DownloadError::Idle { .. }
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use tokio_util::sync::CancellationToken;

    use crate::import::http_client;
    use crate::import::job::ProgressSink;
    use crate::import::source::ImportSource;

    struct NoSink;

    impl ProgressSink for NoSink {
        fn begin(&self, _: usize, _: Step, _: Option<u64>) {}
        fn advance(&self, _: usize, _: u64) {}
        fn note(&self, _: usize, _: &Note) {}
        fn end(&self, _: usize) {}
    }

    /// Downloads from a server that sends this much and then nothing.
    async fn download_from_silent_server(
        sends: &'static [u8],
        limits: DownloadLimits,
    ) -> ImportError {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/a.zip", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).unwrap();
                stream.write_all(sends).unwrap();
                open.push(stream);
            }
        });
        let Ok(ImportSource::Web(address)) = ImportSource::parse(url.as_ref()) else {
            panic!("{url}");
        };
        let folder = tempfile::tempdir().unwrap();
        let job = Job::new(0, &NoSink, CancellationToken::new());
        let client = http_client::new(limits.connect).unwrap();
        let path = folder.path().join("download");
        let download = Download {
            client: &client,
            address: &address,
            limits: &limits,
            job: &job,
        };
        download.save(&path, None).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_silent_server_is_given_up() {
        let short = Duration::from_millis(50);
        let begun = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nPK\x03\x04";
        for (sends, has_begun) in [
            (&b""[..], false),
            (b"HTTP/1.1 200 OK\r\n", false),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", false),
            (begun, true),
        ] {
            // What has begun arrives, however late on a busy machine.
            let first_byte = match has_begun {
                true => DownloadLimits::default().first_byte,
                false => short,
            };
            let impatient = DownloadLimits {
                idle: short,
                first_byte,
                pauses: [short; 2],
                ..DownloadLimits::default()
            };
            let error = download_from_silent_server(sends, impatient).await;
            let is_expected = match &error {
                ImportError::Download(DownloadError::Idle { .. }) => has_begun,
                ImportError::Download(DownloadError::NoAnswer { .. }) => !has_begun,
                _ => false,
            };
            assert!(is_expected, "{error}");
            let limits = DownloadLimits {
                total: short,
                ..DownloadLimits::default()
            };
            let error = download_from_silent_server(sends, limits).await;
            assert!(
                matches!(error, ImportError::Download(DownloadError::TooLong { .. })),
                "{error}"
            );
        }
    }
}
