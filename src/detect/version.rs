//! Versions of engines, read from the files of an export.

use crate::compression::format::decoded_head;
use crate::detect::kind::EngineKind;
use crate::detect::scan::{HEAD, Scan};

pub(crate) const WORDS: &[&str] = &[UNITY, PHASER, RPG_MAKER, GODOT_4_3, GODOT_4, GODOT_3];

const UNITY: &str = "\"unityVersion\"";
const PHASER: &str = "Phaser v";
const RPG_MAKER: &str = "RPGMAKER_VERSION";
const GODOT_4_3: &str = "GODOT_THREADS_ENABLED";
const GODOT_4: &str = "gdextensionLibs";
const GODOT_3: &str = "gdnativeLibs";

/// A version, and the file that states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatedVersion {
    pub file: String,
    pub version: String,
}

/// The version of the engine, if a file states it.
pub(crate) fn find_version(kind: EngineKind, scan: &Scan<'_>) -> Option<StatedVersion> {
    match kind {
        EngineKind::Unity => unity_version(scan),
        EngineKind::Godot => godot_version(scan),
        EngineKind::Phaser => version_after(scan, PHASER),
        EngineKind::RpgMakerMv | EngineKind::RpgMakerMz => version_after(scan, RPG_MAKER),
        _ => None,
    }
}

/// Unity writes its version at the head of its data; before 2020, into the build's `.json`.
fn unity_version(scan: &Scan<'_>) -> Option<StatedVersion> {
    let is_data = |name: &&String| {
        let name = name.to_ascii_lowercase();
        name.contains(".data") || (name.contains("build/") && name.ends_with(".json"))
    };
    // Earlier builds may lie beside the one that the page starts.
    let page = scan.page.bytes();
    let page = String::from_utf8_lossy(&page);
    let is_started = |name: &&String| page.contains(name.rsplit('/').next().unwrap_or(name));
    let files = scan.names.iter().filter(is_data);
    let (started, others): (Vec<_>, Vec<_>) = files.partition(is_started);
    started.into_iter().chain(others).take(4).find_map(|name| {
        let head = decoded_head(name, &scan.head(name), HEAD);
        Some(StatedVersion {
            file: name.clone(),
            version: find_unity_version(&head)?,
        })
    })
}

/// The first version of the form `2022.3.10f1`.
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
fn godot_version(scan: &Scan<'_>) -> Option<StatedVersion> {
    // Packages of other games may lie beside the one that the page starts.
    let page = scan.page.bytes();
    let page = String::from_utf8_lossy(&page);
    let is_started = |name: &&String| {
        let file_name = name.rsplit('/').next().unwrap_or(name);
        let stem = file_name.split(".pck").next().unwrap_or(file_name);
        page.contains(&format!("\"{stem}\"")) || page.contains(&format!("\"{stem}.pck\""))
    };
    let packages = scan.names.iter().filter(|name| name.contains(".pck"));
    let (started, others): (Vec<_>, Vec<_>) = packages.partition(is_started);
    let from_package = started.into_iter().chain(others).find_map(|name| {
        let head = decoded_head(name, &scan.head(name), HEAD);
        let number = |at: usize| {
            let bytes = head.get(at..at + 4)?.try_into().ok()?;
            Some(u32::from_le_bytes(bytes)).filter(|number| *number < 100)
        };
        let (major, minor) = (number(8)?, number(12)?);
        head.starts_with(b"GDPC").then(|| StatedVersion {
            file: name.clone(),
            version: format!("{major}.{minor}"),
        })
    });
    from_package.or_else(|| {
        let page = &scan.page;
        let version = [(GODOT_4_3, "4.3+"), (GODOT_4, "4"), (GODOT_3, "3")]
            .into_iter()
            .find(|(word, _)| page.contains(word));
        version.map(|(_, version)| StatedVersion {
            file: page.name.clone(),
            version: version.to_owned(),
        })
    })
}

/// The digits and dots that follow a word within a few characters.
fn version_after(scan: &Scan<'_>, word: &str) -> Option<StatedVersion> {
    scan.texts().find_map(|text| {
        text.positions(word).iter().find_map(|start| {
            let after = text.excerpt(start + word.len(), 32);
            let after = after.trim_start_matches([' ', '=', '"', '\'', ':']);
            let end = after.find(|c: char| !c.is_ascii_digit() && c != '.');
            let version = after[..end.unwrap_or(after.len())].trim_end_matches('.');
            (!version.is_empty()).then(|| StatedVersion {
                file: text.name.clone(),
                version: version.to_owned(),
            })
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
