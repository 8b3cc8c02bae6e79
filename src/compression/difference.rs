//! Differences between versions of a file: Zstandard with the earlier version as the dictionary, `dcz` (RFC 9842, 5).

use sha2::{Digest, Sha256};

use crate::compression::encode::feed;

/// The SHA-256 of a dictionary, by which clients name it.
pub(crate) type DictionaryHash = [u8; 32];

/// The beginning of the content: a skippable frame of 32 bytes, which are the hash of the dictionary.
const MAGIC: [u8; 8] = [0x5e, 0x2a, 0x4d, 0x18, 0x20, 0, 0, 0];

/// Above this size, in bytes, stronger levels take many times longer and save a few per cent.
const LARGE: usize = 4 << 20;

/// The window that every client can decode, in bytes, whatever the dictionary.
const LEAST_WINDOW: u64 = 8 << 20;

/// The largest dictionary that browsers keep, in bytes; its window is below the limit of 128 MB.
const MAX_DICTIONARY: u64 = 100 << 20;

/// The hash of a dictionary.
pub(crate) fn dictionary_hash(dictionary: &[u8]) -> DictionaryHash {
    Sha256::digest(dictionary).into()
}

/// True if clients can decode the difference. Its window is the whole new file, so that all of the dictionary stays in
/// reach, and clients decode windows of 8 MB or of 1.25 dictionaries, whichever is larger.
pub(crate) fn is_decodable(old: usize, new: usize) -> bool {
    let (old, new) = (old as u64, new as u64);
    old <= MAX_DICTIONARY && new <= LEAST_WINDOW.max(old + old / 4)
}

/// The memory that encoding takes besides both files, at most.
pub(crate) fn difference_memory(new: usize) -> u64 {
    const TABLES: u64 = 48 << 20;
    let window = new.next_power_of_two() as u64;
    window + TABLES.min(12 * window)
}

/// Encodes `new` as its difference from `old`; `None` once `keep_going` returns false.
pub(crate) fn encode_difference(
    old: &[u8],
    hash: &DictionaryHash,
    new: &[u8],
    keep_going: &dyn Fn() -> bool,
) -> Option<Vec<u8>> {
    let mut coded = Vec::new();
    coded.extend_from_slice(&MAGIC);
    coded.extend_from_slice(hash);
    let level = if new.len() > LARGE { 3 } else { 15 };
    // Writing to memory only fails when it was interrupted.
    let mut encoder = zstd::Encoder::with_ref_prefix(coded, level, old).ok()?;
    let length = Some(new.len() as u64);
    encoder.set_pledged_src_size(length).ok()?;
    let window_log = new.len().next_power_of_two().ilog2().max(16);
    encoder.window_log(window_log).ok()?;
    encoder.long_distance_matching(true).ok()?;
    feed(&mut encoder, new, keep_going).ok()?;
    encoder.finish().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    /// Bytes that do not compress.
    fn noise(length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        blake3::Hasher::new().finalize_xof().fill(&mut bytes);
        bytes
    }

    fn decode(difference: &[u8], old: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        // A decoder has a prefix for the next frame only, so the skippable one is left out.
        let frame = &difference[40..];
        let mut decoder = zstd::stream::read::Decoder::with_ref_prefix(frame, old).unwrap();
        decoder.window_log_max(27).unwrap();
        decoder.read_to_end(&mut plain).unwrap();
        plain
    }

    #[test]
    fn a_difference_begins_with_the_hash_and_decodes_with_its_dictionary_to_the_new_file() {
        let old = noise(9 << 20);
        let mut new = old.clone();
        new.splice(5_000_000..5_000_100, *b"another");
        new.extend_from_slice(b"a new end");
        let hash = dictionary_hash(&old);
        let coded = encode_difference(&old, &hash, &new, &|| true).unwrap();
        assert_eq!(coded[..8], *b"\x5e\x2a\x4d\x18\x20\0\0\0");
        assert_eq!(coded[8..40], hash);
        assert!(coded.len() < 4000, "{}", coded.len());
        assert!(decode(&coded, &old) == new);
        // Magic number, then a descriptor that says: one segment, so that the window is as long as the file.
        assert_eq!(coded[40..44], *b"\x28\xb5\x2f\xfd");
        assert_eq!(coded[44] & 0b0010_0000, 0b0010_0000);
    }

    #[test]
    fn encoding_stops_when_it_is_interrupted() {
        assert_eq!(encode_difference(b"old", &[0; 32], b"new", &|| false), None);
    }

    #[test]
    fn a_file_may_be_as_large_as_the_window_that_clients_decode() {
        const MIB: usize = 1 << 20;
        for (old, new, expected) in [
            (1, 8 * MIB, true),
            (1, 8 * MIB + 1, false),
            (8 * MIB, 10 * MIB, true),
            (8 * MIB, 10 * MIB + 1, false),
            (50 * MIB, 1, true),
            (100 * MIB, 125 * MIB, true),
            (100 * MIB + 1, 1, false),
        ] {
            assert_eq!(is_decodable(old, new), expected, "{old} {new}");
        }
    }
}
