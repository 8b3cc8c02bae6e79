//! Reading a tar, packed or not, as a stream that strangers wrote.

use std::cell::{Cell, RefCell};
use std::io;
use std::io::Read;

use ::tar::EntryType;

use crate::import::error::ImportError;
use crate::import::job::Job;
use webserver::archive::error::ArchiveError;
use webserver::archive::limits::ArchiveLimits;
use webserver::archive::members::{MemberKind, Members};
use webserver::archive::names::{Encoding, RawName};

/// What stands between the content of two members, long names for example, is held in memory.
const LARGEST_HEAD: u64 = 1 << 20;

/// What is done with a member: its path below the game's folder, its length, and its content, which need not be read.
pub(crate) type Take<'a> = dyn FnMut(&str, u64, &mut dyn Read) -> Result<(), ImportError> + 'a;

/// Counts what is read, and ends the reading when that is too much or the job is to stop.
pub(crate) struct Meter<'a> {
    job: &'a Job<'a>,
    limits: ArchiveLimits,
    packed: Cell<u64>,
    unpacked: Cell<u64>,
    /// What may be read before the next member must have begun.
    head: Cell<u64>,
    /// The reason, which readers above may not pass on.
    verdict: RefCell<Option<ImportError>>,
}

/// Why a tar was not read to its end.
pub(crate) enum Failed {
    /// Whoever took the members said so, or the members themselves are not allowed.
    Said(ImportError),
    /// It cannot be read; the meter may know why.
    Read(io::Error),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

impl<'a> Meter<'a> {
    /// For one archive.
    pub(crate) fn new(job: &'a Job<'a>) -> Self {
        Self {
            job,
            limits: ArchiveLimits::default(),
            packed: Cell::new(0),
            unpacked: Cell::new(0),
            head: Cell::new(u64::MAX),
            verdict: RefCell::new(None),
        }
    }

    /// Reads the bytes as they are on the disk, and says how far the job is.
    pub(crate) fn packed<R: Read>(&self, bytes: R) -> impl Read {
        self.watched(bytes, |meter, read| {
            meter.packed.set(meter.packed.get() + read);
            meter.job.advance(read)
        })
    }

    /// Why the reading was ended.
    pub(crate) fn verdict(&self) -> Option<ImportError> {
        self.verdict.take()
    }

    fn unpacked<R: Read>(&self, bytes: R) -> impl Read {
        self.watched(bytes, |meter, read| {
            let unpacked = meter.unpacked.get() + read;
            meter.unpacked.set(unpacked);
            let head = meter.head.get();
            meter.head.set(head.saturating_sub(read));
            if head < read {
                return Err(ArchiveError::Torn.into());
            }
            Ok(meter.limits.check_ratio("", unpacked, meter.packed.get())?)
        })
    }

    fn watched<R: Read, F: Fn(&Self, u64) -> Result<(), ImportError>>(
        &self,
        bytes: R,
        check: F,
    ) -> Watched<'_, 'a, R, F> {
        Watched {
            meter: self,
            bytes,
            check,
        }
    }
}

struct Watched<'m, 'a, R, F> {
    meter: &'m Meter<'a>,
    bytes: R,
    check: F,
}

impl<'a, R: Read, F: Fn(&Meter<'a>, u64) -> Result<(), ImportError>> Read
    for Watched<'_, 'a, R, F>
{
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        (self.check)(self.meter, read as u64).map_err(|error| {
            *self.meter.verdict.borrow_mut() = Some(error);
            io::Error::from(io::ErrorKind::InvalidData)
        })?;
        Ok(read)
    }
}

/// Hands over the files of a tar one by one.
///
/// # Errors
/// When it cannot be read to its end, or has anything in it that is not allowed.
pub(crate) fn each_file(
    bytes: impl Read,
    meter: &Meter<'_>,
    take: &mut Take<'_>,
) -> Result<(), Failed> {
    let mut archive = ::tar::Archive::new(meter.unpacked(bytes));
    let mut seen = Members::new(meter.limits);
    let mut entries = archive.entries()?;
    let mut is_empty = true;
    loop {
        meter.head.set(LARGEST_HEAD);
        let Some(entry) = entries.next() else { break };
        let mut entry = entry?;
        meter.head.set(u64::MAX);
        is_empty = false;
        if let Some(kind) = kind(entry.header().entry_type()) {
            let name = RawName::new(&entry.path_bytes(), None);
            let name = Encoding::detect([&name]).decode(name);
            let path = seen.admit(&name, kind, entry.size());
            if let Some(path) = path.map_err(|refused| Failed::Said(refused.into()))? {
                take(&path, entry.size(), &mut entry).map_err(Failed::Said)?;
            }
        }
        io::copy(&mut entry, &mut io::sink())?;
    }
    if is_empty {
        return Err(Failed::Said(ArchiveError::Torn.into()));
    }
    // The checksum of what it is packed in comes last.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok(())
}

/// `None` for what only describes others.
fn kind(entry_type: EntryType) -> Option<MemberKind> {
    Some(match entry_type {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => MemberKind::File,
        EntryType::Directory => MemberKind::Folder,
        EntryType::Symlink | EntryType::Link => MemberKind::Link,
        EntryType::XGlobalHeader => return None,
        _ => MemberKind::Special,
    })
}
