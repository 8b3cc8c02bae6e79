//! Reading an untrusted tar stream.

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

/// The largest header of a member, in bytes. Headers, for example long names, are held in memory.
const LARGEST_HEADER: u64 = 1 << 20;

/// Receives a file: its path below the game's folder, its length, and its content, which need not be read.
pub(crate) type Take<'a> = dyn FnMut(&str, u64, &mut dyn Read) -> Result<(), ImportError> + 'a;

/// Counts bytes, and ends the reading at a limit or when the job is cancelled.
pub(crate) struct Meter<'a> {
    job: &'a Job<'a>,
    limits: ArchiveLimits,
    packed: Cell<u64>,
    unpacked: Cell<u64>,
    /// The bytes that may be read before the next member begins.
    head: Cell<u64>,
    /// The reason for the end, which readers above may lose.
    reason: RefCell<Option<ImportError>>,
}

/// The reason why a tar was not read to its end.
pub(crate) enum TarError {
    /// A member is refused, or its receiver failed.
    Import(ImportError),
    /// The stream cannot be read; the meter may know the reason.
    Read(io::Error),
}

impl From<io::Error> for TarError {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

impl<'a> Meter<'a> {
    /// Creates a meter for one archive.
    pub(crate) fn new(job: &'a Job<'a>) -> Self {
        Self {
            job,
            limits: ArchiveLimits::default(),
            packed: Cell::new(0),
            unpacked: Cell::new(0),
            head: Cell::new(u64::MAX),
            reason: RefCell::new(None),
        }
    }

    /// Counts packed bytes, and reports them as progress.
    pub(crate) fn packed<R: Read>(&self, bytes: R) -> impl Read {
        self.metered(bytes, |meter, read| {
            meter.packed.set(meter.packed.get() + read);
            meter.job.advance(read)
        })
    }

    /// Takes the reason why the reading was ended.
    pub(crate) fn reason(&self) -> Option<ImportError> {
        self.reason.take()
    }

    fn unpacked<R: Read>(&self, bytes: R) -> impl Read {
        self.metered(bytes, |meter, read| {
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

    fn metered<R: Read, F: Fn(&Self, u64) -> Result<(), ImportError>>(
        &self,
        bytes: R,
        check: F,
    ) -> Metered<'_, 'a, R, F> {
        Metered {
            meter: self,
            bytes,
            check,
        }
    }
}

struct Metered<'m, 'a, R, F> {
    meter: &'m Meter<'a>,
    bytes: R,
    check: F,
}

impl<'a, R: Read, F: Fn(&Meter<'a>, u64) -> Result<(), ImportError>> Read
    for Metered<'_, 'a, R, F>
{
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        (self.check)(self.meter, read as u64).map_err(|error| {
            *self.meter.reason.borrow_mut() = Some(error);
            io::Error::from(io::ErrorKind::InvalidData)
        })?;
        Ok(read)
    }
}

/// Passes the files of a tar to `take`, one by one.
///
/// # Errors
/// When the tar cannot be read or is refused.
pub(crate) fn each_file(
    bytes: impl Read,
    meter: &Meter<'_>,
    take: &mut Take<'_>,
) -> Result<(), TarError> {
    let mut archive = ::tar::Archive::new(meter.unpacked(bytes));
    let mut seen = Members::new(meter.limits);
    let mut entries = archive.entries()?;
    let mut is_empty = true;
    loop {
        meter.head.set(LARGEST_HEADER);
        let Some(entry) = entries.next() else { break };
        let mut entry = entry?;
        meter.head.set(u64::MAX);
        is_empty = false;
        if let Some(kind) = kind(entry.header().entry_type()) {
            let name = RawName::new(&entry.path_bytes(), None);
            let name = Encoding::detect([&name]).decode(name);
            let path = seen.admit(&name, kind, entry.size());
            if let Some(path) = path.map_err(|refused| TarError::Import(refused.into()))? {
                take(&path, entry.size(), &mut entry).map_err(TarError::Import)?;
            }
        }
        io::copy(&mut entry, &mut io::sink())?;
    }
    if is_empty {
        return Err(TarError::Import(ArchiveError::Torn.into()));
    }
    // The checksum of the compressed stream comes last.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok(())
}

/// The type of a member; `None` for one that only describes others.
fn kind(entry_type: EntryType) -> Option<MemberKind> {
    Some(match entry_type {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => MemberKind::File,
        EntryType::Directory => MemberKind::Folder,
        EntryType::Symlink | EntryType::Link => MemberKind::Link,
        EntryType::XGlobalHeader => return None,
        _ => MemberKind::Special,
    })
}
