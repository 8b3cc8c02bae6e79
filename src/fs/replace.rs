//! Replacing a file's content: readers, and the next start after a crash, find the old content or the new.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::io::Errno;
use tempfile::{Builder, NamedTempFile};

use crate::fs::unsupported::{Unsupported, is_refused, tolerate};

/// True if the new content must survive a power failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Yes: wait until it is on the disk.
    Synced,
    /// No: it can be made again.
    Unsynced,
}

/// Replaces the content of a file, or creates it. The file keeps its permissions, and a symbolic link stays a link.
///
/// The content is written beside the file, which is then renamed over. Where the file cannot be renamed over (it is a
/// separate mount) or its folder cannot be written to, it is overwritten, and its earlier content is written back when
/// that fails.
///
/// Returns what the file system refused.
///
/// # Errors
/// When the content cannot be written. The file has its earlier content then, unless that could not be written back
/// either; in that case a copy of the new content is beside it.
pub fn replace(
    path: &Path,
    content: &[u8],
    durability: Durability,
) -> io::Result<Vec<Unsupported>> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut refused = Vec::new();
    let beside = match write_beside(&target, content, durability, &mut refused) {
        Ok(beside) => beside,
        Err(error) if is_refused(&error) && target.is_file() => {
            overwrite(&target, content, durability, &mut refused)?;
            return Ok(refused);
        }
        Err(error) => return Err(error),
    };
    let renamed = beside.persist(&target).map(|_| ());
    let Err(failed) = renamed else {
        return Ok(refused);
    };
    if Errno::from_io_error(&failed.error) != Some(Errno::BUSY) {
        return Err(failed.error);
    }
    overwrite(&target, content, durability, &mut refused).inspect_err(|_| {
        if fs::read(&target).is_ok_and(|left| left.is_empty() || content.starts_with(&left)) {
            // The file is cut short: keep the copy.
            let _ = failed.file.keep();
        }
    })?;
    Ok(refused)
}

fn write_beside(
    target: &Path,
    content: &[u8],
    durability: Durability,
    refused: &mut Vec<Unsupported>,
) -> io::Result<NamedTempFile> {
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let mut file = Builder::new()
        .prefix(&format!(".{name}."))
        .suffix(".new")
        // `tempfile_in` names the temporary file in its errors.
        .make_in(folder, |path| {
            File::options()
                .write(true)
                .create_new(true)
                .mode(0o666)
                .open(path)
        })?;
    if let Ok(metadata) = target.metadata() {
        let set = file.as_file().set_permissions(metadata.permissions());
        refused.extend(tolerate(set, Unsupported::Permissions)?);
    }
    file.write_all(content)?;
    sync(file.as_file(), durability, refused)?;
    Ok(file)
}

/// Overwrites a file, and writes its earlier content back when that fails.
fn overwrite(
    target: &Path,
    content: &[u8],
    durability: Durability,
    refused: &mut Vec<Unsupported>,
) -> io::Result<()> {
    let earlier = fs::read(target)?;
    // Not truncated before it is written to: a file that cannot be written to stays as it is.
    let mut file = File::options().write(true).open(target)?;
    let written = file
        .write_all(content)
        .and_then(|()| file.set_len(content.len() as u64));
    if let Err(error) = written {
        let _ = fs::write(target, earlier);
        return Err(error);
    }
    refused.push(Unsupported::Rename);
    sync(&file, durability, refused)
}

fn sync(file: &File, durability: Durability, refused: &mut Vec<Unsupported>) -> io::Result<()> {
    if durability == Durability::Synced {
        let known = refused.contains(&Unsupported::Sync);
        let synced = tolerate(file.sync_all(), Unsupported::Sync)?;
        refused.extend(synced.filter(|_| !known));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::fs::symlink;

    fn names(folder: &Path) -> Vec<String> {
        let children = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = children
            .map(|child| child.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_error_does_not_name_the_temporary_file() {
        let error = replace(Path::new("/nowhere/x.toml"), b"x", Durability::Unsynced).unwrap_err();
        assert!(!error.to_string().contains("nowhere"), "{error}");
    }

    #[test]
    fn a_file_is_replaced_whole_and_keeps_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        assert_eq!(replace(&file, b"one", Durability::Synced).unwrap(), []);
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        let open = File::open(&file).unwrap();
        assert_eq!(replace(&file, b"second", Durability::Unsynced).unwrap(), []);
        assert_eq!(fs::read(&file).unwrap(), b"second");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(io::read_to_string(open).unwrap(), "one");
        assert_eq!(names(folder.path()), ["config.toml"]);
    }

    #[test]
    fn a_link_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["file", "link"].map(|name| folder.path().join(name));
        fs::write(&file, "one").unwrap();
        symlink("file", &link).unwrap();
        replace(&link, b"two", Durability::Synced).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"two");
    }

    #[test]
    fn an_overwritten_file_has_the_new_content_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        for (earlier, content) in [("a longer text", "short"), ("short", "a longer text")] {
            fs::write(&file, earlier).unwrap();
            let mut refused = Vec::new();
            overwrite(&file, content.as_bytes(), Durability::Synced, &mut refused).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), content);
            assert_eq!(refused, [Unsupported::Rename]);
        }
    }

    #[test]
    fn a_file_that_cannot_be_written_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("folder");
        fs::create_dir(&file).unwrap();
        assert!(replace(&file, b"text", Durability::Synced).is_err());
        assert_eq!(names(folder.path()), ["folder"]);
    }
}
