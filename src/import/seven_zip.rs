//! Reading an untrusted 7z archive.

use std::io::{Read, Seek};

use sevenz_rust2::{ArchiveReader, Error, Password};

use crate::import::error::ImportError;
use crate::import::tar::{MemberContent, Meter, Take, TarError, take_linked};
use webserver::archive::error::ArchiveError;
use webserver::archive::limits::{DECODER_KIB, LARGEST_DICTIONARY};
use webserver::archive::members::{LONGEST_NAME, MemberKind, Members};

/// Passes the files of a 7z archive to `take`, one by one.
///
/// # Errors
/// When the archive cannot be read or is refused.
pub(crate) fn each_file(
    bytes: impl Read + Seek,
    meter: &Meter<'_>,
    take: &mut Take<'_>,
) -> Result<(), TarError> {
    let memory = DECODER_KIB as usize;
    let mut archive = ArchiveReader::new_with_memory_limit(bytes, Password::empty(), memory)
        .map_err(|error| refused("", error))?;
    // Each thread would have a dictionary of its own.
    archive.set_thread_count(1);
    let mut seen = Members::new(meter.budget());
    let mut failure = None;
    let mut last = String::new();
    let read = archive.for_each_entries(|entry, content| {
        entry.name().clone_into(&mut last);
        let kind = match entry.windows_attributes() {
            _ if entry.is_anti_item() => return Ok(true),
            attributes if attributes & UNIX != 0 && (attributes >> 16) & TYPE == LINK => {
                MemberKind::Link
            }
            _ if entry.is_directory() => MemberKind::Folder,
            _ => MemberKind::File,
        };
        let taken = match kind {
            MemberKind::Link => {
                let mut target = Vec::new();
                content.take(LONGEST_NAME as u64).read_to_end(&mut target)?;
                seen.admit_link(entry.name(), &String::from_utf8_lossy(&target))
                    .map_err(ImportError::from)
            }
            kind => seen
                .admit(entry.name(), kind, entry.size())
                .map_err(ImportError::from)
                .and_then(|path| match path {
                    Some(path) => take(&path, entry.size(), MemberContent::Bytes(content)),
                    None => Ok(()),
                }),
        };
        match taken {
            // The next file of a solid block begins after this one.
            Ok(()) => Ok(std::io::copy(content, &mut std::io::sink()).map(|_| true)?),
            Err(error) => {
                failure = Some(error);
                Ok(false)
            }
        }
    });
    match (failure, read) {
        (Some(error), _) => Err(TarError::Import(error)),
        (None, Err(error)) => Err(refused(&last, error)),
        (None, Ok(())) => take_linked(&seen, meter, take).map_err(TarError::Import),
    }
}

/// Set when the upper half of the attributes is a Unix mode, as p7zip writes it.
const UNIX: u32 = 0x8000;
const TYPE: u32 = 0o170_000;
const LINK: u32 = 0o120_000;

fn refused(name: &str, error: Error) -> TarError {
    let name = name.to_owned();
    TarError::Import(ImportError::Archive(match error {
        Error::Io(error, _) => return TarError::Read(error),
        Error::MaxMemLimited { actaul_kb, .. } => ArchiveError::Dictionary {
            bytes: (actaul_kb as u64) << 10,
            most: LARGEST_DICTIONARY,
        },
        Error::PasswordRequired | Error::MaybeBadPassword(_) => ArchiveError::Encrypted { name },
        Error::UnsupportedCompressionMethod(method) => ArchiveError::Coder { name, method },
        Error::ChecksumVerificationFailed => ArchiveError::Broken { name },
        _ => ArchiveError::Torn,
    }))
}
