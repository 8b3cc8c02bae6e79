//! Unpacking an archive. Every member is checked before it is written.

use std::fs;
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;

use crate::import::error::ImportError;
use crate::import::format::Format;
use crate::import::job::{Job, Note, Step};
use crate::import::seven_zip;
use crate::import::tar;
use crate::import::tar::{MemberContent, Meter, Take, TarError};
use webserver::archive::Archive;
use webserver::archive::error::ArchiveError;
use webserver::archive::limits::{DECODER_KIB, LARGEST_DICTIONARY};
use webserver::fs::budget::GameBudget;

/// The shortest run of zeros that becomes a hole, in bytes.
const HOLE: usize = 4096;
/// The bytes of an archive that are read at once by decoders without a buffer of their own.
const READ_BUFFER: usize = 64 << 10;

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
    let budget = GameBudget::on_disk_of(folder, None);
    each_member(archive, &budget, job, &mut |path, length, content| {
        bytes += length;
        let path = folder.join(path);
        let write = |error| ImportError::write(&path, error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| ImportError::write(parent, error))?;
        }
        let mut file = match File::create_new(&path) {
            // An earlier file of this name.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::remove_file(&path)
                .and_then(|()| File::create_new(&path))
                .map_err(write)?,
            created => created.map_err(write)?,
        };
        match content {
            MemberContent::SameAs(_) if is_dry_run => Ok(()),
            MemberContent::Bytes(content) if is_dry_run => io::copy(content, &mut io::sink())
                .map(|_| ())
                .map_err(|error| unreadable(archive, error)),
            MemberContent::SameAs(earlier) => {
                let earlier = folder.join(earlier);
                let mut earlier_file =
                    File::open(&earlier).map_err(|error| ImportError::read(&earlier, error))?;
                match fill(&mut file, &mut earlier_file, &budget, &mut buffer) {
                    Ok(length) => bytes += length,
                    Err(FillError::Read(error)) => return Err(ImportError::read(&earlier, error)),
                    Err(FillError::Write(error)) => return Err(write(error)),
                }
                Ok(())
            }
            MemberContent::Bytes(content) => {
                let filled = fill(&mut file, content, &budget, &mut buffer);
                filled.map(|_| ()).map_err(|failed| match failed {
                    FillError::Read(error) => unreadable(archive, error),
                    FillError::Write(error) => write(error),
                })
            }
        }
    })?;
    Ok(bytes)
}

/// The side on which a copy failed.
enum FillError {
    Read(io::Error),
    Write(io::Error),
}

/// Writes a file, with holes for zeros: a disk image of many gigabytes may be mostly empty. Returns its length.
fn fill(
    file: &mut File,
    content: &mut dyn Read,
    budget: &GameBudget,
    buffer: &mut [u8],
) -> Result<u64, FillError> {
    let mut length = 0;
    let mut ends_in_hole = false;
    loop {
        let read = content.read(buffer).map_err(FillError::Read)?;
        let bytes = buffer.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        length += read as u64;
        ends_in_hole = read >= HOLE && bytes.iter().all(|byte| *byte == 0);
        match ends_in_hole {
            true => file.seek(SeekFrom::Start(length)).map(|_| ()),
            false => budget
                .write(bytes.len() as u64)
                .and_then(|()| file.write_all(bytes)),
        }
        .map_err(FillError::Write)?;
    }
    if ends_in_hole {
        file.set_len(length).map_err(FillError::Write)?;
    }
    Ok(length)
}

