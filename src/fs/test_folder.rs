//! Folders for unit tests.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// A temporary folder with these files, which may be in folders of it.
pub(crate) fn test_folder(files: &[(impl AsRef<Path>, impl AsRef<[u8]>)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }
    folder
}
