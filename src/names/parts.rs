//! Parts of a path.

use std::path::Path;

use crate::names::stem::stem;

/// Returns the last part of a path, to be shown.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The name of a folder, or of an archive without its extension.
pub(crate) fn name_of(path: &Path) -> String {
    let name = file_name(path);
    match path.is_file() {
        true => stem(&name).to_owned(),
        false => name,
    }
}
