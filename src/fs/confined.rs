//! Files below a folder, and nothing outside it. The operating system resolves the path while it opens the file, so a
//! link that is put there between a check and the opening cannot lead out either.

use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata, OpenOptions, OpenOptionsExt};
use rustix::fs::OFlags;

/// An open folder, whose path may lead elsewhere meanwhile.
#[derive(Debug)]
pub struct ConfinedFolder(Dir);

impl ConfinedFolder {
    /// Opens a folder.
    ///
    /// # Errors
    /// When it is missing, not a folder or not readable.
    pub fn open(root: &Path) -> io::Result<Self> {
        Dir::open_ambient_dir(root, ambient_authority()).map(Self)
    }

    /// Opens a file below the folder for reading. Pipes and devices are refused unopened.
    ///
    /// # Errors
    /// When the file is missing, not a regular file or not readable, or when a link in its path is absolute or leads out
    /// of the folder.
    pub fn open_file(&self, path: impl AsRef<Path>) -> io::Result<File> {
        let path = path.as_ref();
        if !self.0.metadata(path)?.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut options = OpenOptions::new();
        // It may be replaced by a pipe after the check, and opening one would block until its other end is opened.
        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
        options.read(true).custom_flags(flags);
        let file = self.0.open_with(path, &options)?.into_std();
        if !file.metadata()?.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok(file)
    }
}

/// Opens a file below a folder for reading.
///
/// # Errors
/// Same as [`ConfinedFolder::open_file`]; an absolute link may lead to a file of the same folder.
pub(crate) fn open(root: &Path, path: &str) -> io::Result<File> {
    let folder = ConfinedFolder::open(root)?;
    folder.open_file(path).or_else(|error| {
        let inside = inside(root, path.as_ref()).ok_or(error)?;
        folder.open_file(inside)
    })
}

/// Reads a file's metadata, following links.
///
/// # Errors
/// When nothing is there, or a link in the path leads out of the folder.
pub(crate) fn metadata(root: &Path, path: impl AsRef<Path>) -> io::Result<Metadata> {
    let dir = Dir::open_ambient_dir(root, ambient_authority())?;
    dir.metadata(&path).or_else(|error| {
        let inside = inside(root, path.as_ref()).ok_or(error)?;
        dir.metadata(inside)
    })
}

/// The path below the folder that a path with links leads to, as far as the links can be followed now. It is opened like
/// any other path, so a link that changes meanwhile leads nowhere else.
fn inside(root: &Path, path: &Path) -> Option<PathBuf> {
    if path
        .components()
        .any(|part| !matches!(part, Component::Normal(_)))
    {
        return None;
    }
    let root = root.canonicalize().ok()?;
    let target = root.join(path).canonicalize().ok()?;
    let below = target.strip_prefix(&root).ok()?;
    // The folder itself has a name, too.
    Some(Path::new(".").join(below))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::unix::fs::symlink;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::{fs, thread};

    #[test]
    fn a_path_that_leads_out_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("game");
        fs::create_dir_all(root.join("a")).unwrap();
        fs::write(folder.path().join("secret"), "secret").unwrap();
        fs::write(root.join("a/b"), "b").unwrap();
        symlink("../secret", root.join("out")).unwrap();
        symlink("../..", root.join("a/up")).unwrap();
        symlink("a/b", root.join("in")).unwrap();
        symlink(root.join("a/b"), root.join("absolute")).unwrap();
        symlink("/etc/passwd", root.join("system")).unwrap();
        for (path, is_open) in [
            ("a/b", true),
            ("in", true),
            ("a/../a/b", true),
            ("out", false),
            ("absolute", true),
            ("system", false),
            ("a/up/game/a/b", true),
            ("a/up/secret", false),
            ("../secret", false),
            ("/etc/passwd", false),
            ("a", false),
        ] {
            assert_eq!(open(&root, path).is_ok(), is_open, "{path}");
        }
    }

    #[test]
    fn a_folder_swapped_for_a_link_does_not_lead_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("game");
        for (inner, content) in [("game/a", "inside"), ("outside", "outside")] {
            fs::create_dir_all(folder.path().join(inner)).unwrap();
            fs::write(folder.path().join(inner).join("file"), content).unwrap();
        }
        symlink("../outside", root.join("link")).unwrap();
        let is_over = AtomicBool::new(false);
        thread::scope(|threads| {
            threads.spawn(|| {
                let [a, link, aside] = ["a", "link", "aside"].map(|name| root.join(name));
                for _ in 0..100_000 {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    for (from, to) in [(&a, &aside), (&link, &a), (&a, &link), (&aside, &a)] {
                        fs::rename(from, to).unwrap();
                    }
                }
            });
            let mut opened = 0;
            for _ in 0..20_000 {
                if let Ok(mut file) = open(&root, "a/file") {
                    let mut content = String::new();
                    file.read_to_string(&mut content).unwrap();
                    assert_eq!(content, "inside");
                    opened += 1;
                }
            }
            assert!(opened > 0, "the folder is there most of the time");
            is_over.store(true, Ordering::Relaxed);
        });
    }

    #[test]
    fn a_pipe_is_refused_without_blocking() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        );
        made.unwrap();
        assert!(open(folder.path(), "pipe").is_err());
    }
}
