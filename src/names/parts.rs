//! Parts of a path.

use std::path::Path;

/// Returns the last part of a path, to be shown.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
