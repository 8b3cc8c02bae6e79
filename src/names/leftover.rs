//! Files and folders that are no part of a game.

/// Left behind by Windows, macOS, packers, and `mkfs.ext4`.
const NAMES: [&str; 5] = [
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    "__macosx",
    "lost+found",
];

/// True if a file or folder of this name is hidden, or was left behind by an editor or a system.
pub fn is_leftover(name: &str) -> bool {
    name.starts_with('.')
        // Emacs, Vim, gedit.
        || name.ends_with('~')
        || (name.len() > 1 && name.starts_with('#') && name.ends_with('#'))
        || name.ends_with(".swp")
        // Locks of office programs.
        || name.starts_with("~$")
        || NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_are_recognized_by_name() {
        for (name, expected) in [
            (".git", true),
            (".env", true),
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
