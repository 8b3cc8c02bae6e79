//! How much a game is to load, and what compression saves of it.

use std::collections::HashMap;

use crate::source::Source;

/// How much of a game is compressed to see how well it does, in bytes.
const SAMPLES: u64 = 48 << 20;

/// How much of one file, in bytes.
const SAMPLE: u64 = 256 << 10;

/// Files to load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// How many.
    pub files: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// About how many bytes go over the wire when they are compressed.
    pub compressed: u64,
}

impl Size {
    /// How long they take over so many megabits a second.
    pub fn seconds(&self, megabits: u64) -> f64 {
        self.compressed as f64 * 8.0 / (megabits * 1_000_000) as f64
    }

    /// With another file.
    pub fn add(&mut self, bytes: u64, compressed: u64) {
        self.files += 1;
        self.bytes += bytes;
        self.compressed += compressed;
    }
}

/// About how many bytes each file has when it is compressed: by its beginning, which is tried.
pub(crate) fn compressed(source: &Source, files: &[(String, u64)]) -> HashMap<String, u64> {
    let each = SAMPLES / (files.len() as u64).max(1);
    let sample = each.clamp(4 << 10, SAMPLE);
    files
        .iter()
        .map(|(name, length)| (name.clone(), estimate(source, name, *length, sample)))
        .collect()
}

fn estimate(source: &Source, name: &str, length: u64, sample: u64) -> u64 {
    let head = source.head(name, sample.min(length));
    let packed = zstd::bulk::compress(&head, 9).map_or(head.len(), |packed| packed.len());
    // What is barely smaller is sent as it is.
    if head.is_empty() || packed * 100 >= head.len() * 95 {
        return length;
    }
    let compressed = u128::from(length) * packed as u128 / head.len() as u128;
    u64::try_from(compressed).unwrap_or(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_bits_by_bits() {
        let mut weight = Size::default();
        weight.add(20_000_000, 12_500_000);
        assert_eq!((weight.seconds(10), weight.seconds(50)), (10.0, 2.0));
    }

    #[test]
    fn what_compresses_is_told_from_what_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let text = b"let score = 0;\n".repeat(600);
        std::fs::write(folder.path().join("noise"), noise()).unwrap();
        std::fs::write(folder.path().join("text"), &text).unwrap();
        let files = [
            ("noise".to_owned(), 9000),
            ("text".to_owned(), 9000),
            ("empty".to_owned(), 0),
        ];
        let compressed = compressed(&Source::from_path(folder.path()), &files);
        assert_eq!(compressed["noise"], 9000);
        assert!(compressed["text"] < 900, "{}", compressed["text"]);
        assert_eq!(compressed["empty"], 0);
    }

    /// Bytes that nothing compresses.
    fn noise() -> Vec<u8> {
        let mut noise = vec![0; 9000];
        blake3::Hasher::new().finalize_xof().fill(&mut noise);
        noise
    }
}
