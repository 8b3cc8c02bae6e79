//! Which engine made an export.

use std::fmt;

use rust_i18n::t;

use crate::compression::detect;
use crate::compression::detect::Compression;
use crate::detect::evidence::Evidence;
use crate::detect::kind::EngineKind;
use crate::detect::scan::{GLANCE, Scan, TextFile};
use crate::detect::{isolation, rules};
use crate::source::Source;

/// What made an export, as far as its files show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engine {
    /// The engine.
    pub kind: EngineKind,
    /// Its version, where the files say it.
    pub version: Option<String>,
    /// What sets this export apart from others of the engine.
    pub traits: Vec<Trait>,
    /// What it is known by.
    pub evidence: Vec<Evidence>,
}

/// What sets one export of an engine apart from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trait {
    /// It computes on several threads.
    Threads,
    /// It has a service worker, to be installed and played without a network.
    Pwa,
    /// Its files are compressed.
    Compressed(Compression),
}

/// Words that versions and traits are read from.
pub const WORDS: &[&str] = &[
    "\"unityVersion\"",
    "Phaser v",
    "RPGMAKER_VERSION",
    "GODOT_THREADS_ENABLED",
    "gdextensionLibs",
    "gdnativeLibs",
    "serviceWorker.register",
    "\"serviceWorker\":\"",
    "C3_RegisterSW",
];

impl Engine {
    /// Takes a glance at an export: bounded, whatever its size.
    pub fn detect(source: &Source, entry: &str) -> Self {
        let _kept = source.opened();
        Self::seen_in(&Scan::new(source, source.glance(), entry, GLANCE))
    }

    pub(crate) fn seen_in(look: &Scan<'_>) -> Self {
        let (kind, mut evidence) = rules::kind(look);
        let version = version(kind, look);
        if let Some((file, version)) = &version {
            evidence.push(Evidence::Version {
                file: file.clone(),
                version: version.clone(),
            });
        }
        Self {
            kind,
            version: version.map(|(_, version)| version),
            traits: traits(kind, look),
            evidence,
        }
    }
}

/// `Godot 4.3, threads`, in the language spoken now.
impl fmt::Display for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.kind.name())?;
        if let Some(version) = &self.version {
            write!(formatter, " {version}")?;
        }
        self.traits
            .iter()
            .try_for_each(|one| write!(formatter, ", {one}"))
    }
}

/// In the language spoken now.
impl fmt::Display for Trait {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Threads => formatter.write_str(&t!("engine.threads")),
            Self::Pwa => formatter.write_str("PWA"),
            Self::Compressed(compression) => formatter.write_str(compression.name()),
        }
    }
}

fn traits(kind: EngineKind, look: &Scan<'_>) -> Vec<Trait> {
    let mut traits = Vec::new();
    if isolation::threads(kind, look).is_some() {
        traits.push(Trait::Threads);
    }
    let registers = |text: &TextFile| {
        [
            "serviceWorker.register",
            "\"serviceWorker\":\"",
            "C3_RegisterSW",
        ]
        .iter()
        .any(|word| text.says(word))
    };
    // Godot's own script can register one whether or not there is any.
    let is_pwa = match kind {
        EngineKind::Godot => registers(&look.page),
        _ => look.texts().any(registers),
    };
    if is_pwa {
        traits.push(Trait::Pwa);
    }
    if kind == EngineKind::Unity {
        let mut names = look.names.iter();
        let compression = names.find_map(|name| detect::compression(name, &look.head(name)));
        traits.extend(compression.map(Trait::Compressed));
    }
    traits
}

/// The version and the file that says it.
fn version(kind: EngineKind, look: &Scan<'_>) -> Option<(String, String)> {
    match kind {
        EngineKind::Unity => unity_version(look),
        EngineKind::Godot => godot_version(look),
        EngineKind::Phaser => said_after(look, "Phaser v"),
        EngineKind::RpgMakerMv | EngineKind::RpgMakerMz => said_after(look, "RPGMAKER_VERSION"),
        _ => None,
    }
}

/// Unity writes its version at the head of its data; before 2020, into the `.json` of the build.
fn unity_version(look: &Scan<'_>) -> Option<(String, String)> {
    let is_data = |name: &&String| {
        let name = name.to_ascii_lowercase();
        name.contains(".data") || (name.contains("build/") && name.ends_with(".json"))
    };
    look.names.iter().filter(is_data).take(4).find_map(|name| {
        let head = detect::inflated_head(name, &look.head(name));
        let version = find_unity_version(&head)?;
        Some((name.clone(), version))
    })
}

/// The first of the form `2022.3.10f1`.
fn find_unity_version(head: &[u8]) -> Option<String> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'.';
    head.split(|byte| !is_part(byte)).find_map(|word| {
        let word = std::str::from_utf8(word).ok()?;
        let mut parts = word.split('.');
        let (major, minor, patch) = (parts.next()?, parts.next()?, parts.next()?);
        let is_number =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let at = patch.find(|c: char| !c.is_ascii_digit())?;
        let (number, release) = patch.split_at(at);
        let is_release = release.starts_with(['a', 'b', 'f', 'p']) && is_number(&release[1..]);
        let is_version = parts.next().is_none()
            && [major, minor, number].into_iter().all(is_number)
            && is_release
            && word.len() <= 16;
        is_version.then(|| word.to_owned())
    })
}

/// Godot writes its version at the head of its package: `GDPC`, the format, then three numbers.
fn godot_version(look: &Scan<'_>) -> Option<(String, String)> {
    let mut packages = look.names.iter().filter(|name| name.contains(".pck"));
    let from_package = packages.find_map(|name| {
        let head = detect::inflated_head(name, &look.head(name));
        let number = |at: usize| {
            let bytes = head.get(at..at + 4)?.try_into().ok()?;
            Some(u32::from_le_bytes(bytes)).filter(|number| *number < 100)
        };
        let (major, minor) = (number(8)?, number(12)?);
        head.starts_with(b"GDPC")
            .then(|| (name.clone(), format!("{major}.{minor}")))
    });
    from_package.or_else(|| {
        let version = match &look.page {
            page if page.says("GODOT_THREADS_ENABLED") => "4.3+",
            page if page.says("gdextensionLibs") => "4",
            page if page.says("gdnativeLibs") => "3",
            _ => return None,
        };
        Some((look.page.name.clone(), version.to_owned()))
    })
}

/// The digits and dots that follow a word within a few characters.
fn said_after(look: &Scan<'_>, word: &str) -> Option<(String, String)> {
    look.texts().find_map(|text| {
        text.places(word).iter().find_map(|start| {
            let after = text.excerpt(start + word.len(), 32);
            let after = after.trim_start_matches([' ', '=', '"', '\'', ':']);
            let end = after.find(|c: char| !c.is_ascii_digit() && c != '.');
            let version = after[..end.unwrap_or(after.len())].trim_end_matches('.');
            (!version.is_empty()).then(|| (text.name.clone(), version.to_owned()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unity_versions_are_told_from_other_numbers() {
        for (head, expected) in [
            (
                &b"UnityFS\0\0\0\0\x085.x.x\x002021.3.5f1\0"[..],
                Some("2021.3.5f1"),
            ),
            (b"\"unityVersion\": \"2018.4.36f1\"", Some("2018.4.36f1")),
            (b"x\x006000.0.23f1\0", Some("6000.0.23f1")),
            (b"5.6.3p1", Some("5.6.3p1")),
            (b"1.2.3 4.5 1.2.3.4f1 1.2.f1 1.2.3x1", None),
        ] {
            assert_eq!(find_unity_version(head).as_deref(), expected);
        }
    }
}
