//! Files and folders that are not part of a game.

/// Left behind by Windows, macOS, packers, and `mkfs.ext4`.
const NAMES: [&str; 5] = [
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    "__macosx",
    "lost+found",
];

/// The folder of a site's statements about itself (RFC 8615).
const WELL_KNOWN: &str = ".well-known";

/// True if a file or folder of this name is hidden, or was left behind by an editor or a system.
pub fn is_leftover(name: &str) -> bool {
    (name.starts_with('.') && name != WELL_KNOWN)
        // Emacs, Vim, gedit.
        || name.ends_with('~')
        || (name.len() > 1 && name.starts_with('#') && name.ends_with('#'))
        || name.ends_with(".swp")
        // Locks of office programs.
        || name.starts_with("~$")
        || NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Hidden folders and files of tools, which no game loads.
const TOOLS: [&str; 7] = [
    ".git",
    ".svn",
    ".hg",
    ".ds_store",
    ".idea",
    ".vscode",
    ".vs",
];

/// True if a file or folder of this name is hidden, but a game may load it if a list in the export names it: Flutter
/// ships `assets/.env`.
pub fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
        && name != WELL_KNOWN
        // macOS's and Vim's.
        && !name.starts_with("._")
        && !name.starts_with("..")
        && !name.ends_with(".swp")
        && !name.ends_with('~')
        && !TOOLS.iter().any(|tool| name.eq_ignore_ascii_case(tool))
}

/// Beginnings of the names under which tools keep passwords and keys. Words in a script do not make them part of a game.
const SECRETS: [&str; 6] = [".env", ".ht", ".npmrc", ".netrc", ".ssh", ".aws"];

/// True if a file or folder of this name is made to hold secrets.
pub(crate) fn holds_secrets(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRETS.iter().any(|secret| name.starts_with(secret))
}

/// True if no game loads a file or folder of this name, even if a list in the export names it.
pub fn is_never_listed(name: &str) -> bool {
    is_leftover(name) && !is_hidden(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_files_are_told_from_those_of_tools() {
        for (name, expected) in [
            (".env", true),
            (".assets", true),
            (".git", false),
            (".DS_Store", false),
            ("._hero.png", false),
            (".a.swp", false),
            (".well-known", false),
            ("index.html", false),
        ] {
            assert_eq!(is_hidden(name), expected, "{name}");
            assert!(!(is_hidden(name) && is_never_listed(name)), "{name}");
        }
    }

    #[test]
    fn leftovers_are_recognized_by_name() {
        for (name, expected) in [
            (".git", true),
            (".env", true),
            (".well-known", false),
            (".index.html.swp", true),
            ("index.html.swp", true),
            ("index.html~", true),
            ("#index.html#", true),
            ("Thumbs.db", true),
            ("Desktop.ini", true),
            ("__MACOSX", true),
            ("lost+found", true),
            ("~$level.xlsx", true),
            ("index.html", false),
            ("#1.png", false),
            ("#", false),
            ("a~b", false),
            ("thumbs.db.png", false),
        ] {
            assert_eq!(is_leftover(name), expected, "{name}");
        }
    }
}
