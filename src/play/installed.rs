//! The installed browser. Only Chromium and its relatives speak the DevTools protocol over a pipe.

use std::env;
use std::path::{Path, PathBuf};

/// Names on PATH, the most neutral first.
const NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "google-chrome-beta",
    "google-chrome-unstable",
];

/// Usual places that are not on PATH.
const PLACES: &[&str] = &[
    "/usr/bin/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/opt/microsoft/msedge/msedge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];

/// Finds an installed Chromium, Chrome or Edge.
pub(crate) fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    find_in(env::split_paths(&path), PLACES)
}

fn find_in(folders: impl Iterator<Item = PathBuf>, places: &[&str]) -> Option<PathBuf> {
    let folders: Vec<_> = folders.filter(|folder| folder.is_absolute()).collect();
    let on_path = NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    on_path
        .chain(places.iter().map(PathBuf::from))
        .find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let is_executable = |metadata: std::fs::Metadata| {
        metadata.is_file() && metadata.permissions().mode() & 0o111 != 0
    };
    file.metadata().is_ok_and(is_executable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_browser_is_found_on_the_path_before_the_usual_places() {
        let place = tempfile::tempdir().unwrap();
        let folder = |name: &str| place.path().join(name);
        let program = |file: &Path, mode| {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
            fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
        };
        let usual = folder("opt/chrome");
        let places = [usual.to_str().unwrap()];
        let find = |folders: &[&str]| find_in(folders.iter().map(|one| folder(one)), &places);
        assert_eq!(find(&["a", "b"]), None);
        program(&usual, 0o755);
        assert_eq!(find(&["a", "b"]), Some(usual.clone()));
        program(&folder("b/microsoft-edge"), 0o755);
        assert_eq!(find(&["a", "b"]), Some(folder("b/microsoft-edge")));
        program(&folder("a/chromium"), 0o644);
        fs::create_dir_all(folder("b/chromium")).unwrap();
        assert_eq!(find(&["a", "b"]), Some(folder("b/microsoft-edge")));
        program(&folder("a/chromium"), 0o755);
        assert_eq!(find(&["b", "a"]), Some(folder("a/chromium")));
        // A program in the current folder may come with a game.
        assert_eq!(find_in([PathBuf::from("a")].into_iter(), &[]), None);
    }
}