/// Passes the files of an archive to `take`, one by one.
///
/// # Errors
/// When the archive is refused or damaged.
pub(crate) fn each_member(
    archive: &Path,
    budget: &GameBudget,
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
        return zip(file, budget, job, take);
    }
    job.begin(Step::Unpacking, Some(packed));
    let meter = Meter::new(job, budget);
    if format == Format::SevenZip {
        let done = seven_zip::each_file(meter.packed_file(file), &meter, take);
        return done.map_err(|failed| explain(archive, &meter, failed));
    }
    let packed = meter.packed(file);
    let done = match format {
        Format::Gzip => tar::each_file(MultiGzDecoder::new(packed), &meter, take),
        Format::Zstd => zstd::Decoder::new(packed)
            .map_err(Into::into)
            .and_then(|bytes| tar::each_file(bytes, &meter, take)),
        Format::Xz => {
            let bytes = BufReader::with_capacity(READ_BUFFER, packed);
            let bytes = XzReader::new_mem_limit(bytes, true, DECODER_KIB);
            tar::each_file(bytes, &meter, take).map_err(|failed| xz_dictionary(&head, failed))
        }
        Format::Bzip2 => tar::each_file(MultiBzDecoder::new(packed), &meter, take),
        Format::Tar | Format::Zip | Format::SevenZip => tar::each_file(packed, &meter, take),
    };
    done.map_err(|failed| explain(archive, &meter, failed))
}

fn explain(archive: &Path, meter: &Meter<'_>, failed: TarError) -> ImportError {
    match (meter.reason(), failed) {
        (Some(reason), _) => reason,
        (None, TarError::Import(error)) => error,
        (None, TarError::Read(error)) => unreadable(archive, error),
    }
}

/// Names the dictionary if that was too large.
fn xz_dictionary(head: &[u8], failed: TarError) -> TarError {
    match failed {
        TarError::Read(error) if error.kind() == ErrorKind::OutOfMemory => {
            TarError::Import(ImportError::Archive(ArchiveError::Dictionary {
                bytes: first_dictionary(head).unwrap_or(u64::MAX),
                most: LARGEST_DICTIONARY,
            }))
        }
        failed => failed,
    }
}

/// Reads the size of the dictionary from the header of the first block (The .xz File Format, 3.1 and 5.3.1).
fn first_dictionary(head: &[u8]) -> Option<u64> {
    const LZMA2: &[u8] = &[0x21, 1];
    let block = head.get(12..)?;
    let header = block.get(1..(usize::from(*block.first()?) + 1) * 4)?;
    let at = header.windows(2).position(|window| window == LZMA2)?;
    let bits = u32::from(*header.get(at + 2)?);
    match bits {
        0..40 => Some(u64::from(2 | (bits & 1)) << (bits / 2 + 11)),
        40 => Some(u64::from(u32::MAX)),
        _ => None,
    }
}

fn zip(
    file: File,
    budget: &GameBudget,
    job: &Job<'_>,
    take: &mut Take<'_>,
) -> Result<(), ImportError> {
    let archive = Archive::read(file, budget)?;
    if let Some(encoding) = archive.encoding() {
        job.note(&Note::NamesIn(encoding.name()));
    }
    if let Some(note) = Note::of_left_out(archive.left_out()) {
        job.note(&note);
    }
    let bytes = archive.members().iter().map(|member| member.length).sum();
    job.begin(Step::Unpacking, Some(bytes));
    for member in archive.members() {
        let meter = Meter::new(job, budget);
        let mut content = meter.packed(archive.content(member));
        let taken = take(
            &member.path,
            member.length,
            MemberContent::Bytes(&mut content),
        );
        taken.map_err(|error| meter.reason().unwrap_or(error))?;
    }
    Ok(())
}

