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
        // The coder of passwords, which is left out of the decoder.
        Error::UnsupportedCompressionMethod(method) if method.starts_with("AES") => {
            ArchiveError::Encrypted { name }
        }
        Error::UnsupportedCompressionMethod(method) => ArchiveError::Coder { name, method },
        Error::ChecksumVerificationFailed => ArchiveError::Broken { name },
        _ => ArchiveError::Torn,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    use tokio_util::sync::CancellationToken;

    use crate::import::job::{Job, Silent};
    use webserver::fs::budget::GameBudget;

    /// A page, packed by `7z a -p -mx=0 -mhc=off`.
    const ENCRYPTED: &[u8] = b"7z\xbc\xaf'\x1c\0\x04\x98(\xf5?\x10\0\0\0\0\0\0\0r\0\0\0\0\0\0\0:\x8e+\x14\x80\xc1\x10\x19\x0cSu6\x0b2W\
        \x17@\x0b\xf0\xf6\x01\x04\x06\0\x01\x09\x10\0\x07\x0b\x01\0\x02$\x06\xf1\x07\x01\x12S\x0fN\x08.\x93\x0c\
        \xdf\xd2\xcd\x84Y}\xdd\xab^\x13\x1e\x01\0\x01\0\x0c\x04\x04\0\x08\x0a\x01 \xb6\x0a\x14\0\0\x05\x01\x19\
        \x03\0\0\0\x11\x17\0i\0n\0d\0e\0x\0.\0h\0t\0m\0l\0\0\0\x19\x04\0\0\0\0\x14\x0a\x01\0\xfd\x0b\xca\xdbY\
        \x7f\xdd\x01\x15\x06\x01\0 \x80\xa4\x81\0\0";
    /// The same by `7z a -p -mx=0 -mhe=on`, which encrypts the names as well.
    const WITH_NAMES: &[u8] = b"7z\xbc\xaf'\x1c\0\x04\xd9 x\x93\x90\0\0\0\0\0\0\0/\0\0\0\0\0\0\x006*\x01\x13\xaa\xb9\x80\xeb#Qm\xc5gfO!\
        \xfe\x8c\xeb\xec4w(\x10\x96\x93+\xff\xe0*\xf6\x9f\x0fx\x994\xdb|\xe8u`I\xadi8\x12\xa9\x03\xd5Q\xfe\xb7fl\
        \x04\xe5U\xa8#\xcbC\xea\xbfhK\x0c\x12!w\x07\xef\x13Z?\x91\x1e\x82\x9bK\xd6\x9eJ\xbb\x84=R%\xb9+K\x12\xdd\
        \x0d\xb2\x19\x0a\xf2\xa9\xaf\x0f\x93\x05)\x82\x83}\xc1\xd8u\x80k{\xf26\xeb\x15\x0c\x01\x8a\x19\xcc\xaa^\
        \xc7\x0e\xc74\xd2wS\xe0l\x94\xc8W\xfd\x15~aq\x15\xa5\xe4\x1b\xa4Q\x11{\x17\x06\x10\x01\x09\x80\x80\0\x07\
        \x0b\x01\0\x01$\x06\xf1\x07\x01\x12S\x0f\xf2D\xe9\xce\x08-\x04\xa8\x1d\xe9\x02\xb0\xb9\xdb\x01\xf2\x0cr\
        \x0a\x01\xb8\x09\xef\xf7\0\0";

    #[test]
    fn an_archive_with_a_password_is_refused_as_encrypted() {
        let job = Job::new(0, &Silent, CancellationToken::new());
        let budget = GameBudget::default();
        for archive in [ENCRYPTED, WITH_NAMES] {
            let meter = Meter::new(&job, &budget);
            let refused = match each_file(Cursor::new(archive), &meter, &mut |_, _, _| Ok(())) {
                Err(TarError::Import(error)) => error,
                _ => panic!("it is not refused"),
            };
            assert!(
                matches!(
                    refused,
                    ImportError::Archive(ArchiveError::Encrypted { .. })
                ),
                "{refused}"
            );
        }
    }
}
