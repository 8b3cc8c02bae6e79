//! Files and projects that browsers cannot play, but whose tools have an export that they can.

use std::path::Path;

use crate::source::Source;

/// Something that is not a web export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// A project of Scratch.
    Scratch,
    /// A Flash movie.
    Flash,
    /// A game of LÖVE.
    Love,
    /// A bundle of js-dos.
    Dos,
    /// An image of a console's cartridge or disk.
    Rom,
    /// A cartridge of PICO-8.
    Pico8,
    /// A project or a pack of Godot.
    Godot,
    /// A project or a package of Unity.
    Unity,
    /// A project of Unreal Engine.
    Unreal,
    /// A project of GameMaker.
    GameMaker,
    /// A project of Construct.
    Construct,
    /// A project of Defold.
    Defold,
    /// A project of RPG Maker.
    RpgMaker,
    /// A project of Ren'Py.
    RenPy,
    /// The source of a project that a bundler builds.
    Bundler,
    /// A cartridge of TIC-80.
    Tic80,
    /// The source of a Twine story.
    Twine,
    /// A project of Flutter.
    Flutter,
    /// A project of Cocos Creator.
    Cocos,
    /// A program in Rust, for example with Bevy.
    Rust,
    /// A program in Python, for example with pygame.
    Python,
    /// An archive in an unsupported format.
    Packed,
    /// A native program.
    Program,
}

impl Foreign {
    /// True if the file may be an archive that can be read all the same: one that unpacks itself, or has a wrong name.
    pub fn may_be_archive(self) -> bool {
        matches!(self, Self::Program | Self::Packed)
    }
}

/// The kinds that are recognised by a file's extension, and those extensions.
const BY_EXTENSION: &[(Foreign, &[&str])] = &[
    (Foreign::Scratch, &["sb3", "sb2", "sb"]),
    (Foreign::Love, &["love"]),
    (Foreign::Dos, &["jsdos"]),
    (Foreign::Pico8, &["p8", "p8.png"]),
    (Foreign::Godot, &["godot", "pck"]),
    (Foreign::Unreal, &["uproject"]),
    (Foreign::Unity, &["unitypackage"]),
    (Foreign::GameMaker, &["yyp", "yyz"]),
    (Foreign::Construct, &["c3proj", "c3p", "capx"]),
    (Foreign::RpgMaker, &["rpgproject", "rmmzproject"]),
    (
        Foreign::Rom,
        &[
            "nes", "sfc", "smc", "gb", "gbc", "gba", "n64", "z64", "nds", "smd", "sms", "gg",
            "pce", "a26",
        ],
    ),
    (Foreign::Flash, &["swf"]),
    (Foreign::Tic80, &["tic"]),
    (Foreign::Twine, &["twee", "tw"]),
    (Foreign::Cocos, &["fire", "scene"]),
    (
        Foreign::Packed,
        &["rar", "lz", "lz4", "z", "lzh", "cab", "arj", "cpio", "iso"],
    ),
    (
        Foreign::Program,
        &[
            "exe", "msi", "apk", "aab", "ipa", "appimage", "dmg", "deb", "x86_64", "jar",
        ],
    ),
];

/// The kinds that are recognised by the full name of a file in a project.
const BY_NAME: &[(Foreign, &str)] = &[
    (Foreign::Unity, "projectversion.txt"),
    (Foreign::Defold, "game.project"),
    (Foreign::RenPy, "script.rpy"),
    (Foreign::Love, "main.lua"),
    (Foreign::Flutter, "pubspec.yaml"),
    (Foreign::Cocos, "creator.d.ts"),
    (Foreign::Bundler, "package.json"),
    (Foreign::Rust, "cargo.toml"),
    (Foreign::Python, "main.py"),
];

impl Foreign {
    /// Recognises a file by its name.
    pub fn of_file(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let is_of = |(_, extensions): &&(Self, &[&str])| {
            let mut extensions = extensions.iter();
            extensions.any(|end| {
                name.strip_suffix(end)
                    .is_some_and(|stem| stem.ends_with('.'))
            })
        };
        BY_EXTENSION.iter().find(is_of).map(|(kind, _)| *kind)
    }

    /// Recognises a folder or an archive without an entry page by the files in it.
    pub(crate) fn of_source(source: &Source) -> Option<Self> {
        Self::of_names(&source.glance())
    }

    fn of_names(names: &[String]) -> Option<Self> {
        let by_extension = |wanted: Self| {
            names
                .iter()
                .any(|name| Self::of_file(Path::new(name)) == Some(wanted))
        };
        let by_name = |wanted: &str| {
            names.iter().any(|name| {
                let last = name.rsplit('/').next().unwrap_or(name);
                last.eq_ignore_ascii_case(wanted)
            })
        };
        let project = BY_NAME.iter().find(|(_, name)| by_name(name));
        let extensions = BY_EXTENSION.iter().map(|(kind, _)| *kind);
        // A program beside a project's file is its tool or its other export.
        let mut kinds = extensions.filter(|kind| by_extension(*kind));
        match (kinds.next(), project) {
            (Some(Self::Program | Self::Packed) | None, Some((kind, _))) => Some(*kind),
            (kind, _) => kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_recognised_by_their_names() {
        for (name, expected) in [
            ("Cat.sb3", Some(Foreign::Scratch)),
            ("a/GAME.SWF", Some(Foreign::Flash)),
            ("celeste.p8.png", Some(Foreign::Pico8)),
            ("hero.png", None),
            ("gba", None),
            ("tetris.gb", Some(Foreign::Rom)),
            ("game.zip", None),
            ("game.tar.lz", Some(Foreign::Packed)),
            ("game.rar", Some(Foreign::Packed)),
            ("story.twee", Some(Foreign::Twine)),
        ] {
            assert_eq!(Foreign::of_file(Path::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn projects_are_recognised_by_their_files() {
        for (names, expected) in [
            (
                &["project.godot", "export/game.exe", "main.gd"][..],
                Some(Foreign::Godot),
            ),
            (
                &[
                    "Game/ProjectSettings/ProjectVersion.txt",
                    "Game/Assets/a.cs",
                ],
                Some(Foreign::Unity),
            ),
            (&["src/game.project"], Some(Foreign::Defold)),
            (&["package.json", "src/main.ts"], Some(Foreign::Bundler)),
            (&["conf.lua", "main.lua"], Some(Foreign::Love)),
            (&["pubspec.yaml", "lib/main.dart"], Some(Foreign::Flutter)),
            (&["package.json", "assets/main.scene"], Some(Foreign::Cocos)),
            (&["Cargo.toml", "src/main.rs"], Some(Foreign::Rust)),
            (&["main.py", "art.rar"], Some(Foreign::Python)),
            (&["Game.exe", "data/a.pak"], Some(Foreign::Program)),
            (&["readme.txt"], None),
        ] {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(Foreign::of_names(&names), expected, "{names:?}");
        }
    }
}