/// Distinguishes errors of the disk from errors of the archive.
fn unreadable(archive: &Path, error: std::io::Error) -> ImportError {
    if error.raw_os_error().is_some() {
        return ImportError::read(archive, error);
    }
    let refused = error.downcast::<ArchiveError>();
    ImportError::Archive(refused.unwrap_or(ArchiveError::Torn))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::job::Silent;
    use flate2::{Crc, write::GzEncoder};
    use proptest::prelude::*;
    use proptest::sample::Index;
    use tokio_util::sync::CancellationToken;

    /// `index.html` with `page`, packed by `xz`.
    const XZ: &[u8] = b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46\x02\0\x21\x01\x16\0\0\0\x74\x2f\xe5\xa3\
        \x01\0\x03page\0\xa0\xf1\xe5\xad\xcd\x8e\x0c\x5e\0\x01\x1c\x04\x6f\x2c\x9c\xc1\x1f\xb6\xf3\
        \x7d\x01\0\0\0\0\x04YZ";
    /// The same by `7z a -mhc=off`.
    const SEVEN_ZIP: &[u8] = b"7z\xbc\xaf\x27\x1c\0\x04\x7a\x5e\xd4\xe9\x08\0\0\0\0\0\0\0\x62\0\0\0\
        \0\0\0\0\xca\x7e\xe2\x89\x01\0\x03page\0\x01\x04\x06\0\x01\x09\x08\0\x07\x0b\x01\0\x01\x21\
        \x21\x01\0\x0c\x04\0\x08\x0a\x01\x20\xb6\x0a\x14\0\0\x05\x01\x19\x0c\0\0\0\0\0\0\0\0\0\0\0\0\
        \x11\x17\0i\0n\0d\0e\0x\0.\0h\0t\0m\0l\0\0\0\x19\x04\0\0\0\0\x14\x0a\x01\0\x9b\x71\x7e\x23\
        \xd6\x7d\xdd\x01\x15\x06\x01\0\x20\x80\xa4\x81\0\0";

    /// A page, a link to it and a link to `/etc`, packed by `7z a -snl -mx=0 -mhc=off`.
    const LINKS: &[u8] = b"\x37z\xbc\xaf\x27\x1c\0\x04\x96\xec\x85C\x12\0\0\0\0\0\0\0\x86\0\0\0\0\0\0\0\x25\x21\x87mpa\
        ge/etcindex.html\x01\x04\x06\0\x03\x09\x04\x04\x0a\0\x07\x0b\x03\0\x01\x01\0\x01\x01\0\
        \x01\x01\0\x0c\x04\x04\x0a\0\x08\x0a\x01\x20\xb6\x0a\x14\xaf\xe5\xe1\x08\xc9\xe9Kw\0\0\x05\x03\x19\
        \x0c\0\0\0\0\0\0\0\0\0\0\0\0\x11\x33\0i\0n\0d\0e\0x\0.\0h\0t\0m\0l\0\0\0o\0u\0t\0\0\0s\0\
        a\0m\0e\0.\0h\0t\0m\0l\0\0\0\x19\0\x15\x0e\x01\0\x20\x80\xa4\x81\x20\x80\xff\xa1\x20\x80\xff\
        \xa1\0\0";

    /// Writes the checksum of a part of an archive, as both formats have it.
    fn seal(archive: &mut [u8], part: std::ops::Range<usize>, at: usize) {
        let mut crc = Crc::new();
        crc.update(&archive[part]);
        archive[at..at + 4].copy_from_slice(&crc.sum().to_le_bytes());
    }

    #[test]
    fn a_link_in_a_7z_archive_stands_for_its_file_or_for_none() {
        let job = Job::new(0, &Silent, CancellationToken::new());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("archive");
        fs::write(&file, LINKS).unwrap();
        let mut names = Vec::new();
        each_member(&file, &GameBudget::default(), &job, &mut |name, _, _| {
            names.push(name.to_owned());
            Ok(())
        })
        .unwrap();
        assert_eq!(names, ["index.html", "same.html"]);
        let content = folder.path().join("game");
        fs::create_dir(&content).unwrap();
        assert_eq!(unpack(&file, &content, false, &job).unwrap(), 8);
        let same = content.join("same.html");
        assert!(!same.is_symlink());
        assert_eq!(fs::read(same).unwrap(), b"page");
    }

    #[test]
    fn a_dictionary_of_more_than_64_mib_is_refused_with_its_size() {
        let job = Job::new(0, &Silent, CancellationToken::new());
        // The size of a dictionary, as LZMA2 writes it (The .xz File Format, 5.3.1).
        for (bits, mib) in [(22, 8), (28, 64), (29, 96), (30, 128), (38, 2048)] {
            let (mut xz, mut seven_zip) = (XZ.to_vec(), SEVEN_ZIP.to_vec());
            xz[16] = bits;
            seal(&mut xz, 12..20, 20);
            seven_zip[56] = bits;
            seal(&mut seven_zip, 40..138, 28);
            seal(&mut seven_zip, 12..32, 8);
            for (archive, name) in [(xz, "xz"), (seven_zip, "7z")] {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("archive");
                fs::write(&file, archive).unwrap();
                let content = folder.path().join("game");
                fs::create_dir(&content).unwrap();
                let found = match unpack(&file, &content, false, &job) {
                    Err(ImportError::Archive(ArchiveError::Dictionary { bytes, .. })) => {
                        bytes >> 20
                    }
                    // The content of the .xz is not a tar archive.
                    Ok(4) | Err(ImportError::Archive(ArchiveError::Torn)) => 0,
                    other => panic!("{name} {mib}: {other:?}"),
                };
                let expected = if mib > 64 { mib } else { 0 };
                assert_eq!(found, expected, "{name} {mib}");
            }
        }
    }

    /// A tar with a folder, a link and a long name.
    fn tar() -> Vec<u8> {
        let mut tar = ::tar::Builder::new(Vec::new());
        let long = format!("{}.js", "n".repeat(150));
        for (name, content) in [("index.html", "page"), ("a/b.js", "b"), (&long, "long")] {
            let mut header = ::tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, name, content.as_bytes())
                .unwrap();
        }
        let mut link = ::tar::Header::new_gnu();
        link.set_entry_type(::tar::EntryType::Symlink);
        link.set_size(0);
        tar.append_link(&mut link, "c.js", "a/b.js").unwrap();
        tar.into_inner().unwrap()
    }

    fn tar_gz() -> Vec<u8> {
        let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&tar()).unwrap();
        gzip.finish().unwrap()
    }

    proptest! {
        /// More tries: `PROPTEST_CASES=100000 cargo test damaged_archive`.
        #[test]
        fn a_damaged_archive_is_refused_or_unpacked_into_its_folder(
            format in 0..4_usize,
            edits in prop::collection::vec((any::<Index>(), any::<u8>()), 1..8),
            cut in prop::option::weighted(0.2, any::<Index>()),
        ) {
            let formats = [tar(), tar_gz(), XZ.to_vec(), SEVEN_ZIP.to_vec()];
            let mut archive = formats[format].clone();
            for (at, byte) in edits {
                // Most of a tar is zeros, which nothing reads: three edits in four are where the headers are.
                let most = archive.len().min(if byte % 4 == 0 { usize::MAX } else { 600 });
                archive[at.index(most)] = byte;
            }
            if let Some(cut) = cut {
                archive.truncate(cut.index(archive.len()));
            }
            let folder = tempfile::tempdir().unwrap();
            let (file, content) = (folder.path().join("archive"), folder.path().join("game"));
            fs::write(&file, &archive).unwrap();
            fs::create_dir(&content).unwrap();
            let job = Job::new(0, &Silent, CancellationToken::new());
            let unpacked = unpack(&file, &content, false, &job);
            let beside: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
            prop_assert_eq!(beside.len(), 2);
            if let Ok(bytes) = unpacked {
                // What the archive is made of, unless a length was changed.
                prop_assert!(bytes < 1 << 33, "{}", bytes);
            }
            for entry in walkdir::WalkDir::new(&content) {
                let kind = entry.unwrap().file_type();
                prop_assert!(kind.is_file() || kind.is_dir(), "{:?}", kind);
            }
        }
    }
}
