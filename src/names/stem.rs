//! Names of archives and pages without their extensions.

/// The extensions of what a game can come in, the longest first.
const ENDINGS: [&str; 18] = [
    ".tar.zstd",
    ".tar.bz2",
    ".tar.zst",
    ".tar.gz",
    ".tar.xz",
    ".html",
    ".tbz2",
    ".tzst",
    ".htm",
    ".tbz",
    ".tgz",
    ".txz",
    ".tar",
    ".zip",
    ".bz2",
    ".7z",
    ".gz",
    ".xz",
];

/// Removes the extension of an archive or a page, unless nothing is left.
pub fn stem(name: &str) -> &str {
    let end_of = |ending: &&str| {
        let start = name.len().checked_sub(ending.len())?;
        let end = name.get(start..)?;
        end.eq_ignore_ascii_case(ending).then_some(start)
    };
    let start = ENDINGS.iter().find_map(end_of);
    match start.and_then(|start| name.get(..start)) {
        Some(stem) if !stem.is_empty() => stem,
        _ => name,
    }
}
