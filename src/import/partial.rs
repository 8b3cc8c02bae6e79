//! An archive that is being downloaded to a file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::import::error::{DownloadError, ImportError};
use crate::import::format::{Format, inflated_head};
use crate::import::http_response::{AttemptFailure, Version};
use crate::import::job::Job;
use crate::import::unfinished::UnfinishedDownload;
use webserver::fs::budget::GameBudget;

/// The bytes of a file that are read to recognize its format.
pub(crate) const HEAD: usize = 4096;

/// The part of an archive that has arrived.
pub(crate) struct Partial<'a> {
    file: File,
    path: &'a Path,
    budget: GameBudget,
    /// The place of the version, for a run that continues this one.
    kept: Option<&'a UnfinishedDownload>,
    pub length: u64,
    /// The version on the server that the bytes belong to.
    pub version: Option<Version>,
}

impl<'a> Partial<'a> {
    /// Creates the file, or opens the one that is kept.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn open(
        path: &'a Path,
        kept: Option<&'a UnfinishedDownload>,
    ) -> Result<Self, ImportError> {
        let write = |error| ImportError::write(path, error);
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).map_err(write)?;
        let version = kept.and_then(UnfinishedDownload::version);
        if version.is_none() {
            file.set_len(0).map_err(write)?;
        }
        Ok(Self {
            length: file.seek(SeekFrom::End(0)).map_err(write)?,
            file,
            path,
            budget: GameBudget::on_disk_of(path.parent().unwrap_or(path), None),
            kept,
            version,
        })
    }
}

impl Partial<'_> {
    /// Drops what has arrived.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn restart(&mut self, version: Version) -> Result<(), ImportError> {
        if let Some(kept) = self.kept {
            kept.forget();
        }
        let emptied = self.file.set_len(0).and_then(|()| self.file.rewind());
        emptied.map_err(|error| ImportError::write(self.path, error))?;
        if let Some(kept) = self.kept {
            kept.remember(&version);
        }
        self.length = 0;
        self.version = Some(version);
        Ok(())
    }

    /// Requests the whole archive next, if the server sent a part that does not fit.
    pub(crate) fn distrust(&mut self, failure: &AttemptFailure) {
        if matches!(
            failure,
            AttemptFailure::Temporary(ImportError::Download(DownloadError::Ranges))
        ) {
            self.version = None;
        }
    }

    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), ImportError> {
        let length = bytes.len() as u64;
        let written = self
            .budget
            .write(length)
            .and_then(|()| self.file.write_all(bytes));
        written.map_err(|error| ImportError::write(self.path, error))?;
        self.length += length;
        Ok(())
    }

    /// Checks that the beginning is that of an archive.
    ///
    /// # Errors
    /// When it is not.
    pub(crate) fn recognize(&mut self) -> Result<(), ImportError> {
        let end = self.length;
        let head = self.at_start(|file| {
            let mut head = Vec::with_capacity(HEAD);
            file.take(HEAD as u64).read_to_end(&mut head)?;
            Ok(head)
        })?;
        let sought = self.file.seek(SeekFrom::Start(end));
        sought.map_err(|error| ImportError::read(self.path, error))?;
        match &self.version {
            Some(version) => recognize(&head, version),
            None => Err(ImportError::NoArchive),
        }
    }

    /// Checks the hash of the bytes, with or without the gzip coding that they were sent in.
    ///
    /// # Errors
    /// When neither is the expected one.
    pub(crate) fn check(
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
        job.check()?;
        let found = found.iter().map(|byte| format!("{byte:02x}")).collect();
        Err(ImportError::Download(DownloadError::OtherBytes { found }))
    }

    /// Removes the gzip content coding. Some servers declare it for a `.tar.gz` that they send as it is; that is kept.
    ///
    /// # Errors
    /// When the decoded archive is larger than `most` bytes or cannot be written.
    pub(crate) fn decode_gzip(&mut self, most: u64, job: &Job<'_>) -> Result<(), ImportError> {
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
        let mut inflated = File::create(&path).map_err(write)?;
        let budget = GameBudget::on_disk_of(path.parent().unwrap_or(&path), None);
        let mut write_all = |bytes: &[u8]| {
            budget.write(bytes.len() as u64)?;
            inflated.write_all(bytes)
        };
        let length = self.at_start(|file| {
            let mut decoder = flate2::read::MultiGzDecoder::new(file).take(most.saturating_add(1));
            copy(&mut decoder, &mut write_all, job)
        })?;
        if length > most {
            return Err(ImportError::Download(DownloadError::TooBig { most }));
        }
        job.check()?;
        std::fs::rename(&path, self.path).map_err(write)
    }

    fn at_start<T>(&mut self, work: impl FnOnce(&File) -> io::Result<T>) -> Result<T, ImportError> {
        let done = self.file.rewind().and_then(|()| work(&self.file));
        done.map_err(|error| ImportError::read(self.path, error))
    }
}

/// Copies until the end or until the job is cancelled, which the caller must check.
fn copy(
    from: &mut impl Read,
    mut to: impl FnMut(&[u8]) -> io::Result<()>,
    job: &Job<'_>,
) -> io::Result<u64> {
    let mut buffer = vec![0; 128 << 10];
    let mut length = 0;
    while job.check().is_ok() {
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

/// Checks that a head of a file is that of an archive.
///
/// # Errors
/// When it is not.
pub(crate) fn recognize(head: &[u8], version: &Version) -> Result<(), ImportError> {
    let inflated = version.is_gzip.then(|| inflated_head(head));
    let head = inflated.as_deref().unwrap_or(head);
    match Format::detect(head) {
        Some(_) => Ok(()),
        None if version.is_html || looks_like_html(head) => {
            Err(ImportError::Download(DownloadError::Html))
        }
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
