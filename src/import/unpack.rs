//! Unpacking an archive. Every member is checked before it is written.

use std::fs;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::import::error::ImportError;
use crate::import::format::Format;
use crate::import::job::{Job, Step};
use crate::import::tar;
use crate::import::tar::{Meter, Take, TarError};
use webserver::archive::Archive;
use webserver::archive::error::ArchiveError;
use webserver::archive::limits::ArchiveLimits;

/// Unpacks an archive into an existing, empty folder, and returns the size of all files. In a dry run, the files stay
/// empty.
///
/// # Errors
/// When the archive is refused or damaged, or a file cannot be written.
pub(crate) fn unpack(
    archive: &Path,
    folder: &Path,
    is_dry_run: bool,
    job: &Job<'_>,
) -> Result<u64, ImportError> {
    let mut buffer = vec![0; 128 << 10];
    let mut bytes = 0;
    each_member(archive, job, &mut |path, length, content| {
        bytes += length;
        let path = folder.join(path);
        let write = |error| ImportError::write(&path, error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| ImportError::write(parent, error))?;
        }
        let mut file = File::create_new(&path).map_err(write)?;
        if is_dry_run {
            return Ok(());
        }
        loop {
            let read = content.read(&mut buffer);
            let read = read.map_err(|error| unreadable(archive, error))?;
            match buffer.get(..read) {
                Some(bytes @ [_, ..]) => file.write_all(bytes).map_err(write)?,
                _ => return Ok(()),
            }
        }
    })?;
    Ok(bytes)
}

/// Passes the files of an archive to `take`, one by one.
///
/// # Errors
/// When the archive is refused or damaged.
pub(crate) fn each_member(
    archive: &Path,
    job: &Job<'_>,
    take: &mut Take<'_>,
) -> Result<(), ImportError> {
    let read = |error| ImportError::read(archive, error);
    let mut file = File::open(archive).map_err(read)?;
    let packed = file.metadata().map_err(read)?.len();
    let mut head = Vec::new();
    (&file).take(512).read_to_end(&mut head).map_err(read)?;
    file.rewind().map_err(read)?;
    let format = Format::detect(&head).ok_or(ImportError::NoArchive)?;
    if format == Format::Zip {
        return zip(file, job, take);
    }
    job.begin(Step::Unpacking, Some(packed));
    let meter = Meter::new(job);
    let packed = meter.packed(file);
    let done = match format {
        Format::Gzip => tar::each_file(MultiGzDecoder::new(packed), &meter, take),
        Format::Zstd => zstd::Decoder::new(packed)
            .map_err(Into::into)
            .and_then(|bytes| tar::each_file(bytes, &meter, take)),
        Format::Tar | Format::Zip => tar::each_file(packed, &meter, take),
    };
    done.map_err(|failed| match (meter.reason(), failed) {
        (Some(reason), _) => reason,
        (None, TarError::Import(error)) => error,
        (None, TarError::Read(error)) => unreadable(archive, error),
    })
}

fn zip(file: File, job: &Job<'_>, take: &mut Take<'_>) -> Result<(), ImportError> {
    let archive = Archive::read(file, ArchiveLimits::default())?;
    let bytes = archive.members().iter().map(|member| member.length).sum();
    job.begin(Step::Unpacking, Some(bytes));
    for member in archive.members() {
        let meter = Meter::new(job);
        let mut content = meter.packed(archive.content(member));
        let taken = take(&member.path, member.length, &mut content);
        taken.map_err(|error| meter.reason().unwrap_or(error))?;
    }
    Ok(())
}

/// Tells errors of the disk from errors of the archive.
fn unreadable(archive: &Path, error: std::io::Error) -> ImportError {
    if error.raw_os_error().is_some() {
        return ImportError::read(archive, error);
    }
    let refused = error.downcast::<ArchiveError>();
    ImportError::Archive(refused.unwrap_or(ArchiveError::Torn))
}
