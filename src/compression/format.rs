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

/// The largest window that browsers accept from zstd (RFC 9659, 3).
const MAX_ZSTD_WINDOW: u64 = 8 << 20;

/// True if browsers can decode a file in this coding, by its first bytes: zstd with a window of up to 8 MiB (RFC 8878,
/// 3.1.1.1), brotli with one of up to 16 MiB (RFC 7932, 9.1; the code of larger ones is reserved there).
pub(crate) fn is_decoded_by_browsers(coding: Coding, head: &[u8]) -> bool {
    match coding {
        Coding::Identity | Coding::Gzip => true,
        Coding::Brotli => head.first().is_some_and(|first| first & 0x7f != 0x11),
        Coding::Zstd => zstd_window(head).is_some_and(|window| window <= MAX_ZSTD_WINDOW),
    }
}

/// The window of a zstd frame (RFC 8878, 3.1.1.1.2).
fn zstd_window(head: &[u8]) -> Option<u64> {
    let descriptor = *head.get(4)?;
    if descriptor & 0x20 == 0 {
        let window = *head.get(5)?;
        let base = 1_u64 << (10 + (window >> 3));
        return Some(base + base / 8 * u64::from(window & 7));
    }
    // A single segment: the window is the content.
    let at = 5 + [0, 1, 2, 4][usize::from(descriptor & 3)];
    let length = [1, 2, 4, 8][usize::from(descriptor >> 6)];
    let bytes = head.get(at..at + length)?;
    let size = bytes
        .iter()
        .rev()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    Some(if length == 2 { size + 256 } else { size })
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
    fn windows_that_browsers_refuse_are_told() {
        let zstd = |rest: &[u8]| [&[0x28, 0xb5, 0x2f, 0xfd][..], rest].concat();
        for (coding, head, expected) in [
            (Coding::Gzip, vec![0x1f, 0x8b], true),
            // Window descriptors of 8 MiB, of the next larger one, and of 128 MiB.
            (Coding::Zstd, zstd(&[0, 13 << 3]), true),
            (Coding::Zstd, zstd(&[0, 13 << 3 | 1]), false),
            (Coding::Zstd, zstd(&[4, 17 << 3]), false),
            // Single segments of 255 bytes, of 8 MiB, and of a byte more.
            (Coding::Zstd, zstd(&[0x20, 0xff]), true),
            (Coding::Zstd, zstd(&[0xa0, 0, 0, 0x80, 0]), true),
            (Coding::Zstd, zstd(&[0xa0, 1, 0, 0x80, 0]), false),
            (Coding::Zstd, zstd(&[]), false),
            // `brotli --large_window=26` and `brotli -w 24`.
            (Coding::Brotli, vec![0x91, 0x1a], false),
            (Coding::Brotli, vec![0x0f, 0], true),
        ] {
            assert_eq!(
                is_decoded_by_browsers(coding, &head),
                expected,
                "{coding:?} {head:?}"
            );
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
