//! Files that arrive compressed, recognised by name and by their first bytes.

use crate::compression::coding::Coding;

/// Endings of compressed files and the ending of the file inside. The last four are single words: Unity 5's names, and
/// compressed SVG.
const ENDINGS: &[(&str, &str)] = &[
    (".gz", ""),
    (".br", ""),
    (".zst", ""),
    (".unityweb", ""),
    (".jsgz", ".js"),
    (".datagz", ".data"),
    (".memgz", ".mem"),
    (".svgz", ".svg"),
];

const UNITY_GZIP: &[u8] = b"UnityWeb Compressed Content (gzip)";
const UNITY_BROTLI: &[u8] = b"UnityWeb Compressed Content (brotli)";

/// The name of the file inside: `x.wasm` for `x.wasm.br`, `x.js` for `x.jsgz`; `None` when the name is not that of a
/// compressed file.
pub(crate) fn inner_name(name: &str) -> Option<String> {
    ENDINGS.iter().find_map(|(ending, inner)| {
        let at = name.len().checked_sub(ending.len())?;
        let (stem, end) = (name.get(..at)?, name.get(at..)?);
        let stem_name = stem.rsplit('/').next().unwrap_or_default();
        // The code that unpacks a `.tar.gz` inflates it too, often inside a module.
        let has_stem = !stem_name.is_empty() && !stem_name.to_ascii_lowercase().ends_with(".tar");
        (has_stem && end.eq_ignore_ascii_case(ending)).then(|| format!("{stem}{inner}"))
    })
}

/// The coding of a file, if its name is that of a compressed file, by its first bytes. Brotli has no signature besides
/// Unity's marker, so there the name counts.
pub fn detect_coding(name: &str, head: &[u8]) -> Option<Coding> {
    inner_name(name)?;
    if head.starts_with(&[0x1f, 0x8b, 8]) {
        return Some(Coding::Gzip);
    }
    if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Some(Coding::Zstd);
    }
    let is_brotli = has_unity_marker(head) || name.to_ascii_lowercase().ends_with(".br");
    is_brotli.then_some(Coding::Brotli)
}

/// True if a file carries Unity's marker: in the comment of a gzip header (RFC 1952, 2.3.1), or in the metadata block
/// that brotli skips.
pub(crate) fn has_unity_marker(head: &[u8]) -> bool {
    let start = &head[..head.len().min(4096)];
    if !start.starts_with(&[0x1f, 0x8b]) {
        return contains(&start[..start.len().min(64)], UNITY_BROTLI);
    }
    let has_comment = start.get(3).is_some_and(|flags| flags & 0x10 != 0);
    has_comment && contains(start, UNITY_GZIP)
}

/// Decodes at most `limit` bytes of a file's beginning, if the file is compressed; otherwise returns the beginning
/// itself.
pub(crate) fn decoded_head(name: &str, head: &[u8], limit: u64) -> Vec<u8> {
    match detect_coding(name, head) {
        Some(coding) => coding.decode_prefix(head, limit),
        None => head.to_vec(),
    }
}

fn contains(bytes: &[u8], marker: &[u8]) -> bool {
    bytes.windows(marker.len()).any(|window| window == marker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inner_name_follows_from_the_ending() {
        for (name, expected) in [
            ("a/x.wasm.br", Some("a/x.wasm")),
            ("x.wasm.GZ", Some("x.wasm")),
            (
                "Build/x.framework.js.unityweb",
                Some("Build/x.framework.js"),
            ),
            ("x.jsgz", Some("x.js")),
            ("x.datagz", Some("x.data")),
            ("x.memgz", Some("x.mem")),
            ("x.svgz", Some("x.svg")),
            ("engine.gz.wasm", None),
            ("a/.gz", None),
            ("levels.tar.gz", None),
            ("gz", None),
            ("中文.gz", Some("中文")),
        ] {
            assert_eq!(inner_name(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn the_coding_follows_from_the_signature_and_only_brotli_from_the_name() {
        let marked = [&b"\x6b\x8d\0"[..], UNITY_BROTLI].concat();
        for (name, head, expected) in [
            ("x.br", &b"\x1f\x8b\x08"[..], Some(Coding::Gzip)),
            ("x.gz", b"\x28\xb5\x2f\xfd", Some(Coding::Zstd)),
            ("x.br", b"anything", Some(Coding::Brotli)),
            ("x.unityweb", &marked, Some(Coding::Brotli)),
            ("x.gz", b"plain text", None),
            ("x.js", b"\x1f\x8b\x08", None),
        ] {
            assert_eq!(detect_coding(name, head), expected, "{name} {head:?}");
        }
    }

    #[test]
    fn unitys_marker_counts_only_where_unity_writes_it() {
        let gzip = |flags| [&[0x1f, 0x8b, 8, flags][..], UNITY_GZIP].concat();
        assert!(has_unity_marker(&gzip(0x10)));
        assert!(!has_unity_marker(&gzip(0)), "no comment in the header");
        assert!(has_unity_marker(UNITY_BROTLI));
        let late = [&[b' '; 64][..], UNITY_BROTLI].concat();
        assert!(!has_unity_marker(&late));
    }
}
