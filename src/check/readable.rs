//! Files that the server could not read, so that the game would not be published.

use std::io;

use crate::archive::error::ArchiveError;
use crate::check::finding::{Finding, Problem, Severity};
use crate::source::Source;
use crate::source::file::{File, FileContent};

/// The files that cannot be opened, or whose content is damaged. Files in an archive are read as a whole: only then is
/// their checksum known.
pub(crate) fn find_unreadable(source: &Source, files: &[File]) -> Vec<Finding> {
    let finding = |file: &File| {
        let error = read(source, file).err()?;
        Some(Finding {
            severity: Severity::Error,
            file: Some(file.path.clone()),
            line: None,
            problem: problem(&error),
        })
    };
    files.iter().filter_map(finding).collect()
}

fn read(source: &Source, file: &File) -> io::Result<()> {
    let opened = source.open(file, 0);
    match opened.map_err(|unreadable| unreadable.error)? {
        FileContent::ArchiveMember(mut content) => {
            io::copy(&mut content, &mut io::sink()).map(|_| ())
        }
        FileContent::Bytes(_) | FileContent::Big(..) => Ok(()),
    }
}

fn problem(error: &io::Error) -> Problem {
    let refused = error.get_ref().and_then(|inner| inner.downcast_ref());
    match refused {
        Some(ArchiveError::Broken { .. }) => Problem::Damaged,
        _ => Problem::Unreadable {
            error: error.to_string(),
        },
    }
}
