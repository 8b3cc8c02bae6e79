//! Unpacking an archive, every member checked before a byte of it is written.

use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use webserver::archive::Archive;
use webserver::archive::{Limits, Refused};

use super::error::Error;
use super::format::Format;
use super::job::{Job, Step};
use super::tarball::{self, Failed, Meter};

/// What is done with a member: its path below the game's folder, its length, and its content, which need not be read.
pub type Take<'a> = dyn FnMut(&str, u64, &mut dyn Read) -> Result<(), Error> + 'a;

/// Unpacks an archive into a folder that is there and empty, and returns how many bytes that makes; in a rehearsal, all
/// files stay empty.
///
/// # Errors
/// When it is no archive, is damaged, has anything in it that is not allowed, or a file cannot be written.
pub fn unpack(
    archive: &Path,
    folder: &Path,
    is_rehearsal: bool,
    job: &Job<'_>,
) -> Result<u64, Error> {
    let mut buffer = vec![0; 128 << 10];
    let mut bytes = 0;
    each_member(archive, job, &mut |path, length, content| {
        bytes += length;
        let path = folder.join(path);
        let write = |error| Error::write(&path, error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| Error::write(parent, error))?;
        }
        let mut file = File::create_new(&path).map_err(write)?;
        if is_rehearsal {
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

/// Hands over an archive's files one by one.
///
/// # Errors
/// When it is no archive, is damaged, or has anything in it that is not allowed.
pub fn each_member(archive: &Path, job: &Job<'_>, take: &mut Take<'_>) -> Result<(), Error> {
    let read = |error| Error::read(archive, error);
    let mut file = File::open(archive).map_err(read)?;
    let packed = file.metadata().map_err(read)?.len();
    let mut head = Vec::new();
    (&file).take(512).read_to_end(&mut head).map_err(read)?;
    file.rewind().map_err(read)?;
    let format = Format::of(&head).ok_or(Error::NoArchive)?;
    if format == Format::Zip {
        return zip(file, job, take);
    }
    job.begin(Step::Unpacking, Some(packed));
    let meter = Meter::new(job);
    let packed = meter.packed(file);
    let done = match format {
        Format::Gzip => tarball::each_file(MultiGzDecoder::new(packed), &meter, take),
        Format::Zstd => zstd::Decoder::new(packed)
            .map_err(Into::into)
            .and_then(|bytes| tarball::each_file(bytes, &meter, take)),
        Format::Tar | Format::Zip => tarball::each_file(packed, &meter, take),
    };
    done.map_err(|failed| match (meter.verdict(), failed) {
        (Some(verdict), _) => verdict,
        (None, Failed::Said(error)) => error,
        (None, Failed::Read(error)) => unreadable(archive, error),
    })
}

fn zip(file: File, job: &Job<'_>, take: &mut Take<'_>) -> Result<(), Error> {
    let archive = Archive::read(file, Limits::default())?;
    let bytes = archive.members().iter().map(|member| member.length).sum();
    job.begin(Step::Unpacking, Some(bytes));
    for member in archive.members() {
        let meter = Meter::new(job);
        let mut content = meter.packed(archive.content(member));
        let taken = take(&member.path, member.length, &mut content);
        taken.map_err(|error| meter.verdict().unwrap_or(error))?;
    }
    Ok(())
}

/// What reading an archive comes to: trouble with the disk, or with what is on it.
fn unreadable(archive: &Path, error: std::io::Error) -> Error {
    if error.raw_os_error().is_some() {
        return Error::read(archive, error);
    }
    let refused = error.downcast::<Refused>();
    Error::Archive(refused.unwrap_or(Refused::Torn))
}
