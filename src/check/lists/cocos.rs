//! Cocos Creator's bundles: their assets by identifier, alone or in packs.

use serde_json::Value;

use crate::check::lists::{ListBase, Listed};

const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The files of a bundle: its packs, which the engine loads for the first of the pack's assets, and the assets with a
/// version, which lie alone.
pub(crate) fn cocos_files(data: &Value) -> Vec<Listed> {
    let mut listed = packs(data);
    listed.extend(first_scene(data));
    for (base, kind) in [("importBase", "import"), ("nativeBase", "native")] {
        if let Some(base) = data.get(base).and_then(Value::as_str) {
            listed.extend(versioned(data, base, kind));
        }
    }
    listed
}

/// The assets of the bundle with the first scene, which depends on most of them. Some have one of the two files.
fn first_scene(data: &Value) -> Vec<Listed> {
    let word = |key: &str| data.get(key).and_then(Value::as_str);
    if word("name") != Some("main") {
        return Vec::new();
    }
    let uuids = data.get("uuids").and_then(Value::as_array);
    let uuids = uuids.into_iter().flatten().filter_map(Value::as_str);
    let folders = ["importBase", "nativeBase"].into_iter().filter_map(word);
    let files = folders.flat_map(|base| uuids.clone().filter_map(move |id| file_stem(base, id)));
    files
        .map(|name| Listed::stem(name, ListBase::List).if_there())
        .collect()
}

fn packs(data: &Value) -> Vec<Listed> {
    let base = data.get("importBase").and_then(Value::as_str);
    let packs = data.get("packs").and_then(Value::as_object);
    let (Some(base), Some(packs)) = (base, packs) else {
        return Vec::new();
    };
    let files = packs.keys().filter_map(|id| file_stem(base, id));
    // `.json`, `.cconb` or `.bin`, after a hash or not.
    files
        .map(|name| Listed::stem(name, ListBase::List))
        .collect()
}

/// The assets in `versions`: an identifier, or its number in `uuids`, and the hash in the file's name, in turn. An asset
/// of a pack has no file of its own.
fn versioned(data: &Value, base: &str, kind: &str) -> Vec<Listed> {
    let array =
        |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let uuids = array(data.get("uuids"));
    let packs = data.get("packs").and_then(Value::as_object);
    let packed: Vec<_> = packs
        .into_iter()
        .flat_map(|packs| packs.values().filter_map(Value::as_array).flatten())
        .collect();
    let versions = array(data.get("versions").and_then(|versions| versions.get(kind)));
    let files = versions.chunks_exact(2).filter_map(|pair| {
        let is_packed = kind == "import" && packed.contains(&&pair[0]);
        let id = match &pair[0] {
            Value::Number(number) => uuids.get(usize::try_from(number.as_u64()?).ok()?)?,
            id => id,
        };
        let stem = file_stem(base, id.as_str()?)?;
        let hash = pair[1].as_str()?;
        (!is_packed).then(|| Listed::stem(format!("{stem}.{hash}"), ListBase::List))
    });
    files.collect()
}

/// The path of an asset without its ending: in a folder named after its first two digits.
fn file_stem(base: &str, id: &str) -> Option<String> {
    let name = uuid(id);
    Some(format!("{base}/{}/{name}", name.get(..2)?))
}

/// The identifier in full. Two hexadecimal digits and twenty of base64 are one in short.
fn uuid(id: &str) -> String {
    let (short, part) = id.split_at(id.find('@').unwrap_or(id.len()));
    let Some(long) = long_uuid(short) else {
        return id.to_owned();
    };
    format!("{long}{part}")
}

fn long_uuid(short: &str) -> Option<String> {
    let (head, rest) = short.split_at_checked(2)?;
    if short.len() != 22 {
        return None;
    }
    let mut hex = head.to_owned();
    let digits = rest.bytes();
    let values: Option<Vec<_>> = digits
        .map(|digit| DIGITS.iter().position(|known| *known == digit))
        .collect();
    for pair in values?.chunks_exact(2) {
        hex += &format!("{:03x}", pair[0] << 6 | pair[1]);
    }
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
    let parts: Option<Vec<_>> = parts.into_iter().map(|part| hex.get(part)).collect();
    Some(parts?.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_identifiers_are_those_of_cocos() {
        // The example of the engine's documentation of `decodeUuid`.
        for (id, expected) in [
            (
                "fcmR3XADNLgJ1ByKhqcC5Z",
                "fc991dd7-0033-4b80-9d41-c8a86a702e59",
            ),
            (
                "fcmR3XADNLgJ1ByKhqcC5Z@f9941",
                "fc991dd7-0033-4b80-9d41-c8a86a702e59@f9941",
            ),
            ("0ab1c2d3e", "0ab1c2d3e"),
            ("\u{e9}", "\u{e9}"),
            ("", ""),
        ] {
            assert_eq!(uuid(id), expected);
        }
    }

    #[test]
    fn the_packs_of_a_bundle_are_listed() {
        let data = serde_json::json!({"importBase": "import", "packs": {"0ab1c2d3e": [0]}});
        let listed = cocos_files(&data);
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].target, "import/0a/0ab1c2d3e");
        assert!(listed[0].is_stem);
        assert_eq!(
            cocos_files(&serde_json::json!({"packs": {"\u{e9}": 1}})),
            []
        );
    }

    #[test]
    fn assets_outside_packs_have_a_version() {
        let data = serde_json::json!({
            "importBase": "import", "nativeBase": "native",
            "uuids": ["fcmR3XADNLgJ1ByKhqcC5Z", "0abcdef01", "0abcdef02"],
            "packs": {"0ab1c2d3e": [1]},
            "versions": {"import": ["0ab1c2d3e", "11111", 0, "22222", 1, "33333"], "native": [2, "44444", 9, "55555", 3]},
        });
        let listed: Vec<_> = cocos_files(&data)
            .into_iter()
            .map(|one| one.target)
            .collect();
        assert_eq!(
            listed,
            [
                "import/0a/0ab1c2d3e",
                "import/0a/0ab1c2d3e.11111",
                "import/fc/fc991dd7-0033-4b80-9d41-c8a86a702e59.22222",
                "native/0a/0abcdef02.44444",
            ]
        );
    }
}
