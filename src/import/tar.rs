//! Reading an untrusted tar stream.

use std::cell::{Cell, RefCell};
use std::io;
use std::io::{Read, Seek, SeekFrom};

use ::tar::{Entry, EntryType};

use crate::import::error::ImportError;
use crate::import::job::{Job, Note};
use crate::import::sparse::SparseHeader;
use webserver::archive::encoding::Encoding;
use webserver::archive::error::ArchiveError;
use webserver::archive::members::{MemberKind, Members, relative_path};
use webserver::archive::raw_name::RawName;
use webserver::fs::budget::GameBudget;

/// The largest header of a member, in bytes. Headers, for example long names, are held in memory.
const LARGEST_HEADER: u64 = 1 << 20;

/// The most names that tell the encoding.
const MOST_NAMES: usize = 100;

/// Receives a file: its path below the game's folder, its length, and its content. A path may come again; the last file
/// counts.
pub(crate) type Take<'a> = dyn FnMut(&str, u64, MemberContent<'_>) -> Result<(), ImportError> + 'a;

/// The content of a file.
pub(crate) enum MemberContent<'a> {
    /// Its bytes, which need not be read.
    Bytes(&'a mut dyn Read),
    /// The content of an earlier file, by its path: a link.
    SameAs(&'a str),
}

/// Counts bytes, and ends the reading at a limit or when the job is cancelled.
pub(crate) struct Meter<'a> {
    job: &'a Job<'a>,
    budget: &'a GameBudget,
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
    pub(crate) fn new(job: &'a Job<'a>, budget: &'a GameBudget) -> Self {
        Self {
            job,
            budget,
            head: Cell::new(u64::MAX),
            reason: RefCell::new(None),
        }
    }

    /// Counts packed bytes, and reports them as progress.
    pub(crate) fn packed<R: Read>(&self, bytes: R) -> impl Read {
        self.metered(bytes, |meter, read| meter.job.advance(read))
    }

    /// Counts as [`Self::packed`], from a file that is not read from its beginning to its end.
    pub(crate) fn packed_file<R: Read + Seek>(&self, bytes: R) -> impl Read + Seek {
        self.metered(bytes, |meter, read| meter.job.advance(read))
    }

    /// The budget of what is unpacked.
    pub(crate) fn budget(&self) -> &'a GameBudget {
        self.budget
    }

    /// Takes the reason why the reading was ended.
    pub(crate) fn reason(&self) -> Option<ImportError> {
        self.reason.take()
    }

    fn unpacked<R: Read>(&self, bytes: R) -> impl Read {
        self.metered(bytes, |meter, read| {
            let head = meter.head.get();
            meter.head.set(head.saturating_sub(read));
            if head < read {
                return Err(ArchiveError::Torn.into());
            }
            Ok(())
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

impl<R: Seek, F> Seek for Metered<'_, '_, R, F> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
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
    let mut seen = Members::new(meter.budget);
    let mut names = MemberNames::default();
    let mut entries = archive.entries()?;
    let mut is_empty = true;
    loop {
        meter.head.set(LARGEST_HEADER);
        let Some(entry) = entries.next() else { break };
        let mut entry = entry?;
        meter.head.set(u64::MAX);
        is_empty = false;
        take_entry(&mut entry, &mut seen, &mut names, take)?;
        io::copy(&mut entry, &mut io::sink())?;
    }
    take_linked(&seen, meter, take).map_err(TarError::Import)?;
    if is_empty {
        return Err(TarError::Import(ArchiveError::Torn.into()));
    }
    // The checksum of the compressed stream comes last.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok(())
}

/// Passes on the files that symbolic links stand for, once all members have come.
///
/// # Errors
/// When they exceed a limit, or their receiver fails.
pub(crate) fn take_linked(
    seen: &Members<'_>,
    meter: &Meter<'_>,
    take: &mut Take<'_>,
) -> Result<(), ImportError> {
    let linked = seen.linked_files()?;
    if let Some(note) = Note::of_left_out(&linked.left_out) {
        meter.job.note(&note);
    }
    { linked.files.iter() }
        .try_for_each(|(path, same_as)| take(path, 0, MemberContent::SameAs(same_as)))
}

/// The names of the members so far that are not UTF-8.
#[derive(Default)]
struct MemberNames(Vec<RawName>);

impl MemberNames {
    /// Decodes the next name in the encoding that it has with those before it: a rare character does not make another one.
    fn decode(&mut self, bytes: &[u8]) -> String {
        if let Ok(name) = std::str::from_utf8(bytes) {
            return name.to_owned();
        }
        if self.0.len() < MOST_NAMES {
            self.0.push(RawName::new(bytes, None));
        }
        Encoding::detect(&self.0).decode(RawName::new(bytes, None))
    }
}

fn take_entry(
    entry: &mut Entry<'_, impl Read>,
    seen: &mut Members<'_>,
    names: &mut MemberNames,
    take: &mut Take<'_>,
) -> Result<(), TarError> {
    let refuse = |refused: ArchiveError| TarError::Import(refused.into());
    let Some(kind) = kind(entry.header().entry_type()) else {
        return Ok(());
    };
    let mut decode = |bytes: &[u8]| names.decode(bytes);
    let sparse = SparseHeader::read(entry).map_err(refuse)?;
    let (name, length) = match &sparse {
        Some(SparseHeader {
            name: Some(name),
            length,
            ..
        }) => (decode(name), *length),
        Some(sparse) => (decode(&entry.path_bytes()), sparse.length),
        None => (decode(&entry.path_bytes()), entry.size()),
    };
    if kind == MemberKind::Link {
        let target = decode(&entry.link_name_bytes().unwrap_or_default());
        return seen.admit_link(&name, &target).map_err(refuse);
    }
    let Some(path) = seen.admit(&name, kind, length).map_err(refuse)? else {
        return Ok(());
    };
    if entry.header().entry_type() == EntryType::Link {
        let target = entry.link_name_bytes().unwrap_or_default();
        // A target that is not a path in the archive is not among the files before.
        let target = relative_path(&decode(&target)).unwrap_or_default();
        return match target {
            target if target == path => Ok(()),
            target if seen.has_file(&target) => {
                take(&path, 0, MemberContent::SameAs(&target)).map_err(TarError::Import)
            }
            _ => Err(refuse(ArchiveError::Link { name })),
        };
    }
    let taken = match sparse {
        Some(sparse) => take(
            &path,
            length,
            MemberContent::Bytes(&mut sparse.reader(entry)?),
        ),
        None => take(&path, length, MemberContent::Bytes(entry)),
    };
    taken.map_err(TarError::Import)
}

/// The type of a member; `None` for one that only describes others.
fn kind(entry_type: EntryType) -> Option<MemberKind> {
    Some(match entry_type {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse | EntryType::Link => {
            MemberKind::File
        }
        EntryType::Directory => MemberKind::Folder,
        EntryType::Symlink => MemberKind::Link,
        EntryType::XGlobalHeader => return None,
        _ => MemberKind::Special,
    })
}
