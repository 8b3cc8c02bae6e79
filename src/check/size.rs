//! Download sizes, with and without compression.

use std::collections::HashMap;

use crate::source::Source;
use crate::source::file::File;

/// The bytes of a game that are compressed to estimate the rest.
const ALL_SAMPLES: u64 = 48 << 20;

/// The bytes of one file that are compressed, at most.
const SAMPLE: u64 = 256 << 10;

/// The size of a set of files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// The number of files.
    pub files: u64,
    /// Their total length in bytes.
    pub bytes: u64,
    /// The estimated number of bytes sent when they are compressed.
    pub compressed: u64,
}

impl Size {
    /// The time to load them at a number of megabits a second.
    pub fn seconds(&self, megabits: u64) -> f64 {
        self.compressed as f64 * 8.0 / (megabits * 1_000_000) as f64
    }

    /// Adds a file.
    pub fn add(&mut self, bytes: u64, compressed: u64) {
        self.files += 1;
        self.bytes += bytes;
        self.compressed += compressed;
    }
}

/// Estimates the compressed length of each file by compressing its beginning.
pub(crate) fn estimate_compressed(source: &Source, files: &[File]) -> HashMap<String, u64> {
    let each = ALL_SAMPLES / (files.len() as u64).max(1);
    let sample = each.clamp(4 << 10, SAMPLE);
    files
        .iter()
        .map(|file| {
            let estimate = estimate(source, &file.path, file.length, sample);
            (file.path.clone(), estimate)
        })
        .collect()
}

fn estimate(source: &Source, name: &str, length: u64, sample: u64) -> u64 {
    let head = source.head(name, sample.min(length));
    let packed = zstd::bulk::compress(&head, 9).map_or(head.len(), |packed| packed.len());
    // The server sends a file as it is unless compression saves at least 5 %.
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
    fn time_is_bits_divided_by_bits_a_second() {
        let mut size = Size::default();
        size.add(20_000_000, 12_500_000);
        assert_eq!((size.seconds(10), size.seconds(50)), (10.0, 2.0));
    }

    #[test]
    fn text_is_estimated_smaller_and_noise_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let text = b"let score = 0;\n".repeat(600);
        std::fs::write(folder.path().join("noise"), noise()).unwrap();
        std::fs::write(folder.path().join("text"), &text).unwrap();
        std::fs::write(folder.path().join("empty"), "").unwrap();
        let source = Source::from_path(folder.path());
        let compressed = estimate_compressed(&source, &source.files().unwrap());
        assert_eq!(compressed["noise"], 9000);
        assert!(compressed["text"] < 900, "{}", compressed["text"]);
        assert_eq!(compressed["empty"], 0);
    }

    /// Incompressible bytes.
    fn noise() -> Vec<u8> {
        let mut noise = vec![0; 9000];
        blake3::Hasher::new().finalize_xof().fill(&mut noise);
        noise
    }
}
